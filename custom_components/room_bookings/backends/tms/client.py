"""The client of a Cisco TMS: `TmsService` over SOAP, off the event loop."""

from collections.abc import Callable, Sequence
from datetime import datetime

from .address import TmsAddress
from .calls import Calls
from .lane import Lane
from .line import Line
from .model import (
    Conference,
    ConferenceChanges,
    System,
    TimeZoneRule,
    Transactions,
    User,
)
from .transport import Limits


class TmsClient:
    """A `TmsService`. After AuthFailedError nothing is sent any more: make a new one."""

    def __init__(self, address: TmsAddress, limits: Limits | None = None) -> None:
        """Say nothing yet, read nothing, start no thread."""
        self._address = address
        self._limits = limits or Limits()
        self._line = Line()
        self._lane = Lane(address.url)
        self._calls: Calls | None = None

    @property
    def version(self) -> int:
        """The API version that both sides speak, after `connect`; 0 before."""
        return self._calls.version if self._calls is not None else 0

    async def connect(self) -> None:
        """Prove the account, and agree on a version; OutdatedError below 11."""
        await self._run(lambda calls: calls.connect())

    async def systems(self) -> Sequence[System]:
        """The systems that this account may book (GetSystemsForUser)."""
        return await self._run(lambda calls: calls.systems())

    async def may_book_for_others(self) -> bool:
        """IsTMSBookOnBehalfUser."""
        return await self._run(lambda calls: calls.may_book_for_others())

    async def users(self) -> Sequence[User]:
        """GetUsers."""
        return await self._run(lambda calls: calls.users())

    async def conferences(
        self, system_id: int, start: datetime, end: datetime
    ) -> Sequence[Conference]:
        """GetConferencesForSystems for one system, clipped to [start, end)."""
        return await self._run(lambda calls: calls.conferences(system_id, start, end))

    async def transactions_since(self, transaction_id: int) -> Transactions:
        """One page of GetTransactionsSince."""
        return await self._run(lambda calls: calls.transactions_since(transaction_id))

    async def default_conference(self) -> Conference:
        """GetDefaultConference: what a new conference is made from (id -1)."""
        return await self._run(lambda calls: calls.default_conference())

    async def conference(self, conference_id: int) -> Conference:
        """GetConferenceById; raises NotFoundError."""
        return await self._run(lambda calls: calls.conference(conference_id))

    async def series(self, conference_id: int) -> Conference:
        """GetRecurrentConferenceById: with pattern and exceptions; raises NotFoundError."""
        return await self._run(lambda calls: calls.series(conference_id))

    async def find(
        self, source: str, key: str, recurrence_id: datetime | None = None
    ) -> int | None:
        """GetConferenceIdByExternalId; None where there is no such conference."""
        return await self._run(lambda calls: calls.find(source, key, recurrence_id))

    async def zone_rules(self, zone: str) -> tuple[TimeZoneRule, ...]:
        """GetTimeZoneRulesById; raises NotFoundError."""
        return await self._run(lambda calls: calls.zone_rules(zone))

    async def save(
        self,
        base: Conference,
        changes: ConferenceChanges,
        *,
        send_confirmation: bool = False,
    ) -> Conference:
        """SaveConferenceWithMode Strict: `base.raw` with the changes; what TMS saved."""
        return await self._run(
            lambda calls: calls.save(base, changes, send_confirmation=send_confirmation)
        )

    async def save_occurrence(
        self, base: Conference, changes: ConferenceChanges
    ) -> Conference:
        """SaveConferenceRecInstance: one occurrence of a series; what TMS saved."""
        return await self._run(lambda calls: calls.save_occurrence(base, changes))

    async def delete(self, conference_id: int) -> None:
        """DeleteConferenceById: a single conference, or the whole series."""
        await self._run(lambda calls: calls.delete(conference_id))

    async def delete_occurrence(self, conference_id: int) -> None:
        """DeleteConferenceRecInstanceById: one occurrence."""
        await self._run(lambda calls: calls.delete_occurrence(conference_id))

    async def end(self, conference_id: int) -> None:
        """EndConferenceById: a running conference ends now."""
        await self._run(lambda calls: calls.end(conference_id))

    async def close(self) -> None:
        """Let go of the connection; a call under way fails at once."""
        self._line.hang_up()
        await self._lane.close(self._release)

    async def _run[Result](self, call: Callable[[Calls], Result]) -> Result:
        return await self._lane.run(lambda: call(self._ready()))

    def _ready(self) -> Calls:
        """Made in the thread of the calls, because it reads files."""
        if self._calls is None:
            self._calls = Calls(self._address, self._line, self._limits)
        return self._calls

    def _release(self) -> None:
        if self._calls is not None:
            self._calls.close()

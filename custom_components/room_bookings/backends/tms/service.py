"""The two SOAP services of TMS as the rest of this package sees them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from .model import (
    Conference,
    ConferenceChanges,
    System,
    TimeZoneRule,
    Transactions,
    User,
)


class TmsService(Protocol):
    """One account on one server. Calls go one at a time, off the event loop.

    Every call raises only `rooms.errors.RoomError`: `errors.TmsFault` (a RejectedError)
    with its code where TMS refused, or what a fault of that code means to people (see
    `errors.py`). A call that changes something raises `AnswerLostError` if it may have
    been done; after any other error it was not.
    """

    @property
    def version(self) -> int:
        """The API version that both sides speak, after `connect`."""

    async def connect(self) -> None:
        """Prove the account, and agree on a version; OutdatedError below 11."""

    async def systems(self) -> Sequence[System]:
        """The systems that this account may book (GetSystemsForUser)."""

    async def may_book_for_others(self) -> bool:
        """IsTMSBookOnBehalfUser."""

    async def users(self) -> Sequence[User]:
        """GetUsers."""

    async def conferences(
        self, system_id: int, start: datetime, end: datetime
    ) -> Sequence[Conference]:
        """GetConferencesForSystems for one system, AllExceptDeleted; no participants.

        Clipped to what shares any time with [start, end).
        """

    async def transactions_since(self, transaction_id: int) -> Transactions:
        """One page of GetTransactionsSince."""

    async def default_conference(self) -> Conference:
        """GetDefaultConference: what a new conference is made from (id -1)."""

    async def conference(self, conference_id: int) -> Conference:
        """GetConferenceById; raises NotFoundError."""

    async def series(self, conference_id: int) -> Conference:
        """GetRecurrentConferenceById: with pattern and exceptions; raises NotFoundError."""

    async def find(
        self, source: str, key: str, recurrence_id: datetime | None = None
    ) -> int | None:
        """GetConferenceIdByExternalId; None where there is no such conference."""

    async def zone_rules(self, zone: str) -> tuple[TimeZoneRule, ...]:
        """GetTimeZoneRulesById; raises NotFoundError."""

    async def save(
        self,
        base: Conference,
        changes: ConferenceChanges,
        *,
        send_confirmation: bool = False,
    ) -> Conference:
        """SaveConferenceWithMode Strict: `base.raw` with the changes; what TMS saved."""

    async def save_occurrence(
        self, base: Conference, changes: ConferenceChanges
    ) -> Conference:
        """SaveConferenceRecInstance: one occurrence of a series; what TMS saved."""

    async def delete(self, conference_id: int) -> None:
        """DeleteConferenceById: a single conference, or the whole series."""

    async def delete_occurrence(self, conference_id: int) -> None:
        """DeleteConferenceRecInstanceById: one occurrence."""

    async def end(self, conference_id: int) -> None:
        """EndConferenceById: a running conference ends now."""

    async def close(self) -> None:
        """Let go of the connection."""

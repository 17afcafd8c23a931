"""Each call of `TmsService` as one exchange with the server; not for the event loop."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from ...rooms.errors import (
    AnswerLostError,
    NotFoundError,
    OutdatedError,
    UnreachableError,
)
from . import listings
from .address import TmsAddress
from .errors import ClientSessionError, DeletedError, MissingError
from .line import Line
from .model import (
    Conference,
    ConferenceChanges,
    System,
    TimeZoneRule,
    Transactions,
    User,
)
from .reading import conference, number
from .records import ValueRecord
from .soap import BOOKING, HEADER, REMOTE_SETUP, Answer, SoapService
from .transport import HttpTransport, Limits
from .writing import changed, clean, stamp

_SPOKEN: Final = 23
_OLDEST: Final = 11


class Calls:
    """One account on one server: its connection, its version, its client session."""

    def __init__(self, address: TmsAddress, line: Line, limits: Limits) -> None:
        """Say nothing yet."""
        self._transport = HttpTransport(address, line, limits)
        self._booking = SoapService(BOOKING, address.url, self._transport)
        self._setup = SoapService(REMOTE_SETUP, address.url, self._transport)
        # None before the first licensed call: TMS suggests one, and each costs a licence.
        self._client_session: str | None = None
        self.version = 0

    def connect(self) -> None:
        """Prove the account, and agree on a version; OutdatedError below 11."""
        self.version = 0
        answer = self._booking.call("GetDefaultConference", self._headers())
        try:
            told = number(answer.api_version or "0")
        except ValueError:
            raise UnreachableError("no version") from None
        if told < _OLDEST:
            raise OutdatedError(told, _OLDEST)
        self.version = min(_SPOKEN, told)

    def systems(self) -> Sequence[System]:
        """GetSystemsForUser."""
        return listings.systems(
            self._setup.listed("GetSystemsForUser", self._headers())
        )

    def may_book_for_others(self) -> bool:
        """IsTMSBookOnBehalfUser."""
        answer = self._setup.call("IsTMSBookOnBehalfUser", self._headers())
        return str(answer.result).strip().lower() in ("true", "1")

    def users(self) -> Sequence[User]:
        """GetUsers."""
        return listings.users(self._setup.listed("GetUsers", self._headers()))

    def conferences(
        self, system_id: int, start: datetime, end: datetime
    ) -> Sequence[Conference]:
        """GetConferencesForSystems, clipped: the server answers whole days (facts 2)."""
        body = self._booking.listed(
            "GetConferencesForSystems",
            self._headers(),
            SystemIds=[str(system_id)],
            StartTime=_iso(start),
            EndTime=_iso(end),
            ConferenceStatus="AllExceptDeleted",
            Legacy="false",
        )
        return [
            item
            for item in listings.conferences(body)
            if item.start < end and item.end > start
        ]

    def transactions_since(self, transaction_id: int) -> Transactions:
        """GetTransactionsSince."""
        return listings.transactions(
            self._booking.listed(
                "GetTransactionsSince",
                self._headers(),
                CurrentTransactionId=str(transaction_id),
            )
        )

    def default_conference(self) -> Conference:
        """GetDefaultConference."""
        return _read(self._booking.call("GetDefaultConference", self._headers()).result)

    def conference(self, conference_id: int) -> Conference:
        """GetConferenceById."""
        return self._found("GetConferenceById", conference_id)

    def series(self, conference_id: int) -> Conference:
        """GetRecurrentConferenceById."""
        return self._found("GetRecurrentConferenceById", conference_id)

    def find(self, source: str, key: str, recurrence_id: datetime | None) -> int | None:
        """GetConferenceIdByExternalId."""
        arguments = {
            "ExternalSourceId": clean(source),
            "ExternalConferenceId": clean(key),
        }
        if recurrence_id is not None:
            arguments["RecurrenceIdUTC"] = stamp(recurrence_id)
        try:
            answer = self._booking.call(
                "GetConferenceIdByExternalId", self._headers(), **arguments
            )
        except NotFoundError:
            return None
        try:
            found = number(answer.result or "0")
        except ValueError:
            raise UnreachableError("no conference id") from None
        return found if found > 0 else None

    def zone_rules(self, zone: str) -> tuple[TimeZoneRule, ...]:
        """GetTimeZoneRulesById."""
        body = self._booking.listed(
            "GetTimeZoneRulesById", self._headers(), idString=clean(zone)
        )
        if not (rules := listings.zone_rules(body)):
            raise MissingError("no such time zone")
        return tuple(rules)

    def save(
        self, base: Conference, changes: ConferenceChanges, *, send_confirmation: bool
    ) -> Conference:
        """SaveConferenceWithMode Strict."""
        result = self._licensed(
            "SaveConferenceWithMode",
            {"SendConfirmationMail": "true"} if send_confirmation else None,
            Conference=changed(base, changes),
            BookingMode="Strict",
        )
        return _saved(getattr(result, "Conference", None))

    def save_occurrence(
        self, base: Conference, changes: ConferenceChanges
    ) -> Conference:
        """SaveConferenceRecInstance; the pattern is the series', and not valid here."""
        whole = changed(base, changes) | {"RecurrencePattern": None}
        return _saved(self._licensed("SaveConferenceRecInstance", Conference=whole))

    def delete(self, conference_id: int) -> None:
        """DeleteConferenceById."""
        self._licensed("DeleteConferenceById", ConferenceId=str(conference_id))

    def delete_occurrence(self, conference_id: int) -> None:
        """DeleteConferenceRecInstanceById."""
        self._licensed(
            "DeleteConferenceRecInstanceById", ConferenceId=str(conference_id)
        )

    def end(self, conference_id: int) -> None:
        """EndConferenceById."""
        self._licensed("EndConferenceById", ConferenceId=str(conference_id))

    def close(self) -> None:
        """Let go of the connection."""
        self._transport.close()

    def _found(self, operation: str, conference_id: int) -> Conference:
        answer = self._booking.call(
            operation, self._headers(), ConferenceId=str(conference_id)
        )
        if answer.result is None:
            raise MissingError("no such conference")
        found = _read(answer.result)
        if found.id < 0:
            # So is a deleted series told (facts 2).
            raise DeletedError("the conference was deleted")
        return found

    def _licensed(
        self,
        operation: str,
        context: Mapping[str, str] | None = None,
        **arguments: Any,
    ) -> Any:
        """Call with a client session; without one, or with an old one, TMS suggests one."""
        try:
            answer = self._with_session(operation, context, arguments)
        except ClientSessionError as error:
            if error.suggested is None:
                raise
            answer = self._with_session(operation, context, arguments)
        if answer.client_session:
            # Most servers echo; old ones gave a new one here (facts 1.3).
            self._client_session = answer.client_session
        return answer.result

    def _with_session(
        self,
        operation: str,
        context: Mapping[str, str] | None,
        arguments: Mapping[str, Any],
    ) -> Answer:
        headers = self._headers()
        if self._client_session is not None:
            headers[HEADER]["ClientSession"] = self._client_session
        if context is not None:
            headers["ContextHeader"] = dict(context)
        try:
            return self._booking.call(operation, headers, **arguments)
        except ClientSessionError as error:
            self._client_session = error.suggested
            raise

    def _headers(self) -> dict[str, dict[str, str]]:
        return {HEADER: {"ClientVersionIn": str(self.version)}}


def _read(result: Any) -> Conference:
    if result is None:
        raise UnreachableError("no conference")
    try:
        return conference(ValueRecord(result), whole=True)
    except ValueError:
        raise UnreachableError("a conference that cannot be read") from None


def _saved(result: Any) -> Conference:
    """What was saved; that it was is certain only if it can be read."""
    try:
        return _read(result)
    except UnreachableError as error:
        raise AnswerLostError(*error.args) from error


def _iso(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"

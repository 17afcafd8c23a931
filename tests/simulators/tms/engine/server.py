"""A TMS server without its wire: the operations of both services.

Each operation takes the `Caller` first, takes and returns what `model` defines and
raises `TmsFault`. A refused operation changes nothing, but for one: an edit for which
licences have run out deletes the booking.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from itertools import pairwise
from random import Random
from typing import Final

from .booking import Booking
from .defaults import default_conference
from .faults import TmsFault
from .local import Local
from .model import (
    Caller,
    Conference,
    RecordingDevice,
    TimeZoneInfo,
    TimeZoneRule,
    TmsSystem,
    TmsUser,
    Transaction,
)
from .rights import find_user, may_read, user_of
from .series import instance_on
from .sessions import ClientSessions
from .settings import Settings
from .state import Mark, Record, State
from .views import Views
from .zones import info_of, rules_of

# It does what is done in TMS itself.
ADMINISTRATOR: Final = TmsUser(
    1,
    "EXAMPLE\\tms.admin",
    first_name="TMS",
    last_name="Admin",
    display_name="TMS Admin",
    email_address="tms.admin@example.com",
    book_on_behalf_of=True,
    read_all=True,
    site_admin=True,
    local_admin=True,
)

_MIDNIGHT: Final = time()
_LAST: Final = time(23, 59, 59)


class DoubleBookingError(AssertionError):
    """Two conferences hold one system at the same time."""

    def __init__(self, system_id: int, *conference_ids: int) -> None:
        """Say which."""
        super().__init__(f"system {system_id} is held by {conference_ids}")


class TmsServer:
    """One TMS; `clock` says what time it is there.

    `settings` may be changed at any time, `local` does what is done in TMS itself and
    `sessions` are the ClientSessions.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        settings: Settings | None = None,
        seed: int = 0,
    ) -> None:
        """Start empty: no systems, and one user, the administrator of `local`."""
        self.settings = settings or Settings()
        self._clock = clock
        random = Random(seed)
        self._state = State(random=random)
        self._state.users[ADMINISTRATOR.user_id] = ADMINISTRATOR
        self.sessions = ClientSessions(clock, self.settings, random)
        self._booking = Booking(self._state, self.settings, clock)
        self._views = Views(self._state, self.settings, clock)
        self.local = Local(self._state, self._booking, self._seen_by_administrator)

    # --- Remote setup -----------------------------------------------------

    def get_systems(self, caller: Caller) -> tuple[TmsSystem, ...]:
        """Return all systems."""
        self._user(caller)
        return tuple(self._state.systems.values())

    def get_systems_for_user(self, caller: Caller) -> tuple[TmsSystem, ...]:
        """Return the systems that the caller may book."""
        bookable = self._user(caller).bookable_systems
        return tuple(
            system
            for system in self._state.systems.values()
            if system.allow_bookings
            and (bookable is None or system.system_id in bookable)
        )

    def get_system_by_id(self, caller: Caller, system_id: int) -> TmsSystem:
        """Return one system."""
        self._user(caller)
        if (system := self._state.systems.get(system_id)) is None:
            raise TmsFault("SYSTEMNOTFOUND", "The system was not found.")
        return system

    def get_users(self, caller: Caller) -> tuple[TmsUser, ...]:
        """Return all users."""
        self._user(caller)
        return tuple(self._state.users.values())

    def is_alive(self, caller: Caller) -> bool:
        """Return True."""
        self._user(caller)
        return True

    def is_book_on_behalf_user(self, caller: Caller, user: str | None = None) -> bool:
        """Return whether the caller (or `user`, a name or id) may book for others."""
        if user is None:
            return self._user(caller).book_on_behalf_of
        asked = find_user(self._state, user)
        if asked is None and user.isdecimal():
            asked = self._state.users.get(int(user))
        if asked is None:
            raise TmsFault("ERR_USER_NOT_FOUND", "The user was not found.")
        return asked.book_on_behalf_of

    def is_site_admin(self, caller: Caller) -> bool:
        """Return whether the caller is a site administrator."""
        return self._user(caller).site_admin

    def is_service_user(self, caller: Caller) -> bool:
        """Return whether the caller is a service user."""
        user = self._user(caller)
        return user.service_user and user.book_on_behalf_of

    def is_local_admin(self, caller: Caller) -> bool:
        """Return whether the caller is a local administrator."""
        return self._user(caller).local_admin

    def set_primary_system(self, caller: Caller, system_id: int) -> bool:
        """Make a system the caller's own; return whether there is one."""
        user = self._user(caller)
        if system_id not in self._state.systems:
            return False
        self.local.change_user(user.user_id, primary_system=system_id)
        return True

    def time_zone_info(self, windows_id: str) -> TimeZoneInfo:
        """Return the TimeZone element of a system or user."""
        return info_of(windows_id, self._clock().year)

    # --- Booking: reads ---------------------------------------------------

    def get_default_conference(self, caller: Caller) -> Conference:
        """Return a conference with id -1 to start from."""
        user = self._user(caller)
        return default_conference(
            self.settings, user, self._booking.now, self._state.random
        )

    def get_conference_by_id(self, caller: Caller, conference_id: int) -> Conference:
        """Return a conference or one occurrence."""
        user = self._user(caller)
        return self._views.full(self._readable(user, conference_id), user)

    def get_recurrent_conference_by_id(
        self, caller: Caller, conference_id: int
    ) -> Conference:
        """Return the series that an occurrence belongs to, with its exceptions."""
        user = self._user(caller)
        return self._views.recurrent(self._readable(user, abs(conference_id)), user)

    def get_conferences_for_systems(
        self,
        caller: Caller,
        system_ids: Sequence[int],
        start_time: datetime | None,
        end_time: datetime | None,
        conference_status: str = "All",
    ) -> tuple[Conference, ...]:
        """Return what systems have, per occurrence, without participants."""
        user = self._user(caller)
        for system_id in system_ids:
            if system_id not in self._state.systems:
                raise TmsFault("SYSTEMNOTFOUND", "The system was not found.")
        asked = frozenset(system_ids)
        return self._listed(
            user,
            lambda record: not asked or bool(asked & record.conference.system_ids),
            (start_time, end_time),
            conference_status,
        )

    def get_conferences_for_user(
        self,
        caller: Caller,
        user_name: str,
        start_time: datetime | None,
        end_time: datetime | None,
        conference_status: str = "All",
    ) -> tuple[Conference, ...]:
        """Return what a user (default: the caller) owns or made."""
        user = self._user(caller)
        asked = find_user(self._state, user_name) if user_name else user
        if asked is None:
            raise TmsFault("ERR_USER_NOT_FOUND", "The user was not found.")
        return self._listed(
            user,
            lambda record: asked.user_id in {record.owner_id, record.creator_id},
            (start_time, end_time),
            conference_status,
        )

    def get_conference_id_by_external_id(
        self,
        caller: Caller,
        external_source_id: str | None,
        external_conference_id: str | None,
        recurrence_id_utc: datetime | None = None,
    ) -> int:
        """Return the id of a conference, or of the occurrence on a UTC day."""
        self._user(caller)
        record = None
        if external_conference_id:
            record = self._booking.by_key(external_source_id, external_conference_id)
        if record is None:
            raise TmsFault("MEETINGNOTFOUND", "The conference was not found.")
        if recurrence_id_utc is None:
            return record.id
        occurrences = {
            rec.instance_id: rec.id
            for rec in self._state.occurrences(record.series_id or 0)
            if rec.mark is not Mark.DELETED
        }
        instance = instance_on(tuple(occurrences), recurrence_id_utc)
        if instance is None:
            raise TmsFault("INSTANCE_NOT_FOUND_WITHIN_PATTERN", "No such occurrence")
        return occurrences[instance]

    def get_transactions_since(
        self,
        caller: Caller,
        current_transaction_id: int,
        system_id: int | None = None,
    ) -> tuple[Transaction, ...]:
        """Return the changes after one."""
        self._user(caller)
        if system_id is not None and system_id not in self._state.systems:
            raise TmsFault("SYSTEMNOTFOUND", "The system was not found.")
        log = self._state.transactions
        if (
            self.settings.refuse_unknown_transactions
            and current_transaction_id > 0
            and all(item.transaction_id != current_transaction_id for item in log)
        ):
            raise TmsFault("UNKNOWN", "The transaction was not found.")
        found = [
            item
            for item in log
            if item.transaction_id > current_transaction_id
            and (system_id is None or system_id in item.participant_ids)
        ]
        return self._page(found)

    def get_recording_aliases(
        self, caller: Caller, user_name: str = ""
    ) -> tuple[RecordingDevice, ...]:
        """Return the recording devices."""
        self._user(caller)
        if user_name and find_user(self._state, user_name) is None:
            raise TmsFault("ERR_USER_NOT_FOUND", "The user was not found.")
        return tuple(self._state.recording_devices)

    def get_time_zone_rules_by_id(
        self, caller: Caller, id_string: str
    ) -> tuple[TimeZoneRule, ...]:
        """Return the rules of a Windows time zone."""
        self._user(caller)
        return rules_of(id_string)

    # --- Booking: writes, which need a ClientSession ----------------------

    def save_conference(
        self, caller: Caller, conference: Conference, mode: str = "Strict"
    ) -> Conference:
        """Create or change a conference or a whole series (also ...WithMode)."""
        user = self._writer(caller)
        self._require_licences(user, conference)
        with self._state.undone_on_fault():
            record = self._booking.save(
                user, conference, mode, api_version=caller.api_version
            )
        return self._views.recurrent(record, user)

    def save_conference_rec_instance(
        self, caller: Caller, conference: Conference, mode: str = "Strict"
    ) -> Conference:
        """Change one occurrence."""
        user = self._writer(caller)
        record = self._booking.living(conference.conference_id)
        self._require_licences(user, conference)
        with self._state.undone_on_fault():
            changed = self._booking.save_instance(user, record, conference, mode)
        return self._views.full(changed, user)

    def save_conferences(
        self,
        caller: Caller,
        conferences: Sequence[Conference],
        one_transaction: bool = True,
    ) -> tuple[Conference, ...]:
        """Save all or none."""
        user = self._writer(caller)
        if not one_transaction:
            raise TmsFault("UNKNOWN", "Only one transaction is supported.")
        with self._state.undone_on_fault():
            records = [
                self._booking.save(
                    user, conference, "Strict", api_version=caller.api_version
                )
                for conference in conferences
            ]
        return tuple(self._views.recurrent(record, user) for record in records)

    def delete_conference_by_id(self, caller: Caller, conference_id: int) -> None:
        """Delete a conference or a whole series; what runs is ended."""
        user = self._writer(caller)
        with self._state.undone_on_fault():
            self._booking.delete(user, conference_id)

    def delete_conference_rec_instance_by_id(
        self, caller: Caller, conference_id: int
    ) -> None:
        """Delete one occurrence; what runs is ended."""
        user = self._writer(caller)
        with self._state.undone_on_fault():
            self._booking.delete_instance(user, conference_id)

    def end_conference_by_id(self, caller: Caller, conference_id: int) -> None:
        """End a running conference now."""
        user = self._writer(caller)
        with self._state.undone_on_fault():
            self._booking.end(user, conference_id)

    # --- For tests --------------------------------------------------------

    def check(self) -> None:
        """Raise if two live conferences hold one system at the same time."""
        for system_id in self._state.systems:
            held = sorted(
                (
                    record
                    for record in self._state.records.values()
                    if record.holds_systems
                    and record.start < record.end
                    and system_id in record.conference.system_ids
                ),
                key=lambda record: record.start,
            )
            for record, following in pairwise(held):
                if record.overlaps(following.start, following.end):
                    raise DoubleBookingError(system_id, record.id, following.id)

    def status(self, conference_id: int) -> str:
        """Return the status of a conference now."""
        return self._booking.record(conference_id).status(self._clock())

    def last_transaction_id(self) -> int:
        """Return the id of the last transaction, also of a forgotten one."""
        return self._state.last_transaction_id

    # --- Parts --------------------------------------------------------------

    def _user(self, caller: Caller) -> TmsUser:
        return user_of(self._state, caller)

    def _writer(self, caller: Caller) -> TmsUser:
        self.sessions.use(caller.client_session)
        user = self._user(caller)
        if not user.booking:
            raise TmsFault("SECURITY", "You do not have access to book conferences.")
        return user

    def _seen_by_administrator(self, record: Record) -> Conference:
        return self._views.full(record, ADMINISTRATOR)

    def _readable(self, user: TmsUser, conference_id: int) -> Record:
        record = self._booking.record(conference_id)
        if not may_read(user, record):
            raise TmsFault(
                "NO_ACCESS_TO_CONFERENCE", "You do not have access to the conference."
            )
        return record

    def _require_licences(self, user: TmsUser, conference: Conference) -> None:
        if self._booking.delete_unlicensed(user, conference):
            raise TmsFault(
                "LICENSE", "There are not enough system licenses; it was deleted."
            )

    def _listed(
        self,
        user: TmsUser,
        wanted: Callable[[Record], bool],
        between: tuple[datetime | None, datetime | None],
        conference_status: str,
    ) -> tuple[Conference, ...]:
        now = self._clock()
        start, end = between
        if self.settings.day_granularity:
            start, end = (
                start and _day_of(start, _MIDNIGHT),
                end and _day_of(end, _LAST),
            )
        found = [
            record
            for record in self._state.records.values()
            if wanted(record)
            and (start is None or record.end >= start)
            and (end is None or record.start <= end)
            and _has_status(record.status(now), conference_status)
        ]
        found.sort(key=lambda record: (record.start, record.id))
        return tuple(self._views.listed(record, user) for record in found)

    def _page(self, found: list[Transaction]) -> tuple[Transaction, ...]:
        limit = self.settings.transaction_limit
        if len(found) <= limit:
            return tuple(found)
        page = found[:limit]
        last = replace(page[-1], trans_type="ListIncomplete")
        if self.settings.incomplete_replaces_last:
            return (*page[:-1], last)
        return (*page, replace(last, conference_id=0, participant_ids=()))


def _day_of(moment: datetime, at: time) -> datetime:
    return datetime.combine(moment.astimezone(UTC).date(), at, UTC)


def _has_status(status: str, wanted: str) -> bool:
    match wanted:
        case "All":
            return True
        case "AllExceptDeleted":
            return status != "Deleted"
        case "PendingAndOngoing":
            return status in {"Pending", "Ongoing"}
    return status == wanted

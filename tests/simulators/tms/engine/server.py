"""A TMS server without its wire: the operations of both services.

Each operation takes the `Caller` first, takes and returns what `model` defines and
raises `TmsFault`. A refused operation changes nothing, but for one: an edit for which
licences have run out deletes the booking.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

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
from .settings import Settings


class TmsServer:
    """One TMS; `clock` says what time it is there."""

    # `settings: Settings`, `local: Local` (done by somebody else; see local.py:
    # book, move, delete, end, approve, reject, make_defective, replace_participants,
    # rename, add_system, remove_system, change_system, add_user),
    # `sessions: ClientSessions`.

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        settings: Settings | None = None,
        seed: int = 0,
    ) -> None:
        """Start empty: no systems, and one user, the administrator of `local`."""

    # --- Remote setup -----------------------------------------------------

    def get_systems(self, caller: Caller) -> tuple[TmsSystem, ...]:
        """Return all systems."""

    def get_systems_for_user(self, caller: Caller) -> tuple[TmsSystem, ...]:
        """Return the systems that the caller may book."""

    def get_system_by_id(self, caller: Caller, system_id: int) -> TmsSystem:
        """Return one system."""

    def get_users(self, caller: Caller) -> tuple[TmsUser, ...]:
        """Return all users."""

    def is_alive(self, caller: Caller) -> bool:
        """Return True."""

    def is_book_on_behalf_user(self, caller: Caller, user: str | None = None) -> bool:
        """Return whether the caller (or `user`, a name or id) may book for others."""

    def is_site_admin(self, caller: Caller) -> bool:
        """Return whether the caller is a site administrator."""

    def is_service_user(self, caller: Caller) -> bool:
        """Return whether the caller is a service user."""

    def is_local_admin(self, caller: Caller) -> bool:
        """Return whether the caller is a local administrator."""

    def set_primary_system(self, caller: Caller, system_id: int) -> bool:
        """Make a system the caller's own; return whether there is one."""

    def time_zone_info(self, windows_id: str) -> TimeZoneInfo:
        """Return the TimeZone element of a system or user."""

    # --- Booking: reads ---------------------------------------------------

    def get_default_conference(self, caller: Caller) -> Conference:
        """Return a conference with id -1 to start from."""

    def get_conference_by_id(self, caller: Caller, conference_id: int) -> Conference:
        """Return a conference or one occurrence."""

    def get_recurrent_conference_by_id(
        self, caller: Caller, conference_id: int
    ) -> Conference:
        """Return the series that an occurrence belongs to, with its exceptions."""

    def get_conferences_for_systems(
        self,
        caller: Caller,
        system_ids: Sequence[int],
        start_time: datetime | None,
        end_time: datetime | None,
        conference_status: str = "All",
    ) -> tuple[Conference, ...]:
        """Return what systems have, per occurrence, without participants."""

    def get_conferences_for_user(
        self,
        caller: Caller,
        user_name: str,
        start_time: datetime | None,
        end_time: datetime | None,
        conference_status: str = "All",
    ) -> tuple[Conference, ...]:
        """Return what a user (default: the caller) owns or made."""

    def get_conference_id_by_external_id(
        self,
        caller: Caller,
        external_source_id: str | None,
        external_conference_id: str | None,
        recurrence_id_utc: datetime | None = None,
    ) -> int:
        """Return the id of a conference, or of the occurrence on a UTC day."""

    def get_transactions_since(
        self,
        caller: Caller,
        current_transaction_id: int,
        system_id: int | None = None,
    ) -> tuple[Transaction, ...]:
        """Return the changes after one."""

    def get_recording_aliases(
        self, caller: Caller, user_name: str = ""
    ) -> tuple[RecordingDevice, ...]:
        """Return the recording devices."""

    def get_time_zone_rules_by_id(
        self, caller: Caller, id_string: str
    ) -> tuple[TimeZoneRule, ...]:
        """Return the rules of a Windows time zone."""

    # --- Booking: writes, which need a ClientSession ----------------------

    def save_conference(
        self, caller: Caller, conference: Conference, mode: str = "Strict"
    ) -> Conference:
        """Create or change a conference or a whole series (also ...WithMode)."""

    def save_conference_rec_instance(
        self, caller: Caller, conference: Conference, mode: str = "Strict"
    ) -> Conference:
        """Change one occurrence."""

    def save_conferences(
        self,
        caller: Caller,
        conferences: Sequence[Conference],
        one_transaction: bool = True,
    ) -> tuple[Conference, ...]:
        """Save all or none."""

    def delete_conference_by_id(self, caller: Caller, conference_id: int) -> None:
        """Delete a conference or a whole series; what runs is ended."""

    def delete_conference_rec_instance_by_id(
        self, caller: Caller, conference_id: int
    ) -> None:
        """Delete one occurrence; what runs is ended."""

    def end_conference_by_id(self, caller: Caller, conference_id: int) -> None:
        """End a running conference now."""

    # --- For tests --------------------------------------------------------

    def check(self) -> None:
        """Raise if two live conferences hold one system at the same time."""

    def status(self, conference_id: int) -> str:
        """Return the status of a conference now."""

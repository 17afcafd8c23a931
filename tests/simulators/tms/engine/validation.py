"""What a Conference must look like before anything is looked up in the calendar."""

from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any, Final

from .faults import TmsFault
from .model import Conference, Participant, TmsUser
from .settings import Settings
from .state import State

_LONGEST_TITLE: Final = 255
_RESERVED_SOURCES: Final = frozenset({"TMS", "TMS-ADHOC"})
_RESERVED_MEETING_SOURCE: Final = "EX:PROXY"
_QUOTES: Final = str.maketrans("", "", "\"'")

# What TMS decides itself, whatever a client sends.
_READ_ONLY: Final = frozenset(
    {
        "conference_id",
        "recurrence_instance_id_utc",
        "recurrence_instance_type",
        "first_occurrence_rec_instance_id_utc",
        "recurrence_pattern",
        "owner_id",
        "owner_user_name",
        "owner_first_name",
        "owner_last_name",
        "owner_email_address",
        "conference_info_text",
        "conference_info_html",
        "recorded_conference_uri",
        "web_conference_presenter_uri",
        "web_conference_attendee_uri",
        "conference_state",
        "version",
        "join_uri",
        "join_url",
        "transaction_id",
    }
)
_WRITABLE: Final = tuple(
    item.name for item in fields(Conference) if item.name not in _READ_ONLY
)


def merged(base: Conference, wanted: Conference) -> Conference:
    """Return the base with everything that is given, and not `Default`."""
    given: dict[str, Any] = {
        name: value
        for name in _WRITABLE
        if (value := getattr(wanted, name)) is not None and value != "Default"
    }
    title = (wanted.title or "").translate(_QUOTES)
    given["title"] = title if title.strip() else base.title
    if not wanted.external_primary_key:
        given.pop("external_primary_key", None)
        given.pop("external_source_id", None)
    if not wanted.conference_time_zone_rules:
        given.pop("conference_time_zone_rules", None)
    return replace(base, **given)


def check_texts(
    settings: Settings, wanted: Conference, present: Conference | None
) -> None:
    """Refuse titles that are too long and names that TMS keeps for itself."""
    if len((wanted.title or "").translate(_QUOTES)) > _LONGEST_TITLE:
        raise TmsFault("UNKNOWN", "The title is longer than 255 characters.")
    known = present.external_source_id if present else None
    source = wanted.external_source_id
    if source in _RESERVED_SOURCES and source != known:
        raise TmsFault("UNKNOWN", f"The external source id {source} is reserved.")
    known = present.meeting_source if present else None
    if wanted.meeting_source == _RESERVED_MEETING_SOURCE != known:
        raise TmsFault("UNKNOWN", "The meeting source is reserved.")
    codes = settings.billing_codes
    if codes is not None and (wanted.billing_code or _code_of(present)) not in codes:
        raise TmsFault("UNKNOWN", "Invalid billing code")


def _code_of(present: Conference | None) -> str | None:
    return present.billing_code if present else None


def check_times(
    settings: Settings, now: datetime, start: datetime | None, end: datetime | None
) -> tuple[datetime, datetime]:
    """Return the times if a conference may have them."""
    if start is None or end is None:
        raise TmsFault("INVALID_DATETIME_FORMAT", "The start or end time is missing.")
    if start >= end:
        raise TmsFault("START_TIME_AFTER_END_TIME", "The start is not before the end.")
    if end <= now:
        raise TmsFault(
            "CANNOTBOOKINTHEPAST", "You cannot book a conference in the past"
        )
    if start > now + timedelta(days=settings.booking_window_days):
        raise TmsFault(
            "START_TIME_AFTER_MAX_NUMBER_OF_DAYS_IN_FUTURE",
            "The conference starts beyond the booking window.",
        )
    return start, end


def checked_participants(
    state: State, user: TmsUser, conference: Conference
) -> tuple[Participant, ...]:
    """Return the participants, numbered, if they may all take part."""
    participants = conference.participants or ()
    external = 0
    checked = []
    for participant in participants:
        if participant.participant_call_type in {"TMS", "TMS Master Participant"}:
            _check_system(state, user, participant)
            checked.append(participant)
            continue
        _check_external(conference, participant)
        external += 1
        checked.append(
            replace(participant, participant_id=participant.participant_id or external)
        )
    _check_master(checked, conference.system_ids)
    return tuple(checked)


def _check_system(state: State, user: TmsUser, participant: Participant) -> None:
    system = state.systems.get(participant.participant_id or 0)
    if system is None:
        raise TmsFault("SYSTEMNOTFOUND", "The system was not found.")
    bookable = user.bookable_systems
    if not system.allow_bookings or (
        bookable is not None and system.system_id not in bookable
    ):
        raise TmsFault(
            "SYSTEM_NOT_ALLOWED_IN_BOOKING",
            f"{system.system_name} cannot be booked by you.",
        )


def _check_external(conference: Conference, participant: Participant) -> None:
    call_type = participant.participant_call_type
    if call_type == "User":
        raise TmsFault("PARTICIPANT_ERROR", "Users cannot take part.")
    if call_type.endswith("->") and not participant.name_or_number:
        raise TmsFault("DIAL_OUT_NUMBER_NOT_SET", "A number to dial is missing.")
    if call_type.endswith("<-") and conference.conference_type == "Reservation Only":
        raise TmsFault(
            "CANNOT_ADD_PARTICIPANT", "A reservation cannot have dial-in participants."
        )


def _check_master(participants: list[Participant], systems: frozenset[int]) -> None:
    masters = [
        participant.participant_id
        for participant in participants
        if participant.participant_call_type == "TMS Master Participant"
    ]
    if len(masters) > 1 or not systems.issuperset(
        master for master in masters if master is not None
    ):
        raise TmsFault("PARTICIPANT_ERROR", "The master participant is not valid.")

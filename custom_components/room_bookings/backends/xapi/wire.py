"""Bookings on the xAPI wire: what PhoneOS and RoomOS share.

Facts: cisco-xapi.md 1.1 to 1.4 (commands and results), 2 (events), 3 (status). A
parser here returns a value or None for anything that a network may send; it never
raises, and one bad record costs only itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import re
from typing import Final

from ...rooms.booking import Booking, BookingId, BookingRequest
from ...rooms.claim import Claim
from ..parsing import Json, JsonObject, as_object, printable

MAX_MINUTES: Final = 1440
MAX_TEXT: Final = 128

_TIME: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?", re.ASCII
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WireIds:
    """The names of one booking at one device; which of them last is section 9.7's story."""

    id: str
    meeting_id: str
    request_id: str | None = None

    @property
    def booking_id(self) -> BookingId:
        """The lasting name: the meeting's, else the device's own (assumption `meeting_id`)."""
        return BookingId(self.meeting_id or self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class WireBooking:
    """A booking with its names on the wire."""

    ids: WireIds
    booking: Booking


def as_items(value: Json) -> list[Json]:
    """A list, a single item where a list is usual, or nothing."""
    if isinstance(value, list):
        return value
    return [] if value is None or value == "" else [value]


def as_text(value: Json) -> str:
    """Text with surrounding blanks removed; empty for anything but text or a number."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**18 else ""
    return ""


def as_words(value: Json, hidden: Iterable[str] = ()) -> str:
    """What a system says to people: on one line, not for ever, and nothing `hidden`."""
    return printable(as_text(value), hidden)


def personal_texts(arguments: JsonObject) -> Iterator[str]:
    """The texts of people among the arguments of a command."""
    for name in ("Title", "OrganizerName", "OrganizerEmail"):
        yield as_text(arguments.get(name))


def as_int(value: Json) -> int | None:
    """An integer, also one written as text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,12}", value.strip()):
        return int(value)
    return None


def as_bool(value: Json) -> bool | None:
    """A truth value, also one written as the text `True` or `False`."""
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(as_text(value).lower())


def as_time(value: Json) -> datetime | None:
    """A time in UTC, whole seconds; up to nine fraction digits are accepted and dropped."""
    if not isinstance(value, str) or not (match := _TIME.fullmatch(value.strip())):
        return None
    day, clock, _, zone = match.groups()
    try:
        return datetime.fromisoformat(f"{day}T{clock}{zone or 'Z'}").astimezone(UTC)
    except ValueError, OverflowError:
        return None


def wire_time(when: datetime) -> str:
    """A time as the wire has it: whole seconds, UTC, `Z`."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _end(start: datetime | None, minutes: int | None) -> datetime | None:
    if start is None or minutes is None or not 0 <= minutes <= 10**6:
        return None
    try:
        return start + timedelta(minutes=minutes)
    except OverflowError:
        return None


def _booking(
    item: JsonObject,
    start: datetime | None,
    end: datetime | None,
    organizer: str,
    private: bool | None,
) -> WireBooking | None:
    ids = WireIds(
        id=as_text(item.get("Id")),
        meeting_id=as_text(item.get("MeetingId")),
        request_id=as_text(item.get("BookingRequestUUID")) or None,
    )
    if not ids.booking_id or start is None or end is None or end < start:
        return None
    booking = Booking(
        id=ids.booking_id,
        start=start,
        end=end,
        title=as_text(item.get("Title")),
        organizer=organizer,
        private=private,
        request_id=ids.request_id,
    )
    return WireBooking(ids=ids, booking=booking)


def _organizer(organizer: JsonObject) -> str:
    names = (as_text(organizer.get("FirstName")), as_text(organizer.get("LastName")))
    return (
        " ".join(filter(None, names))
        or as_text(organizer.get("Name"))
        or as_text(organizer.get("Email"))
    )


def listed_booking(record: Json) -> WireBooking | None:
    """A booking out of a List or Get result (1.4); None if the record is of no use."""
    item = as_object(record)
    time = as_object(item.get("Time"))
    start = as_time(time.get("StartTime"))
    end = as_time(time.get("EndTime")) or _end(start, as_int(time.get("Duration")))
    privacy = as_text(item.get("Privacy")).lower()
    # A device that does not speak of privacy has none (assumption `privacy`).
    private = bool(privacy) and privacy != "public"
    return _booking(
        item, start, end, _organizer(as_object(item.get("Organizer"))), private
    )


def listed_bookings(result: Json) -> Iterator[WireBooking]:
    """Every usable booking of a List result; the key is missing when there are none."""
    for record in as_items(as_object(result).get("Booking")):
        if (booking := listed_booking(record)) is not None:
            yield booking


def created_booking(value: Json) -> WireBooking | None:
    """The booking of a BookingCreated event (2): all but its privacy."""
    item = as_object(value)
    start = as_time(item.get("StartTime"))
    end = _end(start, as_int(item.get("Duration")))
    organizer = as_text(item.get("OrganizerName")) or as_text(
        item.get("OrganizerEmail")
    )
    return _booking(item, start, end, organizer, None)


def moved_to(value: Json) -> tuple[datetime, datetime] | None:
    """When a booking takes place now, by a BookingMoved event (2)."""
    item = as_object(value)
    start = as_time(item.get("StartTime"))
    end = _end(start, as_int(item.get("Duration")))
    return None if start is None or end is None else (start, end)


def named_ids(value: Json) -> WireIds:
    """The names of the booking that an event speaks of."""
    item = as_object(value)
    return WireIds(
        id=as_text(item.get("Id")), meeting_id=as_text(item.get("MeetingId"))
    )


def gave_up(value: Json) -> bool:
    """Whether the device deleted a booking because nobody checked in to it (2)."""
    return as_text(as_object(value).get("Cause")).lower() == "noshow"


def claimed(status: Json, time_stamp: Json, *, time_known: bool) -> Claim | None:
    """What `Bookings Availability` says (3); None for a word that is not known."""
    match as_text(status).lower():
        case "free":
            return Claim(busy=False)
        case "freeuntil":
            busy = False
        case "bookeduntil":
            busy = True
        case _:
            return None
    until = as_time(time_stamp) if time_known else None
    return Claim(busy=busy, until=until, until_known=until is not None)


def counted(people: Json) -> int | None:
    """How many people a device counts; None where it cannot (assumption `people_count`)."""
    count = as_int(people)
    return count if count is not None and count >= 0 else None


def sensed(presence: Json) -> bool | None:
    """Whether a device senses people; None where it cannot, or does not know."""
    return {"yes": True, "no": False}.get(as_text(presence).lower())


def edit_arguments(booking: Booking, wanted: Booking) -> dict[str, Json]:
    """The arguments of `Bookings Edit` (1.1) that say what is different."""
    arguments: dict[str, Json] = {}
    if (booking.start, booking.end) != (wanted.start, wanted.end):
        arguments["StartTime"] = wire_time(wanted.start)
        arguments["Duration"] = whole_minutes(wanted.start, wanted.end)
    if booking.title != wanted.title:
        arguments["Title"] = wanted.title
    return arguments


def whole_minutes(start: datetime, end: datetime) -> int:
    """The whole minutes from one time to another: what a Duration can carry."""
    return (end - start) // timedelta(minutes=1)


def book_arguments(request: BookingRequest) -> dict[str, Json]:
    """The arguments of `Bookings Book` (1.1)."""
    arguments: dict[str, Json] = {
        "BookingRequestUUID": request.request_id,
        "StartTime": wire_time(request.start),
        "Duration": whole_minutes(request.start, request.end),
        "Title": request.title,
    }
    if request.organizer_name:
        arguments["OrganizerName"] = request.organizer_name
    if request.organizer_email:
        arguments["OrganizerEmail"] = request.organizer_email
    return arguments

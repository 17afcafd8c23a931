"""Rooms and meetings on the wire (facts C2).

A parser here returns a value or None for anything that a network may send; it never
raises, and one bad record costs only itself.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
import re
from typing import Final

from ...rooms.booking import Booking, BookingId, BookingRequest, RoomId, SeriesId
from ...rooms.room import Room, Verb
from ..parsing import Json, as_object, printable

VERBS: Final = frozenset({Verb.BOOK, Verb.END_MEETING, Verb.EXTEND, Verb.RESCHEDULE})

# What a path cannot name: it would be taken for a step within it.
_STEPS: Final = ("", ".", "..")
_TIME: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d)?)(\.\d{1,9})?([Zz]|[+-]\d\d:?\d\d)?",
    re.ASCII,
)


def as_text(value: Json) -> str:
    """Text as it is; empty for anything else."""
    return value if isinstance(value, str) else ""


def as_id(value: Json) -> str:
    """An id, also one written as a number; empty for what no path can name."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**18 else ""
    text = as_text(value)
    return "" if text.strip() in _STEPS else text


def as_time(value: Json) -> datetime | None:
    """A time in UTC, whole seconds; one without a zone is UTC too (facts C1)."""
    if not isinstance(value, str) or not (match := _TIME.fullmatch(value.strip())):
        return None
    day, clock, _, zone = match.groups()
    text = f"{day}T{clock}{(zone or 'Z').upper()}"
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError, OverflowError:
        return None


def as_words(value: Json, hidden: Iterable[str]) -> str:
    """What a system says to people: on one line, not for ever, and nothing `hidden`."""
    return printable(as_text(value), hidden)


def wire_time(when: datetime) -> str:
    """`YYYY-MM-DDThh:mm:ssZ` (facts C1)."""
    return f"{when.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def listed_rooms(records: Iterable[Json]) -> Iterator[Room]:
    """Every usable room; each id once."""
    seen: set[str] = set()
    for item in map(as_object, records):
        room_id = as_id(item.get("roomId"))
        if room_id and room_id not in seen:
            seen.add(room_id)
            name = as_text(item.get("name")).strip() or room_id
            yield Room(id=RoomId(room_id), name=name, verbs=VERBS)


def is_cancelled(record: Json) -> bool:
    """Whether the record is about a meeting that does not take place."""
    return _flag(as_object(record).get("isCancelled")) is True


def meeting(record: Json) -> Booking | None:
    """A Meeting; None if the record is of no use."""
    item = as_object(record)
    meeting_id = as_id(item.get("meetingId"))
    start, end = as_time(item.get("startDateUTC")), as_time(item.get("endDateUTC"))
    if not meeting_id or start is None or end is None or end < start:
        return None
    return Booking(
        id=BookingId(meeting_id),
        start=start,
        end=end,
        title=as_text(item.get("subject")),
        organizer=as_text(item.get("organizerName")).strip(),
        private=_is_private(item.get("isPrivate")),
    )


def named_apart(bookings: Iterable[Booking]) -> list[Booking]:
    """The bookings, each with an id of its own; of two that are one the later counts.

    Meetings of one id at several times are occurrences (assumption `same_id`).
    """
    unique = {(booking.id, booking.start): booking for booking in bookings}.values()
    times = Counter(booking.id for booking in unique)
    return [
        booking
        if times[booking.id] == 1
        else replace(
            booking,
            id=BookingId(f"{booking.id} {wire_time(booking.start)}"),
            series=SeriesId(booking.id),
        )
        for booking in unique
    ]


def is_sendable(text: str) -> bool:
    """Whether the text is whole: half a character could not be read again."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def booking_body(request: BookingRequest) -> dict[str, Json]:
    """The body of a POST; nobody in particular organises (assumption `organizer`)."""
    return {"subject": request.title, **times_body(request.start, request.end)}


def times_body(start: datetime, end: datetime) -> dict[str, Json]:
    """The body of a PUT: both times, whatever changes (assumption `put_times`)."""
    return {"startDateUTC": wire_time(start), "endDateUTC": wire_time(end)}


def _is_private(value: Json) -> bool:
    """Whether a meeting is private (assumption `privacy`)."""
    return value is not None and _flag(value) is not False


def _flag(value: Json) -> bool | None:
    """A truth value, also one written as text or number; None for anything else."""
    if isinstance(value, (bool, int)):
        return {0: False, 1: True}.get(value)
    return {"true": True, "false": False}.get(as_text(value).strip().lower())

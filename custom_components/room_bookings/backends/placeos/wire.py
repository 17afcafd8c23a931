"""Values, events and systems on the wire (facts A1, A2, B2, B3).

A parser here returns a value or None for anything that a network may send; it never
raises, and one bad record costs only itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import re
from typing import Final

from ...rooms.booking import Booking, BookingId
from ..parsing import Json, JsonObject, as_object, parsed, printable

_ID: Final = re.compile(r"[\w~-][\w.~-]{0,127}", re.ASCII)
# No event is later: 2242.
_LAST: Final = 2**33
_A_DAY: Final = timedelta(days=1)
# Events that do not take place (facts A1.9).
_CALLED_OFF: Final = ("cancelled", "canceled", "declined")
_HIDDEN: Final = ("private", "confidential")


@dataclass(frozen=True, slots=True)
class Event:
    """An event of a room; `called_off` ones are still in the driver's list (facts A1.9)."""

    booking: Booking
    called_off: bool = False


def as_items(value: Json) -> list[Json]:
    """The value if it is a list; an empty one for anything else."""
    return value if isinstance(value, list) else []


def as_text(value: Json) -> str:
    """Text as it is; empty for anything else."""
    return value if isinstance(value, str) else ""


def as_id(value: Json) -> str:
    """The id of a system; empty for what no path can name."""
    text = as_text(value)
    return text if _ID.fullmatch(text) else ""


def as_int(value: Json) -> int | None:
    """A whole number, also one written as text or with a decimal point."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,12}", value.strip()):
        return int(value)
    return None


def as_bool(value: Json) -> bool | None:
    """A truth value, also one written as text or number."""
    if isinstance(value, (bool, int, float)):
        return bool(value) if value in (0, 1) else None
    return {"true": True, "false": False}.get(as_text(value).strip().lower())


def as_time(value: Json) -> datetime | None:
    """Seconds since 1970 as a time in UTC."""
    seconds = as_int(value)
    if seconds is None or not 0 <= seconds < _LAST:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def as_minutes(value: Json) -> timedelta | None:
    """A number of minutes, no more than a day's."""
    minutes = as_int(value)
    if minutes is None or minutes < 0:
        return None
    return min(timedelta(minutes=min(minutes, 10**6)), _A_DAY)


def as_words(value: Json, hidden: Iterable[str] = ()) -> str:
    """What a system says to people: on one line, not for ever, and nothing `hidden`."""
    return printable(as_text(value).removeprefix("module raised: "), hidden)


def epoch(when: datetime) -> int:
    """A time as the wire has it."""
    return int(when.timestamp())


async def decoded(value: Json) -> Json:
    """A value as it is meant: raw, or as JSON in a string (facts B3)."""
    if not isinstance(value, str):
        return value
    try:
        return await parsed(value.encode())
    except ValueError:
        return value


def event(record: Json) -> Event | None:
    """An event; None if the record is of no use.

    One without an end takes a day (facts A1.8). Its times are seconds since 1970 whatever
    its zone and whether it is all-day: the driver counts with the same.
    """
    item = as_object(record)
    event_id = as_text(item.get("id"))
    start, end = as_time(item.get("event_start")), as_time(item.get("event_end"))
    if item.get("event_end") is None and start is not None:
        end = start + _A_DAY
    if not event_id or start is None or end is None or end < start:
        return None
    booking = Booking(
        id=BookingId(event_id),
        start=start,
        end=end,
        title=as_text(item.get("title")),
        organizer=_organizer(item),
        private=_is_private(item),
    )
    status = as_text(item.get("status")).strip().lower()
    return Event(booking, called_off=status in _CALLED_OFF)


def _organizer(item: JsonObject) -> str:
    """The host's name where an attendee has it, else the address."""
    host = as_text(item.get("host")).strip()
    for attendee in map(as_object, as_items(item.get("attendees"))):
        address = as_text(attendee.get("email")).strip()
        if address and address.lower() == host.lower():
            return as_text(attendee.get("name")).strip() or host
    return host or as_text(item.get("creator")).strip()


def _is_private(item: JsonObject) -> bool:
    """Whether the event is private (facts A1.10); what cannot be read is (assumption `privacy`)."""
    private = item.get("private")
    if private is not None and as_bool(private) is not False:
        return True
    return as_text(item.get("visibility")).strip().lower() in _HIDDEN

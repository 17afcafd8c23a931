"""The four calls of the contract."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from homeassistant.util import dt as dt_util

from ..const import FURTHEST, HORIZON
from ..rooms.booking import Booking, BookingId, whole_second
from ..rooms.errors import RoomError
from ..rooms.room import Verb
from .refusals import RefusedError
from .served import ServedRoom, ServedRooms
from .wire import Window, Wish, identifier_of, meeting_of

_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
_MINUTE: Final = timedelta(minutes=1)

type Meeting = dict[str, str | bool]


def rooms(served: ServedRooms) -> list[dict[str, str]]:
    """GET /rooms."""
    return [{"roomId": room_id, "name": name} for room_id, name in served.listed()]


async def meetings(room: ServedRoom, window: Window) -> list[Meeting]:
    """GET /rooms/{roomId}/meetings: what holds the room at any time of the window.

    Without a start it begins with the oldest, without an end it reaches as far as is known.
    """
    furthest = dt_util.utcnow() + FURTHEST
    start = window.start or _LONG_AGO
    end = window.end
    if start >= furthest or start == end:
        return []
    if end is None:
        horizon = room.coordinator.keeper.horizon
        end = horizon if start < horizon else start + HORIZON
    try:
        found = await room.hub.bookings(room.coordinator, start, min(end, furthest))
    except RoomError as error:
        raise RefusedError.because(error) from error
    return [
        meeting_of(booking)
        for booking in found
        # As the display reads the times, which is without fractions.
        if booking.holds
        and whole_second(booking.end) > max(start, whole_second(booking.start))
        and window.organizer_id in (None, booking.organizer)
    ]


async def book(room: ServedRoom, wish: Wish) -> Meeting:
    """POST /rooms/{roomId}/meetings: answers when the room's system has confirmed it."""
    start, end = wish.start, wish.end
    if start is None or end is None or end <= start or wish.cancelled:
        raise RefusedError.malformed()
    now = dt_util.utcnow()
    _check_reach(end, now)
    begin: datetime | None = start
    if now - _MINUTE <= start <= now and (end - start) % _MINUTE:
        # From now until then: not every system can say that to the second.
        begin = None
    who = wish.organizer_id or ""
    is_address = "@" in who
    try:
        booking = await room.hub.verbs.book(
            room.coordinator.keeper,
            start=begin,
            end=end,
            duration=end - start,
            title=wish.subject or "",
            organizer_name="" if is_address else who,
            organizer_email=who if is_address else "",
        )
    except RoomError as error:
        raise RefusedError.because(error) from error
    return meeting_of(room.coordinator.keeper.shown(booking))


async def change(room: ServedRoom, meeting_id: str, wish: Wish) -> Meeting:
    """PUT /rooms/{roomId}/meetings/{meetingId}: what is not named stays as it is."""
    now = dt_util.utcnow()
    try:
        meant = await _shown(room, BookingId(identifier_of(meeting_id)))
        if wish.cancelled:
            return await _cancel(room, meant)
        start, end = wish.start or meant.start, wish.end or meant.end
        if end <= start or wish.organizer_id not in (None, meant.organizer):
            raise RefusedError.malformed()
        _check_reach(end, now)
        moved = whole_second(start) != whole_second(meant.start)
        resized = whole_second(end) != whole_second(meant.end)
        # A masked title that comes back unchanged is not meant as the title.
        title = wish.subject if wish.subject != meant.title else None
        if not moved and title is None:
            if not resized:
                return meeting_of(meant)
            if meant.runs_at(now) and end <= now + _MINUTE:
                return await _release(room, meant, end)
        booking = await room.hub.verbs.reschedule(
            room.coordinator.keeper,
            meant.id,
            start=start if moved else None,
            end=end if moved or resized else None,
            title=title,
        )
    except RoomError as error:
        raise RefusedError.because(error) from error
    return meeting_of(room.coordinator.keeper.shown(booking))


async def _shown(room: ServedRoom, booking_id: BookingId) -> Booking:
    """A meeting as displays know it."""
    known = await room.hub.booking(room.coordinator, booking_id)
    if known is None or not known.holds:
        raise RefusedError.unknown()
    return known


async def _release(room: ServedRoom, meant: Booking, asked: datetime) -> Meeting:
    """End a running meeting, and no other."""
    _, ended_at, _ = await room.hub.verbs.end_meeting(
        room.coordinator.keeper, booking_id=meant.id
    )
    # A minute more or less is what was asked for; an older wish came late.
    as_asked = abs(ended_at - asked) <= _MINUTE
    return meeting_of(replace(meant, end=asked if as_asked else ended_at))


async def _cancel(room: ServedRoom, meant: Booking) -> Meeting:
    """Delete a meeting."""
    verbs, keeper = room.hub.verbs, room.coordinator.keeper
    running = meant.runs_at(dt_util.utcnow())
    if running and Verb.DELETE not in keeper.room.verbs:
        await verbs.end_meeting(keeper, booking_id=meant.id)
    else:
        await verbs.delete(keeper, meant.id)
    return meeting_of(meant, cancelled=True)


def _check_reach(end: datetime, now: datetime) -> None:
    if end > now + FURTHEST:
        raise RefusedError.malformed()


def answer_to(status: int) -> dict[str, Any]:
    """The body of an answer that is no success: the status, and nothing to learn from."""
    return {"status": status}

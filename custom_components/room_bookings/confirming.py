"""What is done to bookings is done when the system holds them so, and not before."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import Final

from homeassistant.util import dt as dt_util

from .asking import Outcome, asked, patiently
from .backends.signals import BookingMoved, BookingRemoved, RoomSignal
from .keeper import RoomKeeper
from .rooms.booking import Booking, BookingId
from .rooms.errors import (
    AnswerLostError,
    ConflictError,
    NotFoundError,
    RoomError,
    UnconfirmedError,
    UnknownBookingError,
    UnreachableError,
)
from .rooms.timetable import Timetable

# What was taken and not done is asked for once more.
ATTEMPTS: Final = 2
# How long to wait before saying again what may be said twice, in seconds.
_AGAIN_AFTER: Final = (0.0, 0.5, 2.0, 8.0)


async def gone(
    keeper: RoomKeeper,
    bookings: Sequence[Booking],
    ask: Callable[[], Awaitable[None]],
) -> None:
    """Ask until the system no longer holds the room for these bookings, at most twice.

    Raises NotFoundError if it did not hold it before anybody asked.
    """
    removed = [BookingRemoved(keeper.room.id, b.id) for b in bookings]
    taken = False
    for _ in range(ATTEMPTS):
        try:
            outcome = await asked(
                keeper,
                ask,
                hear=lambda signal: [signal] == removed or None,
                judge=lambda listing: not _held(listing, bookings) or None,
                until=max(booking.end for booking in bookings),
            )
        except RoomError as error:
            if taken:
                raise UnconfirmedError from error
            raise
        taken |= outcome.refused is None
        if outcome.found and taken:
            return
        if (refused := outcome.refused) is not None:
            raise NotFoundError(str(refused)) if outcome.found else refused
    raise UnconfirmedError


async def changed(
    keeper: RoomKeeper,
    booking: Booking,
    wanted: Booking,
    meant: Sequence[BookingId],
    ask: Callable[[], Awaitable[Booking | None]],
) -> Booking:
    """Ask until the system holds the booking as wanted, at most twice.

    `meant` are all bookings that change with it.
    """
    others = keeper.timetable.without(*meant)
    if others.holding(wanted.start, wanted.end) or wanted.end > keeper.horizon:
        others = (await keeper.listed(until=wanted.end)).without(*meant)
        if (other := others.holding(wanted.start, wanted.end)) is not None:
            raise ConflictError(other.start, other.end)

    taken = False
    for _ in range(ATTEMPTS):
        try:
            outcome: Outcome[Booking | RoomError] = await asked(
                keeper,
                ask,
                hear=lambda signal: _moved(signal, booking, wanted),
                judge=lambda listing: _changed_to(listing, wanted, meant),
                until=max(booking.end, wanted.end),
            )
        except RoomError as error:
            if taken:
                raise UnconfirmedError from error
            raise
        taken |= outcome.refused is None
        match outcome.found:
            case Booking() as changed:
                return changed
            case RoomError() as why_not:
                raise why_not
        if (refused := outcome.refused) is not None:
            if isinstance(refused, ConflictError):
                await tell_when(refused, [keeper], wanted.start, wanted.end, meant)
            raise refused
    raise UnconfirmedError


async def told_twice(ask: Callable[[], Awaitable[None]]) -> None:
    """Say what may be said again, until it is answered; twice, as far as anybody knows.

    Raises UnconfirmedError if it may have been heard, and nobody can tell.
    """
    told = 0
    for wait in _AGAIN_AFTER:
        await asyncio.sleep(wait)
        try:
            await patiently(ask)
        except AnswerLostError:
            told += 1
            if told == ATTEMPTS:
                break
        except RoomError as error:
            if not told:
                raise
            if not isinstance(error, UnreachableError):
                raise UnconfirmedError from error
        else:
            return
    raise UnconfirmedError


async def tell_when(
    conflict: ConflictError,
    keepers: Sequence[RoomKeeper],
    start: datetime,
    end: datetime,
    meant: Sequence[BookingId] = (),
) -> None:
    """Have a conflict say which room is taken when, where the system did not and its list does.

    `meant` is no conflict.
    """
    for keeper in keepers:
        if conflict.start is not None:
            return
        try:
            listing = await keeper.listed(until=end)
        except RoomError:
            continue
        if (other := listing.without(*meant).holding(start, end)) is not None:
            conflict.start, conflict.end = other.start, other.end
            conflict.room = keeper.room.name


def _moved(
    signal: RoomSignal, booking: Booking, wanted: Booking
) -> Booking | RoomError | None:
    """The change as the system's word confirms it; a title it does not speak of."""
    match signal:
        case BookingMoved(booking_id=booking_id, start=start, end=end) if (
            booking_id == booking.id
            and (start, end) == (wanted.start, wanted.end)
            and booking.title == wanted.title
        ):
            return wanted
    return None


def _changed_to(
    listing: Timetable, wanted: Booking, meant: Sequence[BookingId]
) -> Booking | RoomError | None:
    """What the list says of a change: done, in vain, or nothing yet."""

    def as_wanted(booking: Booking) -> bool:
        return (booking.start, booking.end, booking.title) == (
            wanted.start,
            wanted.end,
            wanted.title,
        )

    if (listed := listing.get(wanted.id)) is not None and as_wanted(listed):
        return listed
    if wanted.series is not None and len(meant) > 1:
        # The occurrences of a series may have other ids when it has changed.
        return next((b for b in listing if b.series is not None and as_wanted(b)), None)
    if listed is None:
        return UnknownBookingError()
    other = listing.without(*meant).holding(wanted.start, wanted.end)
    return ConflictError(other.start, other.end) if other is not None else None


def _held(listing: Timetable, bookings: Iterable[Booking]) -> bool:
    """Whether any of these still holds its room, now or later."""
    now = dt_util.utcnow()
    listed = [listing.get(booking.id) for booking in bookings]
    return any(b is not None and b.holds and b.end > now for b in listed)

"""All known bookings of one room, in order."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Self

from .booking import Booking, BookingId
from .series import Scope

_order = attrgetter("start", "id")


@dataclass(frozen=True, slots=True)
class Timetable:
    """Bookings sorted by start, then id; each id once."""

    bookings: tuple[Booking, ...] = ()

    @classmethod
    def of(cls, bookings: Iterable[Booking]) -> Self:
        """Sort bookings; where an id comes twice, the later one counts."""
        unique = {booking.id: booking for booking in bookings}
        return cls(tuple(sorted(unique.values(), key=_order)))

    def __iter__(self) -> Iterator[Booking]:
        """Go through the bookings in order."""
        return iter(self.bookings)

    def get(self, booking_id: BookingId) -> Booking | None:
        """The booking with this id, if it is known."""
        return next((b for b in self.bookings if b.id == booking_id), None)

    def with_booking(self, booking: Booking) -> Self:
        """The same timetable with this booking added, or replaced by its id."""
        return self.of((*self.bookings, booking))

    def without(self, *booking_ids: BookingId) -> Self:
        """The same timetable without these bookings."""
        return type(self)(tuple(b for b in self.bookings if b.id not in booking_ids))

    def of_series(self, booking: Booking, scope: Scope) -> tuple[Booking, ...]:
        """What is meant by one booking: itself, or others of its series too."""
        if booking.series is None or scope is Scope.ONE:
            return (booking,)
        return tuple(
            b
            for b in self.bookings
            if b.series == booking.series
            and (scope is Scope.ALL or b.start >= booking.start)
        )

    def between(self, start: datetime, end: datetime) -> tuple[Booking, ...]:
        """The bookings that share any time with [start, end), tentative ones too."""
        return tuple(b for b in self.bookings if b.overlaps(start, end))

    def holding(self, start: datetime, end: datetime) -> Booking | None:
        """The first booking that holds the room at any time in [start, end)."""
        return next(
            (b for b in self.bookings if b.holds and b.overlaps(start, end)), None
        )

    def keeping_past(self, known: Self, now: datetime, since: datetime) -> Self:
        """This listing, with what `known` had that was over by `now` and ended after `since`.

        Systems list the present and the future; a meeting that is over does not
        become undone by falling out of the list.
        """
        past = (b for b in known if since < b.end <= now)
        return self.of((*past, *self.bookings))

"""A room by the words of the contract (DESIGN section 3), sentence by sentence and slowly."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from custom_components.room_bookings.rooms.booking import (
    Booking,
    BookingId,
    BookingStatus,
)
from custom_components.room_bookings.rooms.state import CheckInRules

from .builders import LAST_END, STEP


@dataclass(frozen=True)
class ByDefinition:
    """What is true of a room at any one time; nothing is derived from another time."""

    bookings: Collection[Booking]
    rules: CheckInRules | None = None
    remembered: frozenset[BookingId] = frozenset()

    def counts(self, booking: Booking) -> bool:
        """A tentative booking does not make the room busy; an empty one has no time to."""
        return (
            booking.status is not BookingStatus.TENTATIVE
            and booking.start != booking.end
        )

    def runs(self, booking: Booking, when: datetime) -> bool:
        """A booking runs from `start` up to, not including, `end`."""
        return self.counts(booking) and booking.start <= when and when < booking.end

    def came(self, booking: Booking) -> bool:
        """Whether somebody checked in, or nobody has to."""
        return (
            self.rules is None
            or booking.checked_in is True
            or booking.id in self.remembered
        )

    def waits(self, booking: Booking, when: datetime) -> bool:
        """From `pending_before` a start until check-in, or until `check_in_window` after it."""
        return (
            self.rules is not None
            and self.counts(booking)
            and not self.came(booking)
            and booking.start - when <= self.rules.before
            and when - booking.start < self.rules.window
            and when < booking.end
        )

    def came_early(self, booking: Booking, when: datetime) -> bool:
        """An early check-in makes the room busy and in use before the start."""
        return (
            self.rules is not None
            and self.counts(booking)
            and self.came(booking)
            and when < booking.start
            and booking.start - when <= self.rules.before
        )

    def running(self, when: datetime) -> list[Booking]:
        """Of overlapping bookings the earliest start comes first; ties by id."""
        found = [b for b in self.bookings if self.runs(b, when)]
        return sorted(found, key=lambda b: (b.start, b.id))

    def current(self, when: datetime) -> Booking | None:
        """The first of those that run."""
        return next(iter(self.running(when)), None)

    def next(self, when: datetime) -> Booking | None:
        """The first booking that starts in the future."""
        future = [b for b in self.bookings if self.counts(b) and b.start > when]
        return min(future, key=lambda b: (b.start, b.id), default=None)

    def awaiting(self, when: datetime) -> Booking | None:
        """The first booking that waits for a check-in."""
        waiting = [b for b in self.bookings if self.waits(b, when)]
        return min(waiting, key=lambda b: (b.start, b.id), default=None)

    def availability(self, when: datetime) -> str:
        """Pending goes before busy: next may be pending while the current one runs."""
        if self.awaiting(when):
            return "pending"
        if self.running(when) or any(self.came_early(b, when) for b in self.bookings):
            return "busy"
        return "free"

    def in_use(self, when: datetime) -> bool:
        """Booked, and checked in where check-in is on; early ones too."""
        return any(
            (self.runs(b, when) and self.came(b)) or self.came_early(b, when)
            for b in self.bookings
        )

    def facts(self, when: datetime) -> dict[str, object]:
        """Everything that is true at a time, under the names of `RoomState`."""
        return {
            "availability": self.availability(when),
            "current": self.current(when),
            "next": self.next(when),
            "running": tuple(self.running(when)),
            "awaiting": self.awaiting(when),
            "in_use": self.in_use(when),
            "booked": self.current(when) is not None,
        }

    def until(self, now: datetime) -> datetime | None:
        """When availability is another, seen by waiting for it."""
        then = self.availability(now)
        return next((t for t in _later(now) if self.availability(t) != then), None)

    def boundary(self, now: datetime) -> datetime | None:
        """When anything is another, seen by waiting for it."""
        then = self.facts(now)
        return next((t for t in _later(now) if self.facts(t) != then), None)


def _later(now: datetime) -> Iterator[datetime]:
    """Every step of the clock after now, until all is over."""
    when = now.replace(minute=0, second=0, microsecond=0)
    while when <= LAST_END:
        if when > now:
            yield when
        when += STEP

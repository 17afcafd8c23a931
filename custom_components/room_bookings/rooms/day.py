"""How much of a day a room was booked, and how much of it was given back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Self

from .changes import Change, ChangeKind
from .timetable import Timetable

type Interval = tuple[datetime, datetime]


def day_bounds(day: date, zone: tzinfo) -> Interval:
    """The first moments (UTC) of a local day and of the next, whatever the clocks do between."""
    midnight = datetime.combine(day, time(), zone)
    following = datetime.combine(day + timedelta(days=1), time(), zone)
    return midnight.astimezone(UTC), following.astimezone(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What became of one local day so far: meetings that were held, and time given back.

    `no_shows` counts the meetings to which nobody came.
    """

    date: date
    held: tuple[Interval, ...] = ()
    released: timedelta = timedelta(0)
    no_shows: int = 0

    def at(self, now: datetime, zone: tzinfo) -> Self:
        """This day, or a new one if it is over in this zone."""
        today = now.astimezone(zone).date()
        if today == self.date:
            return self
        start, _ = day_bounds(today, zone)
        return type(self)(date=today, held=tuple(i for i in self.held if i[1] > start))

    def after(self, changes: Iterable[Change]) -> Self:
        """The day after these changes: what ended was held up to then."""
        held, released, no_shows = self.held, self.released, self.no_shows
        for change in changes:
            no_shows += change.kind is ChangeKind.NO_SHOW
            if change.kind is ChangeKind.ENDED:
                held = (
                    *held,
                    (change.booking.start, min(change.booking.end, change.at)),
                )
                released += change.freed
        return type(self)(
            date=self.date, held=held, released=released, no_shows=no_shows
        )

    def booked(self, timetable: Timetable, zone: tzinfo) -> timedelta:
        """How long the room is booked on this day; bookings that overlap count once."""
        start, end = day_bounds(self.date, zone)
        planned = ((b.start, b.end) for b in timetable if b.holds)
        total = timedelta(0)
        reached = start
        for begins, ends in sorted((*planned, *self.held)):
            begins = max(begins, reached)
            ends = min(ends, end)
            if ends > begins:
                total += ends - begins
                reached = ends
        return total

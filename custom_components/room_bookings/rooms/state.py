"""The state of a room at a time: the one function that everybody reads.

Calendar, sensors, conditions, cards and tools all show parts of `RoomState`, so
they cannot disagree.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import dropwhile

from .booking import Booking, BookingId
from .timetable import Timetable


class Availability(StrEnum):
    """Whether one can walk in."""

    FREE = "free"
    PENDING = "pending"
    BUSY = "busy"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInRules:
    """When a room waits for somebody to check in: from `before` a start until `window` after.

    `gives_up` is how long after a start nobody is expected any more, where that is sooner.
    """

    before: timedelta
    window: timedelta
    gives_up: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What the system itself said of its room at `at` (UTC); None where it said nothing."""

    at: datetime
    availability: Availability | None = None
    in_use: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomState:
    """Everything that is true of a room at one time.

    `until` is when `availability` changes next, None if never. `boundary` is when
    anything here changes next, None if never; until then the state stays as it is.
    `running` holds every booking that runs, `current` the one that is shown;
    `awaiting` is the booking that waits for a check-in.
    """

    availability: Availability
    until: datetime | None
    current: Booking | None
    next: Booking | None
    running: tuple[Booking, ...]
    awaiting: Booking | None
    in_use: bool
    boundary: datetime | None

    @property
    def booked(self) -> bool:
        """Whether a booking runs."""
        return self.current is not None


@dataclass(frozen=True, slots=True)
class _Spans:
    """When one booking makes its room pending and when busy, as half-open intervals."""

    booking: Booking
    checked_in: bool
    busy_from: datetime
    pending_from: datetime
    pending_until: datetime

    def pending_at(self, when: datetime) -> bool:
        return self.pending_from <= when < self.pending_until

    def busy_at(self, when: datetime) -> bool:
        return self.busy_from <= when < self.booking.end

    def edges(self) -> Iterable[datetime]:
        """Whenever anything may change."""
        return (
            self.busy_from,
            self.booking.start,
            self.booking.end,
            self.pending_from,
            self.pending_until,
        )


type _Facts = tuple[Availability, tuple[Booking, ...], Booking | None, bool]


def _spans(booking: Booking, rules: CheckInRules | None, remembered: bool) -> _Spans:
    start = booking.start
    if rules is None:
        return _Spans(booking, True, start, start, start)
    if remembered or booking.checked_in:
        return _Spans(booking, True, start - rules.before, start, start)
    give_up = min(start + rules.window, booking.end)
    return _Spans(booking, False, start, start - rules.before, give_up)


def _all_spans(
    timetable: Timetable,
    now: datetime,
    rules: CheckInRules | None,
    checked_in: frozenset[BookingId],
) -> list[_Spans]:
    """Those of every booking that is not over."""
    return [
        _spans(b, rules, b.id in checked_in)
        for b in timetable
        if b.holds and b.end > now
    ]


def _availability(spans: list[_Spans], when: datetime) -> Availability:
    if any(s.pending_at(when) for s in spans):
        return Availability.PENDING
    if any(s.busy_at(when) for s in spans):
        return Availability.BUSY
    return Availability.FREE


def _running(spans: list[_Spans], when: datetime) -> tuple[Booking, ...]:
    return tuple(s.booking for s in spans if s.booking.runs_at(when))


def _awaiting(spans: list[_Spans], when: datetime) -> Booking | None:
    return next((s.booking for s in spans if s.pending_at(when)), None)


def _in_use(spans: list[_Spans], when: datetime) -> bool:
    return any(s.checked_in and s.busy_at(when) for s in spans)


def _facts(spans: list[_Spans], when: datetime) -> _Facts:
    """What is true at a time. The next booking changes when it runs, so `running` tells."""
    return (
        _availability(spans, when),
        _running(spans, when),
        _awaiting(spans, when),
        _in_use(spans, when),
    )


def _counts(
    reported: Reported,
    timetable: Timetable,
    rules: CheckInRules | None,
    checked_in: frozenset[BookingId],
    now: datetime,
    facts: _Facts,
) -> bool:
    """Whether nothing has changed since the system spoke."""
    then = reported.at
    spans = _all_spans(timetable, then, rules, checked_in)
    passed = {t for s in spans for t in s.edges() if then < t <= now}
    return all(_facts(spans, t) == facts for t in (then, *passed))


def state_at(
    timetable: Timetable,
    now: datetime,
    rules: CheckInRules | None = None,
    checked_in: frozenset[BookingId] = frozenset(),
    reported: Reported | None = None,
) -> RoomState:
    """The state of a room at `now` (aware, UTC).

    `rules` is None where nobody has to check in; `checked_in` holds the bookings
    for which somebody did. Of several running bookings the earliest start is
    current, ties by id. What the system reported counts for as long as nothing has
    changed since by what is known.
    """
    spans = _all_spans(timetable, now, rules, checked_in)
    known = availability, running, awaiting, in_use = _facts(spans, now)
    edges = sorted({t for s in spans for t in s.edges() if t > now})
    if reported is not None and _counts(
        reported, timetable, rules, checked_in, now, known
    ):
        availability = reported.availability or availability
        in_use = in_use if reported.in_use is None else reported.in_use
        # Its word ends where something changes by what is known.
        edges = list(dropwhile(lambda t: _facts(spans, t) == known, edges))
    facts = (availability, running, awaiting, in_use)
    return RoomState(
        availability=availability,
        until=next(
            (t for t in edges if _availability(spans, t) is not availability), None
        ),
        current=running[0] if running else None,
        next=next((s.booking for s in spans if s.booking.start > now), None),
        running=running,
        awaiting=awaiting,
        in_use=in_use,
        boundary=next((t for t in edges if _facts(spans, t) != facts), None),
    )

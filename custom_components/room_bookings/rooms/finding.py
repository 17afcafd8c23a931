"""Which rooms are free for a meeting, the best fit first.

A room is taken from the moment in which it waits for the people of its next booking,
where they have to check in, not only from that booking's start: whoever is found a room
shall not be asked to leave it before his time is over.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .state import Availability, CheckInRules
from .timetable import Timetable

_FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate[T]:
    """A room that may do for a meeting in [start, end) (UTC).

    `ref` is whatever the asker knows the room by; `capacity` is None where nobody told.
    `availability` is what the room shows at `now`; `rules` is None where nobody has to
    check in.
    """

    ref: T
    name: str
    capacity: int | None
    timetable: Timetable
    rules: CheckInRules | None
    availability: Availability
    now: datetime
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit[T]:
    """A room that does; `free_until` (UTC) is None if nothing follows."""

    ref: T
    name: str
    capacity: int | None
    free_until: datetime | None


def fitting[T](
    candidates: Iterable[Candidate[T]], capacity: int | None = None
) -> list[Fit[T]]:
    """The rooms that are free: the smallest that is large enough first, then the longest free.

    Rooms whose capacity nobody knows come last, and not at all where one was asked for.
    """
    fits = [
        fit
        for candidate in candidates
        if _large_enough(candidate, capacity) and (fit := _fit(candidate)) is not None
    ]
    return sorted(fits, key=_goodness)


def _large_enough(candidate: Candidate[object], capacity: int | None) -> bool:
    return capacity is None or (
        candidate.capacity is not None and candidate.capacity >= capacity
    )


def _fit[T](candidate: Candidate[T]) -> Fit[T] | None:
    if (
        candidate.start <= candidate.now
        and candidate.availability is not Availability.FREE
    ):
        # Also a room of which only its system knows why.
        return None
    before = candidate.rules.before if candidate.rules is not None else timedelta(0)
    free_until = None
    for booking in candidate.timetable:
        taken_from = booking.start - before
        if not booking.holds or booking.end <= candidate.start:
            continue
        if taken_from < candidate.end:
            return None
        free_until = taken_from
        break
    return Fit(
        ref=candidate.ref,
        name=candidate.name,
        capacity=candidate.capacity,
        free_until=free_until,
    )


def _goodness(fit: Fit[object]) -> tuple[bool, int, timedelta, str]:
    return (
        fit.capacity is None,
        fit.capacity or 0,
        _FOREVER - (fit.free_until or _FOREVER),
        fit.name,
    )

"""What happened in a room: between two listings, and as time passes.

A `Memory` holds what has been told so far. `advance` lets time pass over the known
bookings, `receive` compares them with a new timetable; both return the next memory
and the changes to tell, each once, ended before started.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from .booking import Booking
from .timetable import Timetable

# A start or end that is told later than this is late: nobody was there to see it.
LATE_AFTER: Final = timedelta(minutes=1)
# One that is older is history, not news.
NEWS_FOR: Final = timedelta(minutes=15)


class ChangeKind(StrEnum):
    """What can happen to a booking, in the order in which simultaneous changes are told."""

    ENDED = "ended"
    CANCELLED = "cancelled"
    CHANGED = "changed"
    CREATED = "created"
    CHECKED_IN = "checked_in"
    NO_SHOW = "no_show"
    STARTED = "started"


_TOLD_ORDER: Final = {kind: place for place, kind in enumerate(ChangeKind)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that happened to a booking at `at` (UTC), told `late` if nobody was listening.

    `freed` is the time that the room gained because a meeting ended early.
    """

    kind: ChangeKind
    booking: Booking
    at: datetime
    late: bool = False
    freed: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What has been told of a room.

    `timetable` is None before the first listing. `running` are the bookings told as
    started and not yet as ended. Every start and end up to `seen` (UTC) is told;
    None if nothing ever was.
    """

    timetable: Timetable | None = None
    running: tuple[Booking, ...] = ()
    seen: datetime | None = None


def _edge(
    kind: ChangeKind, booking: Booking, at: datetime, now: datetime, late: bool
) -> list[Change]:
    """A start or an end, unless it is so old that it is no news any more."""
    age = now - at
    if age > NEWS_FOR:
        return []
    return [Change(kind=kind, booking=booking, at=at, late=late or age > LATE_AFTER)]


def _running(timetable: Timetable, now: datetime) -> tuple[Booking, ...]:
    return tuple(b for b in timetable if b.runs_at(now))


def advance(memory: Memory, now: datetime) -> tuple[Memory, tuple[Change, ...]]:
    """Let time pass up to `now`: what started and ended by the clock."""
    if memory.timetable is None or (memory.seen is not None and now <= memory.seen):
        return memory, ()
    changes = _passed(memory, memory.timetable, now, late=False)
    return replace(memory, running=_running(memory.timetable, now), seen=now), changes


def receive(
    memory: Memory, timetable: Timetable, now: datetime, *, late: bool = False
) -> tuple[Memory, tuple[Change, ...]]:
    """Take in what the system lists now.

    The first timetable is a baseline: only starts and ends since `memory.seen` are
    told, as late. `late` marks what changed while the connection was lost.
    """
    if memory.timetable is None:
        changes = _passed(memory, timetable, now, late=True)
    else:
        memory, passed = advance(memory, now)
        changes = passed + _between(memory, timetable, now, late)
    return Memory(
        timetable=timetable, running=_running(timetable, now), seen=now
    ), changes


def _passed(
    memory: Memory, timetable: Timetable, now: datetime, late: bool
) -> tuple[Change, ...]:
    """The starts and ends after `memory.seen`, up to and including `now`, as they came."""
    seen = memory.seen
    if seen is None:
        return ()
    changes: list[Change] = []
    told = {b.id for b in memory.running}
    for booking in timetable:
        if booking.holds and seen < booking.start <= now and booking.id not in told:
            changes += _edge(ChangeKind.STARTED, booking, booking.start, now, late)
            if booking.end <= now:
                changes += _edge(ChangeKind.ENDED, booking, booking.end, now, late)
    for booking in memory.running:
        latest = timetable.get(booking.id) or booking
        if timetable.get(booking.id) and latest.runs_at(now):
            continue
        if latest.end <= now:
            changes += _edge(ChangeKind.ENDED, latest, latest.end, now, late)
        elif now - seen <= NEWS_FOR:
            # Somebody ended it early, at a time that nobody saw.
            changes += _edge(ChangeKind.ENDED, latest, now, now, late)
    return tuple(
        sorted(changes, key=lambda c: (c.at, _TOLD_ORDER[c.kind], c.booking.id))
    )


def _between(
    memory: Memory, timetable: Timetable, now: datetime, late: bool
) -> tuple[Change, ...]:
    """What somebody did between the known timetable and this one."""
    old = {b.id: b for b in memory.timetable or ()}
    running = {b.id for b in memory.running}
    missed: list[Change] = []
    changes: list[Change] = []
    for booking in timetable:
        before = old.pop(booking.id, None)
        if before is not None:
            changes += _altered(before, booking, booking.id in running, now, late)
        elif booking.end > now:
            changes += _appeared(booking, now, late)
        elif late and now - booking.end <= NEWS_FOR:
            missed += _appeared(booking, now, late)
            missed += _edge(ChangeKind.ENDED, booking, booking.end, now, late)
    for booking in old.values():
        if booking.id in running:
            changes.append(_ended_early(booking, booking.end, now, late))
        elif booking.end > now:
            changes.append(
                Change(kind=ChangeKind.CANCELLED, booking=booking, at=now, late=late)
            )
    changes.sort(key=lambda c: (_TOLD_ORDER[c.kind], c.booking.start, c.booking.id))
    return (*missed, *changes)


def _appeared(booking: Booking, now: datetime, late: bool) -> list[Change]:
    changes = [Change(kind=ChangeKind.CREATED, booking=booking, at=now, late=late)]
    if booking.holds and booking.start <= now:
        changes += _edge(ChangeKind.STARTED, booking, booking.start, now, late)
    return changes


def _ended_early(
    booking: Booking, meant: datetime, now: datetime, late: bool
) -> Change:
    freed = max(meant - now, timedelta(0))
    return Change(
        kind=ChangeKind.ENDED, booking=booking, at=now, late=late, freed=freed
    )


def _altered(
    before: Booking, booking: Booking, was_running: bool, now: datetime, late: bool
) -> list[Change]:
    runs = booking.runs_at(now)
    changes: list[Change] = []
    if was_running and not runs:
        changes.append(_ended_early(booking, before.end, now, late))
    if _differs(before, booking) and booking.end > now:
        changes.append(
            Change(kind=ChangeKind.CHANGED, booking=booking, at=now, late=late)
        )
    if booking.checked_in and not before.checked_in:
        changes.append(
            Change(kind=ChangeKind.CHECKED_IN, booking=booking, at=now, late=late)
        )
    if runs and not was_running:
        changes += _edge(ChangeKind.STARTED, booking, booking.start, now, late)
    return changes


def _differs(before: Booking, booking: Booking) -> bool:
    """Whether people would call it changed; learning what was unknown is no change."""
    if (before.start, before.end, before.status) != (
        booking.start,
        booking.end,
        booking.status,
    ):
        return True
    if before.private is None:
        return False
    return (before.title, before.private) != (booking.title, booking.private)

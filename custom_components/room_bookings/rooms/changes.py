"""What happened in a room: between two listings, and as time passes.

A `Memory` holds what has been told so far. `advance` lets time pass over the known
bookings, `receive` compares them with a new timetable; both return the next memory
and the changes to tell, each once, ended before started.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from .booking import Booking, BookingId
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


def advance(memory: Memory, now: datetime) -> tuple[Memory, tuple[Change, ...]]:
    """Let time pass up to `now`: what started and ended by the clock."""
    if memory.timetable is None or (memory.seen is not None and now <= memory.seen):
        return memory, ()
    changes = _passed(memory, memory.timetable, now, late=False)
    running = _running(memory.timetable, now)
    return replace(memory, running=running, seen=now), _in_order(changes)


def receive(
    memory: Memory, timetable: Timetable, now: datetime, *, late: bool = False
) -> tuple[Memory, tuple[Change, ...]]:
    """Take in what the system lists now.

    The first timetable is a baseline: only starts and ends since `memory.seen` are
    told, as late. `late` marks what changed while the connection was lost.
    """
    if memory.seen is not None and now < memory.seen <= now + NEWS_FOR:
        # A clock that is set back a little does not undo what was told.
        now = memory.seen
    if memory.timetable is None:
        changes = _passed(memory, timetable, now, late=True)
    else:
        known = memory.timetable
        if late:
            memory = replace(memory, timetable=_confirmed(memory, known, timetable))
        # What starts and ends at this very moment is the new timetable's to say.
        memory, passed = advance(memory, now - timedelta.resolution)
        memory = replace(memory, timetable=known)
        changes = [*passed, *_between(memory, timetable, now, late)]
    running = _running(timetable, now)
    return Memory(timetable=timetable, running=running, seen=now), _in_order(changes)


def _confirmed(memory: Memory, known: Timetable, timetable: Timetable) -> Timetable:
    """The known bookings of which the clock may speak though nobody listened to the system.

    One that is gone or has moved did not start when it was to, as far as anyone knows.
    """
    running = {b.id for b in memory.running}

    def stands(booking: Booking) -> bool:
        latest = timetable.get(booking.id)
        return booking.id in running or (
            latest is not None
            and (latest.start, latest.end) == (booking.start, booking.end)
        )

    return Timetable(tuple(b for b in known if stands(b)))


def _running(timetable: Timetable, now: datetime) -> tuple[Booking, ...]:
    return tuple(b for b in timetable if b.runs_at(now))


def _in_order(changes: Iterable[Change]) -> tuple[Change, ...]:
    def place(change: Change) -> tuple[datetime, int, datetime, BookingId]:
        booking = change.booking
        return change.at, _TOLD_ORDER[change.kind], booking.start, booking.id

    return tuple(sorted(changes, key=place))


def _edge(
    kind: ChangeKind, booking: Booking, at: datetime, now: datetime, late: bool
) -> list[Change]:
    """A start or an end, unless it is so old that it is no news any more."""
    age = now - at
    if age > NEWS_FOR:
        return []
    late = age > LATE_AFTER or (late and at < now)
    return [Change(kind=kind, booking=booking, at=at, late=late)]


def _held(booking: Booking, now: datetime, late: bool) -> list[Change]:
    """The start of a booking that began, and its end if it is over."""
    changes = _edge(ChangeKind.STARTED, booking, booking.start, now, late)
    if booking.end <= now:
        changes += _edge(ChangeKind.ENDED, booking, booking.end, now, late)
    return changes


def _as_it_ran(before: Booking, booking: Booking | None) -> Booking:
    """A booking that is over: where it was moved to another time, as it was before."""
    if booking is None:
        return before
    if booking.start == before.start:
        return booking
    return replace(booking, start=before.start, end=before.end)


def _passed(
    memory: Memory, timetable: Timetable, now: datetime, late: bool
) -> list[Change]:
    """The starts and ends after `memory.seen`, up to and including `now`."""
    seen = memory.seen
    if seen is None:
        return []
    changes: list[Change] = []
    told = {b.id for b in memory.running}
    for booking in timetable:
        # One that began before was not there yet, or its start would have been told.
        if booking.id not in told and booking.holds and booking.start <= now:
            if booking.end > seen:
                changes += _held(booking, now, late)
    for before in memory.running:
        latest = timetable.get(before.id)
        if latest is not None and latest.runs_at(now):
            continue
        ended = _as_it_ran(before, latest)
        if ended.end <= now:
            changes += _edge(ChangeKind.ENDED, ended, ended.end, now, late)
        elif now - seen <= NEWS_FOR:
            # Somebody ended it early, at a time that nobody saw.
            changes.append(
                Change(kind=ChangeKind.ENDED, booking=ended, at=now, late=late)
            )
    return changes


def _between(
    memory: Memory, timetable: Timetable, now: datetime, late: bool
) -> list[Change]:
    """What somebody did between the known timetable and this one."""
    old = {b.id: b for b in memory.timetable or ()}
    running = {b.id for b in memory.running}
    changes: list[Change] = []
    for booking in timetable:
        before = old.pop(booking.id, None)
        runs = booking.id in running
        if before is None or (not runs and _succeeds(booking, before, now)):
            changes += _appeared(booking, now, late)
        else:
            changes += _altered(before, booking, runs, now, late)
    for before in old.values():
        if before.id in running:
            changes.append(_ended(before, before.end, now, late))
        elif before.end > now:
            changes.append(
                Change(kind=ChangeKind.CANCELLED, booking=before, at=now, late=late)
            )
    return changes


def _succeeds(booking: Booking, before: Booking, now: datetime) -> bool:
    """Whether a system gave the id of a booking that is over to another one."""
    return before.end <= now < booking.end and before.end <= booking.start


def _appeared(booking: Booking, now: datetime, late: bool) -> list[Change]:
    if booking.end <= now and not (late and now - booking.end <= NEWS_FOR):
        return []
    changes = _done(ChangeKind.CREATED, booking, now, late)
    if booking.runs_at(now):
        changes += _begun(booking, now, late)
    return changes


def _altered(
    before: Booking, booking: Booking, was_running: bool, now: datetime, late: bool
) -> list[Change]:
    runs = booking.runs_at(now)
    over = before.end <= now or was_running
    changes: list[Change] = []
    if was_running and not runs:
        ended = _as_it_ran(before, booking)
        changes.append(_ended(ended, before.end, now, late))
    if _differs(before, booking) and (booking.end > now or not over):
        changes += _done(ChangeKind.CHANGED, booking, now, late)
    if booking.checked_in and not before.checked_in:
        changes.append(
            Change(kind=ChangeKind.CHECKED_IN, booking=booking, at=now, late=late)
        )
    if runs and not was_running:
        again = before.holds and before.end <= now
        changes += _begun(booking, now, late, again=again)
    return changes


def _done(
    kind: ChangeKind, booking: Booking, now: datetime, late: bool
) -> list[Change]:
    """What somebody did, and the whole meeting if it was held while nobody listened."""
    if booking.end > now or not late:
        return [Change(kind=kind, booking=booking, at=now, late=late)]
    done = Change(kind=kind, booking=booking, at=booking.start, late=late)
    return [done, *_held(booking, now, late)] if booking.holds else [done]


def _begun(
    booking: Booking, now: datetime, late: bool, *, again: bool = False
) -> list[Change]:
    """A booking that runs, and did not before.

    Whoever listened hears of it, however far back its start was set, and whoever was
    told that it ended hears that it goes on.
    """
    age = now - booking.start
    if late and not again and age > NEWS_FOR:
        return []
    late = age > LATE_AFTER or (late and booking.start < now)
    return [Change(kind=ChangeKind.STARTED, booking=booking, at=now, late=late)]


def _ended(booking: Booking, meant: datetime, now: datetime, late: bool) -> Change:
    """A running booking that runs no more, though it was `meant` to until later."""
    return Change(
        kind=ChangeKind.ENDED,
        booking=booking,
        at=now,
        late=late and meant > now,
        freed=max(meant - now, timedelta(0)),
    )


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

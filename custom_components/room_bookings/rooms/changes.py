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

    `freed` is the time that the room gained because a meeting ended early. `dry_run`
    marks a no-show that was only noticed. `previous_start` (UTC) is when a booking that
    was changed began before.
    """

    kind: ChangeKind
    booking: Booking
    at: datetime
    late: bool = False
    freed: timedelta = timedelta(0)
    dry_run: bool = False
    previous_start: datetime | None = None


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
    elif late:
        # Nobody knew whether what was known still held: the new timetable says what happened.
        changes = _between(memory, timetable, now, late=True)
    else:
        # What starts and ends at this very moment is the new timetable's to say.
        memory, passed = advance(memory, now - timedelta.resolution)
        changes = [*passed, *_between(memory, timetable, now, late=False)]
    running = _running(timetable, now)
    return Memory(timetable=timetable, running=running, seen=now), _in_order(changes)


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
    """The start of a booking, and its end, as far as they are over."""
    if not booking.holds or booking.start > now:
        return []
    changes = _edge(ChangeKind.STARTED, booking, booking.start, now, late)
    if booking.end <= now:
        changes += _edge(ChangeKind.ENDED, booking, booking.end, now, late)
    return changes


def _ended(
    before: Booking, latest: Booking | None, now: datetime, late: bool
) -> list[Change]:
    """The end of a booking that ran `before`, and does not as the system has it now."""
    if latest is None:
        ended = before
    elif latest.start == before.start:
        ended = latest
    else:
        # Moved to another time, it ran when it was meant to.
        ended = replace(latest, start=before.start, end=before.end)
    if before.end <= now:
        at = ended.end if ended.end <= now else before.end
        return _edge(ChangeKind.ENDED, ended, at, now, late)
    # Somebody ended it early; when that was only who listens can tell.
    freed = before.end - now
    return [
        Change(kind=ChangeKind.ENDED, booking=ended, at=now, late=late, freed=freed)
    ]


def _passed(
    memory: Memory, timetable: Timetable, now: datetime, late: bool
) -> list[Change]:
    """The starts and ends after `memory.seen`, up to and including `now`."""
    if memory.seen is None:
        return []
    changes: list[Change] = []
    running = {b.id for b in memory.running}
    for booking in timetable:
        # One that began before `seen` was not there yet, or it would be running.
        if booking.id not in running and booking.end > memory.seen:
            changes += _held(booking, now, late)
    for before in memory.running:
        latest = timetable.get(before.id)
        if latest is None or not latest.runs_at(now):
            changes += _ended(before, latest, now, late)
    return changes


def _between(
    memory: Memory, timetable: Timetable, now: datetime, late: bool
) -> list[Change]:
    """What somebody did between the known timetable and this one, and what came of it."""
    known = {b.id: b for b in memory.timetable or ()}
    running = {b.id for b in memory.running}
    told = min(memory.seen or now, now)
    changes: list[Change] = []
    for booking in timetable:
        before = known.pop(booking.id, None)
        if before is not None and booking.id in running:
            changes += _while_running(before, booking, now, late)
        elif before is None or before.end > told:
            changes += _before_start(before, booking, now, late)
        elif booking.end > now:
            changes += _when_over(before, booking, now, late)
    for before in known.values():
        if before.id in running:
            changes += _ended(before, None, now, late)
        elif before.end > now:
            changes.append(
                Change(kind=ChangeKind.CANCELLED, booking=before, at=now, late=late)
            )
    return changes


def _while_running(
    before: Booking, booking: Booking, now: datetime, late: bool
) -> list[Change]:
    """What became of a booking that was told as started."""
    changes = [] if booking.runs_at(now) else _ended(before, booking, now, late)
    if booking.end > now:
        changes += _changed(before, booking, now, late)
    return changes


def _before_start(
    before: Booking | None, booking: Booking, now: datetime, late: bool
) -> list[Change]:
    """What became of a booking of which nothing was told but that it was made, if that."""
    if before is not None:
        changes = _changed(before, booking, now, late)
    elif booking.end > now or (late and now - booking.end <= NEWS_FOR):
        changes = [Change(kind=ChangeKind.CREATED, booking=booking, at=now, late=late)]
    else:
        return []
    if not late:
        return changes + _begun(booking, now, late)
    # Whatever was done, nobody heard of it before the start.
    done_at = min(booking.start, now)
    changes = [replace(change, at=done_at) for change in changes]
    return changes + _held(booking, now, late)


def _when_over(
    before: Booking, booking: Booking, now: datetime, late: bool
) -> list[Change]:
    """What became of a booking that was over, and now is not."""
    if booking.start >= before.end:
        # Some systems give the id to another meeting.
        return _before_start(None, booking, now, late)
    return [*_changed(before, booking, now, late), *_begun(booking, now, late)]


def _changed(
    before: Booking, booking: Booking, now: datetime, late: bool
) -> list[Change]:
    changes = []
    if _differs(before, booking):
        changes.append(
            Change(
                kind=ChangeKind.CHANGED,
                booking=booking,
                at=now,
                late=late,
                previous_start=before.start,
            )
        )
    if booking.checked_in and not before.checked_in:
        changes.append(
            Change(kind=ChangeKind.CHECKED_IN, booking=booking, at=now, late=late)
        )
    return changes


def _begun(booking: Booking, now: datetime, late: bool) -> list[Change]:
    """A booking that runs from now on: news, however far back its start was set."""
    if not booking.runs_at(now):
        return []
    late = now - booking.start > LATE_AFTER or (late and booking.start < now)
    return [Change(kind=ChangeKind.STARTED, booking=booking, at=now, late=late)]


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

"""Keeps what is known of one room: its listing, what was heard since, what was told.

Listings collapse: at most one is under way and one waits, whatever the number of
signals. What a signal says is laid over the listing until a listing that began
later has replaced it, so that an old answer never undoes newer news.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
import random
from typing import Final, Protocol

from homeassistant.util import dt as dt_util

from .backends.backend import Backend
from .backends.backoff import Backoff
from .backends.signals import (
    BookingAdded,
    BookingCheckedIn,
    BookingMoved,
    BookingRemoved,
    MeetingSeen,
    PeopleSeen,
    RoomClaims,
    RoomReports,
    RoomSignal,
    RoomStale,
)
from .const import GRACE, HORIZON, KEPT_PAST
from .rooms.booking import Booking, BookingId
from .rooms.changes import Change, ChangeKind, Memory, advance, receive
from .rooms.claim import contradicts, surprising
from .rooms.day import Day, day_bounds
from .rooms.errors import RoomError, UnreachableError
from .rooms.privacy import Titles, masked, masked_timetable, reveals_before_listing
from .rooms.room import Room
from .rooms.settings import RoomSettings
from .rooms.state import CheckInRules, Reported, state_at
from .rooms.timetable import Timetable
from .rooms.view import RoomView

# So many rooms shall not all be listed at the same time.
_LIST_JITTER: Final = 0.1
# A booking whose privacy is not known yet waits so long for the listing, in seconds.
_PATIENCE: Final = 0.75


class Host(Protocol):
    """What a keeper needs from its hub."""

    @property
    def connected(self) -> bool:
        """Whether the system is within reach as far as anyone knows."""

    def spawn(self, work: Coroutine[None, None, None], name: str) -> asyncio.Task[None]:
        """Run something in the background for as long as the entry is loaded."""

    def reach(self, keeper: RoomKeeper) -> datetime | None:
        """Until when a listing has to look at least; None if it does not matter."""

    def listed(self, keeper: RoomKeeper) -> None:
        """A listing came in, and nothing of it was told yet."""

    def publish(self, keeper: RoomKeeper, changes: tuple[Change, ...]) -> None:
        """Show the room's new view and tell the changes; look again at `next_wake`."""

    def failed(self, keeper: RoomKeeper, error: RoomError) -> None:
        """A listing did not come in."""


@dataclass(slots=True, eq=False)
class Overheard:
    """The signals of one room since somebody began to listen."""

    _signals: list[RoomSignal] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, signal: RoomSignal) -> None:
        """Take in a signal."""
        self._signals.append(signal)
        self._news.set()

    async def first[T](
        self, match: Callable[[RoomSignal], T | None], seconds: float
    ) -> T | None:
        """What `match` makes of the first signal that it knows; None after `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    while self._signals:
                        if (found := match(self._signals.pop(0))) is not None:
                            return found
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return None


class RoomKeeper:
    """One room of one hub; see the module's docstring."""

    def __init__(
        self,
        host: Host,
        backend: Backend,
        room: Room,
        settings: RoomSettings,
        memory: Memory | None = None,
        day: Day | None = None,
        checked_in: frozenset[BookingId] = frozenset(),
    ) -> None:
        """Know nothing but what was told in an earlier life."""
        self.room = room
        self.settings = settings
        self.lock = asyncio.Lock()
        self.touched: set[BookingId] = set()
        self.checked_in = checked_in
        self.people = PeopleSeen(room.id)
        self._reported: Reported | None = None
        # Bookings that somebody is about to give back, because nobody came.
        self._no_shows: set[BookingId] = set()
        self.timetable = Timetable()
        self.listing = Timetable()
        self.memory = memory or Memory()
        now = dt_util.utcnow()
        self.horizon = self._covered = now
        self.day = (day or Day(date=now.date())).at(
            now, dt_util.get_default_time_zone()
        )
        self.last_sync: datetime | None = None
        self._host = host
        self._backend = backend
        self._patches: list[BookingAdded | BookingRemoved | BookingMoved] = []
        self._listeners: set[Overheard] = set()
        self._worker: asyncio.Task[None] | None = None
        self._waiting: asyncio.Future[RoomError | None] | None = None
        self._thorough = True
        self._urgent = False
        self._until: datetime | None = None
        self._late = False
        self._reveal: asyncio.TimerHandle | None = None
        self._closed = False
        self._failing_since: datetime | None = None
        self._lost_at: datetime | None = None
        self._backoff = Backoff(first=5, most=1800)
        self._list_at: datetime | None = None
        self.view = self._view(now)

    # What others read

    @property
    def titles(self) -> Titles:
        """Which texts people may read."""
        return self.settings.titles

    @property
    def rules(self) -> CheckInRules | None:
        """How people check in: by the system's own rules, where it has any."""
        return self.room.check_in or self.settings.check_in

    def shown(self, booking: Booking) -> Booking:
        """The booking as people may see it."""
        return masked(booking, self.titles)

    @property
    def failing(self) -> bool:
        """Whether the last listing did not come in."""
        return self._failing_since is not None

    def next_wake(self) -> datetime:
        """When `tick` has something to do next (UTC)."""
        zone = dt_util.get_default_time_zone()
        _, midnight = day_bounds(self.day.date, zone)
        gives_up = self._gives_up_at() if self.view.available else None
        now = dt_util.utcnow()
        # A booking that does not hold the room is no boundary of its state.
        defects = (b.end for b in self.timetable if b.defect and b.end > now)
        times = (
            midnight,
            self.view.state.boundary,
            self._list_at,
            gives_up,
            *defects,
        )
        return min(when for when in times if when is not None)

    @contextmanager
    def overhear(self) -> Iterator[Overheard]:
        """Listen to the room's signals."""
        overheard = Overheard()
        self._listeners.add(overheard)
        try:
            yield overheard
        finally:
            self._listeners.discard(overheard)

    # What happens

    def tick(self, now: datetime) -> None:
        """Let time pass."""
        if self._list_at is not None and now >= self._list_at:
            self._list_at = None
            if self._host.connected:
                self.want_listing()
        self._pass(now)

    def hear(self, signal: RoomSignal) -> None:
        """Take in what the system says about this room."""
        now = dt_util.utcnow()
        match signal:
            case BookingAdded(booking=booking):
                self._on_added(signal, booking, now)
            case BookingRemoved(booking_id=booking_id, no_show=no_show):
                if no_show:
                    self._no_shows.add(booking_id)
                self._patches.append(signal)
                self._apply(now)
            case BookingMoved(booking_id=booking_id):
                self._patches.append(signal)
                self.want_listing()
                self._apply(now)
            case BookingCheckedIn(booking_id=booking_id):
                self.checked_in |= {booking_id}
                self._apply(now)
            case PeopleSeen():
                self.people = signal
                self._pass(now)
            case RoomReports(reported=reported):
                self._reported = reported
                self._pass(now)
            case RoomStale():
                self.want_listing()
            case MeetingSeen(booking_id=booking_id, running=running):
                if surprising(self.timetable, booking_id, running, now):
                    self.want_listing(thorough=True)
            case RoomClaims(claim=claim):
                if claim.until is not None and claim.until >= self.horizon:
                    # Nobody here knows about that.
                    claim = replace(claim, until=None)
                if contradicts(claim, self.timetable, now):
                    self.want_listing(thorough=True)
        for listener in self._listeners:
            listener.add(signal)

    def confirm(self, bookings: Iterable[Booking]) -> None:
        """Take in bookings of our own, of which everything is known."""
        self._patches += [BookingAdded(self.room.id, booking) for booking in bookings]
        self._apply(dt_util.utcnow(), late=False)

    @contextmanager
    def releasing(self, booking_id: BookingId) -> Iterator[None]:
        """If the booking ends meanwhile, then because nobody came."""
        self._no_shows.add(booking_id)
        try:
            yield
        except RoomError, asyncio.CancelledError:
            self._no_shows.discard(booking_id)
            raise

    def notice(self, no_show: Booking) -> None:
        """Tell that nobody came to a booking, which stays as it is."""
        now = dt_util.utcnow()
        kind = ChangeKind.NO_SHOW
        self._publish(now, (Change(kind=kind, booking=no_show, at=now, dry_run=True),))

    def lose(self, now: datetime) -> None:
        """The connection is lost: what changes meanwhile will be told late."""
        self._late = True
        self._lost_at = self._lost_at or now

    def show(self) -> None:
        """Show what is known, and until when that is good enough."""
        self._pass(dt_util.utcnow())

    def regain(self) -> None:
        """The connection is back; what is known stays as old as it is until it is listed."""
        self.want_listing()

    def sync(self, asked_at: datetime) -> None:
        """What is known is as the system had it then, unless it could not be listed."""
        if self.last_sync is not None and not self.failing:
            self.last_sync = max(self.last_sync, asked_at)
            self._pass(dt_util.utcnow())

    def rename(self, room: Room) -> None:
        """The system describes the room in another way, or says that it is out of reach."""
        if room.online is False and self.room.online:
            self.want_listing()
        self.room = room
        self._pass(dt_util.utcnow())

    def close(self) -> None:
        """Stop all timers and listings; whoever waits for one hears that there is none."""
        self._closed = True
        if self._reveal is not None:
            self._reveal.cancel()
        if self._worker is not None:
            self._worker.cancel()
        self._nobody_lists()

    # Listing

    async def listed(
        self, *, urgent: bool = True, until: datetime | None = None
    ) -> Timetable:
        """The room's bookings, listed after this call; raises RoomError.

        They reach as far ahead as the room is held, or to `until` if that is further.
        """
        self._urgent |= urgent
        if until is not None:
            self._until = max(self._until or until, until)
        error = await asyncio.shield(self.want_listing())
        if error is not None:
            raise error
        return self._patched()

    def want_listing(
        self, *, thorough: bool = False
    ) -> asyncio.Future[RoomError | None]:
        """Have the room listed anew; the result is what went wrong."""
        self._thorough |= thorough
        if self._closed:
            closed: asyncio.Future[RoomError | None] = (
                asyncio.get_running_loop().create_future()
            )
            closed.set_result(UnreachableError("closed"))
            return closed
        if self._waiting is None:
            self._waiting = asyncio.get_running_loop().create_future()
            if self._worker is None:
                self._worker = self._host.spawn(self._work(), f"list {self.room.id}")
        return self._waiting

    async def _work(self) -> None:
        try:
            while (waiting := self._waiting) is not None:
                self._waiting = None
                error: RoomError | None = UnreachableError("closed")
                try:
                    error = await self._list()
                finally:
                    waiting.set_result(error)
        finally:
            self._worker = None
            self._nobody_lists()

    def _nobody_lists(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.set_result(UnreachableError("closed"))

    async def _list(self) -> RoomError | None:
        thorough, self._thorough = self._thorough, False
        urgent, self._urgent = self._urgent, False
        until, self._until = self._until, None
        now = dt_util.utcnow()
        running = {b.id for b in self.timetable if b.runs_at(now)}
        older = list(self._patches)
        added = [p.booking.end for p in older if isinstance(p, BookingAdded)]
        reach = (now + HORIZON, until, self._host.reach(self), *added)
        end = max(when for when in reach if when is not None)
        try:
            found = await self._backend.bookings(
                self.room.id,
                now - KEPT_PAST,
                end,
                None if thorough else running,
                urgent=urgent,
            )
        except RoomError as error:
            self._thorough |= thorough
            self._fail(error)
            return error
        now = dt_util.utcnow()
        self.listing = Timetable.of(found).keeping_past(
            self.timetable, now, now - KEPT_PAST
        )
        self.horizon = now + HORIZON
        self._look_as_far_as(end)
        self._patches = [p for p in self._patches if all(p is not o for o in older)]
        late, self._late = self._late, not self._host.connected
        self.last_sync = now
        self._failing_since = None
        self._lost_at = None if self._host.connected else now
        self._backoff.reset()
        every = self._backend.traits.bookings_every
        self._list_at = now + every * random.uniform(1, 1 + _LIST_JITTER)
        self._host.listed(self)
        self._apply(now, late=late)
        return None

    def _fail(self, error: RoomError) -> None:
        now = dt_util.utcnow()
        self._late = True
        self._failing_since = self._failing_since or now
        self._list_at = now + timedelta(seconds=self._backoff.wait(error))
        self._host.failed(self, error)
        self._pass(now)

    # Knowing and telling

    def _on_added(self, signal: BookingAdded, booking: Booking, now: datetime) -> None:
        known = self._patched().get(booking.id)
        if known is not None and (known.start, known.end) == (
            booking.start,
            booking.end,
        ):
            return
        if BookingRemoved(self.room.id, booking.id) in self._patches:
            # Words overtake one another: what is gone does not come back by an old one.
            self.want_listing()
            return
        self._patches.append(signal)
        self.want_listing()
        if booking.private is not None or reveals_before_listing(self.titles):
            self._apply(now)
        elif self._reveal is None:
            self._reveal = asyncio.get_running_loop().call_later(
                _PATIENCE, lambda: self._apply(dt_util.utcnow())
            )

    def _look_as_far_as(self, end: datetime) -> None:
        """Cover another time than before: what only that reveals or hides is no news."""
        before, self._covered = self._covered, end
        known = self.memory.timetable
        if known is not None:
            heard = {p.booking.id for p in self._patches if isinstance(p, BookingAdded)}
            revealed = (
                b for b in self.listing if b.start >= before and b.id not in heard
            )
            kept = (b for b in known if b.start < end)
            self.memory = replace(
                self.memory, timetable=Timetable.of((*revealed, *kept))
            )

    def _patched(self) -> Timetable:
        return self._with_check_ins(self._heard())

    def _heard(self) -> Timetable:
        """The listing, with what was heard since laid over it."""
        timetable = self.listing
        for patch in self._patches:
            if isinstance(patch, BookingRemoved):
                timetable = timetable.without(patch.booking_id)
            elif isinstance(patch, BookingMoved):
                if (moved := timetable.get(patch.booking_id)) is not None:
                    timetable = timetable.with_booking(
                        replace(moved, start=patch.start, end=patch.end)
                    )
            elif (
                listed := timetable.get(patch.booking.id)
            ) is None or listed.private is None:
                timetable = timetable.with_booking(patch.booking)
        return timetable

    def _with_check_ins(self, timetable: Timetable) -> Timetable:
        """Mark the bookings to which somebody came, where the system has such a thing."""
        if self.rules is None and not self.checked_in:
            return timetable
        return Timetable(
            tuple(
                replace(b, checked_in=bool(b.checked_in) or b.id in self.checked_in)
                for b in timetable
            )
        )

    def _apply(self, now: datetime, *, late: bool | None = None) -> None:
        """Show what is known by now, and tell what is new in it.

        What is heard after a lost connection and before the next listing may have
        happened while nobody listened.
        """
        if late is None:
            late = self._lost_at is not None
        if self._reveal is not None:
            self._reveal.cancel()
            self._reveal = None
        if not self._shown_at(now):
            return
        self.checked_in |= self._booked_on_the_spot(now, late)
        known = self._patched()
        self.checked_in &= {booking.id for booking in known}
        self.memory, changes = receive(self.memory, known, now, late=late)
        self.timetable = Timetable(tuple(b for b in known if b.start < self.horizon))
        self._publish(now, changes)

    def _booked_on_the_spot(self, now: datetime, late: bool) -> frozenset[BookingId]:
        """Whoever books a room for now is there, and so is whoever may have done so.

        A system that keeps check-in knows better what happened while nobody listened.
        """
        before = self.memory.timetable
        if self.rules is None or before is None or (late and self.room.check_in):
            return frozenset()
        return frozenset(
            b.id
            for b in self._heard()
            if b.runs_at(now) and b.checked_in is None and before.get(b.id) is None
        )

    def _pass(self, now: datetime) -> None:
        """Show what is known, and tell what time alone made of it.

        Whoever shows a room after its next moment, and before `tick` came for that, has
        taken the moment: nobody else would tell it.
        """
        changes: tuple[Change, ...] = ()
        if self._shown_at(now):
            self.memory, changes = advance(self.memory, now)
        self._publish(now, changes)

    def _with_no_shows(self, changes: tuple[Change, ...]) -> Iterator[Change]:
        """What happened, and which of it because nobody came."""
        for change in changes:
            yield change
            if change.kind in (ChangeKind.ENDED, ChangeKind.CANCELLED):
                given_up = change.booking.id in self._no_shows
                self._no_shows.discard(change.booking.id)
                if given_up and change.freed:
                    yield replace(change, kind=ChangeKind.NO_SHOW, freed=timedelta(0))

    def _publish(self, now: datetime, changes: tuple[Change, ...]) -> None:
        changes = tuple(self._with_no_shows(changes))
        self.day = self.day.at(now, dt_util.get_default_time_zone()).after(changes)
        self.view = self._view(now)
        self._host.publish(self, changes)

    def _stale_since(self) -> datetime | None:
        """Since when the system has not said what is shown; None while it is fresh."""
        since = [t for t in (self._failing_since, self._lost_at) if t is not None]
        return min(since, default=None)

    def _gives_up_at(self) -> datetime | None:
        """When what is known becomes too old to be shown or told; None while it is fresh."""
        since = self._stale_since()
        return since + GRACE if since is not None else None

    def _shown_at(self, now: datetime) -> bool:
        """Whether enough is known, and not too long ago."""
        end = self._gives_up_at()
        return self.last_sync is not None and (end is None or now < end)

    def _view(self, now: datetime) -> RoomView:
        timetable = masked_timetable(self.timetable, self.titles)
        return RoomView(
            room=self.room,
            timetable=timetable,
            state=state_at(timetable, now, self.rules, reported=self._reported),
            available=self._shown_at(now),
            last_sync=self.last_sync,
            booked_today=self.day.booked(timetable, dt_util.get_default_time_zone()),
            released_today=self.day.released,
            people=self.people.count,
            present=self.people.present,
            reported=self._reported,
            rules=self.rules,
            no_shows_today=self.day.no_shows,
            stale_since=self._stale_since(),
        )

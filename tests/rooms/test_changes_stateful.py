"""Whatever happens to a room, in whatever order: each thing is told once, and nothing else.

Three witnesses stand beside `advance` and `receive`: a watcher, who looks at the room
minute by minute and notes who came in and who left; the contract, which says what
counts as created, changed and cancelled; and a listener, who hears the changes and
nothing else, and must know at any time which meetings run.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from hypothesis import settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from custom_components.room_bookings.rooms.booking import (
    Booking,
    BookingId,
    BookingStatus,
)
from custom_components.room_bookings.rooms.changes import (
    Change,
    ChangeKind,
    Memory,
    advance,
    receive,
)
from custom_components.room_bookings.rooms.timetable import Timetable

from .builders import MORNING, minutes
from .by_definition import ByDefinition

CREATED, CHANGED, CANCELLED = (
    ChangeKind.CREATED,
    ChangeKind.CHANGED,
    ChangeKind.CANCELLED,
)
STARTED, ENDED, CHECKED_IN = (
    ChangeKind.STARTED,
    ChangeKind.ENDED,
    ChangeKind.CHECKED_IN,
)
NEWS: Final = minutes(15)
MINUTE: Final = minutes(1)
NO_TIME: Final = timedelta(0)

type Bookings = dict[BookingId, Booking]


@dataclass(frozen=True)
class Told:
    """A change, as far as it is the same whoever says it."""

    kind: ChangeKind
    id: BookingId
    start: datetime
    at: datetime
    late: bool
    freed: timedelta = NO_TIME

    @classmethod
    def of(cls, change: Change) -> Told:
        """What was told."""
        booking = change.booking
        return cls(
            change.kind, booking.id, booking.start, change.at, change.late, change.freed
        )


def running(known: Bookings, when: datetime) -> set[BookingId]:
    """Which bookings run, by definition."""
    return {b.id for b in ByDefinition(known.values()).running(when)}


def news(told: Told, now: datetime) -> list[Told]:
    """A start or end as it is told at `now`: not at all if it is old, late if it is a little."""
    age = now - told.at
    return [replace(told, late=told.late or age > MINUTE)] if age <= NEWS else []


def watched(
    known: Bookings, since: datetime, until: datetime, now: datetime
) -> Iterator[Told]:
    """What somebody sees who looks into the room every minute of (since, until]."""
    when = since + MINUTE
    while when <= until:
        before, after = running(known, when - MINUTE), running(known, when)
        for id_ in before - after:
            yield from news(Told(ENDED, id_, known[id_].start, when, late=False), now)
        for id_ in after - before:
            yield from news(Told(STARTED, id_, known[id_].start, when, late=False), now)
        when += MINUTE


def held_unseen(booking: Booking, now: datetime) -> Iterator[Told]:
    """The start, and the end if it is over, of a meeting that began while nobody listened."""
    if not ByDefinition(()).counts(booking):
        return
    for kind, when in ((STARTED, booking.start), (ENDED, booking.end)):
        if when <= now:
            yield from news(
                Told(kind, booking.id, booking.start, when, late=when < now), now
            )


def would_call_it_changed(before: Booking, after: Booking) -> bool:
    """Time and standing always count; texts only once people may have read them."""
    as_told = replace(after, checked_in=before.checked_in, organizer=before.organizer)
    if before.private is None:
        as_told = replace(as_told, title=before.title, private=None)
    return as_told != before


def left(
    before: Booking, after: Booking | None, now: datetime, *, late: bool
) -> Iterator[Told]:
    """A meeting that was told as started and does not run any more."""
    ended = after if after and after.start == before.start else before
    if before.end > now:
        freed = before.end - now
        yield Told(ENDED, before.id, before.start, now, late, freed)
        return
    end = ended.end if ended.end <= now else before.end
    yield from news(
        Told(ENDED, before.id, before.start, end, late=late and end < now), now
    )


@dataclass(frozen=True)
class Edit:
    """One listing after another, as the contract reads them.

    `ran` was told as started and not as ended; what ended up to `told` was told, too.
    """

    known: Bookings
    listed: Bookings
    ran: set[BookingId]
    told: datetime
    now: datetime
    lost: bool

    def over(self, booking: Booking) -> bool:
        """Its end has come."""
        return booking.end <= self.now

    def changes(self) -> Iterator[Told]:
        """Everything that somebody did, and the starts and ends that came of it."""
        for id_ in self.ran - running(self.listed, self.now):
            yield from left(
                self.known[id_], self.listed.get(id_), self.now, late=self.lost
            )
        for booking in self.listed.values():
            yield from self._done(booking)
            if booking.id not in self.ran:
                yield from self._began(booking)
        for id_, booking in self.known.items():
            if not (id_ in self.listed or id_ in self.ran or self.over(booking)):
                yield Told(CANCELLED, id_, booking.start, self.now, self.lost)

    def _was_told_as_over(self, booking: Booking) -> bool:
        before = self.known.get(booking.id)
        return (
            before is not None
            and booking.id not in self.ran
            and before.end <= self.told
        )

    def _is_new(self, booking: Booking) -> bool:
        before = self.known.get(booking.id)
        return before is None or (
            self._was_told_as_over(booking) and booking.start >= before.end
        )

    def _done(self, booking: Booking) -> Iterator[Told]:
        before = self.known.get(booking.id)
        is_over = self.over(booking)
        goes_on = booking.id in self.ran or self._was_told_as_over(booking)
        kinds = []
        if before is None:
            recent = self.lost and self.now - booking.end <= NEWS
            kinds = [CREATED] if recent or not is_over else []
        elif self._is_new(booking):
            kinds = [] if is_over else [CREATED]
        elif not (goes_on and is_over):
            kinds = [CHANGED] if would_call_it_changed(before, booking) else []
            kinds += (
                [CHECKED_IN] if booking.checked_in and not before.checked_in else []
            )
        unheard = self.lost and (self._is_new(booking) or not goes_on)
        when = min(self.now, booking.start) if unheard else self.now
        for kind in kinds:
            yield Told(kind, booking.id, booking.start, when, self.lost)

    def _began(self, booking: Booking) -> Iterator[Told]:
        runs = booking.id in running(self.listed, self.now)
        was_over = self._was_told_as_over(booking)
        if self.lost and (self._is_new(booking) or not was_over):
            if not was_over or not self.over(booking):
                yield from held_unseen(booking, self.now)
        elif runs:
            age = self.now - booking.start
            late = age > MINUTE or (self.lost and age > NO_TIME)
            yield Told(STARTED, booking.id, booking.start, self.now, late)


def since_last_life(
    then: Bookings, listed: Bookings, seen: datetime, now: datetime
) -> Iterator[Told]:
    """What a restart has to tell of `then`, the bookings that ran when it began."""
    for booking in listed.values():
        if booking.id not in then and seen < booking.end:
            yield from held_unseen(booking, now)
    for id_ in then.keys() - running(listed, now):
        yield from left(then[id_], listed.get(id_), now, late=True)


some_ids = st.sampled_from("abcd").map(BookingId)
fives = st.sampled_from([0, 5, 10, 15, 20, 30]).map(minutes)
soon_or_just_now = st.sampled_from([-20, -10, -5, -1, 0, 0, 5, 10, 15]).map(minutes)
standings = st.sampled_from([BookingStatus.CONFIRMED] * 3 + [BookingStatus.TENTATIVE])


class RoomLife(RuleBasedStateMachine):
    """A room, its system, people who book, a connection that fails, a process that dies."""

    def __init__(self) -> None:
        """An empty room that nobody has listed."""
        super().__init__()
        self.now = MORNING
        self.system: Bookings = {}
        self.lost = False
        self.memory = Memory()
        self.known: Bookings | None = None
        self.ran: Bookings = {}
        self.heard: set[BookingId] = set()
        self.unheard: set[BookingId] = set()

    # What people do at the system

    @rule(
        id_=some_ids,
        begin=soon_or_just_now,
        length=fives,
        private=st.sampled_from([False, None]),
        status=standings,
    )
    def book(
        self,
        id_: BookingId,
        begin: timedelta,
        length: timedelta,
        private: bool | None,
        status: BookingStatus,
    ) -> None:
        """Somebody books; systems use the ids of bookings that are over again."""
        taken = self.system.get(id_)
        start = self.now + begin
        if taken is None or taken.end <= min(self.now, start):
            self.system[id_] = Booking(
                id=id_,
                start=start,
                end=start + length,
                title="Retro",
                private=private,
                status=status,
            )

    def edit(self, id_: BookingId, **changes: object) -> None:
        """Change one field or another, if there is such a booking."""
        if (booking := self.system.get(id_)) is not None:
            changed = {
                "start": booking.start,
                "end": booking.end,
                **changes,
            }
            if changed["start"] <= changed["end"]:  # type: ignore[operator]
                self.system[id_] = replace(booking, **changes)  # type: ignore[arg-type]

    @rule(id_=some_ids, begin=soon_or_just_now, length=fives)
    def move(self, id_: BookingId, begin: timedelta, length: timedelta) -> None:
        """To another time, which may be now, later or over."""
        start = self.now + begin
        self.edit(id_, start=start, end=start + length)

    @rule(id_=some_ids, end=soon_or_just_now)
    def end_at(self, id_: BookingId, end: timedelta) -> None:
        """Shortened to now, to a moment ago, or extended."""
        self.edit(id_, end=self.now + end)

    @rule(id_=some_ids)
    def end_now(self, id_: BookingId) -> None:
        """The usual way to end a meeting."""
        self.edit(id_, end=self.now)

    @rule(id_=some_ids, status=standings)
    def confirm_or_not(self, id_: BookingId, status: BookingStatus) -> None:
        """Tentative becomes confirmed, or the other way round."""
        self.edit(id_, status=status)

    @rule(id_=some_ids, title=st.sampled_from(["Retro", "Review"]))
    def retitle(self, id_: BookingId, title: str) -> None:
        """Another title."""
        self.edit(id_, title=title)

    @rule(id_=some_ids, private=st.booleans())
    def say_whether_private(self, id_: BookingId, private: bool) -> None:
        """What was provisional becomes known, or is changed."""
        self.edit(id_, private=private)

    @rule(id_=some_ids, came=st.booleans())
    def check_in(self, id_: BookingId, came: bool) -> None:
        """Somebody checks in, or takes it back."""
        self.edit(id_, checked_in=came)

    @rule(id_=some_ids)
    def cancel(self, id_: BookingId) -> None:
        """Running or not."""
        self.system.pop(id_, None)

    # What time does

    @rule(count=st.sampled_from([1, 5, 5, 10, 15]))
    def live(self, count: int) -> None:
        """Time passes, and the clock is looked at every minute."""
        for _ in range(count):
            self.now += MINUTE
            self.look_at_the_clock()

    @rule(span=st.sampled_from([1, 5, 10, 15, 16, 40]).map(minutes))
    def sleep(self, span: timedelta) -> None:
        """Time passes, and nobody looks."""
        self.now += span

    @rule(span=st.sampled_from([1, 5, 10]).map(minutes))
    @precondition(lambda self: self.memory.seen == self.now)
    def set_the_clock_back(self, span: timedelta) -> None:
        """As time servers do."""
        self.now -= span

    @rule()
    def look_at_the_clock(self) -> None:
        """The timer fires."""
        seen, known = self.memory.seen, self.known
        self.memory, changes = advance(self.memory, self.now)
        if known is None or seen is None or self.now <= seen:
            assert changes == ()
            return
        self.tell(changes, list(watched(known, seen, self.now, self.now)))
        self.listen(changes, known, seen, self.now, old_starts=False)

    # What the connection does

    @rule(span=st.sampled_from([0, 5, 10, 40]).map(minutes))
    def lose_the_connection(self, span: timedelta) -> None:
        """From here on, what people do is not heard of, and in a while nothing is told."""
        self.lost = True
        self.now += span

    @rule(forgets=st.booleans())
    def list_the_room(self, forgets: bool) -> None:
        """The system lists, maybe without what is over; then it lists the same again."""
        listed = {
            id_: booking
            for id_, booking in self.system.items()
            if booking.end > self.now or not forgets
        }
        timetable = Timetable.of(listed.values())
        seen, known, lost = self.memory.seen, self.known, self.lost
        self.memory, changes = receive(self.memory, timetable, self.now, late=lost)
        now = self.now
        if seen is not None and now < seen:
            now = seen
        self.tell(changes, list(self._expected(listed, seen, now)))
        self.listen(changes, listed, seen, now, old_starts=lost or known is None)
        self.known, self.lost = listed, False
        again, nothing = receive(self.memory, timetable, self.now)
        assert (again, nothing) == (self.memory, ())

    def _expected(
        self, listed: Bookings, seen: datetime | None, now: datetime
    ) -> Iterator[Told]:
        if seen is None:
            return
        if self.known is None:
            yield from since_last_life(self.ran, listed, seen, now)
            return
        # While the connection was lost nobody could know what was still true.
        told = seen if self.lost else max(seen, now - MINUTE)
        yield from watched(self.known, seen, told, now)
        ran = running(self.known, told)
        yield from Edit(self.known, listed, ran, told, now, self.lost).changes()

    @rule()
    def restart(self) -> None:
        """The process dies; what ran and how far it was told is on disk."""
        self.memory = Memory(running=self.memory.running, seen=self.memory.seen)
        self.known, self.lost = None, False

    # The witnesses

    def tell(self, changes: tuple[Change, ...], expected: list[Told]) -> None:
        """Exactly what was expected is told, in an order that makes sense."""
        assert Counter(map(Told.of, changes)) == Counter(expected)
        assert [c.at for c in changes] == sorted(c.at for c in changes)
        for earlier, later in pairwise(changes):
            assert (earlier.at, earlier.kind, later.kind) != (later.at, STARTED, ENDED)
        for place, change in enumerate(changes):
            if change.kind is STARTED:
                later_on = [(c.kind, c.booking) for c in changes[place:]]
                assert (CREATED, change.booking) not in later_on

    def listen(
        self,
        changes: tuple[Change, ...],
        known: Bookings,
        seen: datetime | None,
        now: datetime,
        *,
        old_starts: bool,
    ) -> None:
        """Who hears every change knows what runs, but for what is no news."""
        slept_long = seen is not None and now - seen > NEWS
        for change in changes:
            id_ = change.booking.id
            if change.kind is STARTED:
                assert slept_long or id_ not in self.heard
                self.heard.add(id_)
            if change.kind is ENDED:
                began_long_ago = now - change.booking.start > NEWS
                assert began_long_ago or id_ in self.heard | self.unheard
                self.heard.discard(id_)
                self.unheard.discard(id_)
        runs = running(known, now)
        if seen is not None and not slept_long:
            missed = runs - self.heard - self.unheard
            old = {id_ for id_ in runs if now - known[id_].start > NEWS}
            assert self.heard <= runs
            assert missed <= (old if old_starts else set())
        self.heard &= runs
        self.unheard = runs - self.heard
        self.ran = {id_: known[id_] for id_ in runs}

    @invariant()
    def memory_holds_what_runs(self) -> None:
        """What was told as started and not as ended."""
        assert {b.id for b in self.memory.running} == self.heard | self.unheard


def test_each_thing_that_happens_to_a_room_is_told_once() -> None:
    """Through edits, losses, restarts and clocks that are set back."""
    run_state_machine_as_test(
        RoomLife,
        settings=settings(
            max_examples=500, stateful_step_count=40, deadline=None, print_blob=True
        ),
    )

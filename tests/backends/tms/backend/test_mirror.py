"""The mirror shows what TMS would, in whatever order its answers come."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
import time
from typing import Any

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from custom_components.room_bookings.backends.tms.bookings import booking_of
from custom_components.room_bookings.backends.tms.mirror import Mirror, Window
from custom_components.room_bookings.backends.tms.model import (
    Conference,
    ConferenceStatus,
    RecurrencePattern,
)

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WINDOW = Window(NOW - DAY, NOW + 31 * DAY, NOW)


def conference(number: int, hour: float = 1, **changes: Any) -> Conference:
    """A conference of one hour, so many hours from now."""
    return Conference(
        **{
            "id": number,
            "title": f"Meeting {number}",
            "start": NOW + hour * HOUR,
            "end": NOW + (hour + 1) * HOUR,
            "status": ConferenceStatus.PENDING,
            **changes,
        }
    )


ids = st.integers(1, 8)
hours = st.integers(-20, 100)
places = st.frozensets(st.integers(1, 3), max_size=3)


class Truth(RuleBasedStateMachine):
    """A server that changes between question and answer, and a mirror of its rooms."""

    def __init__(self) -> None:
        """Have two rooms listed, and a third one that nobody asks for."""
        super().__init__()
        self.held: dict[int, tuple[Conference, frozenset[int]]] = {}
        self.mirror = Mirror("")
        self.asked: list[tuple[Any, int, int, list[Conference]]] = []
        for room in (1, 2):
            with self.mirror.reading() as asked_at:
                self.mirror.listed(room, WINDOW, [], 0, asked_at)

    def in_room(self, room: int) -> list[Conference]:
        """What the server would list."""
        return [c for c, rooms in self.held.values() if room in rooms]

    @rule(number=ids, hour=hours, rooms=places, serial=st.booleans())
    def save(self, number: int, hour: int, rooms: frozenset[int], serial: bool) -> None:
        """Something is saved, and the answer comes at once."""
        start = NOW if serial else None
        saved = conference(number, hour, recurrence_id=start, first_occurrence=start)
        self.held[number] = (saved, rooms)
        self.mirror.put(saved, rooms, NOW)

    @rule(number=ids)
    def delete(self, number: int) -> None:
        """Something is deleted."""
        self.held.pop(number, None)
        self.mirror.remove(number)

    @rule(room=st.integers(1, 2))
    def ask(self, room: int) -> None:
        """A room is listed, but the answer takes its time."""
        reading = self.mirror.reading()
        asked_at = reading.__enter__()
        self.asked.append((reading, asked_at, room, self.in_room(room)))

    @rule()
    def answer(self) -> None:
        """The oldest answer comes; it knows nothing of what was saved meanwhile."""
        if self.asked:
            reading, asked_at, room, found = self.asked.pop(0)
            self.mirror.listed(room, WINDOW, found, 0, asked_at)
            reading.__exit__(None, None, None)

    @invariant()
    def both_are_the_same(self) -> None:
        """What was saved or deleted is seen, and nothing else."""
        for room in (1, 2):
            shown = self.mirror.between(room, NOW - DAY, NOW + 31 * DAY)
            held = {booking_of(c, "", NOW) for c in self.in_room(room)}
            assert set(shown) == held
        for number in range(1, 9):
            known = self.held.get(number)
            rooms = known[1] & {1, 2} if known else frozenset()
            assert self.mirror.places(number) == rooms
            assert (self.mirror.get(number) is None) == (not rooms)
        series = {c.id for c, rooms in self.held.values() if c.recurrence_id}
        for number in series:
            together = frozenset[int]().union(
                *(self.mirror.places(other) for other in series)
            )
            assert self.mirror.places_of_series(self.held[number][0]) == together


TestTruth = Truth.TestCase
TestTruth.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


def test_a_forgotten_room_leaves_the_others_as_they_are() -> None:
    """What takes place in both of them stays in one."""
    mirror = Mirror("")
    both = conference(1)
    for room in (1, 2):
        with mirror.reading() as asked_at:
            mirror.listed(room, WINDOW, [both, conference(room + 1)], 7, asked_at)
    mirror.keep_rooms([2])
    assert mirror.window(1) is None
    assert mirror.places(1) == {2}
    assert mirror.get(2) is None
    assert not mirror.is_gone(2)
    assert mirror.known_to(2) == 7


def test_what_is_gone_is_remembered_for_a_while() -> None:
    """Not for ever."""
    mirror = Mirror("")
    for number in range(1, 6_000):
        mirror.remove(number)
    assert not mirror.is_gone(1)
    assert mirror.is_gone(5_999)


def test_what_is_no_booking_leaves() -> None:
    """As a conference does whose status says that it was undone; garbage is none either."""
    mirror = Mirror("")
    with mirror.reading() as asked_at:
        found = [conference(1), conference(2), conference(-3), conference(4)]
        mirror.listed(1, WINDOW, found, 0, asked_at)
    rejected = replace(conference(1), status=ConferenceStatus.REJECTED)
    assert mirror.put(rejected, [1], NOW) == {1}
    with mirror.reading() as asked_at:
        deleted = replace(conference(2), status=ConferenceStatus.DELETED)
        backwards = replace(conference(4), end=NOW - DAY)
        assert mirror.listed(1, WINDOW, [deleted, backwards], 0, asked_at) == {1}
    assert mirror.between(1, NOW - DAY, NOW + DAY) == []
    assert all(mirror.is_gone(number) for number in (1, 2, 4))


def test_a_series_has_one_name() -> None:
    """By its key, or by who owns what begins when; a single one has none."""
    first = {"first_occurrence": NOW, "recurrence_id": NOW}

    def name(**changes: Any) -> str | None:
        booking = booking_of(conference(1, **changes), "", NOW)
        assert booking is not None
        return booking.series

    keyed = {"external_source": "TMS", "external_key": "k"}
    weekly = RecurrencePattern(frequency="Weekly")
    assert name() is name(pattern=RecurrencePattern(frequency="Default")) is None
    assert name(**first, **keyed) == name(**first, **keyed, title="B", owner="C")
    assert name(**first, owner="A") != name(**first, owner="B")
    assert name(**first) != name(**first, **keyed)
    assert name(pattern=weekly, **keyed) == name(**first, **keyed)


def test_one_change_costs_the_same_in_a_large_house() -> None:
    """A thousand rooms of thirty bookings each."""

    def filled(rooms: int) -> Mirror:
        mirror = Mirror("")
        for room in range(rooms):
            found = [conference(room * 30 + n + 1, n * 20) for n in range(30)]
            with mirror.reading() as asked_at:
                mirror.listed(room, WINDOW, found, 0, asked_at)
        return mirror

    def cost(mirror: Mirror) -> float:
        best = 1.0
        for hour in range(50):
            began = time.perf_counter()
            for number in range(1, 20):
                mirror.put(conference(number, hour), [0], NOW)
            best = min(best, time.perf_counter() - began)
        return best

    assert cost(filled(1000)) < 5 * cost(filled(10))

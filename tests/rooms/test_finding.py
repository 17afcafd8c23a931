"""Which rooms are free for a meeting, and in which order they are offered."""

from datetime import datetime
from typing import Any, Final

from hypothesis import given, strategies as st
import pytest

from custom_components.room_bookings.rooms.booking import BookingStatus
from custom_components.room_bookings.rooms.finding import Candidate, Fit, fitting
from custom_components.room_bookings.rooms.state import (
    Availability,
    CheckInRules,
    state_at,
)
from custom_components.room_bookings.rooms.timetable import Timetable

from .builders import STEP, at, instants, meeting, minutes, room, rules, timetables

NOW: Final = at("9:00")
CHECK_IN: Final = CheckInRules(before=minutes(5), window=minutes(10))


def candidate(name: str = "Fjord", *bookings: Any, **more: Any) -> Candidate[str]:
    """A room for six that shall be free from ten to half past."""
    details = {
        "ref": name,
        "name": name,
        "capacity": 6,
        "timetable": room(*bookings),
        "rules": None,
        "availability": Availability.FREE,
        "now": NOW,
        "start": at("10:00"),
        "end": at("10:30"),
    }
    return Candidate(**details | more)


def names(fits: list[Fit[str]]) -> list[str]:
    """What was found, in order."""
    return [fit.name for fit in fits]


@pytest.mark.parametrize(
    ("bookings", "until"),
    [
        ([], None),
        ([("9:30", "10:00")], None),
        ([("9:30", "10:00"), ("10:30", "11:00")], "10:30"),
        ([("9:30", "10:00"), ("12:00", "13:00"), ("13:00", "14:00")], "12:00"),
    ],
)
def test_meeting_fits_between_its_neighbours(
    bookings: list[tuple[str, str]], until: str | None
) -> None:
    """Back to back is no overlap; what follows ends the free time."""
    known = [meeting(f"m{i}", *times) for i, times in enumerate(bookings)]
    (fit,) = fitting([candidate("Fjord", *known)])
    assert fit.free_until == (at(until) if until else None)


@pytest.mark.parametrize(
    ("start", "end"),
    [("9:30", "10:01"), ("10:00", "10:30"), ("10:10", "10:20"), ("10:29", "12:00")],
)
def test_room_that_is_taken_for_a_part_is_not_free(start: str, end: str) -> None:
    """Any time shared is too much."""
    assert fitting([candidate("Fjord", meeting("m", start, end))]) == []


@pytest.mark.parametrize(
    "booking",
    [
        meeting("m", "10:10", "10:20", status=BookingStatus.TENTATIVE),
        meeting("m", "10:10", "10:10"),
    ],
)
def test_what_does_not_hold_the_room_is_in_nobodys_way(booking: Any) -> None:
    """A defective booking, or one without length."""
    (fit,) = fitting([candidate("Fjord", booking)])
    assert fit.free_until is None


@pytest.mark.parametrize(
    ("start", "found", "until"),
    [("10:34", [], None), ("10:35", ["Fjord"], "10:30"), ("11:00", ["Fjord"], "10:55")],
)
def test_room_waits_for_the_next_before_it_starts(
    start: str, found: list[str], until: str | None
) -> None:
    """Where check-in is on, the minutes in which the room is pending belong to the next."""
    fits = fitting(
        [candidate("Fjord", meeting("m", start, "12:00"), rules=CHECK_IN)], None
    )
    assert names(fits) == found
    assert [fit.free_until for fit in fits] == ([at(until)] if until else [])


@pytest.mark.parametrize("availability", [Availability.PENDING, Availability.BUSY])
def test_room_that_shows_something_else_is_not_free_now(
    availability: Availability,
) -> None:
    """Its system may know why; what comes later is not its word."""
    now = candidate(availability=availability, start=NOW, end=at("9:30"))
    assert fitting([now]) == []
    assert names(fitting([candidate(availability=availability)])) == ["Fjord"]


def test_smallest_that_is_large_enough_comes_first() -> None:
    """Then the others by size; too small ones never, nor those of which nobody knows."""
    rooms = [
        candidate("Hall", capacity=40),
        candidate("Nook", capacity=2),
        candidate("Fjord", capacity=6),
        candidate("Attic", capacity=None),
        candidate("Birch", capacity=8),
    ]
    assert names(fitting(rooms, 6)) == ["Fjord", "Birch", "Hall"]


def test_unknown_size_comes_last_where_none_was_asked_for() -> None:
    """The smallest is still the best: large rooms are left for those who need them."""
    rooms = [
        candidate("Attic", capacity=None),
        candidate("Hall", capacity=40),
        candidate("Nook", capacity=2),
    ]
    assert names(fitting(rooms)) == ["Nook", "Hall", "Attic"]


def test_of_the_same_size_the_longest_free_comes_first() -> None:
    """Nothing that follows is longest; ties by name."""
    rooms = [
        candidate("Noon", meeting("m", "12:00", "13:00")),
        candidate("Free"),
        candidate("Eleven", meeting("m", "11:00", "13:00")),
        candidate("Also free"),
    ]
    assert names(fitting(rooms)) == ["Also free", "Free", "Noon", "Eleven"]


@given(
    timetable=timetables(),
    rules=rules(),
    start=instants(),
    length=st.integers(1, 24),
)
def test_free_is_what_the_room_would_show(
    timetable: Timetable, rules: CheckInRules | None, start: datetime, length: int
) -> None:
    """By definition: free at every moment of the window, as far as bookings tell now.

    A booking that may yet be given up for want of a check-in still holds its room.
    """
    end = start + length * STEP
    before = rules.before if rules is not None else minutes(0)
    taken = [(b.start - before, b.end) for b in timetable if b.holds and b.end > start]
    fits = fitting(
        [
            candidate(
                timetable=timetable,
                rules=rules,
                availability=state_at(timetable, start, rules).availability,
                now=start,
                start=start,
                end=end,
            )
        ]
    )
    free = all(until <= start or since >= end for since, until in taken)
    assert bool(fits) == free
    for fit in fits:
        assert fit.free_until == min((since for since, _ in taken), default=None)

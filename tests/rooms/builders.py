"""Bookings by hand and at random, on one Monday in one room."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from hypothesis import strategies as st

from custom_components.room_bookings.rooms.booking import (
    Booking,
    BookingId,
    BookingStatus,
)
from custom_components.room_bookings.rooms.state import CheckInRules
from custom_components.room_bookings.rooms.timetable import Timetable

MONDAY: Final = date(2026, 3, 2)
MOMENT: Final = timedelta.resolution
# Random times are multiples of this, so that they often meet each other.
STEP: Final = timedelta(minutes=5)

# Local days of other lengths, some of which begin at one o'clock, and some as they should be.
ODD_DAYS: Final = (
    ("Europe/Berlin", date(2026, 3, 29), timedelta(hours=23)),
    ("Europe/Berlin", date(2026, 10, 25), timedelta(hours=25)),
    ("America/New_York", date(2026, 3, 8), timedelta(hours=23)),
    ("America/New_York", date(2026, 11, 1), timedelta(hours=25)),
    ("Australia/Lord_Howe", date(2026, 4, 5), timedelta(hours=24, minutes=30)),
    ("Australia/Lord_Howe", date(2026, 10, 4), timedelta(hours=23, minutes=30)),
    ("Africa/Cairo", date(2026, 4, 24), timedelta(hours=23)),
    ("America/Santiago", date(2026, 4, 4), timedelta(hours=25)),
    ("America/Santiago", date(2026, 9, 6), timedelta(hours=23)),
    ("Asia/Kathmandu", date(2026, 3, 29), timedelta(hours=24)),
    ("UTC", date(2026, 3, 29), timedelta(hours=24)),
)


def at(clock: str, day: date = MONDAY) -> datetime:
    """A time of day such as `9:30`, in UTC."""
    hour, _, minute = clock.partition(":")
    return datetime.combine(day, time(int(hour), int(minute)), UTC)


def minutes(count: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=count)


def meeting(booking_id: str, start: str, end: str, **more: Any) -> Booking:
    """A public meeting on Monday."""
    more.setdefault("private", False)
    return Booking(id=BookingId(booking_id), start=at(start), end=at(end), **more)


def room(*bookings: Booking) -> Timetable:
    """The timetable of a room with these bookings."""
    return Timetable.of(bookings)


MORNING: Final = at("8:00")
LAST_END: Final = at("13:00")


def steps(most: int, least: int = 0) -> st.SearchStrategy[timedelta]:
    """Multiples of `STEP`."""
    return st.integers(least, most).map(lambda count: count * STEP)


def instants() -> st.SearchStrategy[datetime]:
    """Times at which something may happen, and a moment before and after."""
    return st.builds(
        lambda since, shift: MORNING + since + shift,
        steps(60, -6),
        st.sampled_from([timedelta(0), -MOMENT, MOMENT]),
    )


@st.composite
def bookings(
    draw: st.DrawFn,
    ids: st.SearchStrategy[str] = st.sampled_from("abcdef"),
    texts: st.SearchStrategy[str] = st.sampled_from(["Retro", "Salary talk", ""]),
    lengths: st.SearchStrategy[timedelta] = steps(24),
) -> Booking:
    """Bookings of any kind between `MORNING` and `LAST_END`."""
    start = MORNING + draw(steps(36))
    return Booking(
        id=BookingId(draw(ids)),
        start=start,
        end=start + draw(lengths),
        title=draw(texts),
        organizer=draw(texts),
        private=draw(st.sampled_from([False, True, None])),
        status=draw(
            st.sampled_from([*[BookingStatus.CONFIRMED] * 4, BookingStatus.TENTATIVE])
        ),
        checked_in=draw(st.sampled_from([None, None, False, True])),
    )


def timetables(most: int = 6) -> st.SearchStrategy[Timetable]:
    """Rooms with back-to-back, overlapping, empty and tentative bookings."""
    return st.lists(bookings(), max_size=most, unique_by=lambda b: b.id).map(
        Timetable.of
    )


def rules() -> st.SearchStrategy[CheckInRules | None]:
    """With and without check-in; the window may be longer than a meeting."""
    return st.none() | st.builds(CheckInRules, before=steps(6), window=steps(6))


def checked_in() -> st.SearchStrategy[frozenset[BookingId]]:
    """Bookings for which somebody checked in."""
    return st.frozensets(st.sampled_from("abcdef").map(BookingId), max_size=3)

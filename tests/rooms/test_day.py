"""How much of a day a room was booked, and how much of it was given back."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.room_bookings.rooms.booking import Booking, BookingId
from custom_components.room_bookings.rooms.changes import (
    Change,
    ChangeKind,
    Memory,
    receive,
)
from custom_components.room_bookings.rooms.day import Day, Interval, day_bounds
from custom_components.room_bookings.rooms.timetable import Timetable

from .builders import MOMENT, MONDAY, ODD_DAYS, at, meeting, minutes, room

MINUTE = timedelta(minutes=1)
RETRO = meeting("retro", "9:00", "10:00")


def ended(booking: Booking, when: datetime) -> Change:
    """The booking ended at that time, as it was meant to or before."""
    freed = booking.end - when
    return Change(kind=ChangeKind.ENDED, booking=booking, at=when, freed=freed)


@cache
def minutes_of(day: date, zone: str) -> list[datetime]:
    """Each minute whose local date is that day, found by looking at the calendar."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    around = (noon + n * MINUTE for n in range(-40 * 60, 40 * 60))
    local = ZoneInfo(zone)
    return [m for m in around if m.astimezone(local).date() == day]


@st.composite
def intervals(draw: st.DrawFn, day: date) -> Interval:
    """Some time around a day, in whole minutes."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    start = noon + draw(st.integers(-36 * 4, 36 * 4)) * 15 * MINUTE
    return start, start + draw(st.integers(0, 40)) * 15 * MINUTE


# Days


@pytest.mark.parametrize(("zone", "day", "length"), ODD_DAYS)
def test_a_day_is_as_long_as_its_clocks_make_it(
    zone: str, day: date, length: timedelta
) -> None:
    """From its first moment, which need not be midnight, to the next day's."""
    start, end = day_bounds(day, ZoneInfo(zone))
    assert end - start == length
    assert (start, end - MINUTE) == (
        minutes_of(day, zone)[0],
        minutes_of(day, zone)[-1],
    )
    dates = [t.astimezone(ZoneInfo(zone)).date() for t in (start, end - MOMENT, end)]
    assert dates == [day, day, day + timedelta(days=1)]
    assert {start.tzinfo, end.tzinfo} == {UTC}


@pytest.mark.parametrize("zone", sorted({zone for zone, _, _ in ODD_DAYS}))
def test_days_follow_on_each_other_all_year(zone: str) -> None:
    """Without a gap and without an overlap."""
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    bounds = [day_bounds(day, ZoneInfo(zone)) for day in days]
    assert all(one[1] == other[0] for one, other in pairwise(bounds))


# Booked


@pytest.mark.parametrize(("zone", "day"), [(zone, day) for zone, day, _ in ODD_DAYS])
@given(st.data())
def test_a_minute_is_booked_once_however_many_meetings_hold_it(
    zone: str, day: date, data: st.DataObject
) -> None:
    """What is planned and what was held, counted minute by minute of the local day."""
    planned = data.draw(st.lists(intervals(day), max_size=4))
    held = data.draw(st.lists(intervals(day), max_size=3))
    timetable = Timetable.of(
        Booking(id=BookingId(str(n)), start=start, end=end)
        for n, (start, end) in enumerate(planned)
    )
    counted = [
        m
        for m in minutes_of(day, zone)
        if any(start <= m < end for start, end in planned + held)
    ]
    booked = Day(date=day, held=tuple(held)).booked(timetable, ZoneInfo(zone))
    assert booked == len(counted) * MINUTE


@pytest.mark.parametrize(("zone", "day", "length"), ODD_DAYS)
def test_an_all_day_meeting_books_the_whole_day(
    zone: str, day: date, length: timedelta
) -> None:
    """And nothing of the next."""
    start, end = day_bounds(day, ZoneInfo(zone))
    fair = room(Booking(id=BookingId("fair"), start=start, end=end))
    assert Day(date=day).booked(fair, ZoneInfo(zone)) == length
    tomorrow = Day(date=day + timedelta(days=1))
    assert tomorrow.booked(fair, ZoneInfo(zone)) == timedelta(0)


def test_tentative_bookings_do_not_book() -> None:
    """They do not hold the room."""
    doubtful = room(meeting("doubtful", "9:00", "10:00", status="tentative"))
    assert Day(date=MONDAY).booked(doubtful, UTC) == timedelta(0)


def test_a_meeting_that_ended_early_was_booked_up_to_then() -> None:
    """Though no list holds it any more; what was left of it is given back."""
    day = Day(date=MONDAY).after([ended(RETRO, at("9:20"))])
    assert day.booked(room(), UTC) == minutes(20)
    assert day.released == minutes(40)
    again = meeting("again", "9:10", "9:50")
    assert day.booked(room(again), UTC) == minutes(50)


def test_a_running_meeting_that_is_moved_was_held_and_will_be() -> None:
    """Both count."""
    memory, _ = receive(Memory(), room(RETRO), at("9:00"))
    later = meeting("retro", "14:00", "15:00")
    _, changes = receive(memory, room(later), at("9:20"))
    day = Day(date=MONDAY).after(changes)
    assert day.booked(room(later), UTC) == minutes(20 + 60)
    assert day.released == minutes(40)


def test_a_meeting_that_ended_as_meant_gives_nothing_back() -> None:
    """It counts once, in the list and out of it."""
    day = Day(date=MONDAY).after([ended(RETRO, at("10:00"))])
    assert day.booked(room(RETRO), UTC) == minutes(60)
    assert day.booked(room(), UTC) == minutes(60)
    assert day.released == timedelta(0)


@pytest.mark.parametrize(
    "kind",
    [k for k in ChangeKind if k not in (ChangeKind.ENDED, ChangeKind.NO_SHOW)],
)
def test_nothing_but_ends_and_no_shows_are_kept_of_a_day(kind: ChangeKind) -> None:
    """All else can be read in the timetable."""
    change = Change(kind=kind, booking=RETRO, at=at("9:00"))
    assert Day(date=MONDAY).after([change]) == Day(date=MONDAY)


def test_no_shows_are_counted() -> None:
    """Also those that were only noticed; until the day is over."""
    no_show = Change(kind=ChangeKind.NO_SHOW, booking=RETRO, at=at("9:10"))
    day = Day(date=MONDAY).after([no_show]).after([replace(no_show, dry_run=True)])
    assert day.no_shows == 2
    assert day.at(at("23:59"), UTC).no_shows == 2
    assert day.at(at("23:59") + minutes(1), UTC).no_shows == 0


def test_what_is_given_back_adds_up() -> None:
    """Over all of a day."""
    review = meeting("review", "11:00", "12:00")
    day = Day(date=MONDAY).after([ended(RETRO, at("9:20"))])
    day = day.after([ended(review, at("11:50"))])
    assert day.released == minutes(40 + 10)


# Midnight


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kathmandu"])
def test_a_new_day_begins_at_local_midnight(zone: str) -> None:
    """With nothing given back; a meeting that ended after midnight is its own, too."""
    local = ZoneInfo(zone)
    _, midnight = day_bounds(MONDAY, local)
    early = (midnight - minutes(60), midnight)
    over = (midnight - minutes(30), midnight + minutes(30))
    day = Day(date=MONDAY, held=(early, over), released=minutes(5))
    assert day.at(midnight - MOMENT, local) is day
    tuesday = day.at(midnight, local)
    assert tuesday == Day(date=MONDAY + timedelta(days=1), held=(over,))
    assert tuesday.booked(room(), local) == minutes(30)

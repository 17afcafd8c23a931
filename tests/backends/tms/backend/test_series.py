"""Recurrence rules become patterns of TMS, or are refused by name."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice

from hypothesis import assume, given, strategies as st
import pytest

from custom_components.room_bookings.backends.tms.model import RecurrencePattern
from custom_components.room_bookings.backends.tms.series import (
    moved_end,
    planned,
    positions,
    shifted,
)
from custom_components.room_bookings.backends.tms.zones import (
    RuleZone,
    at_wall,
    wall_of,
)
from custom_components.room_bookings.rooms.errors import NotSupportedError

from .test_zones import BERLIN

ZONE = RuleZone([BERLIN])
# A Monday, ten o'clock in Berlin, three weeks before the clocks change.
START = datetime(2026, 10, 5, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def plan(rule: str, start: datetime = START) -> tuple[RecurrencePattern, list[str]]:
    """The pattern of a rule, and its days."""
    pattern, slots = planned(rule, start, start + HOUR, ZONE)
    walls = [wall_of(begins, ZONE) for begins, _ in slots]
    assert {wall.time() for wall in walls} == {wall_of(start, ZONE).time()}
    assert all(ends - begins == HOUR for begins, ends in slots)
    assert pattern.instances == len(slots)
    assert pattern.end_date is None
    return pattern, [f"{wall:%m-%d}" for wall in walls]


@pytest.mark.parametrize(
    ("rule", "pattern", "days"),
    [
        (
            "FREQ=DAILY;COUNT=3",
            RecurrencePattern(frequency="Daily", instances=3),
            ["10-05", "10-06", "10-07"],
        ),
        (
            "RRULE:FREQ=DAILY;INTERVAL=7;UNTIL=20261026T235959Z",
            RecurrencePattern(frequency="Daily", interval=7, instances=4),
            ["10-05", "10-12", "10-19", "10-26"],
        ),
        (
            "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;COUNT=6",
            RecurrencePattern(frequency="DailyWeekday", instances=6),
            ["10-05", "10-06", "10-07", "10-08", "10-09", "10-12"],
        ),
        (
            "FREQ=DAILY;BYDAY=MO,WE;UNTIL=20261014",
            RecurrencePattern(
                frequency="Weekly",
                days_of_week=("Monday", "Wednesday"),
                first_day_of_week="Monday",
                instances=4,
            ),
            ["10-05", "10-07", "10-12", "10-14"],
        ),
        (
            "FREQ=WEEKLY;COUNT=4",
            RecurrencePattern(
                frequency="Weekly",
                days_of_week=("Monday",),
                first_day_of_week="Monday",
                instances=4,
            ),
            ["10-05", "10-12", "10-19", "10-26"],
        ),
        (
            "freq=weekly;interval=2;wkst=SU;byday=SU,MO;count=4",
            RecurrencePattern(
                frequency="Weekly",
                interval=2,
                days_of_week=("Sunday", "Monday"),
                first_day_of_week="Sunday",
                instances=4,
            ),
            ["10-05", "10-18", "10-19", "11-01"],
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;WKST=MO;BYDAY=SU,MO;COUNT=4",
            RecurrencePattern(
                frequency="Weekly",
                interval=2,
                days_of_week=("Sunday", "Monday"),
                first_day_of_week="Monday",
                instances=4,
            ),
            ["10-05", "10-11", "10-19", "10-25"],
        ),
        (
            "FREQ=MONTHLY;COUNT=3",
            RecurrencePattern(frequency="Monthly", by_month_day=5, instances=3),
            ["10-05", "11-05", "12-05"],
        ),
        (
            "FREQ=MONTHLY;BYDAY=1MO;COUNT=3",
            RecurrencePattern(
                frequency="Monthly",
                days_of_week=("Monday",),
                by_set_position=1,
                instances=3,
            ),
            ["10-05", "11-02", "12-07"],
        ),
        (
            "FREQ=MONTHLY;INTERVAL=2;BYDAY=MO;BYSETPOS=1;COUNT=2",
            RecurrencePattern(
                frequency="Monthly",
                interval=2,
                days_of_week=("Monday",),
                by_set_position=1,
                instances=2,
            ),
            ["10-05", "12-07"],
        ),
    ],
)
def test_a_rule_is_a_pattern(
    rule: str, pattern: RecurrencePattern, days: list[str]
) -> None:
    """It takes place at the same wall time, also after the clocks have changed."""
    assert plan(rule) == (pattern, days)


def test_the_last_day_of_a_month_is_its_31st() -> None:
    """TMS takes the last day where there is none (reference, ByMonthDay)."""
    start = datetime(2026, 10, 31, 9, tzinfo=UTC)
    pattern, days = plan("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=5", start)
    assert pattern.by_month_day == 31
    assert days == ["10-31", "11-30", "12-31", "01-31", "02-28"]


def test_the_last_weekday_of_a_month_is_known() -> None:
    """By its position from the end."""
    start = datetime(2026, 10, 30, 9, tzinfo=UTC)
    pattern, days = plan("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3", start)
    assert pattern.by_set_position == -1
    assert days == ["10-30", "11-30", "12-31"]


@pytest.mark.parametrize(
    ("rule", "feature"),
    [
        ("FREQ=YEARLY;COUNT=3", "a yearly series"),
        ("FREQ=HOURLY;COUNT=3", "two bookings of a series on one day"),
        ("FREQ=DAILY;BYHOUR=9,15;COUNT=3", "two bookings of a series on one day"),
        ("FREQ=DAILY;COUNT=101", "a series of more than 100 bookings"),
        ("FREQ=DAILY;UNTIL=20280101", "a series of more than 100 bookings"),
        ("FREQ=DAILY", "a series without an end"),
        ("FREQ=DAILY;UNTIL=20200101", "a series without a single booking"),
        ("FREQ=DAILY;INTERVAL=2;BYDAY=MO;COUNT=3", "every few days"),
        ("FREQ=DAILY;BYMONTHDAY=5;COUNT=3", "BYMONTHDAY in a series"),
        ("FREQ=WEEKLY;BYSETPOS=1;COUNT=3", "BYSETPOS in a series"),
        ("FREQ=WEEKLY;BYDAY=1MO;COUNT=3", "a numbered day"),
        ("FREQ=WEEKLY;BYDAY=TU;COUNT=3", "begins on another day"),
        ("FREQ=WEEKLY;BYMONTH=10;COUNT=3", "in some months only"),
        ("FREQ=WEEKLY;COUNT=3\nEXDATE:20261012T080000Z", "dates left out"),
        ("FREQ=WEEKLY;COUNT=3;EXDATE=20261012", "dates left out"),
        ("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3", "a day that some months lack"),
        ("FREQ=MONTHLY;BYMONTHDAY=5,6;COUNT=3", "this recurrence rule"),
        ("FREQ=MONTHLY;BYDAY=1MO,3MO;COUNT=3", "two bookings of a monthly series"),
        ("FREQ=MONTHLY;BYDAY=MO;COUNT=3", "two bookings of a monthly series"),
        ("FREQ=MONTHLY;BYDAY=5MO;COUNT=3", "this position in a month"),
        ("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1;COUNT=3", "this position in a month"),
        ("FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=5;COUNT=3", "of the month together"),
        ("FREQ=MONTHLY;BYSETPOS=1;COUNT=3", "without days of the week"),
        ("FREQ=SOMETIMES;COUNT=3", "this recurrence rule"),
        ("FREQ=DAILY;COUNT=many", "this recurrence rule"),
        ("FREQ=DAILY;COUNT=3;COUNT=4", "this recurrence rule"),
        ("FREQ=DAILY;INTERVAL=0;COUNT=3", "this recurrence rule"),
        ("FREQ=WEEKLY;BYDAY=XX;COUNT=3", "this recurrence rule"),
        ("FREQ=DAILY;COUNT=3\nFREQ=DAILY;COUNT=3", "this recurrence rule"),
        ("", "this recurrence rule"),
    ],
)
def test_what_tms_has_not_is_refused_by_name(rule: str, feature: str) -> None:
    """Before anything is sent."""
    with pytest.raises(NotSupportedError) as refused:
        plan(rule)
    assert feature in refused.value.feature


def test_occurrences_that_overlap_are_refused() -> None:
    """A room is not booked twice by one series."""
    with pytest.raises(NotSupportedError, match="overlap"):
        planned("FREQ=DAILY;COUNT=3", START, START + 25 * HOUR, ZONE)


DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@given(
    days=st.sets(st.sampled_from(DAYS), min_size=1),
    interval=st.integers(1, 5),
    first=st.sampled_from(DAYS),
    count=st.integers(1, 100),
    start=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
)
def test_a_weekly_pattern_takes_place_as_its_rule_does(
    days: set[str], interval: int, first: str, count: int, start: datetime
) -> None:
    """Whatever the week begins with: `planned` compares the two."""
    assume(start.hour not in (1, 2))
    begins = at_wall(start.replace(microsecond=0), ZONE)
    on = ",".join(sorted(days | {DAYS[start.weekday()]}))
    rule = f"FREQ=WEEKLY;INTERVAL={interval};BYDAY={on};WKST={first};COUNT={count}"
    pattern, slots = planned(rule, begins, begins + HOUR, ZONE)
    assert len(slots) == count
    assert len(pattern.days_of_week) == len(days | {DAYS[start.weekday()]})


@given(
    days=st.sets(
        st.sampled_from(("Monday", "Tuesday", "Friday", "Sunday")), min_size=1
    ),
    interval=st.integers(1, 3),
    by=st.integers(-6, 6),
)
def test_a_weekly_pattern_moves_day_by_day(
    days: set[str], interval: int, by: int
) -> None:
    """Every occurrence is as much later as all others."""
    pattern = RecurrencePattern(
        frequency="Weekly",
        interval=interval,
        days_of_week=tuple(sorted(days)),
        instances=12,
    )
    first = next(positions(pattern, datetime(2026, 10, 4, 10), ZONE))
    before = [day.date() for day in positions(pattern, first, ZONE)]
    moved = shifted(pattern, by)
    after = positions(moved, first + timedelta(days=by), ZONE)
    assert [day.date() - timedelta(days=by) for day in after] == before


def test_other_patterns_move_where_tms_can() -> None:
    """A weekday that moves to Saturday is none."""
    daily = RecurrencePattern(frequency="Daily", instances=3)
    weekdays = RecurrencePattern(frequency="DailyWeekday", instances=3)
    monthly = RecurrencePattern(frequency="Monthly", by_month_day=27, instances=3)
    assert shifted(daily, 4) == daily
    assert shifted(weekdays, 0) == weekdays
    assert shifted(monthly, 1).by_month_day == 28
    for pattern, days in ((weekdays, 1), (monthly, 2), (monthly, -27)):
        with pytest.raises(NotSupportedError, match="another day"):
            shifted(pattern, days)


def test_a_pattern_may_end_by_its_date() -> None:
    """Which is the last day of it, and moves with it by the wall clock."""
    pattern = RecurrencePattern(
        frequency="Daily", end_date=datetime(2026, 10, 24, 8, tzinfo=UTC)
    )
    first = datetime(2026, 10, 23, 10)
    assert list(positions(pattern, first, ZONE)) == [
        first,
        first + timedelta(days=1),
    ]
    assert moved_end(pattern, timedelta(days=1), ZONE).end_date == datetime(
        2026, 10, 25, 9, tzinfo=UTC
    )
    assert moved_end(
        RecurrencePattern(frequency="Daily", instances=3), HOUR, ZONE
    ) == RecurrencePattern(frequency="Daily", instances=3)


def test_a_pattern_without_a_day_has_no_occurrences() -> None:
    """Whatever another client sent, it ends somewhere; what is no pattern is refused."""
    never = RecurrencePattern(frequency="Monthly", by_set_position=5, instances=5)
    assert not list(positions(never, datetime(2026, 10, 5, 10), ZONE))
    fifth = RecurrencePattern(
        frequency="Monthly", by_set_position=5, days_of_week=("Monday",), instances=2
    )
    found = [d.date() for d in positions(fifth, datetime(2026, 10, 1, 10), ZONE)]
    assert found == [date(2026, 11, 30), date(2027, 3, 29)]
    with pytest.raises(NotSupportedError, match="of this kind"):
        list(islice(positions(RecurrencePattern(frequency=""), START, ZONE), 1))

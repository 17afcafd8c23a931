"""Wall times by the rules of TMS are those of the zone that the rules describe."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.room_bookings.backends.tms.model import TimeChange, TimeZoneRule
from custom_components.room_bookings.backends.tms.zones import (
    RuleZone,
    at_wall,
    wall_of,
)

HOUR = timedelta(hours=1)


def rule(
    base: int,
    daylight: TimeChange | None = None,
    standard: TimeChange | None = None,
    *,
    saving: int = 60,
    since: datetime = datetime.min,
) -> TimeZoneRule:
    """The rule of a zone that is so many minutes ahead of UTC."""
    return TimeZoneRule(
        valid_from=since,
        id="Some Standard Time",
        display_name="Some",
        base_offset_minutes=base,
        daylight_offset_minutes=saving if daylight else 0,
        daylight=daylight,
        standard=standard,
    )


def on(month: int, week: int, hour: int, day_of_week: int = 0) -> TimeChange:
    """A change in a week of a month, on a Sunday if nothing else is said."""
    return TimeChange(
        second_of_day=hour * 3600, month=month, day_of_week=day_of_week, week=week
    )


BERLIN = rule(60, on(3, 5, 2), on(10, 5, 3))
NEW_YORK = rule(-300, on(3, 2, 2), on(11, 1, 2))
SYDNEY = rule(600, on(10, 1, 2), on(4, 1, 3))
KOLKATA = rule(330)
# Half an hour of daylight saving.
LORD_HOWE = rule(630, on(10, 1, 2), on(4, 1, 2), saving=30)

ZONES = {
    "Europe/Berlin": BERLIN,
    "America/New_York": NEW_YORK,
    "Australia/Sydney": SYDNEY,
    "Asia/Kolkata": KOLKATA,
    "Australia/Lord_Howe": LORD_HOWE,
}
moments = st.datetimes(datetime(2009, 1, 1), datetime(2036, 12, 31))


@pytest.mark.parametrize("name", ZONES)
@given(moment=moments)
def test_a_moment_has_the_wall_time_of_its_zone(name: str, moment: datetime) -> None:
    """On both sides of the equator, with daylight saving and without."""
    utc = moment.replace(tzinfo=UTC)
    ours, theirs = (
        utc.astimezone(RuleZone([ZONES[name]])),
        utc.astimezone(ZoneInfo(name)),
    )
    assert ours.replace(tzinfo=None) == theirs.replace(tzinfo=None)
    assert (ours.fold, ours.utcoffset()) == (theirs.fold, theirs.utcoffset())
    assert ours.astimezone(UTC) == utc


@pytest.mark.parametrize("name", ZONES)
@given(wall=moments, fold=st.sampled_from([0, 1]))
def test_a_wall_time_is_the_moment_of_its_zone(
    name: str, wall: datetime, fold: int
) -> None:
    """Also where the hour comes twice, or never."""
    wall = wall.replace(fold=fold)
    ours = wall.replace(tzinfo=RuleZone([ZONES[name]]))
    theirs = wall.replace(tzinfo=ZoneInfo(name))
    assert ours.utcoffset() == theirs.utcoffset()
    assert ours.astimezone(UTC) == theirs.astimezone(UTC)


@given(days=st.integers(-2, 2), hours=st.integers(0, 47))
def test_a_change_is_seen_to_the_second(days: int, hours: int) -> None:
    """Around the last Sunday of October 2026, half-hour by half-hour."""
    zone = RuleZone([BERLIN])
    moment = datetime(2026, 10, 25, 1, tzinfo=UTC)
    for around in (moment + timedelta(days=days, minutes=30 * hours), moment):
        assert at_wall(wall_of(around, zone), zone) in (around, around - HOUR)
    before = moment - timedelta(seconds=1)
    assert before.astimezone(zone).utcoffset() == 2 * HOUR
    assert moment.astimezone(zone).utcoffset() == HOUR


def test_a_date_is_a_date() -> None:
    """Whatever day of the week it is; the 31st of a shorter month is its last."""
    zone = RuleZone(
        [
            rule(
                0,
                TimeChange(second_of_day=3600, month=4, day_of_month=31),
                TimeChange(second_of_day=7200, month=9, day_of_month=15),
            )
        ]
    )
    assert wall_of(datetime(2026, 4, 30, 0, 59, tzinfo=UTC), zone).hour == 0
    assert wall_of(datetime(2026, 4, 30, 1, 0, tzinfo=UTC), zone).hour == 2
    assert wall_of(datetime(2026, 9, 15, 0, 59, tzinfo=UTC), zone).hour == 1
    assert wall_of(datetime(2026, 9, 15, 1, 0, tzinfo=UTC), zone).hour == 1


def test_a_rule_holds_until_the_next() -> None:
    """As when a country gives up daylight saving; before the first, the first holds."""
    later = rule(60, since=datetime(2027, 1, 1))
    first = rule(60, on(3, 5, 2), on(10, 5, 3), since=datetime(2020, 1, 1))
    zone = RuleZone([later, first])
    assert wall_of(datetime(2026, 7, 1, 8, tzinfo=UTC), zone).hour == 10
    assert wall_of(datetime(2027, 7, 1, 8, tzinfo=UTC), zone).hour == 9
    assert wall_of(datetime(2019, 7, 1, 8, tzinfo=UTC), zone).hour == 10


def test_daylight_saving_is_told_apart() -> None:
    """And a zone has the name that TMS gives it."""
    zone = RuleZone([BERLIN])
    assert datetime(2026, 7, 1, tzinfo=zone).dst() == HOUR
    assert datetime(2026, 1, 1, tzinfo=zone).dst() == timedelta(0)
    assert datetime(2026, 1, 1, tzinfo=zone).tzname() == "Some Standard Time"
    assert zone.utcoffset(None) is None
    assert zone.dst(None) is None

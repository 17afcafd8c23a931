"""Tests for the engine of the TMS simulator: time zone rules against zoneinfo."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from tests.simulators.tms.engine import (
    AbsoluteRule,
    RecurrencePattern,
    RelativeRule,
    TimeChange,
    TimeZoneRule,
)
from tests.simulators.tms.engine.recurrence import expand
from tests.simulators.tms.engine.zones import rules_of, to_utc, to_wall, validate

from .world import World, code_of

ZONES = {
    "UTC": "UTC",
    "GMT Standard Time": "Europe/London",
    "W. Europe Standard Time": "Europe/Berlin",
    "Romance Standard Time": "Europe/Paris",
    "Central Europe Standard Time": "Europe/Budapest",
    "FLE Standard Time": "Europe/Helsinki",
    "Eastern Standard Time": "America/New_York",
    "Central Standard Time": "America/Chicago",
    "Mountain Standard Time": "America/Denver",
    "Pacific Standard Time": "America/Los_Angeles",
    "India Standard Time": "Asia/Kolkata",
    "Tokyo Standard Time": "Asia/Tokyo",
    "AUS Eastern Standard Time": "Australia/Sydney",
    "New Zealand Standard Time": "Pacific/Auckland",
}

zones = st.sampled_from(sorted(ZONES))
walls = st.datetimes(datetime(2025, 1, 1), datetime(2028, 12, 31))
# The hours around a change of clocks, where chance alone seldom leads.
changes = st.builds(
    lambda day, minutes: day + timedelta(minutes=minutes),
    st.sampled_from(
        [
            datetime(2027, 3, 14, 2),
            datetime(2027, 3, 28, 2),
            datetime(2027, 4, 4, 3),
            datetime(2027, 9, 26, 2),
            datetime(2027, 10, 3, 2),
            datetime(2027, 10, 31, 3),
            datetime(2027, 11, 7, 2),
        ]
    ),
    st.integers(-240, 240),
)


@given(zones, walls | changes)
def test_wall_time_is_that_of_zoneinfo(zone: str, naive: datetime) -> None:
    """Both directions agree with the zone's real rules, to the second."""
    rules, real = rules_of(zone), ZoneInfo(ZONES[zone])
    moment = naive.replace(tzinfo=UTC)
    assert to_wall(rules, moment) == moment.astimezone(real).replace(tzinfo=None)
    assert to_utc(rules, naive) == naive.replace(tzinfo=real, fold=0).astimezone(UTC)


@given(
    zones,
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 6, 1)).map(
        lambda wall: wall.replace(microsecond=0)
    ),
    st.integers(1, 40),
    st.integers(1, 9),
)
def test_occurrences_are_at_the_same_wall_time(
    zone: str, wall: datetime, count: int, interval: int
) -> None:
    """A series over months is at one time on the wall, in both hemispheres."""
    real = ZoneInfo(ZONES[zone])
    start = wall.replace(tzinfo=real).astimezone(UTC)
    # A start that the clock skips is on the wall an hour later.
    shown = start.astimezone(real).replace(tzinfo=None)
    pattern = RecurrencePattern(
        "Daily",
        interval=interval,
        pattern_end_type="EndByInstances",
        pattern_instances=count,
    )
    found = expand(
        pattern, start, timedelta(minutes=30), rules_of(zone), days_in_utc=True
    )
    expected = [
        (shown + timedelta(days=interval * number)).replace(tzinfo=real).astimezone(UTC)
        for number in range(count)
    ]
    assert found == [start, *expected[1:]]


def test_rules_may_change_from_a_day_on() -> None:
    """Each rule holds from its ValidFrom, and a fixed date is a fixed date."""
    old = rules_of("W. Europe Standard Time")[0]
    new = TimeZoneRule(
        datetime(2027, 1, 1),
        "Own",
        "Own",
        60,
        TimeChange(7200, absolute_rule=AbsoluteRule(3, 3)),
        60,
        TimeChange(36000, relative_rule=RelativeRule(10)),
    )
    rules = validate((new, old))
    assert rules == (old, new)
    noon = datetime(2026, 3, 10, 12, tzinfo=UTC)
    assert to_wall(rules, noon).hour == 13
    assert to_wall(rules, noon.replace(year=2027)).hour == 14
    assert to_wall(rules, datetime(2027, 10, 31, 7, 59, tzinfo=UTC)).hour == 9
    assert to_wall(rules, datetime(2027, 10, 31, 8, 0, tzinfo=UTC)).hour == 9
    assert to_utc(rules, datetime(2027, 7, 1, 9)).hour == 7


CHANGE = TimeChange(7200, relative_rule=RelativeRule(3))


@pytest.mark.parametrize(
    "flaw",
    [
        {"valid_from": datetime(2026, 1, 1, tzinfo=UTC)},
        {"base_offset_in_minutes": 15 * 60},
        {"daylight_offset_in_minutes": 14 * 60},
        {"daylight": None},
        {"standard": None},
        {"daylight": TimeChange(86400, relative_rule=RelativeRule(3))},
        {"daylight": TimeChange(0)},
        {"daylight": TimeChange(0, AbsoluteRule(3, 3), RelativeRule(3))},
        {"daylight": TimeChange(0, AbsoluteRule(13, 3))},
        {"daylight": TimeChange(0, relative_rule=RelativeRule(3, 7))},
        {"standard": TimeChange(0, relative_rule=RelativeRule(3, 0, 6))},
    ],
)
def test_invalid_rules_are_refused(flaw: dict[str, Any]) -> None:
    """Rules that break the reference are refused when a conference is saved."""
    good = rules_of("W. Europe Standard Time")[0]
    world = World()
    rules = (replace(good, **flaw),)
    assert code_of(world.save, conference_time_zone_rules=rules) == (
        "INVALID_TIMEZONE_INFO"
    )


def test_rules_must_not_overlap() -> None:
    """Two rules from the same day are refused, and so is an unknown zone."""
    world = World()
    rules = rules_of("UTC") * 2
    assert code_of(world.save, conference_time_zone_rules=rules) == (
        "INVALID_TIMEZONE_INFO"
    )
    get_rules = world.tms.get_time_zone_rules_by_id
    assert code_of(get_rules, world.ada, "Europe/Berlin") == "INVALID_TIMEZONE_INFO"


def test_rules_are_ignored_without_daylight_offset() -> None:
    """With an offset of 0 what Daylight and Standard say does not count."""
    rule = replace(
        rules_of("W. Europe Standard Time")[0],
        daylight_offset_in_minutes=0,
        standard=None,
    )
    assert to_wall(validate((rule,)), datetime(2026, 7, 1, 7, tzinfo=UTC)).hour == 8

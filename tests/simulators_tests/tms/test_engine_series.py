"""Tests for the engine of the TMS simulator: what a series is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.simulators.tms.engine import RecurrencePattern

from .series import DAY, daily, occurrences, starts
from .world import World, code_of


def test_occurrences_are_conferences_of_their_own(world: World) -> None:
    """Each has its id and its place; any id leads to the series."""
    saved = world.save(recurrence_pattern=daily(3))
    listed = occurrences(world)
    assert len({conference.conference_id for conference in listed}) == 3
    assert [conference.start_time_utc for conference in listed] == [
        world.at(60 + DAY * day) for day in range(3)
    ]
    for conference in listed:
        assert conference.recurrence_instance_id_utc == conference.start_time_utc
        assert conference.first_occurrence_rec_instance_id_utc == world.at(60)
        assert conference.recurrence_instance_type is None
        series = world.tms.get_recurrent_conference_by_id(
            world.service, conference.conference_id
        )
        assert series == saved
    assert saved.conference_id == listed[0].conference_id
    assert saved.start_time_utc == world.at(60)
    assert saved.recurrence_pattern
    assert saved.recurrence_pattern.exceptions == ()


def test_time_on_the_wall_survives_the_change_of_clocks(world: World) -> None:
    """Nine o'clock in Berlin stays nine o'clock after the last Sunday of October."""
    world.now = datetime(2027, 10, 29, 6, 0, tzinfo=UTC)
    begin = datetime(2027, 10, 30, 7, 0, tzinfo=UTC)
    found = starts(
        world,
        daily(3),
        start_time_utc=begin,
        end_time_utc=begin + timedelta(hours=1),
    )
    assert [moment.hour for moment in found] == [7, 8, 8]


def test_rules_may_come_along(world: World) -> None:
    """The rules of the conference go before the owner's."""
    world.now = datetime(2027, 10, 29, 6, 0, tzinfo=UTC)
    begin = datetime(2027, 10, 30, 7, 0, tzinfo=UTC)
    rules = world.tms.get_time_zone_rules_by_id(world.service, "Central Standard Time")
    times = {"start_time_utc": begin, "end_time_utc": begin + timedelta(hours=1)}
    found = starts(world, daily(3), conference_time_zone_rules=rules, **times)
    assert [moment.hour for moment in found] == [7, 7, 7]


def test_clients_before_version_11_have_the_servers_zone(world: World) -> None:
    """Their rules are ignored."""
    world.settings.time_zone = "UTC"
    old = replace(world.service, api_version=10)
    rules = world.tms.get_time_zone_rules_by_id(old, "Central Standard Time")
    wanted = world.wanted(conference_time_zone_rules=rules)
    saved = world.tms.save_conference(old, wanted)
    assert saved.conference_time_zone_rules
    assert saved.conference_time_zone_rules[0].id == "UTC"


@pytest.mark.parametrize(
    ("pattern", "days"),
    [
        (daily(3, interval=2), [20, 22, 24]),
        (daily(3, interval=0), [20, 21, 22]),
        (daily(3, frequency_type="DailyWeekday"), [20, 23, 24]),
        (daily(3, frequency_type="Weekly"), [20, 27, 4]),
        (
            daily(4, frequency_type="Weekly", days_of_week=("Monday", "Friday")),
            [20, 23, 27, 30],
        ),
        (
            daily(
                4,
                frequency_type="Weekly",
                interval=2,
                days_of_week=("Sunday", "Friday"),
            ),
            [20, 29, 4, 13],
        ),
        (
            daily(
                4,
                frequency_type="Weekly",
                interval=2,
                days_of_week=("Sunday", "Friday"),
                first_day_of_week="Monday",
            ),
            [20, 22, 4, 6],
        ),
        (daily(3, frequency_type="Monthly", by_month_day=(31,)), [30, 31, 31]),
        (daily(4, frequency_type="Monthly", by_month_day=(1, 15)), [1, 15, 1, 15]),
        (
            daily(
                3,
                frequency_type="Monthly",
                by_set_position=3,
                days_of_week=("Friday",),
            ),
            [20, 18, 15],
        ),
        (
            daily(
                3,
                frequency_type="Monthly",
                by_set_position=-1,
                days_of_week=("Tuesday",),
            ),
            [24, 29, 26],
        ),
        (
            RecurrencePattern(
                "Daily",
                pattern_end_type="EndByDate",
                pattern_end_date_utc=datetime(2026, 11, 22, tzinfo=UTC),
            ),
            [20, 21, 22],
        ),
    ],
)
def test_patterns(world: World, pattern: RecurrencePattern, days: list[int]) -> None:
    """Each frequency has its days; short months have their last one."""
    assert [moment.day for moment in starts(world, pattern)] == days


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        (daily(0), "UNSUPPORTED_RECURRENCE"),
        (daily(101), "UNSUPPORTED_RECURRENCE"),
        (daily(10**6), "UNSUPPORTED_RECURRENCE"),
        (daily(2, interval=10**6), "UNSUPPORTED_RECURRENCE"),
        (daily(3, frequency_type="Yearly"), "UNSUPPORTED_RECURRENCE"),
        (daily(3, frequency_type="Hourly"), "UNSUPPORTED_RECURRENCE"),
        (daily(3, frequency_type="Monthly"), "UNSUPPORTED_RECURRENCE"),
        (
            daily(3, frequency_type="Monthly", by_set_position=1, by_month_day=(1,)),
            "UNSUPPORTED_RECURRENCE",
        ),
        (
            daily(3, frequency_type="Monthly", by_set_position=1),
            "UNSUPPORTED_RECURRENCE",
        ),
        (
            daily(3, frequency_type="Monthly", by_month_day=(32,)),
            "UNSUPPORTED_RECURRENCE",
        ),
        (
            daily(3, frequency_type="Monthly", by_month_day=(30, 31)),
            "UNSUPPORTED_RECURRENCE",
        ),
        (
            daily(3, frequency_type="Weekly", days_of_week=("Noday",)),
            "UNSUPPORTED_RECURRENCE",
        ),
        (
            RecurrencePattern("Daily", pattern_end_type="EndNever"),
            "NEVER_ENDING_RECURRENCE_NOT_SUPPORTED",
        ),
        (RecurrencePattern("Daily"), "NEVER_ENDING_RECURRENCE_NOT_SUPPORTED"),
        (
            RecurrencePattern(
                "Daily", pattern_end_date_utc=datetime(2028, 1, 1, tzinfo=UTC)
            ),
            "UNSUPPORTED_RECURRENCE",
        ),
        (
            daily(20, frequency_type="Monthly", by_month_day=(1,)),
            "START_TIME_AFTER_MAX_NUMBER_OF_DAYS_IN_FUTURE",
        ),
    ],
)
def test_refused_patterns(world: World, pattern: RecurrencePattern, code: str) -> None:
    """What TMS cannot do has its code."""
    assert code_of(world.save, recurrence_pattern=pattern) == code
    assert world.tms.local.conferences() == ()


def test_occurrences_must_not_overlap_each_other(world: World) -> None:
    """A daily meeting of 25 hours is no series."""
    assert code_of(world.save, 60, 60 + 25 * 60, recurrence_pattern=daily(2)) == (
        "UNSUPPORTED_RECURRENCE"
    )
    assert len(starts(world, daily(100))) == 100


def test_default_frequency_is_a_single_meeting(world: World) -> None:
    """What TMSXE sends for a single meeting makes no series."""
    saved = world.save(recurrence_pattern=RecurrencePattern())
    assert saved.recurrence_pattern is None
    assert code_of(
        world.tms.delete_conference_rec_instance_by_id,
        world.service,
        saved.conference_id,
    ) == ("INSTANCE_NOT_FOUND_WITHIN_PATTERN")
    assert code_of(world.tms.save_conference_rec_instance, world.service, saved) == (
        "INSTANCE_NOT_FOUND_WITHIN_PATTERN"
    )


def test_days_of_the_week_are_those_in_utc() -> None:
    """Half past midnight on Monday in Berlin is a Sunday, unless set otherwise."""
    begin = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    changes = {"start_time_utc": begin, "end_time_utc": begin + timedelta(hours=1)}
    for in_utc, day in ((True, "Sunday"), (False, "Monday")):
        world = World()
        world.settings.days_of_week_in_utc = in_utc
        pattern = daily(2, frequency_type="Weekly", days_of_week=(day,))
        found = starts(world, pattern, **changes)
        assert found == [begin, begin + timedelta(weeks=1)]


def test_only_what_conflicts_is_defective(world: World) -> None:
    """The example of the reference: the second of three is defective."""
    world.save(60 + DAY, 70 + DAY)
    wanted = world.wanted(60, 120, recurrence_pattern=daily(3))
    assert code_of(world.tms.save_conference, world.service, wanted) == (
        "SYSTEM_ALREADY_BOOKED"
    )
    saved = world.tms.save_conference(world.service, wanted, "BestEffortForced")
    assert saved.conference_state == "Defective"
    assert len(occurrences(world, "Defective")) == 1
    assert len(occurrences(world, "Pending")) == 3
    world.tms.check()

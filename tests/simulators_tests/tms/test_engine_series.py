"""Tests for the engine of the TMS simulator: series."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.simulators.tms.engine import (
    Caller,
    Conference,
    Participant,
    RecurrenceException,
    RecurrencePattern,
    Settings,
)

from .world import World, code_of

DAY = 1440


def daily(count: int, **changes: Any) -> RecurrencePattern:
    """Return a pattern of so many days."""
    return RecurrencePattern(
        **{
            "frequency_type": "Daily",
            "pattern_end_type": "EndByInstances",
            "pattern_instances": count,
            **changes,
        }
    )


@pytest.fixture
def world() -> World:
    """Return a TMS with three rooms."""
    return World()


def occurrences(world: World, status: str = "AllExceptDeleted") -> list[Conference]:
    """Return what a list shows of the first room."""
    return list(
        world.tms.get_conferences_for_systems(world.service, [4], None, None, status)
    )


def starts(world: World, pattern: RecurrencePattern, **changes: Any) -> list[datetime]:
    """Return when the occurrences of a pattern start."""
    world.save(recurrence_pattern=pattern, **changes)
    return [
        conference.start_time_utc
        for conference in occurrences(world)
        if conference.start_time_utc
    ]


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


def test_moved_occurrence_is_an_exception(world: World) -> None:
    """It keeps its place in the pattern, and the series tells of it."""
    saved = world.save(recurrence_pattern=daily(3))
    second = occurrences(world)[1]
    tms, service = world.tms, world.service
    moved = tms.save_conference_rec_instance(
        service,
        replace(
            second, start_time_utc=world.at(200 + DAY), end_time_utc=world.at(230 + DAY)
        ),
    )
    assert moved.conference_id == second.conference_id
    assert moved.recurrence_instance_type == "modify"
    assert moved.recurrence_instance_id_utc == world.at(60 + DAY)
    assert moved.participants == (Participant(4),)
    series = tms.get_recurrent_conference_by_id(service, second.conference_id)
    assert series.conference_id == saved.conference_id
    assert series.version == moved.version > saved.version
    assert series.recurrence_pattern
    (exception,) = series.recurrence_pattern.exceptions or ()
    assert exception.exception_type == "MODIFY"
    assert exception.recurrence_id_utc == world.at(60 + DAY)
    assert exception.modified_data
    assert exception.modified_data.start_time_utc == world.at(200 + DAY)
    assert code_of(tms.save_conference, service, saved) == "CONCURRENT_MODIFICATION"


@pytest.mark.parametrize("to", [60, 30, 60 + 2 * DAY, 70 + 3 * DAY, 30 + 2 * DAY])
def test_occurrence_stays_between_its_neighbours(world: World, to: int) -> None:
    """It cannot be moved onto another's day, nor past it."""
    world.save(recurrence_pattern=daily(3))
    second = occurrences(world)[1]
    wanted = replace(
        second, start_time_utc=world.at(to), end_time_utc=world.at(to + 10)
    )
    assert code_of(world.tms.save_conference_rec_instance, world.service, wanted) == (
        "UNSUPPORTED_RECURRENCE"
    )


def test_participants_of_an_occurrence(world: World) -> None:
    """None leaves them as they are, an empty list clears them."""
    world.save(recurrence_pattern=daily(3))
    second = occurrences(world)[1]
    assert second.participants is None
    tms, service = world.tms, world.service
    kept = tms.save_conference_rec_instance(service, second)
    assert kept.participants == (Participant(4),)
    cleared = tms.save_conference_rec_instance(service, replace(kept, participants=()))
    assert cleared.participants == ()
    assert len(occurrences(world)) == 2
    assert world.save(60 + DAY, 120 + DAY)


def test_series_saved_as_read_keeps_its_exceptions(world: World) -> None:
    """Reading and saving a series gives other ids, at the same times."""
    world.save(recurrence_pattern=daily(4))
    tms, service, local = world.tms, world.service, world.tms.local
    listed = occurrences(world)
    local.move(listed[1].conference_id, world.at(200 + DAY))
    local.delete(listed[2].conference_id, occurrence=True)
    before = [(item.start_time_utc, item.title) for item in occurrences(world)]
    series = tms.get_recurrent_conference_by_id(service, listed[3].conference_id)
    saved = tms.save_conference(service, series)
    after = occurrences(world)
    assert [(item.start_time_utc, item.title) for item in after] == before
    assert not {item.conference_id for item in after} & {
        item.conference_id for item in listed
    }
    assert saved.recurrence_pattern
    kinds = [item.exception_type for item in saved.recurrence_pattern.exceptions or ()]
    # What was left out has no occurrence any more that could tell of it.
    assert kinds == ["MODIFY"]
    assert tms.get_conference_by_id(
        service, listed[0].conference_id
    ).conference_state == ("Deleted")
    world.tms.check()


@pytest.mark.parametrize(
    ("exception", "code"),
    [
        (RecurrenceException("DELETE", None), "INSTANCE_NOT_FOUND_WITHIN_PATTERN"),
        (
            RecurrenceException("DELETE", datetime(2026, 1, 1, tzinfo=UTC)),
            "INSTANCE_NOT_FOUND_WITHIN_PATTERN",
        ),
        (
            RecurrenceException("ADD", datetime(2026, 11, 21, tzinfo=UTC)),
            "UNSUPPORTED_RECURRENCE",
        ),
    ],
)
def test_refused_exceptions(
    world: World, exception: RecurrenceException, code: str
) -> None:
    """An exception must belong to the pattern."""
    pattern = daily(3, exceptions=(exception,))
    assert code_of(world.save, recurrence_pattern=pattern) == code


def test_exception_is_found_by_its_day(world: World) -> None:
    """The UTC day of an occurrence is enough."""
    exception = RecurrenceException("DELETE", datetime(2026, 11, 21, tzinfo=UTC))
    found = starts(world, daily(3, exceptions=(exception,)))
    assert found == [world.at(60), world.at(60 + 2 * DAY)]
    everything = tuple(
        RecurrenceException("DELETE", datetime(2026, 11, day, tzinfo=UTC))
        for day in (20, 21)
    )
    pattern = daily(2, exceptions=everything)
    assert code_of(world.save, recurrence_pattern=pattern) == "UNSUPPORTED_RECURRENCE"


def test_changing_a_running_series_detaches_what_runs(world: World) -> None:
    """What runs becomes a meeting of its own; the rest gets new ids."""
    key: dict[str, Any] = {"external_source_id": "ha", "external_primary_key": "k"}
    world.save(60, 120, recurrence_pattern=daily(4), **key)
    tms, service = world.tms, world.service
    past, ongoing, *pending = occurrences(world)
    world.now = world.at(90 + DAY)
    series = tms.get_recurrent_conference_by_id(service, pending[0].conference_id)
    assert series.conference_state == "Ongoing"
    saved = tms.save_conference(service, replace(series, title="Renamed"))
    detached = tms.get_conference_by_id(service, ongoing.conference_id)
    assert detached.recurrence_pattern is None
    assert detached.recurrence_instance_id_utc is None
    assert detached.title == "Stand-up"
    assert detached.conference_state == "Ongoing"
    assert detached.detached_from_external_primary_key == "k"
    assert detached.external_primary_key != "k"
    listed = occurrences(world)
    assert listed[0].title == "Stand-up"
    assert listed[0].conference_id == past.conference_id
    assert [item.title for item in listed[2:]] == ["Renamed"] * 2
    assert saved.conference_id == past.conference_id
    assert tms.get_conference_id_by_external_id(service, "ha", "k") == (
        listed[2].conference_id
    )
    for item in pending:
        assert tms.status(item.conference_id) == "Deleted"
    tms.check()


def test_occurrence_in_the_way_of_what_runs_is_left_out(world: World) -> None:
    """A changed series has no occurrence while its old one still runs."""
    world.save(60, 120, recurrence_pattern=daily(3))
    world.now = world.at(90)
    tms, service = world.tms, world.service
    first = occurrences(world)[0]
    series = tms.get_recurrent_conference_by_id(service, first.conference_id)
    tms.save_conference(
        service,
        replace(series, start_time_utc=world.at(100), end_time_utc=world.at(130)),
    )
    assert [item.start_time_utc for item in occurrences(world)] == [
        world.at(60),
        world.at(100 + DAY),
        world.at(100 + 2 * DAY),
    ]
    tms.check()


def test_series_becomes_single_and_back(world: World) -> None:
    """Without a pattern a series is one meeting, with one a meeting is a series."""
    saved = world.save(recurrence_pattern=daily(3))
    tms, service = world.tms, world.service
    single = tms.save_conference(service, replace(saved, recurrence_pattern=None))
    assert [item.conference_id for item in occurrences(world)] == [single.conference_id]
    assert single.recurrence_pattern is None
    tms.save_conference(service, replace(single, recurrence_pattern=daily(2)))
    assert len(occurrences(world)) == 2
    world.now = world.at(90)
    ongoing = occurrences(world)[0]
    series = tms.get_recurrent_conference_by_id(service, ongoing.conference_id)
    assert code_of(
        tms.save_conference, service, replace(series, recurrence_pattern=None)
    ) == ("MEETINGACTIVE")


def test_deleting_a_series_ends_what_runs(world: World) -> None:
    """The past stays, what runs is Finished, the rest Deleted; its id is negative."""
    world.save(60, 120, recurrence_pattern=daily(4))
    world.now = world.at(90 + DAY)
    tms, service = world.tms, world.service
    listed = occurrences(world)
    last = listed[-1].conference_id
    tms.delete_conference_by_id(service, last)
    assert [tms.status(item.conference_id) for item in listed] == [
        "Finished",
        "Finished",
        "Deleted",
        "Deleted",
    ]
    assert occurrences(world)[1].end_time_utc == world.now
    series = tms.get_recurrent_conference_by_id(service, last)
    assert series.conference_id < 0
    assert code_of(tms.delete_conference_by_id, service, listed[0].conference_id) == (
        "CANNOTBOOKINTHEPAST"
    )


def test_one_occurrence_is_deleted_or_ended(world: World) -> None:
    """The others stay as they are."""
    world.save(60, 120, recurrence_pattern=daily(3))
    tms, service = world.tms, world.service
    first, second, third = (item.conference_id for item in occurrences(world))
    tms.delete_conference_rec_instance_by_id(service, second)
    read = tms.get_conference_by_id(service, second)
    assert read.recurrence_instance_type == "deleted"
    assert read.conference_state == "Deleted"
    world.now = world.at(90)
    tms.delete_conference_rec_instance_by_id(service, first)
    statuses = [tms.status(conference_id) for conference_id in (first, third)]
    assert statuses == ["Finished", "Pending"]
    assert code_of(tms.delete_conference_rec_instance_by_id, service, first) == (
        "CANNOTBOOKINTHEPAST"
    )
    series = tms.get_recurrent_conference_by_id(service, third)
    assert series.conference_id == first
    assert series.recurrence_pattern
    (exception,) = series.recurrence_pattern.exceptions or ()
    assert exception == RecurrenceException("DELETE", world.at(60 + DAY))


def test_occurrence_is_found_by_key_and_day(world: World) -> None:
    """RecurrenceIdUTC points to the day of an occurrence."""
    key: dict[str, Any] = {"external_source_id": "ha", "external_primary_key": "k"}
    world.save(recurrence_pattern=daily(3), **key)
    listed = [item.conference_id for item in occurrences(world)]
    get_id = world.tms.get_conference_id_by_external_id
    day = datetime(2026, 11, 21, tzinfo=UTC)
    assert get_id(world.service, "ha", "k") == listed[0]
    assert get_id(world.service, "ha", "k", day) == listed[1]
    world.tms.local.delete(listed[1], occurrence=True)
    assert code_of(get_id, world.service, "ha", "k", day) == (
        "INSTANCE_NOT_FOUND_WITHIN_PATTERN"
    )


def test_past_series_is_left_alone(world: World) -> None:
    """A series of which nothing is left cannot be changed."""
    saved = world.save(recurrence_pattern=daily(2))
    world.now = world.at(5 * DAY)
    assert code_of(world.tms.save_conference, world.service, saved) == (
        "CANNOTBOOKINTHEPAST"
    )


def test_others_cannot_change_an_occurrence(world: World) -> None:
    """The rights of a series are those of its occurrences."""
    wanted = world.wanted(recurrence_pattern=daily(2))
    saved = world.tms.save_conference(world.ada, wanted)
    delete = world.tms.delete_conference_rec_instance_by_id
    assert code_of(delete, world.bob, saved.conference_id) == "SECURITY"


def test_licences_run_out_for_a_series() -> None:
    """A series that is edited without licences goes as a whole."""
    world = World(settings=Settings(system_licences=1))
    saved = world.save(recurrence_pattern=daily(2))
    world.tms.local.change_system(4, allow_remote_bookings=False)
    world.tms.local.change_system(5, allow_remote_bookings=True)
    caller: Caller = world.service
    assert code_of(world.tms.save_conference, caller, saved) == "LICENSE"
    assert occurrences(world) == []


def test_local_save_changes_a_whole_series(world: World) -> None:
    """Others change series too, whatever the version."""
    saved = world.save(recurrence_pattern=daily(2))
    world.tms.local.save(replace(saved, title="Theirs", version=0))
    assert [item.title for item in occurrences(world)] == ["Theirs"] * 2


def test_purged_system_leaves_series(world: World) -> None:
    """What is over keeps it; a series can be saved on without it."""
    saved = world.save(60, 120, 4, 5, recurrence_pattern=daily(3))
    world.now = world.at(120)
    world.tms.local.remove_system(5)
    tms, service = world.tms, world.service
    first, *rest = occurrences(world)
    assert tms.get_conference_by_id(service, first.conference_id).system_ids == {4, 5}
    for item in rest:
        assert tms.get_conference_by_id(service, item.conference_id).system_ids == {4}
    series = tms.get_recurrent_conference_by_id(service, saved.conference_id)
    tms.save_conference(service, replace(series, title="Without Bergen"))
    assert [item.title for item in occurrences(world)] == [
        "Stand-up",
        "Without Bergen",
        "Without Bergen",
    ]


def test_owner_changes_a_series_as_a_whole(world: World) -> None:
    """Each new occurrence belongs to the new owner."""
    saved = world.save(recurrence_pattern=daily(2))
    wanted = replace(saved, owner_id=-1, owner_user_name="EXAMPLE\\ada")
    world.tms.save_conference(world.service, wanted)
    owners = {item.owner_user_name for item in occurrences(world)}
    assert owners == {"EXAMPLE\\ada"}

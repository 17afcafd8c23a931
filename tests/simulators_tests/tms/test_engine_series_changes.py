"""Tests for the engine of the TMS simulator: what becomes of a series."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.simulators.tms.engine import (
    Caller,
    Participant,
    RecurrenceException,
    Settings,
)

from .series import DAY, daily, occurrences, starts
from .world import World, code_of


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

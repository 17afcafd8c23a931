"""Tests for the engine of the TMS simulator: what becomes of a conference."""

from dataclasses import replace
from datetime import datetime

import pytest

from tests.simulators.tms.engine import Conference

from .world import World, code_of


def test_versions_guard_changes(world: World) -> None:
    """Whoever saves what was changed meanwhile is refused, also without a version."""
    saved = world.save()
    world.tms.local.rename(saved.conference_id, "Theirs")
    assert code_of(world.tms.save_conference, world.service, saved) == (
        "CONCURRENT_MODIFICATION"
    )
    assert code_of(
        world.tms.save_conference, world.service, replace(saved, version=0)
    ) == ("CONCURRENT_MODIFICATION")


def test_status_follows_the_clock(world: World) -> None:
    """A conference is ongoing from its start up to, not including, its end."""
    conference_id = world.save(60, 120).conference_id
    seen = []
    for minutes in (0, 59.9, 60, 119.9, 120):
        world.now = world.at(minutes)
        seen.append(world.tms.status(conference_id))
    assert seen == ["Pending", "Pending", "Ongoing", "Ongoing", "Finished"]


def test_ongoing_conference_may_be_extended_not_moved(world: World) -> None:
    """Its start is fixed, its end may move until something else comes."""
    saved = world.save(60, 120)
    world.save(150, 180)
    world.now = world.at(90)

    def save(**changes: datetime) -> Conference:
        wanted = replace(saved, **changes)  # type: ignore[arg-type]
        return world.tms.save_conference(world.service, wanted, "BestEffortForced")

    assert code_of(save, start_time_utc=world.at(61)) == "MEETINGACTIVE"
    assert code_of(save, end_time_utc=world.at(160)) == "SYSTEM_ALREADY_BOOKED"
    assert code_of(save, end_time_utc=world.at(80)) == "CANNOTBOOKINTHEPAST"
    assert save(end_time_utc=world.at(150)).end_time_utc == world.at(150)


def test_past_conference_is_left_alone(world: World) -> None:
    """What is over can be neither changed nor deleted nor ended."""
    saved = world.save(60, 120)
    world.now = world.at(120)
    later = replace(saved, start_time_utc=world.at(180), end_time_utc=world.at(240))
    tms, service = world.tms, world.service
    assert code_of(tms.save_conference, service, later) == "CANNOTBOOKINTHEPAST"
    delete, end = tms.delete_conference_by_id, tms.end_conference_by_id
    assert code_of(delete, service, saved.conference_id) == "CANNOTBOOKINTHEPAST"
    assert code_of(end, service, saved.conference_id) == "MEETINGNOTACTIVE"


@pytest.mark.parametrize("how", ["delete_conference_by_id", "end_conference_by_id"])
def test_running_conference_is_ended(world: World, how: str) -> None:
    """Deleting what runs ends it too: it is Finished, with its real end."""
    saved = world.save(60, 120)
    world.now = world.at(90)
    getattr(world.tms, how)(world.service, saved.conference_id)
    read = world.tms.get_conference_by_id(world.service, saved.conference_id)
    assert read.conference_state == "Finished"
    assert read.end_time_utc == world.at(90)
    world.save(90, 120)
    world.tms.check()


def test_deleted_conference_stays_readable(world: World) -> None:
    """It shows as Deleted, and cannot be ended, changed or deleted again."""
    saved = world.save()
    tms, service, conference_id = world.tms, world.service, saved.conference_id
    assert code_of(tms.end_conference_by_id, service, conference_id) == (
        "MEETINGNOTACTIVE"
    )
    tms.delete_conference_by_id(service, conference_id)
    assert tms.get_conference_by_id(service, conference_id).conference_state == (
        "Deleted"
    )
    for call in (tms.end_conference_by_id, tms.delete_conference_by_id):
        assert code_of(call, service, conference_id) == "MEETINGISDELETED"
    assert code_of(tms.save_conference, service, saved) == "MEETINGISDELETED"
    assert code_of(tms.get_conference_by_id, service, 1) == "MEETINGNOTFOUND"
    world.save()


def test_default_changes_nothing(world: World) -> None:
    """`Default` keeps what is set, and what is absent stays as it was."""
    saved = world.save(
        conference_type="Reservation Only", location="3rd floor", password="1234"
    )
    wanted = Conference(
        conference_id=saved.conference_id,
        start_time_utc=saved.start_time_utc,
        end_time_utc=saved.end_time_utc,
        version=saved.version,
    )
    changed = world.tms.save_conference(world.service, wanted)
    assert replace(changed, version=0, transaction_id=0) == replace(
        saved, version=0, transaction_id=0
    )


def test_running_conference_needs_no_new_approval(world: World) -> None:
    """Who may not approve still changes the end of what runs."""
    tms = world.tms
    saved = tms.save_conference(world.ada, world.wanted(-5, 30))
    assert saved.owner_id
    tms.local.change_user(saved.owner_id, approve_meeting=False)
    longer = replace(saved, end_time_utc=world.at(60))
    assert tms.save_conference(world.ada, longer).conference_state == "Ongoing"

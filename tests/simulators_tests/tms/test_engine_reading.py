"""Tests for the engine of the TMS simulator: lists and transactions."""

import pytest

from tests.simulators.tms.engine import AliasInfo, Participant, RecordingDevice

from .world import NOW, World, code_of


def test_lists_have_whole_days_and_no_participants(world: World) -> None:
    """A list holds all of the days that it touches, and says little."""
    first = world.save(60, 120, 4)
    world.save(200, 220, 5)
    world.save(1440, 1500, 4)
    tms, service = world.tms, world.service
    asked = world.at(300), world.at(310)
    listed = tms.get_conferences_for_systems(service, [4], *asked, "All")
    assert [conference.conference_id for conference in listed] == [first.conference_id]
    assert listed[0].participants is None
    assert listed[0].conference_info_text is None
    assert len(tms.get_conferences_for_systems(service, [4, 5], *asked, "All")) == 2
    assert len(tms.get_conferences_for_systems(service, [], None, None, "All")) == 3
    world.settings.day_granularity = False
    assert tms.get_conferences_for_systems(service, [4], *asked, "All") == ()
    touching = tms.get_conferences_for_systems(
        service, [4], world.at(120), world.at(130), "All"
    )
    assert len(touching) == 1
    assert code_of(tms.get_conferences_for_systems, service, [9], *asked) == (
        "SYSTEMNOTFOUND"
    )


@pytest.mark.parametrize(
    ("status", "count"),
    [
        ("All", 6),
        ("AllExceptDeleted", 5),
        ("Pending", 1),
        ("Ongoing", 1),
        ("PendingAndOngoing", 2),
        ("MeetingRequest", 1),
        ("Rejected", 1),
        ("Defective", 1),
        ("Deleted", 1),
        ("Finished", 0),
        ("NotSaved", 0),
    ],
)
def test_lists_filter_by_status(world: World, status: str, count: int) -> None:
    """Each status of the wire selects its conferences."""
    local = world.tms.local
    world.save(-5, 5)
    world.save(10, 20)
    local.request([4], world.at(30), world.at(40))
    local.reject(local.request([4], world.at(30), world.at(40)).conference_id)
    local.make_defective(world.save(50, 60).conference_id)
    local.delete(world.save(70, 80).conference_id)
    listed = world.tms.get_conferences_for_systems(world.service, [4], NOW, NOW, status)
    assert len(listed) == count
    mine = world.tms.get_conferences_for_user(world.service, "", NOW, NOW, status)
    theirs = world.tms.get_conferences_for_user(
        world.service, "EXAMPLE\\tms.admin", NOW, NOW, status
    )
    assert len(mine) + len(theirs) == count


def test_recording_aliases(world: World) -> None:
    """Recording devices are the same for everyone."""
    device = RecordingDevice("recorder", (AliasInfo(6, "alias-1"),))
    world.tms.local.add_recording_device(device)
    assert world.tms.get_recording_aliases(world.ada) == (device,)
    assert code_of(world.tms.get_recording_aliases, world.ada, "x") == (
        "ERR_USER_NOT_FOUND"
    )


def test_transactions_page_with_a_marker(world: World) -> None:
    """A page that is not the last one ends in ListIncomplete."""
    tms = world.tms
    for number in range(5):
        world.save(10 * number, 10 * number + 10, 4 + number % 2)
    everything = tms.get_transactions_since(world.ada, 0)
    assert [item.trans_type for item in everything] == ["New"] * 5
    world.settings.transaction_limit = 2
    page = tms.get_transactions_since(world.ada, 0)
    assert page[:2] == everything[:2]
    assert page[2].trans_type == "ListIncomplete"
    assert page[2].transaction_id == everything[1].transaction_id
    world.settings.incomplete_replaces_last = True
    page = tms.get_transactions_since(world.ada, 0)
    assert [item.trans_type for item in page] == ["New", "ListIncomplete"]
    rest = tms.get_transactions_since(world.ada, everything[2].transaction_id)
    assert rest == everything[3:]
    assert len(tms.get_transactions_since(world.ada, 0, 5)) == 2
    assert code_of(tms.get_transactions_since, world.ada, 0, 99) == "SYSTEMNOTFOUND"
    assert tms.get_transactions_since(world.ada, 10**9) == ()
    world.settings.refuse_unknown_transactions = True
    assert code_of(tms.get_transactions_since, world.ada, 10**9) == "UNKNOWN"


def test_forgotten_transactions_leave_ids_growing(world: World) -> None:
    """A purged log is empty, and goes on where it was."""
    world.save()
    last = world.tms.last_transaction_id()
    world.tms.local.forget_transactions()
    assert world.tms.get_transactions_since(world.ada, 0) == ()
    world.save(120, 180)
    assert world.tms.get_transactions_since(world.ada, 0)[0].transaction_id > last


def test_everything_done_locally_is_logged(world: World) -> None:
    """What others do appears as it would in the real log."""
    tms, local = world.tms, world.tms.local
    booked = local.book([4], world.at(60), title="Theirs")
    local.move(booked.conference_id, world.at(90))
    local.rename(booked.conference_id, "Renamed")
    local.replace_participants(booked.conference_id, [Participant(5)])
    local.make_defective(booked.conference_id, "routing")
    assert code_of(world.save, 90, 150, 5) == "SYSTEM_ALREADY_BOOKED"
    local.make_defective(booked.conference_id, "conflict")
    world.save(90, 150, 5)
    local.remove_system(5)
    assert local.get(booked.conference_id).participants == ()
    local.delete(booked.conference_id)
    other = local.book([6], world.at(0))
    local.end(other.conference_id)
    log = tms.get_transactions_since(world.ada, 0)
    kinds = [
        item.trans_type for item in log if item.conference_id == booked.conference_id
    ]
    assert kinds == ["New", *["Updated"] * 6, "Deleted"]
    assert {item.performed_by_user_id for item in log} == {1, 2}
    swapped = [item for item in log if item.participant_ids == (4, 5)]
    assert len(swapped) == 1

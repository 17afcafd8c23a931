"""Tests for the engine of the TMS simulator: who may do what."""

from dataclasses import replace
from typing import Any

from tests.simulators.tms.engine import Caller

from .world import NOW, World, code_of


def test_requested_meeting_holds_nothing_until_approved(world: World) -> None:
    """Those without the right to approve only ask."""
    tms, local = world.tms, world.tms.local
    ada = next(user for user in tms.get_users(world.ada) if "ada" in user.user_name)
    local.change_user(ada.user_id, approve_meeting=False)
    asked = tms.save_conference(world.ada, world.wanted())
    assert asked.conference_state == "MeetingRequest"
    booked = world.save()
    assert code_of(local.approve, asked.conference_id) == "SYSTEM_ALREADY_BOOKED"
    local.delete(booked.conference_id)
    assert local.approve(asked.conference_id).conference_state == "Pending"
    assert local.reject(asked.conference_id).conference_state == "Rejected"
    world.save()


def test_owners_are_looked_up(world: World) -> None:
    """By id, by name under -1, by mail without an id; unknown ones are added."""
    users = {user.user_name: user for user in world.tms.get_users(world.ada)}
    ada = users["EXAMPLE\\ada"]
    owners = [
        world.save(10, 20, owner_id=ada.user_id, owner_user_name="EXAMPLE\\bob"),
        world.save(20, 30, owner_id=-1, owner_user_name="example\\ADA"),
        world.save(30, 40, owner_email_address="ADA@example.com"),
        world.save(40, 50, owner_id=-1, owner_user_name="EXAMPLE\\eve"),
        world.save(50, 60, owner_email_address="mallory@example.com"),
        world.save(70, 80, owner_id=-1),
    ]
    assert [owner.owner_user_name for owner in owners] == [
        "EXAMPLE\\ada",
        "EXAMPLE\\ada",
        "EXAMPLE\\ada",
        "EXAMPLE\\eve",
        "mallory",
        "EXAMPLE\\service",
    ]
    changes: dict[str, Any]
    for changes in (
        {"owner_id": users["EXAMPLE\\bob"].user_id},
        {"owner_email_address": "nobody@example.com"},
    ):
        wanted = replace(world.wanted(80, 90), **changes)
        assert code_of(world.tms.save_conference, world.ada, wanted) == "SECURITY"


def test_rights_guard_reads_and_changes(world: World) -> None:
    """Without the rights one sees and changes only what is one's own."""
    tms = world.tms
    saved = tms.save_conference(world.ada, world.wanted())
    conference_id = saved.conference_id
    assert code_of(tms.get_conference_by_id, world.bob, conference_id) == (
        "NO_ACCESS_TO_CONFERENCE"
    )
    assert code_of(tms.save_conference, world.bob, saved) == "SECURITY"
    assert code_of(tms.delete_conference_by_id, world.bob, conference_id) == "SECURITY"
    bob = next(user for user in tms.get_users(world.bob) if "bob" in user.user_name)
    tms.local.change_user(bob.user_id, booking=False)
    wanted = world.wanted(200, 220)
    assert code_of(tms.save_conference, world.bob, wanted) == "SECURITY"
    stranger = Caller("EXAMPLE\\nobody")
    assert code_of(tms.get_systems, stranger) == "ERR_USER_NOT_FOUND"


def test_rooms_may_be_closed(world: World) -> None:
    """Rooms with Allow Bookings off, or not meant for the user, are refused."""
    tms = world.tms
    tms.local.change_system(4, allow_bookings=False)
    assert code_of(world.save) == "SYSTEM_NOT_ALLOWED_IN_BOOKING"
    ada = next(user for user in tms.get_users(world.ada) if "ada" in user.user_name)
    tms.local.change_user(ada.user_id, bookable_systems=frozenset({4, 6}))
    bookable = tms.get_systems_for_user(world.ada)
    assert [system.system_id for system in bookable] == [6]
    assert len(tms.get_systems(world.ada)) == 3
    assert code_of(tms.save_conference, world.ada, world.wanted(60, 120, 5)) == (
        "SYSTEM_NOT_ALLOWED_IN_BOOKING"
    )
    assert code_of(tms.get_system_by_id, world.ada, 9) == "SYSTEMNOTFOUND"
    assert tms.get_system_by_id(world.ada, 5).system_name == "Bergen"


def test_remote_setup_answers(world: World) -> None:
    """The checks of the Remote Setup API tell the caller's rights."""
    tms = world.tms
    assert tms.is_alive(world.ada)
    assert not tms.is_book_on_behalf_user(world.ada)
    assert tms.is_book_on_behalf_user(world.ada, "EXAMPLE\\service")
    assert tms.is_book_on_behalf_user(world.ada, "1")
    assert code_of(tms.is_book_on_behalf_user, world.ada, "x") == "ERR_USER_NOT_FOUND"
    assert not tms.is_site_admin(world.service)
    assert not tms.is_service_user(world.service)
    assert not tms.is_local_admin(world.service)
    assert tms.set_primary_system(world.ada, 4)
    assert not tms.set_primary_system(world.ada, 9)
    info = tms.time_zone_info("W. Europe Standard Time")
    assert info.gmt_offset == "01:00:00"
    assert info.start_time_dts == "2026-03-29 02:00:00"
    assert info.end_time_dts == "2026-10-25 03:00:00"


def test_private_title_is_kept_from_others(world: World) -> None:
    """Others see the words of PrivacyFlag, and saving them back renames nothing."""
    world.tms.save_conference(
        world.ada, world.wanted(title="Raise", privacy_flag="Private meeting")
    )
    seen = world.tms.get_conferences_for_systems(world.service, [4], NOW, NOW)[0]
    assert seen.title == "Private meeting"
    full = world.tms.get_conference_by_id(world.service, seen.conference_id)
    assert "Raise" not in str(full)
    world.tms.save_conference(
        world.service, replace(full, end_time_utc=world.at(150), owner_id=None)
    )
    read = world.tms.get_conference_by_id(world.ada, seen.conference_id)
    assert read.title == "Raise"
    assert read.end_time_utc == world.at(150)
    world.settings.mask_private_titles = False
    seen = world.tms.get_conferences_for_systems(world.service, [4], NOW, NOW)[0]
    assert seen.title == "Raise"

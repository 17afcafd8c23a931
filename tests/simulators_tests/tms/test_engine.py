"""Tests for the engine of the TMS simulator: single conferences and reads."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.simulators.tms.engine import (
    CODES,
    AliasInfo,
    Caller,
    Conference,
    DoubleBookingError,
    Participant,
    RecordingDevice,
    Settings,
    TmsFault,
    format_utc,
    parse_utc,
)

from .world import NOW, World, code_of


@pytest.fixture
def world() -> World:
    """Return a TMS with three rooms."""
    return World()


def test_codes_are_those_of_the_reference() -> None:
    """There are 31 codes, each another number."""
    assert len(CODES) == 31
    assert len(set(CODES.values())) == 31
    assert TmsFault("SERVER_BUSY", "later").code == -2147218258


@pytest.mark.parametrize(
    "text",
    ["2021-01-29 13:09:18Z", "2021-01-29T13:09:18Z", "2021-01-29T13:09:18.1234567Z"],
)
def test_times_are_read_in_utc(text: str) -> None:
    """Both forms with Z are read and written as TMS writes them."""
    moment = parse_utc(text)
    assert moment == datetime(2021, 1, 29, 13, 9, 18, tzinfo=UTC)
    assert format_utc(moment) == "2021-01-29 13:09:18Z"


@pytest.mark.parametrize(
    "text",
    ["", "2021-01-29 13:09:18", "2021-01-29T13:09:18+01:00", "2021-13-29 10:00:00Z"],
)
def test_times_elsewhere_are_refused(text: str) -> None:
    """What does not end in Z is refused."""
    assert code_of(parse_utc, text) == "INVALID_DATETIME_FORMAT"


def test_saved_conference_reads_back(world: World) -> None:
    """What was left to default is filled in, and each save has a later version."""
    saved = world.save(title='Ada\'s "stand-up"')
    assert saved.conference_id > 0
    assert saved.title == "Adas stand-up"
    assert saved.conference_type == "Automatic Call Launch"
    assert saved.conference_state == "Pending"
    assert saved.external_source_id == "TMS"
    assert saved.conference_time_zone_rules
    assert saved.conference_time_zone_rules[0].id == "W. Europe Standard Time"
    assert saved.owner_user_name == "EXAMPLE\\service"
    read = world.tms.get_conference_by_id(world.service, saved.conference_id)
    assert read == saved
    renamed = world.tms.save_conference(world.service, replace(read, title="Retro"))
    assert renamed.conference_id == saved.conference_id
    assert renamed.version > saved.version
    assert renamed.transaction_id
    assert saved.transaction_id
    assert renamed.transaction_id > saved.transaction_id


def test_default_conference_is_a_start(world: World) -> None:
    """The default conference lacks only participants."""
    default = world.tms.get_default_conference(world.ada)
    assert default.conference_id == -1
    assert default.title == "Meeting 11/20/2026 10:00 AM"
    assert default.participants == ()
    assert default.start_time_utc == NOW
    assert code_of(world.tms.save_conference, world.ada, default) == (
        "PARTICIPANT_ERROR"
    )
    wanted = replace(default, participants=(Participant(4),))
    saved = world.tms.save_conference(world.ada, wanted)
    assert saved.conference_state == "Ongoing"
    assert saved.owner_user_name == "EXAMPLE\\ada"


def test_pin_may_be_made_up(world: World) -> None:
    """A conference without a PIN gets one where TMS is set so."""
    assert world.save(60, 120).password == ""
    world.settings.auto_generate_pin = True
    made_up = world.save(120, 180).password
    assert made_up
    assert len(made_up) == 4
    assert world.save(180, 240, password="9876").password == "9876"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"start": -120, "end": -60}, "CANNOTBOOKINTHEPAST"),
        ({"start": 60, "end": 60}, "START_TIME_AFTER_END_TIME"),
        ({"start": 120, "end": 60}, "START_TIME_AFTER_END_TIME"),
        (
            {"start": 366 * 1440, "end": 367 * 1440},
            "START_TIME_AFTER_MAX_NUMBER_OF_DAYS_IN_FUTURE",
        ),
        ({"title": "x" * 256}, "UNKNOWN"),
        ({"external_source_id": "TMS", "external_primary_key": "1"}, "UNKNOWN"),
        ({"meeting_source": "EX:PROXY"}, "UNKNOWN"),
        ({"conference_id": 99}, "MEETINGNOTFOUND"),
        ({"conference_id": 0}, "MEETINGNOTFOUND"),
        ({"participants": (Participant(77),)}, "SYSTEMNOTFOUND"),
        ({"participants": None}, "PARTICIPANT_ERROR"),
        (
            {
                "participants": (
                    Participant(4),
                    Participant(5, participant_call_type="TMS Master Participant"),
                )
            },
            "PARTICIPANT_ERROR",
        ),
        (
            {"participants": (Participant(participant_call_type="User"),)},
            "PARTICIPANT_ERROR",
        ),
        (
            {"participants": (Participant(participant_call_type="SIP ->"),)},
            "DIAL_OUT_NUMBER_NOT_SET",
        ),
        (
            {
                "conference_type": "Reservation Only",
                "participants": (Participant(participant_call_type="SIP <-"),),
            },
            "CANNOT_ADD_PARTICIPANT",
        ),
        ({"owner_id": 999}, "ERR_USER_NOT_FOUND"),
        ({"start_time_utc": None}, "nothing"),
    ],
)
def test_refusals_of_a_new_conference(
    world: World, changes: dict[str, object], code: str
) -> None:
    """Each flaw has its code, and leaves no trace."""
    start, end = changes.pop("start", 60), changes.pop("end", 120)
    wanted = replace(
        world.wanted(float(str(start)), float(str(end))),
        **changes,  # type: ignore[arg-type]
    )
    assert code_of(world.tms.save_conference, world.service, wanted) == code
    if code != "nothing":
        assert world.tms.local.conferences() == ()
        assert world.tms.get_transactions_since(world.service, 0) == ()


def test_title_of_255_characters_fits(world: World) -> None:
    """Quotes do not count."""
    assert world.save(title="x" * 255 + "'").title == "x" * 255


def test_billing_codes_may_be_required(world: World) -> None:
    """A billing code that TMS does not know is refused."""
    world.settings.billing_codes = frozenset({"42"})
    assert code_of(world.save) == "UNKNOWN"
    assert world.save(billing_code="42").billing_code == "42"


def test_rooms_are_held_half_open(world: World) -> None:
    """Back to back fits, overlapping does not, other rooms are free."""
    world.save(60, 120)
    assert code_of(world.save, 119, 180) == "SYSTEM_ALREADY_BOOKED"
    world.save(120, 180)
    world.save(60, 120, 5)
    world.tms.check()


def test_best_effort_keeps_a_conflict_without_its_rooms(world: World) -> None:
    """The conflicting one is defective, and what it wanted stays free."""
    world.save(60, 120, 4)
    wanted = world.wanted(60, 120, 4, 5)
    saved = world.tms.save_conference(world.service, wanted, "BestEffortForced")
    assert saved.conference_state == "Defective"
    world.save(60, 120, 5)
    moved = replace(
        saved, start_time_utc=world.at(120), end_time_utc=world.at(180), title="Later"
    )
    saved = world.tms.save_conference(world.service, moved)
    assert saved.conference_state == "Pending"
    world.tms.check()


def test_missing_bridge_keeps_rooms_busy(world: World) -> None:
    """A conference without a bridge is defective but holds its rooms."""
    world.settings.mcu_ports = 2
    wanted = world.wanted(60, 120, 4, 5, 6)
    assert code_of(world.tms.save_conference, world.service, wanted) == (
        "NOT_ENOUGH_MCU_RESOURCES"
    )
    saved = world.tms.save_conference(world.service, wanted, "BestEffortForced")
    assert saved.conference_state == "Defective"
    assert code_of(world.save, 60, 120) == "SYSTEM_ALREADY_BOOKED"
    reservation = replace(wanted, conference_type="Reservation Only")
    world.tms.delete_conference_by_id(world.service, saved.conference_id)
    saved = world.tms.save_conference(world.service, reservation)
    assert saved.conference_state == "Pending"


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


def test_external_key_is_looked_up_first(world: World) -> None:
    """A repeated create meets the conference that is there already."""
    key: dict[str, Any] = {"external_source_id": "ha-1", "external_primary_key": "k"}
    saved = world.save(**key)
    assert code_of(world.save, **key) == "CONCURRENT_MODIFICATION"
    world.settings.check_version_by_key = False
    assert world.save(**key).conference_id == saved.conference_id
    get_id = world.tms.get_conference_id_by_external_id
    assert get_id(world.ada, "ha-1", "k") == saved.conference_id
    assert code_of(get_id, world.ada, "ha-2", "k") == "MEETINGNOTFOUND"
    world.tms.delete_conference_by_id(world.service, saved.conference_id)
    assert code_of(get_id, world.ada, "ha-1", "k") == "MEETINGNOTFOUND"
    assert world.save(**key).conference_id != saved.conference_id


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


def test_recording_aliases(world: World) -> None:
    """Recording devices are the same for everyone."""
    device = RecordingDevice("recorder", (AliasInfo(6, "alias-1"),))
    world.tms.local.add_recording_device(device)
    assert world.tms.get_recording_aliases(world.ada) == (device,)
    assert code_of(world.tms.get_recording_aliases, world.ada, "x") == (
        "ERR_USER_NOT_FOUND"
    )


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


def test_external_participants_are_numbered(world: World) -> None:
    """Who is no system gets a small number, and enough of them need a bridge."""
    guests = (
        Participant(name_or_number="Ada", participant_call_type="SIP <-"),
        Participant(name_or_number="+47 1", participant_call_type="SIP Tel ->"),
    )
    saved = world.save(participants=(Participant(4), *guests))
    assert saved.participants
    assert [who.participant_id for who in saved.participants] == [4, 1, 2]
    assert saved.join_uri == "6001@example.com"
    assert "Dial-in number: 6001@example.com" in (saved.conference_info_text or "")
    assert saved.system_ids == {4}


def test_saving_several_is_all_or_none(world: World) -> None:
    """One that cannot be booked takes all with it."""
    tms = world.tms
    several = [world.wanted(10, 20), world.wanted(15, 25)]
    assert code_of(tms.save_conferences, world.service, several) == (
        "SYSTEM_ALREADY_BOOKED"
    )
    assert tms.local.conferences() == ()
    assert not tms.get_system_by_id(world.ada, 4).allow_remote_bookings
    several[1] = world.wanted(20, 30)
    assert len(tms.save_conferences(world.service, several)) == 2
    assert code_of(tms.save_conferences, world.service, several, False) == "UNKNOWN"


def test_first_booking_takes_a_licence_of_its_room() -> None:
    """Without one left a room is refused; an edit without one deletes the booking."""
    world = World(settings=Settings(system_licences=1))
    saved = world.save()
    assert world.tms.get_system_by_id(world.ada, 4).allow_remote_bookings
    assert code_of(world.save, 60, 120, 5) == "LICENSE"
    world.tms.local.book([5], world.at(60))
    world.tms.local.change_system(4, allow_remote_bookings=False)
    world.tms.local.change_system(6, allow_remote_bookings=True)
    assert code_of(world.tms.save_conference, world.service, saved) == "LICENSE"
    assert world.tms.status(saved.conference_id) == "Deleted"


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


def test_check_finds_double_bookings(world: World) -> None:
    """The invariant notices what should never be."""
    first, second = world.save(60, 120), world.save(120, 180)
    state = world.tms._state
    record = state.records[second.conference_id]
    state.records[record.id] = record.moved_to(world.at(119), record.end)
    with pytest.raises(DoubleBookingError, match=str(first.conference_id)):
        world.tms.check()


def test_conference_in_the_past_may_still_run(world: World) -> None:
    """Only an end in the past is refused."""
    saved = world.save(-3, 27)
    assert saved.conference_state == "Ongoing"
    assert saved.start_time_utc == NOW - timedelta(minutes=3)


def test_running_conference_needs_no_new_approval(world: World) -> None:
    """Who may not approve still changes the end of what runs."""
    tms = world.tms
    saved = tms.save_conference(world.ada, world.wanted(-5, 30))
    assert saved.owner_id
    tms.local.change_user(saved.owner_id, approve_meeting=False)
    longer = replace(saved, end_time_utc=world.at(60))
    assert tms.save_conference(world.ada, longer).conference_state == "Ongoing"

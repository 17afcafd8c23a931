"""Tests for the engine of the TMS simulator: what can be booked."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.simulators.tms.engine import (
    CODES,
    DoubleBookingError,
    Participant,
    Settings,
    TmsFault,
    format_utc,
    parse_utc,
)

from .world import NOW, World, code_of


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


def test_conference_in_the_past_may_still_run(world: World) -> None:
    """Only an end in the past is refused."""
    saved = world.save(-3, 27)
    assert saved.conference_state == "Ongoing"
    assert saved.start_time_utc == NOW - timedelta(minutes=3)


def test_check_finds_double_bookings(world: World) -> None:
    """The invariant notices what should never be."""
    first, second = world.save(60, 120), world.save(120, 180)
    state = world.tms._state
    record = state.records[second.conference_id]
    state.records[record.id] = record.moved_to(world.at(119), record.end)
    with pytest.raises(DoubleBookingError, match=str(first.conference_id)):
        world.tms.check()

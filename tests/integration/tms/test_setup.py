"""A Cisco TMS that is set up, followed, reloaded, restarted and removed."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from custom_components.room_bookings.diagnostics import (
    async_get_config_entry_diagnostics,
)
from homeassistant.config_entries import ConfigEntryState
from tests.integration.server_house import HALF_AN_HOUR

from .conftest import add_tms
from .house import TmsHouse, threads


@pytest.mark.parametrize("rooms", [2, 50])
async def test_a_start_and_a_quiet_hour(closed_house: TmsHouse, rooms: int) -> None:
    """A start lists every room once; an hour asks twelve times what is new, of no room."""
    house = closed_house
    for number in range(rooms - 2):
        house.tms.add_system(f"Room {number}")
    for number in range(0, rooms - 2, 3):
        house.meet("Planning", 60 * 24, 30, f"Room {number}")
    await house.open()
    house.tms.clear_log()
    await house.stop()
    await house.start()
    assert house.asked == {
        "GetDefaultConference": 1,
        "GetSystemsForUser": 1,
        "GetConferencesForSystems": rooms,
    }
    listed = {r.parameters["SystemIds"] for r in house.tms.requests if r.parameters}
    assert len(listed) == rooms
    house.tms.clear_log()
    await house.clock.pass_by(hours=1)
    assert house.asked == {"GetTransactionsSince": 12}
    assert all("SystemId" not in r.parameters for r in house.tms.requests)
    assert house.tms.most_at_once == 1
    assert house.tms.failed_logons.total() == 0


@pytest.mark.parametrize("others", [0, 1, 40])
async def test_a_quiet_hour_without_any_meeting(
    closed_house: TmsHouse, others: int
) -> None:
    """Where no room tells of a transaction, the end of TMS's log is found; not from 0."""
    house = closed_house
    for conference in house.tms.local.conferences():
        house.tms.local.delete(conference.conference_id)
    house.tms.local.forget_transactions()
    house.tms.settings.transaction_limit = 5
    house.tms.add_system("Elsewhere", system_category="Equipment")
    for number in range(others):
        house.meet("Theirs", 60 * (number + 1), 30, "Elsewhere")
    await house.open()
    if others > 5:
        # Once, and then never again.
        await house.poll()
    house.tms.clear_log()
    await house.clock.pass_by(hours=1)
    assert house.asked == {"GetTransactionsSince": 12}
    assert not house.tms.requests.of("GetTransactionsSince", CurrentTransactionId="0")
    with house.recording() as changes:
        house.meet("Planning", 120)
        await house.poll()
    assert changes.kinds("Fjord") == [("created", "Planning")]
    house.tms.clear_log()
    await house.clock.pass_by(minutes=50)
    assert house.asked == {"GetTransactionsSince": 10}


async def test_a_meeting_before_the_first_question(closed_house: TmsHouse) -> None:
    """It is news, although no room told of a transaction before."""
    house = closed_house
    for conference in house.tms.local.conferences():
        house.tms.local.delete(conference.conference_id)
    house.tms.local.forget_transactions()
    await house.open()
    with house.recording() as changes:
        house.meet("Planning", 120)
        await house.sync()
    assert changes.kinds("Fjord") == [("created", "Planning")]


async def test_conferences_without_transactions(closed_house: TmsHouse) -> None:
    """Older servers do not tell which one was the last; it is as quiet there."""
    house = closed_house
    house.tms.faults.when("GetConference*").always().absent(["TransactionId"])
    house.meet("Planning", 120)
    await house.open()
    await house.poll()
    house.tms.clear_log()
    await house.clock.pass_by(hours=1)
    assert house.asked == {"GetTransactionsSince": 12}
    with house.recording() as changes:
        house.meet("Review", 180)
        await house.poll()
    assert changes.kinds("Fjord") == [("created", "Review")]


async def test_a_day(house: TmsHouse) -> None:
    """Every six hours or so all is listed anew: rooms, and the bookings of each."""
    house.tms.clear_log()
    await house.clock.pass_by(hours=5, minutes=50)
    assert set(house.asked) == {"GetTransactionsSince"}
    await house.clock.pass_by(hours=1)
    assert house.asked["GetConferencesForSystems"] == 2
    assert house.asked["GetSystemsForUser"] == 1
    await house.clock.pass_by(hours=17, minutes=10)
    assert 6 <= house.asked["GetConferencesForSystems"] <= 8
    assert house.asked["GetTransactionsSince"] == pytest.approx(288, abs=2)


async def test_what_a_full_listing_finds(house: TmsHouse) -> None:
    """What TMS's log never told is found."""
    house.meet("Planning", 60 * 20)
    house.tms.local.forget_transactions()
    await house.clock.pass_by(hours=5)
    assert house.titles("Fjord")[1] == "unknown"
    await house.clock.pass_by(hours=2)
    assert house.titles("Fjord")[1] == "Planning"


async def test_ids_carry_the_entry(house: TmsHouse) -> None:
    """Two servers may have the same ids."""
    ids = {house.public_id(room) for room in ("Aurora", "Fjord")}
    assert {f"{id_}_bookings" for id_ in ids} <= {e.unique_id for e in house.entities}
    for entity in house.entities:
        assert entity.unique_id.startswith(tuple(f"{id_}_" for id_ in ids))
    assert {i for d in house.devices for _, i in d.identifiers} == ids
    assert all(id_.startswith(f"{house.entry.entry_id}_") for id_ in ids)


async def test_a_device_says_what_is_known(house: TmsHouse) -> None:
    """Name, maker and model of the system."""
    device = house.device("Fjord")
    assert device.name == "Fjord"
    assert device.manufacturer == "Cisco"
    assert device.model == "Cisco Room Kit Pro"
    assert house.tms.url not in f"{device.dict_repr}"


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        (
            {"web_interface_url": "http://fjord.example.com/"},
            "http://fjord.example.com/",
        ),
        ({"network_address": "10.0.0.7"}, "https://10.0.0.7"),
        ({"web_interface_url": "javascript:alert(1)"}, None),
        ({"web_interface_url": "http://[", "network_address": "a b/c"}, None),
        ({}, None),
    ],
)
async def test_a_device_says_where_it_is(
    closed_house: TmsHouse, fields: dict[str, str], shown: str | None
) -> None:
    """Where a browser can go, and nowhere else; the rest is for whoever helps."""
    house = closed_house
    house.tms.add_system("Dune", system_status="InCall", **fields)
    await house.open()
    assert house.device("Dune").configuration_url == shown
    told = await async_get_config_entry_diagnostics(house.hass, house.entry)
    (dune,) = [room for room in told["rooms"] if room["details"]["status"] == "InCall"]
    assert dune["details"]["category"] in ("Room", "Endpoint")
    assert dune["details"]["time_zone"]


async def test_only_what_can_be_booked_as_a_room(closed_house: TmsHouse) -> None:
    """Rooms and endpoints, not bridges and recorders."""
    house = closed_house
    for category in ("Endpoint", "Equipment", "Recording"):
        house.tms.add_system(category, system_category=category)
    await house.open()
    names = {c.room.name for c in house.hub.coordinators.values()}
    assert names == {"Aurora", "Fjord", "Endpoint"}


async def test_two_accounts_of_one_server_take_turns(house: TmsHouse) -> None:
    """One call at a time, whoever asks; each has a session of its own."""
    house.tms.add_account("EXAMPLE\\second", "secret")
    second = await add_tms(house.hass, house.tms, username="EXAMPLE\\second")
    for conference in range(4):
        house.meet(f"Meeting {conference}", 60 * (conference + 1))
    house.tms.clear_log()
    calls = [
        house.calling("book", room, title="Planning", start=house.at(400))
        for room in ("Aurora", "Fjord")
    ]
    await house.clock.pass_by(minutes=30)
    await asyncio.gather(*calls)
    assert house.tms.most_at_once == 1
    assert len(house.held()) == 5
    for entry in (house.entry, second):
        for coordinator in entry.runtime_data.coordinators.values():
            if coordinator.room.name == "Fjord":
                assert len(list(coordinator.data.timetable)) == 5
    assert len(threads()) == 2
    assert await house.hass.config_entries.async_unload(second.entry_id)
    assert len(threads()) == 1


# Life


async def test_no_thread_is_left(house: TmsHouse) -> None:
    """After each of unloading, reloading and removing."""
    assert len(threads()) == 1
    await house.hass.config_entries.async_reload(house.entry.entry_id)
    assert len(threads()) == 1
    await house.stop()
    assert threads() == []
    await house.start()
    assert len(threads()) == 1
    await house.remove()
    assert threads() == []


async def test_unloading_while_the_server_is_silent(house: TmsHouse) -> None:
    """Nobody waits until the time is up: the call is cut off."""
    fault = house.tms.faults.when("GetTransactionsSince").no_answer()
    call = house.doing(house.sync())
    await fault.triggered()
    await house.stop()
    assert threads() == []
    call.cancel()


@pytest.mark.parametrize("refuse", [False, True])
async def test_a_server_that_is_down_at_the_start(
    house: TmsHouse, refuse: bool
) -> None:
    """It is tried again, and nothing of it is left behind meanwhile."""
    house.meet("Planning", 60)
    async with house.started_without_server(refuse=refuse):
        assert house.entry.state is ConfigEntryState.SETUP_RETRY
        assert threads() == []
    assert house.titles("Fjord")[1] == "Planning"


async def test_a_server_that_became_too_old(house: TmsHouse) -> None:
    """Below API version 11 nothing is asked of it."""
    await house.stop()
    house.tms.settings.api_version = 10
    house.tms.clear_log()
    assert not await house.hass.config_entries.async_setup(house.entry.entry_id)
    assert house.asked == {"GetDefaultConference": 1}


async def test_the_version_is_that_of_both(house: TmsHouse) -> None:
    """Never announce more than the server has."""
    await house.stop()
    house.tms.settings.api_version = 15
    house.tms.clear_log()
    await house.start()
    versions = [request.version for request in house.tms.requests]
    assert versions[0] == 0
    assert set(versions[1:]) == {15}


# Wishes that outlive Home Assistant


async def _crashed_while_booking(house: TmsHouse, **fault: Any) -> None:
    """Home Assistant dies while the answer to a booking is on its way."""
    saving = house.tms.faults.when(
        "SaveConferenceWithMode", predicate=lambda request: bool(request.session)
    )
    silence = saving.no_answer(**fault)
    house.calling("book", "Fjord", title="Planning", start=house.at(60))
    await silence.triggered()
    house.keep_disk_as_it_is()
    [wish] = house.ledger
    assert wish["stage"] == "sent"
    await house.crash()


async def test_a_wish_that_was_fulfilled(house: TmsHouse) -> None:
    """It is found again by its external key, not by its title, and not made twice."""
    await _crashed_while_booking(house, applied=True)
    [made] = house.living()
    house.tms.local.rename(made.conference_id, "Renamed by somebody else")
    house.tms.clear_log()
    await house.start()
    await house.clock.pass_by(seconds=2)
    [wish] = house.ledger
    assert wish["stage"] == "confirmed"
    assert wish["booking_id"] == str(made.conference_id)
    assert made.external_primary_key == wish["request_id"]
    assert made.external_source_id == f"home-assistant-{house.entry.entry_id}"
    assert house.issues == []
    assert house.asked["SaveConferenceWithMode"] == 0
    assert len(house.living()) == 1


async def test_a_wish_that_was_not(house: TmsHouse) -> None:
    """It is not sent again, but a person is told."""
    await _crashed_while_booking(house)
    house.tms.clear_log()
    await house.start()
    assert house.issues == ["unconfirmed_booking"]
    assert house.asked["SaveConferenceWithMode"] == 0
    assert house.held() == []


async def test_somebody_elses_meeting_is_not_taken_for_a_wish(house: TmsHouse) -> None:
    """The key decides, whatever else is the same."""
    await _crashed_while_booking(house)
    house.meet("Planning", 60)
    await house.start()
    assert house.issues == ["unconfirmed_booking"]


async def test_who_made_a_booking_is_known_after_a_restart(house: TmsHouse) -> None:
    """What was booked from here started from here."""
    await house.do("book", title="Planning", start=house.at(30), duration=HALF_AN_HOUR)
    await house.clock.pass_by(minutes=1)
    await house.stop()
    await house.start()
    with house.recording() as changes:
        await house.clock.move_to(house.at(30) + timedelta(seconds=1))
    assert [(t.kind, t.ours) for t in changes.told("Fjord")] == [("started", True)]


async def test_home_assistant_stops(house: TmsHouse) -> None:
    """No thread keeps it waiting: entries are not unloaded at its end."""
    assert threads()
    await house.hass.async_stop(force=True)
    assert threads() == []

"""A system that serves the ROOMZ contract, set up, kept apart from others, reloaded and removed."""

from collections.abc import AsyncGenerator
import logging
from typing import Any

import pytest
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
    get_diagnostics_for_device,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.integration.server_house import iso
from tests.integration.virtual_time import VirtualTime

from .conftest import ROOMS, add_roomz
from .house import RoomzHouse

# Two servers


@pytest.fixture
async def second(
    house: RoomzHouse,
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    clock: VirtualTime,
) -> AsyncGenerator[RoomzHouse]:
    """Another system, whose rooms have the ids that those of the first one have."""
    async with RoomzHouse.with_server(
        hass, hass_storage, clock, ["Oslo", "Bergen"], add_roomz
    ) as other:
        await other.open()
        assert other.room("Oslo").id == house.room("Aurora").id
        yield other


async def test_ids_carry_the_entry(house: RoomzHouse) -> None:
    """Another server may have the same ids."""
    ids = {house.public_id(room) for room in ROOMS}
    assert {f"{id_}_bookings" for id_ in ids} <= {e.unique_id for e in house.entities}
    for entity in house.entities:
        assert entity.unique_id.startswith(tuple(f"{id_}_" for id_ in ids))
    assert {i for d in house.devices for _, i in d.identifiers} == ids
    assert {d.name for d in house.devices} == set(ROOMS)


async def test_two_servers_with_the_same_ids(
    house: RoomzHouse, second: RoomzHouse
) -> None:
    """Each room has its own entities, and nothing of one shows or happens in another."""
    assert len(house.hass.states.async_entity_ids("calendar")) == 4
    with house.recording() as changes, second.recording() as others:
        await house.do("book", "Aurora", title="Planning", start=house.at(60))
        second.meet("Review", 30, 30, "Oslo")
        await second.sync("Oslo")
    assert house.held("Aurora") == [("Planning", 60, 30)]
    assert second.held("Oslo") == [("Review", 30, 30)]
    assert house.titles("Aurora")[1] == "Planning"
    assert second.titles("Oslo")[1] == "Review"
    assert [t.kind for t in changes.told("Aurora")] == ["created"]
    assert [t.title for t in others.told("Oslo")] == ["Review"]
    assert len(house.ledger) == 1
    assert second.ledger == []
    await second.hass.config_entries.async_remove(second.entry.entry_id)
    assert house.titles("Aurora")[1] == "Planning"
    assert len(house.hass.states.async_entity_ids("calendar")) == 2


async def test_rooms_of_one_server_are_booked_one_by_one(house: RoomzHouse) -> None:
    """The contract has no meeting in two rooms: each gets its own."""
    answer = await house.call("book", *ROOMS, title="Planning", start=house.at(60))
    assert len({booked["booking_id"] for booked in answer.values()}) == 2
    for room in ROOMS:
        assert house.held(room) == [("Planning", 60, 30)]


@pytest.mark.parametrize("room_id", ["22/a b", "ÆØÅ", "50%", "rooms?x=1#y"])
async def test_any_room_id(closed_house: RoomzHouse, room_id: str) -> None:
    """Ids are the system's business."""
    house = closed_house
    house.roomz.add_room("Odd", room_id)
    await house.open()
    await house.do("book", "Odd", title="Planning", start=house.at(60))
    assert house.held("Odd") == [("Planning", 60, 30)]
    assert house.titles("Odd")[1] == "Planning"


# Privacy


@pytest.mark.parametrize(
    ("titles", "shown"),
    [
        ("show", ["Planning", "Salaries"]),
        ("hide_private", ["Planning", "Private"]),
        ("hide_all", ["Booked", "Booked"]),
    ],
)
async def test_titles(
    closed_house: RoomzHouse,
    caplog: pytest.LogCaptureFixture,
    titles: str,
    shown: list[str],
) -> None:
    """What is masked is in no state, answer, event, file or log."""
    caplog.set_level(logging.DEBUG)
    house = closed_house
    house.meet("Planning", 20, organizer_name="Grace Hopper")
    await house.open(titles=titles)
    with house.recording() as changes:
        house.meet("Salaries", 60, private=True, organizer_name="Ada Lovelace")
        await house.sync("Fjord")
        bookings = await house.bookings("Fjord")
        await house.clock.move_to(house.at(61))
    assert [b["title"] for b in bookings] == shown
    assert [b["private"] for b in bookings] == [False, True]
    assert house.titles("Fjord")[0] == shown[1]
    everything = house.everything(
        bookings, [t.attributes for t in changes.told("Fjord")], caplog.text
    )
    seen = {w for w in ("Planning", "Salaries", "Lovelace") if w in everything}
    if titles == "show":
        assert seen == {"Planning", "Salaries", "Lovelace"}
    else:
        assert seen == ({"Planning"} if titles == "hide_private" else set())
    assert house.roomz.password not in caplog.text


async def test_without_isprivate_nothing_is_private(house: RoomzHouse) -> None:
    """Systems that do not manage it leave it out."""
    house.meet("Review", 60, private=True)
    fault = house.roomz.faults.when(call="meetings").always().without("isPrivate")
    await house.sync("Fjord")
    assert house.titles("Fjord")[1] == "Review"
    fault.remove()
    await house.sync("Fjord")
    assert house.titles("Fjord")[1] == "Private"


# Diagnostics


@pytest.fixture
async def helped(closed_house: RoomzHouse) -> RoomzHouse:
    """Two rooms in a Home Assistant that can be asked for diagnostics."""
    for component in ("diagnostics", "room_bookings"):
        assert await async_setup_component(closed_house.hass, component, {})
    await closed_house.open()
    return closed_house


async def test_diagnostics(
    helped: RoomzHouse, hass_client: ClientSessionGenerator
) -> None:
    """Shapes, counts and times, but no secrets and no texts of meetings."""
    house = helped
    house.meet("Salaries", 60, private=True, organizer_name="Ada")
    await house.sync("Fjord")
    await house.do("book", title="Planning", start=house.at(120))
    found: Any = await get_diagnostics_for_config_entry(
        house.hass, hass_client, house.entry
    )
    rooms = {room["id"]: room for room in found.pop("rooms")}
    assert found == {
        "data": {
            "system": "roomz",
            "url": house.roomz.url,
            "username": "**REDACTED**",
            "password": "**REDACTED**",
            "verify_ssl": True,
            "left_out": [],
        },
        "options": {},
        "connected": True,
        "ledger": [{"stage": "confirmed", "start": iso(120), "end": iso(150)}],
    }
    fjord = rooms[house.room("Fjord").id]
    assert fjord["verbs"] == ["book", "end_meeting", "extend", "reschedule"]
    assert [b["start"] for b in fjord["bookings"]] == [iso(60), iso(120)]
    told = f"{found}{rooms}"
    for secret in (house.roomz.password, "Salaries", "Planning", "Ada"):
        assert secret not in told
    of_one: Any = await get_diagnostics_for_device(
        house.hass, hass_client, house.entry, house.device("Fjord")
    )
    assert [room["id"] for room in of_one["rooms"]] == [house.room("Fjord").id]


# Credentials that are refused later


async def test_a_password_that_is_refused_later(house: RoomzHouse) -> None:
    """It is tried a few times at most; a person is asked, and all is well again."""
    house.meet("Known", 60)
    await house.sync("Fjord")
    house.roomz.password = "changed"
    house.roomz.requests.clear()
    await house.clock.move_to(house.at(5.5))
    [flow] = house.hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == SOURCE_REAUTH
    assert house.titles("Fjord")[1] == "Known"
    refused = house.roomz.requests.number_of(status=401)
    assert refused <= 5
    await house.clock.pass_by(minutes=30)
    assert house.state("Fjord", "availability") == STATE_UNAVAILABLE
    assert house.roomz.requests.number_of(status=401) <= refused + 2
    result = await house.hass.config_entries.flow.async_configure(
        flow["flow_id"],
        {"username": house.roomz.username, "password": "changed"},
    )
    assert result["reason"] == "reauth_successful"
    await house.hass.async_block_till_done()
    await house.clock.settle()
    assert house.facts() == ("free", "unknown", "Known")


async def test_a_verb_finds_the_password_refused(house: RoomzHouse) -> None:
    """It says so, and a person is asked."""
    house.roomz.password = "changed"
    told = await house.refused("book")
    assert told["key"] == "permission_denied"
    await house.clock.pass_by(seconds=1)
    [flow] = house.hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == SOURCE_REAUTH
    assert house.held() == []
    assert house.ledger == []


# Life


@pytest.mark.parametrize("refuse", [False, True])
async def test_a_system_that_is_down_at_the_start(
    house: RoomzHouse, refuse: bool
) -> None:
    """It is tried again."""
    house.meet("Planning", 60)
    async with house.started_without_server(refuse=refuse):
        assert house.entry.state is ConfigEntryState.SETUP_RETRY
    assert house.titles("Fjord")[1] == "Planning"


async def test_reload(house: RoomzHouse) -> None:
    """The same states, and no news."""
    house.meet("Running", 0)
    house.meet("Planning", 60)
    await house.sync("Fjord")
    await house.clock.pass_by(minutes=10)
    before = house.facts()
    with house.recording() as changes:
        assert await house.hass.config_entries.async_reload(house.entry.entry_id)
        await house.clock.pass_by(minutes=10)
    assert house.facts() == before == ("busy", "Running", "Planning")
    assert changes.told("Fjord") == []


async def test_after_unloading_nothing_is_asked(house: RoomzHouse) -> None:
    """Nor what is under way waited for."""
    silence = house.roomz.faults.when(call="meetings").silence()
    call = house.doing(house.sync("Fjord"))
    await silence.triggered()
    began = house.clock.now
    await house.stop()
    assert (house.clock.now - began).total_seconds() < 1
    call.cancel()
    house.roomz.requests.clear()
    await house.clock.pass_by(hours=2)
    assert house.asked == {}


async def test_remove(house: RoomzHouse) -> None:
    """Nothing of it is left, and meetings stay at the system."""
    await house.do("book", title="Planning", start=house.at(60))
    await house.remove()
    assert house.held() == [("Planning", 60, 30)]


async def test_who_made_a_booking_is_known_after_a_restart(house: RoomzHouse) -> None:
    """What was booked from here started from here."""
    await house.do("book", title="Planning", start=house.at(30))
    await house.clock.pass_by(minutes=1)
    await house.stop()
    await house.start()
    with house.recording() as changes:
        await house.clock.move_to(house.at(31))
    assert [(t.kind, t.ours) for t in changes.told("Fjord")] == [("started", True)]

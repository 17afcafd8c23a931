"""A PlaceOS server that is set up, kept private, reloaded, restarted and removed."""

import asyncio
import logging
from typing import Any

import pytest
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
    get_diagnostics_for_device,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from homeassistant.config_entries import ConfigEntryState
from homeassistant.setup import async_setup_component
from tests.integration.server_house import HALF_AN_HOUR, iso

from .conftest import ROOMS
from .house import PANEL, PlaceosHouse


async def test_ids_are_those_of_systems(house: PlaceosHouse) -> None:
    """They are the same for ever, and nobody else has them."""
    ids = {room.id for room in house.placeos.rooms}
    assert {f"{id_}_bookings" for id_ in ids} <= {e.unique_id for e in house.entities}
    assert {i for d in house.devices for _, i in d.identifiers} == ids
    assert {d.name for d in house.devices} == set(ROOMS)


@pytest.mark.parametrize("settings", [PANEL])
async def test_what_there_is_of_a_room(house: PlaceosHouse) -> None:
    """Buttons for what its module can do, and no sensor for people where it has none."""
    assert {"book_now", "end_meeting", "check_in"} <= house.offered()
    assert not {"extend", "people_count", "people_present"} & house.offered()


# Privacy


@pytest.mark.parametrize(
    ("titles", "shown"),
    [
        ("show", ["Planning", "Salaries", "Dismissals"]),
        ("hide_private", ["Planning", "Private", "Private"]),
        ("hide_all", ["Booked", "Booked", "Booked"]),
    ],
)
async def test_titles(
    closed_house: PlaceosHouse,
    caplog: pytest.LogCaptureFixture,
    titles: str,
    shown: list[str],
) -> None:
    """What is masked is in no state, answer, event, file or log."""
    caplog.set_level(logging.DEBUG)
    house = closed_house
    house.meet("Planning", 20, host="grace@example.com")
    await house.open(titles=titles)
    with house.recording() as changes:
        house.meet("Salaries", 60, private=True, host="ada@example.com")
        house.meet("Dismissals", 120, more={"visibility": "confidential"})
        await house.clock.pass_by(seconds=1)
        bookings = await house.bookings("Fjord")
        await house.clock.move_to(house.at(121))
    assert [b["title"] for b in bookings] == shown
    assert [b["private"] for b in bookings] == [False, True, True]
    assert house.titles("Fjord")[0] == shown[2]
    everything = house.everything(
        bookings, [t.attributes for t in changes.told("Fjord")], caplog.text
    )
    secrets = ("Planning", "Salaries", "Dismissals", "ada@")
    seen = {word for word in secrets if word in everything}
    if titles == "show":
        assert seen == set(secrets)
    else:
        assert seen == ({"Planning"} if titles == "hide_private" else set())
    assert house.placeos.api_key not in caplog.text


# Diagnostics


async def test_diagnostics(
    closed_house: PlaceosHouse,
    hass_client: ClientSessionGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Shapes, counts and times, but no key and no texts of meetings."""
    house = closed_house
    caplog.set_level(logging.DEBUG)
    for component in ("diagnostics", "room_bookings"):
        assert await async_setup_component(house.hass, component, {})
    await house.open()
    house.meet("Salaries", 60, private=True, host="ada@example.com")
    await house.do("book", title="Planning", duration=HALF_AN_HOUR)
    found: Any = await get_diagnostics_for_config_entry(
        house.hass, hass_client, house.entry
    )
    rooms = {room["id"]: room for room in found.pop("rooms")}
    assert found["data"] == {
        "system": "placeos",
        "url": house.placeos.url,
        "api_key": "**REDACTED**",
        "verify_ssl": True,
        "left_out": [],
    }
    assert found["connected"] is True
    assert found["ledger"] == [{"stage": "confirmed", "start": iso(0), "end": iso(30)}]
    fjord = rooms[house.room().id]
    assert fjord["verbs"] == ["book", "end_meeting"]
    assert fjord["capacity"] == 6
    assert [b["start"] for b in fjord["bookings"]] == [iso(0), iso(60)]
    for secret in (house.placeos.api_key, "Salaries", "Planning", "ada@"):
        assert secret not in f"{found}{rooms}"
    of_one: Any = await get_diagnostics_for_device(
        house.hass, hass_client, house.entry, house.device("Fjord")
    )
    assert [room["id"] for room in of_one["rooms"]] == [house.room().id]
    assert house.placeos.api_key not in caplog.text


# Life


@pytest.mark.parametrize("refuse", [False, True])
async def test_a_server_that_is_down_at_the_start(
    house: PlaceosHouse, refuse: bool
) -> None:
    """It is tried again."""
    house.meet("Planning", 60)
    async with house.started_without_server(refuse=refuse):
        assert house.entry.state is ConfigEntryState.SETUP_RETRY
    assert house.titles("Fjord")[1] == "Planning"


async def test_a_module_that_is_down_at_the_start(closed_house: PlaceosHouse) -> None:
    """The other room is there at once; this one when its module is."""
    house = closed_house
    house.meet("Planning", 60)
    house.room().driver.stop()
    await house.open()
    await house.clock.pass_by(seconds=5)
    assert house.now("availability", "Aurora") == "free"
    assert house.now("availability") == "unavailable"
    house.room().driver.start()
    await house.clock.until(lambda: house.titles("Fjord")[1] == "Planning", within=60)


async def test_reload(house: PlaceosHouse) -> None:
    """The same states, no news, and one connection."""
    house.meet("Running", 0)
    house.meet("Planning", 60)
    await house.clock.pass_by(minutes=10)
    before = house.facts(), house.titles("Fjord")
    with house.recording() as changes:
        assert await house.hass.config_entries.async_reload(house.entry.entry_id)
        await house.clock.pass_by(minutes=10)
    assert (house.facts(), house.titles("Fjord")) == before
    assert changes.told("Fjord") == []
    assert len(house.placeos.connections) == 1


async def test_after_unloading_nothing_is_left(house: PlaceosHouse) -> None:
    """No task, no connection and no request; nor is what is under way waited for."""
    silence = house.placeos.faults.when(name="poll_events").no_answer()
    call = house.doing(house.sync("Fjord"))
    await silence.triggered()
    began = house.clock.now
    await house.stop()
    assert (house.clock.now - began).total_seconds() < 3
    call.cancel()
    await house.clock.settle()
    assert house.placeos.connections == []
    assert [t for t in asyncio.all_tasks() if "placeos" in t.get_name()] == []
    house.placeos.requests.clear()
    knocked = len(house.placeos.handshakes)
    await house.clock.pass_by(hours=2)
    assert house.placeos.requests == []
    assert len(house.placeos.handshakes) == knocked


async def test_remove(house: PlaceosHouse) -> None:
    """Nothing of it is left, and meetings stay at the server."""
    await house.do("book", title="Planning", duration=HALF_AN_HOUR)
    await house.remove()
    await house.clock.settle()
    assert house.held() == [("Planning", 0, 30)]
    assert house.placeos.connections == []


async def test_who_made_a_booking_is_known_after_a_restart(house: PlaceosHouse) -> None:
    """What was booked from here ends from here."""
    await house.do("book", title="Planning", duration=HALF_AN_HOUR)
    await house.clock.pass_by(minutes=1)
    await house.stop()
    await house.start()
    with house.recording() as changes:
        await house.clock.move_to(house.at(31))
    assert [(t.kind, t.ours) for t in changes.told("Fjord")] == [("ended", True)]

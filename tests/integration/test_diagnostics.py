"""What somebody may send to whoever helps him."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
    get_diagnostics_for_device,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.room_bookings.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from tests.simulators.roomos import RoomosSimulator

from .house import START, House


@pytest.fixture
async def house(closed_house: House) -> House:
    """Three rooms in a Home Assistant that can be asked for diagnostics."""
    for component in ("diagnostics", DOMAIN):
        assert await async_setup_component(closed_house.hass, component, {})
    await closed_house.open()
    return closed_house


def device_of(house: House, room: str) -> dr.DeviceEntry:
    """The device that stands for a room."""
    [device] = [
        device
        for device in dr.async_entries_for_config_entry(
            dr.async_get(house.hass), house.entry.entry_id
        )
        if device.name == room
    ]
    return device


def free_room(house: House, room: str, synced: str) -> dict[str, Any]:
    """What there is to say about a room without bookings."""
    return {
        "id": house.workspace(room).id,
        "model": "Cisco 9871",
        "software": house.phone(room).profile.software,
        "capacity": 6,
        "details": {},
        "online": True,
        "verbs": ["book", "delete", "end_meeting"],
        "available": True,
        "last_sync": synced,
        "availability": "free",
        "until": None,
        "bookings": [],
    }


async def test_diagnostics_of_an_entry(
    house: House, hass_client: ClientSessionGenerator
) -> None:
    """Shapes, counts and times, but no secrets and no texts of meetings."""
    house.book_at_device("Fjord", "Planning", 10, 30, organizer="Ada")
    house.book_at_device("Fjord", "Salaries", 60, 45, private=True)
    await house.clock.pass_by(minutes=1)
    found: Any = await get_diagnostics_for_config_entry(
        house.hass, hass_client, house.entry
    )
    rooms = {room["id"]: room for room in found.pop("rooms")}
    assert found == {
        "data": {
            "system": "webex",
            "client_id": "**REDACTED**",
            "client_secret": "**REDACTED**",
            "app_id": "**REDACTED**",
            "refresh_token": "**REDACTED**",
            "app_url": "**REDACTED**",
            "oauth_url": f"{house.sim.api_url}/access_token",
            "api_url": house.sim.api_url,
            "left_out": [],
        },
        "options": {},
        "connected": True,
        "ledger": [],
    }
    assert len(rooms) == 3
    fjord = rooms[house.workspace("Fjord").id]
    assert fjord == free_room(house, "Fjord", fjord["last_sync"]) | {
        "until": (START + timedelta(minutes=10)).isoformat(),
        "bookings": [
            {
                "start": (START + timedelta(minutes=start)).isoformat(),
                "end": (START + timedelta(minutes=end)).isoformat(),
                "status": "confirmed",
                "private": private,
                "checked_in": None,
            }
            for start, end, private in ((10, 40, False), (60, 105, True))
        ],
    }
    aurora = rooms[house.workspace("Aurora").id]
    assert aurora == free_room(house, "Aurora", aurora["last_sync"])
    assert aurora["last_sync"].startswith("2026-03-03T09:00:0")


async def test_diagnostics_of_a_room(
    house: House, hass_client: ClientSessionGenerator
) -> None:
    """One room's device tells of that room only."""
    found: Any = await get_diagnostics_for_device(
        house.hass, hass_client, house.entry, device_of(house, "Birch")
    )
    [birch] = found["rooms"]
    assert birch == free_room(house, "Birch", birch["last_sync"])


async def test_diagnostics_tell_of_wishes_without_their_words(
    house: House, hass_client: ClientSessionGenerator
) -> None:
    """A booking that nobody confirmed is there, by its times."""
    house.sim.faults.when(command="Bookings.Book").always().not_applied()
    with pytest.raises(HomeAssistantError):
        await house.call("book", "Fjord", title="Secret", duration={"minutes": 30})
    found: Any = await get_diagnostics_for_config_entry(
        house.hass, hass_client, house.entry
    )
    [wish] = found["ledger"]
    assert wish == {
        "stage": "unconfirmed",
        "start": house.ledger[0]["start"],
        "end": house.ledger[0]["end"],
    }
    assert "Secret" not in str(found)


async def test_diagnostics_while_the_connection_is_lost(
    house: House, hass_client: ClientSessionGenerator
) -> None:
    """They tell that the rooms are out of reach, and since when."""
    await house.sim.down()
    await house.clock.pass_by(minutes=10)
    found: Any = await get_diagnostics_for_config_entry(
        house.hass, hass_client, house.entry
    )
    assert found["connected"] is False
    assert [room["available"] for room in found["rooms"]] == [False] * 3


async def test_diagnostics_of_an_entry_that_cannot_start(
    house: House, hass_client: ClientSessionGenerator
) -> None:
    """Whoever needs help most has no rooms to tell of, but something to send."""
    await house.sim.down()
    await house.hass.config_entries.async_reload(house.entry.entry_id)
    found: Any = await get_diagnostics_for_config_entry(
        house.hass, hass_client, house.entry
    )
    assert set(found) == {"data", "options"}
    assert house.sim.client_secret not in str(found)
    found = await get_diagnostics_for_device(
        house.hass, hass_client, house.entry, device_of(house, "Birch")
    )
    assert found == {"rooms": []}


async def test_diagnostics_do_not_tell_serial_numbers(
    hass: HomeAssistant, socket_enabled: None, hass_client: ClientSessionGenerator
) -> None:
    """A room on the local network goes by its device's serial number: that is left out."""
    for component in ("diagnostics", DOMAIN):
        assert await async_setup_component(hass, component, {})
    async with RoomosSimulator(ticking=True, name="Fjord") as device:
        flows = hass.config_entries.flow
        flow = await flows.async_init(DOMAIN, context={"source": "user"})
        await flows.async_configure(flow["flow_id"], {"next_step_id": "roomos"})
        result = await flows.async_configure(
            flow["flow_id"],
            {
                "host": device.host,
                "username": device.username,
                "password": device.password,
                "verify_ssl": False,
            },
        )
        await hass.async_block_till_done()
        entry = result["result"]
        found: Any = await get_diagnostics_for_config_entry(hass, hass_client, entry)
        await hass.config_entries.async_unload(entry.entry_id)
    [room] = found["rooms"]
    assert room["id"] == "**REDACTED**"
    assert device.serial not in str(found)
    assert device.password not in str(found)
    assert device.username not in str(found["data"])

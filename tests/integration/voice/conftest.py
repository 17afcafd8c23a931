"""A house whose rooms one may speak of: all but Aurora are exposed to the assistant."""

from collections.abc import Callable

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from tests.integration.house import House

ASSISTANT = "conversation"

type AddSatellite = Callable[[str | None], str]


@pytest.fixture
async def listening(hass: HomeAssistant, closed_house: House) -> House:
    """The rooms, and an assistant that knows Birch and Fjord."""
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "conversation", {})
    await closed_house.open()
    for room in closed_house.rooms:
        expose(closed_house, room, room != "Aurora")
    return closed_house


@pytest.fixture
def satellite(hass: HomeAssistant) -> AddSatellite:
    """Adds a device to speak to, in an area or in none; returns its id."""

    def add(area_id: str | None) -> str:
        entry = MockConfigEntry(domain="satellite")
        entry.add_to_hass(hass)
        registry = dr.async_get(hass)
        device = registry.async_get_or_create(
            config_entry_id=entry.entry_id, identifiers={("satellite", entry.entry_id)}
        )
        registry.async_update_device(device.id, area_id=area_id)
        return device.id

    return add


def expose(house: House, room: str, exposed: bool = True) -> None:
    """Let the assistant know of a room, or not."""
    async_expose_entity(
        house.hass, ASSISTANT, house.entity_id(room, "bookings"), exposed
    )

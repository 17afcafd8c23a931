"""Rooms in which people have to check in, though their phones know nothing of it."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from homeassistant.core import HomeAssistant
from tests.integration.house import House
from tests.integration.roomos.room import Room
from tests.integration.virtual_time import VirtualTime


@pytest.fixture
async def house(closed_house: House) -> House:
    """Three rooms where check-in is on, with the rules that are usual."""
    await closed_house.open(check_in=True)
    return closed_house


@pytest.fixture
async def closed_room(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    socket_enabled: None,
    clock: VirtualTime,
) -> AsyncGenerator[Room]:
    """A room with a RoomOS device that counts people; Home Assistant does not know it yet."""
    async with Room.with_device(hass, hass_storage, clock) as room:
        yield room

"""A Home Assistant with the integration, and a simulated RoomOS device beside it."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from tests.integration.virtual_time import VirtualTime
from tests.simulators.roomos import Certificate, RoomosSimulator

from .room import Room, add_roomos

# The library keeps the type that `datetime` has when it is first used: not a frozen one.
Certificate.make()


@pytest.fixture
async def sim(socket_enabled: None) -> AsyncGenerator[RoomosSimulator]:
    """A device with the newest software, in time that passes as usual."""
    # Else asyncio complains of every client that does not like a certificate.
    asyncio.get_running_loop().set_debug(False)
    async with RoomosSimulator(ticking=True) as simulator:
        yield simulator


@pytest.fixture
def software() -> str:
    """What the device runs; tests that are about it say otherwise."""
    return "roomos-26.4"


@pytest.fixture
async def closed_room(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    socket_enabled: None,
    clock: VirtualTime,
    software: str,
) -> AsyncGenerator[Room]:
    """A room that Home Assistant does not know yet, in virtual time."""
    async with Room.with_device(hass, hass_storage, clock, profile=software) as room:
        yield room


@pytest.fixture
async def room(closed_room: Room) -> Room:
    """A room in Home Assistant."""
    await closed_room.open()
    return closed_room


@pytest.fixture
async def entry(hass: HomeAssistant, sim: RoomosSimulator) -> MockConfigEntry:
    """The device in Home Assistant, its certificate pinned."""
    return await add_roomos(hass, sim)

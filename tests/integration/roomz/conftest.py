"""A Home Assistant with the integration, and a system beside it that serves the ROOMZ contract."""

from collections.abc import AsyncGenerator, Sequence
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from tests.integration import flows
from tests.integration.virtual_time import VirtualTime
from tests.simulators.roomz import RoomzSimulator

from .house import RoomzHouse

ROOMS = ("Aurora", "Fjord")
# Of the step `roomz`.
FIELDS = ["url", "username", "password", "verify_ssl"]


@pytest.fixture
async def sim(socket_enabled: None) -> AsyncGenerator[RoomzSimulator]:
    """A system with two rooms below a path, in time that passes as usual."""
    async with RoomzSimulator(prefix="/connector/v1") as simulator:
        for name in ROOMS:
            simulator.add_room(name)
        yield simulator
        assert simulator.check() == []


@pytest.fixture
async def closed_house(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    socket_enabled: None,
    clock: VirtualTime,
) -> AsyncGenerator[RoomzHouse]:
    """Two rooms that Home Assistant does not know yet, in virtual time."""
    async with RoomzHouse.with_server(
        hass, hass_storage, clock, ROOMS, add_roomz
    ) as house:
        yield house


@pytest.fixture
async def entry(hass: HomeAssistant, sim: RoomzSimulator) -> MockConfigEntry:
    """The system in Home Assistant."""
    return await add_roomz(hass, sim)


def roomz_input(sim: RoomzSimulator, **changes: Any) -> dict[str, Any]:
    """What a person types into the step `roomz`."""
    return {
        "url": sim.url,
        "username": sim.username,
        "password": sim.password,
        "verify_ssl": True,
        **changes,
    }


async def add_roomz(
    hass: HomeAssistant, sim: RoomzSimulator, rooms: Sequence[str] = (), **changes: Any
) -> MockConfigEntry:
    """Add the system through the flow, with these rooms or all; the loaded entry."""
    return await flows.add(hass, "roomz", roomz_input(sim, **changes), rooms)

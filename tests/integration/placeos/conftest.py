"""A Home Assistant with the integration, and a simulated PlaceOS server beside it."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from tests.integration import flows
from tests.integration.virtual_time import VirtualTime
from tests.simulators.common.certificate import Certificate
from tests.simulators.placeos import PlaceosSimulator, Settings

from .house import BUSY, PlaceosHouse

ROOMS = ("Aurora", "Fjord")
# Of the step `placeos`.
FIELDS = ["url", "api_key", "verify_ssl"]
WRONG_KEY = "0123456789abcdef.herring-42"

# The library keeps the type that `datetime` has when it is first used: not a frozen one.
Certificate.make()


@pytest.fixture
async def sim(socket_enabled: None) -> AsyncGenerator[PlaceosSimulator]:
    """A server with two rooms and a lobby below a path, in time that passes as usual."""
    # Else asyncio complains of every client that does not like a certificate.
    asyncio.get_running_loop().set_debug(False)
    async with PlaceosSimulator(prefix="/place", ticking=True) as simulator:
        for name in ROOMS:
            simulator.add_room(name, settings=BUSY)
        simulator.add_system("Lobby screens")
        yield simulator


@pytest.fixture
def server() -> dict[str, Any]:
    """What is particular about the server; tests parametrize it."""
    return {}


@pytest.fixture
def settings() -> Settings:
    """How the rooms' modules are set up: nobody has to check in, unless a test says otherwise."""
    return BUSY


@pytest.fixture
async def closed_house(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    socket_enabled: None,
    clock: VirtualTime,
    server: dict[str, Any],
    settings: Settings,
) -> AsyncGenerator[PlaceosHouse]:
    """Two rooms that Home Assistant does not know yet, in virtual time."""
    async with PlaceosHouse.with_server(
        hass, hass_storage, clock, ROOMS, settings, add_placeos, **server
    ) as house:
        yield house


@pytest.fixture
async def entry(hass: HomeAssistant, sim: PlaceosSimulator) -> MockConfigEntry:
    """The server in Home Assistant."""
    return await add_placeos(hass, sim)


def placeos_input(sim: PlaceosSimulator, **changes: Any) -> dict[str, Any]:
    """What a person types into the step `placeos`."""
    return {"url": sim.url, "api_key": sim.api_key, "verify_ssl": True, **changes}


async def add_placeos(
    hass: HomeAssistant,
    sim: PlaceosSimulator,
    rooms: Sequence[str] = (),
    **changes: Any,
) -> MockConfigEntry:
    """Add the server through the flow, with these systems or all; the loaded entry."""
    return await flows.add(hass, "placeos", placeos_input(sim, **changes), rooms)

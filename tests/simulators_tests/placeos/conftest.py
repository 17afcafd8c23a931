"""The simulated server on a clock that the test moves, and its client."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.simulators.placeos import PlaceosSimulator, Room
from tests.simulators_tests.conftest import Clock

from .client import Client, channel


@pytest.fixture
async def sim(clock: Clock, socket_enabled: None) -> AsyncIterator[PlaceosSimulator]:
    """A server without systems."""
    async with PlaceosSimulator(clock=clock) as simulator:
        yield simulator


@pytest.fixture
def room(sim: PlaceosSimulator) -> Room:
    """A room."""
    return sim.add_room("Fjord")


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """A session."""
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
async def client(
    sim: PlaceosSimulator, session: aiohttp.ClientSession
) -> AsyncIterator[Client]:
    """Someone on the channel."""
    async with channel(sim, session) as opened:
        yield opened


async def wait_for(sim: PlaceosSimulator, clock: Clock, **interval: float) -> None:
    """Let time pass."""
    clock.pass_by(**interval)
    await sim.tick()

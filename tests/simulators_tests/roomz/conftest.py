"""The simulated system on a clock that the test moves, and its caller."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.simulators.roomz import RoomzSimulator, SimRoom
from tests.simulators_tests.conftest import Clock

from .caller import Caller


@pytest.fixture
async def sim(clock: Clock, socket_enabled: None) -> AsyncIterator[RoomzSimulator]:
    """The two rooms of the contract's own example."""
    async with RoomzSimulator(clock=clock, prefix="/connector/v1") as simulator:
        simulator.add_room("Weisshorn", "57")
        simulator.add_room("Moleson", "22")
        yield simulator


@pytest.fixture
def room(sim: RoomzSimulator) -> SimRoom:
    """The first of them."""
    return sim.rooms[0]


@pytest.fixture
async def ask(sim: RoomzSimulator) -> AsyncIterator[Caller]:
    """A way to ask."""
    async with aiohttp.ClientSession() as session:
        yield Caller(sim, session)

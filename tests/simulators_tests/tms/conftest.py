"""A small TMS on a clock that the test moves: its engine alone, and as a server."""

from collections.abc import AsyncIterator

import pytest

from tests.simulators.tms import TmsSimulator
from tests.simulators_tests.conftest import Clock

from .client import Client, connected
from .world import World


@pytest.fixture
def world() -> World:
    """Return a TMS with three rooms."""
    return World()


@pytest.fixture
async def sim(clock: Clock, socket_enabled: None) -> AsyncIterator[TmsSimulator]:
    """A server with the room Fjord, whose id is 5."""
    async with TmsSimulator(clock=clock) as simulator:
        simulator.add_system("Fjord", 5, description="8 chairs")
        yield simulator


@pytest.fixture
async def client(sim: TmsSimulator) -> AsyncIterator[Client]:
    """Someone who logs on with NTLM and keeps to the reference."""
    async with connected(sim) as one:
        yield one

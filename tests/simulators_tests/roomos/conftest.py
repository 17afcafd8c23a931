"""A simulated device on a clock that the test moves, and its client."""

from collections.abc import AsyncIterator

import pytest

from tests.simulators.roomos import RoomosSimulator
from tests.simulators_tests.conftest import Clock

from .client import BOOKINGS, Client, client_of


@pytest.fixture
async def device(clock: Clock, socket_enabled: None) -> AsyncIterator[RoomosSimulator]:
    """A device of the newest release."""
    async with RoomosSimulator(clock=clock) as simulator:
        yield simulator


@pytest.fixture
async def client(device: RoomosSimulator) -> AsyncIterator[Client]:
    """A client of it."""
    async with await client_of(device) as connected:
        yield connected


@pytest.fixture
async def listener(client: Client) -> Client:
    """A client that subscribed to the Bookings events."""
    await client.subscribe(*BOOKINGS)
    return client

"""An organisation on a clock that the test moves, and its client."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.simulators.webex import WebexSimulator, Workspace
from tests.simulators.xapi import Device
from tests.simulators_tests.conftest import Clock

from .client import Client


@pytest.fixture
async def sim(clock: Clock, socket_enabled: None) -> AsyncIterator[WebexSimulator]:
    """An empty organisation."""
    async with WebexSimulator(clock=clock, hold=0.05) as simulator:
        yield simulator


@pytest.fixture
async def client(sim: WebexSimulator) -> AsyncIterator[Client]:
    """A client that has not authorized yet."""
    async with aiohttp.ClientSession() as session:
        yield Client(sim, session)


@pytest.fixture
async def integration(client: Client) -> Client:
    """A client with a token and a queue."""
    await client.provision()
    return client


@pytest.fixture
def phone(sim: WebexSimulator) -> Device:
    """A phone in the room Fjord."""
    return sim.add_device(sim.add_workspace("Fjord", capacity=4))


@pytest.fixture
def room(phone: Device) -> Workspace:
    """The room of the phone."""
    return phone.workspace

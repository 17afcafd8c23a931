"""What the forms of Webex are tried with."""

from collections.abc import AsyncGenerator

import pytest

from tests.simulators.webex import WebexSimulator


@pytest.fixture
async def hut(socket_enabled: None) -> AsyncGenerator[WebexSimulator]:
    """An organisation with one room, which nobody needs to choose."""
    async with WebexSimulator(ticking=True) as simulator:
        simulator.add_device(simulator.add_workspace("Hut", capacity=2))
        yield simulator

"""The simulated cloud, asked directly."""

from collections.abc import AsyncGenerator

import pytest

from custom_components.room_bookings.backends.backoff import Backoff
from custom_components.room_bookings.backends.xapi.cloud import transport as module
from custom_components.room_bookings.backends.xapi.cloud.transport import CloudTransport
from tests.backends.listening import Ear
from tests.backends.xapi.conftest import Rig
from tests.simulators.xapi import Device


@pytest.fixture
def phone(rig: Rig) -> Device:
    """A phone in the room Fjord."""
    return rig.sim.add_device(rig.sim.add_workspace("Fjord"))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for hundredths of what people wait."""
    monkeypatch.setattr(module, "_IDLE_POLL_EVERY", 0.02)
    monkeypatch.setattr(module, "_CHECK_AGAIN", 0.1)
    monkeypatch.setattr(
        module, "Backoff", lambda most: Backoff(first=0.02, most=most / 100)
    )


@pytest.fixture
async def transport(rig: Rig) -> CloudTransport:
    """A transport with a queue."""
    transport = rig.transport()
    await transport.connect()
    return transport


@pytest.fixture
async def ear(transport: CloudTransport) -> AsyncGenerator[Ear]:
    """Somebody who listens to it."""
    async with Ear(transport.listen) as ear:
        yield ear

"""A Home Assistant with the integration, and a simulated Webex organisation beside it."""

from collections.abc import AsyncGenerator, Sequence
from functools import partial
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.room_bookings.backends.xapi.cloud.limiter import RateLimiter
from homeassistant.core import HomeAssistant
from tests.simulators.webex import WebexSimulator

from . import flows
from .house import START, House
from .virtual_time import VirtualTime, virtual_time


@pytest.fixture(autouse=True)
def custom_integrations(enable_custom_integrations: None) -> None:
    """Load integrations from this checkout."""


@pytest.fixture
def patient_cloud(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cloud that takes any number of requests a second: for tests of other things."""
    monkeypatch.setattr(
        "custom_components.room_bookings.backends.xapi.cloud.client.RateLimiter",
        partial(RateLimiter, rate=1000),
    )


@pytest.fixture
async def cloud(socket_enabled: None) -> AsyncGenerator[WebexSimulator]:
    """A Webex organisation with three PhoneOS rooms, one of which has two devices."""
    async with WebexSimulator(ticking=True) as simulator:
        for name in ("Aurora", "Birch", "Fjord"):
            workspace = simulator.add_workspace(name, capacity=6)
            simulator.add_device(workspace)
        simulator.add_device(simulator.workspace_named("Birch"), name="Birch wall")
        yield simulator


@pytest.fixture
async def clock(hass: HomeAssistant) -> AsyncGenerator[VirtualTime]:
    """Virtual time, from a quiet hour of a working day on."""
    with virtual_time(START) as clock:
        yield clock


@pytest.fixture
async def closed_house(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    socket_enabled: None,
    clock: VirtualTime,
) -> AsyncGenerator[House]:
    """Three rooms that Home Assistant does not know yet."""
    async with House.built(hass, hass_storage, clock, add_webex) as house:
        yield house


@pytest.fixture
async def house(closed_house: House) -> House:
    """Three rooms in Home Assistant."""
    await closed_house.open()
    return closed_house


def webex_input(cloud: WebexSimulator, **changes: Any) -> dict[str, Any]:
    """What a person types into the step `webex`."""
    return {
        "client_id": cloud.client_id,
        "client_secret": cloud.client_secret,
        "activation_code": cloud.activation_code(),
        "advanced": {"api_url": cloud.api_url},
        **changes,
    }


async def add_webex(
    hass: HomeAssistant, cloud: WebexSimulator, rooms: Sequence[str] = ()
) -> MockConfigEntry:
    """Add the organisation through the flow, with these rooms or all; the loaded entry."""
    return await flows.add(hass, "webex", webex_input(cloud), rooms)

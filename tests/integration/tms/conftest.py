"""A Home Assistant with the integration, and a simulated Cisco TMS beside it."""

from collections.abc import AsyncGenerator, Sequence
from functools import partial
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.room_bookings.backends.tms.transport import Limits
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from tests.integration import flows
from tests.integration.virtual_time import VirtualTime
from tests.simulators.common.certificate import Certificate
from tests.simulators.tms import TmsSimulator

from .house import TmsHouse, threads

ROOMS = ("Aurora", "Fjord")
# Of the step `tms`.
FIELDS = ["url", "username", "password", "authentication", "verify_ssl"]

# The library keeps the type that `datetime` has when it is first used: not a frozen one.
Certificate.make()


@pytest.fixture
async def sim(socket_enabled: None) -> AsyncGenerator[TmsSimulator]:
    """A TMS with two rooms, in time that passes as usual; it minds every wrong request."""
    async with TmsSimulator() as simulator:
        for name in ROOMS:
            simulator.add_system(name)
        yield simulator
        assert simulator.violations == []


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that waits half a second for an answer, in real time."""
    monkeypatch.setattr(
        "custom_components.room_bookings.backends.tms.client.Limits",
        partial(Limits, read=0.5),
    )


@pytest.fixture
async def closed_house(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    socket_enabled: None,
    clock: VirtualTime,
) -> AsyncGenerator[TmsHouse]:
    """Two rooms that Home Assistant does not know yet, in virtual time."""
    async with TmsHouse.with_server(hass, hass_storage, clock, ROOMS, add_tms) as house:
        yield house


@pytest.fixture
def none_left_behind(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A form that comes again has left no client behind."""
    configure = hass.config_entries.flow.async_configure

    async def watched(*args: Any) -> ConfigFlowResult:
        before = len(threads())
        result = await configure(*args)
        if result["type"] is FlowResultType.FORM:
            assert len(threads()) == before
        return result

    monkeypatch.setattr(hass.config_entries.flow, "async_configure", watched)


@pytest.fixture
def named(sim: TmsSimulator, monkeypatch: pytest.MonkeyPatch) -> str:
    """The server's address by a name that does not say that it is this machine."""
    return flows.by_name(monkeypatch, sim.url)


@pytest.fixture
async def entry(hass: HomeAssistant, sim: TmsSimulator) -> MockConfigEntry:
    """The server in Home Assistant."""
    return await add_tms(hass, sim)


def tms_input(sim: TmsSimulator, **changes: Any) -> dict[str, Any]:
    """What a person types into the step `tms`."""
    return {
        "url": sim.url,
        "username": sim.username,
        "password": sim.password,
        "authentication": "auto",
        "verify_ssl": True,
        **changes,
    }


async def add_tms(
    hass: HomeAssistant, sim: TmsSimulator, rooms: Sequence[str] = (), **changes: Any
) -> MockConfigEntry:
    """Add the server through the flow, with these systems or all; the loaded entry."""
    return await flows.add(hass, "tms", tms_input(sim, **changes), rooms)

"""A Home Assistant with the integration, and a simulated Cisco TMS beside it."""

from collections.abc import AsyncGenerator, Sequence
from functools import partial
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.room_bookings.backends.tms.transport import Limits
from custom_components.room_bookings.const import DOMAIN
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from tests.integration.virtual_time import VirtualTime
from tests.simulators.roomos import Certificate
from tests.simulators.tms import TmsSimulator

from .house import TmsHouse

ROOMS = ("Aurora", "Fjord")

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
    async with TmsHouse.with_server(hass, hass_storage, clock, ROOMS, add) as house:
        yield house


@pytest.fixture
async def house(closed_house: TmsHouse) -> TmsHouse:
    """Two rooms in Home Assistant."""
    await closed_house.open()
    return closed_house


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


async def start_flow(hass: HomeAssistant) -> str:
    """Open the flow and choose Cisco TMS; the flow's id."""
    flow = await hass.config_entries.flow.async_init(DOMAIN, context={"source": "user"})
    assert "tms" in flow["menu_options"]
    flow = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {"next_step_id": "tms"}
    )
    assert flow["type"] is FlowResultType.FORM
    assert flow["step_id"] == "tms"
    return flow["flow_id"]


async def add_tms(
    hass: HomeAssistant,
    sim: TmsSimulator,
    rooms: Sequence[str] | None = None,
    **changes: Any,
) -> MockConfigEntry:
    """Add the server through the flow, with these systems or all; the loaded entry."""
    flow_id = await start_flow(hass)
    result: ConfigFlowResult = await hass.config_entries.flow.async_configure(
        flow_id, tms_input(sim, **changes)
    )
    if result["type"] is FlowResultType.FORM:
        assert result["step_id"] == "rooms", result
        answer = {} if rooms is None else {"rooms": list(rooms)}
        result = await hass.config_entries.flow.async_configure(flow_id, answer)
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    await hass.async_block_till_done()
    return result["result"]


async def add(hass: HomeAssistant, sim: TmsSimulator, _: object) -> MockConfigEntry:
    """Add the server with all its rooms."""
    return await add_tms(hass, sim)

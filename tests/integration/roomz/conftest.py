"""A Home Assistant with the integration, and a system beside it that serves the ROOMZ contract."""

from collections.abc import AsyncGenerator, Sequence
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.room_bookings.const import DOMAIN
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from tests.integration.virtual_time import VirtualTime
from tests.simulators.roomz import RoomzSimulator

from .house import RoomzHouse

ROOMS = ("Aurora", "Fjord")


@pytest.fixture
async def sim(socket_enabled: None) -> AsyncGenerator[RoomzSimulator]:
    """A system with two rooms below a path, in time that passes as usual."""
    async with RoomzSimulator(prefix="/connector/v1") as simulator:
        for name in ROOMS:
            simulator.add_room(name)
        yield simulator
        assert simulator.check() == []


@pytest.fixture
async def closed_house(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    socket_enabled: None,
    clock: VirtualTime,
) -> AsyncGenerator[RoomzHouse]:
    """Two rooms that Home Assistant does not know yet, in virtual time."""
    async with RoomzHouse.with_server(
        hass, hass_storage, clock, ROOMS, add_roomz
    ) as house:
        yield house


@pytest.fixture
async def house(closed_house: RoomzHouse) -> RoomzHouse:
    """Two rooms in Home Assistant."""
    await closed_house.open()
    return closed_house


def roomz_input(sim: RoomzSimulator, **changes: Any) -> dict[str, Any]:
    """What a person types into the step `roomz`."""
    return {
        "url": sim.url,
        "username": sim.username,
        "password": sim.password,
        "verify_ssl": True,
        **changes,
    }


async def start_flow(hass: HomeAssistant) -> str:
    """Open the flow and choose ROOMZ; the flow's id."""
    flow = await hass.config_entries.flow.async_init(DOMAIN, context={"source": "user"})
    assert "roomz" in flow["menu_options"]
    flow = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {"next_step_id": "roomz"}
    )
    assert flow["type"] is FlowResultType.FORM
    assert flow["step_id"] == "roomz"
    return flow["flow_id"]


async def add_roomz(
    hass: HomeAssistant,
    sim: RoomzSimulator,
    rooms: Sequence[str] | None = None,
    **changes: Any,
) -> MockConfigEntry:
    """Add the system through the flow, with these rooms or all; the loaded entry."""
    flow_id = await start_flow(hass)
    result: ConfigFlowResult = await hass.config_entries.flow.async_configure(
        flow_id, roomz_input(sim, **changes)
    )
    if result["type"] is FlowResultType.FORM:
        assert result["step_id"] == "rooms", result
        answer = {} if rooms is None else {"rooms": list(rooms)}
        result = await hass.config_entries.flow.async_configure(flow_id, answer)
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    await hass.async_block_till_done()
    return result["result"]

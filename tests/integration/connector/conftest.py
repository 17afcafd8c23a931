"""A house whose rooms are served to ROOMZ displays, and a strict display."""

import logging
from typing import Any

from aiohttp import encode_basic_auth
from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.room_bookings.const import DOMAIN
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from tests.integration.house import House
from tests.simulators.roomz.strict_client import StrictClient

URL = "/api/room_bookings/roomz"
USERNAME = "display"
PASSWORD = "corridor: über 9000"
AUTHORIZATION = {"Authorization": encode_basic_auth(USERNAME, PASSWORD, "utf-8")}


@pytest.fixture
async def house(closed_house: House) -> House:
    """Three rooms with phones, and the Studio, where bookings can be changed."""
    sim = closed_house.sim
    sim.add_device(sim.add_workspace("Studio"), profile="roomos-26.4")
    await closed_house.open()
    return closed_house


async def add_connector(
    hass: HomeAssistant,
    rooms: list[str] | None = None,
    username: str = USERNAME,
    password: str = PASSWORD,
) -> ConfigEntry[Any]:
    """Add the connector through its flow; the loaded entry."""
    flow = await hass.config_entries.flow.async_init(DOMAIN, context={"source": "user"})
    flow = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {"next_step_id": "roomz_connector"}
    )
    assert flow["type"] is FlowResultType.FORM
    answers: dict[str, Any] = {"username": username, "password": password}
    if rooms is not None:
        answers["rooms"] = rooms
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], answers)
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    await hass.async_block_till_done()
    entry: ConfigEntry[Any] = result["result"]
    return entry


@pytest.fixture
async def web(
    house: House,
    hass_client_no_auth: ClientSessionGenerator,
    caplog: pytest.LogCaptureFixture,
) -> TestClient[Any, Any]:
    """Anybody who can reach Home Assistant."""
    # Home Assistant keeps no log of requests; the test server's does not bear frozen time.
    caplog.set_level(logging.WARNING, "aiohttp.access")
    return await hass_client_no_auth()


@pytest.fixture
async def connector(house: House) -> ConfigEntry[Any]:
    """The connector, with all rooms."""
    return await add_connector(house.hass)


@pytest.fixture
def display(connector: ConfigEntry[Any], web: TestClient[Any, Any]) -> StrictClient:
    """A display that knows the password and accepts nothing but the contract."""
    return StrictClient(web.session, str(web.make_url(URL)), USERNAME, PASSWORD)

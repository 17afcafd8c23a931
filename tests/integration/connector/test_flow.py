"""Setting the connector up, changing it, and what is told about it."""

from typing import Any

from aiohttp import encode_basic_auth
from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.room_bookings.const import DOMAIN
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.const import CONF_PASSWORD
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from tests.integration.flows import choose, fields_of, open_form, shown
from tests.integration.house import House

from .conftest import PASSWORD, URL, USERNAME, add_connector


async def reconfigure(
    hass: HomeAssistant, entry: ConfigEntry[Any], **answers: Any
) -> ConfigFlowResult:
    """Change an entry as its menu does."""
    flow = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    )
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], answers)
    await hass.async_block_till_done()
    return result


async def status(web: TestClient[Any, Any], password: str) -> int:
    """What a display with this password is answered."""
    async with web.get(
        f"{URL}/rooms",
        headers={"Authorization": encode_basic_auth(USERNAME, password)},
    ) as answer:
        return answer.status


async def test_the_form(house: House) -> None:
    """It asks for what displays have to know, and says where they find it."""
    form = await open_form(house.hass, "roomz_connector")
    assert fields_of(form) == ["username", "password", "rooms"]
    assert form["description_placeholders"] == {"path": URL}
    entry = await add_connector(house.hass, username=" display ")
    assert entry.state is ConfigEntryState.LOADED
    assert entry.title == "ROOMZ displays"
    assert entry.data == {
        "system": "roomz_connector",
        "username": "display",
        "password": PASSWORD,
        "rooms": [],
    }
    assert (
        er.async_entries_for_config_entry(er.async_get(house.hass), entry.entry_id)
        == []
    )


async def test_it_needs_no_rooms_yet(hass: HomeAssistant) -> None:
    """Whoever begins with the displays gets an empty list."""
    entry = await add_connector(hass)
    assert entry.state is ConfigEntryState.LOADED


async def test_there_is_one_connector(house: House) -> None:
    """There is one address for all displays."""
    await add_connector(house.hass)
    result = await choose(house.hass, "roomz_connector")
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"username": "a:b"}, "invalid_credentials"),
        ({"username": " "}, "invalid_credentials"),
        ({"password": ""}, "invalid_credentials"),
        ({"rooms": ["calendar.of_somebody_else"]}, "not_a_room"),
    ],
)
async def test_errors_leave_the_form_filled_in(
    house: House, answers: dict[str, Any], error: str
) -> None:
    """And can be recovered from."""
    form = await open_form(house.hass, "roomz_connector")
    given = {"username": USERNAME, "password": PASSWORD, "rooms": [], **answers}
    configure = house.hass.config_entries.flow.async_configure
    result = await configure(form["flow_id"], given)
    assert result["errors"] == {"base": error}
    assert shown(result) == given
    good = {"username": USERNAME, "password": PASSWORD, "rooms": []}
    assert (await configure(form["flow_id"], good))["type"] is (
        FlowResultType.CREATE_ENTRY
    )


async def test_another_password_counts_at_once(
    house: House, web: TestClient[Any, Any]
) -> None:
    """The old one is worth nothing from then on."""
    entry = await add_connector(house.hass)
    assert await status(web, PASSWORD) == 200
    result = await reconfigure(
        house.hass, entry, username=USERNAME, password="another one", rooms=[]
    )
    assert result["reason"] == "reconfigure_successful"
    assert await status(web, PASSWORD) == 401
    assert await status(web, "another one") == 200


async def test_reconfiguring_shows_the_rooms_but_no_password(house: House) -> None:
    """They are shown by what they are called now."""
    entity_id = house.entity_id("Birch", "bookings")
    entry = await add_connector(house.hass, [entity_id])
    er.async_get(house.hass).async_update_entity(
        entity_id, new_entity_id="calendar.board_room"
    )
    flow = await house.hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    )
    assert flow["step_id"] == "reconfigure"
    assert shown(flow) == {"username": USERNAME, "rooms": ["calendar.board_room"]}
    configure = house.hass.config_entries.flow.async_configure
    bad = {"username": "a:b", "password": PASSWORD, "rooms": []}
    result = await configure(flow["flow_id"], bad)
    assert result["errors"] == {"base": "invalid_credentials"}


async def test_it_has_no_options(house: House) -> None:
    """Preferences belong to the systems that keep the bookings."""
    entry = await add_connector(house.hass)
    assert not entry.supports_options
    assert entry.supports_reconfigure
    assert house.entry.supports_options


async def test_removing_it_leaves_nothing(
    house: House, hass_storage: dict[str, Any]
) -> None:
    """And it can be added again."""
    entry = await add_connector(house.hass)
    await house.hass.config_entries.async_remove(entry.entry_id)
    assert f"{DOMAIN}.{entry.entry_id}" not in hass_storage
    await add_connector(house.hass)


async def test_diagnostics_tell_no_secret(
    house: House, hass_client: ClientSessionGenerator
) -> None:
    """How many rooms are chosen is all there is to see."""
    assert await async_setup_component(house.hass, "diagnostics", {})
    entry = await add_connector(house.hass, [house.entity_id("Birch", "bookings")])
    told: Any = await get_diagnostics_for_config_entry(house.hass, hass_client, entry)
    assert told["data"]["username"] == told["data"][CONF_PASSWORD] == "**REDACTED**"
    assert len(told["data"]["rooms"]) == 1
    assert PASSWORD not in str(told)

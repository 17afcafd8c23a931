"""The forms of Webex, as the frontend shows them."""

import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.room_bookings.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.integration.conftest import webex_input
from tests.integration.eventually import eventually
from tests.simulators.webex import WebexSimulator

pytestmark = pytest.mark.usefixtures("patient_cloud")


async def test_the_frontend_can_show_every_form(
    hass: HomeAssistant, cloud: WebexSimulator, hass_client: ClientSessionGenerator
) -> None:
    """The whole flow through Home Assistant's own API, as JSON."""
    assert await async_setup_component(hass, "config", {})
    assert await async_setup_component(hass, DOMAIN, {})
    client = await hass_client()
    flows = "/api/config/config_entries/flow"
    answer = await client.post(flows, json={"handler": DOMAIN})
    assert answer.status == 200, await answer.text()
    menu = await answer.json()
    assert menu["type"] == "menu"
    assert "webex" in menu["menu_options"]

    flow = f"{flows}/{menu['flow_id']}"
    answer = await client.post(flow, json={"next_step_id": "webex"})
    form = await answer.json()
    fields = {field["name"]: field for field in form["data_schema"]}
    assert list(fields) == ["client_id", "client_secret", "activation_code", "advanced"]
    assert fields["client_secret"]["selector"]["text"]["type"] == "password"
    assert fields["activation_code"]["required"]
    assert fields["advanced"]["type"] == "expandable"
    assert fields["advanced"]["expanded"] is False
    [address] = fields["advanced"]["schema"]
    assert address["name"] == "api_url"
    assert address["default"] == "https://webexapis.com/v1"

    answer = await client.post(flow, json=webex_input(cloud, client_secret="wrong"))
    form = await answer.json()
    assert form["errors"] == {"base": "invalid_auth"}
    [address] = form["data_schema"][3]["schema"]
    assert address["description"]["suggested_value"] == cloud.api_url

    answer = await client.post(flow, json=webex_input(cloud))
    form = await answer.json()
    assert form["step_id"] == "rooms"
    [rooms] = form["data_schema"]
    assert rooms["selector"]["select"]["multiple"] is True
    chosen = rooms["description"]["suggested_value"]
    assert {o["value"] for o in rooms["selector"]["select"]["options"]} == set(chosen)

    answer = await client.post(flow, json={"rooms": chosen})
    created = await answer.json()
    assert created["type"] == "create_entry"
    await eventually(lambda: hass.states.get("calendar.fjord") is not None)
    await hass.async_block_till_done()

    [entry] = hass.config_entries.async_entries(DOMAIN)
    answer = await client.post(
        flows, json={"handler": DOMAIN, "entry_id": entry.entry_id}
    )
    form = await answer.json()
    assert form["step_id"] == "reconfigure"
    fields = {field["name"]: field for field in form["data_schema"]}
    assert fields["client_id"]["description"]["suggested_value"] == cloud.client_id
    assert not fields["activation_code"].get("required")
    assert cloud.client_secret not in await answer.text()

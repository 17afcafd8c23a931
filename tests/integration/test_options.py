"""The options of an entry: how its rooms are shown and booked."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from homeassistant.config_entries import ConfigEntry, ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.setup import async_setup_component
from tests.simulators.webex import WebexSimulator
from tests.simulators.xapi import utc_now

from .conftest import add_webex

pytestmark = pytest.mark.usefixtures("patient_cloud")

DEFAULTS = {
    "titles": "hide_private",
    "default_duration": 30,
    "check_in": False,
    "pending_before": 5,
    "check_in_window": 10,
    "no_show": "off",
    "presence": [],
    "exempt_long": True,
}


async def options_form(hass: HomeAssistant, entry: ConfigEntry) -> ConfigFlowResult:
    """Open the options."""
    return await hass.config_entries.options.async_init(entry.entry_id)


async def set_options(
    hass: HomeAssistant, entry: ConfigEntry, **options: Any
) -> ConfigFlowResult:
    """Open the options, choose and save."""
    form = await options_form(hass, entry)
    result = await hass.config_entries.options.async_configure(form["flow_id"], options)
    await hass.async_block_till_done()
    return result


def shown(form: ConfigFlowResult) -> dict[str, Any]:
    """What the form holds, if nobody changes anything."""
    assert form["data_schema"] is not None
    suggested = {
        str(marker): marker.description["suggested_value"]
        for marker in form["data_schema"].schema
        if marker.description
    }
    filled: dict[str, Any] = form["data_schema"](suggested)
    return filled


async def test_options_without_a_choice(
    hass: HomeAssistant, cloud: WebexSimulator
) -> None:
    """Whoever never chose anything: private titles are hidden, and nobody has to check in."""
    entry = await add_webex(hass, cloud)
    form = await options_form(hass, entry)
    assert form["type"] is FlowResultType.FORM
    assert form["step_id"] == "init"
    assert shown(form) == DEFAULTS


async def test_options_are_kept_and_shown_again(
    hass: HomeAssistant, cloud: WebexSimulator
) -> None:
    """What was chosen is stored as it was meant, and is what the form holds next time."""
    entry = await add_webex(hass, cloud)
    result = await set_options(hass, entry, titles="show", default_duration=45.0)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options == {**DEFAULTS, "titles": "show", "default_duration": 45}
    assert isinstance(entry.options["default_duration"], int)
    assert shown(await options_form(hass, entry)) == entry.options


async def test_options_reload_the_entry(
    hass: HomeAssistant, cloud: WebexSimulator
) -> None:
    """Other options count at once; the same ones disturb nobody."""
    entry = await add_webex(hass, cloud)
    hub = entry.runtime_data
    await set_options(hass, entry, titles="hide_all", default_duration=30)
    assert entry.state is ConfigEntryState.LOADED
    assert entry.runtime_data is not hub
    hub = entry.runtime_data
    await set_options(hass, entry, titles="hide_all", default_duration=30)
    assert entry.runtime_data is hub


async def test_titles_change_what_people_read(
    hass: HomeAssistant, cloud: WebexSimulator
) -> None:
    """The same meeting reads otherwise under each choice."""
    fjord = cloud.workspace_named("Fjord")
    assert fjord is not None
    fjord.book_locally("Salaries", utc_now(), 30, "Ada Lovelace", private=True)
    entry = await add_webex(hass, cloud)
    read: dict[str, str] = {}
    for titles in ("hide_private", "hide_all", "show"):
        await set_options(hass, entry, titles=titles, default_duration=30)
        state = hass.states.get("sensor.fjord_current_booking")
        assert state is not None
        read[titles] = state.state
    assert read == {"hide_private": "Private", "hide_all": "Booked", "show": "Salaries"}


@pytest.mark.parametrize("minutes", [1, 45, 1440])
async def test_default_duration_is_what_a_booking_lasts(
    hass: HomeAssistant, cloud: WebexSimulator, minutes: int
) -> None:
    """A booking of which nobody says how long it is takes the default duration."""
    entry = await add_webex(hass, cloud)
    await set_options(hass, entry, titles="show", default_duration=minutes)
    await hass.services.async_call(
        "button", "press", {"entity_id": "button.fjord_book_now"}, blocking=True
    )
    fjord = cloud.workspace_named("Fjord")
    assert fjord is not None
    [booking] = fjord.bookings
    assert booking.end - booking.start == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "wrong",
    [
        {"titles": "show", "default_duration": 0},
        {"titles": "show", "default_duration": 1441},
        {"titles": "show", "default_duration": "long"},
        {"titles": "whatever", "default_duration": 30},
        {"titles": "show", "default_duration": 30, "colour": "red"},
        {"pending_before": -1},
        {"check_in_window": 0},
        {"no_show": "punish"},
        {"presence": ["nobody"]},
    ],
    ids=[
        "no time",
        "more than a day",
        "no number",
        "unknown",
        "more",
        "before",
        "window",
        "no-shows",
        "presence",
    ],
)
async def test_options_out_of_bounds(
    hass: HomeAssistant, cloud: WebexSimulator, wrong: dict[str, Any]
) -> None:
    """A meeting lasts from a minute to a day, and titles are shown in three ways."""
    entry = await add_webex(hass, cloud)
    form = await options_form(hass, entry)
    with pytest.raises(InvalidData):
        await hass.config_entries.options.async_configure(form["flow_id"], wrong)
    assert entry.options == {}


async def test_the_frontend_can_show_the_options(
    hass: HomeAssistant, cloud: WebexSimulator, hass_client: ClientSessionGenerator
) -> None:
    """The options through Home Assistant's own API, as JSON."""
    assert await async_setup_component(hass, "config", {})
    entry = await add_webex(hass, cloud)
    client = await hass_client()
    flows = "/api/config/config_entries/options/flow"
    answer = await client.post(flows, json={"handler": entry.entry_id})
    form = await answer.json()
    fields = {field["name"]: field for field in form["data_schema"]}
    assert fields["titles"]["default"] == "hide_private"
    assert fields["titles"]["selector"]["select"]["translation_key"] == "titles"
    assert fields["titles"]["selector"]["select"]["options"] == [
        "show",
        "hide_private",
        "hide_all",
    ]
    number = fields["default_duration"]
    assert number["default"] == 30
    assert number["selector"]["number"] == {
        "min": 1,
        "max": 1440,
        "step": 1,
        "mode": "box",
        "unit_of_measurement": "min",
    }

    flow = f"{flows}/{form['flow_id']}"
    answer = await client.post(flow, json={"titles": "show", "default_duration": 0})
    assert answer.status == 400
    assert "default_duration" in (await answer.json())["errors"]

    answer = await client.post(flow, json={"titles": "show", "default_duration": 20})
    assert (await answer.json())["type"] == "create_entry"
    await hass.async_block_till_done()
    assert entry.options == {**DEFAULTS, "titles": "show", "default_duration": 20}

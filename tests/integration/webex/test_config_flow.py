"""Adding a Webex organisation, as a person does it."""

import pytest

from custom_components.room_bookings.const import DOMAIN
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, entity_registry as er
from tests.integration.conftest import add_webex, webex_input
from tests.integration.flows import (
    aborted,
    created,
    fields_of,
    open_form,
    refused,
    shown,
    start_flow,
    submit,
)
from tests.simulators.webex import WebexSimulator

pytestmark = pytest.mark.usefixtures("patient_cloud")


async def test_the_first_step_is_a_menu_of_systems(hass: HomeAssistant) -> None:
    """Adding begins with the question which system keeps the bookings."""
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": "user"}
    )
    assert result["type"] is FlowResultType.MENU
    assert result["step_id"] == "user"
    assert "webex" in result["menu_options"]


async def test_form_asks_for_the_integration_and_its_code(hass: HomeAssistant) -> None:
    """The form has the fields of the contract, the address is Cisco's own by default."""
    form = await open_form(hass, "webex")
    assert fields_of(form) == [
        "client_id",
        "client_secret",
        "activation_code",
        "advanced",
    ]
    assert form["data_schema"] is not None
    filled = form["data_schema"](
        {"client_id": "a", "client_secret": "b", "activation_code": "c"}
    )
    assert filled["advanced"] == {"api_url": "https://webexapis.com/v1"}


async def test_all_rooms_are_listed_and_chosen_at_first(
    hass: HomeAssistant, cloud: WebexSimulator
) -> None:
    """Several rooms are a choice; whoever changes nothing takes them all."""
    result = await submit(hass, await start_flow(hass, "webex"), webex_input(cloud))
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "rooms"
    assert fields_of(result) == ["rooms"]
    assert result["data_schema"] is not None
    select = result["data_schema"].schema["rooms"]
    everything = {w.id: w.name for w in cloud.workspaces}
    assert {o["value"]: o["label"] for o in select.config["options"]} == everything
    assert set(shown(result)["rooms"]) == set(everything)

    entry = await created(hass, result["flow_id"], shown(result))
    assert entry.title == "Atlas Device Management test org"
    assert entry.unique_id == f"{cloud.app.org_uuid}_{cloud.app.app_id}"
    assert entry.state is ConfigEntryState.LOADED
    assert {
        d.name
        for d in dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    } == {"Aurora", "Birch", "Fjord"}


async def test_rooms_that_are_not_chosen_stay_out(
    hass: HomeAssistant, cloud: WebexSimulator
) -> None:
    """Only the chosen rooms become devices."""
    fjord = cloud.workspace_named("Fjord")
    assert fjord is not None
    entry = await add_webex(hass, cloud, rooms=[fjord.id])
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    assert [device.name for device in devices] == ["Fjord"]
    rooms = {
        entity.unique_id.rsplit("_")[0]
        for entity in er.async_entries_for_config_entry(
            er.async_get(hass), entry.entry_id
        )
    }
    assert rooms == {fjord.id}


async def test_no_room_at_all_cannot_be_chosen(
    hass: HomeAssistant, cloud: WebexSimulator
) -> None:
    """Choosing nothing is an error of that step, and choosing again is possible."""
    flow_id = await start_flow(hass, "webex")
    form = await submit(hass, flow_id, webex_input(cloud))
    assert form["step_id"] == "rooms"
    await refused(hass, flow_id, {"rooms": []}, "no_rooms")
    await created(hass, flow_id, {"rooms": [cloud.workspaces[0].id]})


async def test_one_room_is_not_a_choice(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """Where there is one room only the step for choosing is left out."""
    entry = await add_webex(hass, hut)
    assert hass.states.get("calendar.hut") is not None
    assert entry.data["left_out"] == []


async def test_nothing_is_booked_to_prove_a_connection(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """No flow makes a test booking."""
    await add_webex(hass, hut)
    assert hut.requests.of(command="Bookings.Book") == []
    assert hut.workspaces[0].history == []


async def test_pasted_blanks_do_not_matter(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """Blanks around what was pasted, and a slash after the address, are taken off."""
    answers = webex_input(hut)
    entry = await created(
        hass,
        await start_flow(hass, "webex"),
        {
            "client_id": f" {answers['client_id']}\n",
            "client_secret": f"\t{answers['client_secret']} ",
            "activation_code": f"\n {answers['activation_code']} \n",
            "advanced": {"api_url": f" {hut.api_url}/ "},
        },
    )
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["client_id"] == hut.client_id
    assert entry.data["client_secret"] == hut.client_secret
    assert entry.data["api_url"] == hut.api_url


async def test_a_sleeping_device_is_no_reason_to_refuse(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """It is the rights that are tried; a phone that is asleep has them too."""
    hut.devices[0].deep_sleep = True
    await add_webex(hass, hut)


async def test_the_same_organisation_twice(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """A second entry for the same integration of the same organisation is refused."""
    await add_webex(hass, hut)
    flow_id = await start_flow(hass, "webex")
    await aborted(hass, flow_id, webex_input(hut), "already_configured")


async def test_another_integration_of_the_same_organisation(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """Two workspace integrations of one organisation are two entries."""
    first = await add_webex(hass, hut)
    code = hut.activation_code(appId="another")
    second = await created(
        hass, await start_flow(hass, "webex"), webex_input(hut, activation_code=code)
    )
    assert second.unique_id == f"{hut.app.org_uuid}_another"
    assert second.entry_id != first.entry_id


async def test_an_organisation_that_moved_is_the_same(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """The region is no part of an organisation's name."""
    await add_webex(hass, hut)
    moved = WebexSimulator(region="eu-central-1_k").app.org_id
    assert moved != hut.app.org_id
    flow_id = await start_flow(hass, "webex")
    code = hut.activation_code(sub=moved)
    answers = webex_input(hut, activation_code=code)
    await aborted(hass, flow_id, answers, "already_configured")


@pytest.mark.parametrize("sub", ["a plain id", "bm90IHRoZSBjbG91ZA", "____"])
async def test_an_organisation_by_any_other_name(
    hass: HomeAssistant, hut: WebexSimulator, sub: str
) -> None:
    """Where the organisation is not named in the cloud's long form, it goes by what is there."""
    code = hut.activation_code(sub=sub, orgName="")
    entry = await created(
        hass, await start_flow(hass, "webex"), webex_input(hut, activation_code=code)
    )
    assert entry.unique_id == f"{sub}_{hut.app.app_id}"
    assert entry.title == "Webex"

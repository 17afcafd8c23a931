"""Reconfiguring a Webex organisation, as a person does it."""

import pytest

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntryState
from homeassistant.core import HomeAssistant
from tests.integration.conftest import add_webex, webex_input
from tests.integration.flows import aborted, again, fields_of, refused, shown
from tests.simulators.webex import WebexSimulator

pytestmark = pytest.mark.usefixtures("patient_cloud")


async def test_reconfiguring_shows_the_first_step(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """The form holds what is stored, but no secret."""
    entry = await add_webex(hass, hut)
    form = await again(hass, entry, SOURCE_RECONFIGURE)
    assert fields_of(form) == [
        "client_id",
        "client_secret",
        "activation_code",
        "advanced",
    ]
    assert shown(form) == {
        "client_id": hut.client_id,
        "advanced": {"api_url": hut.api_url},
    }


async def test_reconfiguring_with_a_new_code(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """Another secret and another code are proven, stored and used."""
    entry = await add_webex(hass, hut)
    hub = entry.runtime_data
    hut.revoke()
    hut.tokens.client_secret = "another secret"
    form = await again(hass, entry, SOURCE_RECONFIGURE)
    await aborted(hass, form["flow_id"], webex_input(hut), "reconfigure_successful")
    assert entry.data["client_secret"] == "another secret"
    assert entry.data["refresh_token"] == hut.tokens.refresh_token
    assert entry.state is ConfigEntryState.LOADED
    assert entry.runtime_data is not hub


async def test_reconfiguring_without_a_code(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """Who only has a new secret needs no new activation; blanks around it do not matter."""
    entry = await add_webex(hass, hut)
    hut.tokens.client_secret = "another secret"
    hut.tokens.rotating = True
    form = await again(hass, entry, SOURCE_RECONFIGURE)
    answers = {
        "client_id": f" {hut.client_id}",
        "client_secret": "another secret\n",
        "advanced": {"api_url": hut.api_url},
    }
    await aborted(hass, form["flow_id"], answers, "reconfigure_successful")
    assert entry.data["client_id"] == hut.client_id
    assert entry.data["client_secret"] == "another secret"
    assert entry.data["refresh_token"] == hut.tokens.refresh_token
    assert entry.state is ConfigEntryState.LOADED


async def test_reconfiguring_again_after_an_error(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """Each error leaves the form filled in; the entry goes on as it was meanwhile."""
    entry = await add_webex(hass, hut)
    before = dict(entry.data)
    form = await again(hass, entry, SOURCE_RECONFIGURE)
    right = webex_input(hut)
    flow_id = form["flow_id"]
    await refused(hass, flow_id, right | {"client_secret": "wrong"}, "invalid_auth")
    await refused(
        hass, flow_id, right | {"advanced": {"api_url": "nonsense"}}, "cannot_connect"
    )
    elsewhere = {"advanced": {"api_url": "http://127.0.0.1:1/v1"}}
    without_code = {k: v for k, v in right.items() if k != "activation_code"}
    await refused(hass, flow_id, without_code | elsewhere, "cannot_connect")
    assert entry.data == before
    assert entry.state is ConfigEntryState.LOADED
    await aborted(hass, flow_id, right, "reconfigure_successful")


async def test_reconfiguring_with_another_organisations_code(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """An entry stays with its organisation."""
    entry = await add_webex(hass, hut)
    form = await again(hass, entry, SOURCE_RECONFIGURE)
    foreign = hut.activation_code(appId="another integration")
    answers = webex_input(hut, activation_code=foreign)
    await aborted(hass, form["flow_id"], answers, "wrong_account")


async def test_reconfiguring_leaves_the_choice_of_rooms(
    hass: HomeAssistant, cloud: WebexSimulator
) -> None:
    """What was left out stays out."""
    fjord = cloud.workspace_named("Fjord")
    assert fjord is not None
    entry = await add_webex(hass, cloud, rooms=[fjord.id])
    left_out = entry.data["left_out"]
    assert len(left_out) == 2
    form = await again(hass, entry, SOURCE_RECONFIGURE)
    answers = webex_input(cloud)
    await aborted(hass, form["flow_id"], answers, "reconfigure_successful")
    assert entry.data["left_out"] == left_out
    assert hass.states.get("calendar.aurora") is None

"""Renewing a Webex organisation, as a person does it."""

import asyncio

import pytest

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from tests.integration.conftest import add_webex, webex_input
from tests.integration.flows import (
    aborted,
    again,
    asked_again,
    created,
    fields_of,
    refused,
    start_flow,
    submit,
)
from tests.simulators.webex import WebexSimulator

pytestmark = pytest.mark.usefixtures("patient_cloud")


async def reauth(hass: HomeAssistant, entry: ConfigEntry) -> ConfigFlowResult:
    """The form that asks for new credentials."""
    entry.async_start_reauth(hass)
    return await asked_again(hass)


def renewal(sim: WebexSimulator) -> dict[str, str]:
    """What a person types to renew an entry."""
    return {
        "client_secret": sim.client_secret,
        "activation_code": sim.activation_code(),
    }


async def test_renewing_reloads_the_entry(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """Secret and code are asked again; what was stored and what was chosen stays."""
    entry = await add_webex(hass, hut)
    hub = entry.runtime_data
    before = dict(entry.data)
    hut.revoke()
    form = await reauth(hass, entry)
    assert fields_of(form) == ["client_secret", "activation_code"]
    await aborted(hass, form["flow_id"], renewal(hut), "reauth_successful")
    assert entry.state is ConfigEntryState.LOADED
    assert entry.runtime_data is not hub
    assert entry.data == before | {"refresh_token": hut.tokens.refresh_token}


async def test_renewing_with_another_organisations_code(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """An entry stays with its organisation."""
    entry = await add_webex(hass, hut)
    before = dict(entry.data)
    form = await reauth(hass, entry)
    foreign = hut.activation_code(sub="another organisation")
    answers = renewal(hut) | {"activation_code": foreign}
    await aborted(hass, form["flow_id"], answers, "wrong_account")
    assert entry.data == before


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"client_secret": "wrong"}, "invalid_auth"),
        ({"activation_code": "garbage"}, "invalid_activation_code"),
    ],
)
async def test_renewing_again_after_an_error(
    hass: HomeAssistant, hut: WebexSimulator, change: dict[str, str], error: str
) -> None:
    """A wrong answer can be put right in the same flow, with the same code."""
    entry = await add_webex(hass, hut)
    form = await reauth(hass, entry)
    right = renewal(hut)
    await refused(hass, form["flow_id"], right | change, error)
    await aborted(hass, form["flow_id"], right, "reauth_successful")


async def test_renewing_uses_the_code_up(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """A code that renewed an entry does not do it again, nor does one that made an entry."""
    made = webex_input(hut)
    entry = await created(hass, await start_flow(hass, "webex"), made)
    right = renewal(hut)
    form = await reauth(hass, entry)
    await refused(
        hass,
        form["flow_id"],
        right | {"activation_code": made["activation_code"]},
        "invalid_activation_code",
    )
    await submit(hass, form["flow_id"], right)
    await hass.async_block_till_done()
    form = await reauth(hass, entry)
    await refused(hass, form["flow_id"], right, "invalid_activation_code")


async def test_a_code_for_two_renewals_at_once(
    hass: HomeAssistant, hut: WebexSimulator
) -> None:
    """Two forms with one code that end at the same moment: one of them has used it."""
    entry = await add_webex(hass, hut)
    right = renewal(hut)
    renewing = await reauth(hass, entry)
    reconfiguring = await again(hass, entry, SOURCE_RECONFIGURE)
    results = await asyncio.gather(
        submit(hass, renewing["flow_id"], right),
        submit(
            hass,
            reconfiguring["flow_id"],
            webex_input(hut, activation_code=right["activation_code"]),
        ),
    )
    await hass.async_block_till_done()
    assert {result["type"] for result in results} == {
        FlowResultType.ABORT,
        FlowResultType.FORM,
    }
    [form] = [r for r in results if r["type"] is FlowResultType.FORM]
    assert form["errors"] == {"base": "invalid_activation_code"}

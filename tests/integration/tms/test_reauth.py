"""Renewing the account at a Cisco TMS, as a person does it."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.core import HomeAssistant
from tests.integration.flows import (
    aborted,
    again,
    assert_the_new_password_is_asked_for,
    created_with_all_rooms,
    refused,
    start_flow,
)
from tests.simulators.tms import TmsSimulator

from .conftest import tms_input

pytestmark = pytest.mark.usefixtures("none_left_behind")


async def test_a_changed_password_is_asked_for(
    hass: HomeAssistant, sim: TmsSimulator, entry: MockConfigEntry
) -> None:
    """When the server next asks who is there; the new one is used at once."""
    sim.password = "changed"
    sim.log_everybody_off()
    assert not await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert sim.failed_logons.total() == 1
    await assert_the_new_password_is_asked_for(hass, entry, sim.username)
    assert sim.failed_logons.total() == 2
    assert entry.data["url"] == sim.url


async def test_reauth_with_another_account(
    hass: HomeAssistant, sim: TmsSimulator, entry: MockConfigEntry
) -> None:
    """It may see other rooms: that is another entry, and its password is not tried."""
    form = await again(hass, entry, SOURCE_REAUTH)
    answers = {"username": "EXAMPLE\\second", "password": "secret"}
    before = sim.requests.number_of()
    await aborted(hass, form["flow_id"], answers, "wrong_account")
    assert sim.requests.number_of() == before
    assert not sim.failed_logons
    assert entry.data["username"] == sim.username


async def test_reauth_by_basic_alone_over_http(
    hass: HomeAssistant, sim: TmsSimulator, named: str
) -> None:
    """A server that takes NTLM no longer is not told the password either."""
    entry = await created_with_all_rooms(
        hass, await start_flow(hass, "tms"), tms_input(sim, url=named)
    )
    form = await again(hass, entry, SOURCE_REAUTH)
    sim.schemes = ("Basic",)
    sim.clear_log()
    answers = {"username": sim.username, "password": sim.password}
    await refused(hass, form["flow_id"], answers, "insecure_basic")
    assert {challenge.scheme for challenge in sim.challenges} == {""}

"""Renewing the user of a system that serves the ROOMZ contract, as a person does it."""

from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.core import HomeAssistant
from tests.integration.flows import (
    aborted,
    again,
    assert_the_new_password_is_asked_for,
    refused,
)
from tests.simulators.roomz import RoomzSimulator


async def test_a_changed_password_is_asked_for(
    hass: HomeAssistant, sim: RoomzSimulator, entry: MockConfigEntry
) -> None:
    """The old one is tried once; the new one is used at once."""
    sim.password = "changed"
    sim.requests.clear()
    assert not await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert len(sim.requests) == 1
    await assert_the_new_password_is_asked_for(hass, entry, sim.username)
    assert entry.data["url"] == sim.url
    assert entry.data["left_out"] == []


async def test_reauth_with_another_user(
    hass: HomeAssistant, sim: RoomzSimulator, entry: MockConfigEntry
) -> None:
    """It is the address that says which system it is: users may be renamed."""
    form = await again(hass, entry, SOURCE_REAUTH)
    sim.username, sim.password = "connector", "changed"
    answers = {"username": "connector", "password": "changed"}
    await aborted(hass, form["flow_id"], answers, "reauth_successful")
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["username"] == "connector"
    assert entry.unique_id == sim.url


async def test_reauth_while_the_system_is_away(
    hass: HomeAssistant, sim: RoomzSimulator, entry: MockConfigEntry
) -> None:
    """Nothing is stored that is not proven."""
    form = await again(hass, entry, SOURCE_REAUTH)
    await sim.down(refuse=True)
    answers = {"username": sim.username, "password": "changed"}
    await refused(hass, form["flow_id"], answers, "cannot_connect")
    assert entry.data["password"] == sim.password

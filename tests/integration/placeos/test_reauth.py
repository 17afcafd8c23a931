"""Renewing the key of a PlaceOS server, as a person does it."""

from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.core import HomeAssistant
from tests.integration.flows import (
    aborted,
    again,
    asked_again,
    fields_of,
    refused,
    shown,
)
from tests.simulators.placeos import PlaceosSimulator

from .conftest import WRONG_KEY


async def test_another_key_is_asked_for(
    hass: HomeAssistant, sim: PlaceosSimulator, entry: MockConfigEntry
) -> None:
    """When the server does not take the old one any more; the new one is used at once."""
    sim.revoke()
    assert not await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    form = await asked_again(hass)
    assert fields_of(form) == ["api_key"]
    assert shown(form) == {}

    wrong = {"api_key": WRONG_KEY}
    await refused(hass, form["flow_id"], wrong, "invalid_auth")
    renewed = sim.add_key()
    renewed.scopes = ["systems.read"]
    right = {"api_key": renewed.value}
    words = await refused(hass, form["flow_id"], right, "missing_permission")
    assert words["missing"] == "control.read"
    renewed.scopes = ["public"]
    await aborted(hass, form["flow_id"], right, "reauth_successful")
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["api_key"] == renewed.value
    assert entry.data["url"] == sim.url


async def test_a_right_that_was_taken_away(
    hass: HomeAssistant, sim: PlaceosSimulator, entry: MockConfigEntry
) -> None:
    """Whoever looks after the key at the server can give it back."""
    sim.key.scopes = ["systems.read"]
    assert not await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    sim.key.scopes = ["systems.read", "control"]
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED


async def test_reauth_at_another_authority(
    hass: HomeAssistant, sim: PlaceosSimulator, entry: MockConfigEntry
) -> None:
    """Other rooms are another entry."""
    form = await again(hass, entry, SOURCE_REAUTH)
    sim.authority_id = "authority-Other"
    answers = {"api_key": sim.api_key}
    await aborted(hass, form["flow_id"], answers, "wrong_account")

"""Reconfiguring a system that serves the ROOMZ contract, as a person does it."""

from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntryState
from homeassistant.core import HomeAssistant
from tests.integration.flows import aborted, again, fields_of, refused, shown
from tests.simulators.roomz import RoomzSimulator

from .conftest import FIELDS, add_roomz, roomz_input


async def test_reconfigure_shows_what_is_stored(
    hass: HomeAssistant, sim: RoomzSimulator, entry: MockConfigEntry
) -> None:
    """All but the password."""
    form = await again(hass, entry, SOURCE_RECONFIGURE)
    assert fields_of(form) == FIELDS
    assert shown(form) == {
        "url": sim.url,
        "username": sim.username,
        "verify_ssl": True,
    }
    wrong = roomz_input(sim, password="wrong")
    await refused(hass, form["flow_id"], wrong, "invalid_auth")
    nowhere = roomz_input(sim, url="ftp://rooms.example.com")
    await refused(hass, form["flow_id"], nowhere, "cannot_connect")
    right = roomz_input(sim, verify_ssl=False)
    await aborted(hass, form["flow_id"], right, "reconfigure_successful")
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["verify_ssl"] is False
    assert entry.data["left_out"] == []


async def test_a_system_that_moved(
    hass: HomeAssistant, sim: RoomzSimulator, entry: MockConfigEntry
) -> None:
    """Its rooms and entities stay the same, and it is known by its new address."""
    before = sorted(hass.states.async_entity_ids())
    form = await again(hass, entry, SOURCE_RECONFIGURE)
    sim.prefix = "/connector/v2"
    await aborted(hass, form["flow_id"], roomz_input(sim), "reconfigure_successful")
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["url"] == sim.url
    assert entry.unique_id == sim.url
    assert sorted(hass.states.async_entity_ids()) == before


async def test_one_entry_does_not_become_another(
    hass: HomeAssistant, sim: RoomzSimulator, entry: MockConfigEntry
) -> None:
    """Two entries for one address would be the same system twice."""
    first = sim.prefix
    sim.prefix = "/connector/v2"
    second = await add_roomz(hass, sim)
    form = await again(hass, second, SOURCE_RECONFIGURE)
    answers = roomz_input(sim, url=f"{sim.base_url}{first}")
    await aborted(hass, form["flow_id"], answers, "already_configured")
    assert second.data["url"] == sim.url

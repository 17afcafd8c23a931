"""Reconfiguring a PlaceOS server, as a person does it."""

from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntryState
from homeassistant.core import HomeAssistant
from tests.integration.flows import aborted, again, fields_of, refused, shown
from tests.simulators.placeos import PlaceosSimulator

from .conftest import FIELDS, WRONG_KEY, placeos_input


async def test_reconfigure_shows_what_is_stored(
    hass: HomeAssistant, sim: PlaceosSimulator, entry: MockConfigEntry
) -> None:
    """All but the key."""
    form = await again(hass, entry, SOURCE_RECONFIGURE)
    assert fields_of(form) == FIELDS
    assert shown(form) == {"url": sim.url, "verify_ssl": True}
    wrong = placeos_input(sim, api_key=WRONG_KEY)
    await refused(hass, form["flow_id"], wrong, "invalid_auth")
    nowhere = placeos_input(sim, url="ftp://placeos.example.com")
    await refused(hass, form["flow_id"], nowhere, "cannot_connect")
    right = placeos_input(sim, api_key=sim.add_key().value, verify_ssl=False)
    await aborted(hass, form["flow_id"], right, "reconfigure_successful")
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["api_key"] == right["api_key"]
    assert entry.data["verify_ssl"] is False
    assert entry.data["left_out"] == []


async def test_a_server_that_moved(
    hass: HomeAssistant, sim: PlaceosSimulator, entry: MockConfigEntry
) -> None:
    """Its authority is the same: so are its rooms."""
    form = await again(hass, entry, SOURCE_RECONFIGURE)
    async with PlaceosSimulator() as moved:
        for room in sim.rooms:
            moved.add_room(room.name, system_id=room.id)
        answers = placeos_input(moved)
        await aborted(hass, form["flow_id"], answers, "reconfigure_successful")
        assert entry.state is ConfigEntryState.LOADED
        assert entry.data["url"] == moved.url
        assert entry.unique_id == sim.authority_id
        assert len(hass.states.async_entity_ids("calendar")) == 2
        assert await hass.config_entries.async_unload(entry.entry_id)


async def test_one_entry_does_not_become_another(
    hass: HomeAssistant, sim: PlaceosSimulator, entry: MockConfigEntry
) -> None:
    """Another authority has other rooms."""
    async with PlaceosSimulator(authority_id="authority-Other") as other:
        other.add_room("Oslo")
        form = await again(hass, entry, SOURCE_RECONFIGURE)
        await aborted(hass, form["flow_id"], placeos_input(other), "wrong_account")
    assert entry.data["url"] == sim.url

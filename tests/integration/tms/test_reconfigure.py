"""Reconfiguring a Cisco TMS, as a person does it."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntryState
from homeassistant.core import HomeAssistant
from tests.integration.flows import aborted, again, fields_of, refused, shown
from tests.simulators.tms import TmsSimulator

from .conftest import FIELDS, add_tms, tms_input

pytestmark = pytest.mark.usefixtures("none_left_behind")


async def test_reconfigure_shows_what_is_stored(
    hass: HomeAssistant, sim: TmsSimulator, entry: MockConfigEntry
) -> None:
    """All but the password."""
    form = await again(hass, entry, SOURCE_RECONFIGURE)
    assert fields_of(form) == FIELDS
    assert shown(form) == {
        "url": sim.url,
        "username": sim.username,
        "authentication": "auto",
        "verify_ssl": True,
    }
    wrong = tms_input(sim, password="wrong")
    await refused(hass, form["flow_id"], wrong, "invalid_auth")
    nowhere = tms_input(sim, url="ftp://tms.example.com")
    await refused(hass, form["flow_id"], nowhere, "cannot_connect")
    right = tms_input(sim, authentication="ntlm", verify_ssl=False)
    await aborted(hass, form["flow_id"], right, "reconfigure_successful")
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["authentication"] == "ntlm"
    assert entry.data["verify_ssl"] is False
    assert entry.data["left_out"] == []


async def test_a_server_that_moved(
    hass: HomeAssistant, sim: TmsSimulator, entry: MockConfigEntry, named: str
) -> None:
    """Its rooms stay the same, and it is known by its new address."""
    form = await again(hass, entry, SOURCE_RECONFIGURE)
    answers = tms_input(sim, url=f"{named}/tms")
    await aborted(hass, form["flow_id"], answers, "reconfigure_successful")
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["url"] == named
    assert entry.unique_id == f"{named.removeprefix('http://')}_{sim.username.lower()}"
    assert len(hass.states.async_entity_ids("calendar")) == 2


async def test_one_entry_does_not_become_another(
    hass: HomeAssistant, sim: TmsSimulator, entry: MockConfigEntry
) -> None:
    """Two entries for one account would be the same system twice."""
    sim.add_account("EXAMPLE\\second", "secret")
    second = await add_tms(hass, sim, username="EXAMPLE\\second")
    form = await again(hass, second, SOURCE_RECONFIGURE)
    await aborted(hass, form["flow_id"], tms_input(sim), "already_configured")
    assert second.data["username"] == "EXAMPLE\\second"

"""Reconfiguring a RoomOS device, as a person does it."""

from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntryState
from homeassistant.core import HomeAssistant
from tests.integration.flows import aborted, again, fields_of, refused, shown
from tests.simulators.roomos import RoomosSimulator

from .room import asked_for_certificate, roomos_input


async def test_reconfigure_shows_what_is_stored(
    hass: HomeAssistant, sim: RoomosSimulator, entry: MockConfigEntry
) -> None:
    """All but the password; the certificate that is pinned is not asked about."""
    form = await again(hass, entry, SOURCE_RECONFIGURE)
    assert fields_of(form) == ["host", "username", "password", "verify_ssl"]
    assert shown(form) == {
        "host": sim.host,
        "username": sim.username,
        "verify_ssl": True,
    }
    wrong = roomos_input(sim, password="wrong")
    await refused(hass, form["flow_id"], wrong, "invalid_auth")
    await aborted(hass, form["flow_id"], roomos_input(sim), "reconfigure_successful")
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["fingerprint"] == sim.fingerprint


async def test_a_device_that_moved(
    hass: HomeAssistant, sim: RoomosSimulator, entry: MockConfigEntry
) -> None:
    """At another address it shows its certificate anew."""
    form = await again(hass, entry, SOURCE_RECONFIGURE)
    host = f"localhost:{sim.host.split(':')[1]}"
    answers = roomos_input(sim, host=host)
    await asked_for_certificate(hass, form["flow_id"], answers, sim)
    await aborted(hass, form["flow_id"], {}, "reconfigure_successful")
    assert entry.data["host"] == host
    assert entry.state is ConfigEntryState.LOADED
    assert hass.states.get("calendar.fjord") is not None


async def test_another_device_is_not_this_one(
    hass: HomeAssistant, sim: RoomosSimulator, entry: MockConfigEntry
) -> None:
    """Its serial number says so."""
    form = await again(hass, entry, SOURCE_RECONFIGURE)
    async with RoomosSimulator(ticking=True, name="Other") as other:
        await asked_for_certificate(hass, form["flow_id"], roomos_input(other), other)
        await aborted(hass, form["flow_id"], {}, "wrong_account")
    assert entry.data["host"] == sim.host


async def test_verification_can_be_switched_off_and_on(
    hass: HomeAssistant, sim: RoomosSimulator, entry: MockConfigEntry
) -> None:
    """Without it nothing is asked; with it again, the certificate of then is."""
    sim.renew_certificate()
    form = await again(hass, entry, SOURCE_RECONFIGURE)
    await aborted(
        hass,
        form["flow_id"],
        roomos_input(sim, verify_ssl=False),
        "reconfigure_successful",
    )
    assert entry.state is ConfigEntryState.LOADED

    form = await again(hass, entry, SOURCE_RECONFIGURE)
    await asked_for_certificate(hass, form["flow_id"], roomos_input(sim), sim)
    await aborted(hass, form["flow_id"], {}, "reconfigure_successful")
    assert entry.data["fingerprint"] == sim.fingerprint

"""Renewing the account at a RoomOS device, as a person does it."""

import asyncio

from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.core import HomeAssistant
from tests.integration.eventually import eventually
from tests.integration.flows import (
    aborted,
    again,
    assert_the_new_password_is_asked_for,
    refused,
)
from tests.simulators.roomos import RoomosSimulator

from .room import asked_for_certificate


async def test_a_changed_password_is_asked_for(
    hass: HomeAssistant, sim: RoomosSimulator, entry: MockConfigEntry
) -> None:
    """After the next connection; the new one is used at once."""
    sim.password = "changed"
    sim.disconnect()
    await assert_the_new_password_is_asked_for(hass, entry, sim.username)
    assert entry.data["fingerprint"] == sim.fingerprint


async def test_a_refused_account_is_not_tried_again(
    hass: HomeAssistant, sim: RoomosSimulator, entry: MockConfigEntry
) -> None:
    """Devices lock accounts that fail too often."""
    sim.password = "changed"
    sim.disconnect()
    await eventually(lambda: bool(hass.config_entries.flow.async_progress()))
    await asyncio.sleep(1)
    assert [h.status for h in sim.handshakes].count(403) == 1


async def test_a_right_that_was_taken_away(
    hass: HomeAssistant, sim: RoomosSimulator, entry: MockConfigEntry
) -> None:
    """The reauth form names it."""
    form = await again(hass, entry, SOURCE_REAUTH)
    sim.add_user(sim.username, sim.password, "Audit")
    answers = {"username": sim.username, "password": sim.password}
    words = await refused(hass, form["flow_id"], answers, "missing_permission")
    assert words["missing"] == "role Admin or User"


async def test_reauth_with_another_certificate(
    hass: HomeAssistant, sim: RoomosSimulator, entry: MockConfigEntry
) -> None:
    """The new one is shown before the password leaves."""
    sim.renew_certificate()
    form = await again(hass, entry, SOURCE_REAUTH)
    answers = {"username": sim.username, "password": sim.password}
    await asked_for_certificate(hass, form["flow_id"], answers, sim)
    await aborted(hass, form["flow_id"], {}, "reauth_successful")
    assert entry.data["fingerprint"] == sim.fingerprint
    assert entry.state is ConfigEntryState.LOADED

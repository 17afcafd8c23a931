"""Entities of a PlaceOS room follow what its module can do, without a reload."""

import pytest

from homeassistant.helpers import entity_registry as er
from tests.integration.comings import comings

from .house import PANEL, PlaceosHouse
from .variants import WITH_CHECK_IN

_CHECKS_IN = {"button.fjord_check_in", "sensor.fjord_no_shows_today"}
_COUNTS = {"sensor.fjord_people", "binary_sensor.fjord_people_present"}


def switch_check_in(house: PlaceosHouse, on: bool) -> None:
    """Somebody changes the module's settings."""
    house.placeos.configure(
        house.room(),
        pending_before=5 if on else 0,
        pending_period=5 if on else 0,
        disable_end_meeting=not on,
    )


@WITH_CHECK_IN
async def test_check_in_is_switched_off_and_on_again(house: PlaceosHouse) -> None:
    """Its button goes and comes back, with the name that somebody gave it; nothing blinks."""
    registry = er.async_get(house.hass)
    button = house.entity_id("Fjord", "check_in")
    registry.async_update_entity(button, name="I am here")
    await house.clock.pass_by(minutes=2)

    with comings(house.hass) as seen:
        switch_check_in(house, on=False)
        await house.clock.until(lambda: house.hass.states.get(button) is None, 60)
        await house.clock.pass_by(minutes=2)
    assert seen.came == set()
    assert seen.went == seen.blinked == _CHECKS_IN
    assert not house.offered() & {"check_in", "no_shows_today"}

    with comings(house.hass) as seen:
        switch_check_in(house, on=True)
        await house.clock.until(lambda: house.hass.states.get(button), 60)
        await house.clock.pass_by(minutes=2)
    assert seen.went == set()
    assert seen.came == seen.blinked == _CHECKS_IN
    # With the device's name before it or without, as Home Assistant likes.
    assert house.shown("Fjord", "check_in").name.endswith("I am here")

    house.meet("Stand-up", 8)
    await house.sync("Fjord")
    await house.press("Fjord", "check_in")
    assert house.facts() == ("busy", "off", "on")


@pytest.mark.parametrize("settings", [PANEL])
async def test_a_listing_that_changes_nothing(house: PlaceosHouse) -> None:
    """Adds nothing and removes nothing, however often."""
    with comings(house.hass) as seen:
        await house.clock.pass_by(hours=3)
        house.placeos.add_room("Garden")
        await house.clock.pass_by(hours=1, minutes=1)
    assert seen.went == set()
    assert "calendar.garden" in seen.came
    assert {entity_id.split(".")[1].split("_")[0] for entity_id in seen.came} == {
        "garden"
    }
    assert seen.blinked <= seen.came


@WITH_CHECK_IN
@pytest.mark.parametrize("stays", [True, False])
async def test_a_module_that_is_silent_at_the_start(
    house: PlaceosHouse, stays: bool
) -> None:
    """What there was stays until it speaks: it may have been switched off meanwhile."""
    button = house.entity_id("Fjord", "check_in")
    await house.stop()
    house.room().driver.stop()
    switch_check_in(house, on=stays)
    with comings(house.hass) as seen:
        await house.start()
        await house.clock.pass_by(minutes=5)
        assert seen.came | seen.went == set()
        house.room().driver.start()
        await house.clock.pass_by(minutes=5)
    assert seen.came == set()
    assert seen.went == (set() if stays else _CHECKS_IN)
    assert (house.hass.states.get(button) is not None) is stays


@WITH_CHECK_IN
async def test_a_module_that_restarts_or_is_lost(house: PlaceosHouse) -> None:
    """It can do what it could: nothing comes, nothing goes."""
    await house.clock.pass_by(minutes=2)
    with comings(house.hass) as seen:
        house.room().driver.restart(90)
        await house.clock.pass_by(minutes=3)
        await house.placeos.down()
        await house.clock.pass_by(hours=2)
        await house.placeos.up()
        await house.clock.pass_by(hours=2)
    assert seen.came | seen.went == set()
    assert house.now("check_in") != "unavailable"


async def test_a_sensor_for_people_that_is_put_up(house: PlaceosHouse) -> None:
    """What it sees shows within a minute; out of order, it is unknown and still there."""
    await house.clock.pass_by(minutes=2)
    assert not house.offered() & {"people_count", "people_present"}
    with comings(house.hass) as seen:
        house.room().sense(3)
        await house.clock.pass_by(minutes=1)
        assert (house.now("people_count"), house.now("people_present")) == ("3", "on")
        assert seen.came == seen.blinked == _COUNTS
        house.room().sense(None)
        await house.clock.pass_by(hours=2)
        await house.stop()
        await house.start()
        await house.clock.pass_by(minutes=2)
    assert seen.went == set()
    assert house.now("people_count") == "unknown"

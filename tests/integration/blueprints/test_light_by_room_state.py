"""The light at the door shows how the room is, whatever happened meanwhile."""

import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from homeassistant.core import HomeAssistant, ServiceCall
from tests.integration.house import House

from .conftest import Automate

GREEN, AMBER, RED = [0, 255, 0], [255, 150, 0], [255, 0, 0]
OFF = [0, 0, 0]
LIGHT = "light.door"


@pytest.fixture
def lights(hass: HomeAssistant) -> list[list[int]]:
    """What the light was told; off where it was switched off."""
    told: list[list[int]] = []

    async def switch(call: ServiceCall) -> None:
        assert call.data["entity_id"] == [LIGHT]
        told.append(call.data.get("rgb_color", OFF))

    hass.services.async_register("light", "turn_on", switch)
    hass.services.async_register("light", "turn_off", switch)
    return told


async def follow(house: House, automate: Automate, **chosen: object) -> None:
    """Let the light follow Fjord."""
    await automate(
        "light_by_room_state",
        availability=house.entity_id("Fjord", "availability"),
        lights={"entity_id": LIGHT},
        **{"free": GREEN, "pending": AMBER, "busy": RED, **chosen},
    )
    await house.clock.settle()


async def test_a_meeting_in_three_colours(
    closed_house: House, automate: Automate, lights: list[list[int]]
) -> None:
    """It waits for people, they come, and it ends."""
    house = closed_house
    await house.open(check_in=True)
    await follow(house, automate)
    house.book_at_device("Fjord", "Stand-up", 10, 20)
    await house.clock.move_to(house.at(6))
    assert lights == [AMBER]
    await house.press("Fjord", "check_in")
    await house.clock.settle()
    assert lights == [AMBER, RED]
    await house.clock.move_to(house.at(31))
    assert lights == [AMBER, RED, GREEN]


async def test_without_a_colour_it_is_off(
    house: House, automate: Automate, lights: list[list[int]]
) -> None:
    """Such as in free rooms."""
    await follow(house, automate, free=OFF)
    house.book_at_device("Fjord", "Walk-up", 0, 10)
    await house.clock.move_to(house.at(11))
    assert lights == [RED, OFF]


async def test_off_while_nobody_can_tell_and_right_again_afterwards(
    house: House, automate: Automate, lights: list[list[int]]
) -> None:
    """A restart of the integration is the same to the light as an outage."""
    await follow(house, automate)
    house.book_at_device("Fjord", "Walk-up", 0, 30)
    await house.clock.pass_by(seconds=2)
    await house.stop()
    await house.clock.settle()
    assert lights == [RED, OFF]
    await house.start()
    assert lights == [RED, OFF, RED]


async def test_brightness_and_light_are_the_chosen_ones(
    hass: HomeAssistant, house: House, automate: Automate
) -> None:
    """One call for each change."""
    calls = async_mock_service(hass, "light", "turn_on")
    await follow(house, automate, brightness=35)
    house.book_at_device("Fjord", "Walk-up", 0, 30)
    await house.clock.pass_by(seconds=2)
    (call,) = calls
    assert call.data == {
        "entity_id": [LIGHT],
        "rgb_color": RED,
        "brightness_pct": 35,
    }

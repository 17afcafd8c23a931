"""The README's automations do what is said above them."""

from pathlib import Path
import re

import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, floor_registry as fr
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import parse_yaml
from tests.integration.house import House

_README = Path(__file__).parents[3] / "README.md"
_SECTION = _README.read_text().split("\n### Examples\n")[1].split("\n## ")[0]
_EXAMPLES: dict[str, str] = dict(
    re.findall(
        r"\n([A-Z]\w* \w+)[^\n]*:\n\n```yaml\n(triggers:.*?)```", _SECTION, re.DOTALL
    )
)


async def automate(hass: HomeAssistant, example: str) -> None:
    """Paste an example, called by its first two words."""
    config = parse_yaml(_EXAMPLES[example])
    assert await async_setup_component(hass, "automation", {"automation": config})
    await hass.async_block_till_done()


@pytest.fixture
def ground_floor(hass: HomeAssistant, house: House) -> House:
    """A floor with Fjord and Birch in its one area, the meeting rooms."""
    floor = fr.async_get(hass).async_create("Ground floor")
    area_id = house.area("Meeting rooms", "Fjord", "Birch")
    ar.async_get(hass).async_update(area_id, floor_id=floor.floor_id)
    assert (floor.floor_id, area_id) == ("ground_floor", "meeting_rooms")
    return house


async def test_heat_before_each_meeting(
    hass: HomeAssistant, ground_floor: House
) -> None:
    """In the area of the room, and not for what was cancelled by then."""
    house, heated = ground_floor, async_mock_service(hass, "climate", "set_temperature")
    await automate(hass, "Heat twenty")
    house.book_at_device("Fjord", "Review", 30, 30)
    gone = house.book_at_device("Birch", "Retro", 40, 30)
    await house.clock.move_to(house.at(9.5))
    assert heated == []
    await house.clock.move_to(house.at(10.5))
    (call,) = heated
    assert call.data["temperature"] == 21
    assert call.data["area_id"] == "meeting_rooms"
    house.workspace("Birch").delete_locally(gone)
    await house.clock.move_to(house.at(30))
    assert len(heated) == 1


async def test_a_light_at_the_door(hass: HomeAssistant, house: House) -> None:
    """Red, then green."""
    lit = async_mock_service(hass, "light", "turn_on")
    await automate(hass, "A light")
    house.book_at_device("Fjord", "Walk-up", 0, 10)
    await house.clock.move_to(house.at(11))
    assert [call.data["color_name"] for call in lit] == ["red", "green"]


async def test_say_that_a_meeting_has_started(
    hass: HomeAssistant, ground_floor: House
) -> None:
    """By its title and its room; not long afterwards."""
    house, said = (
        ground_floor,
        async_mock_service(hass, "notify", "persistent_notification"),
    )
    await automate(hass, "Say that")
    house.book_at_device("Fjord", "Review", 5, 10)
    house.book_at_device("Birch", "Retro", 60, 30)
    await house.clock.move_to(house.at(6))
    await house.stop()
    await house.clock.move_to(house.at(63))
    await house.start()
    assert [call.data["message"] for call in said] == ["Review has started in Fjord"]


async def test_turn_off_the_lights_of_an_empty_floor(
    hass: HomeAssistant, ground_floor: House
) -> None:
    """When the last room has become free, and nothing is booked for an hour."""
    house, dark = ground_floor, async_mock_service(hass, "light", "turn_off")
    await automate(hass, "Turn the")
    house.book_at_device("Fjord", "Review", 5, 10)
    house.book_at_device("Birch", "Retro", 5, 20)
    house.book_at_device("Birch", "Workshop", 60, 20)
    await house.clock.move_to(house.at(79))
    assert dark == []
    await house.clock.move_to(house.at(81))
    (call,) = dark
    assert call.data["floor_id"] == ["ground_floor"]


async def test_book_from_a_button_on_the_wall(
    hass: HomeAssistant, house: House
) -> None:
    """Once; whoever presses again is not heard, for the room is taken."""
    said = async_mock_service(hass, "notify", "persistent_notification")
    hass.states.async_set("event.wall_button", "2026-03-03T08:00:00+00:00")
    await automate(hass, "Book a")
    for pressed in ("2026-03-03T09:00:00+00:00", "2026-03-03T09:01:00+00:00"):
        hass.states.async_set("event.wall_button", pressed)
        await house.clock.pass_by(seconds=5)
    assert house.truth("Fjord") == ["Stand-up"]
    (call,) = said
    assert call.data["message"].startswith("Booked until 2026-03-03 01:30")

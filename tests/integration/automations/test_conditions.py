"""Conditions say what is true of rooms at the moment."""

from typing import Any

from freezegun import freeze_time
import pytest
from pytest_homeassistant_custom_component.components.common import (
    TargetSupport,
    assert_conditions_target_support,
)
import voluptuous as vol

from custom_components.room_bookings.condition import CONDITIONS
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from tests.integration.house import House
from tests.integration.virtual_time import VirtualTime

from .ears import ask


async def test_free_busy_and_in_use(
    hass: HomeAssistant, house: House, clock: VirtualTime
) -> None:
    """Before, while and after a meeting, to the second."""
    booking = house.book_at_device("Fjord", "Standup", 10, 20)
    await clock.pass_by(minutes=1)
    target = {"entity_id": ["calendar.fjord"]}

    async def answers() -> dict[str, bool]:
        return {
            name: await ask(hass, name, **target)
            for name in ("is_free", "is_busy", "is_in_use")
        }

    free = {"is_free": True, "is_busy": False, "is_in_use": False}
    busy = {"is_free": False, "is_busy": True, "is_in_use": True}
    assert await answers() == free
    await clock.move_to(booking.start)
    assert await answers() == busy
    with freeze_time(booking.end):
        # Nothing has been published yet: the answer does not wait for that.
        assert await answers() == free
    await clock.move_to(booking.end)
    assert await answers() == free


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        ({"minutes": 9}, True),
        ("00:10:00", True),
        ({"minutes": 10, "seconds": 1}, False),
    ],
)
async def test_free_for_some_time(
    hass: HomeAssistant,
    house: House,
    clock: VirtualTime,
    duration: Any,
    expected: bool,
) -> None:
    """Up to the next meeting; for ever where there is none; not while one runs."""
    house.book_at_device("Fjord", "Standup", 15, 20)
    house.book_at_device("Birch", "Now", 0, 20)
    await clock.move_to(house.at(5))
    options = {"duration": duration}
    with freeze_time(house.at(5)):
        for room, answer in (("fjord", expected), ("birch", False), ("aurora", True)):
            target = {"entity_id": [f"calendar.{room}"]}
            assert await ask(hass, "is_free_for", options=options, **target) is answer


async def test_any_or_all_of_the_rooms(
    hass: HomeAssistant, house: House, clock: VirtualTime
) -> None:
    """Of an area; foreign calendars in it do not count."""
    area = house.area("West", "Fjord", "Birch")
    registry = er.async_get(hass)
    foreign = registry.async_get_or_create("calendar", "other", "x")
    registry.async_update_entity(foreign.entity_id, area_id=area)
    hass.states.async_set(foreign.entity_id, "on")
    house.book_at_device("Fjord", "Standup", 0, 20)
    await clock.pass_by(seconds=2)
    assert await ask(hass, "is_busy", area_id=[area])
    assert not await ask(hass, "is_busy", options={"behavior": "all"}, area_id=[area])
    assert not await ask(hass, "is_free", options={"behavior": "all"}, area_id=[area])
    house.book_at_device("Birch", "Review", 0, 20)
    await clock.pass_by(seconds=2)
    assert await ask(hass, "is_busy", options={"behavior": "all"}, area_id=[area])
    assert not await ask(hass, "is_free", area_id=[area])
    assert not await ask(hass, "is_busy", entity_id=[foreign.entity_id])


async def test_a_room_of_which_nothing_is_known_is_neither_free_nor_busy(
    hass: HomeAssistant, house: House, clock: VirtualTime
) -> None:
    """While its entry is not loaded; and afterwards it is known again."""
    target = {"entity_id": ["calendar.fjord"]}
    await house.stop()
    for name in ("is_free", "is_busy", "is_in_use"):
        assert not await ask(hass, name, **target)
    assert not await ask(hass, "is_free_for", options={"duration": 60}, **target)
    await house.start()
    assert await ask(hass, "is_free", **target)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("is_free", {"behavior": "some"}),
        ("is_free", {"duration": 60}),
        ("is_free_for", None),
        ("is_free_for", {"duration": -1}),
    ],
)
async def test_wrong_options_are_refused(
    hass: HomeAssistant, house: House, name: str, options: dict[str, Any] | None
) -> None:
    """When the automation is written, not when it runs."""
    with pytest.raises(vol.Invalid):
        await ask(hass, name, options=options, entity_id=["calendar.fjord"])


def test_targets_are_resolved_as_everywhere() -> None:
    """Home Assistant's own check of conditions that take targets."""
    assert_conditions_target_support(
        CONDITIONS, dict.fromkeys(CONDITIONS, TargetSupport.STANDARD)
    )

"""The action `find_room`: what is free, of everything that Home Assistant knows."""

from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest
import voluptuous as vol

from custom_components.room_bookings.const import DOMAIN, HORIZON
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)

from .house import START, House
from .virtual_time import VirtualTime


async def find(hass: HomeAssistant, **data: Any) -> list[dict[str, Any]]:
    """What `find_room` answers."""
    answer: Any = await hass.services.async_call(
        DOMAIN, "find_room", data, blocking=True, return_response=True
    )
    rooms: list[dict[str, Any]] = answer["rooms"]
    return rooms


def names(rooms: list[dict[str, Any]]) -> list[str]:
    """What was found, in order."""
    return [room["name"] for room in rooms]


async def test_free_rooms_are_told_with_what_one_wants_to_know(
    hass: HomeAssistant, house: House
) -> None:
    """Where, how large and until when; nothing of who meets there."""
    house.book_at_device("Fjord", "Salary talk", 60, 30)
    house.book_at_device("Birch", "Retro", -10, 30)
    await house.clock.pass_by(seconds=2)
    assert await find(hass) == [
        {
            "entity_id": house.entity_id("Aurora", "bookings"),
            "name": "Aurora",
            "capacity": 6,
            "free_until": None,
        },
        {
            "entity_id": house.entity_id("Fjord", "bookings"),
            "name": "Fjord",
            "capacity": 6,
            "free_until": house.at(60).isoformat(),
        },
    ]


@pytest.mark.parametrize(
    ("window", "found"),
    [
        ({}, ["Aurora", "Birch"]),
        ({"duration": "00:10:00"}, ["Aurora", "Birch", "Fjord"]),
        ({"duration": {"minutes": 19}}, ["Aurora", "Birch", "Fjord"]),
        ({"duration": {"minutes": 21}}, ["Aurora", "Birch"]),
        # Home Assistant's zone is US/Pacific, eight hours behind UTC.
        ({"end": "2026-03-03 01:20:00"}, ["Aurora", "Birch", "Fjord"]),
        ({"start": "2026-03-03T09:50:00Z"}, ["Aurora", "Birch", "Fjord"]),
        (
            {"start": "2026-03-03T09:50:00Z", "duration": "03:00:00"},
            ["Aurora", "Fjord"],
        ),
        (
            {"start": "2026-03-03T09:00:00Z", "end": "2026-03-03T13:00:00Z"},
            ["Aurora"],
        ),
    ],
)
async def test_window(
    hass: HomeAssistant, house: House, window: dict[str, Any], found: list[str]
) -> None:
    """By default from now on for as long as a booking lasts."""
    house.book_at_device("Fjord", "Retro", 20, 30)
    house.book_at_device("Birch", "Planning", 120, 30)
    await house.clock.pass_by(seconds=2)
    assert sorted(names(await find(hass, **window))) == found


async def test_default_duration_is_the_entrys(
    hass: HomeAssistant, house: House
) -> None:
    """Who books for ten minutes is shown rooms that are free for ten."""
    house.book_at_device("Fjord", "Retro", 20, 30)
    await house.clock.pass_by(seconds=2)
    assert "Fjord" not in names(await find(hass))
    await house.set_options(default_duration=10)
    assert "Fjord" in names(await find(hass))


async def test_large_enough(hass: HomeAssistant, closed_house: House) -> None:
    """The smallest that will do comes first; unknown sizes only where none is asked for."""
    for room, capacity in (("Aurora", 20), ("Birch", None), ("Fjord", 6)):
        closed_house.workspace(room).capacity = capacity
    await closed_house.open()
    assert names(await find(hass)) == ["Fjord", "Aurora", "Birch"]
    assert names(await find(hass, capacity=6)) == ["Fjord", "Aurora"]
    assert names(await find(hass, capacity=7)) == ["Aurora"]
    assert await find(hass, capacity=21) == []
    assert names(await find(hass, limit=1)) == ["Fjord"]


async def test_places(hass: HomeAssistant, house: House) -> None:
    """Any of several areas, floors and labels; all kinds at once where several are given."""
    north, south = house.area("North", "Aurora"), house.area("South", "Birch")
    floor = fr.async_get(hass).async_create("Second")
    ar.async_get(hass).async_update(south, floor_id=floor.floor_id)
    label = lr.async_get(hass).async_create("Video").label_id
    for room in ("Birch", "Fjord"):
        er.async_get(hass).async_update_entity(
            house.entity_id(room, "bookings"), labels={label}
        )
    assert names(await find(hass, area_id=north)) == ["Aurora"]
    assert names(await find(hass, area_id=[north, south])) == ["Aurora", "Birch"]
    assert names(await find(hass, floor_id=floor.floor_id)) == ["Birch"]
    assert names(await find(hass, label_id=[label])) == ["Birch", "Fjord"]
    assert names(await find(hass, label_id=label, area_id=[north, south])) == ["Birch"]
    assert await find(hass, label_id=label, area_id=north) == []


async def test_place_that_is_not_is_logged(
    hass: HomeAssistant, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """As Home Assistant says it of every target."""
    assert await find(hass, area_id="nowhere") == []
    assert "Referenced areas nowhere are missing" in caplog.text


async def test_unavailable_room_is_left_out(hass: HomeAssistant, house: House) -> None:
    """What is not known to be free is not offered."""
    house.phone("Fjord").online = False
    await house.clock.pass_by(hours=2)
    assert house.state("Fjord", "availability") == "unavailable"
    assert sorted(names(await find(hass))) == ["Aurora", "Birch"]


async def test_room_belongs_to_the_next_meeting_from_when_it_waits_for_it(
    hass: HomeAssistant, house: House
) -> None:
    """Where check-in is on: nobody is found a room that he has to leave early."""
    await house.set_options(check_in=True, pending_before=10)
    house.book_at_device("Fjord", "Retro", 35, 30)
    await house.clock.pass_by(seconds=2)
    assert "Fjord" not in names(await find(hass))
    *_, fjord = await find(hass, duration="00:20:00")
    assert (fjord["name"], fjord["free_until"]) == ("Fjord", house.at(25).isoformat())
    await house.clock.pass_by(minutes=26)
    assert house.state("Fjord", "availability") == "pending"
    assert names(await find(hass, duration="00:01:00")) == ["Aurora", "Birch"]


async def test_room_may_have_a_duration_of_its_own(
    hass: HomeAssistant, house: House
) -> None:
    """How long a booking lasts by default may be chosen for a room alone."""
    house.book_at_device("Fjord", "Retro", 20, 30)
    house.book_at_device("Birch", "Retro", 20, 30)
    await house.clock.pass_by(seconds=2)
    hass.config_entries.async_add_subentry(
        house.entry,
        ConfigSubentry(
            data=MappingProxyType(
                {"room": house.workspace("Fjord").id, "default_duration": 15}
            ),
            subentry_type="room",
            title="Fjord",
            unique_id=house.workspace("Fjord").id,
        ),
    )
    await house.set_options()
    assert names(await find(hass)) == ["Aurora", "Fjord"]


async def test_name_is_the_one_in_home_assistant(
    hass: HomeAssistant, house: House
) -> None:
    """A person gave it that name."""
    dr.async_get(hass).async_update_device(
        house.device("Fjord").id, name_by_user="Blue"
    )
    await hass.async_block_till_done()
    assert names(await find(hass)) == ["Aurora", "Birch", "Blue"]


async def test_entry_that_is_not_loaded_has_no_rooms(
    hass: HomeAssistant, house: House
) -> None:
    """Nothing is found, and nothing fails."""
    await house.stop()
    assert await find(hass) == []
    await house.start()
    assert len(await find(hass)) == 3


async def test_no_system_is_asked(hass: HomeAssistant, house: House) -> None:
    """What the hub knows is enough."""
    before = house.requests("Bookings.List")
    await find(hass, start=START + timedelta(days=20))
    assert house.requests("Bookings.List") == before


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"start": "2026-03-03T08:00:00Z"}, "in_the_past"),
        ({"start": START, "end": START - timedelta(hours=1)}, "ends_before_start"),
        ({"duration": 0}, "ends_before_start"),
        ({"start": START + HORIZON}, "too_far_ahead"),
        ({"duration": {"days": 31}}, "too_far_ahead"),
        ({"end": START + timedelta(days=31)}, "too_far_ahead"),
        # Not a minute ago, but over.
        (
            {
                "start": START - timedelta(seconds=30),
                "end": START - timedelta(seconds=9),
            },
            "in_the_past",
        ),
    ],
)
async def test_windows_that_nobody_can_mean(
    hass: HomeAssistant, house: House, data: dict[str, Any], key: str
) -> None:
    """Refused by name."""
    with pytest.raises(ServiceValidationError) as error:
        await find(hass, **data)
    assert error.value.translation_key == key


async def test_too_far_ahead_says_how_far(hass: HomeAssistant, house: House) -> None:
    """In the user's language."""
    with pytest.raises(ServiceValidationError, match="known 30 days ahead"):
        await find(hass, start=START + timedelta(days=40))


@pytest.mark.parametrize(
    "data", [{"end": START, "duration": 60}, {"limit": 0}, {"capacity": "many"}]
)
async def test_what_makes_no_sense_is_refused(
    hass: HomeAssistant, house: House, data: dict[str, Any]
) -> None:
    """Before anything is looked for."""
    with pytest.raises(vol.Invalid):
        await find(hass, **data)


async def test_what_was_found_can_be_booked(
    hass: HomeAssistant, house: House, clock: VirtualTime
) -> None:
    """And is not found a second time."""
    for left in (2, 1, 0):
        room, *others = await find(hass, duration="00:15:00")
        await hass.services.async_call(
            DOMAIN,
            "book",
            {"entity_id": room["entity_id"], "duration": "00:15:00"},
            blocking=True,
        )
        assert len(others) == left
    assert await find(hass) == []

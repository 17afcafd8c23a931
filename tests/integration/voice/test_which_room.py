"""Which room somebody means who speaks."""

import pytest

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from tests.integration.house import House

from .conftest import AddSatellite, expose
from .tools import fail, use, which


async def test_room_that_is_not_exposed_is_none(
    hass: HomeAssistant, listening: House
) -> None:
    """Nothing is done to it, and it is not even named."""
    listening.book_at_device("Aurora", "Retro", -5, 20)
    await listening.clock.pass_by(seconds=2)
    for tool in ("room_status", "book_room", "end_meeting"):
        error = await fail(hass, tool, room="Aurora")
        assert error == "There is no room Aurora. There is Birch and Fjord"
    assert listening.truth("Aurora") == ["Retro"]
    assert listening.state("Aurora", "availability") == "busy"


async def test_room_goes_by_its_aliases(hass: HomeAssistant, listening: House) -> None:
    """As everything does that one speaks of, and by the area that holds it alone."""
    er.async_get(hass).async_update_entity(
        listening.entity_id("Fjord", "bookings"), aliases=["The big one"]
    )
    listening.area("Attic", "Birch")
    assert (await use(hass, "room_status", room="the big one"))["room"] == "Fjord"
    assert (await use(hass, "room_status", room="Attic"))["room"] == "Birch"


async def test_room_of_the_satellite(
    hass: HomeAssistant, listening: House, satellite: AddSatellite
) -> None:
    """With no room named it is the one in which the speaker is."""
    here = satellite(listening.area("North", "Fjord", "Aurora"))
    assert (await use(hass, "book_room", here, minutes=15))["room"] == "Fjord"
    assert (await use(hass, "room_status", here))["availability"] == "busy"
    assert (await use(hass, "end_meeting", here))["room"] == "Fjord"
    assert (await use(hass, "room_status", here, room="Birch"))["room"] == "Birch"


async def test_speaker_is_asked_which_room(
    hass: HomeAssistant, listening: House, satellite: AddSatellite
) -> None:
    """Where there is none, there are several, or nobody knows where the speaker is."""
    area = listening.area("North", "Fjord", "Birch")
    question = "Which room? There is Birch and Fjord"
    for device in (None, satellite(None), satellite(area)):
        assert await fail(hass, "book_room", device) == question
    assert listening.truth("Fjord") == listening.truth("Birch") == []


async def test_only_room_needs_no_name(hass: HomeAssistant, listening: House) -> None:
    """If the assistant knows but one."""
    expose(listening, "Birch", False)
    assert (await use(hass, "room_status"))["room"] == "Fjord"


async def test_rooms_of_one_name(
    hass: HomeAssistant, listening: House, satellite: AddSatellite
) -> None:
    """The one nearby is meant; from elsewhere the speaker is asked."""
    registry = er.async_get(hass)
    for room in ("Birch", "Fjord"):
        registry.async_update_entity(
            listening.entity_id(room, "bookings"), aliases=["Lab"]
        )
    here = satellite(listening.area("North", "Fjord"))
    assert (await use(hass, "room_status", here, room="Lab"))["room"] == "Fjord"
    assert await fail(hass, "room_status", room="Lab") == (
        "Which room? There is Birch and Fjord"
    )


async def test_name_in_home_assistant_is_the_one_spoken(
    hass: HomeAssistant, listening: House
) -> None:
    """A person gave it that name."""
    dr.async_get(hass).async_update_device(
        listening.device("Fjord").id, name_by_user="Blue"
    )
    await hass.async_block_till_done()
    answer = await use(hass, "room_status", room="blue")
    assert answer["answer"] == "Blue is free."


async def test_many_names_are_not_all_said(
    hass: HomeAssistant, listening: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody remembers a thousand rooms."""
    monkeypatch.setattr("custom_components.room_bookings.llm._NAMES_SPOKEN", 1)
    assert await fail(hass, "room_status") == "Which room? There is Birch and 1 more"


async def test_which_room(hass: HomeAssistant, listening: House) -> None:
    """By name, by area, or all that are exposed to the assistant."""
    listening.book_at_device("Fjord", "Salary talk", -5, 20)
    await listening.clock.pass_by(seconds=2)
    area = listening.area("North", "Birch")
    fjord = {
        "entity_id": listening.entity_id("Fjord", "bookings"),
        "name": "Fjord",
        "capacity": 6,
        "availability": "busy",
        "until": listening.at(15).isoformat(),
    }
    assert await which(hass, name="fjord") == [fjord]
    assert [room["name"] for room in await which(hass, area_id=area)] == ["Birch"]
    everything = await which(hass, area_id=None)
    assert sorted(room["name"] for room in everything) == ["Birch", "Fjord"]
    assert await which(hass, name="Aurora") == []
    assert await which(hass, assistant="cloud.alexa") == []
    async_expose_entity(
        hass, "cloud.alexa", listening.entity_id("Aurora", "bookings"), True
    )
    assert [r["name"] for r in await which(hass, assistant="cloud.alexa")] == ["Aurora"]


async def test_room_of_which_too_little_is_known_says_nothing(
    hass: HomeAssistant, listening: House
) -> None:
    """It is meant all the same."""
    listening.phone("Fjord").online = False
    await listening.clock.pass_by(hours=2)
    (room,) = await which(hass, name="Fjord")
    assert (room["availability"], room["until"]) == (None, None)

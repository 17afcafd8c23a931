"""The tools of a language model, through Home Assistant's own API for them."""

from typing import Any

import probatio
import pytest

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er, llm
from tests.integration.house import House

from .conftest import ASSISTANT, AddSatellite, expose

TOOLS = [
    "room_bookings__find_free_room",
    "room_bookings__room_status",
    "room_bookings__book_room",
    "room_bookings__end_meeting",
]


def context(device_id: str | None = None) -> llm.LLMContext:
    """Somebody who speaks, perhaps to a satellite."""
    return llm.LLMContext(
        platform="test",
        context=Context(),
        language="en",
        assistant=ASSISTANT,
        device_id=device_id,
    )


async def api(hass: HomeAssistant, device_id: str | None = None) -> llm.APIInstance:
    """What a language model is given."""
    return await llm.async_get_api(hass, llm.LLM_API_ASSIST, context(device_id))


async def use(
    hass: HomeAssistant, tool: str, device_id: str | None = None, **args: Any
) -> dict[str, Any]:
    """Let the language model use a tool that works."""
    result = await _called(hass, tool, device_id, args)
    assert not result.error, result.data
    return dict(result.data)


async def fail(
    hass: HomeAssistant, tool: str, device_id: str | None = None, **args: Any
) -> str:
    """Let the language model use a tool that does not; what it is told."""
    result = await _called(hass, tool, device_id, args)
    assert result.error, result.data
    return str(result.data["error"])


async def _called(
    hass: HomeAssistant, tool: str, device_id: str | None, args: dict[str, Any]
) -> llm.ToolResult:
    tools = await api(hass, device_id)
    return await tools.async_call_tool(
        llm.ToolInput(tool_name=f"room_bookings__{tool}", tool_args=args)
    )


# Which tools there are


async def test_tools_are_offered(hass: HomeAssistant, listening: House) -> None:
    """Each says what it is and whose; its parameters can be told to a model."""
    tools = [t for t in (await api(hass)).tools if t.integration == "room_bookings"]
    assert [tool.name for tool in tools] == TOOLS
    assert all(tool.title and tool.description for tool in tools)
    for tool in tools:
        schema = probatio.to_openapi(
            tool.parameters, custom_serializer=llm.selector_serializer
        )
        assert schema["type"] == "object"
        assert all("description" in each for each in schema["properties"].values())
    assert [tool.annotations.read_only for tool in tools] == [True, True, False, False]


async def test_no_tools_where_no_room_is_exposed(
    hass: HomeAssistant, listening: House
) -> None:
    """Nobody speaks of rooms of which the assistant does not know."""
    expose(listening, "Birch", False)
    assert any(t.integration == "room_bookings" for t in (await api(hass)).tools)
    expose(listening, "Fjord", False)
    assert not any(t.integration == "room_bookings" for t in (await api(hass)).tools)


# Find


async def test_find(hass: HomeAssistant, listening: House) -> None:
    """The best room first, in words and in data; a room that is not exposed never."""
    listening.book_at_device("Fjord", "Retro", 45, 30)
    await listening.clock.pass_by(seconds=2)
    assert await use(hass, "find_free_room", people=6) == {
        "answer": "Birch is free and has room for 6. Also free: Fjord.",
        "rooms": [
            {"name": "Birch", "capacity": 6, "free_until": None},
            {
                "name": "Fjord",
                "capacity": 6,
                "free_until": "2026-03-03T01:45:00-08:00",
            },
        ],
    }


async def test_find_for_so_long(hass: HomeAssistant, listening: House) -> None:
    """The time that is wanted counts."""
    listening.book_at_device("Fjord", "Retro", 45, 30)
    listening.book_at_device("Birch", "Planning", 60, 30)
    await listening.clock.pass_by(seconds=2)
    found = await use(hass, "find_free_room", minutes=50)
    assert found["answer"] == "Birch is free until 02:00 and has room for 6."
    # 01:45 in US/Pacific is when the retro starts.
    found = await use(hass, "find_free_room", start="2026-03-03T01:45:00", minutes=15)
    assert found["answer"] == "Birch is free until 02:00 and has room for 6."
    found = await use(hass, "find_free_room", start="2026-03-03 01:50", minutes=60)
    assert found == {"answer": "No room is free then.", "rooms": []}


async def test_find_in_an_area(hass: HomeAssistant, listening: House) -> None:
    """By the area's name."""
    listening.area("North wing", "Birch")
    listening.area("South wing", "Aurora")
    found = await use(hass, "find_free_room", area="north wing")
    assert [room["name"] for room in found["rooms"]] == ["Birch"]
    assert await fail(hass, "find_free_room", area="South wing") == (
        "There is no room in South wing"
    )


async def test_find_for_too_many(hass: HomeAssistant, listening: House) -> None:
    """Said so that one knows why."""
    found = await use(hass, "find_free_room", people=60)
    assert found["answer"] == "No room for 60 is free then."


async def test_find_in_the_past(hass: HomeAssistant, listening: House) -> None:
    """The same words as for everybody."""
    error = await fail(hass, "find_free_room", start="2026-03-02T10:00:00")
    assert error == "That time is over"


async def test_size_that_nobody_told_is_not_spoken_of(
    hass: HomeAssistant, listening: House
) -> None:
    """Rooms do as well without."""
    for room in ("Birch", "Fjord"):
        listening.workspace(room).capacity = None
    await listening.clock.pass_by(hours=2)
    found = await use(hass, "find_free_room")
    assert found["answer"] == "Birch is free. Also free: Fjord."


# Status


async def test_status(hass: HomeAssistant, listening: House) -> None:
    """Until when it stays as it is; what follows back to back is no change."""
    assert await use(hass, "room_status", room="fjord") == {
        "answer": "Fjord is free.",
        "room": "Fjord",
        "availability": "free",
        "until": None,
        "next_start": None,
    }
    listening.book_at_device("Fjord", "Retro", 10, 20)
    listening.book_at_device("Fjord", "Planning", 30, 20)
    await listening.clock.pass_by(minutes=5)
    answer = await use(hass, "room_status", room="Fjord")
    assert answer["answer"] == "Fjord is free until 01:10."
    await listening.clock.pass_by(minutes=10)
    answer = await use(hass, "room_status", room="Fjord")
    assert answer["answer"] == "Fjord is taken until 01:50: Retro."
    assert answer["next_start"] == "2026-03-03T01:30:00-08:00"


async def test_days_are_said_where_it_is_not_today(
    hass: HomeAssistant, listening: House
) -> None:
    """As people speak of times."""
    listening.book_at_device("Fjord", "Retro", 60 * 24, 20)
    listening.book_at_device("Birch", "Retro", 60 * 24 * 20, 20)
    await listening.clock.pass_by(seconds=2)
    answer = await use(hass, "room_status", room="Fjord")
    assert answer["answer"] == "Fjord is free until Wednesday 01:00."
    answer = await use(hass, "room_status", room="Birch")
    assert answer["answer"] == "Birch is free until 23 March 02:00."


@pytest.mark.parametrize(
    ("titles", "said"), [("show", ": Salary talk"), ("hide_all", "")]
)
async def test_titles_are_said_as_they_are_shown(
    hass: HomeAssistant, listening: House, titles: str, said: str
) -> None:
    """What may not be read is not said either."""
    await listening.set_options(titles=titles)
    listening.book_at_device("Fjord", "Salary talk", -5, 20)
    await listening.clock.pass_by(seconds=2)
    answer = await use(hass, "room_status", room="Fjord")
    assert answer["answer"] == f"Fjord is taken until 01:15{said}."


async def test_room_that_waits_is_said_to(
    hass: HomeAssistant, listening: House
) -> None:
    """Where people check in: nobody else shall walk in."""
    await listening.set_options(check_in=True)
    listening.book_at_device("Fjord", "Retro", 4, 20)
    await listening.clock.pass_by(seconds=2)
    answer = await use(hass, "room_status", room="Fjord")
    assert answer["answer"] == "Fjord is waiting for somebody to check in."


async def test_nobody_is_asked_of_rooms_that_are_not_loaded(
    hass: HomeAssistant, listening: House
) -> None:
    """The tools come back with the rooms."""
    await listening.stop()
    assert not any(t.integration == "room_bookings" for t in (await api(hass)).tools)
    assert await which(hass, name="Fjord") == []
    await listening.start()
    assert any(t.integration == "room_bookings" for t in (await api(hass)).tools)


async def test_unreachable_room_is_said_to_be(
    hass: HomeAssistant, listening: House
) -> None:
    """Nobody claims to know."""
    listening.phone("Fjord").online = False
    await listening.clock.pass_by(hours=2)
    error = await fail(hass, "room_status", room="Fjord")
    assert error == "The booking system of Fjord cannot be reached"


# Book and end


async def test_book(hass: HomeAssistant, listening: House) -> None:
    """Confirmed by the system before it is said."""
    answer = await use(
        hass,
        "book_room",
        room="Fjord",
        start="2026-03-03T02:00:00",
        minutes=45,
        title="Retro",
    )
    (booking,) = listening.workspace("Fjord").bookings
    assert (booking.title, booking.minutes) == ("Retro", 45)
    assert booking.start == listening.at(60)
    assert answer == {
        "answer": "Fjord is booked from 02:00 to 02:45.",
        "room": "Fjord",
        "start": "2026-03-03T02:00:00-08:00",
        "end": "2026-03-03T02:45:00-08:00",
    }


async def test_book_what_is_taken(hass: HomeAssistant, listening: House) -> None:
    """Nothing is booked, and it is said why."""
    listening.book_at_device("Fjord", "Retro", -5, 20)
    await listening.clock.pass_by(seconds=2)
    error = await fail(hass, "book_room", room="Fjord", minutes=15)
    assert error == "Fjord is taken from 2026-03-03 00:55 to 2026-03-03 01:15"
    assert listening.truth("Fjord") == ["Retro"]


async def test_end(hass: HomeAssistant, listening: House) -> None:
    """The running meeting; without one, it is said."""
    listening.book_at_device("Fjord", "Retro", -5, 20)
    await listening.clock.pass_by(seconds=2)
    assert await use(hass, "end_meeting", room="Fjord") == {
        "answer": "The meeting in Fjord has ended.",
        "room": "Fjord",
    }
    assert listening.state("Fjord", "availability") == "free"
    error = await fail(hass, "end_meeting", room="Fjord")
    assert error == "No meeting is running in Fjord"


# Which room


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


# The action that says which room is meant


async def which(hass: HomeAssistant, **data: Any) -> list[dict[str, Any]]:
    """What `which_room` answers."""
    answer: Any = await hass.services.async_call(
        "room_bookings", "which_room", data, blocking=True, return_response=True
    )
    rooms: list[dict[str, Any]] = answer["rooms"]
    return rooms


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

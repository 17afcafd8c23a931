"""The tools of a language model, through Home Assistant's own API for them."""

import probatio
import pytest

from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm
from tests.integration.house import House

from .conftest import expose
from .tools import api, fail, use, which

TOOLS = [
    "room_bookings__find_free_room",
    "room_bookings__room_status",
    "room_bookings__book_room",
    "room_bookings__end_meeting",
]


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

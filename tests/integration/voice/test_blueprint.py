"""The blueprint for sentences: loaded as an automation, and spoken to as people do."""

from pathlib import Path
import shutil
from typing import Any
from urllib.parse import quote

import pytest

from homeassistant.components import conversation
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import area_registry as ar, entity_registry as er
from homeassistant.setup import async_setup_component
from tests.integration.house import House

from .conftest import AddSatellite, expose

CHECKOUT = Path(__file__).parents[3]
BLUEPRINTS = CHECKOUT / "blueprints/automation/room_bookings"
README = CHECKOUT / "README.md"


async def automate(hass: HomeAssistant, **chosen: Any) -> None:
    """Make an automation of the blueprint, as somebody does who imported it."""
    blueprint = {"path": "room_bookings/voice.yaml", "input": chosen}
    assert await async_setup_component(
        hass, "automation", {"automation": {"use_blueprint": blueprint}}
    )
    await hass.async_block_till_done()
    (automation,) = hass.states.async_all("automation")
    assert automation.state == "on"


@pytest.fixture
def imported(hass: HomeAssistant, tmp_path: Path) -> None:
    """A configuration in which the blueprint lies where imported ones do."""
    shutil.copytree(BLUEPRINTS, tmp_path / "blueprints/automation/room_bookings")
    hass.config.config_dir = str(tmp_path)


@pytest.fixture
async def talking(hass: HomeAssistant, imported: None, listening: House) -> House:
    """The rooms, and the automation with all that it proposes."""
    await automate(hass)
    return listening


async def say(
    hass: HomeAssistant,
    sentence: str,
    device_id: str | None = None,
    satellite_id: str | None = None,
) -> str:
    """Say something to the assistant; its answer."""
    result = await conversation.async_converse(
        hass,
        sentence,
        None,
        Context(),
        "en",
        device_id=device_id,
        satellite_id=satellite_id,
    )
    speech: str = result.response.speech["plain"]["speech"]
    return speech


# Book


@pytest.mark.parametrize(
    ("sentence", "minutes", "until"),
    [
        ("book the Fjord for 30 minutes", 30, "01:30"),
        ("Book Fjord for 15 minutes!", 15, "01:15"),
        ("reserve the fjord room for thirty minutes", 30, "01:30"),
        ("book the Fjord meeting room for forty-five minutes", 45, "01:45"),
        ("book the Fjord for thirty five minutes", 35, "01:35"),
        ("book the Fjord for an hour", 60, "02:00"),
        ("book the Fjord for half an hour", 30, "01:30"),
        ("book the Fjord for 2 hours", 120, "03:00"),
    ],
)
async def test_book(
    hass: HomeAssistant, talking: House, sentence: str, minutes: int, until: str
) -> None:
    """As people say it; the answer tells until when."""
    assert await say(hass, sentence) == f"Fjord is booked until {until}."
    (booking,) = talking.workspace("Fjord").bookings
    assert booking.minutes == minutes
    assert talking.state("Fjord", "availability") == "busy"


async def test_title_is_the_one_chosen(
    hass: HomeAssistant, imported: None, listening: House
) -> None:
    """Once for all that is booked by voice."""
    await automate(hass, title="By voice")
    await say(hass, "book the Fjord for 30 minutes")
    assert listening.truth("Fjord") == ["By voice"]


async def test_taken(hass: HomeAssistant, talking: House) -> None:
    """Nothing is booked."""
    talking.book_at_device("Fjord", "Salary talk", -5, 20)
    await talking.clock.pass_by(seconds=2)
    answer = await say(hass, "book the Fjord for 30 minutes")
    assert answer == "Fjord is taken until 01:15."
    assert talking.truth("Fjord") == ["Salary talk"]


async def test_waiting(hass: HomeAssistant, imported: None, listening: House) -> None:
    """Those who booked it may still come."""
    await listening.set_options(check_in=True)
    await automate(hass)
    listening.book_at_device("Fjord", "Retro", 4, 20)
    await listening.clock.pass_by(seconds=2)
    for sentence in ("book the Fjord for 30 minutes", "is the Fjord free"):
        answer = await say(hass, sentence)
        assert answer == "Fjord is waiting for somebody to check in."


async def test_free_but_not_for_so_long(hass: HomeAssistant, talking: House) -> None:
    """How long it is free is said, so that one can ask for less."""
    talking.book_at_device("Fjord", "Retro", 20, 20)
    await talking.clock.pass_by(seconds=2)
    answer = await say(hass, "book the Fjord for 30 minutes")
    assert answer == "Fjord is free until 01:20 only."
    assert await say(hass, "book the Fjord for 15 minutes") == (
        "Fjord is booked until 01:15."
    )


async def test_what_is_not_confirmed_is_not_said_to_be(
    hass: HomeAssistant, talking: House
) -> None:
    """Whatever the reason."""
    talking.sim.faults.when(command="Bookings.Book").always().status(403)
    answer = await say(hass, "book the Fjord for 30 minutes")
    assert answer == (
        "The booking system of Fjord did not confirm."
        " Look at the room before you try again."
    )


@pytest.mark.parametrize(
    "sentence", ["book the Fjord for many minutes", "find a room for umpteen people"]
)
async def test_number_that_is_none(
    hass: HomeAssistant, talking: House, sentence: str
) -> None:
    """Nothing is booked for zero minutes."""
    assert await say(hass, sentence) == "I did not understand the number."
    assert talking.truth("Fjord") == []


# Ask and end


async def test_ask(hass: HomeAssistant, talking: House) -> None:
    """Until when it stays as it is; on other days the day is said."""
    assert await say(hass, "is the Fjord free") == "Fjord is free."
    talking.book_at_device("Fjord", "Salary talk", 60 * 24, 20)
    talking.book_at_device("Birch", "Retro", 10, 20)
    await talking.clock.pass_by(seconds=2)
    assert (
        await say(hass, "Is the Fjord free?") == "Fjord is free until Wednesday 01:00."
    )
    assert await say(hass, "is Birch available now") == "Birch is free until 01:10."
    await talking.clock.pass_by(minutes=15)
    assert await say(hass, "is birch taken") == "Birch is taken until 01:30."


async def test_end(hass: HomeAssistant, talking: House) -> None:
    """The running meeting, if there is one."""
    talking.book_at_device("Fjord", "Retro", -5, 20)
    await talking.clock.pass_by(seconds=2)
    sentence = "end the meeting in the Fjord"
    assert await say(hass, sentence) == "The meeting in Fjord has ended."
    assert talking.state("Fjord", "availability") == "free"
    assert await say(hass, sentence) == "No meeting is running in Fjord."


async def test_end_that_is_not_confirmed(hass: HomeAssistant, talking: House) -> None:
    """Is not said to have happened."""
    talking.book_at_device("Fjord", "Retro", -5, 20)
    await talking.clock.pass_by(seconds=2)
    talking.sim.faults.when(command="Bookings.Delete").always().status(403)
    answer = await say(hass, "end the meeting in the Fjord")
    assert answer.startswith("The booking system of Fjord did not confirm.")


async def test_unreachable(hass: HomeAssistant, talking: House) -> None:
    """Nobody claims to know."""
    talking.phone("Fjord").online = False
    await talking.clock.pass_by(hours=2)
    for sentence in ("is the Fjord free", "book the Fjord for 15 minutes"):
        answer = await say(hass, sentence)
        assert answer == "I cannot reach the booking system of Fjord."


# Find


async def test_find(hass: HomeAssistant, talking: House) -> None:
    """The best first, and one more; never what is not exposed."""
    talking.book_at_device("Birch", "Retro", 45, 30)
    await talking.clock.pass_by(seconds=2)
    for sentence in ("find a room for 6 people", "find me a free room for six people"):
        assert await say(hass, sentence) == (
            "Fjord is free and has room for 6. Also free: Birch."
        )
    assert await say(hass, "find a room for 7 people") == "I found no free room for 7."
    talking.book_at_device("Fjord", "Retro", -5, 30)
    await talking.clock.pass_by(seconds=2)
    assert await say(hass, "find us a room") == (
        "Birch is free until 01:45 and has room for 6."
    )
    talking.book_at_device("Birch", "Retro", -5, 30)
    await talking.clock.pass_by(seconds=2)
    assert await say(hass, "find a room") == "I found no free room."


# What people find in the documentation


def test_import_link_leads_to_the_blueprint() -> None:
    """The link in the README is the address that the blueprint says it is from."""
    blueprint = (BLUEPRINTS / "voice.yaml").read_text()
    (line,) = (line for line in blueprint.splitlines() if "source_url" in line)
    address = line.split(": ")[1]
    assert address.endswith("/blueprints/automation/room_bookings/voice.yaml")
    assert quote(address, safe="") in README.read_text()


# Which room


@pytest.mark.parametrize(
    ("sentence", "answer"),
    [
        ("book the room for 15 minutes", "Fjord is booked until 01:15."),
        ("book this room for 15 minutes", "Fjord is booked until 01:15."),
        ("is this meeting room free", "Fjord is free."),
        ("end the meeting", "No meeting is running in Fjord."),
        ("is Birch free", "Birch is free."),
    ],
)
async def test_room_of_the_satellite(
    hass: HomeAssistant,
    talking: House,
    satellite: AddSatellite,
    sentence: str,
    answer: str,
) -> None:
    """With no room named it is the one in which the speaker is."""
    here = satellite(talking.area("North", "Fjord", "Aurora"))
    assert await say(hass, sentence, here) == answer


async def test_area_of_the_satellite_itself_counts_first(
    hass: HomeAssistant, talking: House, satellite: AddSatellite
) -> None:
    """As Home Assistant has it for everything that is said to one."""
    device_id = satellite(talking.area("North", "Birch"))
    entity = er.async_get(hass).async_get_or_create(
        "assist_satellite",
        "satellite",
        "desk",
        device_id=device_id,
        has_entity_name=True,
        original_name="Desk",
    )
    assert await say(hass, "is this room free", satellite_id=entity.entity_id) == (
        "Birch is free."
    )
    er.async_get(hass).async_update_entity(
        entity.entity_id, area_id=talking.area("South", "Fjord")
    )
    assert await say(hass, "is this room free", satellite_id=entity.entity_id) == (
        "Fjord is free."
    )


async def test_speaker_is_asked_which_room(
    hass: HomeAssistant, talking: House, satellite: AddSatellite
) -> None:
    """Where nobody knows where the speaker is, and where there are several or none."""
    two = satellite(talking.area("North", "Fjord", "Birch"))
    none = satellite(ar.async_get(hass).async_create("Kitchen").id)
    question = "Which room? There is Birch and Fjord."
    assert await say(hass, "book the room for 15 minutes") == question
    assert await say(hass, "book the room for 15 minutes", two) == question
    assert await say(hass, "book the room for 15 minutes", none) == "Which room?"
    assert talking.truth("Fjord") == talking.truth("Birch") == []


async def test_room_that_is_not_exposed_is_unknown(
    hass: HomeAssistant, talking: House
) -> None:
    """Nothing is done to it."""
    talking.book_at_device("Aurora", "Retro", -5, 20)
    await talking.clock.pass_by(seconds=2)
    for sentence in (
        "book the Aurora for 15 minutes",
        "is the Aurora free",
        "end the meeting in the Aurora",
    ):
        assert await say(hass, sentence) == "I know no room called Aurora."
    assert talking.truth("Aurora") == ["Retro"]
    assert talking.state("Aurora", "availability") == "busy"
    expose(talking, "Aurora")
    assert await say(hass, "is the Aurora free") == "Aurora is taken until 01:15."


async def test_words_may_be_part_of_a_name(hass: HomeAssistant, talking: House) -> None:
    """A room that is called a room is not cut short."""
    er.async_get(hass).async_update_entity(
        talking.entity_id("Fjord", "bookings"), aliases=["Board room", "The attic"]
    )
    assert await say(hass, "is the board room free") == "Fjord is free."


async def test_other_words(
    hass: HomeAssistant, imported: None, listening: House
) -> None:
    """Sentences and answers can be replaced, to speak another language."""
    await automate(
        hass,
        book=["buche {room} für {minutes} Minuten"],
        articles=["den", "das"],
        here=["Raum"],
        booked="{{ name }} ist bis {{ until }} gebucht.",
    )
    answer = await say(hass, "buche den Raum Fjord für 30 Minuten")
    assert answer == "I know no room called Raum Fjord."
    answer = await say(hass, "buche den Fjord Raum für 30 Minuten")
    assert answer == "Fjord ist bis 01:30 gebucht."

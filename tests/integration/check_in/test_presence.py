"""Presence: who is seen has come, and a room is only given back if it is known to be empty."""

from collections.abc import Sequence
from datetime import timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.room_bookings.presence import reading_of
from custom_components.room_bookings.rooms.presence import Reading
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import State
from tests.integration.house import House
from tests.integration.roomos.room import Room, kinds, told

PIR = "binary_sensor.fjord_motion"
DESK = "sensor.fjord_people"
ON, OFF = "on", "off"

# When a sensor says what, in minutes; the meeting begins at 20, its window ends at 30.
type Words = Sequence[tuple[float, str, str]]
QUIET: Words = tuple((minute, PIR, OFF) for minute in range(0, 40, 4))


async def happen(house: House, words: Words) -> None:
    """Let sensors speak, each at its time."""
    for minute, entity_id, word in sorted(words):
        await house.clock.move_to(house.at(minute))
        house.hass.states.async_set(entity_id, word)
    await house.clock.settle()


@pytest.fixture
async def house(closed_house: House) -> House:
    """Three rooms that free themselves, unless a sensor sees somebody."""
    await closed_house.open(check_in=True, no_show="release", presence=[PIR])
    closed_house.book_at_device("Fjord", "Stand-up", 20, 30)
    return closed_house


async def test_an_empty_room_is_given_back(house: House) -> None:
    """The sensor has said so again and again."""
    with house.recording() as changes:
        await happen(house, QUIET)
    assert house.truth("Fjord") == []
    assert changes.kinds("Fjord")[-2:] == [
        ("ended", "Stand-up"),
        ("no_show", "Stand-up"),
    ]


@pytest.mark.parametrize(
    "words",
    [
        [],
        [(0, PIR, OFF)],
        [w for w in QUIET if w[0] < 21],
        [w for w in QUIET if not 20 <= w[0] < 28],
        [*QUIET, (25, PIR, STATE_UNAVAILABLE)],
        [*QUIET, (29.9, PIR, STATE_UNKNOWN)],
        [*QUIET, (25, PIR, ON), (25.1, PIR, OFF)],
        [*QUIET, (17, PIR, ON), (18, PIR, OFF)],
        [*QUIET, (29.9, PIR, ON)],
        [*QUIET, *((20 + i / 2, PIR, (ON, OFF)[i % 2]) for i in range(20))],
    ],
    ids=[
        "never said anything",
        "said something once",
        "falls silent",
        "silent for a while",
        "unavailable for a while",
        "unknown at the end",
        "sees somebody for a moment",
        "saw somebody before the start",
        "sees somebody at the end",
        "flapping",
    ],
)
async def test_a_room_that_may_be_in_use_is_not(house: House, words: Words) -> None:
    """Whatever is in doubt is in favour of those who may be there; nor have they come."""
    await happen(house, [*words])
    await house.clock.move_to(house.at(40))
    assert house.truth("Fjord") == ["Stand-up"]
    assert house.state("Fjord", "availability") == "busy"


async def test_who_stays_for_two_minutes_has_come(house: House) -> None:
    """Told as a check-in, at the second."""
    await happen(house, [(0, PIR, OFF), (22, PIR, ON)])
    with house.recording() as changes:
        await house.clock.move_to(house.at(24) - timedelta(seconds=1))
        assert house.state("Fjord", "availability") == "pending"
        await house.clock.move_to(house.at(24))
        await house.clock.pass_by(seconds=1)
        assert house.state("Fjord", "availability") == "busy"
        assert house.state("Fjord", "in_use") == "on"
        house.hass.states.async_set(PIR, OFF)
        await house.clock.move_to(house.at(45))
    assert changes.kinds("Fjord") == [("checked_in", "Stand-up")]
    assert house.truth("Fjord") == ["Stand-up"]


async def test_who_comes_early_has_come(house: House) -> None:
    """From five minutes before the start on, however long they have been there."""
    await happen(house, [(5, PIR, ON)])
    await house.clock.move_to(house.at(16.9))
    assert house.state("Fjord", "availability") == "pending"
    await house.clock.move_to(house.at(17.1))
    assert house.state("Fjord", "availability") == "busy"
    assert house.state("Fjord", "in_use") == "on"
    assert house.state("Fjord", "booked") == "off"


async def test_who_comes_after_the_window_has_come(closed_house: House) -> None:
    """A room that is not given back is in use as soon as somebody is there."""
    house = closed_house
    await house.open(check_in=True, presence=[PIR])
    house.book_at_device("Fjord", "Stand-up", 20, 30)
    await happen(house, [(35, PIR, ON)])
    await house.clock.move_to(house.at(37.1))
    assert house.state("Fjord", "in_use") == "on"


async def test_those_of_the_meeting_before(house: House) -> None:
    """They are there for theirs, not for the next one."""
    house.book_at_device("Fjord", "Before", 2, 18)
    with house.recording() as changes:
        await happen(house, [(3, PIR, ON), (19.5, PIR, OFF)])
        assert ("checked_in", "Before") in changes.kinds("Fjord")
        await happen(house, [(minute, PIR, OFF) for minute in (20, 24, 28, 31)])
    assert ("checked_in", "Stand-up") not in changes.kinds("Fjord")
    assert changes.kinds("Fjord")[-1] == ("no_show", "Stand-up")


async def test_one_of_several_sensors_is_enough(closed_house: House) -> None:
    """Somebody walks from one to the other; one that sees nobody contradicts nothing."""
    house = closed_house
    await house.open(check_in=True, no_show="release", presence=[PIR, DESK])
    house.book_at_device("Fjord", "Stand-up", 20, 30)
    await happen(
        house,
        [
            (18, PIR, OFF),
            (18, DESK, "0"),
            (22, PIR, ON),
            (23, DESK, "2"),
            (23.5, PIR, OFF),
        ],
    )
    await house.clock.move_to(house.at(24.1))
    assert house.state("Fjord", "in_use") == "on"


async def test_all_of_several_sensors_have_to_see_nobody(closed_house: House) -> None:
    """One of them is dead."""
    house = closed_house
    await house.open(check_in=True, no_show="release", presence=[PIR, DESK])
    house.book_at_device("Fjord", "Stand-up", 20, 30)
    await happen(house, [*QUIET, (18, DESK, "0")])
    assert house.truth("Fjord") == ["Stand-up"]


async def test_other_rooms_are_not_concerned(house: House) -> None:
    """The sensor of the entry is every room's; an own one counts in its room only."""
    house.book_at_device("Birch", "Stand-up", 20, 30)
    await happen(house, [*QUIET])
    assert house.truth("Birch") == []


def test_what_entities_say() -> None:
    """On, at home or more than none is somebody; what is not understood is not known."""
    said = {
        "binary_sensor.x on": Reading.SOMEBODY,
        "binary_sensor.x off": Reading.NOBODY,
        "binary_sensor.x unavailable": Reading.UNKNOWN,
        "sensor.x 3": Reading.SOMEBODY,
        "sensor.x 0.2": Reading.SOMEBODY,
        "sensor.x 0": Reading.NOBODY,
        "sensor.x -1": Reading.NOBODY,
        "sensor.x nan": Reading.UNKNOWN,
        "sensor.x inf": Reading.UNKNOWN,
        "sensor.x open": Reading.UNKNOWN,
        "sensor.x unknown": Reading.UNKNOWN,
        "person.x home": Reading.SOMEBODY,
        "person.x not_home": Reading.NOBODY,
        "device_tracker.x Office": Reading.NOBODY,
        "device_tracker.x unavailable": Reading.UNKNOWN,
        "input_boolean.x on": Reading.SOMEBODY,
        "zone.x 2": Reading.SOMEBODY,
    }
    for words, reading in said.items():
        entity_id, _, state = words.partition(" ")
        assert reading_of(State(entity_id, state)) is reading, words
    assert reading_of(None) is Reading.UNKNOWN


@given(st.text(max_size=20))
def test_any_state_can_be_read(state: str) -> None:
    """Whatever an entity shows, it is one of three."""
    assert reading_of(State("sensor.x", state, validate_entity_id=False)) in Reading


# RoomOS sees people itself


async def test_a_device_that_counts_people(closed_room: Room) -> None:
    """Who is seen for two minutes has come, without any sensor of Home Assistant's."""
    room = closed_room
    await room.open(check_in=True, no_show="release")
    room.meet("Stand-up", 20)
    await room.clock.move_to(room.at(21))
    room.device.set_people(2)
    with room.recording() as changes:
        await room.clock.move_to(room.at(24))
    assert room.facts() == ("busy", "on", "on")
    assert kinds(changes) == ["checked_in"]


async def test_a_device_that_counts_nobody(closed_room: Room) -> None:
    """It says what changes only, and is believed as long as it can be heard."""
    room = closed_room
    await room.open(check_in=True, no_show="release")
    room.meet("Stand-up", 20)
    with room.recording() as changes:
        await room.clock.move_to(room.at(31))
    assert kinds(changes) == ["created", "started", "ended", "no_show"]
    assert told(changes)[-1].ours


async def test_a_device_that_cannot_tell(closed_room: Room) -> None:
    """A camera behind its shutter sees nobody, and that means nothing."""
    room = closed_room
    await room.open(check_in=True, no_show="release")
    room.meet("Stand-up", 20)
    await room.clock.move_to(room.at(21))
    room.device.set_people(None)
    await room.clock.move_to(room.at(35))
    assert len(room.held) == 1


async def test_people_are_told_to_a_device_that_keeps_check_in(
    closed_room: Room,
) -> None:
    """Else it would give their room away."""
    room = closed_room
    room.device.configuration.set("Bookings.CheckIn.Enabled", "True")
    await room.open(presence=[PIR])
    room.meet("Stand-up", 20)
    await room.clock.move_to(room.at(21))
    room.hass.states.async_set(PIR, ON)
    await room.clock.move_to(room.at(31))
    assert [b.checked_in for b in room.device.bookings] == [True]
    assert room.commands("Bookings.CheckIn") == 1
    assert room.facts() == ("busy", "on", "on")


async def test_a_device_is_left_alone_if_nobody_asked(closed_room: Room) -> None:
    """Without any option, its own rules are all there is."""
    room = closed_room
    room.device.configuration.set("Bookings.CheckIn.Enabled", "True")
    await room.open()
    room.meet("Stand-up", 20)
    await room.clock.move_to(room.at(21))
    room.device.set_people(2)
    await room.clock.move_to(room.at(25))
    assert room.commands("Bookings.CheckIn") == 0

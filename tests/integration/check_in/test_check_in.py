"""Checking in where the system keeps no check-in: the rules are options, the memory is ours."""

from datetime import datetime

import pytest

from custom_components.room_bookings.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from tests.integration.house import Changes, House
from tests.integration.roomos.room import Room

FREE, PENDING, BUSY = "free", "pending", "busy"


def facts(house: House, room: str = "Fjord") -> tuple[str, str, str]:
    """Availability, and whether the room is booked and in use."""
    return (
        house.state(room, "availability"),
        house.state(room, "booked"),
        house.state(room, "in_use"),
    )


def keys(house: House, room: str = "Fjord") -> set[str]:
    """All entities that a room has."""
    prefix = f"{house.workspace(room).id}_"
    return {
        entry.unique_id.removeprefix(prefix)
        for entry in er.async_get(house.hass).entities.values()
        if entry.platform == DOMAIN and entry.unique_id.startswith(prefix)
    }


def shown(changes: Changes) -> list[tuple[datetime, str]]:
    """When the room became available in another way, to the millisecond."""
    return [
        (when.replace(microsecond=when.microsecond // 1000 * 1000), state)
        for when, state in changes.moments("Fjord", "availability")
    ]


async def refused(house: House, **data: str) -> str | None:
    """How a check-in is refused."""
    with pytest.raises(ServiceValidationError) as caught:
        await house.call("check_in", "Fjord", **data)
    return caught.value.translation_key


async def test_nobody_has_to_check_in_unless_somebody_says_so(
    closed_house: House,
) -> None:
    """There is no button, the action is refused, and who books is there."""
    house = closed_house
    await house.open()
    assert not {"check_in", "no_shows_today"} & keys(house)
    house.book_at_device("Fjord", "Stand-up", 2, 30)
    await house.clock.move_to(house.at(3))
    assert facts(house) == (BUSY, "on", "on")
    assert await refused(house) == "not_supported"


async def test_entities_come_and_go_with_the_option(house: House) -> None:
    """Those of check-in are there while there is any."""
    assert {"check_in", "no_shows_today"} <= keys(house)
    await house.set_options(check_in=False)
    assert not {"check_in", "no_shows_today"} & keys(house)
    await house.set_options(check_in=True)
    assert {"check_in", "no_shows_today"} <= keys(house)


async def test_pending_from_before_the_start_to_the_end_of_the_window(
    house: House,
) -> None:
    """Five minutes before, ten after; then the room is busy, and not in use."""
    house.book_at_device("Fjord", "Stand-up", 20, 30)
    with house.recording() as changes:
        await house.clock.move_to(house.at(31))
    assert shown(changes) == [(house.at(15), PENDING), (house.at(30), BUSY)]
    assert changes.of("Fjord", "in_use") == []
    assert changes.kinds("Fjord") == [("created", "Stand-up"), ("started", "Stand-up")]
    assert facts(house) == (BUSY, "on", "off")


async def test_the_rules_are_options(closed_house: House) -> None:
    """As long before and after as somebody wants."""
    house = closed_house
    await house.open(check_in=True, pending_before=1, check_in_window=3)
    house.book_at_device("Fjord", "Stand-up", 20, 30)
    with house.recording() as changes:
        await house.clock.move_to(house.at(31))
    assert shown(changes) == [(house.at(19), PENDING), (house.at(23), BUSY)]


async def test_check_in(house: House) -> None:
    """Busy and in use at once; told once, and nothing is sent."""
    booking = house.book_at_device("Fjord", "Stand-up", 10, 30)
    await house.clock.move_to(house.at(12))
    with house.recording() as changes:
        answer = await house.call("check_in", "Fjord")
        assert facts(house) == (BUSY, "on", "on")
        await house.clock.pass_by(minutes=1)
    assert answer == {"booking_id": booking.meeting_id}
    assert changes.kinds("Fjord") == [("checked_in", "Stand-up")]
    assert house.requests("Bookings.CheckIn") == 0
    assert house.shown("Fjord", "current_booking").attributes["checked_in"] is True
    [listed] = await house.bookings("Fjord")
    assert listed["checked_in"] is True
    await house.clock.move_to(house.at(40))
    assert facts(house) == (FREE, "off", "off")


async def test_check_in_early(house: House) -> None:
    """The room is busy and in use at once; booked it is at the start."""
    house.book_at_device("Fjord", "Stand-up", 10, 30)
    await house.clock.move_to(house.at(6))
    assert facts(house) == (PENDING, "off", "off")
    await house.press("Fjord", "check_in")
    assert facts(house) == (BUSY, "off", "on")
    assert house.titles("Fjord") == ("unknown", "Stand-up")
    await house.clock.move_to(house.at(10))
    assert facts(house) == (BUSY, "on", "on")


async def test_the_next_may_wait_while_the_current_one_runs(house: House) -> None:
    """A check-in is meant for the one that waits."""
    house.book_at_device("Fjord", "First", 2, 28)
    second = house.book_at_device("Fjord", "Second", 30, 30)
    await house.clock.move_to(house.at(3))
    await house.call("check_in", "Fjord")
    await house.clock.move_to(house.at(26))
    assert facts(house) == (PENDING, "on", "on")
    answer = await house.call("check_in", "Fjord")
    assert answer == {"booking_id": second.meeting_id}
    assert facts(house) == (BUSY, "on", "on")


async def test_who_comes_late_is_there_all_the_same(house: House) -> None:
    """After the window too."""
    house.book_at_device("Fjord", "Stand-up", 2, 30)
    await house.clock.move_to(house.at(20))
    await house.call("check_in", "Fjord")
    assert facts(house) == (BUSY, "on", "on")


async def test_nothing_to_check_in_to(house: House) -> None:
    """No meeting waits and none runs, and no such booking is known."""
    house.book_at_device("Fjord", "Later", 60, 30)
    await house.clock.settle()
    assert await refused(house) == "no_meeting"
    assert await refused(house, booking_id="nothing") == "unknown_booking"


async def test_who_books_on_the_spot_is_there(house: House) -> None:
    """At the device as from Home Assistant."""
    house.book_at_device("Fjord", "Walk-up", 0, 30)
    await house.clock.pass_by(seconds=5)
    assert facts(house) == (BUSY, "on", "on")
    await house.call("book", "Aurora", title="Here", duration={"minutes": 30})
    assert facts(house, "Aurora") == (BUSY, "on", "on")
    await house.call(
        "book",
        "Birch",
        title="Soon",
        start=house.at(3).isoformat(),
        duration={"minutes": 30},
    )
    assert facts(house, "Birch") == (PENDING, "off", "off")


@pytest.mark.parametrize("way", ["restart", "crash", "options"])
async def test_check_ins_are_not_forgotten(house: House, way: str) -> None:
    """Nor told again, whatever happens to Home Assistant."""
    house.book_at_device("Fjord", "Stand-up", 1, 30)
    house.book_at_device("Fjord", "Review", 33, 30)
    await house.clock.move_to(house.at(2))
    await house.call("check_in", "Fjord")
    await house.clock.move_to(house.at(29))
    await house.call("check_in", "Fjord")
    await house.clock.pass_by(seconds=3)
    with house.recording() as changes:
        if_ = {
            "restart": (house.stop, house.start),
            "crash": (house.crash, house.start),
            "options": (
                lambda: house.set_options(check_in=False),
                lambda: house.set_options(check_in=True, titles="show"),
            ),
        }
        for step in if_[way]:
            await step()
        assert facts(house) == (BUSY, "on", "on")
        await house.clock.move_to(house.at(32))
        assert facts(house) == (BUSY, "off", "on")
    assert changes.kinds("Fjord") == [("ended", "Stand-up")]


async def test_a_device_that_knows_of_check_in_and_does_not_use_it(
    hass: HomeAssistant, closed_room: Room
) -> None:
    """What is switched off there is kept here, after the device has refused to hear of it."""
    room = closed_room
    await room.open(check_in=True)
    room.meet("Stand-up", 3)
    await room.clock.settle()
    assert room.facts() == (PENDING, "off", "off")
    await room.do("check_in")
    assert room.facts() == (BUSY, "off", "on")
    assert room.commands("Bookings.CheckIn") > 0


async def test_the_device_is_the_authority(closed_room: Room) -> None:
    """Where it keeps check-in itself, its own rules count whatever the options say."""
    room = closed_room
    room.device.configuration.set("Bookings.CheckIn.Enabled", "True")
    await room.open(check_in=True, pending_before=1, check_in_window=60)
    room.meet("Stand-up", 10)
    with room.recording() as changes:
        await room.clock.move_to(room.at(12))
    assert shown(changes) == [(room.at(5), PENDING)]
    until = room.shown("Fjord", "availability").attributes["until"]
    assert until == room.at(20).isoformat()
    await room.do("check_in")
    assert room.commands("Bookings.CheckIn") == 1

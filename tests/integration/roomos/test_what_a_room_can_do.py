"""Entities of a RoomOS room follow what its device can do, without a reload."""

from tests.integration.comings import comings

from .room import Room
from .test_check_in import ENABLED

_COUNTS = {"sensor.fjord_people", "binary_sensor.fjord_people_present"}


async def test_check_in_is_switched_on_at_the_device_and_off_again(room: Room) -> None:
    """The figures of it are there within the hour's reading, and go likewise."""
    with comings(room.hass) as seen:
        room.device.configuration.set(ENABLED, "True")
        await room.clock.until(lambda: "no_shows_today" in room.keys, 3600)
        await room.clock.pass_by(hours=2)
    assert seen.went == set()
    assert seen.came == seen.blinked == {"sensor.fjord_no_shows_today"}
    assert room.now("no_shows_today") == "0"

    with comings(room.hass) as seen:
        room.device.configuration.set(ENABLED, "False")
        await room.clock.until(lambda: "no_shows_today" not in room.keys, 3600)
        await room.clock.pass_by(hours=2)
    assert seen.came == set()
    assert seen.went == seen.blinked == {"sensor.fjord_no_shows_today"}


async def test_a_device_that_cannot_be_reached_can_do_what_it_could(room: Room) -> None:
    """What it is asked for meanwhile is unavailable, and not gone."""
    before = room.keys
    with comings(room.hass) as seen:
        await room.device.down(refuse=True)
        await room.clock.pass_by(hours=2)
        assert room.now("check_in") == "unavailable"
        await room.device.up()
        await room.clock.pass_by(hours=2)
    assert seen.came | seen.went == set()
    assert room.keys == before
    assert room.now("check_in") != "unavailable"


async def test_a_device_that_was_asleep_when_it_was_added(closed_room: Room) -> None:
    """It counts nobody then: its sensors are there once it was awake, and stay."""
    room = closed_room
    room.device.set_people(None)
    await room.open()
    with comings(room.hass) as seen:
        await room.clock.pass_by(hours=2)
        assert seen.came == set()
        room.device.set_people(4)
        await room.clock.until(lambda: "people_count" in room.keys, 3600)
        assert (room.now("people_count"), room.now("people_present")) == ("4", "on")
        room.device.set_people(None)
        await room.clock.pass_by(hours=2)
        await room.stop()
        await room.start()
    assert seen.came == _COUNTS
    assert seen.went == set()
    assert room.now("people_count") == "unknown"

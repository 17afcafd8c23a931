"""Rooms whose device waits for people to check in, and gives the room away if nobody comes."""

from typing import Any

import pytest

from .room import HALF_AN_HOUR, NAME, Room, kinds, told

ENABLED = "Bookings.CheckIn.Enabled"
WINDOW = "Bookings.CheckIn.WindowDuration"


@pytest.fixture
async def room(closed_room: Room) -> Room:
    """A device with check-in switched on; people have ten minutes."""
    closed_room.device.configuration.set(ENABLED, "True")
    await closed_room.open()
    return closed_room


async def test_check_in(room: Room) -> None:
    """Pending before, busy and in use from then on."""
    room.meet("Stand-up", 10)
    await room.clock.pass_by(minutes=4)
    assert room.facts() == ("free", "off", "off")
    await room.clock.pass_by(minutes=2)
    assert room.facts() == ("pending", "off", "off")
    await room.clock.move_to(room.at(12))
    assert room.facts() == ("pending", "on", "off")
    assert room.shown(NAME, "availability").attributes["until"] == (
        room.at(20).isoformat()
    )
    with room.recording() as changes:
        answer = await room.do("check_in")
        [booking] = room.device.bookings
        assert booking.checked_in
        assert answer == {"booking_id": booking.meeting_id}
        assert room.facts() == ("busy", "on", "on")
        await room.clock.pass_by(seconds=5)
    [seen] = told(changes)
    assert (seen.kind, seen.title) == ("checked_in", "Stand-up")
    assert room.shown(NAME, "current_booking").attributes["checked_in"] is True
    await room.clock.move_to(room.at(30))
    assert room.facts() == ("busy", "on", "on")
    await room.clock.move_to(room.at(40))
    assert room.facts() == ("free", "off", "off")


async def test_check_in_early(room: Room) -> None:
    """The room is used at once; booked it is at the start."""
    room.meet("Stand-up", 10)
    await room.clock.move_to(room.at(7))
    await room.press(NAME, "check_in")
    assert room.facts() == ("busy", "off", "on")
    await room.clock.move_to(room.at(10))
    assert room.facts() == ("busy", "on", "on")


async def test_check_in_at_the_device(room: Room) -> None:
    """A person touches the screen."""
    booking = room.meet("Stand-up", 10)
    await room.clock.move_to(room.at(11))
    with room.recording() as changes:
        room.device.check_in_locally(booking)
        took = await room.clock.until(lambda: room.now("in_use") == "on")
    assert took.total_seconds() < 1
    assert kinds(changes) == ["checked_in"]


async def test_check_in_for_a_named_booking(room: Room) -> None:
    """Of two, the one that is named."""
    room.meet("Running", 0)
    later = room.meet("Later", 30)
    await room.clock.move_to(room.at(5))
    answer = await room.do("check_in", booking_id=later.meeting_id)
    assert answer == {"booking_id": later.meeting_id}
    assert [b.title for b in room.device.bookings if b.checked_in] == ["Later"]


async def test_nobody_comes(room: Room) -> None:
    """The device gives the room away: the meeting has ended, and its minutes are free."""
    room.meet("Stand-up", 10)
    with room.recording() as changes:
        await room.clock.move_to(room.at(19))
        assert room.facts() == ("pending", "on", "off")
        await room.clock.move_to(room.at(20))
        await room.clock.pass_by(seconds=1)
        assert room.held == []
        assert room.facts() == ("free", "off", "off")
        await room.clock.pass_by(minutes=5)
    assert kinds(changes) == ["created", "started", "ended", "no_show"]
    no_show = told(changes)[-1]
    assert (no_show.ours, no_show.attributes["dry_run"]) == (False, False)
    assert float(room.now("released_today")) == 20
    assert float(room.now("no_shows_today")) == 1


async def test_what_the_device_gives_away_before_its_start(room: Room) -> None:
    """Whatever deletes a meeting that has not begun: it is cancelled."""
    booking = room.meet("Stand-up", 10)
    await room.clock.pass_by(minutes=6)
    with room.recording() as changes:
        room.device.delete_locally(booking, "NoShow")
        await room.clock.pass_by(seconds=1)
    assert kinds(changes) == ["cancelled"]


@pytest.mark.parametrize("minutes", [5, 30])
async def test_the_devices_own_window(closed_room: Room, minutes: int) -> None:
    """It is as long as it is set there."""
    room = closed_room
    room.device.configuration.set(ENABLED, "True")
    room.device.configuration.set(WINDOW, minutes)
    room.meet("Stand-up", 0, 60)
    await room.open()
    assert room.facts() == ("pending", "on", "off")
    until = room.shown(NAME, "availability").attributes["until"]
    assert until == room.at(minutes).isoformat()


async def test_the_window_is_over(room: Room) -> None:
    """A device that keeps the booking all the same: the room is busy, and not in use."""
    room.device.faults.events("Bookings.Deleted").always().drop()
    # From eight hours on a device checks in by itself, and deletes nothing.
    room.meet("Workshop", 1, 8 * 60)
    await room.clock.move_to(room.at(10))
    assert room.facts() == ("pending", "on", "off")
    await room.clock.move_to(room.at(12))
    assert room.facts() == ("busy", "on", "off")
    await room.do("check_in")
    assert room.facts() == ("busy", "on", "on")


async def test_check_in_survives_a_restart(room: Room) -> None:
    """The device's list does not tell of it, the disk does."""
    room.meet("Stand-up", 0)
    await room.clock.settle()
    await room.do("check_in")
    await room.stop()
    with room.recording() as changes:
        await room.start()
        assert room.facts() == ("busy", "on", "on")
    assert kinds(changes) == []


async def test_check_in_survives_a_crash(room: Room) -> None:
    """Also one that leaves no time to write."""
    room.meet("Stand-up", 0)
    await room.clock.settle()
    await room.do("check_in")
    await room.clock.pass_by(seconds=2)
    await room.crash()
    await room.start()
    assert room.facts() == ("busy", "on", "on")


async def test_check_in_survives_a_reboot_of_the_device(room: Room) -> None:
    """Ids change, the meeting is the same."""
    room.meet("Stand-up", 0, 60)
    await room.clock.settle()
    await room.do("check_in")
    room.device.reboot()
    with room.recording() as changes:
        await room.clock.pass_by(minutes=1)
        assert room.facts() == ("busy", "on", "on")
    assert kinds(changes) == []


async def test_walk_in(room: Room) -> None:
    """Who books at the panel for now is there."""
    room.meet("Walk-up", 0)
    await room.clock.settle()
    assert room.facts() == ("busy", "on", "on")


async def test_booked_on_the_spot(room: Room) -> None:
    """Whoever books for now from Home Assistant checks in like anybody."""
    await room.do("book", title="Here", duration=HALF_AN_HOUR)
    await room.do("check_in")
    assert room.facts() == ("busy", "on", "on")


@pytest.mark.parametrize(
    ("arm", "sent"),
    [
        (lambda f: f.when(command="Bookings.CheckIn").drop(), 2),
        (lambda f: f.when(command="Bookings.CheckIn").drop_answer(), 2),
        (lambda f: f.when(command="Bookings.CheckIn").no_answer(applied=True), 2),
    ],
    ids=["lost", "answer lost", "never answered"],
)
async def test_check_in_whatever_dies(room: Room, arm: Any, sent: int) -> None:
    """It may be said twice, and is told once."""
    room.meet("Stand-up", 1)
    await room.clock.move_to(room.at(2))
    arm(room.device.faults)
    with room.recording() as changes:
        await room.do("check_in")
        await room.clock.pass_by(minutes=1)
    assert [b.checked_in for b in room.device.bookings] == [True]
    assert kinds(changes) == ["checked_in"]
    assert room.commands("Bookings.CheckIn") == sent


async def test_switched_off_at_the_device(room: Room) -> None:
    """The setting is named."""
    room.device.configuration.set(ENABLED, "False")
    room.meet("Stand-up", 0)
    await room.clock.settle()
    error = await room.refused("check_in")
    assert error.translation_key == "not_supported"
    feature = (error.translation_placeholders or {})["feature"]
    assert "CheckIn Enabled" in feature


async def test_switched_on_later(closed_room: Room) -> None:
    """Within the hour the room waits for people."""
    room = closed_room
    await room.open()
    room.device.configuration.set(ENABLED, "True")
    await room.clock.pass_by(minutes=61)
    room.meet("Stand-up", 63)
    await room.clock.settle()
    assert room.now("availability") == "pending"


async def test_nothing_to_check_in_to(room: Room) -> None:
    """No meeting waits and none runs."""
    room.meet("Later", 60)
    await room.clock.settle()
    assert await room.told_to("check_in") == "no_meeting"

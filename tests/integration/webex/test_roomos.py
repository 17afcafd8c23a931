"""RoomOS devices in the cloud: they can do more than phones, where the integration may ask them to."""

import pytest

from tests.integration.house import House
from tests.simulators.webex.application import Access

ROOM = "Studio"
# What set-up demands; a manifest that was made for phones has nothing else.
NEEDED = ("Bookings.List", "Bookings.Book", "Bookings.Delete")


async def studio(house: House, *, granted: tuple[str, ...] = ("Bookings.*",)) -> House:
    """Open with a room with a RoomOS device that waits for people."""
    device = house.sim.add_device(house.sim.add_workspace(ROOM), profile="roomos-26.4")
    device.configuration.set("Bookings.CheckIn.Enabled", "True")
    house.sim.app.access = Access(
        commands=granted,
        statuses=("Bookings.Availability.*", "Bookings.Current.*"),
        events=("Bookings.*",),
    )
    return house


@pytest.mark.parametrize("option", [True, False])
async def test_a_check_in_is_told(closed_house: House, option: bool) -> None:
    """Nobody knows whether the device waits for it: a meeting that it does not hear of goes."""
    house = await studio(closed_house)
    await house.open(check_in=option)
    house.book_at_device(ROOM, "Planning", 2, 60)
    await house.clock.pass_by(minutes=3)
    await house.call("check_in", ROOM)
    assert house.requests("Bookings.CheckIn") == 1
    assert house.state(ROOM, "in_use") == "on"
    await house.clock.pass_by(minutes=20)
    assert house.state(ROOM, "current_booking") == "Planning"


async def test_a_check_in_that_may_not_be_told_is_kept_here(
    closed_house: House,
) -> None:
    """Where people want check-in, and the integration may not tell the device."""
    house = await studio(closed_house, granted=NEEDED)
    await house.open(check_in=True)
    house.book_at_device(ROOM, "Planning", 2, 60)
    await house.clock.pass_by(minutes=3)
    await house.call("check_in", ROOM)
    assert house.state(ROOM, "in_use") == "on"


async def test_a_meeting_ends_by_what_was_granted(closed_house: House) -> None:
    """Who may neither check out nor edit may still delete."""
    house = await studio(closed_house, granted=NEEDED)
    await house.open()
    house.book_at_device(ROOM, "Planning", 0, 60)
    await house.clock.pass_by(minutes=3)
    answer = await house.call("end_meeting", ROOM)
    assert answer["method"] == "deleted"
    assert house.state(ROOM, "availability") == "free"

"""Displays release rooms and cancel meetings, through the same verbs as everybody."""

import pytest

from tests.integration.house import House
from tests.integration.virtual_time import VirtualTime
from tests.simulators.roomz.strict_client import StrictClient

from .writing import FJORD, STUDIO, put, slot, written

# Release


@pytest.mark.parametrize("room", [STUDIO, FJORD])
@pytest.mark.parametrize("seconds", [0, -2, 40])
async def test_release(
    house: House,
    display: StrictClient,
    clock: VirtualTime,
    room: str,
    seconds: int,
) -> None:
    """The running meeting is over now, in whatever way its system can do that."""
    house.book_at_device(room, "Now", 0, 60)
    await clock.pass_by(minutes=10)
    workspace = house.workspace(room)
    now = house.at(10 + seconds / 60)
    (running,) = (await display.meetings(workspace.id, now)).value
    answer = await display.change(workspace.id, running.meeting_id, running.start, now)
    assert answer.status == 200
    display.check()
    assert house.state(room, "availability") == "free"
    await clock.pass_by(minutes=2)
    assert (await display.meetings(workspace.id, house.at(11))).value == []


async def test_nobody_came(
    house: House, display: StrictClient, clock: VirtualTime
) -> None:
    """What the portal releases after a quarter of an hour arrives late; it ends now."""
    house.book_at_device(STUDIO, "Ghost", 0, 60)
    await clock.pass_by(minutes=20)
    booked = house.workspace(STUDIO).bookings[0].meeting_id
    status, meeting = await put(house, display, STUDIO, booked, **slot(house, 0, 15))
    assert status == 200
    assert meeting["endDateUTC"] == written(clock.now)
    assert house.state(STUDIO, "availability") == "free"


async def test_release_after_the_end(
    house: House, display: StrictClient, clock: VirtualTime
) -> None:
    """It must not end the meeting that has begun meanwhile."""
    first = house.book_at_device(STUDIO, "First", 0, 30)
    house.book_at_device(STUDIO, "Second", 30, 30)
    await clock.pass_by(minutes=31)
    status, _ = await put(
        house, display, STUDIO, first.meeting_id, **slot(house, 0, 31)
    )
    assert status in (400, 404, 409)
    assert house.titles(STUDIO)[0] == "Second"


async def test_release_at_the_very_end(
    house: House, display: StrictClient, clock: VirtualTime
) -> None:
    """While it waits for its turn the next one begins: that goes on."""
    first = house.book_at_device(STUDIO, "First", 0, 30)
    house.book_at_device(STUDIO, "Second", 30, 30)
    await clock.move_to(house.at(29.99))
    keeper = house.hub.coordinators[house.workspace(STUDIO).id].keeper
    async with keeper.lock:
        releasing = house.doing(
            put(house, display, STUDIO, first.meeting_id, **slot(house, 0, 29.9))
        )
        await clock.move_to(house.at(30.1))
    assert (await releasing)[0] == 404
    assert house.titles(STUDIO)[0] == "Second"
    assert house.truth(STUDIO) == ["First", "Second"]


# Cancel


@pytest.mark.parametrize("room", [STUDIO, FJORD])
async def test_cancel(house: House, display: StrictClient, room: str) -> None:
    """Where the room can delete it is gone, and no longer listed."""
    booked = house.book_at_device(room, "Plan", 60, 30)
    await house.clock.pass_by(seconds=5)
    status, meeting = await put(
        house, display, room, booked.meeting_id, isCancelled=True
    )
    assert (status, meeting["isCancelled"]) == (200, True)
    assert (await display.meetings(house.workspace(room).id)).value == []


@pytest.mark.parametrize(("start", "status"), [(0, 200), (60, 400)])
async def test_cancel_where_nothing_can_be_deleted(
    house: House,
    display: StrictClient,
    clock: VirtualTime,
    start: int,
    status: int,
) -> None:
    """The running meeting can be ended all the same."""
    booked = house.book_at_device(STUDIO, "Plan", start, 30)
    await clock.pass_by(minutes=1)
    coordinator = house.hub.coordinators[house.workspace(STUDIO).id]
    able = coordinator.room.verbs
    object.__setattr__(coordinator.room, "verbs", able - {"delete"})
    answer, _ = await put(house, display, STUDIO, booked.meeting_id, isCancelled=True)
    assert answer == status
    state = {0: "free", 60: "free"}[start]
    assert house.state(STUDIO, "availability") == state

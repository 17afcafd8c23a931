"""What a module says by itself, and how soon."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from custom_components.room_bookings.backends.signals import (
    PeopleSeen,
    RoomReports,
    RoomsChanged,
    RoomStale,
)
from custom_components.room_bookings.rooms.booking import RoomId
from custom_components.room_bookings.rooms.state import Availability, Reported
from tests.backends.listening import Ear
from tests.simulators.placeos import GARBAGE, Room, Settings

from .conftest import BUSY, Rig

FREE, PENDING, BUSY_NOW = Availability


def reported(rig: Rig, room: Room, availability: Any, in_use: Any) -> RoomReports:
    """The word of a room, said now."""
    return RoomReports(
        RoomId(room.id),
        Reported(at=rig.clock(), availability=availability, in_use=in_use),
    )


async def test_a_change_elsewhere_is_heard(rig: Rig, fjord: Room) -> None:
    """Made, moved and called off."""
    backend = await rig.ready()
    stale = RoomStale(RoomId(fjord.id))
    async with Ear(backend.listen) as ear:
        await ear.until(stale)
        event = rig.meeting(fjord, "theirs", 60)
        await ear.until(stale, 2)
        assert len(await rig.listed(backend, fjord)) == 1
        event = fjord.move(event, minutes=15)
        await ear.until(stale, 3)
        (found,) = await rig.listed(backend, fjord)
        assert found.end - found.start == timedelta(minutes=15)
        fjord.cancel(event)
        await ear.until(stale, 4)
        assert await rig.listed(backend, fjord) == []


async def test_what_happened_before_anybody_listened_is_told(
    rig: Rig, fjord: Room
) -> None:
    """Nothing is lost after connecting."""
    backend = await rig.ready()
    await rig.listed(backend, fjord)
    rig.meeting(fjord, "theirs")
    await rig.sim.wait_until(lambda: len(rig.sim.frames) > 0)
    async with Ear(backend.listen) as ear:
        await ear.until(RoomStale(RoomId(fjord.id)))
        await ear.until(reported(rig, fjord, BUSY_NOW, True))


async def test_the_room_says_in_which_state_it_is(rig: Rig) -> None:
    """Through a whole meeting, each time in one word."""
    room = rig.sim.add_room("Fjord")
    rig.meeting(room, "theirs", 10)
    backend = await rig.ready()
    async with Ear(backend.listen) as ear:
        await ear.until(reported(rig, room, FREE, False))
        await rig.pass_by(minutes=5)
        await ear.until(reported(rig, room, PENDING, False))
        await rig.pass_by(minutes=5)
        room.check_in()
        await ear.until(reported(rig, room, BUSY_NOW, True))
        await rig.pass_by(minutes=30)
        await ear.until(reported(rig, room, FREE, False))
    assert len(ear.of(RoomReports)) == 4


async def test_an_early_check_in_makes_a_room_busy(rig: Rig) -> None:
    """Before the meeting runs (facts A1.4)."""
    room = rig.sim.add_room("Fjord")
    rig.meeting(room, "theirs", 4)
    backend = await rig.ready()
    async with Ear(backend.listen) as ear:
        await ear.until(reported(rig, room, PENDING, False))
        room.check_in()
        await ear.until(reported(rig, room, BUSY_NOW, True))
    (found,) = await rig.listed(backend, room)
    assert found.checked_in
    assert not found.runs_at(rig.clock())


async def test_in_use_and_pending_at_once(rig: Rig) -> None:
    """With one meeting running and the next one waiting (facts A1.3)."""
    room = rig.sim.add_room("Fjord")
    rig.meeting(room, "first", 0, 3)
    rig.meeting(room, "second", 3)
    backend = await rig.ready()
    async with Ear(backend.listen) as ear:
        room.check_in()
        await ear.until(reported(rig, room, PENDING, True))


async def test_the_oldest_driver_is_not_believed_when_nobody_waits(rig: Rig) -> None:
    """It says pending where nobody can check in (facts A1.12)."""
    settings = replace(BUSY, disable_end_meeting=False)
    room = rig.sim.add_room("Fjord", settings=settings, release="D2")
    rig.meeting(room, "theirs")
    room.driver.poll_events()
    backend = await rig.ready()
    assert room.status["status"] == "pending"
    async with Ear(backend.listen) as ear:
        await ear.until(reported(rig, room, None, True))


async def test_a_called_off_meeting_makes_no_room_busy(rig: Rig) -> None:
    """Though the driver says so (facts A1.9)."""
    room = rig.sim.add_room(
        "Fjord", settings=replace(BUSY, include_cancelled_bookings=True)
    )
    backend = await rig.ready()
    async with Ear(backend.listen) as ear:
        event = rig.meeting(room, "theirs")
        await ear.until(reported(rig, room, BUSY_NOW, True))
        room.cancel(event)
        await ear.until(RoomStale, 3)
        assert room.status["status"] == "busy"
        assert await rig.listed(backend, room) == []


async def test_a_called_off_meeting_is_told_at_once(rig: Rig) -> None:
    """The driver itself says nothing new then: to it nothing has changed."""
    room = rig.sim.add_room(
        "Fjord", settings=replace(BUSY, include_cancelled_bookings=True)
    )
    event = rig.meeting(room, "theirs")
    backend = await rig.ready()
    async with Ear(backend.listen) as ear:
        await ear.until(reported(rig, room, BUSY_NOW, True))
        room.cancel(event)
        await ear.until(reported(rig, room, None, None))


async def test_other_settings_are_another_room(rig: Rig) -> None:
    """Whoever keeps it lists the rooms anew."""
    room = rig.sim.add_room("Fjord")
    backend = await rig.ready()
    async with Ear(backend.listen) as ear:
        await asyncio.sleep(0)
        rig.sim.configure(room, pending_before=9)
        await ear.until(RoomsChanged)
        (found,) = await backend.rooms()
        assert found.check_in is not None
        assert found.check_in.before == timedelta(minutes=9)
        rig.sim.configure(room, room_image="https://example.com/new")
        rig.sim.configure(room, pending_before=0, pending_period=0)
        await ear.until(RoomsChanged, 2)
        (found,) = await backend.rooms()
        assert found.check_in is None
    assert len(ear.of(RoomsChanged)) == 2


async def test_a_restart_is_no_change_of_settings(rig: Rig) -> None:
    """Nor of anything else that was said."""
    room = rig.sim.add_room("Fjord")
    rig.meeting(room, "theirs")
    backend = await rig.ready()
    async with Ear(backend.listen) as ear:
        await ear.until(RoomReports)
        room.driver.restart(1)
        await ear.until(RoomStale, 2)
        await rig.pass_by(seconds=1)
        await ear.until(RoomStale, 3)
        assert not ear.of(RoomsChanged)
        said = {signal.reported.availability for signal in ear.of(RoomReports)}
        assert said == {PENDING}


async def test_people_are_counted(rig: Rig, fjord: Room) -> None:
    """As long as the sensor is to be trusted."""
    backend = rig.backend()
    await backend.connect()
    (room,) = await backend.rooms()
    assert room.counts_people is False
    async with Ear(backend.listen) as ear:
        await ear.until(PeopleSeen(room.id))
        fjord.sense(3)
        await ear.until(PeopleSeen(room.id, 3, True))
        await ear.until(RoomsChanged)
        (room,) = await backend.rooms()
        assert room.counts_people
        fjord.sense(3, stale=True)
        await ear.until(PeopleSeen(room.id), 2)
        fjord.sense(0)
        await ear.until(PeopleSeen(room.id, 0, False))
        fjord.sense(None)
        await ear.until(PeopleSeen(room.id), 3)


@pytest.mark.parametrize("how", ["duplicate", "reorder", "encoded", "raw", "huge"])
async def test_notifications_come_as_they_like(rig: Rig, fjord: Room, how: str) -> None:
    """Twice, late, packed or padded."""
    backend = await rig.ready()
    async with Ear(backend.listen) as ear:
        await ear.until(RoomStale)
        getattr(rig.sim.faults.notifications("bookings"), how)()
        rig.meeting(fjord, "theirs")
        rig.sim.send("pong")
        await ear.until(RoomStale, 2)
        assert len(await rig.listed(backend, fjord)) == 1
    assert len(rig.sim.connections) == 1


@pytest.mark.parametrize("kind", sorted(GARBAGE))
async def test_garbage_costs_itself(rig: Rig, fjord: Room, kind: str) -> None:
    """Neither the connection nor what comes after."""
    rig.meeting(fjord, "first")
    backend = await rig.ready()
    async with Ear(backend.listen) as ear:
        for name in ("bookings", "status", "in_use"):
            rig.sim.faults.notifications(name).garbage(kind)
        rig.meeting(fjord, "second", 60)
        last = rig.meeting(fjord, "third", 120)
        found = await rig.listed(backend, fjord, urgent=True)
        assert found[-1].id == last.id
        assert len(found) == 3
        assert not ear.task.done()
    assert len(rig.sim.connections) == 1
    assert len(rig.sim.handshakes) == 1


@pytest.mark.parametrize("kind", sorted(GARBAGE))
async def test_garbage_for_an_answer_ends_in_an_answer_or_an_error(
    rig: Rig, fjord: Room, kind: str
) -> None:
    """With the true one after it, all is well."""
    backend = await rig.ready()
    rig.sim.faults.when(cmd="exec").garbage(kind, then_real=True)
    assert await rig.listed(backend, fjord, urgent=True) == []


async def test_settings_may_be_anything(rig: Rig) -> None:
    """What a panel shows is none of our business."""
    rig.sim.add_room("Fjord", settings=Settings(pending_before=10**9))
    backend = rig.backend()
    await backend.connect()
    (found,) = await backend.rooms()
    assert found.check_in is not None
    assert found.check_in.before == timedelta(days=1)

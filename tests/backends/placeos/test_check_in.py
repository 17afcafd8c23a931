"""Checking in, with the care that the driver does not take."""

import pytest

from custom_components.room_bookings.backends.placeos import verbs
from custom_components.room_bookings.backends.signals import RoomStale
from custom_components.room_bookings.rooms.booking import RoomId
from custom_components.room_bookings.rooms.errors import (
    AnswerLostError,
    NotSupportedError,
    RejectedError,
)
from tests.backends.listening import Ear
from tests.simulators.placeos import Room

from .asking import EVERY_RELEASE, first
from .conftest import Rig


@EVERY_RELEASE
@pytest.mark.parametrize("begin", [-3, 0, 4])
async def test_somebody_comes(rig: Rig, release: str, begin: int) -> None:
    """To what waits, running or not; said again it changes nothing."""
    room = rig.sim.add_room("Fjord", release=release)
    event = rig.meeting(room, "ours", begin)
    room.driver.poll_events()
    backend = await rig.ready()
    booking = await first(rig, backend, room)
    for _ in range(2):
        await backend.check_in(RoomId(room.id), booking)
        assert room.driver.last_booking_started == event.start
    assert rig.asked("checkin") == 1
    assert (await first(rig, backend, room)).checked_in


async def test_an_early_check_in_is_not_taken_back(rig: Rig) -> None:
    """The function names no meeting: the running one would take it (facts A2)."""
    room = rig.sim.add_room("Fjord")
    rig.meeting(room, "runs", 0, 4)
    rig.meeting(room, "waits", 4)
    backend = await rig.ready()
    runs, waits = await rig.listed(backend, room)
    with pytest.raises(NotSupportedError):
        await backend.check_in(RoomId(room.id), waits)
    await backend.check_in(RoomId(room.id), runs)
    await backend.check_in(RoomId(room.id), waits)
    await backend.check_in(RoomId(room.id), runs)
    await backend.check_in(RoomId(room.id), waits)
    assert rig.asked("checkin") == 2
    assert room.driver.last_booking_started == room.events[1].start


async def test_nobody_checks_in_where_that_means_nothing(rig: Rig, fjord: Room) -> None:
    """Nor to what is far away."""
    rig.meeting(fjord, "ours")
    room = rig.sim.add_room("Delta")
    rig.meeting(room, "ours", 60)
    backend = await rig.ready()
    for each in (fjord, room):
        with pytest.raises(NotSupportedError):
            await backend.check_in(RoomId(each.id), await first(rig, backend, each))
    assert rig.asked("checkin") == 0


async def test_a_check_in_of_which_nothing_is_heard_is_asked_after(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before it is said again."""
    monkeypatch.setattr(verbs, "_TAKEN_WITHIN", 0.05)
    room = rig.sim.add_room("Fjord")
    rig.meeting(room, "ours")
    backend = await rig.ready()
    booking = await first(rig, backend, room)
    room.driver.publish("last_booking_started", 1)
    rig.sim.faults.notifications("last_booking_started").drop()
    await backend.check_in(RoomId(room.id), booking)
    assert rig.asked("checkin") == 1


async def test_a_check_in_that_is_not_taken_is_an_error(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the answer says."""
    monkeypatch.setattr(verbs, "_TAKEN_WITHIN", 0.05)
    room = rig.sim.add_room("Fjord")
    rig.meeting(room, "ours")
    room.driver.publish("last_booking_started", 1)
    backend = await rig.ready()
    booking = await first(rig, backend, room)
    rig.sim.faults.when(name="checkin").always().not_applied()
    with pytest.raises(RejectedError):
        await backend.check_in(RoomId(room.id), booking)
    assert rig.asked("checkin") == 2


async def test_a_check_in_may_be_said_again(rig: Rig) -> None:
    """Where its answer was lost."""
    room = rig.sim.add_room("Fjord")
    rig.meeting(room, "ours")
    backend = await rig.ready()
    booking = await first(rig, backend, room)
    async with Ear(backend.listen) as ear:
        await ear.until(RoomStale)
        rig.sim.faults.when(name="checkin").apply_then_drop()
        with pytest.raises(AnswerLostError):
            await backend.check_in(RoomId(room.id), booking)
        await ear.until(RoomStale, 2)
        await backend.check_in(RoomId(room.id), booking)
    assert rig.asked("checkin") == 1

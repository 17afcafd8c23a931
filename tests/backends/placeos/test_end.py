"""Ending meetings, with the care that the driver does not take."""

from typing import Any

import pytest

from custom_components.room_bookings.backends.signals import RoomStale
from custom_components.room_bookings.rooms.booking import Booking, BookingId, RoomId
from custom_components.room_bookings.rooms.errors import (
    AnswerLostError,
    NotFoundError,
    NotSupportedError,
    RejectedError,
)
from custom_components.room_bookings.rooms.room import EndMethod
from tests.backends.listening import Ear
from tests.simulators.placeos import Room

from .asking import EVERY_RELEASE, first
from .conftest import BUSY, MINUTE, Rig


@EVERY_RELEASE
@pytest.mark.parametrize(
    ("extras", "notify", "comment"),
    [
        ({}, None, None),
        ({"notify": False}, False, None),
        ({"notify": True, "comment": "gone"}, True, "gone"),
        ({"comment": "gone"}, True, "gone"),
    ],
)
async def test_the_room_declines_the_running_meeting(
    rig: Rig, release: str, extras: dict[str, Any], notify: bool, comment: str
) -> None:
    """And nobody else's; what nobody wished is left to the driver."""
    room = rig.sim.add_room("Fjord", settings=BUSY, release=release)
    rig.meeting(room, "ours")
    rig.meeting(room, "theirs", 30)
    room.driver.poll_events()
    backend = await rig.ready()
    booking = await first(rig, backend, room)
    method = await backend.end_meeting(RoomId(room.id), booking, extras)
    assert method is EndMethod.DECLINED
    (left,) = await rig.listed(backend, room, urgent=True)
    assert left.title == "theirs"
    change = room.mailbox.history[-1]
    assert change.what == "declined"
    defaults = room.driver.release
    assert change.notify is (defaults.end_notifies if notify is None else notify)
    assert change.comment == (comment or defaults.end_comment)


async def test_a_meeting_that_is_gone_is_not_ended(rig: Rig, fjord: Room) -> None:
    """Nor is another one of the same start."""
    backend = await rig.ready()
    now = rig.clock()
    gone = Booking(id=BookingId("gone"), start=now, end=now + MINUTE)
    with pytest.raises(NotFoundError):
        await backend.end_meeting(RoomId(fjord.id), gone)
    async with Ear(backend.listen) as ear:
        await ear.until(RoomStale)
        rig.meeting(fjord, "first")
        rig.meeting(fjord, "second", overlap=True)
        await ear.until(RoomStale, 3)
        _, second = await rig.listed(backend, fjord)
    with pytest.raises(NotSupportedError):
        await backend.end_meeting(RoomId(fjord.id), second)
    assert rig.asked("end_meeting") == 0


async def test_the_driver_may_know_better(rig: Rig, fjord: Room) -> None:
    """And says so in its own words."""
    rig.meeting(fjord, "first", 10)
    rig.meeting(fjord, "second", 60)
    backend = await rig.ready()
    later = (await rig.listed(backend, fjord))[1]
    with pytest.raises(RejectedError, match="only the current or pending"):
        await backend.end_meeting(RoomId(fjord.id), later)


async def test_a_meeting_is_ended_once(rig: Rig, fjord: Room) -> None:
    """Also where the answer is lost."""
    rig.meeting(fjord, "ours")
    backend = await rig.ready()
    booking = await first(rig, backend, fjord)
    rig.sim.faults.when(name="end_meeting").apply_then_drop()
    with pytest.raises(AnswerLostError):
        await backend.end_meeting(RoomId(fjord.id), booking)
    assert fjord.events == []


@pytest.mark.parametrize("extras", [{"reason": "x"}, {"comment": "half \ud83d"}])
async def test_wishes_that_cannot_be_had_are_refused(
    rig: Rig, fjord: Room, extras: dict[str, Any]
) -> None:
    """Never dropped."""
    rig.meeting(fjord, "ours")
    backend = await rig.ready()
    booking = await first(rig, backend, fjord)
    with pytest.raises(NotSupportedError):
        await backend.end_meeting(RoomId(fjord.id), booking, extras)
    assert backend.traits.end_extras == {"notify", "comment"}

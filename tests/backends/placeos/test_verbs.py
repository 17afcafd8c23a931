"""What a module may lack, and rooms side by side."""

import asyncio

import pytest

from custom_components.room_bookings.rooms.booking import RoomId
from custom_components.room_bookings.rooms.errors import NotSupportedError
from tests.simulators.placeos import Room

from .asking import book, first
from .conftest import BUSY, Rig


async def test_what_the_module_has_not_is_refused(rig: Rig, fjord: Room) -> None:
    """Without asking."""
    rig.meeting(fjord, "ours")
    backend = await rig.ready()
    room_id = RoomId(fjord.id)
    booking = await first(rig, backend, fjord)
    frames = len(rig.sim.frames)
    with pytest.raises(NotSupportedError):
        backend.check_change(room_id, booking, booking)
    for asking in (
        backend.change(room_id, booking, booking),
        backend.delete(room_id, booking),
        backend.book_series([room_id], rig.wish(), "FREQ=DAILY"),
    ):
        with pytest.raises(NotSupportedError):
            await asking
    assert len(rig.sim.frames) == frames


async def test_people_at_several_rooms_do_not_wait_for_one_another(
    rig: Rig,
) -> None:
    """A slow room is slow alone."""
    slow, quick = (rig.sim.add_room(name, settings=BUSY) for name in ("S", "Q"))
    backend = await rig.ready()
    rig.sim.faults.when(name="book_now", sys=slow.id).latency(0.5)
    waiting = asyncio.ensure_future(book(backend, slow, rig.wish()))
    assert await book(backend, quick, rig.wish()) is not None
    assert not waiting.done()
    assert await waiting is not None

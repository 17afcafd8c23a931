"""What devices tell, as signals about rooms."""

from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.room_bookings.backends.signals import (
    BookingAdded,
    BookingRemoved,
    Connected,
    Disconnected,
    MeetingSeen,
    RoomClaims,
    RoomsChanged,
    RoomStale,
)
from custom_components.room_bookings.rooms.booking import BookingId, RoomId
from custom_components.room_bookings.rooms.claim import Claim
from custom_components.room_bookings.rooms.errors import UnreachableError
from tests.backends.listening import Ear
from tests.backends.xapi.conftest import Rig
from tests.simulators.xapi import Workspace

from .asking import DAY, HALF_HOUR, listed, opened


async def test_a_day_in_a_room_is_told(rig: Rig, fjord: Workspace) -> None:
    """Booked, begun, over, booked again, deleted."""
    backend = await opened(rig)
    room_id = RoomId(fjord.id)
    async with Ear(backend.listen) as ear:
        first = fjord.book_locally("A", rig.clock() + HALF_HOUR, 30)
        await ear.until(RoomClaims)
        (booking,) = await listed(backend, rig, fjord)
        rig.clock.pass_by(minutes=30)
        await rig.sim.tick()
        await ear.until(MeetingSeen(room_id, booking.id, running=True), 2)
        assert ear.of(RoomClaims)[-1].claim == Claim(busy=True, until=first.end)
        rig.clock.pass_by(minutes=30)
        await rig.sim.tick()
        await ear.until(MeetingSeen(room_id, booking.id, running=False))
        await ear.until(RoomClaims(room_id, Claim(busy=False)))
        second = fjord.book_locally("B", rig.clock() + DAY, 30)
        fjord.delete_locally(second)
        await ear.until(BookingRemoved(room_id, BookingId(second.meeting_id)))
    added = [s.booking.title for s in ear.of(BookingAdded)]
    assert added == ["A", "B"]


async def test_companions_tell_the_same_by_other_names(
    rig: Rig, birch: Workspace
) -> None:
    """What both say is about one booking."""
    backend = await opened(rig)
    birch.book_locally("first", rig.clock() + DAY, 30)
    birch.devices[0].reboot()
    booking = birch.book_locally("A", rig.clock(), 30)
    assert len({device.id_of(booking) for device in birch.devices}) == 2
    async with Ear(backend.listen) as ear:
        birch.delete_locally(booking)
        await ear.until(BookingRemoved, 2)
    ids = {s.booking.id for s in ear.of(BookingAdded) if s.booking.title == "A"}
    assert ids == {booking.meeting_id}
    assert {s.booking_id for s in ear.of(BookingRemoved)} == ids


async def test_a_booking_without_a_meetings_id_has_the_room_listed(
    rig: Rig, birch: Workspace
) -> None:
    """Each device has a name of its own for it, so an event cannot say which it is."""
    rig.sim.rules.meeting_id = lambda _: ""
    backend = await opened(rig)
    async with Ear(backend.listen) as ear:
        booking = birch.book_locally("A", rig.clock() + DAY, 30)
        await ear.until(RoomStale(RoomId(birch.id)), 2)
        (found,) = await listed(backend, rig, birch)
        birch.delete_locally(booking)
        await ear.until(BookingRemoved(RoomId(birch.id), found.id))
        await ear.until(RoomStale(RoomId(birch.id)), 3)
    assert not ear.of(BookingAdded)


async def test_a_restart_has_the_room_listed(rig: Rig, fjord: Workspace) -> None:
    """And what goes by old Ids is not taken for other bookings."""
    backend = await opened(rig)
    room_id = RoomId(fjord.id)
    first = fjord.book_locally("A", rig.clock(), 30)
    fjord.book_locally("B", rig.clock() + DAY, 30)
    await listed(backend, rig, fjord)
    async with Ear(backend.listen) as ear:
        running = MeetingSeen(room_id, BookingId(first.meeting_id), running=True)
        await ear.until(running, 2)
        claims = len(ear.of(RoomClaims))
        fjord.devices[0].reboot(reuse_ids=True)
        await ear.until(RoomStale(room_id), 2)
        await ear.until(RoomClaims, claims + 1)
        assert ear.of(MeetingSeen) == [running] * 2
        await listed(backend, rig, fjord)
        rig.sim.full_sync()
        await ear.until(running, 3)


async def test_the_running_meeting_is_told_by_its_own_id(
    rig: Rig, fjord: Workspace
) -> None:
    """One that nobody has listed yet is an unknown one."""
    backend = await opened(rig)
    room_id = RoomId(fjord.id)
    await listed(backend, rig, fjord)
    async with Ear(backend.listen) as ear:
        rig.sim.silent = {"Bookings.Start", "Bookings.BookingCreated"}
        fjord.book_locally("A", rig.clock(), 30)
        await ear.until(MeetingSeen(room_id, None, running=True))


async def test_a_status_is_put_together_from_what_changed(
    rig: Rig, fjord: Workspace
) -> None:
    """A device tells only that; a time from before is none for a new state."""
    backend = await opened(rig)
    room_id = RoomId(fjord.id)
    device_id = fjord.devices[0].id

    def say(**updated: Any) -> None:
        leaves = {f"Bookings.Availability.{k}": v for k, v in updated.items()}
        rig.sim.push_message(
            {
                "type": "status",
                "deviceId": device_id,
                "changes": {"updated": leaves or {"Other": 1}},
            }
        )

    async with Ear(backend.listen) as ear:
        say(TimeStamp="2026-01-01T10:00:00Z")
        say(Status="FreeUntil")
        say(TimeStamp="2026-01-01T11:00:00Z")
        say(Status="Tomorrow")
        say()
        say(Status="Free", TimeStamp="")
        await ear.until(RoomClaims, 3)
        later = datetime(2026, 1, 1, 11, tzinfo=UTC)
        assert ear.heard == [
            RoomClaims(room_id, Claim(busy=False, until_known=False)),
            RoomClaims(room_id, Claim(busy=False, until=later)),
            RoomClaims(room_id, Claim(busy=False)),
        ]


async def test_a_stranger_is_told_of_once(rig: Rig, fjord: Workspace) -> None:
    """There may be a new room; but one that is left out is left out."""
    backend = await opened(rig)
    aurora = rig.sim.add_workspace("Aurora")
    device = rig.sim.add_device(aurora)
    async with Ear(backend.listen) as ear:
        rig.sim.push_message(
            {
                "type": "events",
                "deviceId": device.id,
                "events": [{"key": "UserInterface.Message.Prompt.Response"}],
            }
        )
        for number in range(3):
            aurora.book_locally(f"{number}", rig.clock() + number * DAY, 30)
        fjord.book_locally("last", rig.clock(), 30)
        await ear.until(BookingAdded)
        assert ear.of(RoomsChanged) == [RoomsChanged()]
        assert len(await backend.rooms()) == 2
        aurora.book_locally("another", rig.clock() + 9 * DAY, 30)
        await ear.until(BookingAdded, 2)


async def test_a_lost_connection_is_told(rig: Rig, fjord: Workspace) -> None:
    """As it is."""
    backend = await opened(rig)
    async with Ear(backend.listen) as ear:
        await rig.sim.wait_for_poll()
        rig.sim.cut_poll()
        await ear.until(Connected)
    assert ear.heard == [Disconnected("UnreachableError"), Connected()]


async def test_closing_ends_what_waits(rig: Rig, fjord: Workspace) -> None:
    """Nothing is sent after it."""
    backend = await opened(rig)
    await backend.close()
    with pytest.raises(UnreachableError):
        await listed(backend, rig, fjord)

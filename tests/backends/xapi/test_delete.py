"""Deleting bookings by the names that devices know."""

import pytest

from custom_components.room_bookings.backends.signals import Connected, RoomStale
from custom_components.room_bookings.rooms.booking import Booking, BookingId, RoomId
from custom_components.room_bookings.rooms.errors import (
    AnswerLostError,
    NotFoundError,
    RejectedError,
)
from custom_components.room_bookings.rooms.room import EndMethod
from tests.backends.listening import Ear
from tests.backends.xapi.conftest import Rig
from tests.simulators.xapi import PROFILES, Workspace

from .asking import DAY, listed, opened


@pytest.mark.parametrize(
    ("arguments", "used"),
    [
        (("BookingRequestUUID", "MeetingId", "Id"), "BookingRequestUUID"),
        (("MeetingId", "Id"), "MeetingId"),
        (("Id",), "Id"),
    ],
)
async def test_a_booking_is_deleted_by_the_name_that_the_device_takes(
    rig: Rig, arguments: tuple[str, ...], used: str
) -> None:
    """As its schema says (assumption `delete_argument`)."""
    workspace = rig.sim.add_workspace("Room")
    rig.sim.add_device(workspace, PROFILES["phoneos-3.6"].delete_by(*arguments))
    backend = await opened(rig)
    workspace.book_locally("A", rig.clock(), 30)
    (booking,) = await listed(backend, rig, workspace)
    assert await backend.end_meeting(RoomId(workspace.id), booking) is EndMethod.DELETED
    assert not workspace.bookings
    (asked,) = rig.sim.requests.of(command="Bookings.Delete")
    assert list(asked.arguments or {}) == [used]


@pytest.mark.parametrize("with_uuid", [False, True])
async def test_other_names_are_tried_in_turn(
    rig: Rig, fjord: Workspace, with_uuid: bool
) -> None:
    """The request's, the meeting's, the device's own."""
    rig.sim.rules.list_has_uuid = with_uuid
    rig.sim.rules.meeting_id = lambda uuid: f"meeting-{uuid}"
    backend = await opened(rig)
    made = fjord.book_locally("A", rig.clock(), 30)
    (booking,) = await listed(backend, rig, fjord)
    assert booking.request_id == (made.uuid if with_uuid else None)
    rig.sim.faults.when(
        predicate=lambda r: (
            r.command == "Bookings.Delete" and "Id" not in (r.arguments or {})
        )
    ).always().status(400, "Not found")
    await backend.delete(RoomId(fjord.id), booking)
    asked = [r.arguments for r in rig.sim.requests.of(command="Bookings.Delete")]
    assert asked == [
        {"BookingRequestUUID": made.uuid if with_uuid else made.meeting_id},
        {"MeetingId": made.meeting_id},
        {"Id": "webex-1"},
    ]


async def test_what_one_device_refuses_its_companion_is_not_asked(
    rig: Rig, birch: Workspace
) -> None:
    """They keep one calendar, and would say the same."""
    backend = await opened(rig)
    birch.book_locally("A", rig.clock(), 30)
    (booking,) = await listed(backend, rig, birch)
    rig.sim.faults.when(command="Bookings.Delete").always().status(400, "Locked")
    with pytest.raises(RejectedError, match="Locked"):
        await backend.delete(RoomId(birch.id), booking)
    assert len({r.device for r in rig.sim.requests.of(command="Bookings.Delete")}) == 1


async def test_a_lost_answer_tries_no_other_name(rig: Rig, fjord: Workspace) -> None:
    """The first may have done it."""
    backend = await opened(rig)
    fjord.book_locally("A", rig.clock(), 30)
    (booking,) = await listed(backend, rig, fjord)
    rig.sim.faults.when(command="Bookings.Delete").drop_answer()
    with pytest.raises(AnswerLostError):
        await backend.delete(RoomId(fjord.id), booking)
    assert rig.asked(command="Bookings.Delete") == 1
    assert not fjord.bookings


async def test_a_booking_without_a_name_there_is_not_found(rig: Rig) -> None:
    """A device that knows only its own Ids, and was never listed."""
    workspace = rig.sim.add_workspace("Room")
    rig.sim.add_device(workspace, PROFILES["phoneos-3.6"].delete_by("Id"))
    backend = await opened(rig)
    made = workspace.book_locally("A", rig.clock(), 30)
    booking = Booking(id=BookingId(made.meeting_id), start=made.start, end=made.end)
    with pytest.raises(NotFoundError):
        await backend.delete(RoomId(workspace.id), booking)
    assert rig.asked(command="Bookings.Delete") == 0


@pytest.mark.parametrize("how", ["reboot", "outage"])
async def test_a_booking_is_not_deleted_by_an_id_that_may_be_anothers(
    rig: Rig, how: str
) -> None:
    """A device that has restarted gives its Ids to other bookings (facts 9.7)."""
    rig.sim.rules.meeting_id = lambda _: ""
    workspace = rig.sim.add_workspace("Room")
    device = rig.sim.add_device(workspace, PROFILES["phoneos-3.6"].delete_by("Id"))
    backend = await opened(rig)
    workspace.book_locally("A", rig.clock(), 30)
    workspace.book_locally("B", rig.clock() + DAY, 30)
    first, _ = await listed(backend, rig, workspace)
    async with Ear(backend.listen) as ear:
        if how == "reboot":
            device.reboot(reuse_ids=True)
            await ear.until(RoomStale, 2)
        else:
            await rig.sim.wait_for_poll()
            rig.sim.cut_poll()
            device.reboot(reuse_ids=True)
            rig.sim.queue.clear()
            await ear.until(Connected)
        with pytest.raises(NotFoundError):
            await backend.delete(RoomId(workspace.id), first)
    assert len(workspace.bookings) == 2
    again = await listed(backend, rig, workspace)
    await backend.delete(RoomId(workspace.id), again[0])
    assert [b.title for b in workspace.bookings] == ["B"]

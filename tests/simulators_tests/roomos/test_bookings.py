"""Bookings at the simulated device, literally (facts/cisco-xapi.md 1, 2)."""

from datetime import timedelta

import pytest

from tests.simulators.roomos import RoomosSimulator
from tests.simulators_tests.conftest import Clock

from .client import Client, RpcError


async def test_book_reports_and_answers(
    device: RoomosSimulator, listener: Client
) -> None:
    """Local calendars: BookingRequested and BookingCreated at once (2)."""
    await listener.command(
        "Book",
        BookingRequestUUID="u",
        StartTime="2026-01-01T10:00:00Z",
        Duration=45,
        Title="T",
        OrganizerName="Ada",
    )
    assert await listener.event_names() == [
        "BookingRequested",
        "BookingCreated",
        "Updated",
    ]
    assert isinstance(listener.order[1], int)
    (booking,) = device.bookings
    assert (booking.uuid, booking.minutes, booking.organizer) == ("u", 45, "Ada")
    device.answer_first = False
    listener.order.clear()
    await listener.command("Book", Title="Now", Duration=15)
    assert "method" in listener.order[0]


@pytest.mark.parametrize("kind", ["same", "other", "none"])
async def test_meeting_ids(
    device: RoomosSimulator, listener: Client, kind: str
) -> None:
    """Equal to the UUID (local), different (hybrid), or empty (on premises)."""
    device.meeting_ids = kind
    await listener.command("Book", BookingRequestUUID="u", Title="T")
    created = dict(await listener.events())["BookingCreated"]
    assert created["BookingRequestUUID"] == "u"
    meeting_id = created["MeetingId"]
    assert {"same": meeting_id == "u", "none": meeting_id == ""}.get(
        kind, meeting_id not in ("u", "")
    )
    (record,) = await listener.listed()
    assert record["MeetingId"] == meeting_id
    assert "BookingRequestUUID" not in record
    wrong = await listener.refused("xCommand/Bookings/Delete", {"MeetingId": "x"})
    assert wrong.code == 1
    with pytest.raises(RpcError):
        await listener.command("Delete", BookingRequestUUID="u")
    if meeting_id:
        await listener.command("Delete", MeetingId=meeting_id)
    else:
        await listener.command("Delete", Id=record["Id"])
    assert device.bookings == ()


async def test_ad_hoc_booking_can_be_off_or_limited(
    device: RoomosSimulator, client: Client
) -> None:
    """Book needs AdhocBooking Enabled (1.6)."""
    device.configuration["Bookings.AdhocBooking.Enabled"] = "False"
    error = await client.refused("xCommand/Bookings/Book", {"Title": "T"})
    assert (error.code, error.message) == (1, "Ad hoc booking is not enabled")
    device.configuration["Bookings.AdhocBooking.Enabled"] = "True"
    device.configuration["Bookings.AdhocBooking.MaxDuration"] = 1
    long = {"Title": "T", "Duration": 61}
    assert (await client.refused("xCommand/Bookings/Book", long)).code == 1
    await client.command("Book", Title="T", Duration=60)


async def test_a_taken_slot(device: RoomosSimulator, listener: Client) -> None:
    """Unknown (1.5): an error, an overlap, or nothing but SyncRequired."""
    device.book_locally("First")
    await listener.notifications()
    error = await listener.refused("xCommand/Bookings/Book", {"Title": "T"})
    assert error.code == 1
    device.conflict = "implicit"
    assert await listener.command("Book", Title="T") == {"status": "OK"}
    assert await listener.event_names() == ["SyncRequired"]
    device.conflict = "overlap"
    await listener.command("Book", Title="T")
    assert len(device.bookings) == 2


async def test_edit_extend_check_in_and_check_out(
    device: RoomosSimulator, listener: Client, clock: Clock
) -> None:
    """BookingMoved, ExtensionRequested, CheckedIn, Deleted ManualCheckOut."""
    device.configuration["Bookings.CheckIn.Enabled"] = "True"
    booking = device.book_locally("T", minutes=60)
    await listener.notifications()
    by_id = {"Id": "webex-1"}
    await listener.command("Edit", **by_id, Duration=30, Title="Shorter")
    moved = dict(await listener.events())["BookingMoved"]
    assert (moved["Duration"], moved["MeetingId"]) == (30, booking.meeting_id)
    await listener.command("Extend", **by_id, Duration=15)
    assert await listener.event_names() == [
        "ExtensionRequested",
        "BookingMoved",
        "Updated",
    ]
    await listener.command("CheckIn", **by_id, TrackingData="x")
    checked = dict(await listener.events())["CheckedIn"]
    assert checked["MinuteOffset"] == 0
    clock.pass_by(minutes=20)
    await device.tick()
    assert await listener.events() == []
    await listener.command("CheckOut", **by_id)
    deleted = dict(await listener.events())["Deleted"]
    assert (deleted["Cause"], deleted["MinutesFreed"]) == ("ManualCheckOut", 25)
    assert [change.what for change in device.history] == [
        "created",
        "changed",
        "changed",
        "checked_in",
        "deleted",
    ]


async def test_who_does_not_check_in_loses_the_room(
    device: RoomosSimulator, listener: Client, clock: Clock
) -> None:
    """Deleted with the cause NoShow when the window closes (1.6, 2)."""
    booking = device.book_locally("T")
    refused = await listener.refused("xCommand/Bookings/CheckIn", {"Id": "webex-1"})
    assert refused.code == 1
    device.configuration["Bookings.CheckIn.WindowDuration"] = 5
    device.configuration["Bookings.CheckIn.Enabled"] = "True"
    clock.pass_by(minutes=4, seconds=59)
    await device.tick()
    assert device.bookings == (booking,)
    await listener.notifications()
    clock.pass_by(seconds=1)
    await device.tick()
    deleted = dict(await listener.events())["Deleted"]
    assert (deleted["Cause"], deleted["TimeStamp"]) == (
        "NoShow",
        "2026-01-01T09:05:00Z",
    )
    attended = device.check_in_locally(device.book_locally("Attended"))
    device.book_locally("All day", clock() + timedelta(hours=1), 8 * 60)
    clock.pass_by(hours=2)
    await device.tick()
    assert [b.title for b in device.bookings] == ["Attended", "All day"]
    assert attended.checked_in

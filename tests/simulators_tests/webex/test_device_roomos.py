"""What the simulated RoomOS devices behind the cloud can do, literally (facts/cisco-xapi.md)."""

from datetime import timedelta

import pytest

from tests.simulators.webex import WebexSimulator
from tests.simulators.xapi import PHONEOS_3_6
from tests.simulators_tests.conftest import Clock

from .client import Client
from .devices import roomos


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        ("roomos-26.4", ["BookingRequested", "BookingCreated", "Updated", "Start"]),
        ("roomos-11.24", ["BookingRequested", "BookingCreated", "Updated", "Start"]),
        ("roomos-11.14", ["BookingRequested", "Updated", "Start"]),
    ],
)
async def test_roomos_reports_what_its_release_knows(
    sim: WebexSimulator, integration: Client, profile: str, expected: list[str]
) -> None:
    """BookingCreated from 11.23 (1.3)."""
    device = roomos(sim, profile)
    answer = await integration.command(device, "Bookings.Book", {"Title": "T"})
    assert answer.body["result"] == {}
    assert await integration.event_names() == expected


@pytest.mark.parametrize(
    ("profile", "keys"),
    [
        ("roomos-11.14", {"Id"}),
        (
            "roomos-11.24",
            {"Id", "MeetingId", "StartTime", "EndTime", "ScheduledDuration"},
        ),
    ],
)
async def test_end_carried_only_id_before_11_23(
    sim: WebexSimulator,
    integration: Client,
    clock: Clock,
    profile: str,
    keys: set[str],
) -> None:
    """1.3."""
    roomos(sim, profile).workspace.book_locally("T", clock(), 5)
    await integration.messages()
    clock.pass_by(minutes=5)
    await sim.tick()
    ((name, value),) = await integration.events()
    assert (name, set(value)) == ("Bookings.End", keys)


async def test_narrow_book_of_11_14(sim: WebexSimulator, integration: Client) -> None:
    """No organiser, no platform; Get by Id only (1.3)."""
    device = roomos(sim, "roomos-11.14")
    wide = await integration.command(device, "Bookings.Book", {"OrganizerName": "Ada"})
    assert wide.status == 400
    assert (await integration.command(device, "Bookings.Get")).status == 400


async def test_roomos_conflicts_and_switched_off_ad_hoc_booking(
    sim: WebexSimulator, integration: Client
) -> None:
    """1.6: Book needs AdhocBooking Enabled."""
    device = roomos(sim)
    device.workspace.book_locally("First", sim.clock(), 30)
    taken = await integration.command(device, "Bookings.Book")
    assert taken.status == 400
    device.configuration["Bookings.AdhocBooking.Enabled"] = "False"
    off = await integration.command(
        device, "Bookings.Book", {"StartTime": "2026-01-01T12:00:00Z"}
    )
    assert (off.status, off.body["message"]) == (400, "Ad hoc booking is not enabled")
    sim.command_error_status = 409
    assert (await integration.command(device, "Bookings.Book")).status == 409


async def test_edit_moves_a_booking(
    sim: WebexSimulator, integration: Client, clock: Clock
) -> None:
    """BookingMoved{MeetingId, StartTime, Duration} (2)."""
    device = roomos(sim)
    room = device.workspace
    booking = room.book_locally("T", clock() + timedelta(hours=1), 30)
    room.book_locally("Other", clock() + timedelta(hours=4), 30)
    await integration.messages()
    answer = await integration.command(
        device,
        "Bookings.Edit",
        {
            "MeetingId": booking.meeting_id,
            "StartTime": "2026-01-01T11:00:00Z",
            "Duration": 15,
            "Title": "Moved",
        },
    )
    assert (answer.status, answer.body["result"]) == (200, {})
    assert await integration.events() == [
        (
            "Bookings.BookingMoved",
            {
                "Duration": 15,
                "Id": "webex-1",
                "MeetingId": booking.meeting_id,
                "StartTime": "2026-01-01T11:00:00Z",
            },
        ),
        ("Bookings.Updated", {}),
    ]
    assert room.bookings[0].title == "Moved"
    taken = await integration.command(
        device,
        "Bookings.Edit",
        {"Id": "webex-1", "StartTime": "2026-01-01T13:00:00Z"},
    )
    assert taken.status == 400


async def test_extend(sim: WebexSimulator, integration: Client, clock: Clock) -> None:
    """The current booking without an id; ExtensionRequested and BookingMoved."""
    device = roomos(sim)
    none = await integration.command(device, "Bookings.Extend", {"Duration": 15})
    assert none.status == 400
    booking = device.workspace.book_locally("T", clock(), 30)
    await integration.messages()
    await integration.command(device, "Bookings.Extend", {"Duration": 15})
    requested, moved, _ = await integration.events()
    assert requested == (
        "Bookings.ExtensionRequested",
        {
            "Duration": 15,
            "Id": "webex-1",
            "MeetingId": booking.meeting_id,
            "NewEndTime": "2026-01-01T09:45:00Z",
            "OriginalMeetingId": booking.meeting_id,
        },
    )
    assert moved[1]["Duration"] == 45
    assert (await integration.command(device, "Bookings.Extend")).status == 400


async def test_get_tells_the_seconds(
    sim: WebexSimulator, integration: Client, clock: Clock
) -> None:
    """`{"Booking": {…}, "status": "OK"}` (1.4)."""
    device = roomos(sim)
    device.workspace.book_locally("T", clock(), 30)
    clock.pass_by(minutes=10)
    answer = await integration.command(device, "Bookings.Get", {"Id": "webex-1"})
    result = answer.body["result"]
    assert result["status"] == "OK"
    assert result["Booking"]["Time"]["SecondsUntilEnd"] == 1200
    assert result["Booking"]["Time"]["SecondsSinceStart"] == 600
    unknown = await integration.command(device, "Bookings.Get", {"Id": "nothing"})
    assert unknown.body["message"] == "Not found"


async def test_check_in_check_out_and_no_show(
    sim: WebexSimulator, integration: Client, clock: Clock
) -> None:
    """With CheckIn enabled, whoever does not come loses the room."""
    device = roomos(sim)
    room = device.workspace
    device.configuration["Bookings.CheckIn.Enabled"] = "True"
    attended = room.book_locally("Attended", clock(), 30)
    room.book_locally("Missed", clock() + timedelta(minutes=30), 30)
    await integration.messages()
    clock.pass_by(minutes=5)
    await integration.command(
        device, "Bookings.CheckIn", {"MeetingId": attended.meeting_id}
    )
    ((name, value),) = await integration.events()
    assert name == "Bookings.CheckedIn"
    assert set(value) == {"EndTime", "Id", "MeetingId", "MinuteOffset", "StartTime"}
    assert value["MinuteOffset"] == 5
    clock.pass_by(minutes=24)
    await sim.tick()
    assert room.by_uuid(attended.uuid) is not None
    clock.pass_by(minutes=11)
    await sim.tick()
    deleted = dict(await integration.events())["Bookings.Deleted"]
    assert (deleted["Cause"], deleted["MinutesFreed"]) == ("NoShow", 20)
    again = room.book_locally("Again", clock(), 30)
    await integration.messages()
    await integration.command(
        device, "Bookings.CheckOut", {"MeetingId": again.meeting_id}
    )
    deleted = dict(await integration.events())["Bookings.Deleted"]
    assert deleted["Cause"] == "ManualCheckOut"


async def test_the_other_commands_of_roomos(
    sim: WebexSimulator, integration: Client, clock: Clock
) -> None:
    """Respond, NotificationSnooze, Put, Clear."""
    device = roomos(sim)
    room = device.workspace
    booking = room.book_locally("T", clock(), 30)
    by_meeting = {"MeetingId": booking.meeting_id}
    await integration.messages()
    await integration.command(device, "Bookings.NotificationSnooze", by_meeting)
    assert await integration.event_names() == ["NotificationSnoozed"]
    accept = await integration.command(
        device, "Bookings.Respond", by_meeting | {"Type": "Accept"}
    )
    assert accept.status == 200
    await integration.command(
        device, "Bookings.Respond", by_meeting | {"Type": "Decline"}
    )
    assert room.bookings == []
    assert (await integration.command(device, "Bookings.Put")).status == 400
    room.book_locally("T", clock(), 30)
    await integration.messages()
    await integration.command(device, "Bookings.Clear")
    assert room.bookings == []
    assert await integration.event_names() == ["SyncRequired", "Updated"]
    unknown = PHONEOS_3_6.without("Bookings.Delete", "Bookings.End")
    assert "Bookings.Delete" not in unknown.commands
    assert "Bookings.End" not in unknown.events

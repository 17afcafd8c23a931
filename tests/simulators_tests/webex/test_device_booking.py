"""Booking and deleting at the simulated phones behind the cloud, literally (facts/cisco-xapi.md)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.simulators.webex import WebexSimulator, Workspace
from tests.simulators.xapi import PHONEOS_3_6, Device
from tests.simulators_tests.conftest import Clock

from .client import Client
from .devices import UUID, roomos

# PhoneOS: booking


async def test_book_answers_nothing_and_bookingcreated_confirms(
    integration: Client, phone: Device, room: Workspace
) -> None:
    """0.3, 0.4: the MeetingId is the BookingRequestUUID, Book tells no id."""
    answer = await integration.command(
        phone,
        "Bookings.Book",
        {
            "BookingRequestUUID": UUID,
            "StartTime": "2026-01-01T10:00:00Z",
            "Duration": 45,
            "Title": "Retro",
            "OrganizerName": "Ada",
            "OrganizerEmail": "ada@example.com",
        },
    )
    assert answer.body["result"] == {}
    assert await integration.events() == [
        (
            "Bookings.BookingCreated",
            {
                "BookingRequestUUID": UUID,
                "Duration": 45,
                "Id": "webex-1",
                "MeetingId": UUID,
                "OrganizerEmail": "ada@example.com",
                "OrganizerId": "",
                "OrganizerName": "Ada",
                "StartTime": "2026-01-01T10:00:00Z",
                "Title": "Retro",
            },
        )
    ]
    (booking,) = room.bookings
    assert (booking.minutes, booking.origin) == (45, "integration")


async def test_book_without_arguments_takes_now_and_half_an_hour(
    integration: Client, phone: Device, room: Workspace, clock: Clock
) -> None:
    """The defaults of 1.1; a UUID is made up."""
    clock.pass_by(milliseconds=700)
    await integration.command(phone, "Bookings.Book")
    (booking,) = room.bookings
    assert booking.start == clock().replace(microsecond=0)
    assert booking.minutes == 30
    assert await integration.event_names() == ["BookingCreated", "Start"]


async def test_a_meeting_id_of_its_own(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """The equality of 0.3 is a rule that a test can break."""
    sim.rules.meeting_id = lambda uuid: f"meeting-{uuid}"
    await integration.command(phone, "Bookings.Book", {"BookingRequestUUID": UUID})
    ((_, created), *_) = await integration.events()
    assert created["MeetingId"] == f"meeting-{UUID}"
    assert created["BookingRequestUUID"] == UUID


@pytest.mark.parametrize(
    ("start", "minutes"), [("09:45", 30), ("10:10", 5), ("10:00", 30), ("10:29", 60)]
)
async def test_a_conflict_fails_implicitly(
    integration: Client, phone: Device, room: Workspace, start: str, minutes: int
) -> None:
    """200 and `{}`, no BookingCreated, but SyncRequired (SEED, 0.5)."""
    noon = phone.workspace.book_locally(
        "First", room.devices[0].online_since + timedelta(hours=1), 30
    )
    await integration.messages()
    answer = await integration.command(
        phone,
        "Bookings.Book",
        {"StartTime": f"2026-01-01T{start}:00Z", "Duration": minutes},
    )
    assert (answer.status, answer.body["result"]) == (200, {})
    assert await integration.events() == [("Bookings.SyncRequired", {})]
    assert room.bookings == [noon]


async def test_adjacent_bookings_do_not_conflict(
    integration: Client, phone: Device, room: Workspace
) -> None:
    """Half-open intervals."""
    for start in ("10:00", "10:30", "09:30"):
        await integration.command(
            phone, "Bookings.Book", {"StartTime": f"2026-01-01T{start}:00Z"}
        )
    assert [booking.start.strftime("%H:%M") for booking in room.bookings] == [
        "09:30",
        "10:00",
        "10:30",
    ]


async def test_the_same_uuid_twice_is_one_booking(
    integration: Client, phone: Device, room: Workspace
) -> None:
    """A repeated request books nothing more."""
    for start in ("10:00", "10:00", "12:00"):
        await integration.command(
            phone,
            "Bookings.Book",
            {"BookingRequestUUID": UUID, "StartTime": f"2026-01-01T{start}:00Z"},
        )
    assert len(room.bookings) == 1
    assert (await integration.event_names()).count("SyncRequired") == 2


@pytest.mark.parametrize(
    "arguments",
    [
        {"Duration": 0},
        {"Duration": 1441},
        {"Duration": "30"},
        {"Duration": 30.0},
        {"Duration": True},
        {"StartTime": "2026-01-01T10:00:00.000Z"},
        {"StartTime": "2026-01-01T10:00:00+00:00"},
        {"StartTime": "2026-01-01 10:00:00Z"},
        {"StartTime": "2026-13-01T10:00:00Z"},
        {"StartTime": 1},
        {"StartTime": "2025-12-31T10:00:00Z"},
        {"Title": "x" * 129},
        {"Title": None},
        {"BookingRequestUUID": ""},
        {"BookingRequestUUID": "x" * 129},
        {"MeetingPlatform": "Skype"},
        {"EndTime": "2026-01-01T10:00:00Z"},
        {"title": "lower case"},
    ],
)
async def test_arguments_against_the_schema_are_an_error(
    integration: Client, phone: Device, room: Workspace, arguments: dict[str, Any]
) -> None:
    """1.1: lengths, ranges, types, names; 0.6: there is no EndTime."""
    answer = await integration.command(phone, "Bookings.Book", arguments)
    assert answer.status == 400
    assert answer.body["message"]
    assert room.bookings == []


# PhoneOS: deleting


@pytest.mark.parametrize("key", ["BookingRequestUUID", "MeetingId", "Id"])
async def test_delete_by_any_identifier(
    sim: WebexSimulator,
    integration: Client,
    phone: Device,
    room: Workspace,
    clock: Clock,
    key: str,
) -> None:
    """Deleted with every child of facts 2."""
    sim.rules.meeting_id = lambda uuid: f"meeting-{uuid}"
    booking = room.book_locally("Retro", clock(), 30)
    clock.pass_by(minutes=10, seconds=20)
    await integration.messages()
    value = {
        "BookingRequestUUID": booking.uuid,
        "MeetingId": booking.meeting_id,
        "Id": phone.id_of(booking),
    }[key]
    answer = await integration.command(phone, "Bookings.Delete", {key: value})
    assert (answer.status, answer.body["result"]) == (200, {})
    assert await integration.events() == [
        (
            "Bookings.Deleted",
            {
                "Cause": "Deleted",
                "EndTime": "2026-01-01T09:30:00Z",
                "Id": "webex-1",
                "MeetingId": booking.meeting_id,
                "MinutesFreed": 19,
                "OrganizerId": "",
                "ScheduledDuration": 30,
                "StartTime": "2026-01-01T09:00:00Z",
                "TimeStamp": "2026-01-01T09:10:20Z",
            },
        )
    ]
    assert room.bookings == []
    again = await integration.command(phone, "Bookings.Delete", {key: value})
    assert (again.status, again.body["message"]) == (400, "Not found")


async def test_delete_takes_only_what_its_schema_has(
    sim: WebexSimulator, integration: Client, phone: Device, room: Workspace
) -> None:
    """The identifiers of PhoneOS's Delete are configurable (0.3)."""
    phone.profile = PHONEOS_3_6.delete_by("BookingRequestUUID")
    booking = room.book_locally("Retro", sim.clock(), 30)
    by_id = await integration.command(
        phone, "Bookings.Delete", {"MeetingId": booking.meeting_id}
    )
    assert by_id.status == 400
    assert (await integration.command(phone, "Bookings.Delete")).status == 400
    by_uuid = await integration.command(
        phone, "Bookings.Delete", {"BookingRequestUUID": booking.uuid}
    )
    assert by_uuid.status == 200


async def test_a_roomos_device_deletes_by_id_and_meetingid_only(
    sim: WebexSimulator, integration: Client
) -> None:
    """SCH: Delete has Id and MeetingId."""
    device = roomos(sim)
    booking = device.workspace.book_locally("Retro", sim.clock(), 30)
    refused = await integration.command(
        device, "Bookings.Delete", {"BookingRequestUUID": booking.uuid}
    )
    assert refused.status == 400
    answer = await integration.command(
        device, "Bookings.Delete", {"MeetingId": booking.meeting_id}
    )
    assert answer.status == 200

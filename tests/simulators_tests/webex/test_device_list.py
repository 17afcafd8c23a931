"""What the simulated devices behind the cloud list, literally (facts/cisco-xapi.md 1.1, 1.4)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.simulators.webex import WebexSimulator, Workspace
from tests.simulators.xapi import Device
from tests.simulators_tests.conftest import Clock

from .client import Client
from .devices import UUID


async def test_an_empty_list_has_no_booking_key(
    integration: Client, phone: Device
) -> None:
    """`{"LastUpdated", "ResultInfo": {"TotalRows": 0}, "status": "OK"}` (1.4)."""
    answer = await integration.command(phone, "Bookings.List")
    assert answer.body["result"] == {
        "LastUpdated": "2026-01-01T09:00:00Z",
        "ResultInfo": {"TotalRows": 0},
        "status": "OK",
    }


async def test_a_record_is_the_captured_one_leaf_by_leaf(
    integration: Client, phone: Device
) -> None:
    """The types of 1.4: integers, "True" and "False", UTC seconds."""
    await integration.command(
        phone,
        "Bookings.Book",
        {
            "BookingRequestUUID": UUID,
            "StartTime": "2026-01-01T10:00:00Z",
            "Duration": 60,
            "Title": "Retro",
            "Number": "https://meet.example.com/x",
            "Protocol": "WebRTC",
            "MeetingPlatform": "GoogleMeet",
        },
    )
    (record,) = await integration.bookings(phone)
    assert record == {
        "id": 1,
        "Id": "webex-1",
        "MeetingId": UUID,
        "Title": "Retro",
        "Agenda": "",
        "Privacy": "Public",
        "MeetingPlatform": "GoogleMeet",
        "BookingStatus": "OK",
        "BookingStatusMessage": "",
        "Cancellable": "False",
        "MaximumMeetingExtension": 30,
        "MeetingExtensionAvailability": "Guaranteed",
        "Encryption": "BestEffort",
        "Recording": "Disabled",
        "Organizer": {"Email": "", "FirstName": "", "Id": "", "LastName": ""},
        "Time": {
            "StartTime": "2026-01-01T10:00:00Z",
            "StartTimeBuffer": 300,
            "EndTime": "2026-01-01T11:00:00Z",
            "EndTimeBuffer": 0,
        },
        "DialInfo": {
            "Calls": {
                "Call": [
                    {
                        "Number": "https://meet.example.com/x",
                        "Protocol": "WebRTC",
                        "id": 1,
                    }
                ]
            },
            "ConnectMode": "OBTP",
        },
        "Spark": {
            "Alert": "True",
            "LocusActive": "False",
            "MeetingType": "Scheduled",
            "Participants": {},
            "Pending": "False",
        },
        "Webex": {
            "DialInNumbers": {},
            "Enabled": "False",
            "HostKey": "",
            "MeetingNumber": "",
            "Password": "",
            "Url": "",
        },
    }


@pytest.mark.parametrize(
    ("arguments", "titles", "total"),
    [
        ({}, "yesterday earlier now tonight tomorrow week", 6),
        ({"DayOffset": 0}, "earlier now tonight tomorrow week", 5),
        ({"Days": 1}, "earlier now tonight", 3),
        ({"Days": 1, "DayOffset": 1}, "tonight tomorrow", 2),
        ({"Days": 2, "DayOffset": 2}, "", 0),
        ({"Days": 30}, "earlier now tonight tomorrow week", 5),
        ({"Limit": 2}, "yesterday earlier", 6),
        ({"Limit": 2, "Offset": 1}, "earlier now", 6),
        ({"Offset": 5}, "week", 6),
        ({"ScheduleType": "Current"}, "now", 1),
        ({"ScheduleType": "Upcoming", "Days": 2}, "tonight tomorrow", 2),
    ],
)
async def test_list_windows(
    sim: WebexSimulator,
    integration: Client,
    phone: Device,
    room: Workspace,
    clock: Clock,
    arguments: dict[str, Any],
    titles: str,
    total: int,
) -> None:
    """Without parameters past, present and future; DayOffset 0 hides yesterday (1.1)."""
    midnight = clock().replace(hour=0)
    room.seed(
        [
            ("yesterday", midnight - timedelta(hours=2), 60),
            ("earlier", midnight + timedelta(hours=7), 60),
            ("now", midnight + timedelta(hours=8, minutes=30), 60),
            ("tonight", midnight + timedelta(hours=23), 120),
            ("tomorrow", midnight + timedelta(hours=34), 60),
            ("week", midnight + timedelta(days=7), 60),
        ]
    )
    answer = await integration.command(phone, "Bookings.List", arguments)
    records = answer.body["result"].get("Booking", [])
    assert [record["Title"] for record in records] == titles.split()
    assert answer.body["result"]["ResultInfo"]["TotalRows"] == total
    assert ("Booking" in answer.body["result"]) == bool(titles)


@pytest.mark.parametrize(
    "arguments",
    [
        {"Days": 0},
        {"Days": 366},
        {"DayOffset": -1},
        {"DayOffset": 366},
        {"Limit": 0},
        {"Offset": 65535},
        {"ScheduleType": "Past"},
    ],
)
async def test_list_arguments_out_of_range(
    integration: Client, phone: Device, arguments: dict[str, int]
) -> None:
    """The ranges of 1.1."""
    assert (await integration.command(phone, "Bookings.List", arguments)).status == 400


async def test_seeding_is_silent(
    sim: WebexSimulator, integration: Client, phone: Device, room: Workspace
) -> None:
    """Many bookings without a single message, and the timers run."""
    room.seed([("Now", sim.clock(), 30)])
    assert await integration.messages() == []
    assert phone.status["Bookings.Availability.Status"] == "BookedUntil"
    sim.rules.list_has_uuid = True
    (record,) = await integration.bookings(phone)
    assert record["BookingRequestUUID"] == room.bookings[0].uuid

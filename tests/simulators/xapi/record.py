"""A booking as List and Get show it (facts 1.4: the capture, leaf by leaf)."""

from datetime import datetime, timedelta
from typing import Any

from .booking import SimBooking
from .times import wire_time


def booking_record(
    booking: SimBooking, own_id: str, *, with_uuid: bool = False
) -> dict[str, Any]:
    """The record without its list index; booleans are the words True and False."""
    calls = (
        {"Call": [{"Number": booking.number, "Protocol": booking.protocol, "id": 1}]}
        if booking.number
        else {}
    )
    record: dict[str, Any] = {
        "Id": own_id,
        "MeetingId": booking.meeting_id,
        "Title": booking.title,
        "Agenda": "",
        "Privacy": "Private" if booking.private else "Public",
        "MeetingPlatform": booking.platform,
        "BookingStatus": "OK",
        "BookingStatusMessage": "",
        "Cancellable": "False",
        "MaximumMeetingExtension": 30,
        "MeetingExtensionAvailability": "Guaranteed",
        "Encryption": "BestEffort",
        "Recording": "Disabled",
        "Organizer": {
            "Email": booking.organizer_email,
            "FirstName": booking.organizer,
            "Id": booking.organizer_id,
            "LastName": "",
        },
        "Time": {
            "StartTime": wire_time(booking.start),
            "StartTimeBuffer": 300,
            "EndTime": wire_time(booking.end),
            "EndTimeBuffer": 0,
        },
        "DialInfo": {"Calls": calls, "ConnectMode": "OBTP"},
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
    if with_uuid:
        record["BookingRequestUUID"] = booking.uuid
    return record


def add_seconds(
    record: dict[str, Any], booking: SimBooking, now: datetime
) -> dict[str, Any]:
    """Add what only Get tells (facts 1.4)."""
    second = timedelta(seconds=1)
    record["Time"] = {
        **record["Time"],
        "SecondsUntilEnd": max(0, (booking.end - now) // second),
        "SecondsSinceStart": max(0, (now - booking.start) // second),
    }
    return record

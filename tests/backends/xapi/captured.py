"""What was captured from devices, shortened where nothing is read."""

from datetime import UTC, datetime
import json

from custom_components.room_bookings.rooms.booking import RoomId

ROOM = RoomId("room")
# The capture of facts 1.4, shortened where nothing is read.
CAPTURED = json.loads(
    """{"Booking":[{"id":2,"Id":"webex-17","MeetingId":"ee185ae7-ac99-6162-8ba2-f0482bcda22c",
    "Title":"Google Meeting Test","Agenda":"","Privacy":"Private","MeetingPlatform":"GoogleMeet",
    "BookingStatus":"OK","BookingStatusMessage":"","Cancellable":"False","MaximumMeetingExtension":30,
    "Organizer":{"Email":"","FirstName":"Ada","Id":"be81be28","LastName":""},
    "Time":{"StartTime":"2022-05-16T18:37:00Z","StartTimeBuffer":300,"EndTime":"2022-05-16T19:37:00Z","EndTimeBuffer":0},
    "DialInfo":{"Calls":{"Call":[{"Number":"https://meet.google.com/","Protocol":"WebRTC","id":1}]}}}],
    "LastUpdated":"2022-05-16T18:44:59Z","ResultInfo":{"TotalRows":3},"status":"OK"}"""
)
# The body of a Put (facts 1.1), which some devices echo.
PUT = {
    "Id": "1",
    "Title": "t",
    "Number": "x@y",
    "Protocol": "SIP",
    "Organizer": {"Name": "n", "Email": "", "Id": ""},
    "Time": {"StartTime": "2026-01-01T10:00:00Z", "Duration": 60},
    "MeetingId": "",
    "Privacy": "Public",
}


def at(text: str) -> datetime:
    """A time in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)

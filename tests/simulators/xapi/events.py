"""The children of the `Bookings` events (facts 2)."""

from datetime import datetime, timedelta
from typing import Any

from .booking import SimBooking
from .times import wire_time


def created(booking: SimBooking, own_id: str) -> dict[str, Any]:
    """BookingCreated."""
    return {
        "BookingRequestUUID": booking.uuid,
        "Duration": booking.minutes,
        "Id": own_id,
        "MeetingId": booking.meeting_id,
        "OrganizerEmail": booking.organizer_email,
        "OrganizerId": booking.organizer_id,
        "OrganizerName": booking.organizer,
        "StartTime": wire_time(booking.start),
        "Title": booking.title,
    }


def requested(booking: SimBooking) -> dict[str, Any]:
    """BookingRequested."""
    return {
        "BookingRequestUUID": booking.uuid,
        "Duration": booking.minutes,
        "StartTime": wire_time(booking.start),
        "Title": booking.title,
    }


def started(booking: SimBooking, own_id: str) -> dict[str, Any]:
    """Start."""
    return {"Id": own_id, "MeetingId": booking.meeting_id}


def ended(booking: SimBooking, own_id: str, *, wide: bool) -> dict[str, Any]:
    """End; before 11.23 it carried only Id (facts 1.3)."""
    if not wide:
        return {"Id": own_id}
    return {
        "EndTime": wire_time(booking.end),
        "Id": own_id,
        "MeetingId": booking.meeting_id,
        "ScheduledDuration": booking.minutes,
        "StartTime": wire_time(booking.start),
    }


def deleted(
    booking: SimBooking, own_id: str, cause: str, at: datetime
) -> dict[str, Any]:
    """Deleted."""
    freed = booking.end - max(at, booking.start)
    return {
        "Cause": cause,
        "EndTime": wire_time(booking.end),
        "Id": own_id,
        "MeetingId": booking.meeting_id,
        "MinutesFreed": max(0, freed // timedelta(minutes=1)),
        "OrganizerId": booking.organizer_id,
        "ScheduledDuration": booking.minutes,
        "StartTime": wire_time(booking.start),
        "TimeStamp": wire_time(at),
    }


def moved(booking: SimBooking, own_id: str) -> dict[str, Any]:
    """BookingMoved."""
    return {
        "Duration": booking.minutes,
        "Id": own_id,
        "MeetingId": booking.meeting_id,
        "StartTime": wire_time(booking.start),
    }


def checked_in(booking: SimBooking, own_id: str, at: datetime) -> dict[str, Any]:
    """CheckedIn."""
    return {
        "EndTime": wire_time(booking.end),
        "Id": own_id,
        "MeetingId": booking.meeting_id,
        "MinuteOffset": (at - booking.start) // timedelta(minutes=1),
        "StartTime": wire_time(booking.start),
    }


def extension_requested(
    booking: SimBooking, own_id: str, minutes: int
) -> dict[str, Any]:
    """ExtensionRequested, from the booking as it is after the extension."""
    return {
        "Duration": minutes,
        "Id": own_id,
        "MeetingId": booking.meeting_id,
        "NewEndTime": wire_time(booking.end),
        "OriginalMeetingId": booking.meeting_id,
    }

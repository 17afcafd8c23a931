"""Conferences as bookings."""

from datetime import datetime
from hashlib import sha256
from typing import Final

from ...rooms.booking import (
    Booking,
    BookingId,
    BookingStatus,
    RoomId,
    SeriesId,
    whole_second,
)
from ...rooms.errors import NotFoundError
from .model import Conference, ConferenceStatus

# What was asked for, refused or undone is no booking (DESIGN 3).
_NEVER: Final = (
    ConferenceStatus.MEETING_REQUEST,
    ConferenceStatus.REJECTED,
    ConferenceStatus.NOT_SAVED,
    ConferenceStatus.DELETED,
)
# Of which patterns are.
FREQUENCIES: Final = ("Daily", "DailyWeekday", "Weekly", "Monthly")
_DEFECTIVE: Final = "Cisco TMS could not reserve what the conference needs (Defective)"


def booking_of(conference: Conference, source: str, now: datetime) -> Booking | None:
    """The booking that a conference is; None where it is none, or makes no sense.

    `source` is the external source of conferences that were made here. What is over at
    `now` does not end later, whatever the clocks of two machines say.
    """
    start, end = whole_second(conference.start), whole_second(conference.end)
    if conference.status is ConferenceStatus.FINISHED:
        end = max(start, min(end, whole_second(now)))
    if conference.status in _NEVER or end < start or conference.id <= 0:
        return None
    defective = conference.status is ConferenceStatus.DEFECTIVE
    return Booking(
        id=BookingId(str(conference.id)),
        start=start,
        end=end,
        title=conference.title,
        organizer=conference.owner,
        private=conference.private,
        status=BookingStatus.TENTATIVE if defective else BookingStatus.CONFIRMED,
        request_id=_request_id(conference, source),
        series=series_of(conference),
        defect=(conference.problem or _DEFECTIVE) if defective else "",
    )


def _request_id(conference: Conference, source: str) -> str | None:
    """The wish that it fulfils; empty for somebody else's, None where nobody says whose."""
    if not source or not conference.external_source:
        return None
    ours = conference.external_source == source
    return conference.external_key or None if ours else ""


def recurs(conference: Conference) -> bool:
    """Whether it is a series, or one of its occurrences.

    TMSXE says by the frequency Default that it is neither (reference, RecurrencePattern).
    """
    if conference.recurrence_id is not None:
        return True
    return (
        conference.pattern is not None and conference.pattern.frequency in FREQUENCIES
    )


def series_of(conference: Conference) -> SeriesId | None:
    """What is the same for all occurrences of a series, and stays so when it is changed.

    The external key where somebody gave one, else who owns what begins when.
    """
    if not recurs(conference):
        return None
    key = (conference.external_source, conference.external_key)
    if not all(key):
        first = conference.first_occurrence or conference.start
        key = (first.isoformat(), conference.owner)
    return SeriesId(sha256("\n".join(key).encode()).hexdigest()[:16])


def system_of(room_id: RoomId) -> int:
    """The system that a room is; raises NotFoundError."""
    return _number(room_id)


def conference_of(booking: Booking) -> int:
    """The conference that a booking is; raises NotFoundError."""
    return _number(booking.id)


def _number(name: str) -> int:
    if not (name.isascii() and name.isdigit()):
        raise NotFoundError("TMS knows no such id")
    return int(name)

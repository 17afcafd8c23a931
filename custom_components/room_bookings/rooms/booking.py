"""A booking, whichever system keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, NewType

RoomId = NewType("RoomId", str)
BookingId = NewType("BookingId", str)
SeriesId = NewType("SeriesId", str)

_NO_OFFSET = timedelta(0)


class BookingStatus(StrEnum):
    """Whether a booking holds its room.

    Cancelled, declined and rejected bookings have no status here: a backend
    leaves them out of its listings.
    """

    CONFIRMED = "confirmed"
    TENTATIVE = "tentative"


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """One meeting in one room, from `start` up to, not including, `end` (UTC).

    `private` is None while the system has not told it yet; such a title is not
    shown to anyone who may not see private titles. `checked_in` is None where the
    system keeps no check-in of its own. `request_id` is the id under which
    somebody asked for the booking, where the system repeats it: empty where it says
    that nobody asked for it here. `series` is the same for all occurrences of a series
    that the system keeps as one. `defect` is what the system says is wrong with a
    booking that therefore does not hold its room.

    Raises ValueError for times that are naive, not UTC or in the wrong order.
    """

    id: BookingId
    start: datetime
    end: datetime
    title: str = ""
    organizer: str = ""
    private: bool | None = None
    status: BookingStatus = BookingStatus.CONFIRMED
    checked_in: bool | None = None
    request_id: str | None = None
    series: SeriesId | None = None
    defect: str = ""

    def __post_init__(self) -> None:
        """Check the times."""
        if (
            self.start.utcoffset() != _NO_OFFSET
            or self.end.utcoffset() != _NO_OFFSET
            or self.end < self.start
        ):
            raise ValueError("a booking needs UTC times, the start not after the end")

    @property
    def holds(self) -> bool:
        """Whether the booking takes the room for any time at all."""
        return self.status is BookingStatus.CONFIRMED and self.start < self.end

    def runs_at(self, when: datetime) -> bool:
        """Whether the booking holds its room at this time."""
        return self.holds and self.start <= when < self.end

    def overlaps(self, start: datetime, end: datetime) -> bool:
        """Whether the booking begins in [start, end), or has begun by then and is not over.

        One without length has no time to share, but a place in every listing.
        """
        return start <= self.start < end or self.start <= start < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingRequest:
    """What somebody wants booked; `request_id` names the wish, however often it is sent.

    `extras` are wishes that only some systems know, by the name that people gave them;
    a backend that does not know one refuses it.
    """

    request_id: str
    title: str
    start: datetime
    end: datetime
    organizer_name: str = ""
    organizer_email: str = ""
    private: bool = False
    extras: Mapping[str, Any] = field(default_factory=dict)


def whole_second(when: datetime) -> datetime:
    """The same time in UTC without its fraction of a second: what every wire can carry."""
    return when.astimezone(UTC).replace(microsecond=0)

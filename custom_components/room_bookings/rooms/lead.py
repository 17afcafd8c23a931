"""Which bookings begin soon: each is announced once, some time before its start."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from .booking import Booking, BookingId


@dataclass(frozen=True, slots=True)
class Ahead:
    """What to announce now, and when to look again; None if nothing is known to come."""

    due: tuple[Booking, ...]
    next_look: datetime | None


def ahead(
    bookings: Iterable[Booking],
    now: datetime,
    lead: timedelta,
    announced: Mapping[BookingId, datetime],
) -> Ahead:
    """What begins within `lead` from now, without what was `announced` within that time.

    A booking that was made or moved when less than `lead` was left is due at once. One that
    was announced, and then moved to a later time, is due again `lead` before that.
    """
    due: list[Booking] = []
    later: list[datetime] = []
    for booking in bookings:
        if not booking.holds or booking.start <= now:
            continue
        due_at = booking.start - lead
        said_at = announced.get(booking.id)
        if due_at > now:
            later.append(due_at)
        elif said_at is None or said_at < due_at:
            due.append(booking)
    return Ahead(tuple(due), min(later, default=None))

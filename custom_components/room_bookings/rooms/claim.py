"""What a room's own device says about it, as a checksum of what is known."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from .booking import BookingId
from .timetable import Timetable

# Clocks differ, and a device speaks at the very second at which a meeting starts or ends.
_TOLERANCE: Final = timedelta(seconds=5)
# A device looks less far ahead than the list does: "free" says nothing about next week.
_FORESEEABLE: Final = timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The device says: busy or not, until then.

    `until` (UTC) is None where the device names no time; `until_known` is False
    where it did not speak about the time at all.
    """

    busy: bool
    until: datetime | None = None
    until_known: bool = True


def contradicts(claim: Claim, timetable: Timetable, now: datetime) -> bool:
    """Whether the claim cannot be true if the timetable is.

    A device names the end of the running booking or of the row of bookings that
    follow on one another; both agree with the timetable.
    """
    times = (now, now - _TOLERANCE, now + _TOLERANCE)
    return not any(_agrees(claim, timetable, when) for when in times)


def surprising(
    timetable: Timetable, booking_id: BookingId | None, running: bool, now: datetime
) -> bool:
    """Whether it is news that this booking has started, or is over."""
    booking = timetable.get(booking_id) if booking_id is not None else None
    if booking is None:
        return True
    if running:
        return not booking.overlaps(now - _TOLERANCE, now + _TOLERANCE)
    return booking.end > now + _TOLERANCE


def _agrees(claim: Claim, timetable: Timetable, now: datetime) -> bool:
    ends = _ends_of_row(timetable, now)
    if claim.busy is not bool(ends):
        return False
    if not claim.until_known:
        return True
    if claim.busy:
        return claim.until is None or any(_near(claim.until, end) for end in ends)
    start = next((b.start for b in timetable if b.holds and b.start > now), None)
    if claim.until is None:
        return start is None or start - now > _FORESEEABLE
    return start is not None and _near(claim.until, start)


def _ends_of_row(timetable: Timetable, now: datetime) -> list[datetime]:
    """The ends of what runs now and of what follows without a gap."""
    ends: list[datetime] = []
    for booking in timetable:
        if (
            booking.holds
            and now < booking.end
            and booking.start <= max(ends, default=now)
        ):
            ends.append(booking.end)
    return ends


def _near(one: datetime, other: datetime) -> bool:
    return abs(one - other) <= _TOLERANCE

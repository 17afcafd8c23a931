"""Meetings to which somebody came, and those to which nobody did."""

from datetime import datetime, timedelta
from typing import Final

from .booking import Booking
from .presence import STAYED, Presence
from .state import CheckInRules
from .timetable import Timetable

# Of a day of workshops nobody can say after ten minutes that it does not take place.
LONG: Final = timedelta(hours=2)


def expected_from(
    booking: Booking, timetable: Timetable, rules: CheckInRules
) -> datetime:
    """From when on people in the room are there for this booking (UTC).

    Not while an earlier meeting still runs: they are there for that.
    """
    early = booking.start - rules.before
    others = (
        min(other.end, booking.start)
        for other in timetable
        if other.holds and early < other.end and other.start < booking.start
    )
    return max(others, default=early)


def comes_at(
    booking: Booking, timetable: Timetable, rules: CheckInRules, presence: Presence
) -> datetime | None:
    """When those in the room will have come to this booking (UTC); None if it is empty."""
    if presence.seen_since is None:
        return None
    since = max(presence.seen_since, expected_from(booking, timetable, rules))
    return since + STAYED


def gives_up_at(booking: Booking, rules: CheckInRules) -> datetime | None:
    """When it is too late to come (UTC); None if it never is, or the booking is over before.

    Where nobody waits for people after the start, nobody can be too late.
    """
    window = rules.window if rules.gives_up is None else rules.gives_up
    end = booking.start + window
    return end if window and end < booking.end else None


def nobody_came(
    booking: Booking,
    timetable: Timetable,
    rules: CheckInRules,
    presence: Presence,
    now: datetime,
    *,
    exempt_long: bool = True,
) -> bool:
    """Whether a booking runs to which nobody checked in and nobody is in, by now too late.

    Who was seen for a moment may be there still, and a sensor that cannot tell vouches
    for nobody's absence: then it is not known. All-day bookings are long ones.
    """
    gives_up = gives_up_at(booking, rules)
    if gives_up is None or now < gives_up or not booking.runs_at(now):
        return False
    if booking.checked_in or (exempt_long and booking.end - booking.start > LONG):
        return False
    return presence.empty(booking.start, now) and not presence.seen_after(
        expected_from(booking, timetable, rules)
    )

"""Which titles and organisers people may read."""

from dataclasses import replace
from enum import StrEnum
from typing import Final

from .booking import Booking
from .timetable import Timetable

PRIVATE: Final = "Private"
BOOKED: Final = "Booked"


class Titles(StrEnum):
    """How much of a booking's text is shown."""

    SHOW = "show"
    HIDE_PRIVATE = "hide_private"
    HIDE_ALL = "hide_all"


def masked(booking: Booking, titles: Titles) -> Booking:
    """The booking as everybody may see it.

    A booking without a title reads `Booked`; so does one whose privacy is not known
    yet, unless every title is shown.
    """
    if titles is Titles.SHOW:
        return booking if booking.title else replace(booking, title=BOOKED)
    hidden = booking.private is not False
    organizer = booking.organizer
    if hidden:
        organizer = PRIVATE if booking.private else ""
    if titles is Titles.HIDE_ALL or booking.private is None:
        title = BOOKED
    else:
        title = PRIVATE if hidden else booking.title or BOOKED
    return replace(booking, title=title, organizer=organizer)


def masked_timetable(timetable: Timetable, titles: Titles) -> Timetable:
    """The same bookings as everybody may see them."""
    return Timetable(tuple(masked(booking, titles) for booking in timetable))


def reveals_before_listing(titles: Titles) -> bool:
    """Whether what is shown of a booking does not depend on its privacy."""
    return titles is not Titles.HIDE_PRIVATE

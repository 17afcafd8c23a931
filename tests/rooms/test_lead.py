"""Which bookings are to be announced at a time, and when to look again."""

from datetime import datetime

import pytest

from custom_components.room_bookings.rooms.booking import BookingId, BookingStatus
from custom_components.room_bookings.rooms.lead import ahead

from .builders import at, meeting, minutes

_A = BookingId("a")


@pytest.mark.parametrize(
    ("now", "announced", "due", "look"),
    [
        ("9:49", {}, False, at("9:50")),
        ("9:50", {}, True, None),
        ("9:59", {}, True, None),
        ("10:00", {}, False, None),
        ("9:55", {_A: at("9:50")}, False, None),
        ("9:55", {_A: at("9:49")}, True, None),
        ("9:40", {_A: at("9:30")}, False, at("9:50")),
    ],
)
def test_a_booking_is_due_once_in_its_last_minutes(
    now: str, announced: dict[BookingId, datetime], due: bool, look: datetime | None
) -> None:
    """From `lead` before its start on; what was said before that was of another start."""
    booking = meeting("a", "10:00", "11:00")
    found = ahead([booking], at(now), minutes(10), announced)
    assert found.due == ((booking,) if due else ())
    assert found.next_look == look


def test_what_does_not_hold_its_room_is_not_announced() -> None:
    """A defective booking is no meeting."""
    tentative = meeting("a", "10:00", "11:00", status=BookingStatus.TENTATIVE)
    found = ahead([tentative], at("9:55"), minutes(10), {})
    assert (found.due, found.next_look) == ((), None)


def test_several_come_in_order() -> None:
    """And the next look is for the first that is not due."""
    bookings = [
        meeting(id_, start, "12:00")
        for id_, start in (
            ("a", "10:00"),
            ("b", "10:05"),
            ("c", "11:00"),
            ("d", "11:30"),
        )
    ]
    found = ahead(bookings, at("9:56"), minutes(10), {})
    assert [b.id for b in found.due] == ["a", "b"]
    assert found.next_look == at("10:50")

"""Whatever the server sends is a room, a meeting, a time or nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings, strategies as st

from custom_components.room_bookings.backends.roomz import wire
from custom_components.room_bookings.rooms.booking import Booking
from tests.backends.anything import ANY_JSON, ANY_TIME, assert_valid, spoilt

from .records import RECORD


@settings(max_examples=300, deadline=None)
@given(st.just(RECORD).flatmap(spoilt) | ANY_JSON)
def test_any_record_is_a_booking_or_none(record: Any) -> None:
    """And what is one is sound."""
    wire.is_cancelled(record)
    booking = wire.meeting(record)
    if booking is not None:
        assert_valid(booking)
        (named,) = wire.named_apart([booking, booking])
        assert named == booking


@settings(max_examples=200, deadline=None)
@given(ANY_TIME | st.text())
def test_any_text_is_a_time_or_none(text: str) -> None:
    """In UTC and whole seconds; what is written is read again."""
    time = wire.as_time(text)
    if time is not None:
        assert time.microsecond == 0
        assert wire.as_time(wire.wire_time(time)) == time


@settings(max_examples=200, deadline=None)
@given(
    st.lists(ANY_JSON | st.fixed_dictionaries({"roomId": ANY_JSON, "name": ANY_JSON}))
)
def test_any_list_of_rooms_is_rooms(records: list[Any]) -> None:
    """Each with an id of its own and a name."""
    rooms = list(wire.listed_rooms(records))
    assert len({room.id for room in rooms}) == len(rooms)
    assert all(room.id and room.name for room in rooms)


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(0, 3), st.integers(0, 2)),
        max_size=12,
    )
)
def test_named_apart_no_two_have_the_same_id(ids: list[tuple[str, int, int]]) -> None:
    """And none is lost but what is there twice, at one start."""
    base = datetime(2026, 1, 1, tzinfo=UTC)
    bookings = []
    for name, hour, minutes in ids:
        record = {
            **RECORD,
            "meetingId": name,
            "startDateUTC": wire.wire_time(base + timedelta(hours=hour)),
            "endDateUTC": wire.wire_time(base + timedelta(hours=hour, minutes=minutes)),
        }
        booking = wire.meeting(record)
        assert isinstance(booking, Booking)
        bookings.append(booking)
    named = wire.named_apart(bookings)
    assert len({b.id for b in named}) == len(named)
    assert {(b.series or b.id, b.start) for b in named} == {
        (b.id, b.start) for b in bookings
    }

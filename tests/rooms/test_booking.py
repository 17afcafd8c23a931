"""Bookings, requests and timetables."""

from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.room_bookings.rooms.booking import (
    Booking,
    BookingId,
    BookingStatus,
    whole_second,
)
from custom_components.room_bookings.rooms.timetable import Timetable

from .builders import MOMENT, at, bookings, instants, meeting, room, steps, timetables

RETRO = meeting("retro", "9:00", "10:00")
BERLIN = ZoneInfo("Europe/Berlin")


# Bookings


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (at("10:00"), at("10:00") - MOMENT),
        (at("9:00").replace(tzinfo=None), at("10:00")),
        (at("9:00"), at("10:00").replace(tzinfo=None)),
        (at("9:00").astimezone(BERLIN), at("10:00")),
        (at("9:00"), at("10:00").astimezone(BERLIN)),
    ],
)
def test_a_booking_has_utc_times_in_order(start: datetime, end: datetime) -> None:
    """Nothing else gets in."""
    with pytest.raises(ValueError, match="UTC"):
        Booking(id=BookingId("x"), start=start, end=end)


def test_a_booking_is_frozen() -> None:
    """State is replaced, not edited."""
    with pytest.raises(FrozenInstanceError):
        RETRO.title = "x"  # type: ignore[misc]


@given(bookings(), instants())
def test_a_booking_runs_while_it_holds_its_room(
    booking: Booking, now: datetime
) -> None:
    """A tentative one never, an empty one for no time."""
    confirmed = booking.status is BookingStatus.CONFIRMED
    assert booking.holds is (confirmed and booking.end - booking.start >= MOMENT)
    assert booking.runs_at(now) is (confirmed and booking.start <= now < booking.end)


@given(bookings(lengths=steps(24, 1)), instants(), steps(12, 1))
def test_a_booking_overlaps_where_it_shares_time(
    booking: Booking, start: datetime, length: timedelta
) -> None:
    """With a window of any place and length."""
    end = start + length
    shared = min(booking.end, end) - max(booking.start, start)
    assert booking.overlaps(start, end) is (shared > timedelta(0))


@given(bookings(), instants(), steps(12, 1), steps(12, 1))
def test_a_booking_is_in_a_window_if_it_is_in_a_part_of_it(
    booking: Booking, start: datetime, one: timedelta, other: timedelta
) -> None:
    """Whoever asks for morning and afternoon misses none, not even one without length."""
    noon = start + one
    end = noon + other
    assert booking.overlaps(start, end) is (
        booking.overlaps(start, noon) or booking.overlaps(noon, end)
    )


@pytest.mark.parametrize(
    ("start", "end", "listed"),
    [("8:00", "9:00", False), ("9:00", "10:00", True), ("8:00", "9:01", True)],
)
def test_a_booking_without_length_is_where_it_begins(
    start: str, end: str, listed: bool
) -> None:
    """In one of two windows that follow on each other."""
    empty = meeting("empty", "9:00", "9:00")
    assert empty.overlaps(at(start), at(end)) is listed


def test_a_whole_second_is_what_every_wire_can_carry() -> None:
    """In UTC, never later."""
    when = datetime(2026, 3, 29, 3, 0, 59, 999999, tzinfo=BERLIN)
    assert whole_second(when) == datetime(2026, 3, 29, 1, 0, 59, tzinfo=UTC)
    assert whole_second(when).tzinfo is UTC


def test_a_booking_is_in_every_window_that_opens_while_it_runs() -> None:
    """From its first moment to its last."""
    windows = [(at("9:00"), True), (at("10:00") - MOMENT, True), (at("10:00"), False)]
    for opens, runs in windows:
        assert RETRO.runs_at(opens) is runs
        assert RETRO.overlaps(opens, opens + MOMENT) is runs
        assert RETRO.overlaps(opens, opens) is runs


# Timetables


@given(st.lists(bookings(), max_size=8))
def test_a_timetable_is_in_order_and_holds_each_id_once(listed: list[Booking]) -> None:
    """Where an id comes twice, the later one counts."""
    timetable = Timetable.of(listed)
    assert [(b.start, b.id) for b in timetable] == sorted(
        (b.start, b.id) for b in timetable
    )
    assert {b.id: b for b in timetable} == {b.id: b for b in listed}
    assert Timetable.of(timetable) == timetable


@given(timetables(), bookings())
def test_a_booking_put_into_a_timetable_is_there_until_it_is_taken_out(
    timetable: Timetable, booking: Booking
) -> None:
    """In place of the one that had its id."""
    with_it = timetable.with_booking(booking)
    without_it = with_it.without(booking.id)
    assert with_it.get(booking.id) == booking
    assert without_it.get(booking.id) is None
    assert without_it == timetable.without(booking.id)
    assert without_it.with_booking(booking) == with_it


@given(timetables(), instants(), steps(12, 1))
def test_a_window_holds_what_shares_time_with_it(
    timetable: Timetable, start: datetime, length: timedelta
) -> None:
    """In order, tentative ones too; the first that holds the room is in the way."""
    end = start + length
    listed = timetable.between(start, end)
    assert listed == tuple(b for b in timetable if b.overlaps(start, end))
    assert timetable.holding(start, end) == next((b for b in listed if b.holds), None)


def test_what_follows_on_a_booking_is_not_in_its_way() -> None:
    """Back to back."""
    fjord = room(RETRO)
    assert fjord.holding(at("8:00"), at("9:00")) is None
    assert fjord.holding(at("10:00"), at("11:00")) is None
    assert fjord.holding(at("8:00"), at("9:00") + MOMENT) == RETRO
    assert fjord.holding(at("10:00") - MOMENT, at("11:00")) == RETRO


@given(timetables(), timetables(), instants(), steps(12))
def test_a_meeting_that_is_over_does_not_fall_out_of_the_list(
    listed: Timetable, known: Timetable, now: datetime, kept: timedelta
) -> None:
    """For as long as it is kept; in all else the listing is right."""
    kept_past = listed.keeping_past(known, now, now - kept)
    over = {b for b in known if now - kept < b.end <= now}
    unlisted = {b for b in over if listed.get(b.id) is None}
    assert set(kept_past) == set(listed) | unlisted


def test_a_meeting_that_ended_early_is_not_kept_as_it_was_meant() -> None:
    """What was in the future and is listed no more is gone."""
    assert room().keeping_past(room(RETRO), at("9:30"), at("0:00")) == room()
    assert room().keeping_past(room(RETRO), at("10:00"), at("0:00")) == room(RETRO)
    shorter = replace(RETRO, end=at("9:30"))
    assert room(shorter).keeping_past(room(RETRO), at("10:00"), at("0:00")) == room(
        shorter
    )

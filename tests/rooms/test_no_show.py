"""Meetings to which nobody comes."""

from dataclasses import replace
from datetime import datetime

from hypothesis import given, strategies as st
import pytest

from custom_components.room_bookings.rooms.booking import Booking, BookingStatus
from custom_components.room_bookings.rooms.no_show import (
    comes_at,
    expected_from,
    gives_up_at,
    nobody_came,
)
from custom_components.room_bookings.rooms.presence import Presence, Reading
from custom_components.room_bookings.rooms.state import CheckInRules
from custom_components.room_bookings.rooms.timetable import Timetable

from .builders import MOMENT, at, instants, meeting, minutes, room, timetables
from .test_presence import Word, heard, histories, said

SOMEBODY, NOBODY, UNKNOWN = Reading
RULES = CheckInRules(before=minutes(5), window=minutes(10))
DAILY = meeting("daily", "9:00", "9:30", checked_in=False)
NO_SENSORS = Presence()


def nobody(booking: Booking, now: datetime, presence: Presence = NO_SENSORS) -> bool:
    """Whether nobody came to a booking that is alone in its room."""
    return nobody_came(booking, room(booking), RULES, presence, now)


def test_the_window_ends() -> None:
    """Not a moment before, and as long as the booking runs."""
    assert not nobody(DAILY, at("9:10") - MOMENT)
    assert nobody(DAILY, at("9:10"))
    assert nobody(DAILY, at("9:30") - MOMENT)
    assert not nobody(DAILY, at("9:30"))


def test_a_room_that_waits_on_and_gives_up_earlier() -> None:
    """Some systems never stop to wait for people, and expect nobody after a while."""
    patient = replace(RULES, window=minutes(600), gives_up=minutes(7))
    assert gives_up_at(DAILY, patient) == at("9:07")
    assert gives_up_at(DAILY, replace(patient, gives_up=None)) is None


def test_a_room_that_waits_only_before_the_start() -> None:
    """Who is not there by then is not too late."""
    assert gives_up_at(DAILY, replace(RULES, window=minutes(0))) is None


def test_a_booking_that_is_over_before_its_window() -> None:
    """There is nothing to give back."""
    short = meeting("short", "9:00", "9:10")
    assert gives_up_at(short, RULES) is None
    assert not nobody(short, at("9:10"))


def test_somebody_checked_in() -> None:
    """By whichever way."""
    assert not nobody(replace(DAILY, checked_in=True), at("9:15"))


def test_what_does_not_hold_the_room() -> None:
    """A tentative booking keeps nobody out."""
    assert not nobody(replace(DAILY, status=BookingStatus.TENTATIVE), at("9:15"))


@pytest.mark.parametrize(
    ("end", "exempt"), [("11:00", False), ("11:01", True), ("23:59", True)]
)
def test_long_meetings(end: str, exempt: bool) -> None:
    """More than two hours, up to all day: unless somebody wants to have them released too."""
    workshop = meeting("workshop", "9:00", end)
    assert nobody(workshop, at("9:10")) is not exempt
    assert nobody_came(
        workshop, room(workshop), RULES, NO_SENSORS, at("9:10"), exempt_long=False
    )


def test_an_empty_room() -> None:
    """A sensor vouches for it from the start on."""
    presence = heard([Word("pir", NOBODY, at(t)) for t in ("9:00", "9:05")])
    assert nobody(DAILY, at("9:10"), presence)


@pytest.mark.parametrize(
    "history",
    [
        [Word("pir", NOBODY, at("9:01"))],
        [Word("pir", NOBODY, at("9:00"))],
        [Word("pir", NOBODY, at("9:00")), Word("pir", UNKNOWN, at("9:05"))],
        [Word("pir", SOMEBODY, at("8:56")), Word("pir", NOBODY, at("8:57"))],
        [Word("pir", SOMEBODY, at("9:09"))],
    ],
    ids=["begins late", "silent", "cannot tell", "seen before", "seen now"],
)
def test_not_known_to_be_empty(history: list[Word]) -> None:
    """Whatever leaves a doubt is in favour of the meeting."""
    sees_nobody = [Word("door", NOBODY, at(t)) for t in ("8:55", "9:02", "9:09")]
    both = sorted([*history, *sees_nobody], key=lambda word: word.at)
    assert not nobody(DAILY, at("9:10"), heard(both))


def test_who_is_there_for_the_meeting_before() -> None:
    """People of the meeting before come to that, not to the next."""
    before = meeting("before", "8:00", "9:00", checked_in=True)
    both = room(before, DAILY)
    presence = heard([Word("pir", SOMEBODY, at("8:10"))])
    assert expected_from(DAILY, both, RULES) == at("9:00")
    assert comes_at(DAILY, both, RULES, presence) == at("9:02")
    assert expected_from(DAILY, room(DAILY), RULES) == at("8:55")
    assert comes_at(DAILY, room(DAILY), RULES, presence) == at("8:57")
    left = presence.told("pir", NOBODY, at("8:59")).told("pir", NOBODY, at("9:05"))
    assert nobody_came(DAILY, both, RULES, left, at("9:10"))


def test_a_meeting_that_ends_shortly_before() -> None:
    """From its end on whoever is in the room is there for the next one."""
    before = meeting("before", "8:00", "8:57")
    assert expected_from(DAILY, room(before, DAILY), RULES) == at("8:57")


def test_nobody_comes_to_an_empty_room() -> None:
    """Nobody is in, so nobody will have stayed."""
    presence = heard([Word("pir", NOBODY, at("9:00"))])
    assert comes_at(DAILY, room(DAILY), RULES, presence) is None


@given(timetables(), histories, instants(), st.booleans())
def test_a_room_in_use_is_never_released(
    timetable: Timetable, history: list[Word], now: datetime, exempt_long: bool
) -> None:
    """Whatever the sensors did: nobody was seen in the window, and none was in doubt."""
    history = [word for word in history if word.at <= now]
    presence = heard(history)
    sensors = {word.sensor for word in history}
    for booking in timetable:
        if not nobody_came(
            booking, timetable, RULES, presence, now, exempt_long=exempt_long
        ):
            continue
        assert booking.runs_at(now) and not booking.checked_in
        assert now >= booking.start + RULES.window
        begin = expected_from(booking, timetable, RULES)
        assert not any(w.reading is SOMEBODY for w in history if w.at >= begin)
        for sensor in sensors:
            for when in (begin, booking.start, now):
                last = said(history, sensor, when)
                assert last is None or last.reading is not SOMEBODY
            for when in (booking.start, now):
                last = said(history, sensor, when)
                assert last is not None
                assert last.reading is NOBODY
            assert now - last.at < minutes(8)

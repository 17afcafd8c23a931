"""What a device says about its room, against what is known of it."""

from datetime import datetime, timedelta

from hypothesis import assume, given, strategies as st
import pytest

from custom_components.room_bookings.rooms.booking import BookingId, BookingStatus
from custom_components.room_bookings.rooms.claim import Claim, contradicts, surprising
from custom_components.room_bookings.rooms.state import Availability, state_at
from custom_components.room_bookings.rooms.timetable import Timetable

from .builders import MOMENT, at, instants, meeting, minutes, room, timetables

RETRO = meeting("retro", "9:00", "10:00")
REVIEW = meeting("review", "10:00", "11:00")
LUNCH = meeting("lunch", "12:00", "13:00")
FJORD = room(RETRO, REVIEW, LUNCH)
seconds = st.integers(-5, 5).map(lambda n: timedelta(seconds=n))


def honest(timetable: Timetable, when: datetime) -> list[Claim]:
    """Everything that a device with this timetable may say."""
    state = state_at(timetable, when)
    busy = state.availability is Availability.BUSY
    ends = [b.end for b in state.running]
    foreseen = [t for t in (state.until, *ends) if t is not None]
    silent = busy or not foreseen
    claims = [Claim(busy=busy, until=t) for t in foreseen]
    return [*claims, Claim(busy=busy, until_known=False), *[Claim(busy=busy)] * silent]


@given(timetables(), instants(), seconds, seconds, st.data())
def test_a_device_that_knows_the_same_does_not_contradict(
    timetable: Timetable,
    now: datetime,
    clock: timedelta,
    rounding: timedelta,
    data: st.DataObject,
) -> None:
    """Though its clock is some seconds off, and its words are."""
    claim = data.draw(st.sampled_from(honest(timetable, now + clock)))
    until = claim.until and claim.until + rounding
    said = Claim(busy=claim.busy, until=until, until_known=claim.until_known)
    assert not contradicts(said, timetable, now)


@given(timetables(), instants(), st.booleans())
def test_a_device_that_says_otherwise_contradicts(
    timetable: Timetable, now: datetime, known: bool
) -> None:
    """Unless something happens within seconds."""
    nearby = [now + timedelta(seconds=s) for s in (-5, 0, 5)]
    told = {state_at(timetable, t).availability for t in nearby}
    assume(len(told) == 1)
    lie = Claim(busy=told == {Availability.FREE}, until_known=known)
    assert contradicts(lie, timetable, now)


@pytest.mark.parametrize(
    ("now", "claim", "wrong"),
    [
        ("9:30", Claim(busy=True, until=at("10:00")), False),
        ("9:30", Claim(busy=True, until=at("11:00")), False),
        ("9:30", Claim(busy=True), False),
        ("9:30", Claim(busy=True, until_known=False), False),
        ("9:30", Claim(busy=True, until=at("10:30")), True),
        ("9:30", Claim(busy=True, until=at("12:00")), True),
        ("9:30", Claim(busy=True, until=at("13:00")), True),
        ("9:30", Claim(busy=False), True),
        ("9:30", Claim(busy=False, until_known=False), True),
        ("11:30", Claim(busy=False, until=at("12:00")), False),
        ("11:30", Claim(busy=False, until_known=False), False),
        ("11:30", Claim(busy=False), True),
        ("11:30", Claim(busy=False, until=at("12:30")), True),
        ("11:30", Claim(busy=False, until=at("11:00")), True),
        ("11:30", Claim(busy=True), True),
        ("13:30", Claim(busy=False), False),
        ("13:30", Claim(busy=False, until=at("14:00")), True),
        ("0:00", Claim(busy=False), True),
    ],
)
def test_a_device_may_name_the_end_of_a_meeting_or_of_a_row(
    now: str, claim: Claim, wrong: bool
) -> None:
    """Free, it names the next start, or none if that is far away."""
    assert contradicts(claim, FJORD, at(now)) is wrong


@pytest.mark.parametrize("start", [RETRO.start, RETRO.end, LUNCH.start, LUNCH.end])
@pytest.mark.parametrize("off", [-5, -1, 0, 1, 5])
def test_a_device_may_be_some_seconds_ahead_or_behind(
    start: datetime, off: int
) -> None:
    """When something happens it speaks of before or after."""
    clock = timedelta(seconds=off)
    for said in honest(FJORD, start + clock):
        assert not contradicts(said, FJORD, start)
    for said in honest(FJORD, start):
        assert not contradicts(said, FJORD, start + clock)


def test_a_device_looks_half_a_day_ahead() -> None:
    """Free without an end says nothing about the evening's meeting in the morning."""
    evening = room(meeting("evening", "20:00", "21:00"))
    assert contradicts(Claim(busy=False), evening, at("8:00") + minutes(0.1))
    assert not contradicts(Claim(busy=False), evening, at("8:00") - minutes(0.1))


def test_what_is_over_is_not_in_the_row() -> None:
    """Though it lies within the meeting that runs."""
    day = meeting("day", "8:00", "12:00")
    fjord = room(day, RETRO)
    assert contradicts(Claim(busy=True, until=at("10:00")), fjord, at("11:00"))
    assert not contradicts(Claim(busy=True, until=at("12:00")), fjord, at("11:00"))


def test_a_row_goes_on_as_long_as_anything_in_it_runs() -> None:
    """A short meeting within a long one does not break it."""
    day, late = meeting("day", "8:00", "12:00"), meeting("late", "11:30", "13:00")
    fjord = room(day, RETRO, late)
    for end in ("10:00", "12:00", "13:00"):
        assert not contradicts(Claim(busy=True, until=at(end)), fjord, at("9:30"))


def test_what_holds_no_time_is_not_in_the_row() -> None:
    """Tentative and empty bookings neither prolong nor interrupt."""
    doubtful = meeting("doubtful", "10:00", "11:00", status=BookingStatus.TENTATIVE)
    empty = meeting("empty", "11:30", "11:30")
    fjord = room(RETRO, doubtful, empty)
    assert contradicts(Claim(busy=True, until=at("11:00")), fjord, at("9:30"))
    assert not contradicts(Claim(busy=False), fjord, at("10:30"))


@pytest.mark.parametrize(
    ("now", "running", "news"),
    [
        (at("9:00"), True, False),
        (at("9:00") - minutes(0.08), True, False),
        (at("9:00") - minutes(0.1), True, True),
        (at("10:00") + minutes(0.08), True, False),
        (at("10:00") + minutes(0.1), True, True),
        (at("10:00"), False, False),
        (at("10:00") - minutes(0.08), False, False),
        (at("10:00") - minutes(0.1), False, True),
        (at("10:01"), False, False),
    ],
)
def test_it_is_news_that_a_meeting_starts_or_is_over_at_another_time(
    now: datetime, running: bool, news: bool
) -> None:
    """By more than some seconds."""
    assert surprising(FJORD, RETRO.id, running, now) is news


@pytest.mark.parametrize("running", [True, False])
@pytest.mark.parametrize("booking_id", [None, BookingId("unheard of")])
def test_it_is_news_what_an_unknown_meeting_does(
    booking_id: BookingId | None, running: bool
) -> None:
    """And what a device cannot name."""
    assert surprising(FJORD, booking_id, running, at("9:00") + MOMENT)

"""The state of a room at a time."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import assume, given, strategies as st
import pytest

from custom_components.room_bookings.rooms.booking import (
    Booking,
    BookingId,
    BookingStatus,
)
from custom_components.room_bookings.rooms.day import day_bounds
from custom_components.room_bookings.rooms.state import (
    Availability,
    CheckInRules,
    Reported,
    RoomState,
    state_at,
)
from custom_components.room_bookings.rooms.timetable import Timetable

from .builders import (
    MOMENT,
    MORNING,
    ODD_DAYS,
    at,
    checked_in,
    instants,
    meeting,
    minutes,
    room,
    rules,
    timetables,
)
from .by_definition import ByDefinition

FREE, PENDING, BUSY = Availability
FIVE_TEN = CheckInRules(before=minutes(5), window=minutes(10))


def facts(state: RoomState) -> dict[str, object]:
    """All of a state that does not speak of later."""
    return {
        "availability": state.availability.value,
        "current": state.current,
        "next": state.next,
        "running": state.running,
        "awaiting": state.awaiting,
        "in_use": state.in_use,
        "booked": state.booked,
    }


def course(
    timetable: Timetable,
    now: datetime,
    check_in: CheckInRules | None = None,
    came: frozenset[BookingId] = frozenset(),
) -> list[RoomState]:
    """The states of a room from now on, from boundary to boundary."""
    states = [state_at(timetable, now, check_in, came)]
    while (boundary := states[-1].boundary) is not None:
        states.append(state_at(timetable, boundary, check_in, came))
    return states


# Against the definition


@given(timetables(), instants(), rules(), checked_in())
def test_state_is_what_the_contract_defines(
    timetable: Timetable,
    now: datetime,
    check_in: CheckInRules | None,
    came: frozenset[BookingId],
) -> None:
    """At every instant, in every field."""
    told = state_at(timetable, now, check_in, came)
    assert facts(told) == ByDefinition(tuple(timetable), check_in, came).facts(now)


@given(timetables(), instants(), rules(), checked_in())
def test_until_is_the_next_change_of_availability(
    timetable: Timetable,
    now: datetime,
    check_in: CheckInRules | None,
    came: frozenset[BookingId],
) -> None:
    """Never a time at which it stays as it was."""
    told = state_at(timetable, now, check_in, came)
    assert told.until == ByDefinition(tuple(timetable), check_in, came).until(now)


@given(timetables(), instants(), rules(), checked_in())
def test_boundary_is_neither_missed_nor_early(
    timetable: Timetable,
    now: datetime,
    check_in: CheckInRules | None,
    came: frozenset[BookingId],
) -> None:
    """The next instant at which anything is another, whatever it is."""
    told = state_at(timetable, now, check_in, came)
    assert told.boundary == ByDefinition(tuple(timetable), check_in, came).boundary(now)


any_time = st.integers(0, 10**11).map(lambda us: MORNING + us * MOMENT)
any_span = st.integers(0, 10**10).map(lambda us: us * MOMENT)


@st.composite
def uneven_timetables(draw: st.DrawFn) -> Timetable:
    """Bookings that keep to no minute, so that hardly any two times meet."""
    return Timetable.of(
        Booking(id=BookingId(name), start=start, end=start + draw(any_span))
        for name, start in zip(
            "abcd", draw(st.lists(any_time, max_size=4)), strict=False
        )
    )


@given(
    uneven_timetables(),
    any_time,
    st.none() | st.builds(CheckInRules, before=any_span, window=any_span),
    checked_in(),
    st.floats(0, 1),
)
def test_nothing_changes_before_the_boundary_and_something_does_at_it(
    timetable: Timetable,
    now: datetime,
    check_in: CheckInRules | None,
    came: frozenset[BookingId],
    part: float,
) -> None:
    """Up to the last microsecond, and at times that nobody chose."""
    state = state_at(timetable, now, check_in, came)
    assume(state.boundary is not None)
    boundary = state.boundary or now
    definition = ByDefinition(tuple(timetable), check_in, came)
    between = now + part * (boundary - now - MOMENT)
    assert definition.facts(between) == definition.facts(now)
    assert state_at(timetable, between, check_in, came) == state
    assert state_at(timetable, boundary - MOMENT, check_in, came) == state
    assert definition.facts(boundary) != definition.facts(now)
    assert facts(state_at(timetable, boundary, check_in, came)) != facts(state)


@given(timetables(), instants(), rules(), checked_in())
def test_whoever_wakes_at_each_boundary_misses_nothing(
    timetable: Timetable,
    now: datetime,
    check_in: CheckInRules | None,
    came: frozenset[BookingId],
) -> None:
    """The last state is that of an empty room, and stays so for ever."""
    states = course(timetable, now, check_in, came)
    assert states[-1] == state_at(Timetable(), now)
    promised = [s.until for s in states if s.until == s.boundary and s.until]
    changed = [
        s.boundary
        for s, following in pairwise(states)
        if s.availability is not following.availability
    ]
    assert promised == changed


@given(timetables(), instants(), rules(), checked_in(), st.randoms())
def test_the_order_in_which_a_system_lists_does_not_matter(
    timetable: Timetable,
    now: datetime,
    check_in: CheckInRules | None,
    came: frozenset[BookingId],
    random: Any,
) -> None:
    """A state is a function of the bookings."""
    shuffled = random.sample(timetable.bookings, len(timetable.bookings))
    assert state_at(Timetable.of(shuffled), now, check_in, came) == state_at(
        timetable, now, check_in, came
    )


@given(timetables(), instants(), rules(), checked_in())
def test_what_holds_no_time_changes_nothing(
    timetable: Timetable,
    now: datetime,
    check_in: CheckInRules | None,
    came: frozenset[BookingId],
) -> None:
    """Without tentative, empty and past bookings the state is the same."""
    holding = Timetable.of(
        b
        for b in timetable
        if b.status is BookingStatus.CONFIRMED and b.start < b.end and now < b.end
    )
    assert state_at(timetable, now, check_in, came) == state_at(
        holding, now, check_in, came
    )


# In words


def test_an_empty_room_is_free_for_ever() -> None:
    """And waits for nothing."""
    assert state_at(Timetable(), at("9:00")) == RoomState(
        availability=FREE,
        until=None,
        current=None,
        next=None,
        running=(),
        awaiting=None,
        in_use=False,
        boundary=None,
    )


def test_a_meeting_runs_from_its_start_up_to_not_including_its_end() -> None:
    """Half-open."""
    retro = meeting("retro", "9:00", "10:00")
    fjord = room(retro)
    before = state_at(fjord, at("9:00") - MOMENT)
    first = state_at(fjord, at("9:00"))
    last = state_at(fjord, at("10:00") - MOMENT)
    after = state_at(fjord, at("10:00"))
    assert (before.availability, before.current, before.next) == (FREE, None, retro)
    assert (before.until, before.boundary) == (at("9:00"), at("9:00"))
    assert (first.availability, first.current, first.next) == (BUSY, retro, None)
    assert (first.until, first.boundary) == (at("10:00"), at("10:00"))
    assert (first.booked, first.in_use) == (True, True)
    assert last == first
    assert (after.availability, after.current, after.booked) == (FREE, None, False)


def test_back_to_back_meetings_do_not_blink() -> None:
    """Busy throughout; the current booking changes once."""
    retro, review = (
        meeting("retro", "9:00", "10:00"),
        meeting("review", "10:00", "11:00"),
    )
    states = course(room(retro, review), at("9:00"))
    assert [s.availability for s in states] == [BUSY, BUSY, FREE]
    assert [s.current for s in states] == [retro, review, None]
    assert [s.until for s in states] == [at("11:00"), at("11:00"), None]
    assert [s.boundary for s in states] == [at("10:00"), at("11:00"), None]


def test_of_overlapping_meetings_the_earliest_start_is_current() -> None:
    """The other one is current for what remains of it."""
    retro, review = (
        meeting("retro", "9:00", "10:00"),
        meeting("review", "9:30", "10:30"),
    )
    states = course(room(review, retro), at("9:00"))
    assert [s.current for s in states] == [retro, retro, review, None]
    assert [s.next for s in states] == [review, None, None, None]
    assert [s.boundary for s in states] == [at("9:30"), at("10:00"), at("10:30"), None]
    assert {s.until for s in states} == {at("10:30"), None}


def test_a_meeting_within_another_is_never_current() -> None:
    """It began later and is over earlier, but it did run."""
    long, short = meeting("long", "9:00", "11:00"), meeting("short", "9:30", "10:00")
    states = course(room(long, short), at("9:00"))
    assert [s.current for s in states] == [long, long, long, None]
    assert [s.running for s in states] == [(long,), (long, short), (long,), ()]


def test_of_meetings_that_start_together_the_smaller_id_is_current() -> None:
    """Whatever their lengths."""
    a, b = meeting("a", "9:00", "9:30"), meeting("b", "9:00", "10:00")
    states = course(room(b, a), at("8:00"))
    assert [s.next for s in states] == [a, None, None, None]
    assert [s.current for s in states] == [None, a, b, None]


def test_a_meeting_without_length_never_is() -> None:
    """Neither next nor current, and no reason to wake up."""
    fjord = room(meeting("nothing", "9:00", "9:00"))
    for now in (at("8:00"), at("9:00"), at("9:01")):
        assert state_at(fjord, now) == state_at(Timetable(), now)


def test_a_tentative_booking_is_neither_current_nor_next_nor_busy() -> None:
    """It is listed, though."""
    doubtful = meeting("doubtful", "9:00", "10:00", status=BookingStatus.TENTATIVE)
    fjord = room(doubtful)
    for now in (at("8:00"), at("9:00"), at("9:30")):
        assert state_at(fjord, now, FIVE_TEN) == state_at(Timetable(), now)
    assert fjord.between(at("9:00"), at("9:01")) == (doubtful,)


def test_a_meeting_over_midnight_is_one_meeting() -> None:
    """Midnight is a time like any other."""
    late = Booking(
        id=BookingId("late"), start=at("23:30"), end=at("23:30") + timedelta(hours=1)
    )
    assert state_at(room(late), at("23:59")) == state_at(
        room(late), at("23:59") + minutes(2)
    )


@pytest.mark.parametrize(("zone", "day", "length"), ODD_DAYS)
def test_an_all_day_booking_takes_the_whole_local_day(
    zone: str, day: Any, length: timedelta
) -> None:
    """From its first moment to the next day's, however long it is."""
    start, end = day_bounds(day, ZoneInfo(zone))
    holiday = Booking(id=BookingId("holiday"), start=start, end=end)
    states = course(room(holiday), start - MOMENT)
    assert [s.availability for s in states] == [FREE, BUSY, FREE]
    assert [s.boundary for s in states] == [start, start + length, None]


@pytest.mark.parametrize(("zone", "day", "length"), ODD_DAYS)
def test_all_day_bookings_on_following_days_leave_no_gap(
    zone: str, day: Any, length: timedelta
) -> None:
    """Also where midnight does not exist."""
    days = [day + timedelta(days=n) for n in (-1, 0, 1)]
    bounds = [day_bounds(d, ZoneInfo(zone)) for d in days]
    fair = Timetable.of(
        Booking(id=BookingId(str(n)), start=start, end=end)
        for n, (start, end) in enumerate(bounds)
    )
    states = course(fair, bounds[0][0])
    assert [s.availability for s in states] == [BUSY, BUSY, BUSY, FREE]
    assert [s.until for s in states] == [bounds[-1][1]] * 3 + [None]


def test_a_meeting_through_the_hour_that_comes_twice_runs_for_both() -> None:
    """From 2:30 to 3:30 on the clock, two hours by the sun."""
    berlin = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 10, 25, 2, 30, tzinfo=berlin)
    end = datetime(2026, 10, 25, 3, 30, tzinfo=berlin)
    night = Booking(
        id=BookingId("night"),
        start=start.astimezone(at("0:00").tzinfo),
        end=end.astimezone(at("0:00").tzinfo),
    )
    states = course(room(night), night.start)
    assert [s.boundary for s in states] == [night.start + timedelta(hours=2), None]


# Check-in


def test_a_room_is_pending_until_nobody_came_for_too_long() -> None:
    """Five minutes before, ten minutes after; then it is just busy."""
    retro = meeting("retro", "9:00", "10:00")
    states = course(room(retro), at("8:00"), FIVE_TEN)
    assert [s.availability for s in states] == [FREE, PENDING, PENDING, BUSY, FREE]
    assert [s.boundary for s in states] == [
        at("8:55"),
        at("9:00"),
        at("9:10"),
        at("10:00"),
        None,
    ]
    assert [s.until for s in states] == [
        at("8:55"),
        at("9:10"),
        at("9:10"),
        at("10:00"),
        None,
    ]
    assert [s.booked for s in states] == [False, False, True, True, False]
    assert [s.awaiting for s in states] == [None, retro, retro, None, None]
    assert {s.in_use for s in states} == {False}


@pytest.mark.parametrize(
    ("booking", "remembered"),
    [
        (meeting("retro", "9:00", "10:00"), frozenset({BookingId("retro")})),
        (meeting("retro", "9:00", "10:00", checked_in=True), frozenset()),
    ],
)
def test_an_early_check_in_makes_the_room_busy_and_in_use(
    booking: Booking, remembered: frozenset[BookingId]
) -> None:
    """Whether we remember it or the system does; booked and current follow at the start."""
    states = course(room(booking), at("8:57"), FIVE_TEN, remembered)
    assert [s.availability for s in states] == [BUSY, BUSY, FREE]
    assert [s.in_use for s in states] == [True, True, False]
    assert [s.current for s in states] == [None, booking, None]
    assert [s.boundary for s in states] == [at("9:00"), at("10:00"), None]
    assert [s.until for s in states] == [at("10:00"), at("10:00"), None]


def test_a_check_in_ends_the_waiting() -> None:
    """Within the window."""
    retro = meeting("retro", "9:00", "10:00")
    came = state_at(room(retro), at("9:05"), FIVE_TEN, frozenset({retro.id}))
    assert (came.availability, came.in_use, came.awaiting) == (BUSY, True, None)
    assert came.boundary == at("10:00")


def test_a_window_longer_than_the_meeting_ends_with_it() -> None:
    """Nobody waits for a meeting that is over."""
    short = meeting("short", "9:00", "9:05")
    states = course(room(short), at("9:00"), FIVE_TEN)
    assert [s.availability for s in states] == [PENDING, FREE]
    assert [s.boundary for s in states] == [at("9:05"), None]


def test_the_next_meeting_may_be_pending_while_the_current_one_runs() -> None:
    """It is in use all the same."""
    retro = meeting("retro", "9:00", "10:00", checked_in=True)
    review = meeting("review", "10:00", "11:00")
    state = state_at(room(retro, review), at("9:56"), FIVE_TEN)
    assert (state.availability, state.current, state.awaiting) == (
        PENDING,
        retro,
        review,
    )
    assert state.in_use


def test_who_is_waited_for_changes_at_a_boundary() -> None:
    """Though the room is pending before and after."""
    rules_ = CheckInRules(before=minutes(15), window=minutes(5))
    retro, review = meeting("retro", "9:00", "9:10"), meeting("review", "9:10", "10:00")
    before, after = (
        state_at(room(retro, review), t, rules_) for t in (at("9:04"), at("9:05"))
    )
    assert (before.availability, before.awaiting) == (PENDING, retro)
    assert (after.availability, after.awaiting) == (PENDING, review)
    assert before.boundary == at("9:05")


def test_nobody_waits_where_check_in_is_off() -> None:
    """A check-in that the system tells of changes nothing then."""
    retro = meeting("retro", "9:00", "10:00", checked_in=True)
    states = course(room(retro), at("8:56"))
    assert [s.availability for s in states] == [FREE, BUSY, FREE]
    assert [s.in_use for s in states] == [False, True, False]


# What the system itself says


@given(
    timetables(),
    instants(),
    st.none() | rules(),
    st.sampled_from(Availability),
    st.booleans(),
    st.integers(0, 600),
)
def test_what_the_system_says_counts_until_something_changes_by_what_is_known(
    timetable: Timetable,
    said_at: datetime,
    check_in: CheckInRules | None,
    availability: Availability,
    in_use: bool,
    later: int,
) -> None:
    """From the moment it spoke up to the next boundary of what is known, not a moment longer."""
    reported = Reported(at=said_at, availability=availability, in_use=in_use)
    known = state_at(timetable, said_at, check_in)
    now = said_at + timedelta(minutes=later)
    told = state_at(timetable, now, check_in, reported=reported)
    if known.boundary is None or now < known.boundary:
        assert (told.availability, told.in_use) == (availability, in_use)
        assert (told.running, told.next) == (known.running, known.next)
    else:
        assert told == state_at(timetable, now, check_in)


@given(timetables(), instants(), st.none() | rules(), st.sampled_from(Availability))
def test_what_the_system_says_ends_at_a_boundary(
    timetable: Timetable,
    now: datetime,
    check_in: CheckInRules | None,
    availability: Availability,
) -> None:
    """Whoever waits for the boundary, or for `until`, misses nothing and wakes for something."""
    reported = Reported(at=now, availability=availability)
    told = state_at(timetable, now, check_in, reported=reported)
    for when in (told.boundary, told.until):
        if when is not None:
            assert (
                facts(state_at(timetable, when - MOMENT, check_in, reported=reported))
                == facts(told)
                or when is told.until
            )
            assert facts(
                state_at(timetable, when, check_in, reported=reported)
            ) != facts(told)
    if told.until is not None:
        then = state_at(timetable, told.until, check_in, reported=reported)
        assert then.availability is not availability


def test_a_report_without_words_says_nothing() -> None:
    """What the system left out is as it is known."""
    fjord = Timetable.of([meeting("a", "9:00", "10:00")])
    now = at("9:30")
    assert state_at(fjord, now, reported=Reported(at=now)) == state_at(fjord, now)

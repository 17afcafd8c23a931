"""What happened in a room, by example; test_changes_stateful.py tries everything."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from custom_components.room_bookings.rooms.booking import Booking, BookingStatus
from custom_components.room_bookings.rooms.changes import (
    Change,
    ChangeKind,
    Memory,
    advance,
    receive,
)
from custom_components.room_bookings.rooms.timetable import Timetable

from .builders import MOMENT, at, meeting, minutes, room

RETRO = meeting("retro", "9:00", "10:00", title="Retro")
REVIEW = meeting("review", "10:00", "11:00", title="Review")
TENTATIVE = BookingStatus.TENTATIVE


def baseline(*bookings: Booking, when: datetime) -> Memory:
    """A room that was listed for the first time."""
    memory, _ = receive(Memory(), room(*bookings), when)
    return memory


def restarted(memory: Memory) -> Memory:
    """What is left of a memory when the process has died."""
    return Memory(running=memory.running, seen=memory.seen)


def told(changes: Sequence[Change]) -> list[str]:
    """Changes as one reads them."""
    return [
        f"{change.booking.id} {change.kind}{', late' if change.late else ''}"
        for change in changes
    ]


def passing(memory: Memory, *times: datetime) -> list[str]:
    """What is told at these times by the clock alone."""
    heard: list[str] = []
    for when in times:
        memory, changes = advance(memory, when)
        heard += told(changes)
    return heard


def listing(
    memory: Memory, *bookings: Booking, when: datetime, late: bool = False
) -> list[str]:
    """What is told when the system lists these bookings."""
    return told(receive(memory, room(*bookings), when, late=late)[1])


# By the clock


def test_the_first_listing_tells_nothing() -> None:
    """Whatever it holds; what runs is known from then on."""
    memory, changes = receive(Memory(), room(RETRO, REVIEW), at("9:30"))
    assert changes == ()
    assert memory == Memory(
        timetable=room(RETRO, REVIEW), running=(RETRO,), seen=at("9:30")
    )


def test_a_room_that_was_never_listed_tells_nothing() -> None:
    """Time may pass, though."""
    assert advance(Memory(), at("9:00")) == (Memory(), ())
    assert advance(Memory(seen=at("8:00")), at("9:00")) == (
        Memory(seen=at("8:00")),
        (),
    )


def test_a_start_and_an_end_are_told_once() -> None:
    """At the second, and not again at the next."""
    memory = baseline(RETRO, when=at("8:00"))
    assert passing(memory, at("9:00") - MOMENT) == []
    assert passing(memory, at("9:00"), at("9:00"), at("9:01")) == ["retro started"]
    assert passing(memory, at("9:00"), at("10:00") - MOMENT) == ["retro started"]
    assert passing(memory, at("9:00"), at("10:00"), at("10:01")) == [
        "retro started",
        "retro ended",
    ]


def test_a_start_and_an_end_say_when() -> None:
    """By the booking's own times, though the timer is never exact."""
    memory = baseline(RETRO, when=at("8:00"))
    memory, (started,) = advance(memory, at("9:00") + minutes(0.01))
    memory, (ended,) = advance(memory, at("10:00") + minutes(0.01))
    assert (started.at, ended.at) == (at("9:00"), at("10:00"))
    assert (started.late, ended.late) == (False, False)
    assert ended.freed == timedelta(0)


def test_back_to_back_the_end_comes_before_the_start() -> None:
    """At the same instant."""
    memory = baseline(RETRO, REVIEW, when=at("9:30"))
    assert passing(memory, at("10:00")) == ["retro ended", "review started"]


def test_what_holds_no_time_neither_starts_nor_ends() -> None:
    """Tentative and empty bookings."""
    memory = baseline(
        replace(RETRO, status=TENTATIVE),
        meeting("empty", "9:00", "9:00"),
        when=at("8:00"),
    )
    assert passing(memory, at("9:00"), at("10:00")) == []


@pytest.mark.parametrize(
    ("woke", "heard"),
    [
        ("9:01", ["retro started"]),
        ("9:02", ["retro started, late"]),
        ("9:15", ["retro started, late"]),
        ("9:16", []),
        ("10:00", ["retro ended"]),
        ("10:15", ["retro ended, late"]),
        ("10:16", []),
    ],
)
def test_who_slept_hears_late_or_not_at_all(woke: str, heard: list[str]) -> None:
    """A quarter of an hour is news, more is history."""
    assert passing(baseline(RETRO, when=at("8:00")), at(woke)) == heard


def test_who_slept_through_a_short_meeting_hears_both() -> None:
    """In the order in which they were."""
    short = meeting("short", "9:00", "9:05")
    assert passing(baseline(short, RETRO, when=at("8:00")), at("9:06")) == [
        "retro started, late",
        "short started, late",
        "short ended",
    ]


# What people do


def test_the_same_listing_again_tells_nothing() -> None:
    """However often it comes."""
    memory = baseline(RETRO, REVIEW, when=at("8:00"))
    assert listing(memory, RETRO, REVIEW, when=at("8:00")) == []
    assert listing(memory, REVIEW, RETRO, when=at("8:30")) == []


def test_a_new_booking_is_created() -> None:
    """Running ones have started, too; what is over is not worth a word."""
    memory = baseline(when=at("9:00"))
    assert listing(memory, RETRO, when=at("8:00") + minutes(60)) == [
        "retro created",
        "retro started",
    ]
    assert listing(memory, REVIEW, when=at("9:30")) == ["review created"]
    assert listing(memory, RETRO, when=at("10:00")) == []


def test_a_booking_with_a_start_long_ago_has_started_when_it_was_made() -> None:
    """Somebody listened, so it is told; that it began before shows."""
    memory = baseline(when=at("9:29"))
    assert listing(memory, RETRO, when=at("9:30")) == [
        "retro created",
        "retro started, late",
    ]


def test_a_future_booking_that_disappears_is_cancelled() -> None:
    """Tentative and empty ones as well; one that is over just falls out of the list."""
    empty = meeting("empty", "9:30", "9:30")
    doubtful = replace(REVIEW, status=TENTATIVE)
    memory = baseline(RETRO, empty, doubtful, when=at("8:00"))
    assert listing(memory, when=at("8:30")) == [
        "retro cancelled",
        "empty cancelled",
        "review cancelled",
    ]
    over, _ = advance(memory, at("11:00"))
    assert listing(over, when=at("11:01")) == []


@pytest.mark.parametrize(
    "left",
    [
        room(),
        room(replace(RETRO, end=at("9:20"))),
        room(replace(RETRO, end=at("9:19"))),
        room(replace(RETRO, status=TENTATIVE, end=at("9:20"))),
    ],
)
def test_a_running_booking_that_is_gone_or_shortened_to_now_has_ended(
    left: Timetable,
) -> None:
    """It was not changed or cancelled, and the room gained what was left of it."""
    memory = baseline(RETRO, when=at("9:00"))
    memory, (ended,) = receive(memory, left, at("9:20"))
    assert (ended.kind, ended.at, ended.late) == (ChangeKind.ENDED, at("9:20"), False)
    assert ended.freed == minutes(40)
    assert passing(memory, at("10:00")) == []


def test_what_ended_early_is_told_as_the_system_has_it_now() -> None:
    """With its new end, where it has one."""
    memory = baseline(RETRO, when=at("9:00"))
    shortened = replace(RETRO, end=at("9:20"))
    _, (ended,) = receive(memory, room(shortened), at("9:20"))
    assert ended.booking == shortened
    _, (ended,) = receive(memory, room(), at("9:20"))
    assert ended.booking == RETRO


@pytest.mark.parametrize(("start", "end"), [("14:00", "15:00"), ("7:00", "8:00")])
def test_a_running_booking_that_is_moved_away_has_ended_as_it_ran(
    start: str, end: str
) -> None:
    """A meeting cannot have ended in the afternoon, or before it began."""
    memory = baseline(RETRO, when=at("9:00"))
    moved = replace(RETRO, start=at(start), end=at(end), title="Moved")
    _, changes = receive(memory, room(moved), at("9:20"))
    assert changes[0].kind is ChangeKind.ENDED
    assert changes[0].booking == replace(RETRO, title="Moved")
    assert changes[0].freed == minutes(40)


def test_a_running_booking_that_is_moved_to_later_starts_again() -> None:
    """Ended, changed, and in time started."""
    memory = baseline(RETRO, when=at("9:00"))
    later = replace(RETRO, start=at("14:00"), end=at("15:00"))
    assert listing(memory, later, when=at("9:20")) == ["retro ended", "retro changed"]
    memory, _ = receive(memory, room(later), at("9:20"))
    assert passing(memory, at("10:00"), at("14:00")) == ["retro started"]


def test_a_future_booking_that_is_moved_over_now_has_started() -> None:
    """After it was changed."""
    memory = baseline(REVIEW, when=at("9:00"))
    sooner = replace(REVIEW, start=at("9:20"), end=at("10:20"))
    assert listing(memory, sooner, when=at("9:20")) == [
        "review changed",
        "review started",
    ]


def test_a_future_booking_that_is_moved_into_the_past_was_changed() -> None:
    """Once; that meeting did not take place today."""
    memory = baseline(REVIEW, when=at("9:00"))
    past = replace(REVIEW, start=at("7:00"), end=at("8:00"))
    assert listing(memory, past, when=at("9:20")) == ["review changed"]
    memory, _ = receive(memory, room(past), at("9:20"))
    assert passing(memory, at("10:00")) == []


def test_an_extended_meeting_just_goes_on() -> None:
    """Also if the news comes in the very moment at which it would have ended."""
    longer = replace(RETRO, end=at("10:30"))
    for when in (at("9:30"), at("10:00") - MOMENT, at("10:00")):
        memory = baseline(RETRO, when=at("9:00"))
        assert listing(memory, longer, when=when) == ["retro changed"]
        memory, _ = receive(memory, room(longer), when)
        assert passing(memory, at("10:00"), at("10:30")) == ["retro ended"]


@pytest.mark.parametrize("late", [False, True])
def test_a_meeting_that_was_told_as_ended_and_goes_on_starts_again(late: bool) -> None:
    """However long it has run by then: who heard the end must hear that it was none."""
    memory, _ = advance(baseline(RETRO, when=at("9:00")), at("10:00"))
    longer = replace(RETRO, end=at("10:30"))
    assert listing(memory, longer, when=at("10:02"), late=late) == [
        f"retro changed{', late' if late else ''}",
        "retro started, late",
    ]


@pytest.mark.parametrize(
    ("before", "after", "heard"),
    [
        (RETRO, replace(RETRO, status=TENTATIVE), ["retro ended", "retro changed"]),
        (
            replace(RETRO, status=TENTATIVE),
            RETRO,
            ["retro changed", "retro started, late"],
        ),
    ],
)
def test_standing_decides_whether_a_meeting_runs(
    before: Booking, after: Booking, heard: list[str]
) -> None:
    """Tentative becomes confirmed, or the other way round, in its middle."""
    assert listing(baseline(before, when=at("9:19")), after, when=at("9:20")) == heard


@pytest.mark.parametrize(
    "after",
    [
        replace(REVIEW, title="Review of the review"),
        replace(REVIEW, end=at("11:30")),
        replace(REVIEW, start=at("10:15")),
        replace(REVIEW, status=TENTATIVE),
        replace(REVIEW, private=True),
    ],
)
def test_a_booking_with_another_time_standing_or_title_was_changed(
    after: Booking,
) -> None:
    """Once."""
    memory = baseline(REVIEW, when=at("9:00"))
    assert listing(memory, after, when=at("9:10")) == ["review changed"]
    memory, _ = receive(memory, room(after), at("9:10"))
    assert listing(memory, after, when=at("9:11")) == []


@pytest.mark.parametrize(
    "after",
    [
        replace(REVIEW, title="Review", private=True),
        replace(REVIEW, title="Review", private=False),
        replace(REVIEW, title="What it is really called", private=False),
    ],
)
def test_learning_what_was_not_known_is_no_change(after: Booking) -> None:
    """A provisional booking, and then the listing that says whether it is private."""
    memory = baseline(replace(REVIEW, title="", private=None), when=at("9:00"))
    assert listing(memory, after, when=at("9:00")) == []


def test_who_organises_a_meeting_is_no_change_of_it() -> None:
    """Nor is the name under which it was asked for."""
    memory = baseline(REVIEW, when=at("9:00"))
    after = replace(REVIEW, organizer="Ada", request_id="wish")
    assert listing(memory, after, when=at("9:10")) == []


def test_a_meeting_that_is_over_does_not_change() -> None:
    """Whatever the system does to its record."""
    memory, _ = advance(baseline(RETRO, when=at("9:00")), at("10:00"))
    after = replace(RETRO, title="Minutes", start=at("9:05"), end=at("9:55"))
    assert listing(memory, after, when=at("10:05")) == []


def test_a_check_in_is_told_once() -> None:
    """From not known, or known not to be."""
    for before in (None, False):
        memory = baseline(replace(RETRO, checked_in=before), when=at("9:00"))
        came = replace(RETRO, checked_in=True)
        assert listing(memory, came, when=at("9:05")) == ["retro checked_in"]
        memory, _ = receive(memory, room(came), at("9:05"))
        assert listing(memory, came, when=at("9:06")) == []


def test_an_id_that_is_used_again_is_another_meeting() -> None:
    """A meeting that is over was not moved to the afternoon."""
    memory, _ = advance(baseline(RETRO, when=at("9:00")), at("10:00"))
    after = replace(RETRO, start=at("14:00"), end=at("15:00"), title="Other")
    assert listing(memory, after, when=at("10:05")) == ["retro created"]
    at_once = replace(RETRO, start=at("10:05"), end=at("10:30"), title="Other")
    assert listing(memory, at_once, when=at("10:05")) == [
        "retro created",
        "retro started",
    ]


def test_a_meeting_ends_early_as_the_next_one_starts() -> None:
    """The end is told first, though the start was known before."""
    overlapping = meeting("b", "9:30", "10:00")
    memory = baseline(RETRO, overlapping, when=at("9:00"))
    assert listing(memory, overlapping, when=at("9:30")) == [
        "retro ended",
        "b started",
    ]


def test_a_meeting_that_is_moved_as_it_would_start_does_not_start() -> None:
    """What a listing says of now goes before what was known."""
    memory = baseline(RETRO, when=at("8:00"))
    later = replace(RETRO, start=at("14:00"), end=at("15:00"))
    assert listing(memory, later, when=at("9:00")) == ["retro changed"]
    assert listing(memory, when=at("9:00")) == ["retro cancelled"]


# What was missed


def test_what_changed_while_the_connection_was_lost_is_told_late() -> None:
    """It did happen."""
    memory = baseline(RETRO, REVIEW, when=at("8:00"))
    third = meeting("third", "12:00", "13:00")
    assert listing(
        memory, replace(REVIEW, title="Other"), third, when=at("8:30"), late=True
    ) == ["retro cancelled, late", "review changed, late", "third created, late"]


def test_what_the_clock_brings_is_not_late_because_the_connection_is() -> None:
    """A start that was known, and is told at its second."""
    memory = baseline(RETRO, REVIEW, when=at("9:00"))
    assert listing(memory, RETRO, REVIEW, when=at("10:00"), late=True) == [
        "retro ended",
        "review started",
    ]


def test_a_meeting_that_ended_early_while_nobody_listened_is_told_late() -> None:
    """Whenever it was."""
    memory = baseline(RETRO, when=at("9:00"))
    assert listing(memory, when=at("9:50"), late=True) == ["retro ended, late"]


@pytest.mark.parametrize(
    ("when", "heard"),
    [
        ("9:00", ["retro created, late", "retro started"]),
        ("9:15", ["retro created, late", "retro started, late"]),
        ("9:16", ["retro created, late"]),
    ],
)
def test_a_meeting_that_was_made_and_began_while_nobody_listened(
    when: str, heard: list[str]
) -> None:
    """Its start is told as long as it is news."""
    assert listing(baseline(when=at("8:00")), RETRO, when=at(when), late=True) == heard


def test_a_whole_meeting_that_nobody_heard_of_is_told_in_order() -> None:
    """Before the next one's start; nothing of it when it is long over."""
    memory = baseline(REVIEW, when=at("9:00"))
    short = meeting("short", "9:50", "10:00")
    assert listing(memory, short, REVIEW, when=at("10:01"), late=True) == [
        "short created, late",
        "short started, late",
        "short ended, late",
        "review started, late",
    ]
    assert listing(memory, short, REVIEW, when=at("10:16"), late=True) == []


@pytest.mark.parametrize(
    "never_held",
    [
        meeting("x", "9:50", "9:55", status=TENTATIVE),
        meeting("x", "9:55", "9:55"),
    ],
)
def test_what_never_held_the_room_did_not_end_unheard_of(never_held: Booking) -> None:
    """It was made, though."""
    memory = baseline(when=at("9:00"))
    assert listing(memory, never_held, when=at("10:00"), late=True) == [
        "x created, late"
    ]


def test_a_future_meeting_that_was_moved_and_held_while_nobody_listened() -> None:
    """All of it is told."""
    memory = baseline(REVIEW, when=at("9:00"))
    held = replace(REVIEW, start=at("9:40"), end=at("9:45"))
    assert listing(memory, held, when=at("9:50"), late=True) == [
        "review changed, late",
        "review started, late",
        "review ended, late",
    ]


@pytest.mark.parametrize(
    ("end", "heard"), [("9:50", at("9:50")), ("10:04", at("10:04"))]
)
def test_a_meeting_that_ended_in_the_dark_ended_when_the_system_says(
    end: str, heard: datetime
) -> None:
    """Whether it was shortened or extended before it was over."""
    memory = baseline(RETRO, when=at("9:00"))
    _, (ended,) = receive(
        memory, room(replace(RETRO, end=at(end))), at("10:05"), late=True
    )
    assert (told([ended]), ended.at) == (["retro ended, late"], heard)


def test_a_meeting_that_was_doubted_in_the_dark_ended_when_it_was_meant_to() -> None:
    """A tentative booking has no end of its own."""
    memory = baseline(RETRO, when=at("9:00"))
    doubted = replace(RETRO, status=TENTATIVE, end=at("11:00"))
    _, changes = receive(memory, room(doubted), at("10:05"), late=True)
    assert told(changes) == ["retro ended, late", "retro changed, late"]
    assert changes[0].at == at("10:00")


def test_a_meeting_that_began_in_the_dark_does_not_start_again() -> None:
    """Nobody was told that it ended: extended, its start is still too long ago."""
    memory = baseline(RETRO, when=at("8:00"))
    longer = replace(RETRO, end=at("10:30"))
    assert listing(memory, longer, when=at("10:05"), late=True) == [
        "retro changed, late"
    ]


def test_a_meeting_that_was_put_off_in_the_dark_is_the_same_meeting() -> None:
    """Though it would be over by now."""
    memory = baseline(RETRO, when=at("8:00"))
    later = replace(RETRO, start=at("10:02"), end=at("10:30"))
    assert listing(memory, later, when=at("10:05"), late=True) == [
        "retro changed, late",
        "retro started, late",
    ]


# Restarts


def test_after_a_restart_nothing_is_created_changed_or_cancelled() -> None:
    """The first listing is a baseline."""
    memory = restarted(baseline(RETRO, REVIEW, when=at("8:00")))
    third = meeting("third", "12:00", "13:00")
    assert listing(memory, replace(REVIEW, title="x"), third, when=at("8:30")) == []


def test_after_a_restart_starts_and_ends_since_are_told_late() -> None:
    """Each once."""
    memory = restarted(baseline(RETRO, REVIEW, when=at("9:00")))
    assert listing(memory, RETRO, REVIEW, when=at("10:05")) == [
        "retro ended, late",
        "review started, late",
    ]
    memory, _ = receive(memory, room(RETRO, REVIEW), at("10:05"))
    assert listing(memory, RETRO, REVIEW, when=at("10:05")) == []
    assert listing(restarted(memory), RETRO, REVIEW, when=at("10:06")) == []


def test_after_a_restart_an_end_is_told_though_the_system_forgot_the_meeting() -> None:
    """Systems list what is and what will be."""
    memory = restarted(baseline(RETRO, when=at("9:00")))
    assert listing(memory, when=at("10:05")) == ["retro ended, late"]
    assert listing(memory, when=at("10:16")) == []


@pytest.mark.parametrize(
    "left", [room(), room(replace(RETRO, start=at("14:00"), end=at("15:00")))]
)
def test_a_meeting_that_ended_early_during_a_restart_is_told(left: Timetable) -> None:
    """Nobody saw when it was, but it did not run longer than it was meant to."""
    memory = restarted(baseline(RETRO, when=at("9:00")))
    for when, ended_at in (("9:45", at("9:45")), ("10:10", at("10:00"))):
        _, (ended,) = receive(memory, left, at(when))
        assert told([ended]) == ["retro ended, late"]
        assert (ended.at, ended.booking) == (ended_at, RETRO)
    assert receive(memory, left, at("10:16"))[1] == ()


def test_a_meeting_that_was_made_during_a_restart_and_began_before_is_told() -> None:
    """Forms know minutes only: what is booked for now has begun a moment ago."""
    memory = restarted(baseline(when=at("9:00") + minutes(0.5)))
    assert listing(memory, RETRO, when=at("9:02")) == ["retro started, late"]


# Clocks


def test_a_clock_that_is_set_back_does_not_undo_a_start() -> None:
    """Nor tell it twice."""
    memory, _ = advance(baseline(RETRO, when=at("8:00")), at("9:00"))
    assert passing(memory, at("8:58"), at("9:00"), at("9:01")) == []
    memory, changes = receive(memory, room(RETRO), at("8:58"))
    assert changes == ()
    assert passing(memory, at("8:59"), at("9:00"), at("10:00")) == ["retro ended"]


def test_a_clock_that_was_quite_wrong_is_not_waited_for() -> None:
    """What it made run, ends; what it made end, starts in time."""
    memory = baseline(RETRO, REVIEW, when=at("9:30"))
    memory, changes = receive(memory, room(RETRO, REVIEW), at("7:00"))
    assert told(changes) == ["retro ended"]
    assert passing(memory, at("9:00"), at("10:00")) == [
        "retro started",
        "retro ended",
        "review started",
    ]

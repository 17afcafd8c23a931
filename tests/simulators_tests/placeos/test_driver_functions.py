"""The functions of the simulated Bookings driver, against facts/placeos.md, A2."""

from datetime import timedelta
from typing import Any

import pytest

from tests.simulators.placeos import ExecError, Release, Settings
from tests.simulators_tests.conftest import Clock

from .driver import D2, D3, MINUTE, NINE, World


def test_check_in(clock: Clock) -> None:
    """Pending first, current or next; from D3 on a running meeting again (A2)."""
    world = World(clock, push=True)
    world.call("checkin")
    assert "last_booking_started" not in world.status
    world.room.book("Stand-up", clock() + timedelta(minutes=5))
    world.call("checkin", 123)  # extra arguments of a function without any
    assert (world.status["status"], world.status["in_use"]) == ("busy", True)
    assert world.status["last_booking_started"] == NINE + 5 * MINUTE
    world.wait(minutes=6)
    world.driver.last_booking_started = 0
    world.wait(minutes=1)
    assert world.status["current_pending"]
    world.room.check_in()
    assert world.status["in_use"]


def test_start_meeting_in_both_releases(clock: Clock) -> None:
    """D2 takes any time, D3 ignores it and warns (A2)."""
    old = World(clock, release=D2)
    old.call("start_meeting", NINE + 3600)
    assert old.status["last_booking_started"] == NINE + 3600
    new = World(clock, push=True)
    said: list[str] = []
    new.driver.loggers.append(lambda _, level, text: said.append(f"{level}: {text}"))
    new.room.book("Stand-up")
    new.call("start_meeting", 1)
    assert new.status["last_booking_started"] == NINE
    assert said == [
        "Warn: deprecated function call to start_meeting, please use checkin"
    ]


def test_end_meeting_declines(clock: Clock) -> None:
    """It never truncates, and polls two seconds later (A2)."""
    world = World(clock)
    room = world.room
    room.seed([("Stand-up", clock(), 30), ("Review", clock() + timedelta(hours=1), 30)])
    with pytest.raises(ExecError, match="only the current or pending meeting can"):
        world.call("end_meeting", NINE + 1)
    world.call("end_meeting", NINE)
    assert [e.title for e in room.events] == ["Review"]
    assert world.status["booked"]
    world.wait(seconds=2)
    assert not world.status["booked"]
    world.call("end_meeting", NINE + 3600)
    assert room.events == []
    assert [change.what for change in room.mailbox.history] == ["declined"] * 2


@pytest.mark.parametrize(
    ("release", "arguments", "notify", "comment"),
    [
        (D2, (), False, None),
        (D3, (), True, "cancelled at booking panel"),
        (D2, (True, None), True, None),
        (D2, (True, "Sorry"), True, "Sorry"),
        (D3, (False, "Sorry"), False, "Sorry"),
    ],
)
def test_both_signatures_of_end_meeting(
    clock: Clock,
    release: Release,
    arguments: tuple[Any, ...],
    notify: bool,
    comment: str | None,
) -> None:
    """Their defaults differ (A2)."""
    world = World(clock, release=release)
    world.room.seed([("Stand-up", clock(), 30)])
    world.call("end_meeting", NINE, *arguments)
    (change,) = world.room.mailbox.history
    assert (change.notify, change.comment) == (notify, comment)


def test_arguments_are_checked(clock: Clock) -> None:
    """Too many, too few, of another type, null where there is none (A2, Args)."""
    world = World(clock)
    for arguments, words in (
        (
            (1, True, "x", 4),
            r"wrong number of arguments for 'end_meeting' \(given 4, expected 3\)",
        ),
        ((), "missing argument"),
        (("1",), "Couldn't parse"),
        ((True,), "Couldn't parse"),
        ((NINE, None), "Couldn't parse"),
        ((NINE, True, None), "Couldn't parse"),
    ):
        with pytest.raises(ExecError, match=words) as caught:
            world.call("end_meeting", *arguments)
        assert (caught.value.error_code, caught.value.code) == (3, 500)
    with pytest.raises(ExecError, match="could not find function extend") as caught:
        world.call("extend")
    assert (caught.value.error_code, caught.value.code) == (1, None)


def test_book_now(clock: Clock) -> None:
    """From now on, checked in, listed two seconds later (A2, seed example 2)."""
    world = World(clock)
    booked = world.call("book_now", 1800, None, None)
    assert (booked["event_start"], booked["event_end"]) == (NINE, NINE + 1800)
    assert (booked["title"], booked["host"]) == ("Ad Hoc booking", "fjord@example.com")
    assert world.status["last_booking_started"] == NINE
    assert world.status["bookings"] == []
    world.wait(seconds=2)
    assert world.status["bookings"] == [booked]
    assert (world.status["status"], world.status["in_use"]) == ("busy", True)


def test_book_now_with_push_is_in_use_at_once(clock: Clock) -> None:
    """The room is not pending in between."""
    world = World(clock, push=True)
    seen: list[Any] = []
    world.driver.listeners.append(
        lambda _, name, value: seen.append(value) if name == "status" else None
    )
    world.call("book_now", 900, "Ad-hoc")
    assert seen == ["busy"]


def test_book_now_refuses_a_clash(clock: Clock) -> None:
    """In use, next pending, or running into the next booking (A2)."""
    world = World(clock, push=True)
    room = world.room
    room.book("Review", clock() + timedelta(minutes=20))
    with pytest.raises(ExecError) as caught:
        world.call("book_now", 1201)
    assert str(caught.value) == "module raised: unable to book due to clash (Exception)"
    world.call("book_now", 1200)
    with pytest.raises(ExecError, match="the room is currently in use"):
        world.call("book_now", 60)
    world.wait(minutes=16)
    room.end()
    world.wait(seconds=2)
    with pytest.raises(ExecError, match="the room is currently in use"):
        world.call("book_now", 60)
    assert room.overlaps() == []


def test_book_now_knows_no_more_than_the_driver(clock: Clock) -> None:
    """What it has not polled it books over; D2 books over everything."""
    unseen = World(clock)
    unseen.room.book("Secret", minutes=30)
    unseen.call("book_now", 600)
    assert len(unseen.room.overlaps()) == 1
    old = World(clock, release=D2, push=True)
    old.room.seed([("Seen", clock(), 30)])
    old.call("book_now", 600)
    assert len(old.room.overlaps()) == 1


def test_book_now_books_over_a_pending_meeting(clock: Clock) -> None:
    """A meeting that nobody checked in to is not in use (A1 with A2)."""
    world = World(clock, push=True)
    world.room.book("Pending")
    assert (world.status["current_pending"], world.status["in_use"]) == (True, False)
    world.call("book_now", 600)
    assert len(world.room.overlaps()) == 1


def test_the_owner_of_a_booking(clock: Clock) -> None:
    """An attendee with application permissions, else the host (A2, seed example 1)."""
    world = World(clock)
    booked = world.call("book_now", 60, "Ad-hoc", "ada@example.com")
    assert booked["host"] == "fjord@example.com"
    assert booked["attendees"][1]["email"] == "ada@example.com"
    own = World(clock, Settings(application_permissions=False))
    with pytest.raises(ExecError) as caught:
        own.call("book_now", 60, "Ad-hoc", "nobody@example.com")
    assert str(caught.value) == (
        "module raised: remote exception: Bad Request (PlaceCalendar::Exception) "
        "(PlaceOS::Driver::RemoteException) (PlaceOS::Driver::RemoteException)"
    )
    assert own.call("book_now", 60, "Ad-hoc", "ada@example.com")["host"] == (
        "ada@example.com"
    )

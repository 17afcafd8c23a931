"""What the simulated Bookings driver polls, tells and remembers, against facts/placeos.md, A1 to A3."""

from datetime import timedelta
from typing import Any

import pytest

from tests.simulators.placeos import ExecError, OccupiedError, Settings
from tests.simulators_tests.conftest import Clock

from .driver import BASIC, D2, D3, D4, MINUTE, NINE, World


def test_it_sees_a_change_when_it_polls(clock: Clock) -> None:
    """Without push, what is booked elsewhere is unknown until the next poll."""
    world = World(clock)
    world.room.book("Stand-up", minutes=30)
    world.wait(minutes=4)
    assert world.status["bookings"] == []
    world.wait(minutes=1)
    assert world.status["status"] == "pending"
    assert world.driver.polls == 2


def test_push_makes_it_poll(clock: Clock) -> None:
    """At once, or after a delay; D2 waits for its signal (A3)."""
    at_once = World(clock, push=True)
    at_once.room.book("Stand-up")
    assert at_once.status["booked"]
    for release, delay in ((D3, 5.0), (D2, 0.0)):
        later = World(clock, release=release, push=True, push_delay=delay)
        later.room.book("Stand-up")
        later.wait(seconds=4)
        assert not later.status["booked"]
        later.wait(seconds=1)
        assert later.status["booked"]


def test_it_recomputes_at_each_minute(clock: Clock) -> None:
    """A meeting at half past a minute is seen at the next one (A1.11)."""
    world = World(clock, BASIC, push=True)
    world.room.book("Odd", clock() + timedelta(seconds=30), minutes=2)
    seen: list[Any] = []
    world.driver.listeners.append(
        lambda _, name, value: seen.append((name, value)) if name == "status" else None
    )
    world.wait(seconds=59)
    assert world.status["status"] == "pending"  # as next, since it was booked
    world.wait(seconds=1)
    assert world.status["status"] == "busy"
    world.wait(minutes=10)
    assert seen == [("status", "busy"), ("status", "free")]


def test_the_random_delays_stay_within_their_bounds(clock: Clock) -> None:
    """A second for the minute, a third of its period for a poll (A1.11)."""
    world = World(clock, BASIC, jitter=1.0)
    world.room.book("Stand-up", minutes=60)
    world.wait(minutes=5)
    assert not world.status["booked"]
    world.wait(seconds=100)
    assert world.status["booked"]
    assert world.status["ending_at"] == NINE + 60 * MINUTE
    world.wait(minutes=53, seconds=21)
    assert world.status["status"] == "free"


def test_it_lists_from_midnight_on_for_so_many_days(clock: Clock) -> None:
    """Midnight of its time zone (A1.11)."""
    world = World(
        clock, Settings(calendar_time_zone="Asia/Tokyo", cache_days=2), push=True
    )
    for title, hours in (("Past", -19), ("Over", -10), ("Last", 29), ("Far", 31)):
        world.room.book(title, clock() + timedelta(hours=hours))
    assert [e["title"] for e in world.status["bookings"]] == ["Over", "Last"]


def test_cancelled_events_are_listed_where_wanted(clock: Clock) -> None:
    """`include_cancelled_bookings` (A1.9)."""
    world = World(clock, Settings(include_cancelled_bookings=True), push=True)
    world.room.cancel(world.room.book("Off"))
    (record,) = world.status["bookings"]
    assert (record["status"], world.status["booked"]) == ("cancelled", True)
    assert world.room.events == []


def test_a_restart_forgets_all_but_the_check_in(clock: Clock) -> None:
    """Variables vanish and return; a check-in is a setting (A1.5)."""
    world = World(clock, push=True)
    world.room.book("Stand-up")
    world.room.check_in()
    seen: list[tuple[str, Any]] = []
    world.driver.listeners.append(lambda _, name, value: seen.append((name, value)))
    world.driver.restart(3)
    assert ("status", None) in seen
    assert world.status == {}
    with pytest.raises(ExecError) as caught:
        world.call("checkin")
    assert caught.value.error_code == 7
    seen.clear()
    world.wait(seconds=3)
    assert ("status", "busy") in seen
    assert world.status["last_booking_started"] == NINE


def test_a_check_in_of_the_far_future_is_dropped_on_load(clock: Clock) -> None:
    """Milliseconds from before D3 (A1.5)."""
    world = World(clock)
    world.driver.last_booking_started = NINE * 1000
    world.driver.restart(1)
    world.wait(seconds=1)
    assert "last_booking_started" not in world.status


def test_settings_are_variables(clock: Clock) -> None:
    """Those of A2; disable_book_now follows bookable where it is not set."""
    world = World(clock, bookable=False, room_capacity=4)
    status = world.status
    assert (status["bookable"], status["disable_book_now"]) == (False, True)
    assert (status["room_name"], status["room_capacity"]) == ("Fjord", 4)
    assert (status["pending_period"], status["min_duration"]) == (5, 15)
    assert status["show_qr_code"] is True
    world.driver.configure(Settings(pending_before=10, disable_book_now=False))
    assert (status["pending_before"], status["disable_book_now"]) == (10, False)
    world.wait(minutes=1)
    assert world.driver.polls == 2


def test_people(clock: Clock) -> None:
    """Counted, none, unknown; the driver does not act on them (A3)."""
    world = World(clock, release=D4)
    for people, presence, answer in (
        (3, True, 1.0),
        (0, False, 0.0),
        (None, None, None),
    ):
        world.room.sense(people)
        assert world.status["presence"] is presence
        assert world.call("people_present?") == answer
    world.room.sense(2, stale=True)
    assert world.status["sensor_stale"] is True
    with pytest.raises(ExecError):
        World(clock).call("people_present?")


def test_whole_days(clock: Clock) -> None:
    """As calendars give them, with an end, and without one (A1.8)."""
    midnight = clock().replace(hour=0)
    for ends in (True, False):
        world = World(clock, BASIC, push=True)
        world.room.book_day("Closed", midnight, ends=ends)
        assert world.status["current_booking"]["all_day"] is True
        assert world.status["all_day_event"] is not ends
        assert world.status["ending_at"] == NINE + 15 * 60 * MINUTE
        with pytest.raises(OccupiedError):
            world.room.move(
                world.room.book("Tomorrow", midnight + timedelta(days=1)), clock()
            )
        world.room.end()
        with pytest.raises(LookupError):
            world.room.end()


def test_private_events_are_passed_on(clock: Clock) -> None:
    """The driver redacts nothing; nil fields are omitted (A1.10, A4)."""
    world = World(clock, push=True)
    world.room.book("Secret", private=True, more={"recurring_event_id": "r1"})
    (record,) = world.status["bookings"]
    assert (record["title"], record["private"]) == ("Secret", True)
    assert (record["visibility"], record["recurring_event_id"]) == ("private", "r1")
    assert "location" not in record

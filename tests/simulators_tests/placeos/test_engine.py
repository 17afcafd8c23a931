"""The simulated Bookings driver against facts/placeos.md, section A."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import given, strategies as st
import pytest

from tests.simulators.placeos import (
    RELEASES,
    BookingsDriver,
    ExecError,
    Mailbox,
    OccupiedError,
    Release,
    Room,
    Settings,
    System,
    room_state,
)
from tests.simulators.xapi import Timers
from tests.simulators_tests.conftest import Clock

NINE = int(datetime(2026, 1, 1, 9, tzinfo=UTC).timestamp())
MINUTE = 60
D2, D2B, D3, D4 = (RELEASES[name] for name in ("D2", "D2b", "D3", "D4"))
BASIC = Settings(disable_end_meeting=True, pending_period=0)


class World:
    """A room with its timers."""

    def __init__(
        self,
        clock: Clock,
        settings: Settings | None = None,
        release: Release = D3,
        *,
        push: bool = False,
        **more: Any,
    ) -> None:
        """Load the driver at nine."""
        self.clock = clock
        self.timers = Timers()
        mailbox = Mailbox("fjord@example.com", clock, Random(1))
        self.driver = BookingsDriver(
            "mod-1",
            mailbox,
            settings or Settings(),
            release,
            clock=clock,
            timers=self.timers,
            random=Random(2),
            push=push,
            room_name="Fjord",
            users=("ada@example.com",),
            **more,
        )
        system = System("sys-1", "Fjord", NINE, modules=[self.driver])
        self.room = Room(system, mailbox, self.driver, clock)

    @property
    def status(self) -> dict[str, Any]:
        """The variables."""
        return self.driver.status

    def call(self, name: str, *args: Any) -> Any:
        """Exec a function as a plain user."""
        return self.driver.execute(name, list(args), support=False)

    def wait(self, **interval: float) -> None:
        """Let time pass."""
        self.clock.pass_by(**interval)
        self.timers.run_due(self.clock())


def event(start: int, minutes: int | None = 30, **more: Any) -> dict[str, Any]:
    """An event that starts so many minutes after nine."""
    begin = NINE + start * MINUTE
    body = {"event_start": begin, "id": f"e{start}", "host": "ada@example.com"}
    if minutes is not None:
        body["event_end"] = begin + minutes * MINUTE
    return body | more


def state(
    *events: dict[str, Any],
    last: int | None = None,
    settings: Settings | None = None,
    release: Release = D3,
    now: float = 0,
) -> dict[str, Any]:
    """The state so many minutes after nine, after a check-in to `last`."""
    return room_state(
        events,
        NINE + int(now * MINUTE),
        0 if last is None else NINE + last * MINUTE,
        settings or Settings(),
        release,
    )


def test_an_empty_room_is_free() -> None:
    """Nothing is booked, everything else is nil."""
    found = state()
    assert found["status"] == "free"
    assert not any(found[key] for key in found if key != "status")


def test_a_meeting_stays_pending_as_long_as_it_runs() -> None:
    """The driver itself never lets the pending state end (A1.1)."""
    for release in RELEASES.values():
        for ends in (False, True):
            settings = Settings(disable_end_meeting=ends)
            for now in (0, 5, 29.9):
                found = state(event(0), now=now, settings=settings, release=release)
                assert found["status"] == "pending"
                assert (found["booked"], found["in_use"]) == (True, False)


def test_only_one_setting_makes_it_busy_at_once() -> None:
    """Without disable_end_meeting it is pending even with no period (A1.2, V27)."""
    assert state(event(0), settings=BASIC)["status"] == "busy"
    assert state(event(0), settings=Settings(pending_period=0))["status"] == "pending"


def test_a_check_in_makes_it_busy() -> None:
    """What starts at or before the last check-in counts as checked in (A1.5)."""
    found = state(event(0), last=0)
    assert (found["status"], found["in_use"], found["pending"]) == (
        "busy",
        True,
        False,
    )
    assert state(event(-5), last=0)["in_use"]


def test_the_window_before_a_start_is_inclusive() -> None:
    """Pending from exactly `pending_before` on (A1.6, V03)."""
    assert state(event(5))["status"] == "pending"
    assert state(event(5), now=-0.1)["status"] == "free"


def test_an_early_check_in_makes_it_busy_with_nobody_current() -> None:
    """From D3 on (A1.4, V05); before, it stays pending."""
    found = state(event(5), last=5)
    assert (found["status"], found["booked"], found["in_use"]) == ("busy", True, True)
    assert found["current_booking"] is None
    assert state(event(5), last=5, release=D2)["status"] == "pending"


def test_in_use_and_pending_at_once() -> None:
    """A checked-in meeting with the next one near (A1.3, V13)."""
    found = state(event(0), event(32), last=0, now=28)
    assert (found["status"], found["booked"], found["in_use"]) == (
        "pending",
        True,
        True,
    )
    assert (found["current_pending"], found["next_pending"]) == (False, True)


def test_at_its_end_a_meeting_is_over() -> None:
    """Half open; nothing is previous where nothing follows (A1.6, V10)."""
    found = state(event(0), now=30)
    assert found["status"] == "free"
    assert found["previous_booking"] is None
    assert state(event(0), event(60), now=31)["previous_booking"]["id"] == "e0"


def test_back_to_back_needs_its_own_check_in() -> None:
    """At its start B is current and pending (A1.7, V15)."""
    found = state(event(0), event(30), last=0, now=30)
    assert (found["event_id"], found["status"]) == ("e30", "pending")


def test_of_overlapping_meetings_the_first_is_current() -> None:
    """The later one is next even when it runs or is over (A1.7, V17, V18)."""
    for now in (10, 20, 50):
        found = state(event(0, 60), event(10, 20), last=0, now=now)
        assert (found["event_id"], found["next_booking"]["id"]) == ("e0", "e10")
        assert found["next_pending"]
    assert not state(event(0, 60), event(10, 20), last=10, now=50)["next_pending"]


def test_without_an_end_it_is_all_day() -> None:
    """24 hours; with an end `all_day_event` is false (A1.8, V19, V20)."""
    found = state(event(0, None), event(60), now=61)
    assert found["all_day_event"]
    assert found["ending_at"] == NINE + 24 * 60 * MINUTE
    assert (found["event_id"], found["status"]) == ("e0", "pending")
    assert found["next_booking"]["id"] == "e60"
    assert state(event(0, 24 * 60))["all_day_event"] is False


def test_an_event_without_duration_is_never_current() -> None:
    """Zero length (A1.6, V21)."""
    assert state(event(0, 0), event(60))["current_booking"] is None


def test_a_cancelled_event_makes_the_room_booked() -> None:
    """The driver does not look at `status` (A1.9)."""
    assert state(event(0, status="cancelled"), settings=BASIC)["status"] == "busy"


def test_status_where_pending_is_disabled() -> None:
    """D2 says pending without being so (A1.12, V29)."""
    off = Settings(pending_period=0, pending_before=0)
    found = state(event(0), settings=off, release=D2)
    assert (found["status"], found["pending"], found["in_use"]) == (
        "pending",
        False,
        True,
    )
    for release in (D2B, D3, D4):
        assert state(event(0), settings=off, release=release)["status"] == "busy"


@given(
    st.lists(st.tuples(st.integers(-200, 200), st.integers(0, 120)), max_size=8),
    st.integers(-200, 200),
    st.integers(-300, 300),
    st.sampled_from(list(RELEASES.values())),
)
def test_the_variables_agree(
    slots: list[tuple[int, int]], now: int, last: int, release: Release
) -> None:
    """Whatever is booked, what is said of it fits together."""
    events = [event(start, minutes) for start, minutes in sorted(slots)]
    found = state(*events, now=now, last=last, release=release)
    assert found["pending"] == (found["current_pending"] or found["next_pending"])
    assert (found["status"] == "pending") == found["pending"]
    assert (found["status"] == "free") == (not found["booked"] and not found["pending"])
    assert found["in_use"] == (found["booked"] and not found["current_pending"])
    if found["current_booking"] is not None:
        assert found["booked"]
        assert found["started_at"] <= NINE + now * MINUTE < found["ending_at"]


# What the driver remembers and does


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

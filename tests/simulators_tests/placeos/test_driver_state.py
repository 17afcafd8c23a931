"""The state of a room by the simulated Bookings driver, against facts/placeos.md, A1."""

from hypothesis import given, strategies as st

from tests.simulators.placeos import RELEASES, Release, Settings

from .driver import BASIC, D2, D2B, D3, D4, MINUTE, NINE, event, state


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

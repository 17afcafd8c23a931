"""Whatever a network sends ends in a value."""

import asyncio
from datetime import UTC, datetime, timedelta
import json
from typing import Any

from hypothesis import given, settings, strategies as st

from custom_components.room_bookings.backends.placeos.channel import (
    ControlChannel,
    Variable,
)
from custom_components.room_bookings.backends.placeos.known import (
    VARIABLES,
    Known,
    events_of,
)
from custom_components.room_bookings.backends.placeos.wire import decoded, event
from custom_components.room_bookings.rooms.booking import Booking
from custom_components.room_bookings.rooms.room import Room, Verb
from custom_components.room_bookings.rooms.state import state_at
from custom_components.room_bookings.rooms.timetable import Timetable
from tests.backends.anything import ANY_JSON, assert_valid, spoilt
from tests.simulators.placeos import RELEASES, Settings, SimEvent, room_state

NOW = datetime(2026, 1, 1, 9, tzinfo=UTC)
EPOCH = int(NOW.timestamp())


@st.composite
def sim_events(draw: st.DrawFn) -> SimEvent:
    """An event as a mailbox may keep it."""
    start = EPOCH + 60 * draw(st.integers(-90, 90))
    return SimEvent(
        id=str(draw(st.uuids())),
        title=draw(st.text(max_size=10)),
        start=start,
        end=start + 60 * draw(st.integers(0, 120)),
        host="ada@example.com",
        room="fjord@example.com",
        created=start,
        updated=start,
        private=draw(st.booleans()),
        attendees=({"name": "Ada", "email": "ada@example.com"},),
    )


RECORDS = sim_events().map(SimEvent.wire).flatmap(spoilt) | ANY_JSON


@given(RECORDS)
def test_any_record_is_an_event_or_none(record: Any) -> None:
    """And an event is a sound booking."""
    if (found := event(record)) is not None:
        assert_valid(found.booking)


@given(st.lists(RECORDS, max_size=6) | ANY_JSON)
def test_any_list_is_events_in_order_or_none(value: Any) -> None:
    """Each with an id of its own."""
    found = asyncio.run(events_of(value))
    if found is None:
        return
    starts = [e.booking.start for e in found]
    assert starts == sorted(starts)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(VARIABLES),
            ANY_JSON | st.sampled_from(["free", "busy", "pending", 10**400, 1e308]),
        ),
        max_size=12,
    )
)
def test_any_values_make_a_room(told: list[tuple[str, Any]]) -> None:
    """Which has a state."""
    known = Known()
    for name, value in told:
        known = known.told(name, value)
    reported = known.reported(NOW)
    booking = Booking(id="b", start=NOW, end=NOW + timedelta(hours=1))  # type: ignore[arg-type]
    state = state_at(Timetable.of([booking]), NOW, known.rules, reported=reported)
    assert state.boundary is None or state.boundary > NOW
    assert known.people[0] is None or known.people[0] >= 0
    Room(id="r", name="r", verbs=frozenset(Verb), check_in=known.rules)  # type: ignore[arg-type]


class _Pipe:
    """A connection that brings these frames, and then nothing."""


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.binary(max_size=40)
        | ANY_JSON.map(lambda j: json.dumps(j).encode())
        | st.fixed_dictionaries(
            {
                "id": st.integers(0, 3) | ANY_JSON,
                "type": st.sampled_from(["notify", "success", "error"]) | ANY_JSON,
            },
            optional={
                "value": ANY_JSON,
                "meta": ANY_JSON,
                "error_code": st.integers(0, 9) | ANY_JSON,
                "msg": ANY_JSON,
            },
        ).map(lambda f: json.dumps(f).encode()),
        max_size=8,
    )
)
def test_any_frames_are_read(frames: list[bytes]) -> None:
    """And what is told is told of what was bound."""
    heard: list[Variable] = []

    async def on_value(variable: Variable, value: Any) -> None:
        await decoded(value)
        heard.append(variable)

    async def read() -> None:
        pipe: Any = _Pipe()
        channel = ControlChannel(pipe, on_value)
        bound = Variable("sys-1", "bookings")
        channel._variables[1] = bound
        for frame in frames:
            await channel._on_frame(frame)
        assert set(heard) <= {bound}

    asyncio.run(read())


@given(
    st.lists(sim_events(), max_size=5),
    st.integers(-30, 30),
    st.integers(0, 10),
    st.integers(0, 10),
    st.booleans(),
)
def test_what_checkin_would_take_is_what_the_driver_takes(
    listed: list[SimEvent], last: int, before: int, period: int, disabled: bool
) -> None:
    """The simulated one, written from the facts by somebody else."""
    wire = [e.wire() for e in sorted(listed, key=lambda e: e.start)]
    rules = Settings(
        disable_end_meeting=disabled, pending_period=period, pending_before=before
    )
    last_started = EPOCH + 60 * last
    truth = room_state(wire, EPOCH, last_started, rules, RELEASES["D3"])
    events = asyncio.run(events_of(wire)) if wire else ()
    assert events is not None
    known = Known().holding_events(events)
    for name, value in (
        ("disable_end_meeting", disabled),
        ("pending_period", period),
        ("pending_before", before),
        ("last_booking_started", last_started),
        ("status", truth["status"]),
    ):
        known = known.told(name, value)
    assert (known.rules is not None) is bool(before or period)
    if known.rules is None:
        return
    current, following = known.places(NOW)
    if truth["current_pending"]:
        expected = truth["current_booking"]["id"]
    elif truth["next_pending"]:
        expected = truth["next_booking"]["id"]
    else:
        expected = current.id if current is not None else None
    awaited = known.awaited(NOW)
    assert (awaited.id if awaited is not None else None) == expected
    if truth["next_booking"] is not None:
        assert following is not None
        assert following.id == truth["next_booking"]["id"]

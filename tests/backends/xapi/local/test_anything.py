"""Whatever a device says is a signal or nothing."""

from typing import Any

from hypothesis import given, settings, strategies as st

from custom_components.room_bookings.backends.signals import (
    BookingAdded,
    BookingRemoved,
    Disconnected,
    PeopleSeen,
)
from custom_components.room_bookings.backends.xapi.local.words import (
    device_signals,
    leaves,
)
from custom_components.room_bookings.backends.xapi.transport import (
    DeviceEvent,
    DeviceId,
    DeviceStatus,
)
from custom_components.room_bookings.backends.xapi.wire import counted, sensed
from tests.backends.anything import ANY_JSON
from tests.backends.listening import Ear
from tests.simulators.xapi import PROFILES

from .conftest import Near
from .connection import word


@settings(max_examples=150, deadline=None)
@given(
    ANY_JSON
    | st.fixed_dictionaries({"Id": ANY_JSON, "Event": ANY_JSON, "Status": ANY_JSON})
    | st.fixed_dictionaries({"Event": st.fixed_dictionaries({"Bookings": ANY_JSON})})
)
def test_any_words_make_signals_or_none(params: Any) -> None:
    """And never raise."""
    for signal in device_signals(
        DeviceId("x"), params if isinstance(params, dict) else {}
    ):
        match signal:
            case DeviceEvent(key=key):
                assert key.startswith("Bookings.")
            case DeviceStatus(updated=updated):
                assert updated
                assert not any(isinstance(v, dict | list) for v in updated.values())


@settings(max_examples=100, deadline=None)
@given(ANY_JSON)
def test_anything_counts_as_people_or_not(value: Any) -> None:
    """Never fewer than nobody."""
    count = counted(value)
    assert count is None or (count >= 0 and not isinstance(count, bool))
    assert sensed(value) in (None, True, False)


def test_what_is_absurdly_deep_is_left_out() -> None:
    """What is beside it is told."""
    deep: Any = 1
    for _ in range(500):
        deep = {"x": deep}
    assert dict(leaves({"a": deep, "b": {"c": 1}})) == {"b.c": 1}


async def test_any_words_leave_the_room_alone(near: Near) -> None:
    """Through the whole of the backend."""
    backend = await near.backend()
    async with Ear(backend.listen) as ear:
        odd: dict[str, Any] = {"Id": {}, "MeetingId": [], "Duration": "x"}
        values: list[Any] = [{}, None, "", 1, [], [{}], odd]
        for value in values:
            for event in sorted(PROFILES["roomos-26.4"].events):
                name = event.removeprefix("Bookings.")
                near.sim.send(word({"Event": {"Bookings": {name: value, "id": 1}}}))
            for leaf in ({"PeopleCount": value}, {"PeopleCount": {"Current": value}}):
                near.sim.send(word({"Status": {"RoomAnalytics": leaf}}))
            near.sim.send(word({"Status": {"Bookings": {"Current": {"Id": value}}}}))
        near.sim.set_people(7)
        await ear.until(PeopleSeen(near.room_id, 7, present=True))
        assert not ear.of(Disconnected, BookingRemoved, BookingAdded)

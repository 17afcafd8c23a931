"""Calendar, sensors and lists agree at every instant."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

from hypothesis import given, strategies as st

from custom_components.room_bookings.binary_sensor import BINARY_SENSORS
from custom_components.room_bookings.calendar import RoomCalendar
from custom_components.room_bookings.coordinator import RoomCoordinator
from custom_components.room_bookings.hub import Hub
from custom_components.room_bookings.rooms.booking import Booking, RoomId
from custom_components.room_bookings.rooms.day import Day
from custom_components.room_bookings.rooms.privacy import Titles, masked_timetable
from custom_components.room_bookings.rooms.room import Room
from custom_components.room_bookings.rooms.state import CheckInRules, state_at
from custom_components.room_bookings.rooms.timetable import Timetable
from custom_components.room_bookings.rooms.view import RoomView, booking_data
from custom_components.room_bookings.sensor import SENSORS
from homeassistant.components.calendar import CalendarEntityDescription, CalendarEvent
from homeassistant.const import STATE_ON
from homeassistant.util import dt as dt_util

from .builders import (
    LAST_END,
    MOMENT,
    MONDAY,
    MORNING,
    at,
    bookings,
    instants,
    meeting,
    minutes,
    room,
    rules,
    timetables,
)
from .by_definition import ByDefinition

FJORD = Room(id=RoomId("fjord"), name="Fjord", verbs=frozenset())


def view_at(
    timetable: Timetable, now: datetime, check_in: CheckInRules | None = None
) -> RoomView:
    """The room as everybody sees it."""
    return RoomView(
        room=FJORD,
        timetable=timetable,
        state=state_at(timetable, now, check_in),
        available=True,
        last_sync=MORNING,
        booked_today=Day(date=MONDAY).booked(timetable, dt_util.UTC),
        released_today=minutes(0.5),
        rules=check_in,
    )


def shown(titles: st.SearchStrategy[Titles]) -> st.SearchStrategy[Timetable]:
    """Timetables as people may see them."""
    return st.builds(masked_timetable, timetables(), titles)


views = shown(st.sampled_from(Titles))


def sensor(view: RoomView, key: str) -> tuple[object, Mapping[str, Any]]:
    """The state and attributes of a sensor."""
    (description,) = [d for d in SENSORS if d.key == key]
    attributes = description.attributes_fn
    return description.value_fn(view), attributes(view) if attributes else {}


def binary_sensor(view: RoomView, key: str) -> bool:
    """The state of a binary sensor."""
    (description,) = [d for d in BINARY_SENSORS if d.key == key]
    return bool(description.value_fn(view))


def as_unique_id(room_id: RoomId, key: str) -> str:
    """What an entity goes by in the registry."""
    return f"{room_id}_{key}"


def calendar(view: RoomView, now: datetime) -> tuple[bool, CalendarEvent | None]:
    """Whether the calendar is on, and its event."""
    coordinator = SimpleNamespace(room=view.room, data=view)
    entity = RoomCalendar(
        cast(Hub, SimpleNamespace(public_id=str, unique_id=as_unique_id)),
        cast(RoomCoordinator, coordinator),
        CalendarEntityDescription(key="bookings"),
    )
    with (
        patch.object(dt_util, "utcnow", lambda: now),
        patch.object(dt_util, "now", lambda: now),
    ):
        return entity.state == STATE_ON, entity.event


def get_bookings(
    view: RoomView, start: datetime, end: datetime
) -> list[dict[str, str | bool]]:
    """What the action answers."""
    return [booking_data(b) for b in view.timetable.between(start, end)]


def as_attributes(booking: Booking) -> dict[str, str | bool]:
    """A booking as sensors show it."""
    data = booking_data(booking)
    return {key: data[key] for key in data if key not in ("title", "status")}


@given(views, instants(), rules())
def test_sensors_show_what_the_contract_defines(
    timetable: Timetable, now: datetime, check_in: CheckInRules | None
) -> None:
    """Each its own part of one state."""
    view = view_at(timetable, now, check_in)
    truth = ByDefinition(tuple(timetable), check_in)
    until, coming = truth.until(now), truth.next(now)
    since = {"until": until.isoformat()} if until else {}
    assert sensor(view, "availability") == (truth.availability(now), since)
    assert sensor(view, "next_change") == (until, {})
    assert sensor(view, "next_start") == (coming.start if coming else None, {})
    assert binary_sensor(view, "booked") is bool(truth.running(now))
    assert binary_sensor(view, "in_use") is truth.in_use(now)
    for key, booking in (
        ("current_booking", truth.current(now)),
        ("next_booking", coming),
    ):
        title = booking.title if booking else None
        assert sensor(view, key) == (title, as_attributes(booking) if booking else {})


@given(views, instants(), rules())
def test_the_calendar_is_on_while_the_room_is_booked(
    timetable: Timetable, now: datetime, check_in: CheckInRules | None
) -> None:
    """And shows the current or the next booking, as the sensors do."""
    view = view_at(timetable, now, check_in)
    on, event = calendar(view, now)
    assert on is binary_sensor(view, "booked")
    assert not on or sensor(view, "availability")[0] != "free"
    state = view.state
    expected = state.current or state.next
    assert (event and (event.uid, event.summary, event.start, event.end)) == (
        expected and (expected.id, expected.title, expected.start, expected.end)
    )


@given(views, instants(), rules())
def test_the_list_holds_what_the_sensors_show(
    timetable: Timetable, now: datetime, check_in: CheckInRules | None
) -> None:
    """The same booking in the same words, and as running what is confirmed now."""
    view = view_at(timetable, now, check_in)
    today = get_bookings(view, now, LAST_END + minutes(1))
    this_moment = get_bookings(view, now, now + MOMENT)
    confirmed = [
        b for b in this_moment if b["status"] == "confirmed" and b["start"] != b["end"]
    ]
    assert confirmed == [booking_data(b) for b in view.state.running]
    assert bool(confirmed) is binary_sensor(view, "booked")
    for booking in filter(None, (view.state.current, view.state.next)):
        assert booking_data(booking) in today
    assert len(today) == len([b for b in timetable if b.end > now or b.start == now])


@given(views, instants(), instants(), rules())
def test_a_view_is_right_also_before_the_next_one_is_made(
    timetable: Timetable, one: datetime, other: datetime, check_in: CheckInRules | None
) -> None:
    """In the moment after a boundary, and long after it."""
    made, asked = sorted((one, other))
    view = view_at(timetable, made, check_in)
    for when in (asked, view.state.boundary or asked):
        assert view.state_at(when) == state_at(timetable, when, check_in)
        assert calendar(view, when) == calendar(view_at(timetable, when), when)


@given(views, instants(), st.integers(0, 48).map(lambda n: minutes(5 * n)))
def test_every_booking_is_listed_in_the_window_it_lies_in(
    timetable: Timetable, start: datetime, length: timedelta
) -> None:
    """Windows that follow on each other list all that the whole does."""
    view = view_at(timetable, start)
    middle = start + length
    end = middle + length
    one, other = get_bookings(view, start, middle), get_bookings(view, middle, end)
    whole = get_bookings(view, start, end)
    assert [b for b in whole if b in one or b in other] == whole


def test_a_long_title_is_cut_for_a_state_only() -> None:
    """A state has 255 characters; the list has the whole title."""
    long = meeting("long", "9:00", "10:00", title="x" * 300)
    view = view_at(room(long), at("9:00"))
    title, _ = sensor(view, "current_booking")
    assert title == "x" * 254 + "…"
    (listed,) = get_bookings(view, at("9:00"), at("10:00"))
    assert listed["title"] == long.title
    fitting = view_at(
        room(meeting("fits", "9:00", "10:00", title="x" * 255)), at("9:00")
    )
    assert sensor(fitting, "current_booking")[0] == "x" * 255


def test_what_was_booked_and_given_back_today_is_shown_in_minutes() -> None:
    """With the time of the last word from the system."""
    view = view_at(room(meeting("retro", "9:00", "10:00")), at("8:30"))
    assert sensor(view, "booked_today")[0] == 60
    assert sensor(view, "released_today")[0] == 0.5
    assert sensor(view, "last_sync")[0] == MORNING


@given(bookings())
def test_a_booking_in_words_says_all_that_automations_read(booking: Booking) -> None:
    """Times in UTC that can be read back; yes or no where the system may not have said."""
    data = booking_data(booking)
    assert list(data) == [
        "booking_id",
        "title",
        "organizer",
        "start",
        "end",
        "private",
        "status",
        "checked_in",
    ]
    assert datetime.fromisoformat(cast(str, data["start"])) == booking.start
    assert datetime.fromisoformat(cast(str, data["end"])) == booking.end
    assert (data["private"], data["checked_in"]) == (
        booking.private is True,
        booking.checked_in is True,
    )
    assert data["status"] in ("confirmed", "tentative")

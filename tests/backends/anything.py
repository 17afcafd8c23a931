"""Whatever a network may send: any JSON, and real records with something wrong in them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from custom_components.room_bookings.rooms.booking import Booking
from tests.simulators.xapi import SimBooking
from tests.simulators.xapi.events import created
from tests.simulators.xapi.record import booking_record

ANY_TEXT = st.text() | st.sampled_from(
    ["", " ", "True", "False", "0", "-1", "30", "9" * 30, "2026-01-01T10:00:00Z", "Free"]
)  # fmt: skip
ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from([10**400, -(10**400), 2**63, 1440, 30])
    | ANY_TEXT,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4)
    ),
    max_leaves=12,
)
ANY_TIME = st.one_of(
    st.datetimes(
        datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)
    ).map(lambda t: t.strftime("%Y-%m-%dT%H:%M:%SZ")),
    st.from_regex(
        r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,12})?(Z|[+-]\d\d:?\d\d)?",
        fullmatch=True,
    ),
)


@st.composite
def bookings(draw: st.DrawFn) -> SimBooking:
    """A booking as a device may keep it."""
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(
        seconds=draw(st.integers(-(10**7), 10**7))
    )
    uuid = str(draw(st.uuids()))
    return SimBooking(
        uuid=uuid,
        meeting_id=draw(st.sampled_from([uuid, "", str(draw(st.uuids()))])),
        title=draw(st.text(max_size=20)),
        start=start,
        end=start + timedelta(minutes=draw(st.integers(0, 1440))),
        organizer=draw(st.text(max_size=10)),
        private=draw(st.booleans()),
    )


@st.composite
def spoilt(draw: st.DrawFn, tree: Any) -> Any:
    """A tree with some of its parts replaced, left out or put in."""
    if isinstance(tree, dict):
        kept: dict[str, Any] = {}
        for key, value in tree.items():
            fate = draw(st.integers(0, 12))
            if fate == 0:
                continue
            if fate == 1:
                kept[key] = draw(ANY_JSON)
            elif fate == 2:
                kept[key] = draw(ANY_TIME | ANY_TEXT)
            elif fate == 3:
                kept[key] = str(value)
            elif fate == 4:
                kept[key] = [value]
            else:
                kept[key] = draw(spoilt(value))
        return kept
    if isinstance(tree, list):
        return [draw(spoilt(item)) for item in tree]
    return tree


@st.composite
def records(draw: st.DrawFn) -> dict[str, Any]:
    """A good record of a Bookings List."""
    return booking_record(draw(bookings()), f"webex-{draw(st.integers(1, 99))}")


@st.composite
def created_events(draw: st.DrawFn) -> dict[str, Any]:
    """A good BookingCreated."""
    return created(draw(bookings()), f"webex-{draw(st.integers(1, 99))}")


SPOILT_RECORDS = records().flatmap(spoilt) | ANY_JSON
SPOILT_EVENTS = created_events().flatmap(spoilt) | ANY_JSON


def assert_valid(booking: Booking) -> None:
    """Whatever it was made of, a booking is one."""
    assert isinstance(booking.id, str)
    assert booking.id
    assert booking.start.tzinfo is UTC
    assert booking.end.tzinfo is UTC
    assert booking.start <= booking.end
    assert booking.start.microsecond == booking.end.microsecond == 0
    assert isinstance(booking.title, str)
    assert isinstance(booking.organizer, str)
    assert booking.private in (None, True, False)
    assert booking.request_id is None or booking.request_id

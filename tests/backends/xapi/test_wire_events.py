"""What the xAPI wire tells: statuses, events and messages."""

from datetime import UTC
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.room_bookings.backends.signals import (
    BookingAdded,
    BookingRemoved,
    MeetingSeen,
    RoomStale,
)
from custom_components.room_bookings.backends.xapi.cloud.messages import (
    action_token,
    device_signals,
    next_address,
)
from custom_components.room_bookings.backends.xapi.events import event_signals
from custom_components.room_bookings.backends.xapi.transport import (
    DeviceEvent,
    DeviceStatus,
)
from custom_components.room_bookings.backends.xapi.wire import (
    WireIds,
    claimed,
    created_booking,
    named_ids,
)
from custom_components.room_bookings.rooms.booking import BookingId
from custom_components.room_bookings.rooms.claim import Claim
from tests.backends.anything import (
    ANY_JSON,
    ANY_TEXT,
    ANY_TIME,
    SPOILT_EVENTS,
    assert_valid,
)

from .captured import ROOM, at

# Availability


@pytest.mark.parametrize(
    ("status", "stamp", "known", "claim"),
    [
        ("Free", "", True, Claim(busy=False)),
        ("Free", "nonsense", True, Claim(busy=False)),
        (
            "FreeUntil",
            "2026-01-01T10:00:00Z",
            True,
            Claim(busy=False, until=at("2026-01-01T10:00:00")),
        ),
        (
            "BookedUntil",
            "2026-01-01T10:00:00Z",
            True,
            Claim(busy=True, until=at("2026-01-01T10:00:00")),
        ),
        (
            "BookedUntil",
            "2026-01-01T10:00:00Z",
            False,
            Claim(busy=True, until_known=False),
        ),
        ("BookedUntil", " ", True, Claim(busy=True, until_known=False)),
        ("Booked", "", True, None),
        (None, None, True, None),
    ],
)
def test_availability_is_a_claim(
    status: Any, stamp: Any, known: bool, claim: Claim | None
) -> None:
    """A word that is not known claims nothing."""
    assert claimed(status, stamp, time_known=known) == claim


@given(ANY_JSON, ANY_JSON | ANY_TIME, st.booleans())
def test_anything_is_a_claim_or_none(status: Any, stamp: Any, known: bool) -> None:
    """And never raises."""
    claim = claimed(status, stamp, time_known=known)
    assert claim is None or claim.until is None or claim.until.tzinfo is UTC


# Events


@settings(max_examples=150, deadline=None)
@given(
    key=ANY_TEXT
    | st.sampled_from(
        [
            f"{prefix}{name}"
            for prefix in ("Bookings.", "bookings.")
            for name in (
                "BookingCreated",
                "Deleted",
                "Start",
                "End",
                "SyncRequired",
                "Updated",
                "TimeRemaining",
            )
        ]
        + ["BootEvent"]
    ),
    value=SPOILT_EVENTS | st.lists(SPOILT_EVENTS, max_size=2),
    known=st.none() | st.just(BookingId("known")),
)
def test_any_event_is_signals_about_its_room(
    key: str, value: Any, known: BookingId | None
) -> None:
    """And never raises."""
    for signal in event_signals(ROOM, key, value, lambda _: known):
        assert signal.room_id == ROOM
        if isinstance(signal, BookingAdded):
            assert_valid(signal.booking)
            assert signal.booking.private is None
    created = created_booking(value)
    if created is not None:
        assert_valid(created.booking)
    ids = named_ids(value)
    assert isinstance(ids.id, str)
    assert isinstance(ids.meeting_id, str)


@pytest.mark.parametrize(
    ("key", "value", "signals"),
    [
        ("Bookings.SyncRequired", {}, [RoomStale(ROOM)]),
        ("Bookings.SyncRequired", [None], [RoomStale(ROOM)]),
        ("bookings.syncrequired", None, [RoomStale(ROOM)]),
        ("BootEvent", {"Action": "Restart"}, [RoomStale(ROOM)]),
        ("Bookings.BookingMoved", {"Id": "a"}, [RoomStale(ROOM)]),
        ("Bookings.Whatever", {}, [RoomStale(ROOM)]),
        ("Bookings.TimeRemaining", {"Id": "a", "Seconds": 3}, []),
        ("Bookings.StartTimeBuffer", {"Id": "a"}, []),
        ("UserInterface.Extensions.Panel.Clicked", {}, []),
        ("", None, []),
        (
            "Bookings.Deleted",
            {"Id": "a", "MeetingId": "m"},
            [BookingRemoved(ROOM, BookingId("m"))],
        ),
        ("Bookings.Deleted", {"Id": "unknown"}, [RoomStale(ROOM)]),
        (
            "Bookings.Start",
            {"Id": "a", "MeetingId": "m"},
            [MeetingSeen(ROOM, BookingId("m"), running=True)],
        ),
        ("Bookings.End", {"Id": "x"}, [MeetingSeen(ROOM, None, running=False)]),
        ("Bookings.BookingCreated", {"Id": "a"}, [RoomStale(ROOM)]),
    ],
)
def test_events_mean_what_the_facts_say(
    key: str, value: Any, signals: list[Any]
) -> None:
    """What is not understood means at most: list the room anew."""

    def resolve(ids: WireIds) -> BookingId | None:
        return BookingId(ids.meeting_id) if ids.meeting_id else None

    assert list(event_signals(ROOM, key, value, resolve)) == signals


def test_a_created_booking_waits_for_its_privacy() -> None:
    """The event does not tell it (facts 2)."""
    value = {
        "BookingRequestUUID": "u",
        "Duration": "30",
        "Id": "1",
        "MeetingId": "m",
        "OrganizerName": "",
        "OrganizerEmail": "a@b",
        "StartTime": "2026-01-01T10:00:00Z",
        "Title": "T",
        "id": 1,
    }
    created = created_booking(value)  # type: ignore[arg-type]
    assert created is not None
    assert created.booking.private is None
    assert created.booking.request_id == "u"
    assert created.booking.organizer == "a@b"
    assert created.booking.end == at("2026-01-01T10:30:00")
    assert created_booking(value | {"Duration": "long"}) is None  # type: ignore[arg-type]


# Messages of the cloud's queue


def test_messages_about_devices_are_signals() -> None:
    """In their order."""
    message: dict[str, Any] = {
        "type": "events",
        "deviceId": "d",
        "events": [{"key": "Bookings.Start", "value": [None]}, {"key": 5}, "x"],
    }
    assert list(device_signals(message)) == [
        DeviceEvent("d", "Bookings.Start", [None]),  # type: ignore[arg-type]
        DeviceEvent("d", "5", None),  # type: ignore[arg-type]
        DeviceEvent("d", "", None),  # type: ignore[arg-type]
    ]
    message = {
        "type": "status",
        "deviceId": "d",
        "changes": {"updated": {"a": 1}, "removed": ["b"]},
    }
    assert list(device_signals(message)) == [DeviceStatus("d", {"a": 1})]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "message",
    [
        {"type": "healthCheck"},
        {"type": "tomorrow", "deviceId": "d"},
        {"type": "events", "deviceId": "d"},
        {"type": "events", "events": [{"key": "Bookings.Start"}]},
        {"type": "status", "deviceId": "d", "changes": {"updated": {}, "removed": []}},
        {"type": "status", "deviceId": "d"},
        {},
    ],
)
def test_other_messages_say_nothing(message: dict[str, Any]) -> None:
    """Nor does one about no device."""
    assert not list(device_signals(message))


@settings(max_examples=100, deadline=None)
@given(
    message=st.dictionaries(ANY_TEXT, ANY_JSON, max_size=4),
    kind=st.sampled_from(["events", "status", "action"]) | ANY_JSON,
    body=ANY_JSON,
)
def test_any_message_is_read(message: dict[str, Any], kind: Any, body: Any) -> None:
    """And never raises."""
    message |= {"type": kind, "deviceId": "d"}
    for name in ("events", "changes", "jwt", "queue", "pollUrl"):
        message[name] = body
        for signal in device_signals(message):
            assert signal.device_id == "d"
        assert action_token(message) is None or kind == "action"
        assert isinstance(next_address(message), str)

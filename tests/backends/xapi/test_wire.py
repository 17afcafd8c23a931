"""Bookings on the xAPI wire: the captured shapes, and anything else."""

from datetime import UTC, datetime, timedelta
import json
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.room_bookings.backends.signals import (
    BookingAdded,
    BookingRemoved,
    MeetingSeen,
    RoomStale,
)
from custom_components.room_bookings.backends.xapi.capabilities import Capabilities
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
    as_bool,
    as_int,
    as_items,
    as_object,
    as_text,
    as_time,
    as_words,
    book_arguments,
    claimed,
    created_booking,
    listed_booking,
    listed_bookings,
    named_ids,
    wire_time,
)
from custom_components.room_bookings.rooms.booking import (
    BookingId,
    BookingRequest,
    RoomId,
)
from custom_components.room_bookings.rooms.claim import Claim
from custom_components.room_bookings.rooms.room import Verb
from tests.backends.anything import (
    ANY_JSON,
    ANY_TEXT,
    ANY_TIME,
    SPOILT_EVENTS,
    SPOILT_RECORDS,
    assert_valid,
    records,
)
from tests.simulators.xapi import PROFILES
from tests.simulators.xapi.schema import command_schemas

ROOM = RoomId("room")
# The capture of facts 1.4, shortened where nothing is read.
CAPTURED = json.loads(
    """{"Booking":[{"id":2,"Id":"webex-17","MeetingId":"ee185ae7-ac99-6162-8ba2-f0482bcda22c",
    "Title":"Google Meeting Test","Agenda":"","Privacy":"Private","MeetingPlatform":"GoogleMeet",
    "BookingStatus":"OK","BookingStatusMessage":"","Cancellable":"False","MaximumMeetingExtension":30,
    "Organizer":{"Email":"","FirstName":"Ada","Id":"be81be28","LastName":""},
    "Time":{"StartTime":"2022-05-16T18:37:00Z","StartTimeBuffer":300,"EndTime":"2022-05-16T19:37:00Z","EndTimeBuffer":0},
    "DialInfo":{"Calls":{"Call":[{"Number":"https://meet.google.com/","Protocol":"WebRTC","id":1}]}}}],
    "LastUpdated":"2022-05-16T18:44:59Z","ResultInfo":{"TotalRows":3},"status":"OK"}"""
)
# The body of a Put (facts 1.1), which some devices echo.
PUT = {
    "Id": "1",
    "Title": "t",
    "Number": "x@y",
    "Protocol": "SIP",
    "Organizer": {"Name": "n", "Email": "", "Id": ""},
    "Time": {"StartTime": "2026-01-01T10:00:00Z", "Duration": 60},
    "MeetingId": "",
    "Privacy": "Public",
}


def at(text: str) -> datetime:
    """A time in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# Records


def test_the_captured_record_is_a_booking() -> None:
    """Every part of it that a room needs."""
    (found,) = listed_bookings(CAPTURED)
    assert found.ids == WireIds(
        id="webex-17", meeting_id="ee185ae7-ac99-6162-8ba2-f0482bcda22c"
    )
    booking = found.booking
    assert booking.id == "ee185ae7-ac99-6162-8ba2-f0482bcda22c"
    assert (booking.start, booking.end) == (
        at("2022-05-16T18:37:00"),
        at("2022-05-16T19:37:00"),
    )
    assert (booking.title, booking.organizer) == ("Google Meeting Test", "Ada")
    assert booking.private is True
    assert booking.request_id is None


def test_a_record_with_a_duration_is_a_booking() -> None:
    """Without a meeting's id it goes by the device's own."""
    found = listed_booking(PUT)  # type: ignore[arg-type]
    assert found is not None
    assert found.booking.id == "1"
    assert found.booking.end - found.booking.start == timedelta(hours=1)
    assert found.booking.organizer == "n"
    assert found.booking.private is False


@pytest.mark.parametrize(
    ("privacy", "private"),
    [
        ("Public", False),
        ("public ", False),
        ("Private", True),
        ("Secret", True),
        ("", False),
        (None, False),
    ],
)
def test_whatever_is_not_public_is_private(privacy: Any, private: bool) -> None:
    """Only silence is public too (assumption `privacy`)."""
    found = listed_booking(PUT | {"Privacy": privacy})
    assert found is not None
    assert found.booking.private is private


@pytest.mark.parametrize(
    ("organizer", "name"),
    [
        ({"FirstName": "Ada", "LastName": "Lovelace", "Name": "x"}, "Ada Lovelace"),
        ({"FirstName": "", "LastName": "Lovelace"}, "Lovelace"),
        ({"Name": "Ada", "Email": "a@b"}, "Ada"),
        ({"Email": "a@b"}, "a@b"),
        ({}, ""),
        ("Ada", ""),
        (None, ""),
    ],
)
def test_an_organiser_has_a_name(organizer: Any, name: str) -> None:
    """The fullest that there is."""
    found = listed_booking(PUT | {"Organizer": organizer})
    assert found is not None
    assert found.booking.organizer == name


@pytest.mark.parametrize(
    "change",
    [
        {"Id": ""},
        {"Id": None},
        {"Id": ["1"]},
        {"Time": None},
        {"Time": {"StartTime": "soon", "Duration": 30}},
        {"Time": {"StartTime": "2026-01-01T10:00:00Z"}},
        {"Time": {"StartTime": "2026-01-01T10:00:00Z", "EndTime": "2026-01-01T09:00:00Z"}},
        {"Time": {"StartTime": "2026-01-01T10:00:00Z", "Duration": -1}},
        {"Time": {"StartTime": "2026-01-01T10:00:00Z", "Duration": 10**7}},
        {"Time": {"StartTime": "9999-12-31T10:00:00Z", "Duration": 1440}},
        {"Time": {"EndTime": "2026-01-01T10:00:00Z", "Duration": 30}},
    ],
)  # fmt: skip
def test_a_record_of_no_use_is_left_out(change: Any) -> None:
    """It has no name, or no times."""
    assert listed_booking(PUT | change) is None


@pytest.mark.parametrize(
    "result",
    [
        None,
        {},
        [],
        "",
        {"ResultInfo": {"TotalRows": 0}, "status": "OK"},
        {"Booking": None},
        {"Booking": ""},
        {"Booking": []},
    ],
)
def test_an_empty_list_has_no_bookings(result: Any) -> None:
    """The key is missing then (facts 1.4)."""
    assert not list(listed_bookings(result))


def test_a_single_record_is_a_list_of_one() -> None:
    """Some producers send it so (facts 1.4)."""
    assert len(list(listed_bookings({"Booking": PUT}))) == 1  # type: ignore[dict-item]


@settings(max_examples=150, deadline=None)
@given(record=SPOILT_RECORDS)
def test_any_record_is_a_booking_or_left_out(record: Any) -> None:
    """And never raises."""
    found = listed_booking(record)
    if found is not None:
        assert_valid(found.booking)
        assert found.ids.booking_id == found.booking.id


@settings(max_examples=150, deadline=None)
@given(good=st.lists(records(), max_size=4), bad=st.lists(SPOILT_RECORDS, max_size=4))
def test_one_bad_record_costs_only_itself(
    good: list[dict[str, Any]], bad: list[Any]
) -> None:
    """All good ones are found, in whatever company."""
    mixed = [*bad, *good]
    result = {"Booking": mixed, "ResultInfo": None, "status": ["OK"]}
    found = list(listed_bookings(result))  # type: ignore[arg-type]
    expected = [b for r in good if (b := listed_booking(r)) is not None]
    assert len(expected) == len(good)
    assert found[len(found) - len(expected) :] == expected


@settings(max_examples=80, deadline=None)
@given(result=ANY_JSON)
def test_any_list_is_bookings(result: Any) -> None:
    """Of whatever shape."""
    for found in listed_bookings(result):
        assert_valid(found.booking)


# Small values


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-01-01T10:00:00Z", "2026-01-01T10:00:00"),
        (" 2026-01-01T10:00:00Z ", "2026-01-01T10:00:00"),
        ("2026-01-01 10:00:00", "2026-01-01T10:00:00"),
        ("2026-01-01T10:00:00.123456789Z", "2026-01-01T10:00:00"),
        ("2026-01-01T10:00:00+02:00", "2026-01-01T08:00:00"),
        ("2026-01-01T10:00:00-0230", "2026-01-01T12:30:00"),
        ("", None),
        (" ", None),
        ("2026-01-01T10:00Z", None),
        ("2026-02-30T10:00:00Z", None),
        ("2026-01-01T24:30:00Z", None),
        ("2026-01-01T10:00:60Z", None),
        ("0000-01-01T10:00:00Z", None),
        ("0001-01-01T00:00:00+01:00", None),
        ("9999-12-31T23:00:00-02:00", None),
        ("2026-01-01T10:00:00+99:00", None),
        ("٢٠٢٦-01-01T10:00:00Z", None),
        ("2026-01-01T10:00:00.1234567890Z", None),
        (1767261600, None),
        (None, None),
        (["2026-01-01T10:00:00Z"], None),
    ],
)
def test_times_are_utc_and_whole_seconds(text: Any, time: str | None) -> None:
    """What is no time is None."""
    assert as_time(text) == (at(time) if time else None)


@settings(max_examples=150)
@given(text=ANY_TIME | ANY_JSON)
def test_anything_is_a_time_or_none(text: Any) -> None:
    """And never raises."""
    time = as_time(text)
    assert time is None or (time.tzinfo is UTC and time.microsecond == 0)


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)))
def test_a_time_survives_the_wire(time: datetime) -> None:
    """But for its fraction of a second."""
    assert as_time(wire_time(time)) == time.replace(microsecond=0)


@settings(max_examples=100)
@given(value=ANY_JSON)
def test_anything_has_a_text_a_number_a_truth_and_items(value: Any) -> None:
    """Or none of it."""
    assert isinstance(as_text(value), str)
    assert as_text(value) == as_text(value).strip()
    assert as_words(value).isprintable()
    assert len(as_words(value)) <= 300
    assert isinstance(as_int(value), int | None)
    assert as_bool(value) in (None, True, False)
    assert isinstance(as_items(value), list)
    assert isinstance(as_object(value), dict)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (5, 5),
        ("5", 5),
        (" -5 ", -5),
        ("5.0", None),
        (5.0, None),
        (True, None),
        ("٥", None),
        ("9" * 13, None),
        ("", None),
        (None, None),
    ],
)
def test_a_number_may_be_written_as_text(value: Any, number: int | None) -> None:
    """Some producers do (facts 1.4)."""
    assert as_int(value) == number


@pytest.mark.parametrize(
    ("value", "truth"),
    [("True", True), ("false", False), (True, True), ("yes", None), (1, None)],
)
def test_a_truth_may_be_a_word(value: Any, truth: bool | None) -> None:
    """It usually is (facts 1.4)."""
    assert as_bool(value) is truth


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


# Capabilities


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_a_schema_tells_what_a_device_can(name: str) -> None:
    """As the cloud tells it (facts 6.2)."""
    schema: dict[str, Any] = {"commands": command_schemas(PROFILES[name])}
    able = Capabilities.of_schema(schema)
    assert able is not None
    assert able.lists
    assert able.verbs >= {Verb.BOOK, Verb.DELETE, Verb.END_MEETING}
    assert able.takes("book", "BookingRequestUUID")
    assert able.takes("delete", "BookingRequestUUID") is name.startswith("phoneos")
    assert able.takes("list", "Offset")
    assert not able.takes("nothing", "like it")


def test_a_device_without_a_schema_is_taken_for_a_phone() -> None:
    """Assumption `phone_commands`."""
    able = Capabilities()
    assert able.lists
    assert able.verbs == {Verb.BOOK, Verb.DELETE, Verb.END_MEETING}
    assert Capabilities.of_schema({"commands": {}}) is None
    assert Capabilities.of_schema({}) is None


@settings(max_examples=80)
@given(schema=st.dictionaries(ANY_TEXT, ANY_JSON), commands=ANY_JSON)
def test_any_schema_is_capabilities_or_none(
    schema: dict[str, Any], commands: Any
) -> None:
    """And never raises."""
    able = Capabilities.of_schema(schema | {"commands": commands})
    assert able is None or isinstance(able.verbs, frozenset)


# Book


def test_a_request_goes_out_as_whole_seconds_and_minutes() -> None:
    """With what is told about the organiser, and no more."""
    start = datetime.fromisoformat("2026-01-01T12:00:00+02:00")
    request = BookingRequest(
        request_id="u",
        title="T",
        start=start,
        end=start + timedelta(minutes=45),
    )
    arguments = {
        "BookingRequestUUID": "u",
        "StartTime": "2026-01-01T10:00:00Z",
        "Duration": 45,
        "Title": "T",
    }
    assert book_arguments(request) == arguments
    told = BookingRequest(
        request_id="u",
        title="T",
        start=request.start,
        end=request.end,
        organizer_name="Ada",
        organizer_email="a@b",
    )
    assert book_arguments(told) == arguments | {
        "OrganizerName": "Ada",
        "OrganizerEmail": "a@b",
    }

"""Records of bookings on the xAPI wire: the captured shapes, and anything else."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.room_bookings.backends.xapi.wire import (
    WireIds,
    as_bool,
    as_int,
    as_items,
    as_object,
    as_text,
    as_time,
    as_words,
    listed_booking,
    listed_bookings,
    wire_time,
)
from tests.backends.anything import (
    ANY_JSON,
    ANY_TIME,
    SPOILT_RECORDS,
    assert_valid,
    records,
)

from .captured import CAPTURED, PUT, at

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

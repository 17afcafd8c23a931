"""What a device can do, and what goes out to it."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.room_bookings.backends.xapi.capabilities import Capabilities
from custom_components.room_bookings.backends.xapi.wire import book_arguments
from custom_components.room_bookings.rooms.booking import BookingRequest
from custom_components.room_bookings.rooms.room import Verb
from tests.backends.anything import ANY_JSON, ANY_TEXT
from tests.simulators.xapi import PROFILES
from tests.simulators.xapi.schema import command_schemas

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

"""Whatever a device answers or tells is a value or a typed error."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings, strategies as st

from custom_components.room_bookings.backends.signals import BookingAdded, Connected
from custom_components.room_bookings.backends.xapi.backend import XapiBackend
from custom_components.room_bookings.backends.xapi.capabilities import Capabilities
from custom_components.room_bookings.backends.xapi.transport import (
    Device as WireDevice,
    DeviceEvent,
    DeviceId,
    DeviceStatus,
    EmitTransport,
    EquippedRoom,
    TransportSignal,
)
from custom_components.room_bookings.backends.xapi.wire import Json
from custom_components.room_bookings.rooms.booking import (
    Booking,
    BookingId,
    BookingRequest,
    RoomId,
)
from custom_components.room_bookings.rooms.errors import RoomError
from custom_components.room_bookings.rooms.room import Room
from tests.backends.anything import SPOILT_RECORDS, assert_valid

from .asking import HALF_HOUR


class OneRoom:
    """A transport to one device that answers what it is told to."""

    def __init__(self, answer: Json = None) -> None:
        """Answer this to every command."""
        self.answer = answer
        self.say: EmitTransport | None = None

    async def connect(self) -> None:
        """Nothing to do."""

    async def close(self) -> None:
        """Nothing to do."""

    async def listen(self, emit: EmitTransport) -> None:
        """Keep it for the test."""
        self.say = emit

    async def rooms(self) -> list[EquippedRoom]:
        """The room `r` with the device `d`."""
        able = Capabilities()
        room = Room(id=RoomId("r"), name="R", verbs=able.verbs)
        device = WireDevice(id=DeviceId("d"), capabilities=able)
        return [EquippedRoom(room=room, devices=(device,))]

    async def command(self, *_: Any, **__: Any) -> Json:
        """The answer."""
        return self.answer

    async def status(self, *_: Any) -> dict[str, Json]:
        """Nothing."""
        return {}

    async def obstacle(self, *_: Any) -> None:
        """None."""


@contextmanager
def only_room_errors() -> Iterator[None]:
    """Anything else fails the test."""
    try:
        yield
    except RoomError:
        return


@settings(max_examples=60, deadline=None)
@given(
    answer=st.one_of(
        SPOILT_RECORDS,
        st.builds(
            lambda r, total: {"Booking": r, "ResultInfo": {"TotalRows": total}},
            st.lists(SPOILT_RECORDS, max_size=3),
            st.sampled_from([0, 1, 3, 10**9, "3", None, -1, [], "many"]),
        ),
    )
)
async def test_any_answer_of_a_device_is_bookings_or_a_typed_error(answer: Any) -> None:
    """For every verb."""
    transport = OneRoom(answer)
    now = datetime(2026, 1, 1, 9, tzinfo=UTC)
    backend = XapiBackend(transport, lambda: now)
    room_id = (await backend.rooms())[0].id
    wish = BookingRequest(request_id="u", title="T", start=now, end=now + HALF_HOUR)
    booking = Booking(id=BookingId("u"), start=now, end=now + HALF_HOUR)
    for expected in ((), {BookingId("x")}, None):
        with only_room_errors():
            far = datetime(9999, 12, 31, tzinfo=UTC)
            early = datetime(1, 1, 1, tzinfo=UTC)
            for found in await backend.bookings(room_id, early, far, expected):
                assert_valid(found)
            await backend.bookings(room_id, early, now, expected)
    with only_room_errors():
        await backend.prove(room_id)
    with only_room_errors():
        await backend.book([room_id], wish)
    with only_room_errors():
        await backend.end_meeting(room_id, booking)


@settings(max_examples=80, deadline=None)
@given(
    words=st.lists(
        st.one_of(
            st.builds(
                DeviceEvent,
                st.sampled_from(["d", "stranger", ""]),
                st.sampled_from(
                    [
                        "Bookings.BookingCreated",
                        "Bookings.Deleted",
                        "Bookings.Start",
                        "Bookings.SyncRequired",
                        "BootEvent",
                        "Other",
                        "",
                    ]
                ),
                SPOILT_RECORDS,
            ),
            st.builds(
                DeviceStatus,
                st.sampled_from(["d", "stranger"]),
                st.dictionaries(
                    st.sampled_from(
                        [
                            "Bookings.Availability.Status",
                            "bookings.availability.timestamp",
                            "Bookings.Current.Id",
                            "Other",
                        ]
                    ),
                    SPOILT_RECORDS
                    | st.sampled_from(["Free", "BookedUntil", "2026-01-01T10:00:00Z"]),
                ),
            ),
            st.just(Connected()),
        ),
        max_size=6,
    )
)
async def test_any_words_of_devices_are_signals(words: list[TransportSignal]) -> None:
    """In whatever order they come."""
    transport = OneRoom()
    backend = XapiBackend(transport)
    await backend.rooms()
    heard: list[Any] = []
    await backend.listen(heard.append)
    assert transport.say is not None
    for word in words:
        transport.say(word)
    for signal in heard:
        if isinstance(signal, BookingAdded):
            assert_valid(signal.booking)
        assert getattr(signal, "room_id", "r") == "r"

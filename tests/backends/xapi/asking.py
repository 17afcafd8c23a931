"""What tests ask of a backend, and how they compare its answers."""

from datetime import timedelta
from typing import Any

from custom_components.room_bookings.backends.xapi.backend import XapiBackend
from custom_components.room_bookings.rooms.booking import (
    Booking,
    BookingRequest,
    RoomId,
)
from tests.backends.xapi.conftest import Rig
from tests.simulators.xapi import SimBooking, Workspace

DAY = timedelta(days=1)
HALF_HOUR = timedelta(minutes=30)


def request(rig: Rig, **changes: Any) -> BookingRequest:
    """A wish for half an hour from now."""
    wish: dict[str, Any] = {
        "request_id": "0c1d0000-0000-4000-8000-000000000001",
        "title": "Standup",
        "start": rig.clock(),
        "end": rig.clock() + HALF_HOUR,
    }
    return BookingRequest(**(wish | changes))


async def opened(rig: Rig) -> XapiBackend:
    """A backend that is connected and knows its rooms."""
    backend = rig.backend()
    await backend.connect()
    await backend.rooms()
    return backend


async def listed(
    backend: XapiBackend, rig: Rig, workspace: Workspace, days: int = 30, **how: Any
) -> list[Booking]:
    """The bookings of a room from two hours ago on."""
    start = rig.clock() - timedelta(hours=2)
    room_id = RoomId(workspace.id)
    end = rig.clock() + days * DAY
    return list(await backend.bookings(room_id, start, end, **how))


def lists(rig: Rig) -> list[dict[str, Any]]:
    """The arguments of every Bookings List."""
    found = rig.sim.requests.of(command="Bookings.List")
    return [dict(r.arguments or {}) for r in found]


def as_known(booking: SimBooking) -> tuple[Any, ...]:
    """What two sides must agree on about a booking."""
    return (
        booking.meeting_id,
        booking.start,
        booking.end,
        booking.title,
        booking.private,
    )


def as_found(booking: Booking) -> tuple[Any, ...]:
    """The same of the other side."""
    return (booking.id, booking.start, booking.end, booking.title, booking.private)

"""What tests of the verbs wish for, and what was done."""

from datetime import timedelta
from typing import Any

from custom_components.room_bookings.backends.xapi.backend import XapiBackend
from custom_components.room_bookings.rooms.booking import Booking, BookingRequest

from .conftest import Near

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
UUID = "0c1d0000-0000-4000-8000-000000000001"


def wish(near: Near, **changes: Any) -> BookingRequest:
    """Half an hour from now."""
    known: dict[str, Any] = {
        "request_id": UUID,
        "title": "Standup",
        "start": near.clock(),
        "end": near.clock() + 30 * MINUTE,
    }
    return BookingRequest(**(known | changes))


async def listed(backend: XapiBackend, near: Near) -> list[Booking]:
    """The bookings of two days."""
    now = near.clock()
    return list(await backend.bookings(near.room_id, now - DAY, now + 2 * DAY))


async def with_one(near: Near) -> tuple[XapiBackend, Booking]:
    """A backend that has listed a booking, made at its device just now."""
    backend = await near.backend()
    near.sim.book_locally("A")
    (booking,) = await listed(backend, near)
    return backend, booking


def told(near: Near) -> list[str]:
    """The commands that change something, in order."""
    return [
        r.command.removeprefix("Bookings.")
        for r in near.sim.requests
        if r.command and r.command != "Bookings.List"
    ]

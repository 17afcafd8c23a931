"""A booking that was made from here."""

from typing import Any

from custom_components.room_bookings.backends.tms.backend import TmsBackend
from custom_components.room_bookings.rooms.booking import Booking

from .conftest import AURORA, Rig


async def booked(
    rig: Rig, backend: TmsBackend, start: float = 1, end: float = 2, **changes: Any
) -> Booking:
    """A booking of one room that was made from here."""
    return await backend.book([AURORA], rig.request(start, end, **changes))

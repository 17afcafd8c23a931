"""What tests of the verbs ask of rooms, and of which."""

from datetime import timedelta

import pytest

from custom_components.room_bookings.backends.placeos.backend import PlaceosBackend
from custom_components.room_bookings.rooms.booking import (
    Booking,
    BookingRequest,
    RoomId,
)
from tests.simulators.placeos import Room

from .conftest import Rig

EVERY_RELEASE = pytest.mark.parametrize("release", ["D2", "D2b", "D3", "D4"])
PATIENT = {"push": False}
SECOND = timedelta(seconds=1)


async def book(
    backend: PlaceosBackend, room: Room, request: BookingRequest
) -> Booking | None:
    """Ask for a booking."""
    return await backend.book([RoomId(room.id)], request)


async def first(rig: Rig, backend: PlaceosBackend, room: Room) -> Booking:
    """The first booking that is known."""
    return (await rig.listed(backend, room))[0]

"""What the parts share that walk through Cisco devices, which keep their bookings themselves."""

from typing import Any, override

from demo.systems.xapi import Booking, Devices

from .part import Part
from .verbs import RoomVerbs


async def empty(part: Part[Any]) -> None:
    """Have nothing booked at the room's device, nor in Home Assistant."""
    await part.system.clear(part.room)
    await part.scene.reaches(part.room, "sensor", "availability", "free")
    await part.scene.reaches(part.room, "sensor", "next_booking", "unknown")


class DeviceVerbs[DevicesT: Devices](RoomVerbs[DevicesT, Booking]):
    """A person, an automation and a dashboard work with a device's room."""

    where = "the device"

    @override
    async def taken(self, title: str) -> list[Booking]:
        """Return what the device has under a title."""
        bookings = await self.system.bookings(self.room)
        return [booking for booking in bookings if booking.title == title]

"""What people do at the simulated Cisco devices, which keep their bookings themselves."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self, override

from .simulated import Simulated, local_now

WALK_IN_SECONDS = 45


@dataclass(frozen=True, kw_only=True)
class Booking:
    """A booking as the devices have it: the truth."""

    uuid: str
    title: str
    start: datetime
    end: datetime
    organizer: str
    private: bool
    origin: str

    @classmethod
    def from_control(cls, booking: dict[str, Any]) -> Self:
        """Return the booking of the control API's JSON."""
        return cls(
            uuid=booking["uuid"],
            title=booking["title"],
            start=datetime.fromisoformat(booking["start"]),
            end=datetime.fromisoformat(booking["end"]),
            organizer=booking["organizer"],
            private=booking["private"],
            origin=booking["origin"],
        )


class Devices(Simulated):
    """Rooms with devices, the bookings of which are the truth."""

    matched = "command"

    @property
    @override
    def rooms(self) -> list[str]:
        """The names of its rooms."""
        return list(self._about["workspaces"])

    # What people do at a device, and what they see there

    async def bookings(self, room: str) -> list[Booking]:
        """Return the room's bookings, past ones too."""
        answer = await self.control("GET", f"/workspaces/{room}")
        return [Booking.from_control(booking) for booking in answer["bookings"]]

    async def current(self, room: str) -> Booking | None:
        """Return the room's running booking."""
        answer = await self.control("GET", f"/workspaces/{room}")
        return answer["current"] and Booking.from_control(answer["current"])

    async def book(
        self,
        room: str,
        title: str,
        *,
        start: float = 0,
        minutes: float = 30,
        **more: Any,
    ) -> None:
        """Book at the device; start is in minutes from now."""
        body = {"title": title, "start": start, "minutes": minutes, **more}
        await self.control("POST", f"/workspaces/{room}/book", body)

    async def edit(self, room: str, booking: str, **changes: Any) -> None:
        """Change a booking at the device."""
        await self.control(
            "POST", f"/workspaces/{room}/edit", {"booking": booking, **changes}
        )

    async def delete(self, room: str, booking: str) -> None:
        """Delete a booking at the device."""
        await self.control("POST", f"/workspaces/{room}/delete", {"booking": booking})

    async def clear(self, room: str) -> None:
        """Delete at the device whatever has not ended."""
        now = await self.now()
        for booking in await self.bookings(room):
            if booking.end > now:
                await self.delete(room, booking.uuid)

    @override
    async def live(self) -> None:
        """Let somebody walk in and book a free room now and then, and leave again."""
        while True:
            for room in self.rooms:
                await asyncio.sleep(WALK_IN_SECONDS)
                current = await self.current(room)
                if current and current.title == "Walk-in":
                    await self.delete(room, "current")
                elif not current:
                    await self._walk_in(room)

    async def _walk_in(self, room: str) -> None:
        upcoming = [b for b in await self.bookings(room) if b.start > local_now()]
        free = min(
            ((b.start - local_now()).total_seconds() / 60 for b in upcoming), default=60
        )
        if free >= 10:
            await self.book(room, "Walk-in", minutes=min(15, int(free)))

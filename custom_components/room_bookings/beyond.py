"""Bookings further ahead than the hub holds, fetched when a calendar asks for them."""

import asyncio
from datetime import datetime, timedelta
from typing import Final

from homeassistant.util import dt as dt_util

from .backends.backend import Backend
from .rooms.booking import RoomId
from .rooms.timetable import Timetable

# Calendars ask again after every change; the far future does not move that fast.
_GOOD_FOR: Final = timedelta(minutes=1)


class Beyond:
    """Fetches, coalesces and remembers for a minute."""

    def __init__(self, backend: Backend) -> None:
        """Know nothing yet."""
        self._backend = backend
        self._known: dict[RoomId, tuple[datetime, datetime, datetime, Timetable]] = {}
        self._locks: dict[RoomId, asyncio.Lock] = {}

    def forget(self, room_id: RoomId) -> None:
        """Something changed in the room."""
        self._known.pop(room_id, None)

    async def bookings(
        self, room_id: RoomId, start: datetime, end: datetime
    ) -> Timetable:
        """What the system holds for a room in [start, end) at least; raises RoomError."""
        async with self._locks.setdefault(room_id, asyncio.Lock()):
            now = dt_util.utcnow()
            if room_id in self._known:
                asked_at, since, until, timetable = self._known[room_id]
                if now - asked_at < _GOOD_FOR and since <= start and end <= until:
                    return timetable
            found = await self._backend.bookings(room_id, start, end, urgent=True)
            timetable = Timetable.of(found)
            self._known[room_id] = (now, start, end, timetable)
            return timetable

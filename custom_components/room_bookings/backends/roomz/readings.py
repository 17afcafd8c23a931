"""What was last read of each room, and when to look again.

A list that is word for word the last one is not parsed again. What was read is good
until the room is due: at each start and end that is known of it, at the latest after
a while.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from heapq import heappop, heappush
from itertools import batched, count
from typing import Final

from ...rooms.booking import Booking, RoomId
from ...rooms.errors import UnreachableError
from ...rooms.room import Room
from ..parsing import Json, parsed
from .client import RoomzClient
from .wire import is_cancelled, listed_rooms, meeting, named_apart, wire_time

# Every reading covers this much, more than anybody holds: so readings can be compared, and
# one that began long ago is listed also where a window is about starts (assumption `window`).
_BEHIND: Final = timedelta(hours=26)
_AHEAD: Final = timedelta(days=31)
# Records read in one go: 1 ms on a server, 5 ms on a small board.
_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The bookings of a room in [start, end) as the server had them at `at` (all UTC)."""

    at: datetime
    start: datetime
    end: datetime
    digest: bytes = field(repr=False)
    bookings: tuple[Booking, ...] = field(repr=False)

    def between(self, start: datetime, end: datetime) -> tuple[Booking, ...]:
        """The bookings that share any time with [start, end)."""
        return tuple(b for b in self.bookings if b.overlaps(start, end))

    def covers(self, start: datetime, end: datetime) -> bool:
        """Whether it knows all about this time."""
        return self.start <= start and end <= self.end

    def due(self, every: timedelta) -> datetime:
        """When to look again: at the first edge since, at the latest after `every`."""
        edges = (t for b in self.bookings for t in (b.start, b.end) if t > self.at)
        return min(min(edges, default=self.at + every), self.at + every)

    def differs(self, other: Reading) -> bool:
        """Whether what is not over is other than it was, where both look."""
        since, until = max(self.at, other.at), min(self.end, other.end)
        return set(self.between(since, until)) != set(other.between(since, until))


class Readings:
    """Reads rooms and remembers what it read.

    `on_change` hears of a room that is not as it was known.
    """

    def __init__(
        self,
        client: RoomzClient,
        clock: Callable[[], datetime],
        every: timedelta,
        on_change: Callable[[RoomId], None],
    ) -> None:
        """Know nothing yet."""
        self._client = client
        self._clock = clock
        self._every = every
        self._on_change = on_change
        self._last: dict[RoomId, Reading] = {}
        self._good: dict[RoomId, Reading] = {}
        self._due: list[tuple[datetime, int, RoomId, Reading]] = []
        # A reading that began before this one replaced it, or made it obsolete, is too old.
        self._newest: dict[RoomId, int] = {}
        self._order = count()
        # Those that nobody looked at since all had been looked at.
        self._unseen: set[RoomId] = set()

    # Rooms

    async def rooms(self) -> list[Room]:
        """All rooms; those that are no longer listed are forgotten."""
        rooms = await self.prove()
        for room_id in self._newest.keys() - {room.id for room in rooms}:
            self.forget(room_id)
            self._last.pop(room_id, None)
            del self._newest[room_id]
        return rooms

    async def prove(self) -> list[Room]:
        """All rooms, and proof that the server answers."""
        records = await self._records(await self._client.rooms())
        rooms = list(listed_rooms(records))
        if records and not rooms:
            # Not some bad records: an answer that cannot be read.
            raise UnreachableError("a list of rooms that cannot be read")
        return rooms

    # Meetings

    def good(self, room_id: RoomId) -> Reading | None:
        """What is known of a room, unless it is time to look again."""
        reading = self._good.get(room_id)
        if reading is not None and self._clock() - reading.at > self._every:
            return None
        return reading

    async def read(
        self,
        room_id: RoomId,
        start: datetime | None = None,
        end: datetime | None = None,
        *,
        urgent: bool = False,
    ) -> Reading:
        """Ask the server, for [start, end) at least."""
        number = next(self._order)
        self._newest.setdefault(room_id, number)
        now = self._clock().replace(microsecond=0)
        since = min(start or now, now - _BEHIND)
        until = max(end or now, now + _AHEAD)
        at = self._clock()
        body = await self._client.meetings(
            room_id, wire_time(since), wire_time(until), urgent=urgent
        )
        digest = blake2b(body, digest_size=16).digest()
        before = self._last.get(room_id)
        if before is not None and before.digest == digest:
            bookings = before.bookings
        else:
            bookings = await self._bookings(body)
        reading = Reading(
            at=at, start=since, end=until, digest=digest, bookings=bookings
        )
        if number >= self._newest.get(room_id, number + 1):
            self._keep(room_id, reading, number)
        return reading

    def forget(self, room_id: RoomId) -> None:
        """What was read is no longer true, nor what is being read right now."""
        self._good.pop(room_id, None)
        self._unseen.discard(room_id)
        if room_id in self._newest:
            self._newest[room_id] = next(self._order)

    def forget_all(self) -> None:
        """Nothing is known to be true any more."""
        for room_id in tuple(self._newest):
            self.forget(room_id)

    # When to look again

    def schedule(self, room_id: RoomId) -> None:
        """Have a room looked at when what is known of it is due."""
        if (reading := self._good.get(room_id)) is not None:
            due = reading.due(self._every)
            heappush(self._due, (due, next(self._order), room_id, reading))

    def take_due(self, most: int) -> list[RoomId]:
        """The rooms whose time has come, the first `most`; each once for each reading."""
        now = self._clock()
        due: list[RoomId] = []
        while (
            self._due
            and len(due) < most
            and (self._obsolete() or self._due[0][0] <= now)
        ):
            _, _, room_id, reading = heappop(self._due)
            if self._good.get(room_id) is reading:
                due.append(room_id)
        return due

    def next_due(self) -> datetime | None:
        """When the next room is due."""
        while self._due and self._obsolete():
            heappop(self._due)
        return self._due[0][0] if self._due else None

    def all_seen(self) -> bool:
        """Whether every room was looked at since this was last true."""
        if self._unseen:
            return False
        self._unseen = set(self._good)
        return True

    def _obsolete(self) -> bool:
        _, _, room_id, reading = self._due[0]
        return self._good.get(room_id) is not reading

    # Reading

    def _keep(self, room_id: RoomId, reading: Reading, number: int) -> None:
        before = self._last.get(room_id)
        self._newest[room_id] = number
        self._last[room_id] = self._good[room_id] = reading
        self._unseen.discard(room_id)
        self.schedule(room_id)
        if before is not None and before.bookings is not reading.bookings:
            if reading.differs(before):
                self._on_change(room_id)

    async def _records(self, body: bytes) -> list[Json]:
        """A bare array; raises UnreachableError for anything else.

        Nothing is not the same as no answer: what a listing no longer holds is gone.
        """
        try:
            records = await parsed(body)
        except ValueError as error:
            raise UnreachableError("an answer that is no JSON") from error
        if not isinstance(records, list):
            raise UnreachableError("an answer that is no list")
        return records

    async def _bookings(self, body: bytes) -> tuple[Booking, ...]:
        records = await self._records(body)
        found: list[Booking] = []
        cancelled = 0
        for part in batched(records, _AT_ONCE, strict=False):
            for record in part:
                if is_cancelled(record):
                    cancelled += 1
                elif (booking := meeting(record)) is not None:
                    found.append(booking)
            await asyncio.sleep(0)
        if records and not found and not cancelled:
            # Not some bad records: an answer that cannot be read.
            raise UnreachableError("a list of meetings that cannot be read")
        return tuple(named_apart(found))

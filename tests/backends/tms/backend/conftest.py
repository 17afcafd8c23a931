"""A simulated TMS on loopback, and the real backend and client before it."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.room_bookings.backends.tms.address import TmsAddress
from custom_components.room_bookings.backends.tms.backend import TmsBackend
from custom_components.room_bookings.backends.tms.client import TmsClient
from custom_components.room_bookings.rooms.booking import (
    Booking,
    BookingRequest,
    RoomId,
)
from tests.integration.virtual_time import VirtualTime, virtual_time
from tests.simulators.tms import TmsSimulator

SOURCE = "home-assistant-test"
# A Friday, an hour before noon in Berlin.
NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
AURORA, FJORD = RoomId("5"), RoomId("6")


@dataclass
class Rig:
    """The server, and backends that are closed in the end."""

    sim: TmsSimulator
    clock: VirtualTime
    opened: list[TmsBackend] = field(default_factory=list)
    asked: int = 0

    def at(self, hours: float) -> datetime:
        """The time so many hours after the test began."""
        return NOW + hours * HOUR

    async def backend(self, rooms: Sequence[RoomId] = (AURORA, FJORD)) -> TmsBackend:
        """A backend that is connected, knows its rooms and has listed these."""
        client = TmsClient(
            TmsAddress(
                url=self.sim.url,
                username=self.sim.username,
                password=self.sim.password,
            )
        )
        backend = TmsBackend(client, SOURCE)
        self.opened.append(backend)
        await backend.connect()
        await backend.rooms()
        for room in rooms:
            await self.listed(backend, room, thorough=True)
        self.sim.clear_log()
        return backend

    async def listed(
        self,
        backend: TmsBackend,
        room: RoomId = AURORA,
        *,
        urgent: bool = False,
        thorough: bool = False,
        days: int = 30,
    ) -> list[Booking]:
        """What a hub would be told of a room, in order."""
        found = await backend.bookings(
            room,
            self.clock.now - 25 * HOUR,
            self.clock.now + days * DAY,
            None if thorough else (),
            urgent=urgent,
        )
        return sorted(found, key=lambda b: (b.start, b.id))

    def request(
        self, start: float = 1, end: float = 2, **changes: Any
    ) -> BookingRequest:
        """A wish for so many hours after the test began."""
        self.asked += 1
        return BookingRequest(
            **{
                "request_id": f"wish-{self.asked}",
                "title": "Review",
                "start": self.at(start),
                "end": self.at(end),
                **changes,
            }
        )

    def took(self) -> dict[str, int]:
        """What was asked of the server since the last look."""
        counts = dict(self.sim.requests.counts)
        self.sim.clear_log()
        return counts


@pytest.fixture
async def rig(socket_enabled: None) -> AsyncGenerator[Rig]:
    """A TMS with two rooms, which minds every wrong request."""
    with virtual_time(NOW) as clock:
        async with TmsSimulator(lambda: clock.now) as sim:
            sim.add_system("Aurora", 5)
            sim.add_system("Fjord", 6)
            rig = Rig(sim, clock)
            yield rig
            for backend in rig.opened:
                await backend.close()
            assert sim.violations == []
            sim.server.check()

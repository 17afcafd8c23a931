"""A PlaceOS server on loopback, and the real backend before it."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from custom_components.room_bookings.backends.placeos import (
    backend as module,
    channel,
    line,
)
from custom_components.room_bookings.backends.placeos.address import PlaceosAddress
from custom_components.room_bookings.backends.placeos.backend import PlaceosBackend
from custom_components.room_bookings.rooms.booking import (
    Booking,
    BookingRequest,
    RoomId,
)
from tests.backends.conftest import Clock
from tests.simulators.placeos import PlaceosSimulator, Room, Settings, SimEvent

MINUTE = timedelta(minutes=1)
# Meetings are busy at once: nobody has to check in.
BUSY = Settings(disable_end_meeting=True, pending_period=0, pending_before=0)


@dataclass
class Rig:
    """The simulated server, and backends before it that are closed in the end."""

    sim: PlaceosSimulator
    session: aiohttp.ClientSession
    clock: Clock
    opened: list[PlaceosBackend] = field(default_factory=list)

    def address(self, **changes: Any) -> PlaceosAddress:
        """Where the server is, and the right key."""
        known = {"url": self.sim.url, "api_key": self.sim.api_key, "verify_ssl": True}
        return PlaceosAddress.of(known | changes)

    def backend(self, **changes: Any) -> PlaceosBackend:
        """A backend that has sent nothing yet, living at the simulator's time."""
        backend = PlaceosBackend(self.session, self.address(**changes), self.clock)
        self.opened.append(backend)
        return backend

    async def ready(self) -> PlaceosBackend:
        """A backend that is connected and knows its rooms."""
        backend = self.backend()
        await backend.connect()
        await backend.rooms()
        return backend

    async def pass_by(self, **interval: float) -> None:
        """Let time pass at the server."""
        self.clock.pass_by(**interval)
        await self.sim.tick()

    def meeting(
        self, room: Room, title: str, begin: float = 0, minutes: int = 30, **more: Any
    ) -> SimEvent:
        """Somebody else's meeting, so many minutes from now."""
        return room.book(title, self.clock() + begin * MINUTE, minutes, **more)

    def wish(
        self, begin: float = 0, minutes: float = 30, **more: Any
    ) -> BookingRequest:
        """A wish for half an hour from now."""
        start = self.clock() + begin * MINUTE
        wish: dict[str, Any] = {
            "request_id": "0c1d0000-0000-4000-8000-000000000001",
            "title": "Standup",
            "start": start,
            "end": start + minutes * MINUTE,
        }
        return BookingRequest(**(wish | more))

    async def listed(
        self, backend: PlaceosBackend, room: Room, **how: Any
    ) -> list[Booking]:
        """The bookings of a room as a hub asks for them."""
        now = self.clock()
        start, end = now - timedelta(hours=25), now + timedelta(days=30)
        return list(await backend.bookings(RoomId(room.id), start, end, **how))

    def asked(self, name: str, cmd: str = "exec") -> int:
        """How often a function was called, or a variable bound."""
        return self.sim.frames.number_of(cmd=cmd, name=name)


def as_known(event: SimEvent) -> tuple[str, datetime, datetime, str]:
    """What two sides must agree on about a meeting."""
    start, end = (datetime.fromtimestamp(t, UTC) for t in (event.start, event.until))
    return (event.id, start, end, event.title)


def as_found(booking: Booking) -> tuple[str, datetime, datetime, str]:
    """The same of the other side."""
    return (booking.id, booking.start, booking.end, booking.title)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait less; what waits are for is tested where they are."""
    monkeypatch.setattr(line, "_FIRST_WAIT", 0.02)
    monkeypatch.setattr(line, "_LONGEST_WAIT", 0.05)
    monkeypatch.setattr(channel, "_CLOSE_TIMEOUT", 0.1)
    monkeypatch.setattr(module, "_SETTLES_WITHIN", 0.3)
    monkeypatch.setattr(module, "_WORDS_WITHIN", 0.01)


@pytest.fixture
def traits() -> dict[str, Any]:
    """What is particular about the server; tests parametrize it."""
    return {}


@pytest.fixture
async def sim(
    clock: Clock, socket_enabled: None, traits: dict[str, Any]
) -> AsyncGenerator[PlaceosSimulator]:
    """A server without rooms, below a path."""
    async with PlaceosSimulator(clock=clock, prefix="/place", **traits) as simulator:
        yield simulator


@pytest.fixture
async def rig(sim: PlaceosSimulator, clock: Clock) -> AsyncGenerator[Rig]:
    """A rig before it."""
    async with aiohttp.ClientSession() as session:
        rig = Rig(sim, session, clock)
        yield rig
        for backend in rig.opened:
            await backend.close()


@pytest.fixture
def fjord(sim: PlaceosSimulator) -> Room:
    """A room in which nobody has to check in."""
    return sim.add_room("Fjord", capacity=6, settings=BUSY)

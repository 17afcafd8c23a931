"""A booking system on loopback, and the real backend before it."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import pytest

from custom_components.room_bookings.backends.backoff import Backoff
from custom_components.room_bookings.backends.roomz.address import RoomzAddress
from custom_components.room_bookings.backends.roomz.backend import RoomzBackend
from custom_components.room_bookings.rooms.booking import (
    Booking,
    BookingRequest,
    RoomId,
)
from custom_components.room_bookings.rooms.errors import RoomError
from tests.backends.conftest import Clock
from tests.simulators.roomz import RoomzSimulator, SimMeeting, SimRoom

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@dataclass
class Rig:
    """The simulated system, and backends before it that are closed in the end."""

    sim: RoomzSimulator
    session: aiohttp.ClientSession
    clock: Clock
    opened: list[RoomzBackend] = field(default_factory=list)

    def address(self, **changes: Any) -> RoomzAddress:
        """Where the system is, and the right user."""
        known = {
            "url": self.sim.url,
            "username": self.sim.username,
            "password": self.sim.password,
            "verify_ssl": True,
        }
        return RoomzAddress.of(known | changes)

    def backend(self, **changes: Any) -> RoomzBackend:
        """A backend that has sent nothing yet, living at the simulator's time."""
        backend = RoomzBackend(self.session, self.address(**changes), self.clock)
        self.opened.append(backend)
        return backend

    def meeting(
        self, room: SimRoom, title: str, begin: float = 0, minutes: float = 30
    ) -> SimMeeting:
        """Somebody else's meeting, so many minutes from now."""
        start = self.clock() + begin * MINUTE
        return room.book(title, start, start + minutes * MINUTE)

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
        self, backend: RoomzBackend, room: SimRoom, *, days: int = 30, **how: Any
    ) -> list[Booking]:
        """The bookings of a room as a hub asks for them."""
        now = self.clock()
        start = now - timedelta(hours=25)
        return list(
            await backend.bookings(RoomId(room.id), start, now + days * DAY, **how)
        )

    def asked(self, call: str, **match: Any) -> int:
        """How often the system was asked."""
        return self.sim.requests.number_of(call, **match)


def as_known(meeting: SimMeeting) -> tuple[str, datetime, datetime, str]:
    """What two sides must agree on about a meeting."""
    return (meeting.meeting_id, meeting.start, meeting.end, meeting.subject)


def as_found(booking: Booking) -> tuple[str, datetime, datetime, str]:
    """The same of the other side."""
    return (booking.id, booking.start, booking.end, booking.title)


@pytest.fixture
async def sim(clock: Clock, socket_enabled: None) -> AsyncGenerator[RoomzSimulator]:
    """A system without rooms, below a path."""
    async with RoomzSimulator(clock=clock, prefix="/connector/v1") as simulator:
        yield simulator


@pytest.fixture
async def rig(sim: RoomzSimulator, clock: Clock) -> AsyncGenerator[Rig]:
    """A rig before it."""
    async with aiohttp.ClientSession() as session:
        rig = Rig(sim, session, clock)
        yield rig
        for backend in rig.opened:
            await backend.close()


@pytest.fixture
def fjord(sim: RoomzSimulator) -> SimRoom:
    """A room."""
    return sim.add_room("Fjord", "57")


@pytest.fixture
async def backend(rig: Rig, fjord: SimRoom) -> RoomzBackend:
    """A backend that has sent nothing yet, and a room to read."""
    return rig.backend()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Back off as ever, but for a hundredth of the time."""
    patient = Backoff.wait

    def wait(self: Backoff, error: RoomError | None = None) -> float:
        return patient(self, error) / 100

    monkeypatch.setattr(Backoff, "wait", wait)

"""Somebody who hears the backend, and lets time pass for it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from custom_components.room_bookings.backends.roomz.backend import RoomzBackend
from custom_components.room_bookings.rooms.booking import RoomId
from tests.backends.listening import Ear
from tests.simulators.roomz import SimRoom

from .conftest import Rig

FJORD = RoomId("57")
POLLING = "custom_components.room_bookings.backends.roomz.polling"


class Listener(Ear):
    """Hears the backend, and lets time pass for it."""

    def __init__(self, rig: Rig, backend: RoomzBackend) -> None:
        """Listen to a backend that lives by the rig's clock."""
        super().__init__(backend.listen)
        self.rig = rig
        self.backend = backend

    async def idle(self) -> None:
        """Wait until nothing is asked any more."""
        poller = self.backend._poller
        async with asyncio.timeout(10):
            while True:
                for _ in range(3):
                    await asyncio.sleep(0)
                due = poller._readings.next_due()
                if not (
                    poller._polls
                    or poller._doubted
                    or poller._suspects
                    or self.rig.sim.counters.at_once
                    or (due is not None and due <= self.rig.clock())
                ):
                    return
                await asyncio.sleep(0.005)

    async def pass_by(self, **interval: float) -> int:
        """Let time pass; how often meetings were asked for in it."""
        before = self.rig.asked("meetings")
        self.rig.clock.pass_by(**interval)
        self.backend._poller.wake()
        await self.idle()
        return self.rig.asked("meetings") - before


@asynccontextmanager
async def listening(rig: Rig, *rooms: SimRoom) -> AsyncGenerator[Listener]:
    """A backend that listens, and has read these rooms."""
    backend = rig.backend()
    await backend.connect()
    await backend.rooms()
    async with Listener(rig, backend) as ear:
        for room in rooms:
            await rig.listed(backend, room, expected=None)
        await ear.idle()
        yield ear

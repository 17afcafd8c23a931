"""A RoomOS device on loopback, and the real client before it."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

import pytest

from custom_components.room_bookings.backends.xapi.backend import XapiBackend
from custom_components.room_bookings.backends.xapi.local import socket, transport
from custom_components.room_bookings.backends.xapi.local.address import DeviceAddress
from custom_components.room_bookings.backends.xapi.local.transport import LocalTransport
from custom_components.room_bookings.rooms.booking import RoomId
from tests.backends.conftest import Clock
from tests.simulators.roomos import RoomosSimulator


@dataclass
class Near:
    """A simulated device, and clients of it that are closed in the end."""

    sim: RoomosSimulator
    clock: Clock
    opened: list[LocalTransport] = field(default_factory=list)

    @property
    def room_id(self) -> RoomId:
        """The room in which the device stands."""
        return RoomId(self.sim.serial)

    def address(self, **changes: Any) -> DeviceAddress:
        """The device, its account, and its certificate pinned."""
        known: dict[str, Any] = {
            "host": self.sim.host,
            "username": self.sim.username,
            "password": self.sim.password,
            "fingerprint": self.sim.fingerprint,
        }
        return DeviceAddress(**(known | changes))

    def transport(self, **changes: Any) -> LocalTransport:
        """A transport that is not connected yet."""
        opened = LocalTransport(self.address(**changes))
        self.opened.append(opened)
        return opened

    async def connected(self) -> LocalTransport:
        """A transport that is connected."""
        transport = self.transport()
        await transport.connect()
        return transport

    async def backend(self) -> XapiBackend:
        """A backend that is connected and knows its room."""
        backend = XapiBackend(self.transport(), self.clock)
        await backend.connect()
        await backend.rooms()
        return backend

    async def pass_by(self, **interval: float) -> None:
        """Let time pass at the device."""
        self.clock.pass_by(**interval)
        await self.sim.tick()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Call back at once; what waits are for is tested where they are."""
    monkeypatch.setattr(transport, "_FIRST_WAIT", 0.02)
    monkeypatch.setattr(transport, "_LONGEST_WAIT", 0.05)
    monkeypatch.setattr(socket, "_CLOSE_TIMEOUT", 0.1)


@pytest.fixture
def profile() -> str:
    """The release of the device."""
    return "roomos-26.4"


@pytest.fixture
async def near(
    clock: Clock, profile: str, socket_enabled: None
) -> AsyncGenerator[Near]:
    """An empty room with a device that lets people book."""
    async with RoomosSimulator(clock=clock, profile=profile) as sim:
        if "Bookings.AdhocBooking.Enabled" in sim.configuration:
            sim.configuration["Bookings.AdhocBooking.Enabled"] = "True"
        near = Near(sim, clock)
        yield near
        for transport in near.opened:
            await transport.close()

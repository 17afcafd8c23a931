"""The way to xAPI devices: the one thing in which the cloud and a local socket differ."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NewType, Protocol

from ...rooms.room import Room
from ..signals import AuthLost, CertificateChanged, Connected, Disconnected, Removed
from .capabilities import Capabilities
from .wire import Json

DeviceId = NewType("DeviceId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One device in a room."""

    id: DeviceId
    capabilities: Capabilities
    online: bool = True
    writable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class EquippedRoom:
    """A room and its devices, which keep one calendar among themselves."""

    room: Room
    devices: tuple[Device, ...]


@dataclass(frozen=True, slots=True)
class DeviceEvent:
    """An xEvent: `key` is its dotted path, such as `Bookings.Start`."""

    device_id: DeviceId
    key: str
    value: Json


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    """xStatus leaves that changed, by dotted path."""

    device_id: DeviceId
    updated: Mapping[str, Json]


type TransportSignal = (
    DeviceEvent
    | DeviceStatus
    | Connected
    | Disconnected
    | AuthLost
    | CertificateChanged
    | Removed
)
type EmitTransport = Callable[[TransportSignal], None]


class Transport(Protocol):
    """Carries commands to devices and brings their words back; raises only RoomError."""

    async def connect(self) -> None:
        """Prove the credentials; nothing that devices say is lost from here on."""

    async def listen(self, emit: EmitTransport) -> None:
        """Hand over what devices say, until cancelled."""

    async def rooms(self) -> Sequence[EquippedRoom]:
        """All rooms with their devices."""

    async def command(
        self,
        device_id: DeviceId,
        name: str,
        arguments: Mapping[str, Json],
        *,
        urgent: bool,
    ) -> Json:
        """Run a command such as `Bookings.List`; its result."""

    async def status(self, device_id: DeviceId, *names: str) -> Mapping[str, Json]:
        """Read statuses such as `Bookings.Availability.Status`; empty where there are none."""

    async def obstacle(self, device_id: DeviceId, command: str) -> str | None:
        """The setting that stands in the way of a command (lower case), if one is known."""

    async def close(self) -> None:
        """Let go of everything."""

"""What the devices of one simulation share: time, the rules, and where reports go."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_OID, UUID, uuid5

from tests.simulators.common.times import utc_now

from .timers import Timers

if TYPE_CHECKING:
    from .device import Device


@dataclass(frozen=True, slots=True)
class DeviceEvent:
    """An xEvent of a device, e.g. `Bookings.Start` with its children (facts 2)."""

    device: Device
    name: str
    value: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class StatusChange:
    """Status leaves of a device, flattened; `full` where it is all of them."""

    device: Device
    leaves: Mapping[str, Any]
    at: datetime
    full: bool


@dataclass(frozen=True, slots=True)
class ConfigurationChange:
    """A configuration leaf of a device that was set."""

    device: Device
    name: str
    value: Any
    at: datetime


type Report = DeviceEvent | StatusChange | ConfigurationChange


def same_meeting_id(uuid: str) -> str:
    """The BookingRequestUUID itself, as on local calendars (facts 0.3)."""
    return uuid


def other_meeting_id(uuid: str) -> str:
    """Another one, as the hybrid calendar's backend gives it (facts 0.3)."""
    return str(uuid5(NAMESPACE_OID, uuid))


def no_meeting_id(uuid: str) -> str:
    """None, as on what an on-premises calendar pushed (facts 1.4)."""
    return ""


MEETING_IDS: Mapping[str, Callable[[str], str]] = {
    "same": same_meeting_id,
    "other": other_meeting_id,
    "none": no_meeting_id,
}
"""The kinds of MeetingId, by name."""


@dataclass(slots=True)
class Rules:
    """The inferred behaviours that a test can turn; see the package's assumptions."""

    meeting_id: Callable[[str], str] = same_meeting_id
    """The MeetingId of a new booking, from its BookingRequestUUID (facts 0.3)."""
    list_has_uuid: bool = False
    """Whether List items carry BookingRequestUUID (facts 1.4: no capture has it)."""
    free_timestamp: str = ""
    """Availability.TimeStamp while Free: "" or " " (facts 3)."""


@dataclass(slots=True)
class World:
    """Time, rules and reports of one simulation."""

    clock: Callable[[], datetime] = utc_now
    timers: Timers = field(default_factory=Timers)
    rules: Rules = field(default_factory=Rules)
    listeners: list[Callable[[Report], None]] = field(default_factory=list)
    random: Random = field(default_factory=lambda: Random(0))

    def report(self, report: Report) -> None:
        """Hand what a device reports to whoever carries it."""
        for listener in self.listeners:
            listener(report)

    def new_uuid(self) -> str:
        """A fresh random UUID, the same ones in every run of a seed."""
        return str(UUID(int=self.random.getrandbits(128), version=4))

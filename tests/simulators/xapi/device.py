"""One device: its own ids for the calendar's bookings, its status and its events."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, override

from .booking import SimBooking
from .profiles import Profile
from .settings import SETTINGS, Configuration
from .times import wire_time
from .world import ConfigurationChange, DeviceEvent, StatusChange, World

if TYPE_CHECKING:
    from .workspace import Workspace


class Device:
    """A phone or a room device in a workspace.

    `id`, `serial` and the like are whatever its transport calls it by. What it
    reports while it is offline is lost; see the package's assumptions.
    """

    def __init__(
        self,
        world: World,
        workspace: Workspace,
        profile: Profile,
        *,
        device_id: str,
        name: str,
        product: str,
        serial: str,
        mac: str,
    ) -> None:
        """Put a device in a workspace; `Workspace.devices` is the caller's to extend."""
        self._world = world
        self._online = True
        self._deep_sleep = False
        self._ids: dict[str, str] = {}
        self._uuids: dict[str, str] = {}
        self._count = 0
        self.workspace = workspace
        self.profile = profile
        self.id = device_id
        self.name = name
        self.product = product
        self.serial = serial
        self.mac = mac
        self.capabilities = ["xapi"]
        self.permissions = ["xapi"]
        self.person_id: str | None = None
        self.configuration = Configuration(
            {name: SETTINGS[name] for name in profile.settings}
        )
        """The xConfiguration leaves this release has (facts 1.3, 1.6)."""
        self.configuration.on_change = self._configured
        self.records: list[Any] = []
        """Raw items that List shows after its own, to test bad records with."""
        self.online_since = world.clock()
        for booking in workspace.bookings:
            self.id_of(booking)
        self.status = self.read_status(world.clock())
        self.reported_status = dict(self.status)
        """The status as last reported: what a cloud cache holds."""

    @override
    def __repr__(self) -> str:
        """Name it in test output."""
        return f"<Device {self.name} {self.profile.name}>"

    # Identifiers

    def id_of(self, booking: SimBooking) -> str:
        """The device's own Id of a booking (facts 1.4: opaque, like `webex-17`)."""
        found = self._ids.get(booking.uuid)
        if found is None:
            self._count += 1
            found = f"webex-{self._count}"
            self._ids[booking.uuid] = found
            self._uuids[found] = booking.uuid
        return found

    def find(self, key: str, value: str) -> SimBooking | None:
        """The booking that Id, MeetingId or BookingRequestUUID names."""
        if key == "Id":
            return self.workspace.by_uuid(self._uuids.get(value, ""))
        if key == "BookingRequestUUID":
            return self.workspace.by_uuid(value)
        return next(
            (found for found in self.workspace.bookings if found.meeting_id == value),
            None,
        )

    # Connection

    @property
    def online(self) -> bool:
        """Whether it is connected; switching it on reports what facts 2 say of a reconnect."""
        return self._online and not self._deep_sleep

    @online.setter
    def online(self, online: bool) -> None:
        was = self.online
        self._online = online
        if online:
            self._deep_sleep = False
        self._reconnected(was)

    @property
    def deep_sleep(self) -> bool:
        """Whether a phone sleeps and has cut its network (facts 9.10)."""
        return self._deep_sleep

    @deep_sleep.setter
    def deep_sleep(self, asleep: bool) -> None:
        was = self.online
        self._deep_sleep = asleep
        self._reconnected(was)

    @property
    def connection_status(self) -> str:
        """What `/v1/devices` says of it (facts 6.3)."""
        if self._deep_sleep:
            return "offline_deep_sleep"
        return "connected" if self._online else "disconnected"

    def _reconnected(self, was_online: bool) -> None:
        if not self.online or was_online:
            return
        now = self._world.clock()
        self.workspace.catch_up(now)
        self.online_since = now
        self.report("Bookings.SyncRequired", {}, now)
        self.refresh(now)
        self.report_full_status(now)

    def reboot(self, *, reuse_ids: bool = False) -> None:
        """Restart at once: other Ids, then SyncRequired and BootEvent (facts 2, 9.7)."""
        self.renumber(reuse_ids=reuse_ids)
        now = self._world.clock()
        self.report("Bookings.SyncRequired", {}, now)
        self.report("BootEvent", {}, now)
        self.refresh(now)
        if self.online:
            self.report_full_status(now)

    def renumber(self, *, reuse_ids: bool = False) -> None:
        """Give every booking another Id, as a restart does, and tell nobody."""
        self.workspace.catch_up(self._world.clock())
        self._ids.clear()
        self._uuids.clear()
        bookings = list(self.workspace.bookings)
        if reuse_ids:
            self._count = 0
            bookings.reverse()
        for booking in bookings:
            self.id_of(booking)

    # Reports

    def _configured(self, name: str, value: Any) -> None:
        now = self._world.clock()
        self.workspace.rules_changed(now)
        if self.online:
            self._world.report(ConfigurationChange(self, name, value, now))

    def report(self, name: str, value: Mapping[str, Any], at: datetime) -> None:
        """Report an event, if this release has it and the device is connected."""
        if name in self.profile.events and self.online:
            self._world.report(DeviceEvent(self, name, value, at))

    def refresh(self, at: datetime) -> None:
        """Work the status out anew and report what changed in it."""
        status = self.read_status(at)
        self.status = status
        if not self.online:
            return
        changed = {
            key: value
            for key, value in status.items()
            if self.reported_status[key] != value
        }
        if changed:
            self.reported_status = dict(status)
            self._world.report(StatusChange(self, changed, at, full=False))

    def report_full_status(self, at: datetime) -> None:
        """Report every status leaf (facts 7.6: isFullSync)."""
        self._world.report(
            StatusChange(self, dict(self.reported_status), at, full=True)
        )

    def read_status(self, at: datetime) -> dict[str, Any]:
        """Availability and Current (facts 3)."""
        current = self.workspace.current_at(at)
        upcoming = self.workspace.next_after(at)
        if current is not None:
            status, timestamp = "BookedUntil", wire_time(current.end)
        elif upcoming is not None:
            status, timestamp = "FreeUntil", wire_time(upcoming.start)
        else:
            status, timestamp = "Free", self._world.rules.free_timestamp
        return {
            "Bookings.Availability.Status": status,
            "Bookings.Availability.TimeStamp": timestamp,
            "Bookings.Current.Id": self.id_of(current) if current else "",
        }

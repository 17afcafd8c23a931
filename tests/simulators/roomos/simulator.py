"""The simulator: one room with one RoomOS device, and what a test may turn."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
import logging
from random import Random
from typing import Any, Literal, override
from weakref import WeakKeyDictionary

from aiohttp import web
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from tests.simulators.common.certificate import Certificate, server_context
from tests.simulators.common.channel import ChannelServer
from tests.simulators.common.server import HOST, ControlledServer
from tests.simulators.common.ticking import keep_ticking
from tests.simulators.common.times import utc_now
from tests.simulators.xapi import (
    MEETING_IDS,
    PROFILES,
    Change,
    Configuration,
    ConfigurationChange,
    Conflict,
    Device,
    DeviceEvent,
    Profile,
    Report,
    Rules,
    Setting,
    SimBooking,
    StatusChange,
    Workspace,
    World,
)

from .control import make_app
from .document import Leaves, path_of
from .faults import Faults, RefuseHandshake
from .request_log import Handshake, LoggedRequest, RequestLog
from .rpc import COMMAND_ERROR, INVALID_PARAMS, METHOD_NOT_FOUND
from .session import Session
from .users import SUBPROTOCOL, User, read_credentials

PATH = "/ws"
_LOGGER = logging.getLogger(__name__)
_LOGGER.addHandler(logging.NullHandler())
_LOGGER.propagate = False
_serials = count(1)

OWN_SETTINGS = {
    "NetworkServices.HTTP.Mode": Setting("HTTPS", ("HTTP+HTTPS", "HTTPS", "Off")),
    "NetworkServices.Websocket": Setting(
        "FollowHTTPService", ("FollowHTTPService", "Off")
    ),
    "SystemUnit.Name": Setting(""),
}
"""The configuration that is not the calendar's (facts 4.1, 4.2)."""


@dataclass(slots=True)
class Codes:
    """Error codes that no public capture tells; see the package's assumptions."""

    unknown_command: int = METHOD_NOT_FOUND
    invalid_arguments: int = INVALID_PARAMS
    no_match: int = COMMAND_ERROR


class RoomosSimulator(ControlledServer, ChannelServer[Session]):
    """A RoomOS device on 127.0.0.1 with a local calendar.

    Time comes from `clock`. Bookings start and end, delayed frames arrive and restarts
    end when `tick` is called, or by themselves with `ticking`.
    """

    def __init__(
        self,
        clock: Callable[[], datetime] = utc_now,
        profile: str | Profile = "roomos-26.4",
        username: str = "admin",
        password: str = "secret",  # noqa: S107
        tls: bool = True,
        *,
        name: str = "Fjord",
        serial: str | None = None,
        role: str = "Admin",
        capacity: int | None = 8,
        people: bool = True,
        meeting_ids: Literal["same", "other", "none"] = "same",
        certificate: Certificate | None = None,
        ticking: bool = False,
        seed: int = 0,
    ) -> None:
        """Make a device; nothing listens before `start`.

        `meeting_ids` is how MeetingId and BookingRequestUUID go together (facts 0.3,
        1.4). Without `people` there is no RoomAnalytics. Simulators may share a
        `certificate`.
        """
        super().__init__()
        self.world = World(clock=clock, random=Random(seed))
        self.clock = clock
        if isinstance(profile, str):
            profile = PROFILES[profile]
        number = next(_serials)
        serial = serial or f"FOC{number:04d}H{seed:03d}"
        self.workspace = Workspace(
            self.world,
            workspace_id=f"room-{serial}",
            name=name,
            capacity=capacity,
        )
        self.device = Device(
            self.world,
            self.workspace,
            profile,
            device_id=f"device-{serial}",
            name=name,
            product="Cisco Room Kit",
            serial=serial,
            mac=":".join(
                f"{0xAA0000000000 + number:012X}"[i : i + 2] for i in range(0, 12, 2)
            ),
        )
        self.workspace.adopt(self.device)
        self.configuration: Configuration = self.device.configuration
        """The xConfiguration leaves by name, e.g. `Bookings.AdhocBooking.Enabled`."""
        self.configuration.extend(OWN_SETTINGS)
        self.configuration["SystemUnit.Name"] = name
        if not tls:
            self.configuration["NetworkServices.HTTP.Mode"] = "HTTP+HTTPS"
        self.meeting_ids = meeting_ids

        self.username = username
        self.users = {username: User(username, password, frozenset({role}))}
        self.handshake_limit: tuple[int, float] | None = None
        """At most so many handshakes in so many seconds of the clock, else 503."""
        self.subscription_limit: int | None = None
        """How many subscriptions all connections together may have, else -31998."""
        self.codes = Codes()
        self.event_ids = True
        """Whether events carry `id` (facts 2: present or absent)."""
        self.childless_value: Any = {}
        """The value of an event without children: {}, "", None, {"id": 1} (facts 2)."""
        self.result_filter: Callable[[str, dict[str, Any]], Any] | None = None
        """Rewrites the result of a command: (name, result); `VARIANTS` has some."""
        self.faults = Faults()
        self.requests = RequestLog()
        self.handshakes: list[Handshake] = []

        self._status: dict[str, Any] = {
            "Network.1.Ethernet.MacAddress": self.device.mac,
            "SystemUnit.Hardware.Module.SerialNumber": serial,
            "SystemUnit.ProductId": "Cisco Codec Room Kit",
            "SystemUnit.ProductPlatform": "Room Kit",
            "SystemUnit.ProductType": "Cisco Codec",
            "SystemUnit.Software.DisplayName": profile.software,
            "SystemUnit.Software.Version": f"ce{profile.software.split()[-1]}",
            "SystemUnit.State.System": "Initialized",
            "SystemUnit.State.NumberOfActiveCalls": 0,
            "UserInterface.ContactInfo.Name": name,
            "Webex.DevicePersonalization.Personalized": "False",
            "Webex.DevicePersonalization.Hotdesking.SessionStatus": "Available",
        }
        if people:
            self._status |= {
                "RoomAnalytics.PeopleCount.Capacity": -1
                if capacity is None
                else capacity,
                "RoomAnalytics.PeopleCount.Current": 0,
                "RoomAnalytics.PeoplePresence": "No",
            }
        self._context = server_context() if tls else None
        self.certificate = certificate or Certificate.make(serial)
        if self._context is not None:
            self.certificate.show_in(self._context)

        now = clock()
        self._booted = now
        self._back = now
        self._ready = now
        self._knocks: deque[datetime] = deque()
        self._sessions = count(1)
        self._accepted: WeakKeyDictionary[ServerConnection, User] = WeakKeyDictionary()
        self._follow_ups: list[Callable[[], None]] = []
        self._ticking = ticking
        self._server: Server | None = None
        self.world.listeners.append(self._on_report)

    # Life

    @override
    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1; port 0 takes a free one."""
        await super().start(port)
        if self._ticking:
            self.in_background(keep_ticking(self.world.timers, self.clock))

    @override
    def _make_control_app(self) -> web.Application:
        return make_app(self)

    @override
    async def _listen(self) -> None:
        if self._server is not None:
            return
        self._server = await serve(
            self._serve,
            HOST,
            self._port,
            ssl=self._context,
            process_request=self._on_handshake,
            select_subprotocol=_echo,
            compression=None,
            ping_interval=None,
            open_timeout=None,
            close_timeout=1,
            max_size=16 * 1024 * 1024,
            server_header=None,
            logger=_LOGGER,
            reuse_address=True,
        )
        self._port = next(iter(self._server.sockets)).getsockname()[1]

    @override
    async def _refuse(self) -> None:
        await self._close()

    @override
    async def _close(self) -> None:
        server, self._server = self._server, None
        if server is None:
            return
        self.disconnect()
        server.close()
        await server.wait_closed()

    # Who it is

    @property
    def url(self) -> str:
        """The address of its WebSocket."""
        return f"{'wss' if self._context else 'ws'}://{self.host}{PATH}"

    @property
    def name(self) -> str:
        """The room's name."""
        return self.device.name

    @property
    def serial(self) -> str:
        """The device's serial number."""
        return self.device.serial

    @property
    def profile(self) -> Profile:
        """What its release can do."""
        return self.device.profile

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the DER certificate it shows, in hexadecimal; empty without TLS."""
        return self.certificate.fingerprint if self._context else ""

    def renew_certificate(self, certificate: Certificate | None = None) -> str:
        """Show another certificate from the next connection on; its fingerprint."""
        assert self._context is not None
        self.certificate = certificate or Certificate.make(self.serial)
        self.certificate.show_in(self._context)
        return self.fingerprint

    @property
    def password(self) -> str:
        """The password of `username`; a new one does not end connections."""
        return self.users[self.username].password

    @password.setter
    def password(self, password: str) -> None:
        self.users[self.username] = replace(
            self.users[self.username], password=password
        )

    def add_user(self, name: str, password: str, *roles: str) -> User:
        """One more local user, with roles of facts 9.2."""
        self.users[name] = User(name, password, frozenset(roles))
        return self.users[name]

    # The room

    @property
    def rules(self) -> Rules:
        """The inferred behaviours of the calendar that a test can turn."""
        return self.world.rules

    @property
    def workspaces(self) -> list[Workspace]:
        """The room."""
        return [self.workspace]

    @property
    def devices(self) -> list[Device]:
        """The device."""
        return [self.device]

    @property
    def meeting_ids(self) -> str:
        """The kind of MeetingId of new bookings: same, other or none."""
        return next(k for k, v in MEETING_IDS.items() if v is self.rules.meeting_id)

    @meeting_ids.setter
    def meeting_ids(self, kind: str) -> None:
        self.rules.meeting_id = MEETING_IDS[kind]

    @property
    def conflict(self) -> Conflict:
        """What Book does with a slot that is taken: error, overlap or implicit."""
        return self.device.profile.conflict

    @conflict.setter
    def conflict(self, conflict: str) -> None:
        self.device.profile = replace(self.device.profile, conflict=Conflict(conflict))

    @property
    def bookings(self) -> Sequence[SimBooking]:
        """The truth: what is in the calendar now, past bookings too, by start."""
        self.workspace.catch_up(self.clock())
        return tuple(self.workspace.bookings)

    @property
    def history(self) -> list[Change]:
        """Everything that ever happened to the bookings, in order."""
        return self.workspace.history

    def book_locally(
        self,
        title: str,
        start: datetime | None = None,
        minutes: int = 30,
        organizer: str = "",
        private: bool = False,
        **more: Any,
    ) -> SimBooking:
        """Book at the device, from now on without a start; see `Workspace`."""
        return self.workspace.book_locally(
            title, start or self.clock(), minutes, organizer, private, **more
        )

    def edit_locally(self, booking: SimBooking, **changes: Any) -> SimBooking:
        """Change `start`, `minutes`, `title` or `private` at the device."""
        return self.workspace.edit_locally(booking, **changes)

    def delete_locally(self, booking: SimBooking, cause: str = "Deleted") -> None:
        """Delete a booking at the device."""
        self.workspace.delete_locally(booking, cause)

    def check_in_locally(self, booking: SimBooking) -> SimBooking:
        """Check in at the device."""
        return self.workspace.check_in_locally(booking)

    def seed(self, bookings: Iterable[tuple[str, datetime, int]]) -> None:
        """Put (title, start, minutes) into the calendar and tell nobody."""
        self.workspace.seed(bookings)

    def set_people(self, people: int | None) -> None:
        """Let the camera see so many people; None if it cannot tell."""
        present = "Unknown" if people is None else "Yes" if people else "No"
        self.set_status(
            "RoomAnalytics.PeopleCount.Current", -1 if people is None else people
        )
        self.set_status("RoomAnalytics.PeoplePresence", present)

    def set_status(self, name: str, value: Any) -> None:
        """Set a status leaf outside `Bookings` and tell who subscribed to it."""
        if self._status.get(name) != value:
            self._status[name] = value
            self._notify({path_of("Status", name): value})

    def remove_status(self, name: str) -> None:
        """Take an array item such as `Network.1` away: its ghost is reported (facts 4.2)."""
        for leaf in [
            leaf for leaf in self._status if f"{leaf}.".startswith(f"{name}.")
        ]:
            del self._status[leaf]
        *_, number = name.split(".")
        path = path_of("Status", name)
        self._notify({(*path, "ghost"): "True", (*path, "id"): number})

    def document(self) -> Leaves:
        """Status and Configuration as they are now."""
        now = self.clock()
        self.workspace.catch_up(now)
        status = {
            **self._status,
            "SystemUnit.Uptime": max(0, int((now - self._booted).total_seconds())),
            **self.device.read_status(now),
        }
        return {
            **{path_of("Status", name): value for name, value in status.items()},
            **{
                path_of("Configuration", name): value
                for name, value in self.configuration.items()
            },
        }

    # Time

    async def tick(self) -> int:
        """Let everything happen that is due by the clock; how many timers ran."""
        return self.world.timers.run_due(self.clock())

    # What it reports

    def _on_report(self, report: Report) -> None:
        match report:
            case DeviceEvent(name=name, value=value):
                path = path_of("Event", name)
                leaves: Leaves = {
                    (*path, key): child for key, child in value.items()
                } or {path: self.childless_value}
                extra = {(*path, "id"): 1} if self.event_ids and value else None
                self._notify(leaves, extra)
            case StatusChange(leaves=changed):
                self._notify(
                    {path_of("Status", key): each for key, each in changed.items()}
                )
            case ConfigurationChange(name=name, value=value):
                self._notify({path_of("Configuration", name): value})

    def _notify(self, leaves: Leaves, extra: Leaves | None = None) -> None:
        for session in tuple(self.connections):
            session.notify(leaves, extra)

    def follow_up(self, action: Callable[[], None]) -> None:
        """Do something once the request at hand is answered."""
        self._follow_ups.append(action)

    def take_follow_ups(self) -> list[Callable[[], None]]:
        """What was to be done once the request was answered."""
        taken, self._follow_ups = self._follow_ups, []
        return taken

    # Outages

    @property
    def ready(self) -> bool:
        """Whether requests are answered; just after a restart they are not."""
        return self.clock() >= self._ready

    def reboot(
        self,
        *,
        seconds: float = 3.0,
        not_ready: float = 1.0,
        sync: float = 1.0,
        meeting_ids: Literal["keep", "empty"] = "keep",
        reuse_ids: bool = False,
        start_again: bool = False,
    ) -> None:
        """Restart: connections end, Ids change, MeetingIds stay or become empty.

        By the simulator's clock: handshakes are answered 502 for so many `seconds`,
        requests -31997 for `not_ready` seconds more, and `sync` seconds later
        SyncRequired is reported where the release has it. With `start_again` the
        running booking is reported started a second time, then.
        """
        now = self.clock()
        self.disconnect()
        self.device.renumber(reuse_ids=reuse_ids)
        if meeting_ids == "empty":
            self.workspace.forget_meeting_ids()
        self._back = self._booted = now + timedelta(seconds=seconds)
        self._ready = self._back + timedelta(seconds=not_ready)

        def announce(at: datetime) -> None:
            self.device.report("Bookings.SyncRequired", {}, at)
            self.device.refresh(at)
            if start_again:
                self.workspace.start_again(at)

        self.world.timers.at(self._ready + timedelta(seconds=sync), announce)

    # Connections

    async def wait_for_subscriptions(self, number: int = 1) -> None:
        """Return once there are so many subscriptions, of all connections together."""
        await self.wait_until(
            lambda: sum(len(s.subscriptions) for s in self.connections) >= number
        )

    async def wait_for_requests(self, number: int = 1, **match: Any) -> None:
        """Return once so many requests have arrived; the arguments of `RequestLog.of`."""
        await self.wait_until(lambda: self.requests.number_of(**match) >= number)

    async def _serve(self, connection: ServerConnection) -> None:
        user = self._accepted.pop(connection)
        session = Session(self, next(self._sessions), user, connection)
        self.connections.append(session)
        self.something_happened()
        try:
            async for raw in connection:
                session.receive(raw)
                self.something_happened()
                if session.half_open:
                    await connection.wait_closed()
        except ConnectionClosed:
            pass
        finally:
            session.ended = True
            self.connections.remove(session)
            self.something_happened()

    async def _on_handshake(
        self, connection: ServerConnection, request: Request
    ) -> Response | None:
        credentials = read_credentials(
            request.headers.get_all("Authorization"),
            request.headers.get_all("Sec-WebSocket-Protocol"),
        )
        entry = Handshake(
            self.clock(), request.path, credentials.authentication, credentials.name
        )
        self.handshakes.append(entry)
        self.something_happened()
        status: int | None
        latency, effect = self.faults.strike_handshake(entry)
        if latency:
            await asyncio.sleep(latency)
        if isinstance(effect, RefuseHandshake):
            status = effect.status
            if status is None:
                await self.stopping.wait()
                status = 0
        else:
            status = self._refusal(request.path)
        if status is None:
            user = self.users.get(credentials.name)
            if user is not None and user.password == credentials.password:
                self._accepted[connection] = user
                entry.status = 101
                return None
            status = 403
        entry.status = status
        if not status:
            connection.transport.abort()
        return connection.respond(status or 503, "")

    def _refusal(self, path: str) -> int | None:
        """The status of facts 4.1 that a handshake meets before its credentials."""
        now = self.clock()
        mode = self.configuration["NetworkServices.HTTP.Mode"]
        if self.closed or mode == "Off":
            return 0
        if now < self._back:
            return 502
        if self.handshake_limit is not None:
            most, seconds = self.handshake_limit
            while self._knocks and self._knocks[0] <= now - timedelta(seconds=seconds):
                self._knocks.popleft()
            if len(self._knocks) >= most:
                return 503
            self._knocks.append(now)
        if path != PATH or self.configuration["NetworkServices.Websocket"] == "Off":
            return 404
        if self._context is None and mode != "HTTP+HTTPS":
            return 401
        return None


def _echo(
    connection: ServerConnection, subprotocols: Sequence[Subprotocol]
) -> Subprotocol | None:
    return next((one for one in subprotocols if one.startswith(SUBPROTOCOL)), None)


__all__ = ["LoggedRequest", "RoomosSimulator"]

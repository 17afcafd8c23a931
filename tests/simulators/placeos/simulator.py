"""The simulator: a PlaceOS server, its systems, and what a test may turn."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from itertools import count
from random import Random
from typing import Any, Literal, override

from aiohttp import web

from tests.simulators.common.certificate import Certificate, server_context
from tests.simulators.common.channel import ChannelServer
from tests.simulators.common.server import HOST, ControlledServer, WebServer
from tests.simulators.common.ticking import keep_ticking
from tests.simulators.common.times import utc_now
from tests.simulators.xapi import Timers

from .control import make_app
from .engine import BookingsDriver
from .faults import Faults
from .keys import ApiKey, Permission
from .mailbox import Mailbox, SimEvent
from .modules import MODULE_NOT_FOUND, Display, Module
from .release import RELEASES, Release
from .request_log import Handshake, Log, LoggedFrame, LoggedRequest
from .rest import Rest
from .session import Session, Variable
from .settings import Settings
from .systems import Room, System


class PlaceosSimulator(ControlledServer, ChannelServer[Session], WebServer):
    """A PlaceOS server on 127.0.0.1 whose domain is that address.

    Time comes from `clock`. Drivers poll and recompute, delayed frames arrive and
    modules come back when `tick` is called, or by themselves with `ticking`.
    """

    def __init__(
        self,
        clock: Callable[[], datetime] = utc_now,
        *,
        tls: bool = False,
        prefix: str = "",
        domain: str = HOST,
        name: str = "Simulated PlaceOS",
        authority_id: str = "authority-Simulated1",
        certificate: Certificate | None = None,
        release: str | Release = "D3",
        push: bool = True,
        push_delay: float = 0.0,
        jitter: float = 0.0,
        ticking: bool = False,
        seed: int = 0,
    ) -> None:
        """Make a server without systems; nothing listens before `start`.

        `prefix` is a path before all others. `release`, `push` and `push_delay`, and
        `jitter` are those of Bookings modules to come (see `BookingsDriver`).
        """
        super().__init__(server_context() if tls else None, patience=0.1)
        self.clock = clock
        self.timers = Timers()
        self.prefix = prefix
        self.name = name
        self.authority_id = authority_id
        self.version = "2.2610.0"
        self.release = RELEASES[release] if isinstance(release, str) else release
        self.push = push
        self.push_delay = push_delay
        self.jitter = jitter

        self.domain = domain
        """The authority's domain, which the Host header must equal (facts B1)."""
        self.checks_host = True
        """Whether another Host is refused; a proxy may rewrite it."""
        self.key_domain: str | None = None
        """The domain that the keys belong to, where it is another."""
        self.execute_needs_support = True
        """Whether POST to a module needs support (since 2026-04, facts B2)."""
        self.elasticsearch = False
        """Whether paging and the email filter fail as before 2026-08 (facts B2)."""
        self.unknown_system_code = MODULE_NOT_FOUND
        """The error code of an exec on a system that does not exist."""
        self.values: Literal["raw", "encoded"] = "raw"
        """Whether `value` is JSON as it is, or in a string (facts B3)."""
        self.pongs = True
        """Whether "ping" is answered."""
        self.users = {"ada@example.com", "grace@example.com"}
        """The mailboxes that may host a meeting."""

        self.faults = Faults()
        self.requests: Log[LoggedRequest] = Log()
        """HTTP requests."""
        self.frames: Log[LoggedFrame] = Log()
        """Frames of clients on the control channel."""
        self.handshakes: Log[Handshake] = Log()
        """Tries to open the control channel."""
        self.keys: dict[str, ApiKey] = {}
        self.certificate = certificate or Certificate.make("placeos-simulator")

        self._random = Random(seed)
        if self._context is not None:
            self.certificate.show_in(self._context)
        self._numbers = count(1)
        self._systems: dict[str, System] = {}
        self._rooms: dict[str, Room] = {}
        self._bound: dict[Variable, dict[Session, None]] = {}
        self._homes: dict[Module, tuple[System, int]] = {}
        self._ticking = ticking
        self.api_key = self.add_key().value
        """A key with the rights of a plain user."""

    # Life

    @override
    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1; port 0 takes a free one."""
        await super().start(port)
        if self._ticking:
            self.in_background(keep_ticking(self.timers, self.clock))

    @override
    async def up(self) -> None:
        """Be back."""
        await super().up()
        self.something_happened()

    @override
    def _make_app(self) -> web.Application:
        return Rest(self).make_app()

    @override
    def _make_control_app(self) -> web.Application:
        return make_app(self)

    @override
    async def _close(self) -> None:
        self.disconnect()
        await super()._close()

    # Who it is

    @property
    def url(self) -> str:
        """Its address, with the prefix."""
        return f"{'https' if self._context else 'http'}://{self.host}{self.prefix}"

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the DER certificate it shows, in hexadecimal; empty without TLS."""
        return self.certificate.fingerprint if self._context else ""

    # Keys

    def add_key(
        self,
        permission: Permission = Permission.USER,
        scopes: Sequence[str] = ("public",),
        expires: datetime | None = None,
    ) -> ApiKey:
        """Make one more key."""
        value = (
            f"{self._random.getrandbits(64):016x}.{self._random.getrandbits(256):064x}"
        )
        self.keys[value] = ApiKey(value, permission, list(scopes), expires)
        return self.keys[value]

    @property
    def key(self) -> ApiKey:
        """The plain key, whose rights a test may change."""
        return self.keys[self.api_key]

    def revoke(self, key: str | None = None, *, cut: bool = False) -> None:
        """Revoke a key, the plain one by default; channels stay open unless `cut`."""
        revoked = self.keys[key or self.api_key]
        revoked.revoked = True
        if cut:
            for session in tuple(self.connections):
                if session.key is revoked:
                    session.cut()

    # Systems

    def add_system(
        self,
        name: str,
        *,
        system_id: str | None = None,
        modules: Sequence[str] = ("Display",),
        **fields: Any,
    ) -> System:
        """Add a system without bookings; `fields` are those of `System`."""
        system = System(
            id=system_id or f"sys-{self._random.getrandbits(48):012X}",
            name=name,
            created=int(self.clock().timestamp()),
            **fields,
        )
        self._systems[system.id] = system
        for module in modules:
            self.add_module(system, Display(self._module_id(), module))
        return system

    def add_room(
        self,
        name: str,
        *,
        email: str | None = None,
        capacity: int = 8,
        bookable: bool = True,
        settings: Settings | None = None,
        release: str | Release | None = None,
        modules: Sequence[str] = ("Display",),
        **fields: Any,
    ) -> Room:
        """Add a system with a Bookings module."""
        email = email or f"{name.lower().replace(' ', '.')}@example.com"
        system = self.add_system(
            name,
            modules=modules,
            email=email,
            capacity=capacity,
            bookable=bookable,
            **fields,
        )
        if isinstance(release, str):
            release = RELEASES[release]
        mailbox = Mailbox(email, self.clock, self._random)
        driver = BookingsDriver(
            self._module_id(),
            mailbox,
            settings or Settings(),
            release or self.release,
            clock=self.clock,
            timers=self.timers,
            random=self._random,
            jitter=self.jitter,
            push=self.push,
            push_delay=self.push_delay,
            room_name=system.display_name or name,
            room_capacity=capacity,
            bookable=bookable,
            users={*self.users, email},
        )
        self.add_module(system, driver)
        room = Room(system, mailbox, driver, self.clock)
        self._rooms[system.id] = room
        return room

    def add_module(self, system: System, module: Module) -> None:
        """Put a module into a system."""
        system.modules.append(module)
        self._homes[module] = (system, system.index_of(module))
        module.listeners.append(self._on_status)
        module.loggers.append(self._on_log)

    def remove(self, system: System | Room) -> None:
        """Delete a system and stop its modules."""
        if isinstance(system, Room):
            system = system.system
        del self._systems[system.id]
        self._rooms.pop(system.id, None)
        for module in system.modules:
            if isinstance(module, BookingsDriver):
                module.stop()

    def configure(self, room: Room, **settings: Any) -> None:
        """Change settings of a room's Bookings module."""
        room.driver.configure(replace(room.driver.settings, **settings))

    @property
    def systems(self) -> list[System]:
        """All systems, in the order they were added."""
        return list(self._systems.values())

    @property
    def rooms(self) -> list[Room]:
        """The systems that have bookings."""
        return list(self._rooms.values())

    def find_system(self, system_id: str) -> System | None:
        """The system of that id."""
        return self._systems.get(system_id)

    def find_room(self, system_id: str) -> Room | None:
        """The room of that system."""
        return self._rooms.get(system_id)

    def find_module(self, system_id: str, name: str, index: int) -> Module | None:
        """The module of that name and index."""
        system = self._systems.get(system_id)
        return None if system is None else system.module(name, index)

    def _module_id(self) -> str:
        return f"mod-{self._random.getrandbits(48):012X}"

    # The truth

    def overlaps(self) -> list[tuple[SimEvent, SimEvent]]:
        """Every pair of events that take one room at once."""
        return [pair for room in self.rooms for pair in room.overlaps()]

    def check_invariants(self) -> None:
        """Raise `AssertionError` where a room is booked twice at any time."""
        for one, other in self.overlaps():
            raise AssertionError(f"{one.room} is booked twice: {one} and {other}")

    # Time

    async def tick(self) -> int:
        """Let everything happen that is due by the clock; how many timers ran."""
        return self.timers.run_due(self.clock())

    # What it reports

    def bind(self, session: Session, variable: Variable) -> None:
        """Tell a session of a variable from now on."""
        self._bound.setdefault(variable, {})[session] = None

    def unbind(self, session: Session, variable: Variable) -> None:
        """Tell it no more."""
        bound = self._bound.get(variable, {})
        bound.pop(session, None)
        if not bound:
            self._bound.pop(variable, None)

    def _on_status(self, module: Module, name: str, value: Any) -> None:
        system, index = self._homes[module]
        variable = (system.id, module.name, index, name)
        for session in tuple(self._bound.get(variable, ())):
            session.notify(variable, value)

    def _on_log(self, module: Module, level: str, message: str) -> None:
        for session in tuple(self.connections):
            session.log(module, level, message)

    # Clients

    def is_closing(self, request: web.Request) -> bool:
        """Whether the connection of a request is at its end."""
        return request.transport is None or request.transport.is_closing()

    @contextmanager
    def session(
        self, key: ApiKey, socket: web.WebSocketResponse, transport: asyncio.Transport
    ) -> Iterator[Session]:
        """A client on the control channel, as long as it is there."""
        session = Session(self, next(self._numbers), key, socket, transport)
        self.connections.append(session)
        self.something_happened()
        try:
            yield session
        finally:
            session.ended = True
            for variable in session.bindings:
                self.unbind(session, variable)
            self.connections.remove(session)
            self.something_happened()

    async def wait_for_bindings(self, number: int = 1) -> None:
        """Return once there are so many bindings, of all clients together."""
        await self.wait_until(
            lambda: sum(len(s.bindings) for s in self.connections) >= number
        )

    async def wait_for_frames(self, number: int = 1, **match: Any) -> None:
        """Return once so many frames have arrived; the arguments of `Log.of`."""
        await self.wait_until(lambda: self.frames.number_of(**match) >= number)

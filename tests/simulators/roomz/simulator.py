"""The simulator: a booking system with rooms, and what a test may turn."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import override
from weakref import WeakSet

from aiohttp import web

from tests.simulators.common.server import WebServer
from tests.simulators.common.times import utc_now

from .contract import Rules
from .faults import Faults
from .request_log import Counters, RequestLog
from .room import SimRoom, violations
from .routes import make_app


class RoomzSimulator(WebServer):
    """A booking system on 127.0.0.1 that serves the ROOMZ connector contract.

    Time comes from `clock`; nothing happens by itself. `prefix` is a path before
    `/rooms`, such as `/connector/v1`.
    """

    def __init__(
        self, clock: Callable[[], datetime] = utc_now, *, prefix: str = ""
    ) -> None:
        """Make a system without rooms; nothing listens before `start`."""
        super().__init__()
        self.clock = clock
        self.prefix = prefix
        self.username = "roomz"
        self.password = "correct horse: battery"
        self.rooms: list[SimRoom] = []
        self.organizers = {"roomz": "ROOMZ", "u567": "John Doe"}
        """Who may organise: ids and names."""
        self.organizer = "roomz"
        """Who does where a POST names nobody."""
        self.rules = Rules()
        self.faults = Faults()
        self.requests = RequestLog()
        self.counters = Counters()
        self.connections: WeakSet[asyncio.Transport] = WeakSet()
        """Those by which the contract was asked for something."""
        self._room_numbers = count(1)
        self._meeting_numbers = count(1)

    # Life

    @override
    def _make_app(self) -> web.Application:
        return make_app(self)

    @property
    def base_url(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return f"http://{self.host}"

    @property
    def url(self) -> str:
        """Where the contract is served: the base url and the prefix."""
        return f"{self.base_url}{self.prefix}"

    @override
    def disconnect(self) -> None:
        """Cut every connection by which the contract was asked for something."""
        for transport in tuple(self.connections):
            transport.abort()

    # Rooms

    def add_room(self, name: str, room_id: str | None = None) -> SimRoom:
        """A room without meetings."""
        room = SimRoom(
            room_id if room_id is not None else str(next(self._room_numbers)),
            name,
            lambda: self.clock(),
            lambda: f"m{next(self._meeting_numbers)}",
        )
        self.rooms.append(room)
        return room

    def remove_room(self, room: SimRoom) -> None:
        """Take a room away."""
        self.rooms.remove(room)

    def room_named(self, name_or_id: str) -> SimRoom | None:
        """The room of that id or name."""
        return next((r for r in self.rooms if name_or_id in (r.id, r.name)), None)

    def check(self) -> list[str]:
        """What must never be, and is; an empty list if all is well."""
        return [wrong for room in self.rooms for wrong in violations(room)]

"""The simulator: a booking system with rooms, and what a test may turn."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from itertools import count
from typing import Any, Self
from weakref import WeakSet

from aiohttp import web

from .contract import Rules
from .faults import Faults
from .request_log import Counters, RequestLog
from .room import SimRoom, violations
from .routes import make_app
from .times import utc_now


class RoomzSimulator:
    """A booking system on 127.0.0.1 that serves the ROOMZ connector contract.

    Time comes from `clock`; nothing happens by itself. `prefix` is a path before
    `/rooms`, such as `/connector/v1`.
    """

    def __init__(
        self, clock: Callable[[], datetime] = utc_now, *, prefix: str = ""
    ) -> None:
        """Make a system without rooms; nothing listens before `start`."""
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
        self.closed = False
        """Whether every request is cut (`down`)."""
        self._room_numbers = count(1)
        self._meeting_numbers = count(1)
        self._stop = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None
        self._port = 0

    # Life

    async def __aenter__(self) -> Self:
        """Start on a free port."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self.stop()

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1; port 0 takes a free one."""
        self._runner = web.AppRunner(
            make_app(self), access_log=None, shutdown_timeout=1.0
        )
        await self._runner.setup()
        self._port = port
        await self._listen()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close everything; whoever waits for an answer is cut off."""
        self._stop.set()
        for task in tuple(self._tasks):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        for _ in range(3):  # let the transports see their end
            await asyncio.sleep(0)

    async def _listen(self) -> None:
        assert self._runner is not None
        self._site = web.TCPSite(
            self._runner, "127.0.0.1", self._port, reuse_address=True
        )
        await self._site.start()

    @property
    def base_url(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def url(self) -> str:
        """Where the contract is served: the base url and the prefix."""
        return f"{self.base_url}{self.prefix}"

    async def pause(self, seconds: float | None) -> None:
        """Wait by the event loop's clock, for ever without seconds, never beyond `stop`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stop.wait()

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

    # Outages

    async def down(self, seconds: float | None = None, *, refuse: bool = False) -> None:
        """Cut every connection, for some seconds of the event loop's clock or until `up`.

        With `refuse` nothing listens on the port, the control API neither; without it,
        connections are accepted and cut.
        """
        self.closed = True
        if refuse and self._site is not None:
            await self._site.stop()
            self._site = None
        for transport in tuple(self.connections):
            transport.abort()
        if seconds is not None:
            self._in_background(self._up_after(seconds))

    async def up(self) -> None:
        """Be back."""
        if self._site is None:
            await self._listen()
        self.closed = False

    async def _up_after(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self.up()

    def _in_background(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

"""A client of PlaceOS in its simplest form, for the tests of the simulator."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import count
import json
from typing import Any

import aiohttp

from tests.simulators.placeos import PlaceosSimulator, Room

API = "/api/engine/v2"


class ExecFailedError(Exception):
    """An error frame."""

    def __init__(self, frame: dict[str, Any]) -> None:
        """Raise it."""
        super().__init__(frame)
        self.frame = frame
        self.error_code: int = frame["error_code"]
        self.message: str = frame["msg"]


class Client:
    """Someone on the control channel who keeps every frame."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Read from a socket."""
        self.socket = socket
        self.frames: list[Any] = []
        """Everything received, in order; what is not JSON as it is."""
        self._numbers = count(1)
        self._changed = asyncio.Event()
        self.reader = asyncio.get_running_loop().create_task(self._read())

    async def _read(self) -> None:
        async for message in self.socket:
            try:
                frame = json.loads(message.data)
            except ValueError, RecursionError:
                frame = message.data
            self.frames.append(frame)
            self._changed.set()
        self._changed.set()

    async def until(self, wanted: Any, seconds: float = 5) -> Any:
        """The first frame of which a predicate is true."""
        async with asyncio.timeout(seconds):
            while True:
                for frame in self.frames:
                    if wanted(frame):
                        return frame
                self._changed.clear()
                await self._changed.wait()

    async def send(self, cmd: str, room: Room | str, name: str, **more: Any) -> int:
        """Send a request; its id."""
        number = next(self._numbers)
        await self.socket.send_json(
            {
                "id": number,
                "cmd": cmd,
                "sys": room if isinstance(room, str) else room.id,
                "mod": "Bookings",
                "name": name,
                **more,
            }
        )
        return number

    async def ask(self, cmd: str, room: Room | str, name: str, **more: Any) -> Any:
        """Send a request; the frame that answers it."""
        number = await self.send(cmd, room, name, **more)
        return await self.until(
            lambda frame: (
                isinstance(frame, dict)
                and frame.get("id") == number
                and frame.get("type") in ("success", "error")
            )
        )

    async def bind(self, room: Room | str, *names: str) -> None:
        """Bind to variables."""
        for name in names:
            await self.ask("bind", room, name)

    async def call(self, room: Room | str, name: str, *args: Any) -> Any:
        """Exec a function; its value, or `ExecFailedError`."""
        frame = await self.ask("exec", room, name, args=list(args))
        if frame["type"] == "error":
            raise ExecFailedError(frame)
        return frame["value"]

    async def flush(self) -> None:
        """Return once everything sent before has arrived; leaves no trace here."""
        self.frames.remove(await self.ask("unbind", "nowhere", "flush"))

    def values(self, name: str) -> list[Any]:
        """The values that a variable was said to have."""
        return [
            value
            for frame in self.frames
            if isinstance(frame, dict)
            for value, meta in [(frame.get("value"), frame.get("meta"))]
            if frame.get("type") == "notify"
            and isinstance(meta, dict)
            and meta["name"] == name
        ]

    async def ended(self, seconds: float = 5) -> int | None:
        """The code that the socket was closed with, once it is."""
        async with asyncio.timeout(seconds):
            await self.reader
        return self.socket.close_code


@asynccontextmanager
async def channel(
    sim: PlaceosSimulator, session: aiohttp.ClientSession, key: str | None = None
) -> AsyncIterator[Client]:
    """Be on the control channel."""
    socket = await session.ws_connect(
        f"{sim.url}{API}/systems/control",
        headers={"X-API-Key": sim.api_key if key is None else key},
        max_msg_size=0,
        timeout=aiohttp.ClientWSTimeout(ws_close=0.2),
    )
    client = Client(socket)
    try:
        yield client
    finally:
        await socket.close()
        client.reader.cancel()
        with suppress(asyncio.CancelledError):
            await client.reader

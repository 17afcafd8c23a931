"""A client of the simulated device that knows only WebSocket and JSON-RPC."""

import asyncio
import base64
from contextlib import suppress
import json
import ssl
from typing import Any, Self

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from tests.simulators.roomos import RoomosSimulator

BOOKINGS = ["Event", "Bookings"]
PASSWORD = "secret"


class RpcError(Exception):
    """An error object."""

    def __init__(self, error: dict[str, Any]) -> None:
        """Raise it."""
        super().__init__(error)
        self.code: int = error["code"]
        self.message: str = error["message"]
        self.data: Any = error.get("data")


def basic(username: str = "admin", password: str = PASSWORD) -> dict[str, str]:
    """The Basic header."""
    encoded = base64.b64encode(f"{username}:{password}".encode()).decode()
    return {"Authorization": f"Basic {encoded}"}


def subprotocol(username: str = "admin", password: str = PASSWORD) -> Subprotocol:
    """The authentication subprotocol of facts 4.1."""
    encoded = base64.urlsafe_b64encode(f"{username}:{password}".encode()).decode()
    return Subprotocol(f"auth-{encoded.rstrip('=')}")


def trusting() -> ssl.SSLContext:
    """A client that accepts any certificate."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def open_socket(sim: RoomosSimulator, **options: Any) -> connect:
    """A connection to the simulator, with Basic authentication unless told."""
    options.setdefault("additional_headers", basic())
    options.setdefault("ssl", trusting() if sim.fingerprint else None)
    return connect(
        sim.url,
        ping_interval=None,
        max_size=None,
        close_timeout=0.2,
        proxy=None,
        **options,
    )


class Client:
    """A client of the JSON-RPC in its simplest form."""

    def __init__(self, socket: ClientConnection) -> None:
        """Speak on a socket."""
        self.socket = socket
        self.frames: list[Any] = []
        """Everything received that is no answer, in order; bytes and non-JSON too."""
        self.order: list[Any] = []
        """The ids of answers and the frames that are none, in order."""
        self._count = 100
        self._answers: dict[Any, asyncio.Future[Any]] = {}
        self._reader = asyncio.get_running_loop().create_task(self._read())

    async def __aenter__(self) -> Self:
        """Use it."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the socket."""
        await self.socket.close()
        await self._reader

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            async for raw in self.socket:
                self._receive(raw)

    def _receive(self, raw: str | bytes) -> None:
        try:
            frame = json.loads(raw)
        except ValueError, RecursionError:
            frame = raw
        future = self._answers.get(frame.get("id")) if isinstance(frame, dict) else None
        if future is None or "method" in frame:
            self.frames.append(frame)
            self.order.append(frame)
        else:
            self.order.append(frame["id"])
            if not future.done():
                future.set_result(frame)

    async def send(self, method: str, params: Any = None, id_: Any = None) -> Any:
        """Send a request; a future of the frame that answers it."""
        if id_ is None:
            self._count += 1
            id_ = self._count
        body = {"jsonrpc": "2.0", "id": id_, "method": method}
        if params is not None:
            body["params"] = params
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._answers[id_] = future
        await self.socket.send(json.dumps(body))
        return future

    async def call(self, method: str, params: Any = None, id_: Any = None) -> Any:
        """The result of a request; raises `RpcError`."""
        future = await self.send(method, params, id_)
        async with asyncio.timeout(5):
            frame = await future
        assert frame["jsonrpc"] == "2.0"
        if "error" in frame:
            assert "result" not in frame
            raise RpcError(frame["error"])
        return frame["result"]

    async def get(self, *path: str | int) -> Any:
        """The value at a path."""
        return await self.call("xGet", {"Path": list(path)})

    async def command(self, name: str, **arguments: Any) -> Any:
        """The result of a Bookings command."""
        return await self.call(f"xCommand/Bookings/{name}", arguments)

    async def subscribe(self, *query: str | int, **more: Any) -> int:
        """The Id of a subscription."""
        result = await self.call("xFeedback/Subscribe", {"Query": list(query), **more})
        assert set(result) == {"Id"}
        number: int = result["Id"]
        return number

    async def refused(self, method: str, params: Any = None) -> RpcError:
        """The error that a request is answered with."""
        with pytest.raises(RpcError) as caught:
            await self.call(method, params)
        return caught.value

    async def notifications(self) -> list[Any]:
        """The params of what was notified since the last time."""
        await self.get("Status", "SystemUnit", "Uptime")
        frames, self.frames = self.frames, []
        assert all(f["method"] == "xFeedback/Event" for f in frames)
        assert all("id" not in f for f in frames)
        return [f["params"] for f in frames]

    async def events(self) -> list[tuple[str, Any]]:
        """The (name, value) of the Bookings events since the last time."""
        return [
            item
            for params in await self.notifications()
            if "Event" in params
            for item in params["Event"]["Bookings"].items()
        ]

    async def event_names(self) -> list[str]:
        """The names of the Bookings events since the last time."""
        return [name for name, _ in await self.events()]

    async def listed(self, **arguments: Any) -> list[dict[str, Any]]:
        """The records of Bookings List."""
        found: list[dict[str, Any]] = (await self.command("List", **arguments)).get(
            "Booking", []
        )
        return found


async def client_of(sim: RoomosSimulator, **options: Any) -> Client:
    """A client that is connected."""
    return Client(await open_socket(sim, **options))


async def refusal(sim: RoomosSimulator, **options: Any) -> int:
    """The HTTP status that a handshake meets."""
    with pytest.raises(InvalidStatus) as caught:
        await open_socket(sim, **options)
    return caught.value.response.status_code

"""What the control APIs have in common: what goes wrong, and what was asked."""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import Awaitable
from dataclasses import asdict
import json
from typing import Any, Protocol, override

from aiohttp import web

from .control import Body, ControlError, add_route, arm
from .faults import Builder


class Faults(Protocol):
    """All armed faults of a simulator."""

    def clear(self) -> None:
        """Disarm everything."""

    def describe(self) -> list[str]:
        """What is armed, in words."""


class Troubled(Protocol):
    """A simulator that can be down."""

    @property
    def faults(self) -> Faults:
        """What is to go wrong."""

    async def down(self, seconds: float | None = None, *, refuse: bool = False) -> None:
        """Cut everything, for a time or until `up`."""

    async def up(self) -> None:
        """Be back."""


class Channelled(Troubled, Protocol):
    """A simulator whose clients stay connected."""

    def disconnect(self) -> None:
        """Cut every connection without a word."""

    async def close_connections(self, code: int = 1001) -> None:
        """Close every connection as WebSocket has it."""

    def half_open(self) -> None:
        """Let every connection hang."""

    def send(self, frame: str | bytes) -> None:
        """Send a frame to everyone, past all faults."""


class TroubleControl(ABC):
    """Faults and outages of any simulator."""

    outlives_the_wire = True
    """Whether the control API is still there where the simulator listens no more."""

    def __init__(self, troubled: Troubled) -> None:
        """Bring trouble to a simulator."""
        self._troubled = troubled

    def add_trouble_routes(self, app: web.Application) -> None:
        """Serve what every simulator serves."""
        for route in (
            ("GET", "/faults", self.list_faults),
            ("POST", "/faults", self.add_fault),
            ("DELETE", "/faults", self.clear_faults),
            ("POST", "/down", self.down),
            ("POST", "/up", self.up),
        ):
            add_route(app, *route)

    @abstractmethod
    def when(self, match: dict[str, Any]) -> tuple[Builder[Any], frozenset[str]]:
        """What arms faults for what `match` describes, and those of its verbs to use."""

    async def list_faults(self, request: web.Request, body: Body) -> Any:
        """What is armed."""
        return {"faults": self._troubled.faults.describe()}

    async def add_fault(self, request: web.Request, body: Body) -> Any:
        """Arm a fault: `match`, and what `arm` reads."""
        builder, allowed = self.when(dict(body.get("match", {})))
        arm(builder, body, allowed)
        return {"faults": self._troubled.faults.describe()}

    async def clear_faults(self, request: web.Request, body: Body) -> Any:
        """Disarm everything."""
        self._troubled.faults.clear()

    async def down(self, request: web.Request, body: Body) -> Any:
        """Be away: for `seconds` or until `up`, with `refuse` without listening."""
        seconds = body.get("seconds")
        refuse = body.get("refuse", False)
        if refuse and seconds is None and not self.outlives_the_wire:
            raise ControlError(400, "refuse needs seconds: nothing would hear up")
        await self._troubled.down(seconds, refuse=refuse)

    async def up(self, request: web.Request, body: Body) -> Any:
        """Be back."""
        await self._troubled.up()


class ChannelControl(TroubleControl):
    """Trouble of those whose clients stay connected, too."""

    def __init__(self, troubled: Channelled) -> None:
        """Bring trouble to a simulator."""
        super().__init__(troubled)
        self._channelled = troubled

    @override
    def add_trouble_routes(self, app: web.Application) -> None:
        """Serve what every simulator with connections serves."""
        super().add_trouble_routes(app)
        for route in (
            ("POST", "/disconnect", self.disconnect),
            ("POST", "/half_open", self.half_open),
            ("POST", "/frames", self.send),
        ):
            add_route(app, *route)

    async def disconnect(self, request: web.Request, body: Body) -> Any:
        """Cut every connection, or close it with a `code`."""
        code = body.get("code")
        if code is None:
            self._channelled.disconnect()
        else:
            await self._channelled.close_connections(code)

    async def half_open(self, request: web.Request, body: Body) -> Any:
        """Let every connection hang."""
        self._channelled.half_open()

    async def send(self, request: web.Request, body: Body) -> Any:
        """Send a `frame` to everyone: characters, or JSON."""
        frame = body["frame"]
        self._channelled.send(frame if isinstance(frame, str) else json.dumps(frame))


def logged(entry: Any, **more: Any) -> dict[str, Any]:
    """An entry of a request log for JSON."""
    return {**asdict(entry), **more, "time": entry.time.isoformat()}


async def wait_for(
    request: web.Request, happening: Awaitable[None], otherwise: str
) -> None:
    """Wait for `timeout` seconds (30) of a query; 504 if it does not happen."""
    try:
        async with asyncio.timeout(float(request.query.get("timeout", 30))):
            await happening
    except TimeoutError:
        raise ControlError(504, otherwise) from None

"""The life of a simulator on loopback: it starts, goes down, comes up and stops."""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import Coroutine
from contextlib import suppress
import ssl
from typing import Any, Self, override

from aiohttp import web

HOST = "127.0.0.1"


async def _see_the_end() -> None:
    # The event loop closes the socket of an aborted transport a round later.
    for _ in range(3):
        await asyncio.sleep(0)


class LoopbackServer(ABC):
    """A server on 127.0.0.1, whatever it speaks."""

    def __init__(self) -> None:
        """Nothing listens before `start`."""
        self.closed = False
        """Whether every request is cut (`down`)."""
        self.stopping = asyncio.Event()
        """Set as soon as it stops; whoever lets a client wait looks at it."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._port = 0

    async def __aenter__(self) -> Self:
        """Start on a free port."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self.stop()

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1; port 0 takes a free one."""
        self._port = port
        await self._listen()

    async def stop(self) -> None:
        """Close everything; whoever waits for an answer is cut off."""
        self.stopping.set()
        for task in tuple(self._tasks):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await self._close()
        await _see_the_end()

    @property
    def host(self) -> str:
        """`127.0.0.1:PORT`."""
        return f"{HOST}:{self._port}"

    def in_background(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine until it ends or the simulator stops."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def pause(self, seconds: float | None) -> None:
        """Wait by the event loop's clock, for ever without seconds, never beyond `stop`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.stopping.wait()

    # Outages

    async def down(self, seconds: float | None = None, *, refuse: bool = False) -> None:
        """Cut every connection, for some seconds of the event loop's clock or until `up`.

        With `refuse` nothing listens on the port, nor does a control API that shares it;
        without it, connections are accepted and cut.
        """
        self.closed = True
        if refuse:
            await self._refuse()
        self.disconnect()
        await _see_the_end()
        if seconds is not None:
            self.in_background(self._up_after(seconds))

    async def up(self) -> None:
        """Be back."""
        self.closed = False
        await self._listen()

    async def _up_after(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self.up()

    @abstractmethod
    def disconnect(self) -> None:
        """Cut every connection without a word."""

    @abstractmethod
    async def _listen(self) -> None:
        """Listen on the port, and learn which it is; nothing to do where it does."""

    @abstractmethod
    async def _refuse(self) -> None:
        """Listen no more."""

    @abstractmethod
    async def _close(self) -> None:
        """Listen no more, and end every connection."""


class WebServer(LoopbackServer):
    """One that serves an aiohttp application."""

    def __init__(
        self, context: ssl.SSLContext | None = None, *, patience: float = 1.0
    ) -> None:
        """Requests at hand have `patience` seconds left when it stops."""
        super().__init__()
        self._context = context
        self._patience = patience
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None

    @abstractmethod
    def _make_app(self) -> web.Application:
        """Its application."""

    @override
    async def _listen(self) -> None:
        if self._site is not None:
            return
        if self._runner is None:
            self._runner = web.AppRunner(
                self._make_app(), access_log=None, shutdown_timeout=self._patience
            )
            await self._runner.setup()
        self._site = web.TCPSite(
            self._runner,
            HOST,
            self._port,
            ssl_context=self._context,
            reuse_address=True,
        )
        await self._site.start()
        self._port = self._runner.addresses[0][1]

    @override
    async def _refuse(self) -> None:
        if self._site is not None:
            await self._site.stop()
            self._site = None

    @override
    async def _close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        self._runner = self._site = None


class ControlledServer(LoopbackServer):
    """One whose control API has a port of its own: it stays when the server is down."""

    control_url = ""
    _control: web.AppRunner | None = None

    async def start_control(self, port: int = 0) -> str:
        """Serve the control API; its address (see README.md)."""
        self._control = web.AppRunner(self._make_control_app(), access_log=None)
        await self._control.setup()
        await web.TCPSite(self._control, HOST, port, reuse_address=True).start()
        self.control_url = f"http://{HOST}:{self._control.addresses[0][1]}/_control"
        return self.control_url

    @override
    async def stop(self) -> None:
        """Close everything, the control API last."""
        await super().stop()
        if self._control is not None:
            await self._control.cleanup()
            self._control = None
            await _see_the_end()

    @abstractmethod
    def _make_control_app(self) -> web.Application:
        """The application of its control API."""

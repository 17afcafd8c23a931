"""A wire between client and device that can be cut at any byte."""

import asyncio
from contextlib import suppress
from typing import Self

type Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Wire:
    """Carries bytes both ways until it is cut; `budget` is what may still pass each way."""

    def __init__(self, host: str) -> None:
        """Lead to `host:port`."""
        name, _, port = host.partition(":")
        self._target = name, int(port)
        self._tasks: set[asyncio.Task[None]] = set()
        self.up: int | None = None
        self.down: int | None = None
        self.host = ""

    async def __aenter__(self) -> Self:
        """Listen on a port of its own."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1")
        self.host = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        """Cut everything."""
        self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def mend(self) -> None:
        """Let everything pass on connections from here on."""
        self.up = self.down = None

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            there, back = await asyncio.open_connection(*self._target)
        except OSError:
            writer.close()
            return
        task = asyncio.ensure_future(self._connect((reader, writer), (there, back)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connect(self, near: Stream, far: Stream) -> None:
        """Carry both ways until one of them ends."""
        ways = [
            asyncio.ensure_future(self._carry(near[0], far[1], "up")),
            asyncio.ensure_future(self._carry(far[0], near[1], "down")),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            for _, writer in (near, far):
                writer.transport.abort()

    async def _carry(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, way: str
    ) -> None:
        with suppress(OSError):
            while data := await source.read(65536):
                budget = getattr(self, way)
                if budget is None:
                    target.write(data)
                    continue
                target.write(data[:budget])
                setattr(self, way, budget - len(data[:budget]))
                if len(data) >= budget:
                    # What passed arrives before the end does.
                    await asyncio.sleep(0.02)
                    return

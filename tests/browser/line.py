"""The network between a browser and Home Assistant, at which a test can pull."""

import asyncio
from contextlib import suppress
from typing import Self
from urllib.parse import urlsplit

CHUNK = 65_536


class Line:
    """A relay on loopback: through its `url` Home Assistant is reached as long as the line is whole."""

    def __init__(self, to: str) -> None:
        """Choose where it leads; nobody is connected yet."""
        parts = urlsplit(to)
        self._to = (parts.hostname, parts.port)
        self._open = asyncio.Event()
        self._open.set()
        self._whole = True
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        """Listen."""
        self._server = await asyncio.start_server(self._relay, "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        """End every connection."""
        self._server.close()
        self.cut()
        await self._server.wait_closed()

    def cut(self) -> None:
        """Reset every connection, and every new one too, until mended."""
        self._whole = False
        self._open.set()
        for writer in self._writers:
            writer.transport.abort()

    def hang(self) -> None:
        """Let no byte pass, as where a Wi-Fi has gone without a word, until mended."""
        self._open.clear()

    def mend(self) -> None:
        """Let everything through again."""
        self._whole = True
        self._open.set()

    async def _relay(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if not self._whole:
            writer.transport.abort()
            return
        self._writers.add(writer)
        try:
            # Refused while Home Assistant restarts: the browser shall see that as it is.
            with suppress(OSError):
                other_reader, other = await asyncio.open_connection(*self._to)
                self._writers.add(other)
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._pass_on(reader, other))
                    group.create_task(self._pass_on(other_reader, writer))
                self._writers.discard(other)
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                await self._open.wait()
                writer.write(data)
                await writer.drain()
        writer.close()

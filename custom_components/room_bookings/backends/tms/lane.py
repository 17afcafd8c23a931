"""Off the event loop, one call at a time: a thread per client, a lock per server."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
import threading
from typing import Final

from yarl import URL

from ...rooms.errors import UnreachableError


class _Server:
    """Whose turn it is; `changed` whenever that may be another's."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.busy = False


# Two entries of one server take turns too.
_SERVERS: Final[dict[tuple[str | None, int | None], _Server]] = {}


class Lane:
    """Where the calls of one client run, one after the other."""

    def __init__(self, url: str) -> None:
        """Start no thread yet."""
        address = URL(url)
        self._server = _SERVERS.setdefault((address.host, address.port), _Server())
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="tms")
        self._closed = False

    async def run[Result](self, call: Callable[[], Result]) -> Result:
        """What the call returns, or raises; one whose turn has not come can be cancelled."""
        if self._closed:
            raise UnreachableError("closed")
        given_up = threading.Event()
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(
                self._executor, self._in_turn, call, given_up
            )
        except asyncio.CancelledError:
            given_up.set()
            self._tell()
            raise

    async def close(self, last: Callable[[], None]) -> None:
        """Run that, and end the thread; what waits for its turn is given up."""
        self._closed = True
        self._tell()
        loop = asyncio.get_running_loop()
        # In another thread, because the one of the calls may be busy until it is cut off.
        await loop.run_in_executor(None, self._end, last)

    def _in_turn[Result](
        self, call: Callable[[], Result], given_up: threading.Event
    ) -> Result:
        server = self._server

        def over() -> bool:
            return self._closed or given_up.is_set()

        with server.changed:
            server.changed.wait_for(lambda: over() or not server.busy)
            if over():
                raise UnreachableError("given up")
            server.busy = True
        try:
            return call()
        finally:
            with server.changed:
                server.busy = False
                server.changed.notify_all()

    def _tell(self) -> None:
        with self._server.changed:
            self._server.changed.notify_all()

    def _end(self, last: Callable[[], None]) -> None:
        self._executor.shutdown(wait=True)
        last()

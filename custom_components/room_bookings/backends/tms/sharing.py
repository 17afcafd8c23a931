"""One piece of work for all who ask for it at the same time."""

import asyncio
from collections.abc import Awaitable, Callable

from ...rooms.errors import UnreachableError


class Shared:
    """Work of which one run is under way and one waits, whoever asks for it.

    A run answers all who asked before it began, and nobody who asked later.
    """

    def __init__(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do nothing yet."""
        self._work = work
        self._running: asyncio.Task[None] | None = None
        self._next: asyncio.Task[None] | None = None

    async def __call__(self) -> None:
        """Have it done, from here on; raises what goes wrong, UnreachableError if closed."""
        if self._next is None:
            self._next = asyncio.create_task(self._after(self._running))
            self._next.add_done_callback(_heard)
        run = self._next
        await asyncio.wait([run])
        if run.cancelled():
            raise UnreachableError("closed")
        run.result()

    async def _after(self, before: asyncio.Task[None] | None) -> None:
        if before is not None and not before.done():
            await asyncio.wait([before])
        self._running, self._next = self._next, None
        await self._work()

    async def close(self) -> None:
        """Stop it; whoever waits for it hears that."""
        tasks = [task for task in (self._next, self._running) if task is not None]
        self._next = None
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)


def _heard(task: asyncio.Task[None]) -> None:
    """Whoever asked may be gone: nobody else needs to know what went wrong."""
    if not task.cancelled():
        task.exception()

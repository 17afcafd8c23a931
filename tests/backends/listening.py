"""Hearing what a transport or a backend says."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Self

type Listen = Callable[[Callable[[Any], None]], Awaitable[None]]


class Ear:
    """Listens in the background, and remembers in order."""

    def __init__(self, listen: Listen) -> None:
        """Listen with this."""
        self._listen = listen
        self._news = asyncio.Event()
        self.heard: list[Any] = []

    async def __aenter__(self) -> Self:
        """Begin."""
        self.task = asyncio.ensure_future(self._listen(self._hear))
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop listening."""
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)

    def _hear(self, signal: Any) -> None:
        self.heard.append(signal)
        self._news.set()

    def of(self, *kinds: type) -> list[Any]:
        """What was heard of these kinds."""
        return [signal for signal in self.heard if isinstance(signal, kinds)]

    async def until(self, wanted: Any, times: int = 1, seconds: float = 15.0) -> None:
        """Wait until a signal, or one of a kind, was heard so often."""
        async with asyncio.timeout(seconds):
            while True:
                same = [
                    s
                    for s in self.heard
                    if (
                        isinstance(s, wanted)
                        if isinstance(wanted, type)
                        else s == wanted
                    )
                ]
                if len(same) >= times:
                    return
                self._news.clear()
                await self._news.wait()

    async def ended(self, seconds: float = 15.0) -> None:
        """Wait until nothing is listened for any more."""
        async with asyncio.timeout(seconds):
            await self.task

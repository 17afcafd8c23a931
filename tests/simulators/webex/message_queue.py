"""The queue of a Workspace Integration: long polls and at-most-once (facts 7.5)."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

type Message = dict[str, Any]


class MessageQueue:
    """Messages waiting for a poll, and polls waiting for a message."""

    def __init__(self) -> None:
        """Start empty."""
        self._ready: deque[Any] = deque()
        self._polls: deque[tuple[asyncio.Future[None], Callable[[], bool]]] = deque()
        self._watchers: list[asyncio.Future[None]] = []
        self.batch = 100
        """The most messages one poll is given."""
        self.merge_events = False
        """Whether neighbouring events of one device are one message."""
        self.most_pollers = 0
        """The most polls that ever waited at once: more than one is a second consumer."""
        self.delivered = 0
        """How many messages were handed out."""

    def __len__(self) -> int:
        """How many messages wait for a poll."""
        return len(self._ready)

    @property
    def waiting(self) -> int:
        """How many polls wait for a message, those left out whose client has gone."""
        return sum(1 for future, alive in self._polls if not future.done() and alive())

    def post(self, message: Any) -> None:
        """Append a message and wake the poll that has waited longest."""
        self._ready.append(message)
        self._wake_next()

    def clear(self) -> None:
        """Lose all messages that wait."""
        self._ready.clear()

    async def take(self, hold: float, alive: Callable[[], bool]) -> list[Any]:
        """The messages that wait, or those that come within `hold` seconds.

        `alive` tells whether the client of the poll is still there; a poll without a
        client takes nothing.
        """
        if not self._ready and hold > 0:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            entry = (future, alive)
            self._polls.append(entry)
            self.most_pollers = max(self.most_pollers, self.waiting)
            self._tell_watchers()
            try:
                async with asyncio.timeout(hold):
                    await future
            except TimeoutError:
                pass
            finally:
                if entry in self._polls:
                    self._polls.remove(entry)
        if not alive():
            if self._ready:
                self._wake_next()
            return []
        return self._take_ready()

    def release_polls(self) -> None:
        """Let all waiting polls return without messages."""
        while self._polls:
            future, _ = self._polls.popleft()
            if not future.done():
                future.set_result(None)

    async def wait_for_poll(self) -> None:
        """Return when every message was handed out and a client waits for more."""
        while self._ready or not self.waiting:
            watcher: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._watchers.append(watcher)
            await watcher

    def _wake_next(self) -> None:
        while self._polls:
            future, alive = self._polls.popleft()
            if future.done():
                continue
            future.set_result(None)
            if alive():
                return

    def _take_ready(self) -> list[Any]:
        taken: list[Any] = []
        while self._ready and len(taken) < self.batch:
            taken.append(self._ready.popleft())
        self.delivered += len(taken)
        return _merged(taken) if self.merge_events else taken

    def _tell_watchers(self) -> None:
        watchers, self._watchers = self._watchers, []
        for watcher in watchers:
            if not watcher.done():
                watcher.set_result(None)


def _merged(messages: list[Any]) -> list[Any]:
    merged: list[Any] = []
    for message in messages:
        before = merged[-1] if merged else None
        if (
            isinstance(message, dict)
            and isinstance(before, dict)
            and message.get("type") == before.get("type") == "events"
            and message["deviceId"] == before["deviceId"]
        ):
            merged[-1] = {**before, "events": before["events"] + message["events"]}
        else:
            merged.append(message)
    return merged

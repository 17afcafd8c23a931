"""The cloud's patience: so many requests a second, and a pause when it asks for one."""

import asyncio
from heapq import heappop, heappush
from itertools import count
from typing import Final

# Deployed integrations keep to this (facts 6.4, WRR); the real limit is dynamic.
REQUESTS_PER_SECOND: Final = 5.0


class RateLimiter:
    """Lets at most `rate` requests start in any second; urgent ones go first.

    A burst of one second's worth may start at once after a quiet second.
    """

    def __init__(self, rate: float = REQUESTS_PER_SECOND) -> None:
        """Allow `rate` requests a second."""
        self._rate = rate
        self._loop = asyncio.get_running_loop()
        self._credit = rate
        self._counted_at = self._loop.time()
        self._waiting: list[tuple[bool, int, asyncio.Future[None]]] = []
        self._order = count()
        self._timer: asyncio.TimerHandle | None = None

    async def turn(self, *, urgent: bool = False) -> None:
        """Return when it is this request's turn."""
        turn: asyncio.Future[None] = self._loop.create_future()
        heappush(self._waiting, (not urgent, next(self._order), turn))
        self._serve()
        await turn

    def pause(self, seconds: float) -> None:
        """Start nothing for so long: the cloud said so."""
        self._refill()
        self._credit = min(self._credit, 1 - seconds * self._rate)

    def close(self) -> None:
        """Forget the timer; whoever still waits is cancelled."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._waiting:
            heappop(self._waiting)[2].cancel()

    def _refill(self) -> None:
        now = self._loop.time()
        self._credit = min(
            self._rate, self._credit + (now - self._counted_at) * self._rate
        )
        self._counted_at = now

    def _serve(self) -> None:
        self._refill()
        while self._waiting and self._credit >= 1:
            turn = heappop(self._waiting)[2]
            if not turn.done():
                self._credit -= 1
                turn.set_result(None)
        if self._waiting and self._timer is None:
            delay = (1 - self._credit) / self._rate
            self._timer = self._loop.call_later(delay, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        self._serve()

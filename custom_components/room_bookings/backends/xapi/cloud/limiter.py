"""The cloud's patience: so many requests a second, and a pause when it asks for one."""

import asyncio
from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from typing import Final

from ....rooms.errors import BusyTryLaterError, RoomError, UnreachableError

# Deployed integrations keep to this (facts 6.4, WRR); the real limit is dynamic.
REQUESTS_PER_SECOND: Final = 5.0
# Nobody waits here for a longer pause: he hears of it, and comes back.
_WAITED_FOR: Final = 30.0


class RateLimiter:
    """Lets at most `rate` requests start in any second; urgent ones go first.

    Urgent requests may start all at once. The others keep a steady pace, so that there
    is always a turn for an urgent one soon.
    """

    def __init__(self, rate: float = REQUESTS_PER_SECOND) -> None:
        """Allow `rate` requests a second."""
        self._loop = asyncio.get_running_loop()
        self._rate = rate
        self._starts: deque[float] = deque()
        self._paused_until = self._loop.time()
        self._waiting: list[tuple[bool, int, asyncio.Future[None]]] = []
        self._order = count()
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False

    async def turn(self, *, urgent: bool = False) -> None:
        """Return when it is this request's turn.

        Raises BusyTryLaterError where the cloud wants to be left alone for long, and
        UnreachableError once there are no turns any more.
        """
        if self._closed:
            raise UnreachableError("closed")
        if (pause := self._paused_until - self._loop.time()) > _WAITED_FOR:
            raise BusyTryLaterError(pause)
        turn: asyncio.Future[None] = self._loop.create_future()
        heappush(self._waiting, (not urgent, next(self._order), turn))
        self._serve()
        await turn

    def pause(self, seconds: float) -> None:
        """Start nothing for so long: the cloud said so."""
        self._paused_until = max(self._paused_until, self._loop.time() + seconds)
        if seconds > _WAITED_FOR:
            self._send_away(lambda: BusyTryLaterError(seconds))

    def close(self) -> None:
        """Give no more turns; whoever waits for one is told so."""
        self._closed = True
        self._send_away(lambda: UnreachableError("closed"))
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _send_away(self, why: Callable[[], RoomError]) -> None:
        while self._waiting:
            _, _, turn = heappop(self._waiting)
            if not turn.done():
                turn.set_exception(why())

    def _serve(self) -> None:
        while self._waiting:
            waits_patiently, _, turn = self._waiting[0]
            if turn.done():
                # Whoever wanted it has gone.
                heappop(self._waiting)
                continue
            now = self._loop.time()
            if (at := self._earliest(waits_patiently)) > now:
                self._wake_at(at)
                return
            heappop(self._waiting)
            self._starts.append(now)
            turn.set_result(None)

    def _earliest(self, waits_patiently: bool) -> float:
        """When the next request may start."""
        at = self._paused_until
        while len(self._starts) > self._rate:
            self._starts.popleft()
        if len(self._starts) > self._rate - 1:
            at = max(at, self._starts[0] + 1)
        if waits_patiently and self._starts:
            at = max(at, self._starts[-1] + 1 / self._rate)
        return at

    def _wake_at(self, at: float) -> None:
        if self._timer is not None:
            if self._timer.when() <= at:
                return
            self._timer.cancel()
        self._timer = self._loop.call_at(at, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        self._serve()

"""The server's patience: so many requests at once, and a pause when it asks for one."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from heapq import heappop, heappush
from itertools import count
from typing import Final

from ...rooms.errors import BusyTryLaterError, RoomError, UnreachableError

AT_ONCE: Final = 4
# Nobody waits here for a longer pause, in seconds: he hears of it, and comes back.
_WAITED_FOR: Final = 30.0


class Turns:
    """Lets at most `at_once` requests run at a time; urgent ones go first.

    One of the places is for urgent requests alone, so that a server that answers nobody
    keeps nobody from acting.
    """

    def __init__(self, at_once: int = AT_ONCE) -> None:
        """Let nobody wait yet."""
        self._at_once = at_once
        self._running = 0
        self._paused_until = 0.0
        self._waiting: list[tuple[bool, int, asyncio.Future[None]]] = []
        self._order = count()
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False

    @asynccontextmanager
    async def turn(self, *, urgent: bool = False) -> AsyncGenerator[None]:
        """Wait for a place, and hold it.

        Raises BusyTryLaterError where the server wants to be left alone for long, and
        UnreachableError once there are no turns any more.
        """
        loop = asyncio.get_running_loop()
        if self._closed:
            raise UnreachableError("closed")
        if (pause := self._paused_until - loop.time()) > _WAITED_FOR:
            raise BusyTryLaterError(pause)
        place: asyncio.Future[None] = loop.create_future()
        heappush(self._waiting, (not urgent, next(self._order), place))
        self._serve()
        try:
            await place
            yield
        finally:
            if place.done() and not place.cancelled() and place.exception() is None:
                self._running -= 1
                self._serve()

    def pause(self, seconds: float) -> None:
        """Start nothing for so long: the server said so."""
        until = asyncio.get_running_loop().time() + seconds
        self._paused_until = max(self._paused_until, until)
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
            _, _, place = heappop(self._waiting)
            if not place.done():
                place.set_exception(why())

    def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            patient, _, place = self._waiting[0]
            if place.done():
                # Whoever wanted it has gone.
                heappop(self._waiting)
                continue
            if self._running >= self._at_once - patient:
                return
            if self._paused_until > loop.time():
                self._wake_at(self._paused_until)
                return
            heappop(self._waiting)
            self._running += 1
            place.set_result(None)

    def _wake_at(self, when: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_at(when, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        self._serve()

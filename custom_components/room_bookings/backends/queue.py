"""Who waits for a turn to ask a server, and the pauses that it asks for."""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from typing import Final

from ..rooms.errors import BusyTryLaterError, RoomError, UnreachableError

# Nobody waits here for a longer pause, in seconds: he hears of it, and comes back.
_WAITED_FOR: Final = 30.0


class TurnQueue(ABC):
    """Gives turns, to urgent requests first; how many, its kinds say."""

    def __init__(self) -> None:
        """Let nobody wait yet."""
        self._loop = asyncio.get_running_loop()
        self._paused_until = 0.0
        self._waiting: list[tuple[bool, int, asyncio.Future[None]]] = []
        self._order = count()
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False

    def pause(self, seconds: float) -> None:
        """Start nothing for so long: the server said so."""
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

    @abstractmethod
    def _earliest(self, waits_patiently: bool) -> float | None:
        """When the next may have its turn; None if another one has to end before."""

    @abstractmethod
    def _begin(self, now: float) -> None:
        """Count a turn that is given."""

    def _wait(self, *, urgent: bool) -> asyncio.Future[None]:
        """Get in line.

        Raises BusyTryLaterError where the server wants to be left alone for long, and
        UnreachableError once there are no turns any more.
        """
        if self._closed:
            raise UnreachableError("closed")
        if (pause := self._paused_until - self._loop.time()) > _WAITED_FOR:
            raise BusyTryLaterError(pause)
        turn: asyncio.Future[None] = self._loop.create_future()
        heappush(self._waiting, (not urgent, next(self._order), turn))
        self._serve()
        return turn

    def _serve(self) -> None:
        while self._waiting:
            waits_patiently, _, turn = self._waiting[0]
            if turn.done():
                # Whoever wanted it has gone.
                heappop(self._waiting)
                continue
            if (at := self._earliest(waits_patiently)) is None:
                return
            now = self._loop.time()
            if (at := max(at, self._paused_until)) > now:
                self._wake_at(at)
                return
            heappop(self._waiting)
            self._begin(now)
            turn.set_result(None)

    def _send_away(self, why: Callable[[], RoomError]) -> None:
        while self._waiting:
            _, _, turn = heappop(self._waiting)
            if not turn.done():
                turn.set_exception(why())

    def _wake_at(self, at: float) -> None:
        if self._timer is not None:
            if self._timer.when() <= at:
                return
            self._timer.cancel()
        self._timer = self._loop.call_at(at, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        self._serve()

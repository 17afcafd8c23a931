"""The server's patience: so many requests at once, and a pause when it asks for one."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final, override

from ..queue import TurnQueue

AT_ONCE: Final = 4


class Turns(TurnQueue):
    """Lets at most `at_once` requests run at a time; urgent ones go first.

    One of the places is for urgent requests alone, so that a server that answers nobody
    keeps nobody from acting.
    """

    def __init__(self, at_once: int = AT_ONCE) -> None:
        """Let nobody wait yet."""
        super().__init__()
        self._at_once = at_once
        self._running = 0

    @asynccontextmanager
    async def turn(self, *, urgent: bool = False) -> AsyncGenerator[None]:
        """Wait for a place, and hold it.

        Raises BusyTryLaterError where the server wants to be left alone for long, and
        UnreachableError once there are no turns any more.
        """
        place = self._wait(urgent=urgent)
        try:
            await place
            yield
        finally:
            if place.done() and not place.cancelled() and place.exception() is None:
                self._running -= 1
                self._serve()

    @override
    def _earliest(self, waits_patiently: bool) -> float | None:
        return 0.0 if self._running < self._at_once - waits_patiently else None

    @override
    def _begin(self, now: float) -> None:
        self._running += 1

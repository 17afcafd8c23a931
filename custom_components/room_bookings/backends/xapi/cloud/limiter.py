"""The cloud's patience: so many requests a second, and a pause when it asks for one."""

from collections import deque
from typing import Final, override

from ...queue import TurnQueue

# Deployed integrations keep to this (facts 6.4, WRR); the real limit is dynamic.
REQUESTS_PER_SECOND: Final = 5.0


class RateLimiter(TurnQueue):
    """Lets at most `rate` requests start in any second; urgent ones go first.

    Urgent requests may start all at once. The others keep a steady pace, so that there
    is always a turn for an urgent one soon.
    """

    def __init__(self, rate: float = REQUESTS_PER_SECOND) -> None:
        """Allow `rate` requests a second."""
        super().__init__()
        self._rate = rate
        self._starts: deque[float] = deque()

    async def turn(self, *, urgent: bool = False) -> None:
        """Return when it is this request's turn.

        Raises BusyTryLaterError where the cloud wants to be left alone for long, and
        UnreachableError once there are no turns any more.
        """
        await self._wait(urgent=urgent)

    @override
    def _earliest(self, waits_patiently: bool) -> float:
        at = 0.0
        while len(self._starts) > self._rate:
            self._starts.popleft()
        if len(self._starts) > self._rate - 1:
            at = self._starts[0] + 1
        if waits_patiently and self._starts:
            at = max(at, self._starts[-1] + 1 / self._rate)
        return at

    @override
    def _begin(self, now: float) -> None:
        self._starts.append(now)

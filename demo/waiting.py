"""Waiting for conditions of other processes, always with a deadline."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic

POLL_SECONDS = 0.05


class TooLate(Exception):
    """Something that was waited for did not happen in time."""


async def until[T](
    what: str, probe: Callable[[], Awaitable[T | None]], seconds: float
) -> T:
    """Return the probe's first answer that is neither None nor False.

    For what has to be asked for again and again, such as another server's state. Raises TooLate.
    """
    deadline = monotonic() + seconds
    while True:
        answer = await probe()
        if answer is not None and answer is not False:
            return answer
        if monotonic() > deadline:
            raise TooLate(f"not within {seconds:g} s: {what}; last seen: {answer!r}")
        await asyncio.sleep(POLL_SECONDS)

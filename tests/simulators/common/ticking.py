"""Simulated time that passes by itself, or only when a test says so."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.simulators.xapi import Timers


async def keep_ticking(timers: Timers, clock: Callable[[], datetime]) -> None:
    """Run every timer when the clock reaches it, until cancelled."""
    wake = asyncio.Event()
    timers.on_earlier = wake.set
    while True:
        wake.clear()
        timers.run_due(clock())
        due = timers.next_due
        wait = None if due is None else (due - clock()).total_seconds()
        with suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await wake.wait()

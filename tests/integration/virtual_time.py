"""Time that passes only when nothing else can happen.

The event loop asks its selector to wait until the next timer is due. Here the selector
does not wait: once nothing is ready, no socket has bytes and no thread works, the clock
jumps to that timer. Client, server and Home Assistant run for real, hours take
milliseconds, and what happens at a second happens exactly there.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any, Protocol

from freezegun import freeze_time

# Bytes on loopback may take a moment from one end to the other, in real seconds.
_ON_THE_WAY = 0.0005
# What is due within so many virtual seconds happens now.
_AT_ONCE = 0.001
# A thread at work is looked after this often, in real seconds.
_THREAD = 0.02
# Nothing is ready, no timer runs: somebody waits for what will never come.
_NEVER = 200


class _Frozen(Protocol):
    def tick(self, delta: timedelta) -> Any:
        """Move the frozen time."""


class VirtualTime:
    """The clock of one test; see the module's docstring."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, loop_time: float, frozen: _Frozen
    ) -> None:
        """Start at the frozen time, and at the event loop's."""
        self._loop: Any = loop
        self._frozen = frozen
        self._loop_time = loop_time
        self._threads = 0
        self._idle: list[asyncio.Future[None]] = []
        self._stuck = 0

    @property
    def now(self) -> datetime:
        """The time it shows."""
        return datetime.now(UTC)

    async def settle(self) -> None:
        """Return when nothing more happens unless time passes."""
        done: asyncio.Future[None] = self._loop.create_future()
        self._idle.append(done)
        await done

    async def pass_by(self, **interval: float) -> None:
        """Let so much time pass, and all happen that is due by then."""
        await self.settle()
        await asyncio.sleep(timedelta(**interval).total_seconds())
        await self.settle()

    async def move_to(self, when: datetime) -> None:
        """Let time pass up to that time, and all happen that is due then."""
        await self.pass_by(seconds=(when - self.now).total_seconds())

    async def until(
        self, condition: Callable[[], object], within: float = 5.0
    ) -> timedelta:
        """Let time pass until the condition holds; how much it took, to 0.2 % of `within`."""
        began = self.now
        await self.settle()
        while not condition():
            waited = (self.now - began).total_seconds()
            assert waited < within, f"not within {within} s: {condition}"
            await asyncio.sleep(within / 500)
            await self.settle()
        return self.now - began

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let this clock rule the event loop."""
        loop = self._loop
        select, run = loop._selector.select, loop.run_in_executor

        def run_in_executor(*args: Any) -> asyncio.Future[Any]:
            self._threads += 1
            future: asyncio.Future[Any] = run(*args)
            future.add_done_callback(self._thread_done)
            return future

        debug = loop.get_debug()
        # Where each callback was made is of no use here, and costs half of the time.
        loop.set_debug(False)
        loop.time = lambda: self._loop_time
        loop._selector.select = lambda timeout: self._select(select, timeout)
        loop.run_in_executor = run_in_executor
        try:
            yield
        finally:
            del loop.time, loop._selector.select, loop.run_in_executor
            loop.set_debug(debug)

    def _thread_done(self, _: asyncio.Future[Any]) -> None:
        self._threads -= 1

    def _select(self, select: Callable[[float], Any], timeout: float | None) -> Any:
        idle = timeout is None or timeout > 0
        if ready := select(_ON_THE_WAY if idle else 0):
            self._stuck = 0
            return ready
        if not idle:
            return ready
        if self._threads:
            return select(_THREAD)
        if self._idle and (timeout is None or timeout > _AT_ONCE):
            waiting, self._idle = self._idle, []
            for done in waiting:
                if not done.done():
                    done.set_result(None)
        elif timeout is None:
            self._stuck += 1
            assert self._stuck < _NEVER, "everybody waits for what will never come"
            return select(_THREAD)
        else:
            self._jump(timeout)
        return ready

    def _jump(self, seconds: float) -> None:
        microseconds = max(1, ceil(seconds * 1_000_000))
        self._loop_time += microseconds / 1_000_000
        self._frozen.tick(timedelta(microseconds=microseconds))


@contextmanager
def virtual_time(start: datetime) -> Iterator[VirtualTime]:
    """Let the running event loop live in virtual time, from `start` on."""
    loop = asyncio.get_running_loop()
    loop_time = loop.time()
    with freeze_time(start) as frozen:
        clock = VirtualTime(loop, loop_time, frozen)
        with clock.running():
            yield clock

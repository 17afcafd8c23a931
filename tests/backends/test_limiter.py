"""The cloud's patience is not tried: 5 requests a second, urgent ones first, pauses kept."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from custom_components.room_bookings.backends.xapi.cloud.limiter import (
    REQUESTS_PER_SECOND,
    RateLimiter,
)
from custom_components.room_bookings.rooms.errors import (
    BusyTryLaterError,
    UnreachableError,
)


class Turns:
    """Takes turns and notes when each began, in seconds from the first wish."""

    def __init__(self, limiter: RateLimiter) -> None:
        """Take no turn yet."""
        self._limiter = limiter
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self.taken: list[tuple[str, float]] = []

    async def take(self, name: str = "", *, urgent: bool = False) -> None:
        """Wait for a turn."""
        await self._limiter.turn(urgent=urgent)
        self.taken.append((name, self._loop.time() - self._began))

    @property
    def names(self) -> list[str]:
        """Who has had a turn, in order."""
        return [name for name, _ in self.taken]

    def most_in(self, seconds: float) -> int:
        """The most turns that began within any such stretch of time."""
        times = [at for _, at in self.taken]
        return max(sum(1 for t in times if at <= t < at + seconds) for at in times)


@pytest.fixture
async def limiter() -> AsyncGenerator[RateLimiter]:
    """A limiter as the client uses it."""
    limiter = RateLimiter()
    yield limiter
    limiter.close()


async def test_urgent_requests_start_at_once_but_five_in_any_second(
    limiter: RateLimiter,
) -> None:
    """A burst is a second's worth; after it there is a second of silence."""
    turns = Turns(limiter)
    await asyncio.gather(*(turns.take(urgent=True) for _ in range(7)))
    times = [at for _, at in turns.taken]
    assert times[4] < 0.1
    assert times[5] >= 0.99
    assert turns.most_in(0.99) == REQUESTS_PER_SECOND


async def test_other_requests_keep_a_steady_pace(limiter: RateLimiter) -> None:
    """So that an urgent request among them never waits longer than one of them does."""
    turns = Turns(limiter)
    others = [asyncio.create_task(turns.take()) for _ in range(8)]
    await asyncio.sleep(0.5)
    began = asyncio.get_running_loop().time()
    await limiter.turn(urgent=True)
    assert asyncio.get_running_loop().time() - began < 0.25
    for other in others:
        other.cancel()
    pace = [b - a for (_, a), (_, b) in zip(turns.taken, turns.taken[1:], strict=False)]
    assert all(gap >= 0.19 for gap in pace)


async def test_urgent_requests_overtake_others_and_keep_their_order(
    limiter: RateLimiter,
) -> None:
    """Of the same kind, who came first goes first."""
    limiter.pause(0.05)
    turns = Turns(limiter)
    wishes = [("a", False), ("b", False), ("C", True), ("D", True)]
    await asyncio.gather(*(turns.take(name, urgent=u) for name, u in wishes))
    assert turns.names == ["C", "D", "a", "b"]


async def test_during_a_pause_nothing_starts(limiter: RateLimiter) -> None:
    """Also what waited already, and a shorter pause does not end a longer one."""
    for _ in range(5):
        await limiter.turn(urgent=True)
    turns = Turns(limiter)
    waiting = asyncio.create_task(turns.take(urgent=True))
    await asyncio.sleep(0)
    limiter.pause(1.3)
    limiter.pause(0.1)
    await waiting
    assert 1.29 <= turns.taken[0][1] < 1.6


async def test_a_long_pause_sends_everybody_away(limiter: RateLimiter) -> None:
    """A person does not wait for minutes: he is told how long it takes."""
    limiter.pause(0.01)
    waiting = asyncio.create_task(limiter.turn())
    await asyncio.sleep(0)
    limiter.pause(600)
    for wish in (waiting, limiter.turn(urgent=True)):
        with pytest.raises(BusyTryLaterError) as busy:
            await wish
        assert busy.value.retry_after == pytest.approx(600, abs=1)


async def test_who_has_gone_eats_no_turn(limiter: RateLimiter) -> None:
    """And leaves nothing behind."""
    limiter.pause(0.05)
    turns = Turns(limiter)
    gone = [asyncio.create_task(turns.take("gone", urgent=True)) for _ in range(50)]
    await asyncio.sleep(0)
    for task in gone:
        task.cancel()
    await asyncio.gather(*(turns.take("here", urgent=True) for _ in range(5)))
    assert turns.names == ["here"] * 5
    assert turns.taken[-1][1] < 0.3
    assert not limiter._waiting


async def test_everybody_gone_leaves_no_timer_that_matters(
    limiter: RateLimiter,
) -> None:
    """A timer that finds nobody sets no other."""
    limiter.pause(0.02)
    task = asyncio.create_task(limiter.turn())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0.05)
    assert limiter._timer is None
    assert not limiter._waiting


async def test_closing_ends_all_waits() -> None:
    """With an error, for nobody cancelled whoever waits; and there are no turns after it."""
    limiter = RateLimiter()
    limiter.pause(1)
    waiting = asyncio.create_task(limiter.turn())
    gone = asyncio.create_task(limiter.turn())
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.sleep(0)
    limiter.close()
    for wish in (waiting, limiter.turn()):
        with pytest.raises(UnreachableError):
            await wish
    assert limiter._timer is None


async def test_the_limit_can_be_another() -> None:
    """The pace follows it."""
    limiter = RateLimiter(100)
    turns = Turns(limiter)
    await asyncio.gather(*(turns.take() for _ in range(11)))
    assert 0.09 <= turns.taken[-1][1] < 0.5
    limiter.close()


async def test_a_lower_limit_counts_what_went_before() -> None:
    """The benchmarks set up with a higher one."""
    limiter = RateLimiter(100)
    for _ in range(50):
        await limiter.turn(urgent=True)
    limiter._rate = REQUESTS_PER_SECOND
    turns = Turns(limiter)
    await turns.take(urgent=True)
    assert turns.taken[0][1] > 0.5
    limiter.close()

"""The cloud's patience is not tried: 5 requests a second, urgent ones first, pauses kept."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from custom_components.room_bookings.backends.xapi.cloud.limiter import (
    REQUESTS_PER_SECOND,
    RateLimiter,
)
from custom_components.room_bookings.rooms.errors import (
    BusyTryLaterError,
    UnreachableError,
)


@dataclass(eq=False)
class Timer:
    """A timer of `Time`."""

    at: float
    run: Callable[[], None]
    over: bool = False

    def when(self) -> float:
        """When it is due."""
        return self.at

    def cancel(self) -> None:
        """Never run."""
        self.over = True


@dataclass
class Time:
    """An event loop's clock and timers; time passes only when it is told to."""

    now: float = 1_000.0
    timers: list[Timer] = field(default_factory=list)

    def time(self) -> float:
        """The time."""
        return self.now

    def create_future(self) -> asyncio.Future[None]:
        """A future of the real loop."""
        return asyncio.get_running_loop().create_future()

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        """Run this then."""
        self.timers.append(Timer(when, callback))
        return self.timers[-1]

    @property
    def pending(self) -> list[Timer]:
        """The timers that will run."""
        return [timer for timer in self.timers if not timer.over]

    async def pass_by(self, seconds: float) -> None:
        """Let so much time pass, with all that is due in it."""
        until = self.now + seconds
        await self.settle()
        while due := [t for t in self.pending if t.at <= until]:
            timer = min(due, key=Timer.when)
            self.now = max(self.now, timer.at)
            timer.over = True
            timer.run()
            await self.settle()
        self.now = until

    @staticmethod
    async def settle() -> None:
        """Let everybody run who can."""
        for _ in range(5):
            await asyncio.sleep(0)


class Turns:
    """Takes turns in the background and notes when each began."""

    def __init__(self, limiter: RateLimiter, time: Time) -> None:
        """Take no turn yet."""
        self._limiter = limiter
        self._time = time
        self._began = time.now
        self.taken: list[tuple[str, float]] = []

    def want(self, name: str = "", *, urgent: bool = False) -> asyncio.Task[None]:
        """Wait for a turn."""
        return asyncio.create_task(self._take(name, urgent))

    async def _take(self, name: str, urgent: bool) -> None:
        await self._limiter.turn(urgent=urgent)
        self.taken.append((name, round(self._time.now - self._began, 6)))

    @property
    def names(self) -> list[str]:
        """Who has had a turn, in order."""
        return [name for name, _ in self.taken]

    @property
    def times(self) -> list[float]:
        """When, in seconds from the first wish."""
        return [at for _, at in self.taken]

    def most_in_a_second(self) -> int:
        """The most turns that began within any second."""
        return max(sum(1 for t in self.times if at <= t < at + 1) for at in self.times)


@pytest.fixture
def time() -> Time:
    """A clock that stands still."""
    return Time()


@pytest.fixture
async def limiter(time: Time) -> AsyncGenerator[RateLimiter]:
    """A limiter as the client uses it, after a quiet second."""
    limiter = RateLimiter()
    limiter._loop = time  # type: ignore[assignment]
    limiter._paused_until = 0.0
    yield limiter
    limiter.close()


@pytest.fixture
async def turns(limiter: RateLimiter, time: Time) -> Turns:
    """Nobody has had a turn yet."""
    return Turns(limiter, time)


async def test_urgent_requests_start_at_once_but_five_in_any_second(
    turns: Turns, time: Time
) -> None:
    """A burst is a second's worth; after it there is a second of silence."""
    for _ in range(12):
        turns.want(urgent=True)
    await time.pass_by(10)
    assert turns.times == [0.0] * 5 + [1.0] * 5 + [2.0] * 2
    assert turns.most_in_a_second() == REQUESTS_PER_SECOND


async def test_other_requests_keep_a_steady_pace(turns: Turns, time: Time) -> None:
    """So that an urgent request among them never waits longer than one of them does."""
    for number in range(20):
        turns.want(f"{number}")
    await time.pass_by(1.51)
    turns.want("urgent", urgent=True)
    await time.pass_by(10)
    at = dict(turns.taken)["urgent"]
    assert 1.51 <= at <= 1.71
    assert all(after - before >= 0.199 for before, after in pairwise(turns.times[:8]))
    assert turns.most_in_a_second() <= REQUESTS_PER_SECOND
    assert len(turns.taken) == 21


async def test_an_urgent_request_comes_before_one_that_waits_already(
    turns: Turns, time: Time
) -> None:
    """Also when its turn is not at once either."""
    for _ in range(4):
        turns.want(urgent=True)
    await time.pass_by(0.9)
    turns.want(urgent=True)
    await time.pass_by(0.01)
    turns.want("patient")
    await time.pass_by(0.01)
    turns.want("urgent", urgent=True)
    await time.pass_by(1)
    assert turns.taken[-2:] == [("urgent", 1.0), ("patient", 1.2)]


async def test_urgent_requests_overtake_others_and_keep_their_order(
    limiter: RateLimiter, turns: Turns, time: Time
) -> None:
    """Of the same kind, who came first goes first."""
    limiter.pause(1)
    for name, urgent in (("a", False), ("b", False), ("C", True), ("D", True)):
        turns.want(name, urgent=urgent)
    await time.pass_by(3)
    assert turns.names == ["C", "D", "a", "b"]


async def test_during_a_pause_nothing_starts(
    limiter: RateLimiter, turns: Turns, time: Time
) -> None:
    """Also what waited already; and a shorter pause does not end a longer one."""
    for _ in range(6):
        turns.want(urgent=True)
    await time.pass_by(0.5)
    limiter.pause(20)
    limiter.pause(0.1)
    turns.want(urgent=True)
    await time.pass_by(60)
    assert turns.times == [0.0] * 5 + [20.5] * 2


async def test_a_long_pause_sends_everybody_away(
    limiter: RateLimiter, turns: Turns, time: Time
) -> None:
    """A person does not wait for minutes: he is told how long it takes."""
    limiter.pause(1)
    waiting = turns.want()
    await time.settle()
    limiter.pause(600)
    late = turns.want(urgent=True)
    for wish in (waiting, late):
        with pytest.raises(BusyTryLaterError) as busy:
            await wish
        assert busy.value.retry_after == 600
    await time.pass_by(575)
    patient = turns.want()
    await time.pass_by(60)
    await patient
    assert turns.times == [600.0]


async def test_who_has_gone_eats_no_turn(
    limiter: RateLimiter, turns: Turns, time: Time
) -> None:
    """And leaves nothing behind."""
    limiter.pause(1)
    gone = [turns.want("gone", urgent=True) for _ in range(50)]
    await time.settle()
    for task in gone:
        task.cancel()
    for _ in range(5):
        turns.want("here", urgent=True)
    await time.pass_by(1)
    assert turns.taken == [("here", 1.0)] * 5
    assert not limiter._waiting


async def test_when_everybody_has_gone_no_timer_is_set_again(
    limiter: RateLimiter, turns: Turns, time: Time
) -> None:
    """The one that was set finds nobody."""
    limiter.pause(1)
    task = turns.want()
    await time.settle()
    task.cancel()
    await time.pass_by(2)
    assert not time.pending
    assert not limiter._waiting


async def test_closing_ends_all_waits(
    limiter: RateLimiter, turns: Turns, time: Time
) -> None:
    """With an error, for nobody cancelled whoever waits; and there are no turns after it."""
    limiter.pause(1)
    waiting, gone = turns.want(), turns.want()
    await time.settle()
    gone.cancel()
    await time.settle()
    limiter.close()
    for wish in (waiting, turns.want()):
        with pytest.raises(UnreachableError):
            await wish
    assert not time.pending


async def test_a_lower_limit_counts_what_went_before(
    limiter: RateLimiter, turns: Turns, time: Time
) -> None:
    """The benchmarks set up with a higher one."""
    limiter._rate = 100
    for _ in range(50):
        turns.want(urgent=True)
    await time.settle()
    assert turns.times == [0.0] * 50
    limiter._rate = REQUESTS_PER_SECOND
    turns.want(urgent=True)
    await time.pass_by(5)
    assert turns.times[-1] == 1.0


async def test_the_real_clock_serves_as_well() -> None:
    """At another pace."""
    limiter = RateLimiter(100)
    loop = asyncio.get_running_loop()
    began = loop.time()
    await asyncio.gather(*(limiter.turn() for _ in range(11)))
    assert loop.time() - began >= 0.09
    limiter.close()

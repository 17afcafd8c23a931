"""Asking a system to do something, and learning whether it did.

An answer is no proof, and silence is no refusal: the system's own word about the room
tells, or its list.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from .backends.backoff import Backoff
from .backends.signals import BookingRemoved, RoomSignal, RoomStale
from .keeper import Overheard, RoomKeeper
from .rooms.errors import (
    AnswerLostError,
    BusyTryLaterError,
    ConflictError,
    RejectedError,
    RoomError,
)
from .rooms.timetable import Timetable

# A longer `Retry-After` is the caller's to wait for, in seconds.
_WAITED_FOR: Final = 30.0


@dataclass(frozen=True, slots=True)
class _Looks:
    """How long to listen for a word before each look at the list, in seconds.

    After the looks at `delays` there are more, at `longer`, while no list came at all.
    """

    delays: tuple[float, ...]
    longer: tuple[float, ...] = ()

    def __iter__(self) -> Iterator[tuple[float, bool]]:
        """The delays, each with whether it is only for who has seen nothing yet."""
        yield from ((delay, False) for delay in self.delays)
        yield from ((delay, True) for delay in self.longer)


_AFTER_ANSWER: Final = _Looks((2.0, 8.0), (8.0,))
_AFTER_SILENCE: Final = _Looks((0.0, 2.0), (4.0, 8.0))
_AFTER_REFUSAL: Final = _Looks((0.0,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome[T]:
    """What came of asking once.

    `found` is what the answer, the system's word or its list says, if any of them says
    anything; `looked` is whether a list came. `lost` means that the request left and no
    answer came; `refused` is the answer that it was not done.
    """

    found: T | None
    looked: bool = False
    lost: bool = False
    refused: RejectedError | ConflictError | None = None


async def asked[T](
    keeper: RoomKeeper,
    ask: Callable[[], Awaitable[T | None]],
    *,
    hear: Callable[[RoomSignal], T | None],
    judge: Callable[[Timetable], T | None],
    until: datetime,
) -> Outcome[T]:
    """Ask once, then listen and look until it is known what came of it, or long enough.

    `ask` may know by its answer, `hear` by a word about the room, `judge` by a list that
    reaches to `until`. Raises a RoomError if nothing was done for other reasons than the
    system's refusal.
    """
    lost = False
    refused: RejectedError | ConflictError | None = None
    looks = _AFTER_ANSWER
    with keeper.overhear() as overheard:
        try:
            if (answer := await patiently(ask)) is not None:
                return Outcome(found=answer)
        except AnswerLostError:
            lost, looks = True, _AFTER_SILENCE
        except (RejectedError, ConflictError) as error:
            # What is in the way may be what was lost before, and has times of its own.
            refused, looks = error, _AFTER_REFUSAL
        found, looked = await _looked(keeper, overheard, looks, hear, judge, until)
    return Outcome(found=found, looked=looked, lost=lost, refused=refused)


async def patiently[T](ask: Callable[[], Awaitable[T]]) -> T:
    """Ask, and ask once more if the system wants a little patience."""
    try:
        return await ask()
    except BusyTryLaterError as busy:
        wait = Backoff().wait(busy)
        if busy.retry_after is not None and busy.retry_after > _WAITED_FOR:
            raise
        await asyncio.sleep(wait)
    return await ask()


async def _looked[T](
    keeper: RoomKeeper,
    overheard: Overheard,
    looks: _Looks,
    hear: Callable[[RoomSignal], T | None],
    judge: Callable[[Timetable], T | None],
    until: datetime,
) -> tuple[T | None, bool]:
    """What the system's word or its list says, and whether a list came.

    A word that makes the list uncertain is a reason to look before it is time.
    """

    def word(signal: RoomSignal) -> tuple[T | None] | None:
        heard = hear(signal)
        if heard is None and not isinstance(signal, RoomStale | BookingRemoved):
            return None
        return (heard,)

    looked = False

    async def look() -> T | None:
        nonlocal looked
        try:
            listing = await keeper.listed(until=until)
        except RoomError:
            return None
        looked = True
        return judge(listing)

    loop = asyncio.get_running_loop()
    for delay, only_unseen in looks:
        if only_unseen and looked:
            break
        time_to_look = loop.time() + delay
        found: T | None = None
        if (heard := await overheard.first(word, delay)) is not None:
            (found,) = heard
            found = found or await look()
            found = found or await overheard.first(hear, time_to_look - loop.time())
        if (found := found or await look()) is not None:
            return found, looked
    return None, looked

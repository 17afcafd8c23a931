"""Work that many ask for at once is done once, and never too early for anybody."""

import asyncio

import pytest

from custom_components.room_bookings.backends.tms.sharing import Shared
from custom_components.room_bookings.rooms.errors import RoomError, UnreachableError


class Work:
    """Something that takes until it is told to end."""

    def __init__(self) -> None:
        """Not begun."""
        self.begun = 0
        self.ended = 0
        self.error: RoomError | None = None
        self.go = asyncio.Event()

    async def __call__(self) -> None:
        """Begin, wait, end."""
        self.begun += 1
        await self.go.wait()
        self.ended += 1
        if self.error is not None:
            raise self.error


async def turns(times: int = 5) -> None:
    """Let everybody have a turn."""
    for _ in range(times):
        await asyncio.sleep(0)


async def test_all_who_ask_before_it_begins_share_it() -> None:
    """And those who come later share the next."""
    work = Work()
    shared = Shared(work)
    early = [asyncio.ensure_future(shared()) for _ in range(3)]
    await turns()
    late = [asyncio.ensure_future(shared()) for _ in range(3)]
    await turns()
    assert work.begun == 1
    work.go.set()
    await asyncio.gather(*early)
    assert not any(task.done() for task in late)
    await asyncio.gather(*late)
    assert (work.begun, work.ended) == (2, 2)


async def test_who_leaves_takes_nothing_from_the_others() -> None:
    """The work goes on."""
    work = Work()
    shared = Shared(work)
    leaving, staying = (asyncio.ensure_future(shared()) for _ in range(2))
    await turns()
    leaving.cancel()
    await turns()
    work.go.set()
    await staying
    assert work.ended == 1


async def test_what_goes_wrong_is_told_to_all_who_shared_it() -> None:
    """And the next run begins anew."""
    work = Work()
    work.error = UnreachableError("down")
    work.go.set()
    shared = Shared(work)
    found = await asyncio.gather(shared(), shared(), return_exceptions=True)
    assert [str(error) for error in found] == ["down", "down"]
    work.error = None
    await shared()
    assert work.begun == 2


async def test_nobody_waits_for_what_is_closed() -> None:
    """Neither for what runs nor for what would come."""
    shared = Shared(Work())
    running = asyncio.ensure_future(shared())
    await turns()
    waiting = asyncio.ensure_future(shared())
    await turns()
    await shared.close()
    for task in (running, waiting):
        with pytest.raises(UnreachableError):
            await task
    await shared.close()

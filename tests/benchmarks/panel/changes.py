"""From a change at the device to the pixel."""

import asyncio
from collections.abc import Mapping
import time

from playwright.async_api import Page

from tests.benchmarks.table import Row
from tests.browser.rooms import DeviceRoom
from tests.browser.visits import Visits

from .day import panel
from .times import p99, row

_TARGET = 1000.0
_PATIENCE = 10.0
# People book now and then. More often, and the client's limit of requests is what is measured.
_EVERY = 0.6
_TITLE = "Walk-in"
# The second frame begins when the first, in which the word is another, has been painted.
_WATCH = """panel => {
  const words = () => panel.shadowRoot.querySelector(".word").textContent;
  const clock = () => performance.timeOrigin + performance.now();
  let before = words();
  new MutationObserver(() => {
    const word = words();
    if (word === before) return;
    before = word;
    requestAnimationFrame(() => requestAnimationFrame(() => shown(word, clock())));
  }).observe(panel.shadowRoot, { subtree: true, childList: true, characterData: true });
}"""
_CLOCK = "performance.timeOrigin + performance.now()"


async def measure(
    visits: Visits, rooms: Mapping[str, DeviceRoom], count: int
) -> tuple[list[Row], float]:
    """The rows of each room, and by how many seconds the two clocks may differ at most."""
    rows: list[Row] = []
    clocks = []
    for name, room in rooms.items():
        page = await visits.panel(room)
        shown: asyncio.Queue[tuple[str, float]] = asyncio.Queue()
        await page.expose_function(
            "shown", lambda word, at, put=shown.put_nowait: put((word, at / 1000))
        )
        await (await panel(page)).evaluate(_WATCH)
        clocks.append(await _clocks(page))
        waits = [await _change(room, shown, bool(n % 2)) for n in range(count)]
        clocks.append(await _clocks(page))
        times = [1000 * wait for wait in waits]
        rows.append(row(f"change at {name} to the pixel", times, _TARGET, p99))
    return rows, max(clocks)


async def _change(
    room: DeviceRoom, shown: asyncio.Queue[tuple[str, float]], booked: bool
) -> float:
    """Book or delete at the device; the seconds until the panel shows it."""
    await asyncio.sleep(_EVERY)
    began = time.time()
    if booked:
        await room.delete_at_device(_TITLE)
    else:
        await room.book_at_device(_TITLE, minutes=30)
    wanted = "Free" if booked else "Busy"
    async with asyncio.timeout(_PATIENCE):
        while True:
            word, at = await shown.get()
            if word == wanted:
                return at - began


async def _clocks(page: Page) -> float:
    """By how many seconds the page's clock may differ from this one, at most."""
    bounds = []
    for _ in range(10):
        before = time.time()
        there = await page.evaluate(_CLOCK) / 1000
        after = time.time()
        bounds.append(max(abs(there - before), abs(after - there)))
    return min(bounds)

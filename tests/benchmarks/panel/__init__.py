"""What somebody at the door feels of the panel, in Debian's Chromium, by its own clock.

Home Assistant and the simulated systems are the demo's, the rooms have a full day.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import os
import sys

from playwright.async_api import Browser

from demo.browser import running_chromium
from demo.furnishing import furnish
from demo.progress import tell
from demo.world import World, running_world
from tests.benchmarks.table import Row, show, verdict
from tests.browser.rooms import DeviceRoom
from tests.browser.visits import Visits

from . import changes, heap, module, paint, taps, ticks
from .day import BOOKINGS, fill
from .times import HEAD


def main(arguments: list[str]) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="scripts/benchmark panel")
    add = parser.add_argument
    add("--loads", type=int, default=7, help="of the panel and of each card beside it")
    add("--changes", type=int, default=30, help="at each of two devices")
    add("--taps", type=int, default=40)
    add("--ticks", type=int, default=300, help="minutes of the timing")
    add("--updates", type=int, default=3600, help="of the heap; a minute has 60")
    asyncio.run(_measure(parser.parse_args(arguments)))


async def _measure(chosen: argparse.Namespace) -> None:
    before = _load()
    async with running_world() as world, running_chromium() as chromium:
        rooms = await furnish(world)
        glacier = DeviceRoom(world.home, world.roomos, rooms["Glacier"])
        fjord = DeviceRoom(world.home, world.webex, rooms["Fjord"])
        await world.roomos.configure(CheckIn_Enabled="False")
        for room in (glacier, fjord):
            await fill(room)
        times: list[Row] = []
        async with _visits(chromium, world) as visits:
            tell("loading cards")
            times += await paint.measure(visits, world, fjord, chosen.loads)
        async with _visits(chromium, world) as visits:
            tell("changing bookings at devices")
            devices = {"a RoomOS device": glacier, "a Webex device": fjord}
            changed, clocks = await changes.measure(visits, devices, chosen.changes)
            times += changed
        async with _visits(chromium, world) as visits:
            tell("tapping")
            times += await taps.measure(visits, fjord, chosen.taps)
        async with _visits(chromium, world) as visits:
            tell("letting minutes pass")
            times += await ticks.measure(visits, fjord, chosen.ticks)
        async with _visits(chromium, world) as visits:
            tell("letting an hour pass")
            kept, stable = await heap.measure(visits, fjord, chosen.updates)
            sizes, small = await module.measure(visits, fjord)
        version = chromium.version
    show(
        f"The panel of a room with {BOOKINGS} bookings today, Chromium {version}",
        HEAD,
        times,
        "change: from asking the simulator to book or delete, to the frame after the word changed;",
        f"  Python's clock and Chromium's differ by at most {clocks * 1000:.1f} ms.",
        "tap: from the finger's leaving to the paint that shows the button pending (Event Timing,",
        "  in steps of 8 ms; a tap that it does not report took less than 16 ms, and counts as that).",
        "first paint: from the card's creation to the frame after word, buttons and timeline were there,",
        "  in another card: all of its words, or the first of its events; the first load is left out.",
        "update: the panel's own scripting, with what the machine does to plain arithmetic meanwhile;",
        "  browser: CPU of its page's thread, by DevTools, which includes that arithmetic and the asking,",
        "  as the same frames without a tick show.",
        f"load of the machine (1, 5, 15 minutes): {before} before, {_load()} after.",
    )
    show(
        f"The page before and after {chosen.updates} updates and {chosen.updates // 60} ticks, "
        "as many of both having come before",
        ("what", "before", "after", "more"),
        kept,
        "after a forced collection of garbage each; nodes and listeners are the whole page's.",
        f"heap grows by less than {heap.GROWTH / 1000:.0f} kB, nodes and listeners not at all: "
        f"{verdict(stable)}",
    )
    show(
        "The module",
        ("bytes", ""),
        sizes,
        f"below {module.MOST:,} bytes, uncompressed: {verdict(small)}",
    )


@asynccontextmanager
async def _visits(chromium: Browser, world: World) -> AsyncIterator[Visits]:
    """Pages that are closed at the end; what they complained of ends the benchmark."""
    visits = Visits(chromium, world)
    try:
        yield visits
    finally:
        await visits.close()
    if visits.complaints:
        sys.exit("\n".join(["the pages complained:", *visits.complaints]))


def _load() -> str:
    return " ".join(f"{load:.1f}" for load in os.getloadavg())

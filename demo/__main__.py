"""The demo's command line: ``python -m demo``."""

import argparse
import asyncio
from collections.abc import Coroutine
from pathlib import Path
import signal
import sys
from typing import Any

from . import dashboard
from .check import Tally
from .checks.automations import walk as walk_automations
from .checks.connector import walk as walk_connector
from .checks.placeos import walk as walk_placeos
from .checks.roomos import walk as walk_roomos
from .checks.roomz import walk as walk_roomz
from .checks.tms import walk as walk_tms
from .checks.webex import walk as walk_webex
from .connector import PASSWORD as DISPLAYS_PASSWORD, USER as DISPLAYS_USER
from .progress import tell
from .rooms import Room, rooms_of
from .screenshot import take
from .world import PASSWORD, USER, World, running_world

LOG_LINES = 60
INTERRUPTED = 130


async def _furnish(world: World) -> None:
    """Fill the systems with an ordinary day, add them to Home Assistant, and lay out a dashboard."""
    client = world.home.client
    rooms: list[Room] = []
    for system in world.systems:
        await system.seed()
        entry_id = await system.add_to(client)
        rooms += (await rooms_of(client, entry_id)).values()
        tell(f"{system.name} is added, with {', '.join(system.rooms)}")
    await dashboard.make(client, rooms)
    await world.connector.add_to(client)
    tell("all of them are served to ROOMZ displays")


async def show(port: int | None) -> int:
    """Run the world for a person, until Ctrl-C."""
    async with running_world(port) as world:
        await _furnish(world)
        tell(f"open {world.home.url} and log in as {USER} with password {PASSWORD}")
        tell(
            f"ROOMZ displays: address {world.connector.url}, "
            f"user {DISPLAYS_USER}, password {DISPLAYS_PASSWORD}"
        )
        tell("Ctrl-C ends it")
        await asyncio.gather(*(system.live() for system in world.systems))
    return 0


async def check() -> int:
    """Walk through every verb of every system; the exit code."""
    tally = Tally()
    async with running_world() as world:
        await walk_roomos(tally, world.home, world.roomos)
        await walk_webex(tally, world.home, world.webex)
        await walk_tms(tally, world.home, world.tms)
        await walk_placeos(tally, world.home, world.placeos)
        await walk_roomz(tally, world.home, world.roomz)
        await walk_connector(
            tally, world.home, world.connector, world.roomos, world.tms
        )
        await walk_automations(tally, world.home, world.webex)
        if tally.failed:
            print(
                f"\nThe end of Home Assistant's log:\n{world.home.log_tail(LOG_LINES)}"
            )
    print(f"\n{tally.passed} passed, {tally.failed} failed", flush=True)
    return int(tally.failed > 0)


async def photograph(path: Path) -> int:
    """Take a picture of the dashboard; the exit code."""
    async with running_world() as world:
        await _furnish(world)
        await take(world.home, path)
        tell(f"the picture is in {path}")
    return 0


def main() -> int:
    """Run what the command line asks for; the exit code."""
    parser = argparse.ArgumentParser(
        prog="scripts/demo",
        description="Simulated room systems and a real Home Assistant with Room Bookings.",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--check", action="store_true", help="walk through every verb, and end"
    )
    what.add_argument(
        "--screenshot",
        metavar="PATH",
        type=Path,
        help="take a picture of the dashboard, and end (see scripts/screenshot)",
    )
    parser.add_argument(
        "--port", type=int, help="Home Assistant's port; a free one by default"
    )
    arguments = parser.parse_args()
    if arguments.check:
        return _run(check())
    if arguments.screenshot:
        return _run(photograph(arguments.screenshot))
    return _run(show(arguments.port))


def _run(work: Coroutine[Any, Any, int]) -> int:
    """Run to the end, or until Ctrl-C or a polite kill; either way everything is stopped first."""

    async def supervised() -> int:
        task = asyncio.ensure_future(work)
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        return await task

    try:
        return asyncio.run(supervised())
    except asyncio.CancelledError:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())

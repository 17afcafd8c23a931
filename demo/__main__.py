"""The demo's command line: ``python -m demo``."""

import argparse
import asyncio
from collections.abc import Coroutine, Sequence
import signal
import sys
from typing import Any

from .check import Tally
from .checks.automations import walk as walk_automations
from .checks.connector import walk as walk_connector
from .checks.placeos import walk as walk_placeos
from .checks.roomos import walk as walk_roomos
from .checks.roomz import walk as walk_roomz
from .checks.tms import walk as walk_tms
from .checks.webex import walk as walk_webex
from .connector import PASSWORD as DISPLAYS_PASSWORD, USER as DISPLAYS_USER
from .furnishing import furnish
from .progress import tell
from .screenshot import PICTURES, take
from .world import PASSWORD, USER, running_world

LOG_LINES = 60
INTERRUPTED = 130


async def show(port: int | None) -> int:
    """Run the world for a person, until Ctrl-C."""
    async with running_world(port) as world:
        await furnish(world)
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


async def photograph(names: Sequence[str]) -> int:
    """Take pictures for the README; the exit code."""
    async with running_world() as world:
        await furnish(world)
        await take(world, names or PICTURES)
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
        metavar="PICTURE",
        nargs="*",
        choices=PICTURES,
        help=f"take pictures for the README, and end: {', '.join(PICTURES)} (see scripts/screenshot)",
    )
    parser.add_argument(
        "--port", type=int, help="Home Assistant's port; a free one by default"
    )
    arguments = parser.parse_args()
    if arguments.check:
        return _run(check())
    if arguments.screenshot is not None:
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

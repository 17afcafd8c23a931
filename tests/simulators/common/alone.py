"""A simulator that runs alone: its options, its meetings and its end."""

import argparse
import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
import signal
import sys

from .times import utc_now, whole_second

TITLES = ("Stand-up", "Design review", "Customer call", "Retrospective")


def options(system: str) -> argparse.ArgumentParser:
    """The options that all have: the port, and meetings to begin with."""
    parser = argparse.ArgumentParser(prog=f"python -m tests.simulators.{system}")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument(
        "--seed-bookings",
        type=int,
        nargs="?",
        const=4,
        default=0,
        metavar="N",
        help="put N meetings (4) into every room",
    )
    return parser


def meetings(count: int, *, late: int = 0) -> list[tuple[str, datetime, int]]:
    """So many (title, start, minutes), from one around now on, a day's worth a day.

    They begin so many minutes `late`.
    """
    now = whole_second(utc_now()).replace(second=0)
    begin = now + timedelta(minutes=late - 20)
    return [
        (
            TITLES[index % len(TITLES)],
            begin + timedelta(days=index // 4, hours=2 * (index % 4)),
            30 + 15 * (index % 3),
        )
        for index in range(count)
    ]


def until_told() -> asyncio.Event:
    """What SIGINT and SIGTERM set."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, told.set)
    return told


def announce(**facts: str) -> None:
    """Print what a client has to know, one per line."""
    sys.stdout.write("".join(f"{name}: {fact}\n" for name, fact in facts.items()))
    sys.stdout.flush()

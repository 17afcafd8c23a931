"""The Webex simulator alone: `python -m tests.simulators.webex`."""

import argparse
import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
import signal
import sys

from tests.simulators.xapi import utc_now, whole_second

from .simulator import WebexSimulator

_ROOMS = (("Fjord", 4, 1), ("Birch", 8, 2), ("Aurora", 12, 1))
"""The first rooms: name, capacity, number of devices."""
_TITLES = ("Stand-up", "Design review", "Customer call", "Retrospective")


def _populate(sim: WebexSimulator, rooms: int, *, bookings: int) -> None:
    for number in range(rooms):
        name, capacity, devices = (
            _ROOMS[number]
            if number < len(_ROOMS)
            else (f"Room {number + 1}", 4 + number % 9, 1)
        )
        workspace = sim.add_workspace(name, capacity)
        for index in range(devices):
            sim.add_device(workspace, name=name if not index else f"{name} wall")
        workspace.seed(_meetings(number, bookings))


def _meetings(room: int, count: int) -> list[tuple[str, datetime, int]]:
    """So many meetings of a room, from one around now on, a day's worth a day."""
    now = whole_second(utc_now()).replace(second=0)
    begin = now - timedelta(minutes=20) + timedelta(minutes=15 * (room % 3))
    return [
        (
            _TITLES[index % len(_TITLES)],
            begin + timedelta(days=index // 4, hours=2 * (index % 4)),
            30 + 15 * (index % 3),
        )
        for index in range(count)
    ]


async def _main(port: int, rooms: int, *, bookings: int) -> None:
    sim = WebexSimulator(ticking=True)
    _populate(sim, rooms, bookings=bookings)
    await sim.start(port)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    sys.stdout.write(
        f"api_url: {sim.api_url}\n"
        f"client_id: {sim.client_id}\n"
        f"client_secret: {sim.client_secret}\n"
        f"activation_code: {sim.activation_code()}\n"
        f"control: {sim.base_url}/_control "
        "(another code: GET /_control/activation_code)\n"
    )
    sys.stdout.flush()
    try:
        await stop.wait()
    finally:
        await sim.stop()


def main() -> None:
    """Run until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulators.webex")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--rooms", type=int, default=len(_ROOMS))
    parser.add_argument(
        "--seed-bookings",
        type=int,
        nargs="?",
        const=4,
        default=0,
        metavar="N",
        help="put N meetings (4) into every room",
    )
    arguments = parser.parse_args()
    asyncio.run(
        _main(arguments.port, arguments.rooms, bookings=arguments.seed_bookings)
    )


if __name__ == "__main__":
    main()

"""The Webex simulator alone: `python -m tests.simulators.webex`."""

import argparse
import asyncio
from contextlib import suppress
from datetime import timedelta
import signal
import sys

from tests.simulators.xapi import utc_now, whole_second

from .simulator import WebexSimulator

_ROOMS = (("Fjord", 4, 1), ("Birch", 8, 2), ("Aurora", 12, 1))
"""The first rooms: name, capacity, number of devices."""


def _populate(sim: WebexSimulator, rooms: int, *, bookings: bool) -> None:
    for number in range(rooms):
        name, capacity, devices = (
            _ROOMS[number]
            if number < len(_ROOMS)
            else (f"Room {number + 1}", 4 + number % 9, 1)
        )
        workspace = sim.add_workspace(name, capacity)
        for index in range(devices):
            sim.add_device(workspace, name=name if not index else f"{name} wall")
        if bookings:
            now = whole_second(utc_now()).replace(second=0)
            begin = now - timedelta(minutes=20) + timedelta(minutes=15 * (number % 3))
            workspace.seed(
                [
                    ("Stand-up", begin, 30),
                    ("Design review", begin + timedelta(hours=1), 60),
                    ("Customer call", begin + timedelta(hours=3), 45),
                    ("Retrospective", begin + timedelta(days=1), 60),
                ]
            )


async def _main(port: int, rooms: int, *, bookings: bool) -> None:
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
        "--seed-bookings", action="store_true", help="put meetings into every room"
    )
    arguments = parser.parse_args()
    asyncio.run(
        _main(arguments.port, arguments.rooms, bookings=arguments.seed_bookings)
    )


if __name__ == "__main__":
    main()

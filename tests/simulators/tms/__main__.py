"""The TMS simulator alone: `python -m tests.simulators.tms`."""

import argparse
import asyncio
from contextlib import suppress
from datetime import timedelta
import signal
import sys

from tests.simulators.xapi import utc_now, whole_second

from .auth import SCHEMES
from .simulator import TmsSimulator

_ROOMS = ("Fjord", "Birch")
_TITLES = ("Stand-up", "Design review", "Customer call", "Retrospective")


def _populate(sim: TmsSimulator, rooms: int, *, bookings: int) -> None:
    begin = whole_second(utc_now()).replace(second=0) - timedelta(minutes=20)
    for number in range(rooms):
        name = _ROOMS[number] if number < len(_ROOMS) else f"Room {number + 1}"
        system = sim.add_system(name, description=f"{4 + number % 9} chairs")
        for index in range(bookings):
            start = begin + timedelta(days=index // 4, hours=2 * (index % 4))
            sim.local.book(
                [system.system_id],
                start,
                start + timedelta(minutes=30 + 15 * (index % 3)),
                _TITLES[index % len(_TITLES)],
            )


async def _main(arguments: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    sim = TmsSimulator(
        username=arguments.username,
        password=arguments.password,
        tls=arguments.tls,
        api_version=arguments.api_version,
        schemes=arguments.schemes,
        channel_binding=arguments.channel_binding,
    )
    _populate(sim, arguments.rooms, bookings=arguments.seed_bookings)
    await sim.start(arguments.port)
    control = await sim.start_control(arguments.control_port)
    sys.stdout.write(
        f"url: {sim.url}\n"
        f"username: {sim.username}\n"
        f"password: {sim.password}\n"
        f"fingerprint: {sim.fingerprint}\n"
        f"control: {control}\n"
    )
    sys.stdout.flush()
    try:
        await stop.wait()
    finally:
        await sim.stop()


def main() -> None:
    """Run until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulators.tms")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--control-port", type=int, default=0)
    parser.add_argument("--rooms", type=int, default=len(_ROOMS))
    parser.add_argument("--username", default="EXAMPLE\\room.bookings")
    parser.add_argument("--password", default="secret")
    parser.add_argument("--tls", action="store_true", help="https, self-signed")
    parser.add_argument("--api-version", type=int, default=23)
    parser.add_argument("--schemes", nargs="+", choices=SCHEMES, default=SCHEMES)
    parser.add_argument("--channel-binding", action="store_true")
    parser.add_argument(
        "--seed-bookings",
        type=int,
        nargs="?",
        const=4,
        default=0,
        metavar="N",
        help="put N meetings (4) into every room",
    )
    asyncio.run(_main(parser.parse_args()))


if __name__ == "__main__":
    main()

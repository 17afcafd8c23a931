"""The TMS simulator alone: `python -m tests.simulators.tms`."""

import argparse
import asyncio
from datetime import timedelta

from tests.simulators.common.alone import announce, meetings, options, until_told

from .auth import SCHEMES
from .simulator import TmsSimulator

_ROOMS = ("Fjord", "Birch")


def _populate(sim: TmsSimulator, rooms: int, *, bookings: int) -> None:
    for number in range(rooms):
        name = _ROOMS[number] if number < len(_ROOMS) else f"Room {number + 1}"
        system = sim.add_system(name, description=f"{4 + number % 9} chairs")
        for title, start, minutes in meetings(bookings):
            end = start + timedelta(minutes=minutes)
            sim.local.book([system.system_id], start, end, title)


async def _main(arguments: argparse.Namespace) -> None:
    told = until_told()
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
    announce(
        url=sim.url,
        username=sim.username,
        password=sim.password,
        fingerprint=sim.fingerprint,
        control=control,
    )
    try:
        await told.wait()
    finally:
        await sim.stop()


def main() -> None:
    """Run until SIGINT or SIGTERM."""
    parser = options("tms")
    parser.add_argument("--control-port", type=int, default=0)
    parser.add_argument("--rooms", type=int, default=len(_ROOMS))
    parser.add_argument("--username", default="EXAMPLE\\room.bookings")
    parser.add_argument("--password", default="secret")
    parser.add_argument("--tls", action="store_true", help="https, self-signed")
    parser.add_argument("--api-version", type=int, default=23)
    parser.add_argument("--schemes", nargs="+", choices=SCHEMES, default=SCHEMES)
    parser.add_argument("--channel-binding", action="store_true")
    asyncio.run(_main(parser.parse_args()))


if __name__ == "__main__":
    main()

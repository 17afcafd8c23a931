"""The RoomOS simulator alone: `python -m tests.simulators.roomos`."""

import argparse
import asyncio

from tests.simulators.common.alone import announce, meetings, options, until_told
from tests.simulators.xapi import PROFILES

from .simulator import RoomosSimulator

_PROFILES = sorted(n for n, p in PROFILES.items() if p.device_type == "roomdesk")


async def _start(arguments: argparse.Namespace, index: int) -> RoomosSimulator:
    """The device of that index; ports, name and serial number are the first one's."""
    first = index == 0
    sim = RoomosSimulator(
        profile=arguments.profile,
        username=arguments.username,
        password=arguments.password,
        name=arguments.name if first else f"{arguments.name} {index + 1}",
        serial=arguments.serial if first else None,
        tls=not arguments.plain,
        ticking=True,
    )
    sim.seed(meetings(arguments.seed_bookings))
    await sim.start(arguments.port if first else 0)
    control = await sim.start_control(arguments.control_port if first else 0)
    announce(
        host=sim.host,
        username=sim.username,
        password=sim.password,
        fingerprint=sim.fingerprint,
        serial=sim.serial,
        control=control,
    )
    return sim


async def _main(arguments: argparse.Namespace) -> None:
    told = until_told()
    sims = [await _start(arguments, index) for index in range(arguments.count)]
    try:
        await told.wait()
    finally:
        for sim in sims:
            await sim.stop()


def main() -> None:
    """Run until SIGINT or SIGTERM."""
    parser = options("roomos")
    parser.add_argument("--control-port", type=int, default=0)
    parser.add_argument("--profile", choices=_PROFILES, default="roomos-26.4")
    parser.add_argument("--count", type=int, default=1, help="so many devices")
    parser.add_argument("--name", default="Fjord")
    parser.add_argument("--serial", default=None)
    parser.add_argument("--username", default="admin")
    parser.add_argument("--password", default="secret")
    parser.add_argument("--plain", action="store_true", help="ws instead of wss")
    asyncio.run(_main(parser.parse_args()))


if __name__ == "__main__":
    main()

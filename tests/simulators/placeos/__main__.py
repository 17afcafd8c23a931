"""The PlaceOS simulator alone: `python -m tests.simulators.placeos`."""

import argparse
import asyncio

from tests.simulators.common.alone import announce, meetings, options, until_told

from .release import RELEASES
from .settings import Settings
from .simulator import PlaceosSimulator

_ROOMS = ("Sequoia", "Baobab", "Cedar", "Willow", "Maple", "Juniper")


def _add_rooms(sim: PlaceosSimulator, arguments: argparse.Namespace) -> None:
    """So many rooms with so many meetings each, and a system without bookings."""
    settings = Settings(disable_end_meeting=True, pending_period=0)
    for number in range(arguments.rooms):
        name = _ROOMS[number % len(_ROOMS)]
        round_ = number // len(_ROOMS)
        room = sim.add_room(
            f"{name} {round_ + 1}" if round_ else name,
            capacity=4 + 2 * (number % 5),
            settings=None if arguments.check_in else settings,
        )
        room.seed(meetings(arguments.seed_bookings))
    sim.add_system("Lobby screens")


async def _main(arguments: argparse.Namespace) -> None:
    told = until_told()
    sim = PlaceosSimulator(
        tls=arguments.tls,
        prefix=arguments.prefix,
        release=arguments.release,
        push=not arguments.no_push,
        jitter=1.0,
        ticking=True,
    )
    _add_rooms(sim, arguments)
    await sim.start(arguments.port)
    try:
        control = await sim.start_control(arguments.control_port)
        announce(
            url=sim.url,
            api_key=sim.api_key,
            fingerprint=sim.fingerprint,
            control=control,
        )
        await told.wait()
    finally:
        await sim.stop()


def main() -> None:
    """Run until SIGINT or SIGTERM."""
    parser = options("placeos")
    parser.add_argument("--control-port", type=int, default=0)
    parser.add_argument("--rooms", type=int, default=3, help="so many rooms")
    parser.add_argument("--release", choices=sorted(RELEASES), default="D3")
    parser.add_argument("--prefix", default="", help="a path before all others")
    parser.add_argument("--tls", action="store_true", help="https and wss")
    parser.add_argument(
        "--no-push",
        action="store_true",
        help="drivers hear of changes by polling alone",
    )
    parser.add_argument(
        "--check-in", action="store_true", help="meetings are pending until check-in"
    )
    asyncio.run(_main(parser.parse_args()))


if __name__ == "__main__":
    main()

"""The PlaceOS simulator alone: `python -m tests.simulators.placeos`."""

import argparse
import asyncio
from contextlib import suppress
from datetime import timedelta
import signal
import sys

from tests.simulators.xapi import utc_now, whole_second

from .release import RELEASES
from .settings import Settings
from .simulator import PlaceosSimulator

_ROOMS = ("Sequoia", "Baobab", "Cedar", "Willow", "Maple", "Juniper")
_TITLES = ("Stand-up", "Design review", "Customer call", "Retrospective")


def _add_rooms(sim: PlaceosSimulator, arguments: argparse.Namespace) -> None:
    """So many rooms with so many meetings each, and a system without bookings."""
    begin = whole_second(utc_now()).replace(second=0) - timedelta(minutes=20)
    settings = Settings(disable_end_meeting=True, pending_period=0)
    for number in range(arguments.rooms):
        name = _ROOMS[number % len(_ROOMS)]
        round_ = number // len(_ROOMS)
        room = sim.add_room(
            f"{name} {round_ + 1}" if round_ else name,
            capacity=4 + 2 * (number % 5),
            settings=None if arguments.check_in else settings,
        )
        room.seed(
            (
                _TITLES[index % len(_TITLES)],
                begin + timedelta(days=index // 4, hours=2 * (index % 4)),
                30 + 15 * (index % 3),
            )
            for index in range(arguments.seed_bookings)
        )
    sim.add_system("Lobby screens")


async def _main(arguments: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
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
        sys.stdout.write(
            f"url: {sim.url}\n"
            f"api_key: {sim.api_key}\n"
            f"fingerprint: {sim.fingerprint}\n"
            f"control: {control}\n"
        )
        sys.stdout.flush()
        await stop.wait()
    finally:
        await sim.stop()


def main() -> None:
    """Run until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulators.placeos")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
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
    parser.add_argument(
        "--seed-bookings",
        type=int,
        nargs="?",
        const=4,
        default=0,
        metavar="N",
        help="put N meetings (4) into each room",
    )
    asyncio.run(_main(parser.parse_args()))


if __name__ == "__main__":
    main()

"""The RoomOS simulator alone: `python -m tests.simulators.roomos`."""

import argparse
import asyncio
from contextlib import suppress
from datetime import timedelta
import signal
import sys

from tests.simulators.xapi import PROFILES, utc_now, whole_second

from .simulator import RoomosSimulator

_TITLES = ("Stand-up", "Design review", "Customer call", "Retrospective")
_PROFILES = sorted(n for n, p in PROFILES.items() if p.device_type == "roomdesk")


def _seed(sim: RoomosSimulator, count: int) -> None:
    """So many meetings, the first of them around now, a day's worth a day."""
    begin = whole_second(utc_now()).replace(second=0) - timedelta(minutes=20)
    sim.workspace.seed(
        (
            _TITLES[index % len(_TITLES)],
            begin + timedelta(days=index // 4, hours=2 * (index % 4)),
            30 + 15 * (index % 3),
        )
        for index in range(count)
    )


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
    _seed(sim, arguments.seed_bookings)
    await sim.start(arguments.port if first else 0)
    control = await sim.start_control(arguments.control_port if first else 0)
    sys.stdout.write(
        f"host: {sim.host}\n"
        f"username: {sim.username}\n"
        f"password: {sim.password}\n"
        f"fingerprint: {sim.fingerprint}\n"
        f"serial: {sim.serial}\n"
        f"control: {control}\n"
    )
    sys.stdout.flush()
    return sim


async def _main(arguments: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    sims = [await _start(arguments, index) for index in range(arguments.count)]
    try:
        await stop.wait()
    finally:
        for sim in sims:
            await sim.stop()


def main() -> None:
    """Run until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulators.roomos")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--control-port", type=int, default=0)
    parser.add_argument("--profile", choices=_PROFILES, default="roomos-26.4")
    parser.add_argument("--count", type=int, default=1, help="so many devices")
    parser.add_argument("--name", default="Fjord")
    parser.add_argument("--serial", default=None)
    parser.add_argument("--username", default="admin")
    parser.add_argument("--password", default="secret")
    parser.add_argument("--plain", action="store_true", help="ws instead of wss")
    parser.add_argument(
        "--seed-bookings",
        type=int,
        nargs="?",
        const=4,
        default=0,
        metavar="N",
        help="put N meetings (4) into the room",
    )
    asyncio.run(_main(parser.parse_args()))


if __name__ == "__main__":
    main()

"""The ROOMZ simulator alone: `python -m tests.simulators.roomz`."""

import argparse
import asyncio
from contextlib import suppress
from datetime import timedelta
import signal
import sys

from .simulator import RoomzSimulator
from .times import utc_now, whole_second

_ROOMS = ("Weisshorn", "Moleson")
_TITLES = ("Stand-up", "Design review", "Customer call", "Retrospective")


def _populate(sim: RoomzSimulator, rooms: int, meetings: int) -> None:
    now = whole_second(utc_now()).replace(second=0)
    for number in range(rooms):
        name = _ROOMS[number] if number < len(_ROOMS) else f"Room {number + 1}"
        room = sim.add_room(name)
        begin = now - timedelta(minutes=20) + timedelta(minutes=15 * (number % 3))
        for index in range(meetings):
            start = begin + timedelta(days=index // 4, hours=2 * (index % 4))
            end = start + timedelta(minutes=30 + 15 * (index % 3))
            title = _TITLES[index % len(_TITLES)]
            room.book(title, start, end, organizer_id="u567", organizer_name="John Doe")


async def _main(port: int, rooms: int, *, meetings: int, prefix: str) -> None:
    sim = RoomzSimulator(prefix=prefix)
    _populate(sim, rooms, meetings)
    await sim.start(port)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    sys.stdout.write(
        f"url: {sim.url}\n"
        f"username: {sim.username}\n"
        f"password: {sim.password}\n"
        f"control: {sim.base_url}/_control\n"
    )
    sys.stdout.flush()
    try:
        await stop.wait()
    finally:
        await sim.stop()


def main() -> None:
    """Run until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulators.roomz")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--rooms", type=int, default=len(_ROOMS))
    parser.add_argument("--prefix", default="", help="a path before /rooms")
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
        _main(
            arguments.port,
            arguments.rooms,
            meetings=arguments.seed_bookings,
            prefix=arguments.prefix,
        )
    )


if __name__ == "__main__":
    main()

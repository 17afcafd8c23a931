"""The ROOMZ simulator alone: `python -m tests.simulators.roomz`."""

import asyncio
from datetime import timedelta

from tests.simulators.common.alone import announce, meetings, options, until_told

from .simulator import RoomzSimulator

_ROOMS = ("Weisshorn", "Moleson")


def _populate(sim: RoomzSimulator, rooms: int, *, seed: int) -> None:
    for number in range(rooms):
        name = _ROOMS[number] if number < len(_ROOMS) else f"Room {number + 1}"
        room = sim.add_room(name)
        for title, start, minutes in meetings(seed, late=15 * (number % 3)):
            room.book(
                title,
                start,
                start + timedelta(minutes=minutes),
                organizer_id="u567",
                organizer_name="John Doe",
            )


async def _main(port: int, rooms: int, *, seed: int, prefix: str) -> None:
    sim = RoomzSimulator(prefix=prefix)
    _populate(sim, rooms, seed=seed)
    await sim.start(port)
    told = until_told()
    announce(
        url=sim.url,
        username=sim.username,
        password=sim.password,
        control=f"{sim.base_url}/_control",
    )
    try:
        await told.wait()
    finally:
        await sim.stop()


def main() -> None:
    """Run until SIGINT or SIGTERM."""
    parser = options("roomz")
    parser.add_argument("--rooms", type=int, default=len(_ROOMS))
    parser.add_argument("--prefix", default="", help="a path before /rooms")
    arguments = parser.parse_args()
    asyncio.run(
        _main(
            arguments.port,
            arguments.rooms,
            seed=arguments.seed_bookings,
            prefix=arguments.prefix,
        )
    )


if __name__ == "__main__":
    main()

"""The Webex simulator alone: `python -m tests.simulators.webex`."""

import asyncio

from tests.simulators.common.alone import announce, meetings, options, until_told

from .simulator import WebexSimulator

_ROOMS = (("Fjord", 4, 1), ("Birch", 8, 2), ("Aurora", 12, 1))
"""The first rooms: name, capacity, number of devices."""


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
        workspace.seed(meetings(bookings, late=15 * (number % 3)))


async def _main(port: int, rooms: int, *, bookings: int) -> None:
    sim = WebexSimulator(ticking=True)
    _populate(sim, rooms, bookings=bookings)
    await sim.start(port)
    told = until_told()
    announce(
        api_url=sim.api_url,
        client_id=sim.client_id,
        client_secret=sim.client_secret,
        activation_code=sim.activation_code(),
        control=f"{sim.base_url}/_control "
        "(another code: GET /_control/activation_code)",
    )
    try:
        await told.wait()
    finally:
        await sim.stop()


def main() -> None:
    """Run until SIGINT or SIGTERM."""
    parser = options("webex")
    parser.add_argument("--rooms", type=int, default=len(_ROOMS))
    arguments = parser.parse_args()
    asyncio.run(
        _main(arguments.port, arguments.rooms, bookings=arguments.seed_bookings)
    )


if __name__ == "__main__":
    main()

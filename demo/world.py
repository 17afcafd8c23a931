"""Everything the demo runs: the simulated systems, and Home Assistant with all of them added."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp

from .connector import Connector
from .homeassistant import HomeAssistant
from .people import Person
from .progress import tell
from .systems.placeos import PlaceOS
from .systems.roomos import RoomOS
from .systems.roomz import Roomz
from .systems.simulated import Simulated
from .systems.tms import Tms
from .systems.webex import Webex

USER = PASSWORD = "demo"


class World:
    """The systems and the Home Assistant of one run."""

    def __init__(
        self, session: aiohttp.ClientSession, folder: Path, port: int | None
    ) -> None:
        """Choose ports and folders; nothing is started yet."""
        configuration = folder / "config"
        configuration.mkdir()
        self.webex = Webex(session, folder)
        self.roomos = RoomOS(session, folder)
        self.tms = Tms(session, folder)
        self.placeos = PlaceOS(session, folder)
        self.roomz = Roomz(session, folder)
        self.systems: tuple[Simulated, ...] = (
            self.webex,
            self.roomos,
            self.tms,
            self.placeos,
            self.roomz,
        )
        self.home = HomeAssistant(configuration, session, port)
        self.connector = Connector(session, self.home.url)

    @property
    def owner(self) -> Person:
        """The person who set Home Assistant up, and may do everything."""
        return Person(USER, self.home.tokens)

    async def start(self) -> None:
        """Start everything at once."""
        tell("starting the simulated systems and Home Assistant")
        async with asyncio.TaskGroup() as group:
            group.create_task(self.home.install(USER, PASSWORD))
            for system in self.systems:
                group.create_task(system.start())
        tell("all of them run")

    async def stop(self) -> None:
        """End everything, whatever of it runs."""
        tell("stopping")
        await asyncio.gather(
            self.home.stop(), *(system.stop() for system in self.systems)
        )


@asynccontextmanager
async def running_world(port: int | None = None) -> AsyncIterator[World]:
    """Start everything in a temporary folder, and stop it at the end."""
    with TemporaryDirectory(prefix="room_bookings_demo_") as folder:
        async with aiohttp.ClientSession() as session:
            world = World(session, Path(folder), port)
            try:
                await world.start()
                yield world
            finally:
                await world.stop()

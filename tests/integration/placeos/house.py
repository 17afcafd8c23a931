"""A house with rooms of a PlaceOS server: Home Assistant, the server and their clock in one hand."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Self, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from tests.integration.house import START, Changes
from tests.integration.server_house import AddServer, ServerHouse
from tests.integration.virtual_time import VirtualTime
from tests.simulators.placeos import PlaceosSimulator, Room, Settings, SimEvent

# Meetings are busy at once: nobody has to check in.
BUSY = Settings(disable_end_meeting=True, pending_period=0, pending_before=0)
# What a panel asks for by default: pending from five minutes before until somebody comes.
PANEL = Settings(pending_before=5, pending_period=5)


class PlaceosHouse(ServerHouse):
    """See the module's docstring."""

    placeos: PlaceosSimulator

    @classmethod
    @asynccontextmanager
    async def with_server(
        cls,
        hass: HomeAssistant,
        storage: dict[str, Any],
        clock: VirtualTime,
        rooms: Sequence[str],
        settings: Settings,
        add: AddServer,
        **server: Any,
    ) -> AsyncIterator[Self]:
        """Rooms that Home Assistant does not know yet; `add` adds their server to it."""
        async with PlaceosSimulator(prefix="/place", ticking=True, **server) as sim:
            for name in rooms:
                sim.add_room(name, capacity=6, settings=settings)
            sim.add_system("Lobby screens")
            async with cls.beside(hass, storage, clock, sim, add) as house:
                house.placeos = sim
                yield house

    # The rooms in Home Assistant

    def room(self, name: str = "Fjord") -> Room:
        """The room as the server knows it."""
        return next(room for room in self.placeos.rooms if room.name == name)

    @override
    def public_id(self, room: str) -> str:
        """What a room goes by in Home Assistant: its system's id."""
        return self.room(room).id

    def offered(self, room: str = "Fjord") -> set[str]:
        """The keys of all entities of a room."""
        prefix = f"{self.public_id(room)}_"
        return {
            entry.unique_id.removeprefix(prefix)
            for entry in er.async_get(self.hass).entities.values()
            if entry.unique_id.startswith(prefix)
        }

    def now(self, key: str, room: str = "Fjord") -> str:
        """The state of an entity."""
        return self.state(room, key)

    @override
    def facts(self, room: str = "Fjord") -> tuple[str, str, str]:
        """Availability, and whether the room is booked and in use."""
        return (
            self.state(room, "availability"),
            self.state(room, "booked"),
            self.state(room, "in_use"),
        )

    # The server

    @override
    def meet(
        self,
        title: str,
        start: float,
        minutes: int = 30,
        room: str = "Fjord",
        **details: Any,
    ) -> SimEvent:
        """Somebody elsewhere books, `start` minutes after the house was built."""
        return self.room(room).book(title, self.at(start), minutes, **details)

    def held(self, room: str = "Fjord") -> list[tuple[str, float, float]]:
        """The truth: titles, starts (minutes after the house was built) and minutes."""
        return [
            (e.title, (e.start - START.timestamp()) / 60, (e.until - e.start) / 60)
            for e in self.room(room).events
        ]

    def told_at(self, minutes: float) -> str:
        """A time as an error tells it, so many minutes after the house was built."""
        return dt_util.as_local(self.at(minutes)).strftime("%Y-%m-%d %H:%M")

    def executed(self, name: str) -> list[tuple[Any, ...]]:
        """With what a function of a module was called, each time."""
        return [frame.args for frame in self.placeos.frames.of(cmd="exec", name=name)]


def kinds(changes: Changes, room: str = "Fjord") -> list[str]:
    """What was told of a room."""
    return [told.kind for told in changes.told(room)]


def starts(event: SimEvent) -> datetime:
    """When an event starts."""
    return datetime.fromtimestamp(event.start, UTC)

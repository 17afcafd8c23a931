"""A house with rooms of a PlaceOS server: Home Assistant, the server and their clock in one hand."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Never, Self, override

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.room_bookings.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
from tests.integration.house import START, Changes, House
from tests.integration.virtual_time import VirtualTime
from tests.simulators.placeos import PlaceosSimulator, Room, Settings, SimEvent

HALF_AN_HOUR = {"minutes": 30}
# Meetings are busy at once: nobody has to check in.
BUSY = Settings(disable_end_meeting=True, pending_period=0, pending_before=0)
# What a panel asks for by default: pending from five minutes before until somebody comes.
PANEL = Settings(pending_before=5, pending_period=5)
type AddPlaceos = Callable[..., Awaitable[MockConfigEntry]]


class PlaceosHouse(House):
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
        add: AddPlaceos,
        **server: Any,
    ) -> AsyncIterator[Self]:
        """Rooms that Home Assistant does not know yet; `add` adds their server to it."""
        async with PlaceosSimulator(prefix="/place", ticking=True, **server) as sim:
            for name in rooms:
                sim.add_room(name, capacity=6, settings=settings)
            sim.add_system("Lobby screens")
            house = cls(hass, storage, sim, clock, add)  # type: ignore[arg-type]
            house.placeos = sim
            stop = hass.bus.async_listen("state_changed", house.remember_told)
            yield house
            await house.close()
            stop()

    # The rooms in Home Assistant

    @override
    def workspace(self, room: str) -> Never:
        """There are none here."""
        raise NotImplementedError

    def room(self, name: str = "Fjord") -> Room:
        """The room as the server knows it."""
        return next(room for room in self.placeos.rooms if room.name == name)

    def public_id(self, room: str) -> str:
        """What a room goes by in Home Assistant: its system's id."""
        return self.room(room).id

    @override
    def entity_id(self, room: str, key: str) -> str:
        """The entity of a room."""
        unique_id = f"{self.public_id(room)}_{key}"
        return next(
            entry.entity_id
            for entry in er.async_get(self.hass).entities.values()
            if entry.unique_id == unique_id
        )

    def offered(self, room: str = "Fjord") -> set[str]:
        """The keys of all entities of a room."""
        prefix = f"{self.public_id(room)}_"
        return {
            entry.unique_id.removeprefix(prefix)
            for entry in er.async_get(self.hass).entities.values()
            if entry.unique_id.startswith(prefix)
        }

    @override
    def device(self, room: str) -> dr.DeviceEntry:
        """The device of a room."""
        device = dr.async_get(self.hass).async_get_device_by_identifier(
            (DOMAIN, self.public_id(room)), self.entry.entry_id
        )
        assert device is not None
        return device

    async def do(self, action: str, room: str = "Fjord", **data: Any) -> Any:
        """Call an action for one room."""
        return await self.call(action, room, **data)

    async def refused(
        self, action: str, room: str = "Fjord", **data: Any
    ) -> dict[str, str]:
        """How an action is refused: the key of the error, and what its text is told."""
        with pytest.raises(HomeAssistantError) as caught:
            await self.call(action, room, **data)
        return told_by(caught.value)

    def now(self, key: str, room: str = "Fjord") -> str:
        """The state of an entity."""
        return self.state(room, key)

    def facts(self, room: str = "Fjord") -> tuple[str, str, str]:
        """Availability, and whether the room is booked and in use."""
        return (
            self.state(room, "availability"),
            self.state(room, "booked"),
            self.state(room, "in_use"),
        )

    # The server

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


def told_by(error: BaseException) -> dict[str, str]:
    """What an error says: its key, and what its text is told."""
    assert isinstance(error, HomeAssistantError)
    assert error.translation_domain == DOMAIN
    return {"key": f"{error.translation_key}"} | (error.translation_placeholders or {})


def kinds(changes: Changes, room: str = "Fjord") -> list[str]:
    """What was told of a room."""
    return [told.kind for told in changes.told(room)]


def iso(minutes: float) -> str:
    """A time in an answer, so many minutes after the house was built."""
    when: datetime = START + timedelta(minutes=minutes)
    return when.isoformat()


def starts(event: SimEvent) -> datetime:
    """When an event starts."""
    return datetime.fromtimestamp(event.start, UTC)

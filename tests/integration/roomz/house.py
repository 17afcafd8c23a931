"""A house with rooms of a system that serves the ROOMZ contract: both, and their clock, in one hand."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Never, Self, override

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.room_bookings.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from tests.integration.house import START, House
from tests.integration.virtual_time import VirtualTime
from tests.simulators.roomz import RoomzSimulator, SimMeeting, SimRoom

HALF_AN_HOUR = {"minutes": 30}
type AddRoomz = Callable[..., Awaitable[MockConfigEntry]]


class RoomzHouse(House):
    """See the module's docstring."""

    roomz: RoomzSimulator

    @classmethod
    @asynccontextmanager
    async def with_server(
        cls,
        hass: HomeAssistant,
        storage: dict[str, Any],
        clock: VirtualTime,
        rooms: Sequence[str],
        add: AddRoomz,
    ) -> AsyncIterator[Self]:
        """Rooms that Home Assistant does not know yet; `add` adds their system to it."""
        async with RoomzSimulator(prefix="/connector/v1") as sim:
            for name in rooms:
                sim.add_room(name)
            house = cls(hass, storage, sim, clock, add)  # type: ignore[arg-type]
            house.roomz = sim
            stop = hass.bus.async_listen("state_changed", house.remember_told)
            yield house
            await house.close()
            stop()
            assert sim.check() == []

    @override
    async def open(self, *_: Any, **options: Any) -> None:
        """Let somebody add the system to Home Assistant."""
        self._entry = await self._add(self.hass, self.sim)
        if options:
            await self.set_options(**options)
        await self.clock.settle()

    # The rooms in Home Assistant

    @override
    def workspace(self, room: str) -> Never:
        """There are none here."""
        raise NotImplementedError

    def room(self, name: str = "Fjord") -> SimRoom:
        """The room as its system knows it."""
        room = self.roomz.room_named(name)
        assert room is not None
        return room

    def public_id(self, room: str) -> str:
        """What a room goes by in Home Assistant."""
        return f"{self.entry.entry_id}_{self.room(room).id}"

    @override
    def entity_id(self, room: str, key: str) -> str:
        """The entity of a room."""
        registry = er.async_get(self.hass)
        unique_id = f"{self.public_id(room)}_{key}"
        return next(
            entry.entity_id
            for entry in registry.entities.values()
            if entry.unique_id == unique_id
        )

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

    def facts(self, room: str = "Fjord") -> tuple[str, str, str]:
        """Availability, and the current and the next booking."""
        return (self.state(room, "availability"), *self.titles(room))

    # The system

    def meet(
        self,
        title: str,
        start: float,
        minutes: int = 30,
        room: str = "Fjord",
        **more: Any,
    ) -> SimMeeting:
        """Somebody else books, `start` minutes after the house was built."""
        begin = self.at(start)
        return self.room(room).book(
            title, begin, begin + timedelta(minutes=minutes), **more
        )

    def held(self, room: str = "Fjord") -> list[tuple[str, float, float]]:
        """The truth: titles, starts (minutes after the house was built) and minutes."""
        return [
            (m.subject, minutes_of(m.start - START), minutes_of(m.end - m.start))
            for m in self.room(room).held()
        ]

    @property
    def asked(self) -> Counter[str]:
        """How often which call was made since the log was cleared."""
        return Counter(request.call for request in self.roomz.requests)

    def asked_at(self, room: str = "Fjord") -> list[float]:
        """When the room's meetings were asked for: minutes after the house was built."""
        return [
            round(minutes_of(request.time - START), 1)
            for request in self.roomz.requests.of("meetings", room=self.room(room).id)
        ]


def told_by(error: BaseException) -> dict[str, str]:
    """What an error says: its key, and what its text is told."""
    assert isinstance(error, HomeAssistantError)
    assert error.translation_domain == DOMAIN
    return {"key": f"{error.translation_key}"} | (error.translation_placeholders or {})


def minutes_of(length: timedelta) -> float:
    """So many minutes."""
    return length.total_seconds() / 60


def iso(minutes: float) -> str:
    """A time in an answer, so many minutes after the house was built."""
    when: datetime = START + timedelta(minutes=minutes)
    return when.isoformat()

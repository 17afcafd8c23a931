"""A house with rooms of a system that serves the ROOMZ contract: both, and their clock, in one hand."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Self, override

from homeassistant.core import HomeAssistant
from tests.integration.house import START
from tests.integration.server_house import AddServer, ServerHouse, minutes_of
from tests.integration.virtual_time import VirtualTime
from tests.simulators.roomz import RoomzSimulator, SimMeeting, SimRoom


class RoomzHouse(ServerHouse):
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
        add: AddServer,
    ) -> AsyncIterator[Self]:
        """Rooms that Home Assistant does not know yet; `add` adds their system to it."""
        async with RoomzSimulator(prefix="/connector/v1") as sim:
            for name in rooms:
                sim.add_room(name)
            async with cls.beside(hass, storage, clock, sim, add) as house:
                house.roomz = sim
                yield house
            assert sim.check() == []

    # The rooms in Home Assistant

    def room(self, name: str = "Fjord") -> SimRoom:
        """The room as its system knows it."""
        room = self.roomz.room_named(name)
        assert room is not None
        return room

    @override
    def public_id(self, room: str) -> str:
        """What a room goes by in Home Assistant."""
        return f"{self.entry.entry_id}_{self.room(room).id}"

    # The system

    @override
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

"""A house whose rooms are booked at one server: what is the same whatever the server."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Never, Self, override

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.room_bookings.const import DOMAIN
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .house import START, House
from .virtual_time import VirtualTime

HALF_AN_HOUR = {"minutes": 30}

type AddServer = Callable[..., Awaitable[MockConfigEntry]]


class ServerHouse(House, ABC):
    """See the module's docstring; without a room's name, Fjord is meant."""

    @classmethod
    @asynccontextmanager
    async def beside(
        cls,
        hass: HomeAssistant,
        storage: dict[str, Any],
        clock: VirtualTime,
        sim: Any,
        add: AddServer,
    ) -> AsyncIterator[Self]:
        """The rooms of a server that runs; `add` adds it to Home Assistant."""
        house = cls(hass, storage, sim, clock, add)
        stop = hass.bus.async_listen(EVENT_STATE_CHANGED, house.remember_told)
        yield house
        await house.close()
        stop()

    @asynccontextmanager
    async def started_without_server(self, *, refuse: bool) -> AsyncIterator[None]:
        """A start that fails, and is tried again when the server is there."""
        await self.stop()
        await self.sim.down(refuse=refuse)
        assert not await self.hass.config_entries.async_setup(self.entry.entry_id)
        yield
        await self.sim.up()
        await self.clock.pass_by(seconds=20)
        assert self.entry.state is ConfigEntryState.LOADED

    async def remove(self) -> None:
        """Remove the entry: Home Assistant keeps nothing of it."""
        await self.hass.config_entries.async_remove(self.entry.entry_id)
        assert self.store_key not in self.storage
        assert self.hass.states.async_entity_ids("calendar") == []
        assert self.entities == []
        assert self.devices == []

    # The rooms in Home Assistant

    @property
    def entities(self) -> list[er.RegistryEntry]:
        """The entities of all rooms."""
        registry = er.async_get(self.hass)
        return er.async_entries_for_config_entry(registry, self.entry.entry_id)

    @property
    def devices(self) -> list[dr.DeviceEntry]:
        """The devices of all rooms."""
        registry = dr.async_get(self.hass)
        return dr.async_entries_for_config_entry(registry, self.entry.entry_id)

    def everything(self, *more: object) -> str:
        """All that Home Assistant shows and keeps, and what else was told."""
        states = [state.as_dict() for state in self.hass.states.async_all()]
        return f"{states}{self.storage}{more}"

    @abstractmethod
    def public_id(self, room: str) -> str:
        """What a room goes by in Home Assistant."""

    @override
    def workspace(self, room: str) -> Never:
        """There are none here."""
        raise NotImplementedError

    @override
    def entity_id(self, room: str, key: str) -> str:
        """The entity of a room."""
        unique_id = f"{self.public_id(room)}_{key}"
        return next(
            entry.entity_id
            for entry in er.async_get(self.hass).entities.values()
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

    @abstractmethod
    def meet(self, title: str, start: float) -> object:
        """Somebody else books Fjord for half an hour, `start` minutes after the house was built."""

    async def do(self, action: str, room: str = "Fjord", **data: Any) -> Any:
        """Call an action for one room."""
        return await self.call(action, room, **data)

    async def refused(self, action: str, *rooms: str, **data: Any) -> dict[str, str]:
        """How an action is refused."""
        return await refusal(self.call(action, *(rooms or ("Fjord",)), **data))

    def facts(self, room: str = "Fjord") -> tuple[str, str, str]:
        """Availability, and the current and the next booking."""
        return (self.state(room, "availability"), *self.titles(room))


async def assert_a_room_frees_itself(house: ServerHouse) -> None:
    """Two meetings: whoever checks in keeps the room, the other one's is given back."""
    await house.open(check_in=True, no_show="release")
    for title, start in (("First", 30), ("Second", 60)):
        house.meet(title, start)
    await house.sync("Fjord")
    await house.clock.move_to(house.at(28))
    assert house.state("Fjord", "availability") == "pending"
    await house.call("check_in", "Fjord")
    await house.clock.move_to(house.at(59))
    assert house.state("Fjord", "in_use") == "on"
    with house.recording() as changes:
        await house.clock.move_to(house.at(72))
    assert house.state("Fjord", "availability") == "free"
    assert changes.kinds("Fjord") == [
        ("ended", "First"),
        ("started", "Second"),
        ("ended", "Second"),
        ("no_show", "Second"),
    ]


async def refusal(work: Awaitable[Any]) -> dict[str, str]:
    """How something is refused."""
    with pytest.raises(HomeAssistantError) as caught:
        await work
    return told_by(caught.value)


def told_by(error: BaseException) -> dict[str, str]:
    """What an error says: its key, and what its text is told."""
    assert isinstance(error, HomeAssistantError)
    assert error.translation_domain == DOMAIN
    return {"key": f"{error.translation_key}"} | (error.translation_placeholders or {})


def iso(minutes: float) -> str:
    """A time in an answer, so many minutes after the house was built."""
    when: datetime = START + timedelta(minutes=minutes)
    return when.isoformat()


def minutes_of(length: timedelta) -> float:
    """So many minutes."""
    return length.total_seconds() / 60

"""A house with one room, whose RoomOS device Home Assistant talks to directly."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Self, override

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.room_bookings.const import DOMAIN
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from tests.integration import flows
from tests.integration.house import START, Changes, House, Told
from tests.integration.virtual_time import VirtualTime
from tests.simulators.roomos import RoomosSimulator, SimBooking, Workspace

NAME = "Fjord"
HALF_AN_HOUR = {"minutes": 30}


class Room(House):
    """See the module's docstring; without a room's name, it is the only one that is meant."""

    device: RoomosSimulator

    @classmethod
    @asynccontextmanager
    async def with_device(
        cls,
        hass: HomeAssistant,
        storage: dict[str, Any],
        clock: VirtualTime,
        **device: Any,
    ) -> AsyncIterator[Self]:
        """A room that Home Assistant does not know yet."""
        async with RoomosSimulator(ticking=True, name=NAME, **device) as sim:
            room = cls(hass, storage, sim, clock, add_roomos)  # type: ignore[arg-type]
            room.device = sim
            stop = hass.bus.async_listen("state_changed", room.remember_told)
            yield room
            await room.close()
            stop()

    @override
    async def open(self, *_: Any, **options: Any) -> None:
        """Let somebody add the device to Home Assistant."""
        self._entry = await add_roomos(self.hass, self.device)
        if options:
            await self.set_options(**options)
        await self.clock.settle()

    @override
    def workspace(self, room: str = NAME) -> Workspace:
        """The room as its device knows it; its id is the serial number."""
        return self.device.workspace

    @override
    def entity_id(self, room: str, key: str) -> str:
        """The entity of the room."""
        return self._entities[key]

    @property
    def _entities(self) -> Mapping[str, str]:
        prefix = f"{self.device.serial}_"
        return {
            entry.unique_id.removeprefix(prefix): entry.entity_id
            for entry in er.async_get(self.hass).entities.values()
            if entry.platform == DOMAIN
        }

    @property
    def keys(self) -> set[str]:
        """The keys of all entities of the room."""
        return set(self._entities)

    # Home Assistant

    async def do(self, action: str, **data: Any) -> Any:
        """Call an action for the room."""
        return await self.call(action, NAME, **data)

    async def told_to(self, action: str, **data: Any) -> str:
        """What whoever calls an action is told: `done`, or the key of the error."""
        try:
            await self.do(action, **data)
        except HomeAssistantError as error:
            return f"{error.translation_key}"
        return "done"

    async def refused(self, action: str, **data: Any) -> HomeAssistantError:
        """How an action is refused."""
        with pytest.raises(HomeAssistantError) as caught:
            await self.do(action, **data)
        assert caught.value.translation_domain == DOMAIN
        return caught.value

    def now(self, key: str) -> str:
        """The state of an entity."""
        return self.state(NAME, key)

    def facts(self) -> tuple[str, str, str]:
        """Availability, and whether the room is booked and in use."""
        return self.now("availability"), self.now("booked"), self.now("in_use")

    # The device

    def meet(
        self, title: str, start: float, minutes: int = 30, **details: Any
    ) -> SimBooking:
        """A person books at the device, `start` minutes after the house was built."""
        return self.device.book_locally(title, self.at(start), minutes, **details)

    @property
    def held(self) -> list[tuple[str, float, int]]:
        """The truth: titles, starts (minutes after the house was built) and minutes."""
        return [
            (b.title, (b.start - START).total_seconds() / 60, b.minutes)
            for b in self.device.bookings
        ]

    def commands(self, name: str) -> int:
        """How often a command arrived."""
        return len(self.device.requests.of(command=name))


def kinds(changes: Changes) -> list[str]:
    """What was told of the room."""
    return [told.kind for told in changes.told(NAME)]


def told(changes: Changes) -> list[Told]:
    """What was told of the room, in full."""
    return changes.told(NAME)


# The flow


def roomos_input(sim: RoomosSimulator, **changes: Any) -> dict[str, Any]:
    """What a person types into the step `roomos`."""
    return {
        "host": sim.host,
        "username": sim.username,
        "password": sim.password,
        "verify_ssl": True,
        **changes,
    }


def readable(fingerprint: str) -> str:
    """A fingerprint as browsers show it."""
    return bytes.fromhex(fingerprint).hex(":").upper()


async def add_roomos(
    hass: HomeAssistant, sim: RoomosSimulator, **changes: Any
) -> MockConfigEntry:
    """Add the device through the flow, its certificate pinned; the loaded entry."""
    flow_id = await flows.start_flow(hass, "roomos")
    result = await flows.submit(hass, flow_id, roomos_input(sim, **changes))
    if result["type"] is FlowResultType.FORM:
        assert result["step_id"] == "certificate", result
        result = await flows.submit(hass, flow_id, {})
    return await flows.made(hass, result)


async def asked_for_certificate(
    hass: HomeAssistant, flow_id: str, answers: Mapping[str, Any], sim: RoomosSimulator
) -> ConfigFlowResult:
    """Send a form; the certificate is shown, and the device has heard nothing yet."""
    before = len(sim.handshakes)
    result = await flows.submit(hass, flow_id, answers)
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "certificate"
    assert flows.fields_of(result) == []
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert placeholders["fingerprint"] == readable(sim.fingerprint)
    assert placeholders["host"] == answers.get("host", sim.host)
    assert len(sim.handshakes) == before
    return result

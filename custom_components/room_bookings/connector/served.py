"""The rooms that are served: which there are, and what is behind an id."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from homeassistant.components.calendar import DOMAIN as CALENDAR_DOMAIN
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from ..const import CONF_SYSTEM, DOMAIN, SYSTEM_CONNECTOR
from ..coordinator import RoomCoordinator
from ..hub import Hub
from ..rooms.booking import RoomId
from .refusals import RefusedError
from .wire import id_of, identifier_of

_KEY: Final = "_bookings"


@dataclass(frozen=True, slots=True)
class ServedRoom:
    """A room of which something is known at the moment."""

    hub: Hub
    coordinator: RoomCoordinator


@dataclass(frozen=True, slots=True)
class ServedRooms:
    """The calendars of this integration, all or only the `chosen` (ids of the registry).

    The registry knows them whether or not their systems are within reach: a room does not
    become another one, or none, by an outage.
    """

    hass: HomeAssistant = field(repr=False)
    chosen: frozenset[str]

    def listed(self) -> list[tuple[str, str]]:
        """The id and the name of each room, by name."""
        rooms = [
            (id_of(calendar.unique_id.removesuffix(_KEY)), self._name(calendar))
            for calendar in self._calendars()
        ]
        return sorted(rooms, key=lambda room: (room[1].casefold(), room[0]))

    def find(self, room_id: str) -> ServedRoom:
        """The room with this id; raises RefusedError if there is none, or none now."""
        public_id = identifier_of(room_id)
        registry = er.async_get(self.hass)
        entity_id = registry.async_get_entity_id(
            CALENDAR_DOMAIN, DOMAIN, f"{public_id}{_KEY}"
        )
        calendar = registry.async_get(entity_id) if entity_id is not None else None
        if calendar is None or not self._serves(calendar):
            raise RefusedError.unknown()
        assert calendar.config_entry_id is not None
        entry = self.hass.config_entries.async_get_known_entry(calendar.config_entry_id)
        if entry.state is not ConfigEntryState.LOADED:
            raise RefusedError.unavailable()
        hub: Hub = entry.runtime_data
        own_id = RoomId(public_id.removeprefix(hub.public_id(RoomId(""))))
        coordinator = hub.coordinators.get(own_id)
        if coordinator is None or not coordinator.data.available:
            raise RefusedError.unavailable()
        return ServedRoom(hub, coordinator)

    def _calendars(self) -> Iterator[er.RegistryEntry]:
        registry = er.async_get(self.hass)
        for entry in self.hass.config_entries.async_entries(DOMAIN):
            if entry.data[CONF_SYSTEM] == SYSTEM_CONNECTOR:
                continue
            for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
                if entity.domain == CALENDAR_DOMAIN and self._serves(entity):
                    yield entity

    def _serves(self, calendar: er.RegistryEntry) -> bool:
        return calendar.disabled_by is None and (
            not self.chosen or calendar.id in self.chosen
        )

    def _name(self, calendar: er.RegistryEntry) -> str:
        """The name that people gave the room, else its own."""
        device = (
            dr.async_get(self.hass).async_get(calendar.device_id)
            if calendar.device_id is not None
            else None
        )
        given = (device.name_by_user, device.name) if device is not None else ()
        names = (calendar.name, *given)
        return next((name for name in names if name), calendar.entity_id)

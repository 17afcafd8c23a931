"""What all entities of a room have in common."""

from collections.abc import Callable, Sequence
from typing import override
from weakref import WeakKeyDictionary

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import (
    CONNECTION_NETWORK_MAC,
    DeviceInfo,
    format_mac,
)
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import DOMAIN
from .coordinator import RoomCoordinator
from .hub import Hub, RoomsConfigEntry
from .keeper import RoomKeeper
from .rooms.view import RoomView


def as_far_as_known(able: bool, keeper: RoomKeeper) -> bool | None:
    """Whether a room is able to do something; None where its system has not told."""
    return able or (False if keeper.room.certain else None)


def senses_people(keeper: RoomKeeper) -> bool | None:
    """Whether a room has sensors for people; None where they say nothing: they may sleep."""
    counts = keeper.room.counts_people
    return None if counts is False else bool(counts)


class RoomEntities[D: EntityDescription]:
    """The entities of one platform: they come and go with what each room can do.

    `wanted` says whether a room has the entity; None where nobody knows for now, and what
    there was stays.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        platform: str,
        descriptions: Sequence[D],
        wanted: Callable[[D, RoomKeeper], bool | None] = lambda _, keeper: True,
    ) -> None:
        """Have added none yet."""
        self._registry = er.async_get(hass)
        self._platform = platform
        self._descriptions = descriptions
        self._wanted = wanted
        # A room that goes and comes back has another coordinator, and other entities.
        self._added: WeakKeyDictionary[RoomCoordinator, set[str]] = WeakKeyDictionary()

    @callback
    def follow(
        self,
        entry: RoomsConfigEntry,
        add: Callable[[Sequence[Entity]], None],
        make: Callable[[Hub, RoomCoordinator, D], Entity],
    ) -> None:
        """Add what each room has, now and whenever it changes, for as long as the entry lives."""
        hub = entry.runtime_data

        def look(rooms: Sequence[RoomCoordinator]) -> None:
            new = [
                make(hub, room, description)
                for room in rooms
                for description in self._descriptions
                if self._is_new(hub, room, description)
            ]
            if new:
                add(new)

        entry.async_on_unload(hub.for_each_room(look))

    def _is_new(self, hub: Hub, room: RoomCoordinator, description: D) -> bool:
        """Whether an entity is to be added; one that is not wanted goes."""
        added = self._added.setdefault(room, set())
        unique_id = hub.unique_id(room.room.id, description.key)
        wanted = self._wanted(description, room.keeper)
        if not wanted:
            entity_id = self._registry.async_get_entity_id(
                self._platform, DOMAIN, unique_id
            )
            if entity_id is None:
                return False
            if wanted is False:
                self._registry.async_remove(entity_id)
                added.discard(unique_id)
                return False
        is_new = unique_id not in added
        added.add(unique_id)
        return is_new


class RoomEntity(CoordinatorEntity[RoomCoordinator]):
    """An entity of one room: it reads the room's view and nothing else."""

    _attr_has_entity_name = True
    # Who meets is nobody's business in a year's history.
    _unrecorded_attributes = frozenset({"organizer"})

    def __init__(
        self, hub: Hub, coordinator: RoomCoordinator, description: EntityDescription
    ) -> None:
        """Show one fact of a room."""
        super().__init__(coordinator)
        self.hub = hub
        self.entity_description = description
        room = coordinator.room
        public_id = hub.public_id(room.id)
        self._attr_unique_id = hub.unique_id(room.id, description.key)
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, public_id)},
            name=room.name,
            manufacturer=room.manufacturer,
            model=room.model,
            sw_version=room.software,
            serial_number=room.serial,
            configuration_url=room.address,
        )
        if room.mac is not None:
            # By which a device is found again that has another address.
            connection = (CONNECTION_NETWORK_MAC, format_mac(room.mac))
            self._attr_device_info["connections"] = {connection}

    @property
    def view(self) -> RoomView:
        """What is known of the room."""
        return self.coordinator.data

    @property
    @override
    def available(self) -> bool:
        """Whether enough is known of the room."""
        return super().available and self.view.available

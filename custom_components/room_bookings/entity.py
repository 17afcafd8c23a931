"""What all entities of a room have in common."""

from typing import override

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import (
    CONNECTION_NETWORK_MAC,
    DeviceInfo,
    format_mac,
)
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import DOMAIN
from .coordinator import RoomCoordinator
from .hub import Hub
from .rooms.view import RoomView


@callback
def forgotten_unless(
    wanted: bool, hass: HomeAssistant, platform: str, unique_id: str
) -> bool:
    """Whether an entity is wanted; one that is not goes, if it was there before."""
    registry = er.async_get(hass)
    entity_id = registry.async_get_entity_id(platform, DOMAIN, unique_id)
    if not wanted and entity_id is not None:
        registry.async_remove(entity_id)
    return wanted


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
        if description.key.startswith("people_"):
            # Every device speaks of people; one without a sensor never says anything.
            self._attr_entity_registry_enabled_default = bool(room.counts_people)
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

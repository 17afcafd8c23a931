"""Whether a room is booked, and whether it is used."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import RoomEntity
from .hub import RoomsConfigEntry
from .rooms.room import Room
from .rooms.view import RoomView

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class RoomBinarySensorDescription(BinarySensorEntityDescription):
    """What a binary sensor shows of a room's state."""

    value_fn: Callable[[RoomView], bool | None]
    exists_fn: Callable[[Room], bool] = lambda room: True


BINARY_SENSORS: Final = (
    RoomBinarySensorDescription(
        key="booked", translation_key="booked", value_fn=lambda view: view.state.booked
    ),
    RoomBinarySensorDescription(
        key="in_use",
        translation_key="in_use",
        device_class=BinarySensorDeviceClass.OCCUPANCY,
        value_fn=lambda view: view.state.in_use,
    ),
    RoomBinarySensorDescription(
        key="people_present",
        translation_key="people_present",
        device_class=BinarySensorDeviceClass.OCCUPANCY,
        exists_fn=lambda room: room.counts_people is not None,
        value_fn=lambda view: view.present,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: RoomsConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensors of each room."""
    hub = entry.runtime_data
    entry.async_on_unload(
        hub.for_each_room(
            lambda rooms: async_add_entities(
                RoomBinarySensor(hub, room, description)
                for room in rooms
                for description in BINARY_SENSORS
                if description.exists_fn(room.room)
            )
        )
    )


class RoomBinarySensor(RoomEntity, BinarySensorEntity):
    """One yes or no about a room."""

    entity_description: RoomBinarySensorDescription

    @property
    @override
    def is_on(self) -> bool | None:
        """The answer."""
        return self.entity_description.value_fn(self.view)

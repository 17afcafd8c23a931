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
from .rooms.state import RoomState

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class RoomBinarySensorDescription(BinarySensorEntityDescription):
    """What a binary sensor shows of a room's state."""

    value_fn: Callable[[RoomState], bool]


BINARY_SENSORS: Final = (
    RoomBinarySensorDescription(
        key="booked", translation_key="booked", value_fn=lambda state: state.booked
    ),
    RoomBinarySensorDescription(
        key="in_use",
        translation_key="in_use",
        device_class=BinarySensorDeviceClass.OCCUPANCY,
        value_fn=lambda state: state.in_use,
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
            )
        )
    )


class RoomBinarySensor(RoomEntity, BinarySensorEntity):
    """One yes or no about a room."""

    entity_description: RoomBinarySensorDescription

    @property
    @override
    def is_on(self) -> bool:
        """The answer."""
        return self.entity_description.value_fn(self.view.state)

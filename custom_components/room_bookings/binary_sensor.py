"""Whether a room is booked, and whether it is used."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.binary_sensor import (
    DOMAIN as BINARY_SENSOR_DOMAIN,
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import RoomEntities, RoomEntity, senses_people
from .hub import RoomsConfigEntry
from .keeper import RoomKeeper
from .rooms.view import RoomView

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class RoomBinarySensorDescription(BinarySensorEntityDescription):
    """What a binary sensor shows of a room's state."""

    value_fn: Callable[[RoomView], bool | None]
    exists_fn: Callable[[RoomKeeper], bool | None] = lambda keeper: True


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
        exists_fn=senses_people,
        value_fn=lambda view: view.present,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: RoomsConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensors that each room has something for."""
    RoomEntities(
        hass,
        BINARY_SENSOR_DOMAIN,
        BINARY_SENSORS,
        lambda sensor, keeper: sensor.exists_fn(keeper),
    ).follow(entry, async_add_entities, RoomBinarySensor)


class RoomBinarySensor(RoomEntity, BinarySensorEntity):
    """One yes or no about a room."""

    entity_description: RoomBinarySensorDescription

    @property
    @override
    def is_on(self) -> bool | None:
        """The answer."""
        return self.entity_description.value_fn(self.view)

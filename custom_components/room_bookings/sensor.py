"""What a room is, and what it will be next."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, override

from homeassistant.components.sensor import (
    DOMAIN as SENSOR_DOMAIN,
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util

from .coordinator import RoomCoordinator
from .entity import RoomEntities, RoomEntity, as_far_as_known, senses_people
from .hub import Hub, RoomsConfigEntry
from .keeper import RoomKeeper
from .rooms.booking import Booking
from .rooms.day import day_bounds
from .rooms.state import Availability
from .rooms.view import RoomView, booking_data

PARALLEL_UPDATES = 0

_MAX_STATE: Final = 255
# Home Assistant takes 10 000 enabled entities from an entry and leaves out the rest: of
# more rooms than this, what can be spared is off at first.
_MANY_ROOMS: Final = 500


@dataclass(frozen=True, kw_only=True)
class RoomSensorDescription(SensorEntityDescription):
    """What a sensor shows of a room's view."""

    value_fn: Callable[[RoomView], StateType | datetime]
    attributes_fn: Callable[[RoomView], dict[str, str | bool]] | None = None
    exists_fn: Callable[[RoomKeeper], bool | None] = lambda keeper: True
    resets_daily: bool = False
    can_be_spared: bool = False


def _title(booking: Booking | None) -> str | None:
    if booking is None:
        return None
    title = booking.title
    return title if len(title) <= _MAX_STATE else f"{title[: _MAX_STATE - 1]}…"


def _attributes(booking: Booking | None) -> dict[str, str | bool]:
    if booking is None:
        return {}
    shown = ("booking_id", "organizer", "start", "end", "private", "checked_in")
    data = booking_data(booking)
    return {key: data[key] for key in shown}


def _until(view: RoomView) -> dict[str, str | bool]:
    until = view.state.until
    return {} if until is None else {"until": until.isoformat()}


SENSORS: Final = (
    RoomSensorDescription(
        key="availability",
        translation_key="availability",
        device_class=SensorDeviceClass.ENUM,
        options=[availability.value for availability in Availability],
        value_fn=lambda view: view.state.availability.value,
        attributes_fn=_until,
    ),
    RoomSensorDescription(
        key="current_booking",
        translation_key="current_booking",
        value_fn=lambda view: _title(view.state.current),
        attributes_fn=lambda view: _attributes(view.state.current),
    ),
    RoomSensorDescription(
        key="next_booking",
        translation_key="next_booking",
        value_fn=lambda view: _title(view.state.next),
        attributes_fn=lambda view: _attributes(view.state.next),
    ),
    RoomSensorDescription(
        key="next_change",
        translation_key="next_change",
        can_be_spared=True,
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda view: view.state.until,
    ),
    RoomSensorDescription(
        key="next_start",
        translation_key="next_start",
        can_be_spared=True,
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda view: view.state.next.start if view.state.next else None,
    ),
    RoomSensorDescription(
        key="people_count",
        translation_key="people_count",
        state_class=SensorStateClass.MEASUREMENT,
        exists_fn=senses_people,
        value_fn=lambda view: view.people,
    ),
    RoomSensorDescription(
        key="last_sync",
        translation_key="last_sync",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda view: view.last_sync,
    ),
    RoomSensorDescription(
        key="booked_today",
        translation_key="booked_today",
        can_be_spared=True,
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        suggested_display_precision=0,
        state_class=SensorStateClass.TOTAL,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda view: round(view.booked_today.total_seconds() / 60, 2),
        resets_daily=True,
    ),
    RoomSensorDescription(
        key="released_today",
        translation_key="released_today",
        can_be_spared=True,
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        suggested_display_precision=0,
        state_class=SensorStateClass.TOTAL,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda view: round(view.released_today.total_seconds() / 60, 2),
        resets_daily=True,
    ),
    RoomSensorDescription(
        key="no_shows_today",
        translation_key="no_shows_today",
        exists_fn=lambda keeper: as_far_as_known(keeper.rules is not None, keeper),
        can_be_spared=True,
        state_class=SensorStateClass.TOTAL,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda view: view.no_shows_today,
        resets_daily=True,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: RoomsConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors that each room has something for."""
    RoomEntities(
        hass, SENSOR_DOMAIN, SENSORS, lambda sensor, keeper: sensor.exists_fn(keeper)
    ).follow(entry, async_add_entities, RoomSensor)


class RoomSensor(RoomEntity, SensorEntity):
    """One fact about a room."""

    entity_description: RoomSensorDescription

    def __init__(
        self,
        hub: Hub,
        coordinator: RoomCoordinator,
        description: RoomSensorDescription,
    ) -> None:
        """Show one fact of a room, unless there are too many rooms for all of them."""
        super().__init__(hub, coordinator, description)
        if description.can_be_spared and len(hub.coordinators) > _MANY_ROOMS:
            self._attr_entity_registry_enabled_default = False

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """The fact."""
        return self.entity_description.value_fn(self.view)

    @property
    @override
    def last_reset(self) -> datetime | None:
        """The local midnight at which a daily figure began."""
        if not self.entity_description.resets_daily:
            return None
        day = self.coordinator.keeper.day.date
        start, _ = day_bounds(day, dt_util.get_default_time_zone())
        return start

    @property
    @override
    def extra_state_attributes(self) -> dict[str, str | bool] | None:
        """What belongs to the fact."""
        attributes = self.entity_description.attributes_fn
        return attributes(self.view) if attributes is not None else None

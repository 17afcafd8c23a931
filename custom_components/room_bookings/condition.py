"""Conditions: what is true of rooms at the moment."""

from abc import abstractmethod
from datetime import datetime, timedelta
from typing import Any, Final, override

import voluptuous as vol

from homeassistant.components.calendar import DOMAIN as CALENDAR_DOMAIN
from homeassistant.const import CONF_OPTIONS, CONF_TARGET
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import (
    Condition,
    ConditionConfig,
    EntityConditionBase,
)
from homeassistant.util import dt as dt_util

from .automations.targets import calendar_id, own_calendars
from .live import live_room
from .rooms.state import Availability, RoomState

CONF_BEHAVIOR: Final = "behavior"
BEHAVIOR_ALL: Final = "all"
BEHAVIOR_ANY: Final = "any"
CONF_DURATION: Final = "duration"

_BEHAVIOR: Final[dict[vol.Marker, Any]] = {
    vol.Required(CONF_BEHAVIOR, default=BEHAVIOR_ANY): vol.In(
        [BEHAVIOR_ANY, BEHAVIOR_ALL]
    )
}


class RoomCondition(EntityConditionBase):
    """A condition on the calendars of rooms; rooms of which too little is known do not count."""

    _domain_specs = {CALENDAR_DOMAIN: DomainSpec()}
    _schema = vol.Schema(
        {
            vol.Required(CONF_TARGET): cv.TARGET_FIELDS,
            vol.Required(CONF_OPTIONS, default={}): _BEHAVIOR,
        }
    )

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """The calendars of rooms."""
        return own_calendars(self._hass, super().entity_filter(entities))

    @property
    @override
    def needs_polling(self) -> bool:
        """A calendar's state does not tell when its room is pending, or free for how long."""
        return True

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        """Whether it is true of the room with this calendar."""
        now = dt_util.utcnow()
        calendar = calendar_id(self._hass, entity_state.entity_id)
        room = live_room(self._hass, calendar) if calendar is not None else None
        return room is not None and self._holds(
            room.coordinator.data.state_at(now), now
        )

    @abstractmethod
    def _holds(self, state: RoomState, now: datetime) -> bool:
        """Whether it is true of a room in this state."""


class IsFree(RoomCondition):
    """One can walk in."""

    @override
    def _holds(self, state: RoomState, now: datetime) -> bool:
        return state.availability is Availability.FREE


class IsBusy(RoomCondition):
    """A meeting holds the room."""

    @override
    def _holds(self, state: RoomState, now: datetime) -> bool:
        return state.availability is Availability.BUSY


class IsInUse(RoomCondition):
    """A meeting holds the room, and somebody came to it."""

    @override
    def _holds(self, state: RoomState, now: datetime) -> bool:
        return state.in_use


class IsFreeFor(RoomCondition):
    """One can walk in, and stay for some time."""

    _schema = vol.Schema(
        {
            vol.Required(CONF_TARGET): cv.TARGET_FIELDS,
            vol.Required(CONF_OPTIONS): {
                **_BEHAVIOR,
                vol.Required(CONF_DURATION): cv.positive_time_period,
            },
        }
    )

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Know for how long."""
        super().__init__(hass, config)
        self._stay: timedelta = (config.options or {})[CONF_DURATION]

    @override
    def _holds(self, state: RoomState, now: datetime) -> bool:
        if state.availability is not Availability.FREE:
            return False
        return state.until is None or state.until - now >= self._stay


CONDITIONS: Final[dict[str, type[Condition]]] = {
    "is_busy": IsBusy,
    "is_free": IsFree,
    "is_free_for": IsFreeFor,
    "is_in_use": IsInUse,
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """The conditions of this integration."""
    return CONDITIONS

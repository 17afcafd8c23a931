"""Triggers: what happens in rooms, in the moment in which it happens."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar, Final, cast, override

import voluptuous as vol

from homeassistant.const import ATTR_ENTITY_ID, CONF_OFFSET, CONF_OPTIONS, CONF_TARGET
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.trigger import (
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType

from .automations.lead_time import Announcement, LeadTime
from .automations.targets import TargetedRooms
from .const import HORIZON
from .rooms.booking import Booking
from .rooms.changes import ChangeKind
from .rooms.state import Availability
from .rooms.turn import Turn
from .rooms.view import News, Origin, booking_data

CONF_BEHAVIOR: Final = "behavior"
BEHAVIOR_ALL: Final = "all"
BEHAVIOR_EACH: Final = "each"
BEHAVIOR_FIRST: Final = "first"
DEFAULT_OFFSET: Final = timedelta(minutes=10)


def _schema(options: Mapping[vol.Marker, Any]) -> vol.Schema:
    return vol.Schema(
        {
            vol.Required(CONF_TARGET): cv.TARGET_FIELDS,
            vol.Required(CONF_OPTIONS, default={}): {**options},
        }
    )


class RoomTrigger(Trigger):
    """A trigger for the calendars of rooms."""

    _schema: ClassVar[vol.Schema] = _schema({})

    @classmethod
    @override
    async def async_validate_config(
        cls, hass: HomeAssistant, config: ConfigType
    ) -> ConfigType:
        """Take a target, and the options of this trigger."""
        return cast(ConfigType, cls._schema(config))

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Do nothing yet."""
        super().__init__(hass, config)
        self._target: dict[str, Any] = config.target or {}
        self._options: dict[str, Any] = config.options or {}


def _payload(
    entity_id: str, booking: Booking | None, origin: Origin, late: bool
) -> dict[str, Any]:
    """What an automation gets to know as `trigger`."""
    data = None
    if booking is not None:
        data = {**booking_data(booking), "origin": origin.value, "late": late}
    return {ATTR_ENTITY_ID: entity_id, "booking": data}


class NewsTrigger(RoomTrigger):
    """Fires when one kind of thing happens to a booking."""

    _kind: ClassVar[ChangeKind]

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Listen."""

        @callback
        def told(calendar: str, what: News | Turn) -> None:
            if isinstance(what, News) and what.change.kind is self._kind:
                change = what.change
                entity_id = rooms.entity_id(calendar)
                payload = _payload(entity_id, change.booking, what.origin, change.late)
                if self._kind is ChangeKind.NO_SHOW:
                    payload["booking"]["dry_run"] = change.dry_run
                if change.previous_start is not None:
                    payload["booking"]["previous_start"] = (
                        change.previous_start.isoformat()
                    )
                run_action(payload, f"booking {change.kind} in {entity_id}")

        rooms = TargetedRooms(self._hass, self._target, told=told)
        return await rooms.async_setup()


class TurnTrigger(RoomTrigger):
    """Fires when rooms become free, or busy: each, the first, or the last of all."""

    _schema = _schema(
        {
            vol.Required(CONF_BEHAVIOR, default=BEHAVIOR_EACH): vol.In(
                [BEHAVIOR_EACH, BEHAVIOR_FIRST, BEHAVIOR_ALL]
            )
        }
    )
    _to: ClassVar[Availability]

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Listen."""

        @callback
        def told(calendar: str, what: News | Turn) -> None:
            if (
                isinstance(what, Turn)
                and what.availability is self._to
                and self._is_meant(rooms)
            ):
                entity_id = rooms.entity_id(calendar)
                run_action(
                    _payload(entity_id, what.booking, what.origin, what.late),
                    f"{entity_id} became {what.availability}",
                )

        rooms = TargetedRooms(self._hass, self._target, told=told)
        return await rooms.async_setup()

    def _is_meant(self, rooms: TargetedRooms) -> bool:
        """Whether this turn is one that counts, by what was told of all the rooms."""
        there = [room.coordinator.availability is self._to for room in rooms]
        if self._options[CONF_BEHAVIOR] == BEHAVIOR_FIRST:
            return sum(there) == 1
        return self._options[CONF_BEHAVIOR] == BEHAVIOR_EACH or all(there)


class MeetingStartingTrigger(RoomTrigger):
    """Fires once for each booking, some time before its start."""

    _schema = _schema(
        {
            vol.Required(CONF_OFFSET, default=DEFAULT_OFFSET): vol.All(
                cv.positive_time_period,
                vol.Range(min=timedelta(seconds=1), max=HORIZON),
            )
        }
    )

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Set the alarm."""
        offset: timedelta = self._options[CONF_OFFSET]

        @callback
        def announce(what: Announcement) -> None:
            payload = _payload(what.entity_id, what.booking, what.origin, what.late)
            run_action(
                {**payload, CONF_OFFSET: offset},
                f"meeting starting in {what.entity_id}",
            )

        return await LeadTime(self._hass, self._target, offset, announce).start()


def _on(kind: ChangeKind) -> type[NewsTrigger]:
    return type(f"On{kind.title()}Trigger", (NewsTrigger,), {"_kind": kind})


def _became(availability: Availability) -> type[TurnTrigger]:
    name = f"Became{availability.title()}Trigger"
    return type(name, (TurnTrigger,), {"_to": availability})


TRIGGERS: Final[dict[str, type[Trigger]]] = {
    "became_busy": _became(Availability.BUSY),
    "became_free": _became(Availability.FREE),
    "booking_cancelled": _on(ChangeKind.CANCELLED),
    "booking_changed": _on(ChangeKind.CHANGED),
    "booking_created": _on(ChangeKind.CREATED),
    "checked_in": _on(ChangeKind.CHECKED_IN),
    "meeting_ended": _on(ChangeKind.ENDED),
    "meeting_started": _on(ChangeKind.STARTED),
    "meeting_starting": MeetingStartingTrigger,
    "no_show": _on(ChangeKind.NO_SHOW),
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """The triggers of this integration."""
    return TRIGGERS

"""The rooms that somebody means by entities, devices, areas, floors and labels."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import override

from homeassistant.components.calendar import DOMAIN as CALENDAR_DOMAIN
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.target import TargetEntityChangeTracker, TargetSelection
from homeassistant.helpers.typing import ConfigType

from ..const import DOMAIN
from ..live import SIGNAL_SEEN, SIGNAL_TOLD, LiveRoom, live_room
from ..rooms.turn import Turn
from ..rooms.view import News


@callback
def calendar_id(hass: HomeAssistant, entity_id: str) -> str | None:
    """The unique id of a room's calendar; None for whatever else this entity is."""
    entry = er.async_get(hass).async_get(entity_id)
    if entry is None or entry.platform != DOMAIN or entry.domain != CALENDAR_DOMAIN:
        return None
    return entry.unique_id


@callback
def own_calendars(hass: HomeAssistant, entities: set[str]) -> set[str]:
    """Those of the entities that are calendars of rooms."""
    return {e for e in entities if calendar_id(hass, e) is not None}


@callback
def _nobody_listens(_: str, __: News | Turn) -> None:
    """Hear nothing."""


@callback
def _nobody_looks(_: str) -> None:
    """See nothing."""


class TargetedRooms(TargetEntityChangeTracker):
    """Follows the rooms that are meant at each moment, over reloads of their entries.

    `told` hears what happens in a room; `seen` is called when a room may look other than
    before, also when it comes or goes. Both get the unique id of the room's calendar.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        target: ConfigType,
        *,
        told: Callable[[str, News | Turn], None] = _nobody_listens,
        seen: Callable[[str], None] = _nobody_looks,
    ) -> None:
        """Follow none yet; `async_setup` begins."""
        super().__init__(hass, TargetSelection(target), partial(own_calendars, hass))
        self._told = told
        self._seen = seen
        self._entities: dict[str, str] = {}
        self._stops: dict[str, tuple[CALLBACK_TYPE, ...]] = {}

    def entity_id(self, calendar: str) -> str:
        """What a room's calendar is called at the moment."""
        return self._entities[calendar]

    def live(self, calendar: str) -> LiveRoom | None:
        """A room, if it is meant, and enough is known of it now."""
        return live_room(self._hass, calendar) if calendar in self._entities else None

    def __iter__(self) -> Iterator[LiveRoom]:
        """Go through all rooms of which enough is known now."""
        rooms = (live_room(self._hass, calendar) for calendar in self._entities)
        return (room for room in rooms if room is not None)

    @callback
    @override
    def _handle_entities_update(self, tracked_entities: set[str]) -> None:
        before = self._entities.keys()
        self._entities = {
            calendar: entity_id
            for entity_id in tracked_entities
            if (calendar := calendar_id(self._hass, entity_id)) is not None
        }
        for calendar in before - self._entities.keys():
            self._leave(calendar)
            self._seen(calendar)
        for calendar in self._entities.keys() - before:
            self._follow(calendar)
            self._seen(calendar)

    def _follow(self, calendar: str) -> None:
        told = callback(partial(self._told, calendar))
        seen = callback(partial(self._seen, calendar))
        self._stops[calendar] = (
            async_dispatcher_connect(self._hass, SIGNAL_TOLD.format(calendar), told),
            async_dispatcher_connect(self._hass, SIGNAL_SEEN.format(calendar), seen),
        )

    def _leave(self, calendar: str) -> None:
        for stop in self._stops.pop(calendar):
            stop()

    @override
    def _unsubscribe(self) -> None:
        super()._unsubscribe()
        for calendar in tuple(self._stops):
            self._leave(calendar)
        self._entities = {}

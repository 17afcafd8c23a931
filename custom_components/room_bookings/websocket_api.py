"""What panels need to know of rooms, and no state tells: the WebSocket command.

`room_bookings/subscribe` with `entity_ids` (calendars) tells of each what its user may do
there, what its system can do, and since when what is shown is old; later only what is
other than it was told before. A room is followed over reloads of its entry, and to the
entity id that its calendar gets. What its user may not read looks like what does not exist.
"""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Final, TypedDict, cast

import voluptuous as vol

from homeassistant.auth import EVENT_USER_UPDATED
from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.const import MAX_LENGTH_STATE_ENTITY_ID
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_registry import (
    EVENT_ENTITY_REGISTRY_UPDATED,
    EventEntityRegistryUpdatedData,
)
from homeassistant.util import dt as dt_util

from .automations.targets import calendar_id
from .const import DOMAIN
from .live import SIGNAL_SEEN, loaded_room

_MOST_ROOMS: Final = 2000


class RoomFacts(TypedDict):
    """One room; `default_duration` in minutes, `stale_since` in ISO 8601, UTC."""

    name: str
    capacity: int | None
    control: bool
    verbs: list[str]
    default_duration: int
    stale_since: str | None


@callback
def async_setup_websocket_api(hass: HomeAssistant) -> None:
    """Register the command."""
    websocket_api.async_register_command(hass, _subscribe)


@websocket_api.websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/subscribe",
        vol.Required("entity_ids"): vol.All(
            list,
            vol.Length(min=1, max=_MOST_ROOMS),
            [
                vol.All(
                    str,
                    vol.Length(max=MAX_LENGTH_STATE_ENTITY_ID),
                    cv.strict_entity_id,
                )
            ],
        ),
    }
)
@callback
def _subscribe(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Tell of rooms until the subscription or the connection ends."""
    subscription = _Subscription(hass, connection, msg["id"], msg["entity_ids"])
    connection.subscriptions[msg["id"]] = subscription.stop
    connection.send_result(msg["id"])
    subscription.start()


class _Subscription:
    """What one connection was told, and what it shall hear."""

    def __init__(
        self,
        hass: HomeAssistant,
        connection: ActiveConnection,
        msg_id: int,
        entity_ids: Iterable[str],
    ) -> None:
        """Tell nothing yet."""
        self._hass = hass
        self._connection = connection
        self._msg_id = msg_id
        self._asked = frozenset(entity_ids)
        self._calendars: dict[str, str] = {}
        self._stops: dict[str, CALLBACK_TYPE] = {}
        self._told: dict[str, RoomFacts] = {}
        self._seen: set[str] = set()
        self._telling: asyncio.Handle | None = None
        self._stop_listening: list[CALLBACK_TYPE] = []

    @callback
    def start(self) -> None:
        """Tell of all rooms, and follow them."""
        bus = self._hass.bus
        self._stop_listening = [
            bus.async_listen(
                EVENT_ENTITY_REGISTRY_UPDATED,
                self._on_registry_updated,
                event_filter=self._concerns_a_calendar,
            ),
            bus.async_listen(
                EVENT_USER_UPDATED,
                self._on_user_updated,
                event_filter=self._concerns_the_user,
            ),
        ]
        for entity_id in self._asked:
            self._follow(entity_id)
        nothing = dict[str, RoomFacts | None].fromkeys(sorted(self._asked))
        self._send(nothing | self._news(self._asked))

    @callback
    def stop(self) -> None:
        """Leave nothing behind."""
        for stop in (*self._stop_listening, *self._stops.values()):
            stop()
        if self._telling is not None:
            self._telling.cancel()

    # Which rooms

    def _follow(self, entity_id: str) -> None:
        if (calendar := calendar_id(self._hass, entity_id)) is not None:
            self._calendars[entity_id] = calendar
            self._stops[entity_id] = async_dispatcher_connect(
                self._hass,
                SIGNAL_SEEN.format(calendar),
                callback(partial(self._look, entity_id)),
            )

    def _leave(self, entity_id: str) -> None:
        if self._calendars.pop(entity_id, None) is not None:
            self._stops.pop(entity_id)()

    @callback
    def _concerns_a_calendar(self, data: EventEntityRegistryUpdatedData) -> bool:
        return any(
            entity_id in self._asked or entity_id in self._calendars
            for entity_id in _names(data)
        )

    @callback
    def _on_registry_updated(
        self, event: Event[EventEntityRegistryUpdatedData]
    ) -> None:
        for entity_id in _names(event.data):
            self._leave(entity_id)
            self._follow(entity_id)
            self._look(entity_id)

    # What the user may do

    @callback
    def _concerns_the_user(self, data: dict[str, Any]) -> bool:
        return bool(data["user_id"] == self._connection.user.id)

    @callback
    def _on_user_updated(self, _: Event[dict[str, Any]]) -> None:
        for entity_id in self._asked | self._calendars.keys():
            self._look(entity_id)

    # Telling

    @callback
    def _look(self, entity_id: str) -> None:
        """Tell soon what is new: what happens to many rooms at once is told at once."""
        self._seen.add(entity_id)
        if self._telling is None:
            self._telling = self._hass.loop.call_soon(self._tell)

    @callback
    def _tell(self) -> None:
        self._telling = None
        seen, self._seen = self._seen, set()
        if news := self._news(seen):
            self._send(news)

    def _send(self, rooms: Mapping[str, RoomFacts | None]) -> None:
        now = dt_util.utcnow().isoformat()
        self._connection.send_event(self._msg_id, {"now": now, "rooms": rooms})

    def _news(self, entity_ids: Iterable[str]) -> dict[str, RoomFacts | None]:
        """What is other than it was told; nothing was told of what was never there."""
        news = {}
        for entity_id in sorted(entity_ids):
            before = self._told.pop(entity_id, None)
            facts = self._facts(entity_id)
            if facts is not None:
                self._told[entity_id] = facts
            if facts != before:
                news[entity_id] = facts
        return news

    def _facts(self, entity_id: str) -> RoomFacts | None:
        """The room behind a calendar; None if there is none now, or none for this user."""
        calendar = self._calendars.get(entity_id)
        room = None if calendar is None else loaded_room(self._hass, calendar)
        permissions = self._connection.user.permissions
        if room is None or not permissions.check_entity(entity_id, POLICY_READ):
            return None
        view = room.coordinator.data
        usual = room.coordinator.keeper.settings.default_duration
        since = view.stale_since
        return RoomFacts(
            name=view.room.name,
            capacity=view.room.capacity,
            control=permissions.check_entity(entity_id, POLICY_CONTROL),
            verbs=sorted(verb.value for verb in view.verbs),
            default_duration=usual // timedelta(minutes=1),
            stale_since=since.isoformat() if since is not None else None,
        )


def _names(data: EventEntityRegistryUpdatedData) -> set[str]:
    """What an entity is called, and what it was called before."""
    now = data["entity_id"]
    return {now, cast(str, data.get("old_entity_id", now))}

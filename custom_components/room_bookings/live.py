"""The rooms that are there at the moment, for triggers, conditions and panels.

Those outlive entries: they know a room by its calendar, follow it by signals, and find it
here for as long as it can be followed.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.signal_type import SignalTypeFormat

from .const import DOMAIN
from .coordinator import RoomCoordinator
from .rooms.turn import Turn
from .rooms.view import News

if TYPE_CHECKING:
    from .hub import Hub

# Each is formatted with the unique id of a room's calendar.
SIGNAL_SEEN: Final[SignalTypeFormat[()]] = SignalTypeFormat(f"{DOMAIN}_seen_{{}}")
SIGNAL_TOLD: Final[SignalTypeFormat[News | Turn]] = SignalTypeFormat(
    f"{DOMAIN}_told_{{}}"
)


@dataclass(frozen=True, slots=True)
class LiveRoom:
    """A room of an entry that is loaded."""

    hub: Hub
    coordinator: RoomCoordinator


_LIVE: Final[HassKey[dict[str, LiveRoom]]] = HassKey(f"{DOMAIN}.live_rooms")


@callback
def loaded_room(hass: HomeAssistant, calendar_id: str) -> LiveRoom | None:
    """The room with this calendar (by unique id), however little is known of it."""
    return hass.data.get(_LIVE, {}).get(calendar_id)


@callback
def live_room(hass: HomeAssistant, calendar_id: str) -> LiveRoom | None:
    """The room with this calendar (by unique id), if enough is known of it now."""
    room = loaded_room(hass, calendar_id)
    if room is None or not room.coordinator.data.available:
        return None
    return room


class LiveRooms:
    """The rooms of one hub: it says when they come, go, change and have something to tell."""

    def __init__(self, hass: HomeAssistant, hub: Hub) -> None:
        """Show none yet."""
        self._hass = hass
        self._hub = hub
        self._live = hass.data.setdefault(_LIVE, {})

    @callback
    def add(self, coordinator: RoomCoordinator) -> None:
        """Show a room from now on."""
        self._live[self._id(coordinator)] = LiveRoom(self._hub, coordinator)
        self.seen(coordinator)

    @callback
    def remove(self, coordinator: RoomCoordinator) -> None:
        """Show a room no more."""
        self._live.pop(self._id(coordinator), None)
        self.seen(coordinator)

    @callback
    def seen(self, coordinator: RoomCoordinator) -> None:
        """Have others look at a room anew."""
        async_dispatcher_send(self._hass, SIGNAL_SEEN.format(self._id(coordinator)))

    @callback
    def tell(self, coordinator: RoomCoordinator, told: News | Turn) -> None:
        """Tell what happened in a room, or what it became."""
        signal = SIGNAL_TOLD.format(self._id(coordinator))
        async_dispatcher_send(self._hass, signal, told)

    def _id(self, coordinator: RoomCoordinator) -> str:
        return f"{self._hub.public_id(coordinator.room.id)}_bookings"

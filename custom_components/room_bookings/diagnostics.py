"""What may be shown to whoever helps: shapes and counts, no secrets, no texts of meetings."""

from typing import Any, Final

from homeassistant.components.diagnostics import REDACTED, async_redact_data
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr

from .const import CONF_SYSTEM, DOMAIN, SYSTEM_CONNECTOR
from .coordinator import RoomCoordinator
from .hub import RoomsConfigEntry

_SECRET: Final = {
    "client_id",
    "client_secret",
    "refresh_token",
    "app_url",
    "app_id",
    "username",
    "password",
    "api_key",
    "serial",
}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: RoomsConfigEntry
) -> dict[str, Any]:
    """The entry with all its rooms, or as much of it as there is while it cannot start."""
    stored = {
        "data": async_redact_data(dict(entry.data), _SECRET),
        "options": dict(entry.options),
    }
    if (
        entry.state is not ConfigEntryState.LOADED
        or entry.data[CONF_SYSTEM] == SYSTEM_CONNECTOR
    ):
        return stored
    hub = entry.runtime_data
    return {
        **stored,
        "connected": hub.connected,
        "ledger": [
            {
                "stage": wish.stage,
                "start": wish.start.isoformat(),
                "end": wish.end.isoformat(),
            }
            for wish in hub.store.ledger.entries
        ],
        "rooms": [_room(coordinator) for coordinator in hub.coordinators.values()],
    }


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: RoomsConfigEntry, device: dr.DeviceEntry
) -> dict[str, Any]:
    """One room."""
    if entry.state is not ConfigEntryState.LOADED:
        return {"rooms": []}
    hub = entry.runtime_data
    return {
        "rooms": [
            _room(coordinator)
            for room_id, coordinator in hub.coordinators.items()
            if (DOMAIN, hub.public_id(room_id)) in device.identifiers
        ]
    }


def _room(coordinator: RoomCoordinator) -> dict[str, Any]:
    view = coordinator.data
    state = view.state
    room = view.room
    return {
        # A local device's room goes by its serial number.
        "id": REDACTED if room.id == room.serial else room.id,
        "model": room.model,
        "software": room.software,
        "capacity": room.capacity,
        "details": dict(room.details),
        "online": room.online,
        "verbs": sorted(room.verbs),
        "available": view.available,
        "last_sync": view.last_sync.isoformat() if view.last_sync else None,
        "availability": state.availability,
        "until": state.until.isoformat() if state.until else None,
        "bookings": [
            {
                "start": booking.start.isoformat(),
                "end": booking.end.isoformat(),
                "status": booking.status,
                "private": booking.private,
                "checked_in": booking.checked_in,
            }
            for booking in view.timetable
        ],
    }

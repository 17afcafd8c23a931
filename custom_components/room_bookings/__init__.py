"""Room Bookings: meeting rooms as devices, whichever system keeps their bookings."""

from functools import partial

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryNotReady
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.typing import ConfigType

from . import issues
from .connector.view import async_serve, async_setup_view
from .const import CONF_LEFT_OUT, CONF_SYSTEM, DOMAIN, SYSTEM_CONNECTOR
from .hub import Hub, RoomsConfigEntry
from .panels import async_setup_panels
from .rooms.errors import (
    AuthFailedError,
    CertificateChangedError,
    NotFoundError,
    OutdatedError,
    RoomError,
)
from .services import async_setup_services
from .settings import reload_with_overrides, settings_of
from .storage import HubStore
from .systems import open_backend
from .websocket_api import async_setup_websocket_api

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)
PLATFORMS: list[Platform] = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CALENDAR,
    Platform.EVENT,
    Platform.SENSOR,
]


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register what needs no entry: actions, panels, and the place for displays."""
    async_setup_services(hass)
    async_setup_view(hass)
    async_setup_websocket_api(hass)
    await async_setup_panels(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: RoomsConfigEntry) -> bool:
    """Connect to a booking system and show its rooms, or serve those of all others."""
    if entry.data[CONF_SYSTEM] == SYSTEM_CONNECTOR:
        async_serve(hass, entry)
        return True
    hub = Hub(
        hass,
        entry,
        open_backend(hass, entry),
        HubStore(hass, entry.entry_id),
        settings=partial(settings_of, entry),
        left_out=frozenset(entry.data.get(CONF_LEFT_OUT, ())),
    )
    try:
        await hub.start()
    except RoomError as error:
        await hub.backend.close()
        raise _setup_error(hass, entry, error) from error
    issues.clear_removed(hass, entry)
    issues.clear_certificate(hass, entry)
    entry.runtime_data = hub
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    entry.async_on_unload(
        reload_with_overrides(hass, entry, lambda: hub.coordinators.keys())
    )
    entry.async_on_unload(async_at_started(hass, hub.tell))
    return True


async def async_unload_entry(hass: HomeAssistant, entry: RoomsConfigEntry) -> bool:
    """Let go of the booking system; what serves rooms stops by itself."""
    if entry.data[CONF_SYSTEM] == SYSTEM_CONNECTOR:
        return True
    if unloaded := await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        await entry.runtime_data.stop()
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: RoomsConfigEntry) -> None:
    """Forget what was kept of the entry."""
    issues.clear_all(hass, entry)
    await HubStore(hass, entry.entry_id).remove()


def _setup_error(
    hass: HomeAssistant, entry: RoomsConfigEntry, error: RoomError
) -> ConfigEntryAuthFailed | ConfigEntryNotReady:
    """Why the system cannot be shown: wrong credentials, or not now."""
    placeholders = {"title": entry.title}
    if isinstance(error, NotFoundError):
        issues.report_removed(hass, entry)
    if isinstance(error, CertificateChangedError):
        issues.report_certificate(hass, entry, error.fingerprint)
    if isinstance(error, AuthFailedError | NotFoundError):
        return ConfigEntryAuthFailed(
            translation_domain=DOMAIN,
            translation_key="setup_auth_failed",
            translation_placeholders=placeholders,
        )
    if isinstance(error, OutdatedError):
        return ConfigEntryNotReady(
            translation_domain=DOMAIN,
            translation_key="outdated",
            translation_placeholders={"room": entry.title, **error.details},
        )
    return ConfigEntryNotReady(
        translation_domain=DOMAIN,
        translation_key="setup_not_ready",
        translation_placeholders=placeholders,
    )

"""How each booking system is opened for an entry: the registry of systems."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .backends.backend import Backend
from .backends.placeos.address import PlaceosAddress
from .backends.placeos.backend import PlaceosBackend
from .backends.roomz.address import RoomzAddress
from .backends.roomz.backend import RoomzBackend
from .backends.tms.address import TmsAddress
from .backends.tms.backend import TmsBackend
from .backends.tms.client import TmsClient
from .backends.xapi.backend import XapiBackend
from .backends.xapi.cloud.client import CloudClient, Credentials
from .backends.xapi.cloud.transport import CloudTransport
from .backends.xapi.local.address import DeviceAddress
from .backends.xapi.local.transport import LocalTransport
from .const import CONF_SYSTEM

SYSTEM_WEBEX: Final = "webex"
SYSTEM_ROOMOS: Final = "roomos"
SYSTEM_TMS: Final = "tms"
SYSTEM_PLACEOS: Final = "placeos"
SYSTEM_ROOMZ: Final = "roomz"


def open_backend(hass: HomeAssistant, entry: ConfigEntry) -> Backend:
    """A backend for the system that the entry was set up for; nothing is sent yet."""
    return _SYSTEMS[entry.data[CONF_SYSTEM]](hass, entry)


def _webex(hass: HomeAssistant, entry: ConfigEntry) -> Backend:
    def keep(credentials: Credentials) -> None:
        hass.config_entries.async_update_entry(
            entry, data={**entry.data, **asdict(credentials)}
        )

    client = CloudClient(
        async_get_clientsession(hass), Credentials.of(entry.data), keep
    )
    return XapiBackend(CloudTransport(client))


def _roomos(hass: HomeAssistant, entry: ConfigEntry) -> Backend:
    return XapiBackend(LocalTransport(DeviceAddress.of(entry.data)))


def _tms(hass: HomeAssistant, entry: ConfigEntry) -> Backend:
    # The source is how our own conferences are known again: it stays the same for ever.
    return TmsBackend(
        TmsClient(TmsAddress.of(entry.data)), f"home-assistant-{entry.entry_id}"
    )


def _placeos(hass: HomeAssistant, entry: ConfigEntry) -> Backend:
    address = PlaceosAddress.of(entry.data)
    session = async_get_clientsession(hass, verify_ssl=address.verify_ssl)
    return PlaceosBackend(session, address)


def _roomz(hass: HomeAssistant, entry: ConfigEntry) -> Backend:
    address = RoomzAddress.of(entry.data)
    session = async_get_clientsession(hass, verify_ssl=address.verify_ssl)
    return RoomzBackend(session, address)


_SYSTEMS: Final[dict[str, Callable[[HomeAssistant, ConfigEntry], Backend]]] = {
    SYSTEM_WEBEX: _webex,
    SYSTEM_ROOMOS: _roomos,
    SYSTEM_TMS: _tms,
    SYSTEM_PLACEOS: _placeos,
    SYSTEM_ROOMZ: _roomz,
}

"""Setting up a PlaceOS server."""

from collections.abc import Mapping
from typing import Any, Final

import voluptuous as vol

from homeassistant.const import CONF_API_KEY, CONF_URL, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.selector import BooleanSelector

from ..backends.placeos.address import PlaceosAddress
from ..backends.placeos.backend import PlaceosBackend
from ..rooms.errors import RoomError
from ..systems import SYSTEM_PLACEOS
from .common import PASSWORD, URL_TEXT, flow_error
from .server import Proof, ServerKind, service_address

_FIRST: Final = vol.Schema(
    {
        vol.Required(CONF_URL): URL_TEXT,
        vol.Required(CONF_API_KEY): PASSWORD,
        vol.Required(CONF_VERIFY_SSL, default=True): BooleanSelector(),
    }
)
_AGAIN: Final = vol.Schema({vol.Required(CONF_API_KEY): PASSWORD})


async def _prove(hass: HomeAssistant, address: PlaceosAddress) -> Proof:
    """The rooms whose Bookings module this key may use, and the authority they are under."""
    session = async_get_clientsession(hass, verify_ssl=address.verify_ssl)
    backend = PlaceosBackend(session, address)
    try:
        await backend.connect()
        rooms = await backend.rooms()
        return Proof(rooms=rooms, identity=backend.authority)
    except RoomError as error:
        raise flow_error(error) from error
    finally:
        await backend.close()


def _address(form: Mapping[str, Any]) -> PlaceosAddress:
    return PlaceosAddress.of(
        {
            **form,
            CONF_URL: service_address(form[CONF_URL], insecure="insecure_url"),
            CONF_API_KEY: form[CONF_API_KEY].strip(),
        }
    )


PLACEOS: Final = ServerKind(
    system=SYSTEM_PLACEOS,
    first=_FIRST,
    again=_AGAIN,
    address=_address,
    # Only the server knows under which authority it is.
    identity=lambda address: None,
    prove=_prove,
)

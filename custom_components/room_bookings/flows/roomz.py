"""Setting up a system that serves the ROOMZ contract."""

from collections.abc import Mapping
from typing import Any, Final

import voluptuous as vol

from homeassistant.const import CONF_PASSWORD, CONF_URL, CONF_USERNAME, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.selector import BooleanSelector

from ..backends.roomz.address import RoomzAddress
from ..backends.roomz.backend import RoomzBackend
from ..rooms.errors import RoomError
from ..systems import SYSTEM_ROOMZ
from .common import PASSWORD, TEXT, URL_TEXT, flow_error
from .server import Proof, ServerKind, service_address

_FIRST: Final = vol.Schema(
    {
        vol.Required(CONF_URL): URL_TEXT,
        vol.Required(CONF_USERNAME): TEXT,
        vol.Required(CONF_PASSWORD): PASSWORD,
        vol.Required(CONF_VERIFY_SSL, default=True): BooleanSelector(),
    }
)
_AGAIN: Final = vol.Schema(
    {vol.Required(CONF_USERNAME): TEXT, vol.Required(CONF_PASSWORD): PASSWORD}
)


async def _prove(hass: HomeAssistant, address: RoomzAddress) -> Proof:
    """The rooms that the system serves."""
    session = async_get_clientsession(hass, verify_ssl=address.verify_ssl)
    backend = RoomzBackend(session, address)
    try:
        await backend.connect()
        return Proof(rooms=await backend.rooms())
    except RoomError as error:
        raise flow_error(error) from error
    finally:
        await backend.close()


def _address(form: Mapping[str, Any]) -> RoomzAddress:
    return RoomzAddress.of(
        {
            **form,
            CONF_URL: service_address(form[CONF_URL], insecure="insecure_basic"),
            CONF_USERNAME: form[CONF_USERNAME].strip(),
        }
    )


ROOMZ: Final = ServerKind(
    system=SYSTEM_ROOMZ,
    first=_FIRST,
    again=_AGAIN,
    address=_address,
    identity=lambda address: address.url.lower(),
    prove=_prove,
)

"""Setting up a Cisco TMS server."""

from collections.abc import Mapping
from typing import Any, Final

import voluptuous as vol

from homeassistant.const import (
    CONF_AUTHENTICATION,
    CONF_PASSWORD,
    CONF_URL,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectSelector,
    SelectSelectorConfig,
)

from ..backends.tms.address import Authentication, TmsAddress
from ..backends.tms.backend import TmsBackend
from ..backends.tms.client import TmsClient
from ..backends.tms.errors import InsecureBasicError
from ..rooms.errors import OutdatedError, RoomError
from ..systems import SYSTEM_TMS
from .common import PASSWORD, TEXT, URL_TEXT, FlowError, flow_error
from .server import Proof, ServerKind, server_name, web_address

_FIRST: Final = vol.Schema(
    {
        vol.Required(CONF_URL): URL_TEXT,
        vol.Required(CONF_USERNAME): TEXT,
        vol.Required(CONF_PASSWORD): PASSWORD,
        vol.Required(
            CONF_AUTHENTICATION, default=Authentication.AUTO.value
        ): SelectSelector(
            SelectSelectorConfig(
                options=[way.value for way in Authentication],
                translation_key="authentication",
            )
        ),
        vol.Required(CONF_VERIFY_SSL, default=True): BooleanSelector(),
    }
)
_AGAIN: Final = vol.Schema(
    {vol.Required(CONF_USERNAME): TEXT, vol.Required(CONF_PASSWORD): PASSWORD}
)


async def _prove(hass: HomeAssistant, address: TmsAddress) -> Proof:
    """The rooms that this account may book; nothing is booked."""
    backend = TmsBackend(TmsClient(address), source="")
    try:
        await backend.connect()
        return Proof(rooms=await backend.rooms())
    except InsecureBasicError as error:
        raise FlowError("insecure_basic") from error
    except OutdatedError as error:
        raise FlowError(
            "outdated", version=str(error.version), needed=str(error.needed)
        ) from error
    except RoomError as error:
        raise flow_error(error) from error
    finally:
        await backend.close()


def _address(form: Mapping[str, Any]) -> TmsAddress:
    """The server's address without the path that people paste with it."""
    return TmsAddress.of(
        {
            **form,
            CONF_URL: str(web_address(form[CONF_URL]).origin()),
            CONF_USERNAME: form[CONF_USERNAME].strip(),
        }
    )


TMS: Final = ServerKind(
    system=SYSTEM_TMS,
    first=_FIRST,
    again=_AGAIN,
    address=_address,
    identity=lambda address: f"{server_name(address.url)}_{address.username.lower()}",
    prove=_prove,
)

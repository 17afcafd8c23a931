"""Setting up a Cisco TMS server."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, Final

import voluptuous as vol
from yarl import URL

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import (
    CONF_AUTHENTICATION,
    CONF_PASSWORD,
    CONF_URL,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
)
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectSelector,
    SelectSelectorConfig,
)

from ..backends.addresses import is_web_address
from ..backends.tms.address import Authentication, TmsAddress
from ..backends.tms.backend import TmsBackend
from ..backends.tms.client import TmsClient
from ..backends.tms.errors import InsecureBasicError
from ..const import CONF_SYSTEM
from ..rooms.errors import OutdatedError, RoomError
from ..rooms.room import Room
from ..systems import SYSTEM_TMS
from .common import PASSWORD, TEXT, URL_TEXT, FlowError, RoomsStep, flow_error

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


class TmsSteps(RoomsStep):
    """The step `tms`, and its reauth and reconfigure."""

    async def async_step_tms(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Take the server's address and an account on it."""
        problem: FlowError | None = None
        if user_input is not None:
            try:
                address = _address(user_input)
                await self._identify(address)
                self._abort_if_unique_id_configured()
                rooms = await _proven(address)
            except FlowError as error:
                problem = error
            else:
                data = {CONF_SYSTEM: SYSTEM_TMS, **asdict(address)}
                return await self.finish(_server(address), data, rooms)
        return self.form("tms", _FIRST, user_input, problem)

    async def tms_reauth(self, user_input: dict[str, Any] | None) -> ConfigFlowResult:
        """Ask again for the account."""
        entry = self._get_reauth_entry()
        stored = TmsAddress.of(entry.data)
        problem: FlowError | None = None
        if user_input is not None:
            address = replace(
                stored,
                username=user_input[CONF_USERNAME].strip(),
                password=user_input[CONF_PASSWORD],
            )
            await self._identify(address)
            self._abort_if_unique_id_mismatch(reason="wrong_account")
            try:
                await _proven(address)
            except FlowError as error:
                problem = error
            else:
                return self.async_update_reload_and_abort(
                    entry, data_updates=asdict(address)
                )
        shown = user_input or {CONF_USERNAME: stored.username}
        return self.form("reauth_confirm", _AGAIN, shown, problem)

    async def tms_reconfigure(
        self, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        """Show the first step again; servers move and accounts are renamed."""
        entry = self._get_reconfigure_entry()
        problem: FlowError | None = None
        if user_input is not None:
            try:
                address = _address(user_input)
                await self._identify(address)
                if self.unique_id != entry.unique_id:
                    self._abort_if_unique_id_configured()
                await _proven(address)
            except FlowError as error:
                problem = error
            else:
                return self.async_update_reload_and_abort(
                    entry, unique_id=self.unique_id, data_updates=asdict(address)
                )
        stored = {k: v for k, v in entry.data.items() if k != CONF_PASSWORD}
        return self.form("reconfigure", _FIRST, user_input or stored, problem)

    async def _identify(self, address: TmsAddress) -> None:
        """One account on one server; a form that is open elsewhere does not stand in the way."""
        await self.async_set_unique_id(
            f"{_server(address)}_{address.username.lower()}", raise_on_progress=False
        )


async def _proven(address: TmsAddress) -> list[Room]:
    """The rooms that this account may book, of which there are some; raises FlowError."""
    backend = TmsBackend(TmsClient(address), source="")
    try:
        await backend.connect()
        rooms = list(await backend.rooms())
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
    if not rooms:
        raise FlowError("no_rooms")
    return rooms


def _address(user_input: Mapping[str, Any]) -> TmsAddress:
    return TmsAddress.of(
        {
            **user_input,
            CONF_URL: _origin(user_input[CONF_URL]),
            CONF_USERNAME: user_input[CONF_USERNAME].strip(),
        }
    )


def _origin(text: str) -> str:
    """The server's address without the path that people paste with it; raises FlowError."""
    text = text.strip()
    try:
        url = URL(text if "://" in text else f"https://{text}")
        usable = is_web_address(url)
    except ValueError:
        usable = False
    if not usable:
        raise FlowError("cannot_connect")
    return str(url.origin())


def _server(address: TmsAddress) -> str:
    """The server's name, with its port where that says something."""
    return f"{URL(address.url).host_port_subcomponent}"

"""Setting up a Webex organisation, as a Workspace Integration."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, Final, override

import voluptuous as vol
from yarl import URL

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigFlowResult
from homeassistant.data_entry_flow import section
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util import dt as dt_util

from ..backends.addresses import is_web_address
from ..backends.xapi.backend import XapiBackend
from ..backends.xapi.cloud.activation import (
    Activation,
    InvalidActivationCodeError,
    checked_code,
)
from ..backends.xapi.cloud.addresses import (
    DEFAULT_API_URL,
    Cloud,
    UntrustedAddressError,
)
from ..backends.xapi.cloud.client import CloudClient, Credentials
from ..backends.xapi.cloud.transport import CloudTransport
from ..const import CONF_SYSTEM
from ..rooms.errors import RoomError
from ..rooms.room import Room
from ..storage import UsedCodes
from ..systems import SYSTEM_WEBEX
from .common import PASSWORD, TEXT, URL_TEXT, FlowError, RoomsStep, flow_error

CONF_ACTIVATION_CODE: Final = "activation_code"
CONF_ADVANCED: Final = "advanced"
CONF_API_URL: Final = "api_url"
CONF_CLIENT_ID: Final = "client_id"
CONF_CLIENT_SECRET: Final = "client_secret"

_ADVANCED: Final = vol.Schema(
    {vol.Optional(CONF_API_URL, default=DEFAULT_API_URL): URL_TEXT}
)
_FIRST: Final = vol.Schema(
    {
        vol.Required(CONF_CLIENT_ID): TEXT,
        vol.Required(CONF_CLIENT_SECRET): PASSWORD,
        vol.Required(CONF_ACTIVATION_CODE): PASSWORD,
        vol.Optional(CONF_ADVANCED, default={}): section(
            _ADVANCED, {"collapsed": True}
        ),
    }
)
_AGAIN: Final = vol.Schema(
    {
        vol.Required(CONF_CLIENT_SECRET): PASSWORD,
        vol.Required(CONF_ACTIVATION_CODE): PASSWORD,
    }
)
_RECONFIGURE: Final = vol.Schema(
    {
        vol.Required(CONF_CLIENT_ID): TEXT,
        vol.Required(CONF_CLIENT_SECRET): PASSWORD,
        # Without a new code the integration goes on with the one it was activated with.
        vol.Optional(CONF_ACTIVATION_CODE): PASSWORD,
        vol.Optional(CONF_ADVANCED, default={}): section(
            _ADVANCED, {"collapsed": True}
        ),
    }
)
_DOCS: Final = {
    "manifest_url": "https://developer.webex.com/docs/workspace-integrations"
}


class WebexSteps(RoomsStep):
    """The steps `webex`, and its reauth and reconfigure."""

    _code: str | None = None

    def __init__(self) -> None:
        """Know of no refresh token that the cloud has replaced."""
        self._replaced: dict[str, str] = {}

    async def async_step_webex(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Take the credentials of the integration and its activation code."""
        problem: FlowError | None = None
        if user_input is not None:
            try:
                activation = await self._activation(user_input)
                # A form that somebody left open elsewhere must not stand in the way.
                await self.async_set_unique_id(
                    _unique_id(activation), raise_on_progress=False
                )
                self._abort_if_unique_id_configured()
                credentials, rooms = await self._proven(
                    _credentials(user_input, activation)
                )
            except FlowError as error:
                problem = error
            else:
                self._code = activation.jti
                data = {CONF_SYSTEM: SYSTEM_WEBEX, **asdict(credentials)}
                return await self.finish(
                    activation.organisation_name or "Webex", data, rooms
                )
        return self.form("webex", _FIRST, user_input, problem, **_DOCS)

    async def webex_reauth(self, user_input: dict[str, Any] | None) -> ConfigFlowResult:
        """Ask again for what expires."""
        entry = self._get_reauth_entry()
        problem: FlowError | None = None
        if user_input is not None:
            stored = entry.data
            again = {
                CONF_CLIENT_ID: stored[CONF_CLIENT_ID],
                CONF_ADVANCED: {CONF_API_URL: stored[CONF_API_URL]},
                **user_input,
            }
            try:
                return await self._renewed(again, entry.data)
            except FlowError as error:
                problem = error
        return self.form("reauth_confirm", _AGAIN, user_input, problem, **_DOCS)

    async def webex_reconfigure(
        self, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        """Show the first step again."""
        stored = self._get_reconfigure_entry().data
        problem: FlowError | None = None
        if user_input is not None:
            try:
                return await self._renewed(user_input, stored)
            except FlowError as error:
                problem = error
        shown = user_input or {
            CONF_CLIENT_ID: stored[CONF_CLIENT_ID],
            CONF_ADVANCED: {CONF_API_URL: stored[CONF_API_URL]},
        }
        return self.form("reconfigure", _RECONFIGURE, shown, problem, **_DOCS)

    @override
    async def create(self, chosen: Sequence[str]) -> ConfigFlowResult:
        """Create the entry, unless another flow came first with the same code."""
        if not await self._use_up():
            return self.async_abort(reason="already_configured")
        return await super().create(chosen)

    async def _use_up(self) -> bool:
        """Use the activation code up: it is good once. False if it was used before."""
        return self._code is None or await UsedCodes.of(self.hass).use(self._code)

    async def _renewed(
        self, user_input: Mapping[str, Any], stored: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Prove new credentials for an entry that exists, and put them into it."""
        if user_input.get(CONF_ACTIVATION_CODE):
            activation = await self._activation(user_input)
            await self.async_set_unique_id(
                _unique_id(activation), raise_on_progress=False
            )
            self._abort_if_unique_id_mismatch(reason="wrong_account")
            self._code = activation.jti
            credentials = _credentials(user_input, activation)
        else:
            self._code = None
            credentials = replace(
                Credentials.of(stored),
                client_id=user_input[CONF_CLIENT_ID].strip(),
                client_secret=user_input[CONF_CLIENT_SECRET].strip(),
                api_url=_api_url(user_input),
            )
        credentials, _ = await self._proven(credentials)
        if not await self._use_up():
            raise FlowError("invalid_activation_code")
        if self.source == SOURCE_RECONFIGURE:
            entry = self._get_reconfigure_entry()
        else:
            entry = self._get_reauth_entry()
        return self.async_update_reload_and_abort(
            entry, data_updates=asdict(credentials)
        )

    async def _activation(self, user_input: Mapping[str, Any]) -> Activation:
        """What the activation code grants; raises FlowError."""
        blank = Credentials(
            client_id="",
            client_secret="",
            app_id="",
            refresh_token="",
            oauth_url="",
            app_url="",
            api_url=_api_url(user_input),
        )
        client = CloudClient(async_get_clientsession(self.hass), blank)
        try:
            activation = await checked_code(
                client, user_input[CONF_ACTIVATION_CODE], dt_util.utcnow()
            )
        except (InvalidActivationCodeError, UntrustedAddressError) as error:
            raise FlowError("invalid_activation_code") from error
        except RoomError as error:
            raise flow_error(error) from error
        finally:
            client.close()
        if await UsedCodes.of(self.hass).contains(activation.jti):
            raise FlowError("invalid_activation_code")
        return activation

    async def _proven(self, credentials: Credentials) -> tuple[Credentials, list[Room]]:
        """The credentials as the cloud left them, and the rooms that they give access to.

        Each right is tried once. A refresh token that the cloud replaced meanwhile is
        remembered, so that a second try with the same code can succeed.
        """
        given = credentials.refresh_token
        client = CloudClient(
            async_get_clientsession(self.hass),
            replace(credentials, refresh_token=self._replaced.get(given, given)),
        )
        backend = XapiBackend(CloudTransport(client))
        try:
            await backend.connect()
            rooms = list(await backend.rooms())
            if rooms:
                await backend.prove(rooms[0].id)
        except UntrustedAddressError as error:
            raise FlowError("cannot_connect") from error
        except RoomError as error:
            raise flow_error(error) from error
        finally:
            self._replaced[given] = client.credentials.refresh_token
            await backend.close()
        if not rooms:
            raise FlowError("no_rooms")
        return client.credentials, rooms


def _api_url(user_input: Mapping[str, Any]) -> str:
    """The cloud's address; raises FlowError for one that must not be used."""
    text = str(user_input.get(CONF_ADVANCED, {}).get(CONF_API_URL) or DEFAULT_API_URL)
    try:
        url = URL(text.strip().rstrip("/"))
        usable = is_web_address(url)
    except ValueError:
        usable = False
    if not usable:
        raise FlowError("cannot_connect")
    if not Cloud(str(url)).is_secure:
        raise FlowError("insecure_url")
    return str(url)


def _unique_id(activation: Activation) -> str:
    return f"{activation.organisation}_{activation.app_id}"


def _credentials(user_input: Mapping[str, Any], activation: Activation) -> Credentials:
    return Credentials(
        client_id=user_input[CONF_CLIENT_ID].strip(),
        client_secret=user_input[CONF_CLIENT_SECRET].strip(),
        app_id=activation.app_id,
        refresh_token=activation.refresh_token,
        oauth_url=activation.oauth_url,
        app_url=activation.app_url,
        api_url=_api_url(user_input),
    )

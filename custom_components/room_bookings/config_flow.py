"""Config flow: a menu of booking systems, then each system's own steps."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlowResult,
    ConfigSubentryFlow,
    OptionsFlow,
)
from homeassistant.core import callback

from .const import CONF_SYSTEM, DOMAIN, SUBENTRY_ROOM, SYSTEM_CONNECTOR
from .flows.options import RoomsOptionsFlow
from .flows.placeos import PLACEOS
from .flows.room import RoomSubentryFlow
from .flows.roomos import RoomosSteps
from .flows.roomz import ROOMZ
from .flows.roomz_connector import ConnectorSteps
from .flows.server import ServerSteps
from .flows.tms import TMS
from .flows.webex import WebexSteps
from .systems import (
    SYSTEM_PLACEOS,
    SYSTEM_ROOMOS,
    SYSTEM_ROOMZ,
    SYSTEM_TMS,
    SYSTEM_WEBEX,
)

type Step = Callable[[dict[str, Any] | None], Awaitable[ConfigFlowResult]]


class RoomBookingsConfigFlow(
    WebexSteps, RoomosSteps, ServerSteps, ConnectorSteps, domain=DOMAIN
):
    """Adds, renews and reconfigures entries."""

    VERSION = 1
    MINOR_VERSION = 1

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose the booking system."""
        return self.async_show_menu(
            step_id="user",
            menu_options=[
                SYSTEM_WEBEX,
                SYSTEM_ROOMOS,
                SYSTEM_TMS,
                SYSTEM_PLACEOS,
                SYSTEM_ROOMZ,
                SYSTEM_CONNECTOR,
            ],
        )

    async def async_step_tms(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Take a Cisco TMS server."""
        return await self.server_step(TMS, user_input)

    async def async_step_placeos(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Take a PlaceOS server."""
        return await self.server_step(PLACEOS, user_input)

    async def async_step_roomz(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Take a system that serves the ROOMZ contract."""
        return await self.server_step(ROOMZ, user_input)

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """The system no longer accepts what is stored."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask again for what expires."""
        steps: dict[str, Step] = {
            SYSTEM_WEBEX: self.webex_reauth,
            SYSTEM_ROOMOS: self.roomos_reauth,
            SYSTEM_TMS: partial(self.server_reauth, TMS),
            SYSTEM_PLACEOS: partial(self.server_reauth, PLACEOS),
            SYSTEM_ROOMZ: partial(self.server_reauth, ROOMZ),
        }
        return await steps[self._get_reauth_entry().data[CONF_SYSTEM]](user_input)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change what was given in the first step."""
        steps: dict[str, Step] = {
            SYSTEM_WEBEX: self.webex_reconfigure,
            SYSTEM_ROOMOS: self.roomos_reconfigure,
            SYSTEM_TMS: partial(self.server_reconfigure, TMS),
            SYSTEM_PLACEOS: partial(self.server_reconfigure, PLACEOS),
            SYSTEM_ROOMZ: partial(self.server_reconfigure, ROOMZ),
            SYSTEM_CONNECTOR: self.connector_reconfigure,
        }
        return await steps[self._get_reconfigure_entry().data[CONF_SYSTEM]](user_input)

    @classmethod
    @callback
    @override
    def async_supports_options_flow(cls, config_entry: ConfigEntry) -> bool:
        """Whoever serves rooms has none of his own to have preferences about."""
        return bool(config_entry.data[CONF_SYSTEM] != SYSTEM_CONNECTOR)

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Rooms may have preferences of their own."""
        if config_entry.data[CONF_SYSTEM] == SYSTEM_CONNECTOR:
            return {}
        return {SUBENTRY_ROOM: RoomSubentryFlow}

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        """Preferences of an entry."""
        return RoomsOptionsFlow()

"""Config flow: a menu of booking systems, then each system's own steps."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import ConfigEntry, ConfigFlowResult, OptionsFlow
from homeassistant.core import callback

from .const import CONF_SYSTEM, DOMAIN
from .flows.options import RoomsOptionsFlow
from .flows.roomos import RoomosSteps
from .flows.webex import WebexSteps
from .systems import SYSTEM_ROOMOS, SYSTEM_WEBEX


class RoomBookingsConfigFlow(WebexSteps, RoomosSteps, domain=DOMAIN):
    """Adds, renews and reconfigures entries."""

    VERSION = 1
    MINOR_VERSION = 1

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose the booking system."""
        return self.async_show_menu(
            step_id="user", menu_options=[SYSTEM_WEBEX, SYSTEM_ROOMOS]
        )

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """The system no longer accepts what is stored."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask again for what expires."""
        if self._get_reauth_entry().data[CONF_SYSTEM] == SYSTEM_ROOMOS:
            return await self.roomos_reauth(user_input)
        return await self.webex_reauth(user_input)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change what was given in the first step."""
        if self._get_reconfigure_entry().data[CONF_SYSTEM] == SYSTEM_ROOMOS:
            return await self.roomos_reconfigure(user_input)
        return await self.webex_reconfigure(user_input)

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        """Preferences of an entry."""
        return RoomsOptionsFlow()

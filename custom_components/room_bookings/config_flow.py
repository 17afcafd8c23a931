"""Config flow: a menu of booking systems, then each system's own steps."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import ConfigEntry, ConfigFlowResult, OptionsFlow
from homeassistant.core import callback

from .const import DOMAIN
from .flows.options import RoomsOptionsFlow
from .flows.webex import WebexSteps
from .systems import SYSTEM_WEBEX


class RoomBookingsConfigFlow(WebexSteps, domain=DOMAIN):
    """Adds, renews and reconfigures entries."""

    VERSION = 1
    MINOR_VERSION = 1

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose the booking system."""
        return self.async_show_menu(step_id="user", menu_options=[SYSTEM_WEBEX])

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """The system no longer accepts what is stored."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask again for what expires."""
        return await self.webex_reauth(user_input)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change what was given in the first step."""
        return await self.webex_reconfigure(user_input)

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        """Preferences of an entry."""
        return RoomsOptionsFlow()

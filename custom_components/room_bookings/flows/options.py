"""The options of an entry: how its rooms are shown and booked."""

from typing import Any, Final

import voluptuous as vol

from homeassistant.config_entries import ConfigFlowResult, OptionsFlowWithReload
from homeassistant.const import UnitOfTime
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
)

from ..const import CONF_DEFAULT_DURATION, CONF_TITLES, DEFAULT_DURATION
from ..rooms.privacy import Titles

_DAY: Final = 1440

_OPTIONS: Final = vol.Schema(
    {
        vol.Required(CONF_TITLES, default=Titles.HIDE_PRIVATE.value): SelectSelector(
            SelectSelectorConfig(
                options=[titles.value for titles in Titles], translation_key="titles"
            )
        ),
        vol.Required(CONF_DEFAULT_DURATION, default=DEFAULT_DURATION): vol.All(
            NumberSelector(
                NumberSelectorConfig(
                    min=1,
                    max=_DAY,
                    step=1,
                    mode=NumberSelectorMode.BOX,
                    unit_of_measurement=UnitOfTime.MINUTES,
                )
            ),
            vol.Coerce(int),
        ),
    }
)


class RoomsOptionsFlow(OptionsFlowWithReload):
    """Preferences; the entry is reloaded with them."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show and take the preferences."""
        if user_input is not None:
            return self.async_create_entry(data=user_input)
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                _OPTIONS, self.config_entry.options
            ),
        )

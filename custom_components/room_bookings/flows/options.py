"""The options of an entry: how its rooms are shown and booked, and who has to come."""

from collections.abc import Mapping
from typing import Any, Final

import voluptuous as vol

from homeassistant.config_entries import ConfigFlowResult, OptionsFlowWithReload
from homeassistant.const import UnitOfTime
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
)

from ..const import (
    CONF_CHECK_IN,
    CONF_CHECK_IN_WINDOW,
    CONF_DEFAULT_DURATION,
    CONF_EXEMPT_LONG,
    CONF_NO_SHOW,
    CONF_PENDING_BEFORE,
    CONF_PRESENCE,
    CONF_TITLES,
)
from ..rooms.privacy import Titles
from ..rooms.settings import NoShow
from ..settings import DEFAULTS

_HOUR: Final = 60
_DAY: Final = 24 * _HOUR


def _minutes(least: int, most: int) -> vol.All[int]:
    return vol.All(
        NumberSelector(
            NumberSelectorConfig(
                min=least,
                max=most,
                step=1,
                mode=NumberSelectorMode.BOX,
                unit_of_measurement=UnitOfTime.MINUTES,
            )
        ),
        vol.Coerce(int),
    )


CHOICES: Final[Mapping[str, Any]] = {
    CONF_TITLES: SelectSelector(
        SelectSelectorConfig(
            options=[titles.value for titles in Titles], translation_key="titles"
        )
    ),
    CONF_DEFAULT_DURATION: _minutes(1, _DAY),
    CONF_CHECK_IN: BooleanSelector(),
    CONF_PENDING_BEFORE: _minutes(0, _HOUR),
    CONF_CHECK_IN_WINDOW: _minutes(1, 2 * _HOUR),
    CONF_NO_SHOW: SelectSelector(
        SelectSelectorConfig(
            options=[no_show.value for no_show in NoShow], translation_key="no_show"
        )
    ),
    CONF_PRESENCE: EntitySelector(EntitySelectorConfig(multiple=True)),
    CONF_EXEMPT_LONG: BooleanSelector(),
}

# An empty list of entities is left out by forms.
_OPTIONS: Final = vol.Schema(
    {
        (vol.Optional if key == CONF_PRESENCE else vol.Required)(
            key, default=DEFAULTS[key]
        ): selector
        for key, selector in CHOICES.items()
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

"""Setting up the connector that serves rooms to ROOMZ displays."""

from collections.abc import Mapping
from typing import Any, Final

import voluptuous as vol

from homeassistant.components.calendar import DOMAIN as CALENDAR_DOMAIN
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import EntitySelector, EntitySelectorConfig

from ..connector.view import URL
from ..const import CONF_ROOMS, CONF_SYSTEM, DOMAIN, SYSTEM_CONNECTOR
from .common import PASSWORD, TEXT, FlowError, RoomsStep

_TITLE: Final = "ROOMZ displays"
_FIRST: Final = vol.Schema(
    {
        vol.Required(CONF_USERNAME): TEXT,
        vol.Required(CONF_PASSWORD): PASSWORD,
        vol.Optional(CONF_ROOMS, default=list): EntitySelector(
            EntitySelectorConfig(
                domain=CALENDAR_DOMAIN, integration=DOMAIN, multiple=True
            )
        ),
    }
)


class ConnectorSteps(RoomsStep):
    """The step `roomz_connector`, and its reconfigure."""

    async def async_step_roomz_connector(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Take what displays have to know, and which rooms they get; there is one connector."""
        await self.async_set_unique_id(SYSTEM_CONNECTOR, raise_on_progress=False)
        self._abort_if_unique_id_configured()
        problem: FlowError | None = None
        if user_input is not None:
            try:
                data = self._connector_data(user_input)
            except FlowError as error:
                problem = error
            else:
                return self.async_create_entry(
                    title=_TITLE, data={CONF_SYSTEM: SYSTEM_CONNECTOR, **data}
                )
        return self.form(SYSTEM_CONNECTOR, _FIRST, user_input, problem, path=URL)

    async def connector_reconfigure(
        self, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        """Show the first step again: another password, other rooms."""
        entry = self._get_reconfigure_entry()
        problem: FlowError | None = None
        if user_input is not None:
            try:
                data = self._connector_data(user_input)
            except FlowError as error:
                problem = error
            else:
                return self.async_update_reload_and_abort(entry, data_updates=data)
        registry = er.async_get(self.hass)
        rooms = [registry.async_get(room) for room in entry.data[CONF_ROOMS]]
        stored = {
            CONF_USERNAME: entry.data[CONF_USERNAME],
            CONF_ROOMS: [room.entity_id for room in rooms if room is not None],
        }
        return self.form("reconfigure", _FIRST, user_input or stored, problem, path=URL)

    def _connector_data(self, user_input: Mapping[str, Any]) -> dict[str, Any]:
        """What is kept: rooms by what stays when an entity is renamed; raises FlowError."""
        username = user_input[CONF_USERNAME].strip()
        password = user_input[CONF_PASSWORD]
        if not username or ":" in username or not password:
            # Basic authentication ends the name at the first colon.
            raise FlowError("invalid_credentials")
        registry = er.async_get(self.hass)
        chosen = [registry.async_get(room) for room in user_input[CONF_ROOMS]]
        rooms = [
            room.id
            for room in chosen
            if room is not None
            and (room.platform, room.domain) == (DOMAIN, CALENDAR_DOMAIN)
        ]
        if len(rooms) != len(chosen):
            raise FlowError("not_a_room")
        return {CONF_USERNAME: username, CONF_PASSWORD: password, CONF_ROOMS: rooms}

"""The options of one room, where others count than for the rooms of its entry."""

from collections.abc import Mapping
from typing import Any, Final

import voluptuous as vol

from homeassistant.config_entries import (
    ConfigEntryState,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from ..const import CONF_ROOM
from ..rooms.booking import RoomId
from ..settings import overrides
from .options import CHOICES

_OVERRIDES: Final = vol.Schema(
    {vol.Optional(key): selector for key, selector in CHOICES.items()}
)


class RoomSubentryFlow(ConfigSubentryFlow):
    """Choose a room, then what is different there; the entry is reloaded with it."""

    _room_id: RoomId
    _name: str

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Choose the room."""
        if self._get_entry().state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="entry_not_loaded")
        names = self._rooms()
        if not names:
            return self.async_abort(reason="no_rooms")
        if user_input is not None:
            self._room_id = RoomId(user_input[CONF_ROOM])
            self._name = names[self._room_id]
            return await self.async_step_overrides()
        options = [SelectOptionDict(value=i, label=name) for i, name in names.items()]
        selector = SelectSelector(
            SelectSelectorConfig(options=options, mode=SelectSelectorMode.DROPDOWN)
        )
        return self.async_show_form(
            step_id="user", data_schema=vol.Schema({vol.Required(CONF_ROOM): selector})
        )

    async def async_step_overrides(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Take what is different in the room."""
        if user_input is None:
            return self._form("overrides", self._name, {})
        if self._room_id in overrides(self._get_entry()):
            return self.async_abort(reason="already_configured")
        return self.async_create_entry(
            title=self._name,
            data={CONF_ROOM: self._room_id, **user_input},
            unique_id=self._room_id,
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Take other choices for the same room."""
        subentry = self._get_reconfigure_subentry()
        if user_input is None:
            return self._form("reconfigure", subentry.title, subentry.data)
        return self.async_update_and_abort(
            self._get_entry(),
            subentry,
            data={CONF_ROOM: subentry.data[CONF_ROOM], **user_input},
        )

    def _rooms(self) -> dict[RoomId, str]:
        """The rooms without choices of their own, by name."""
        entry = self._get_entry()
        names = {
            room_id: coordinator.room.name
            for room_id, coordinator in entry.runtime_data.coordinators.items()
            if room_id not in overrides(entry)
        }
        return dict(sorted(names.items(), key=lambda room: room[1].casefold()))

    def _form(
        self, step_id: str, name: str, chosen: Mapping[str, Any]
    ) -> SubentryFlowResult:
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(_OVERRIDES, chosen),
            description_placeholders={"room": name},
        )

"""What the steps of all systems share: errors, and the choice of rooms."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import voluptuous as vol

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from ..const import CONF_LEFT_OUT, CONF_ROOMS, LOGGER
from ..rooms.errors import (
    AuthFailedError,
    BusyTryLaterError,
    NotFoundError,
    PermissionDeniedError,
    RoomError,
    UnreachableError,
)
from ..rooms.room import Room

PASSWORD: Final = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off")
)
TEXT: Final = TextSelector()
URL_TEXT: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.URL))


class FlowError(Exception):
    """A step that cannot go on; `key` says why, the form stays filled in."""

    def __init__(self, key: str, **words: str) -> None:
        """Name the error, and what its text has to fill in."""
        super().__init__(key)
        self.key = key
        self.words = words


def flow_error(error: RoomError) -> FlowError:
    """Why a system could not be proven."""
    match error:
        case AuthFailedError():
            return FlowError("invalid_auth")
        case PermissionDeniedError():
            return FlowError("missing_permission", missing=error.missing or "?")
        case UnreachableError() | BusyTryLaterError() | NotFoundError():
            return FlowError("cannot_connect")
    LOGGER.warning("The booking system was not understood: %s", type(error).__name__)
    return FlowError("unknown")


class RoomsStep(ConfigFlow):
    """Ends every flow: which rooms to take, then the entry."""

    _title: str = ""
    _data: dict[str, Any]
    _rooms: Sequence[Room] = ()

    def form(
        self,
        step: str,
        schema: vol.Schema,
        shown: Mapping[str, Any] | None,
        problem: FlowError | None,
        **placeholders: str,
    ) -> ConfigFlowResult:
        """Show a step's form, filled in, with what is wrong about it."""
        words = problem.words if problem else {}
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(schema, shown),
            errors={"base": problem.key} if problem else {},
            description_placeholders={**placeholders, **words},
        )

    async def finish(
        self, title: str, data: Mapping[str, Any], rooms: Sequence[Room]
    ) -> ConfigFlowResult:
        """Ask for the rooms where there are several, then create the entry."""
        self._title, self._data, self._rooms = title, dict(data), rooms
        if len(rooms) > 1:
            return await self.async_step_rooms()
        return await self.create([room.id for room in rooms])

    async def async_step_rooms(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose rooms; all are chosen at first."""
        errors: dict[str, str] = {}
        if user_input is not None:
            if user_input[CONF_ROOMS]:
                return await self.create(user_input[CONF_ROOMS])
            errors["base"] = "no_rooms"
        everything = [room.id for room in self._rooms]
        options = [SelectOptionDict(value=r.id, label=r.name) for r in self._rooms]
        schema = vol.Schema(
            {
                vol.Required(CONF_ROOMS, default=everything): SelectSelector(
                    SelectSelectorConfig(
                        options=options, multiple=True, mode=SelectSelectorMode.LIST
                    )
                )
            }
        )
        chosen = user_input or {CONF_ROOMS: everything}
        return self.async_show_form(
            step_id="rooms",
            data_schema=self.add_suggested_values_to_schema(schema, chosen),
            errors=errors,
        )

    async def create(self, chosen: Sequence[str]) -> ConfigFlowResult:
        """Create the entry; rooms that come later are taken unless they were left out here."""
        left_out = [room.id for room in self._rooms if room.id not in chosen]
        return self.async_create_entry(
            title=self._title, data={**self._data, CONF_LEFT_OUT: left_out}
        )

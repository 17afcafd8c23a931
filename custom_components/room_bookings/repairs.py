"""How repair issues are put right."""

from typing import Any

import voluptuous as vol

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant

from .const import CONF_FINGERPRINT
from .hub import RoomsConfigEntry
from .issues import readable


class UnconfirmedBookingFlow(RepairsFlow):
    """Somebody looked at the room and knows whether it is booked."""

    def __init__(self, entry_id: str, request_id: str) -> None:
        """Remember which wish of which entry it is about."""
        self._entry_id = entry_id
        self._request_id = request_id

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Explain first: what the flow begins with is the issue, and no confirmation."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Forget the wish when the person has confirmed."""
        if user_input is None:
            return self.async_show_form(step_id="confirm", data_schema=vol.Schema({}))
        entry: RoomsConfigEntry | None = self.hass.config_entries.async_get_entry(
            self._entry_id
        )
        if entry is not None and entry.state is ConfigEntryState.LOADED:
            entry.runtime_data.wishes.forget(self._request_id)
        return self.async_create_entry(data={})


class CertificateFlow(RepairsFlow):
    """Somebody compared the new certificate with the device's own word."""

    def __init__(self, entry_id: str, fingerprint: str) -> None:
        """Remember which certificate of which entry it is about."""
        self._entry_id = entry_id
        self._fingerprint = fingerprint

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Show the fingerprint first."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Pin the new certificate when the person has confirmed."""
        entry = self.hass.config_entries.async_get_entry(self._entry_id)
        if user_input is None:
            return self.async_show_form(
                step_id="confirm",
                data_schema=vol.Schema({}),
                description_placeholders={
                    "title": entry.title if entry is not None else "",
                    "fingerprint": readable(self._fingerprint),
                },
            )
        if entry is not None:
            self.hass.config_entries.async_update_entry(
                entry, data={**entry.data, CONF_FINGERPRINT: self._fingerprint}
            )
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
        return self.async_create_entry(data={})


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """The flow for an issue that can be fixed here, by what the issue remembers."""
    details = {key: str(value) for key, value in (data or {}).items()}
    if "fingerprint" in details:
        return CertificateFlow(details["entry_id"], details["fingerprint"])
    return UnconfirmedBookingFlow(details["entry_id"], details["request_id"])

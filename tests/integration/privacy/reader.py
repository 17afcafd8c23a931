"""Somebody who reads all that Home Assistant shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.room_bookings.const import DOMAIN
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
from tests.simulators.xapi import utc_now

from .surfaces import Surfaces, as_text, logged, recorded, stored


@dataclass(frozen=True)
class Reader:
    """Somebody who reads all that one Home Assistant shows and keeps of its one entry."""

    _hass: HomeAssistant
    _hass_client: ClientSessionGenerator
    _hass_ws_client: WebSocketGenerator
    _told: Sequence[str]
    _caplog: pytest.LogCaptureFixture
    _storage: Mapping[str, Any]

    @property
    def _entry(self) -> ConfigEntry:
        [entry] = self._hass.config_entries.async_entries(DOMAIN)
        return entry

    async def everything(self) -> Surfaces:
        """All of it, by place."""
        return {
            "states": as_text([s.as_dict() for s in self._hass.states.async_all()]),
            "get_bookings": await self._asked(DOMAIN, "get_bookings", {}),
            "get_events": await self._asked(
                "calendar", "get_events", {"duration": {"days": 2}}
            ),
            "rest": await self._fetched(),
            "subscription": await self._subscribed(),
            "refusals": await self._refused(),
        }

    async def diagnostics(self) -> Surfaces:
        """What is downloaded for a bug report."""
        client = await self._hass_client()
        root = f"/api/diagnostics/config_entry/{self._entry.entry_id}"
        answer = await client.get(root)
        assert answer.status == 200
        found = {"diagnostics": await answer.text()}
        for device in dr.async_entries_for_config_entry(
            dr.async_get(self._hass), self._entry.entry_id
        ):
            answer = await client.get(f"{root}/device/{device.id}")
            assert answer.status == 200
            found[f"diagnostics of {device.name}"] = await answer.text()
        return found

    def logged(self, logger: str = "") -> str:
        """What was logged; by one part of the world, or by all."""
        return logged(self._caplog, logger)

    async def afterwards(self) -> Surfaces:
        """Unload the entry: what was told, logged and recorded until then, and all files."""
        surfaces = {
            "bus": "\n".join(self._told),
            "log": self.logged(),
            "recorder": await recorded(self._hass),
        }
        await self._hass.config_entries.async_unload(self._entry.entry_id)
        return surfaces | await stored(self._hass, self._storage)

    def _calendars(self) -> list[str]:
        return self._hass.states.async_entity_ids("calendar")

    async def _asked(self, domain: str, action: str, data: dict[str, Any]) -> str:
        answer = await self._hass.services.async_call(
            domain,
            action,
            {"entity_id": self._calendars(), **data},
            blocking=True,
            return_response=True,
        )
        return as_text(answer)

    async def _fetched(self) -> str:
        client = await self._hass_client()
        window = {
            "start": (utc_now() - timedelta(days=1)).isoformat(),
            "end": (utc_now() + timedelta(days=1)).isoformat(),
        }
        found = []
        for entity_id in self._calendars():
            answer = await client.get(f"/api/calendars/{entity_id}", params=window)
            assert answer.status == 200
            found.append(await answer.text())
        answer = await client.get("/api/states")
        return "\n".join((*found, await answer.text()))

    async def _subscribed(self) -> str:
        client = await self._hass_ws_client()
        found = []
        for entity_id in self._calendars():
            await client.send_json_auto_id(
                {
                    "type": "calendar/event/subscribe",
                    "entity_id": entity_id,
                    "start": (utc_now() - timedelta(days=1)).isoformat(),
                    "end": (utc_now() + timedelta(days=1)).isoformat(),
                }
            )
            assert (await client.receive_json())["success"]
            found.append(as_text(await client.receive_json()))
        return "\n".join(found)

    async def _refused(self) -> str:
        """What somebody hears who wants a room that is taken."""
        found = []
        for entity_id in ("calendar.fjord", "calendar.aurora"):
            with pytest.raises(ServiceValidationError) as refusal:
                await self._hass.services.async_call(
                    DOMAIN, "book", {"entity_id": entity_id}, blocking=True
                )
            found.append(repr(refusal.value) + str(refusal.value))
        return "\n".join(found)

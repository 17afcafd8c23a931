"""Organisations of very many rooms: Home Assistant takes 10 000 entities from an entry."""

import pytest

from custom_components.room_bookings import sensor
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import MAX_ENABLED_ENTITIES_PER_CONFIG_ENTRY

from .house import House

SPARED = {"next_change", "next_start", "booked_today", "released_today", "last_sync"}


async def test_of_many_rooms_what_can_be_spared_is_off_at_first(
    hass: HomeAssistant, closed_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand rooms then have all their other entities."""
    monkeypatch.setattr(sensor, "_MANY_ROOMS", len(closed_house.rooms) - 1)
    await closed_house.open()
    entities = er.async_entries_for_config_entry(
        er.async_get(hass), closed_house.entry.entry_id
    )
    off = [e.translation_key for e in entities if e.disabled]
    assert sorted(off) == sorted([*SPARED] * len(closed_house.rooms))
    of_one_room = (len(entities) - len(off)) // len(closed_house.rooms)
    assert of_one_room * 1000 <= MAX_ENABLED_ENTITIES_PER_CONFIG_ENTRY

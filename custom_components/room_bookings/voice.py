"""Which room somebody means who speaks, and what a room is called when spoken of.

People speak only of what they exposed to the assistant that listens.
"""

from collections.abc import Iterable
from typing import Any

from homeassistant.components.homeassistant import async_should_expose
from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent
from homeassistant.util import dt as dt_util

from .calendar import RoomCalendar
from .search import room_calendars, shown_name


def exposed_rooms(hass: HomeAssistant, assistant: str) -> list[RoomCalendar]:
    """The rooms of which this assistant may know."""
    return [
        calendar
        for entity_id, calendar in room_calendars(hass).items()
        if async_should_expose(hass, assistant, entity_id)
    ]


def rooms_meant(
    hass: HomeAssistant,
    assistant: str,
    *,
    name: str | None = None,
    area: str | None = None,
) -> list[RoomCalendar]:
    """The exposed rooms that go by this name, else those in the area of this name.

    `area` (name or id) is where the speaker is: it decides between rooms of one name, and
    which room is meant by who names none. With neither, every exposed room is meant.
    """
    exposed = exposed_rooms(hass, assistant)
    if not name:
        return _matching(hass, exposed, area_name=area) if area else exposed
    named = _matching(
        hass, exposed, name=name, allow_duplicate_names=True
    ) or _matching(hass, exposed, area_name=name)
    near = _matching(hass, named, area_name=area) if area else []
    return near or named


def _matching(
    hass: HomeAssistant, rooms: Iterable[RoomCalendar], **constraints: Any
) -> list[RoomCalendar]:
    """What Home Assistant finds by names, aliases and ids."""
    by_id = {calendar.entity_id: calendar for calendar in rooms}
    states = [
        state
        for entity_id in by_id
        if (state := hass.states.get(entity_id)) is not None
    ]
    if not states:
        # Home Assistant would take none for all.
        return []
    result = intent.async_match_targets(
        hass, intent.MatchTargetsConstraints(**constraints), states=states
    )
    return [by_id[state.entity_id] for state in result.states]


def status(calendar: RoomCalendar) -> dict[str, Any]:
    """What a room shows now, times in ISO 8601, UTC; None where there is nothing to say."""
    view = calendar.view
    state = view.state_at(dt_util.utcnow())
    return {
        "entity_id": calendar.entity_id,
        "name": shown_name(calendar),
        "capacity": view.room.capacity,
        "availability": state.availability.value if calendar.available else None,
        "until": state.until.isoformat()
        if calendar.available and state.until
        else None,
    }

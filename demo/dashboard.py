"""A dashboard of Home Assistant's own cards: what people build from the integration's entities."""

from collections.abc import Iterable
from typing import Any

from .client import Client
from .rooms import Room

PATH = "meeting-rooms"
HALF, FULL = 6, 12


async def make(client: Client, rooms: Iterable[Room]) -> None:
    """Create the dashboard and make it the one that opens first."""
    await client.call(
        "lovelace/dashboards/create",
        url_path=PATH,
        title="Meeting rooms",
        icon="mdi:door",
        mode="storage",
        show_in_sidebar=True,
        require_admin=False,
    )
    await client.call("lovelace/config/save", url_path=PATH, config=_config([*rooms]))
    await client.call(
        "frontend/set_system_data", key="core", value={"default_panel": PATH}
    )


def _config(rooms: list[Room]) -> dict[str, Any]:
    return {
        "views": [
            {
                "type": "sections",
                "title": "Meeting rooms",
                "path": "rooms",
                "max_columns": max(3, len(rooms)),
                "sections": [_room(room) for room in rooms],
            },
            {
                "type": "panel",
                "title": "Week",
                "path": "week",
                "icon": "mdi:calendar",
                "cards": [
                    {
                        "type": "calendar",
                        "initial_view": "listWeek",
                        "entities": [room.calendar for room in rooms],
                    }
                ],
            },
        ]
    }


def _room(room: Room) -> dict[str, Any]:
    cards = [
        {"type": "heading", "heading": room.name, "icon": "mdi:door"},
        _tile(room, "sensor", "availability", "Availability", FULL),
        _tile(room, "sensor", "current_booking", "Now", FULL),
        _tile(room, "sensor", "next_booking", "Next", HALF),
        _tile(room, "sensor", "next_start", "Next start", HALF),
        _tile(room, "sensor", "people_count", "People", FULL),
        _button(room, "book_now", "Book now", "green"),
        _button(room, "end_meeting", "End meeting", "red"),
        _button(room, "extend", "Extend", "amber"),
        _button(room, "check_in", "Check in", "blue"),
        {
            "type": "calendar",
            "initial_view": "listWeek",
            "entities": [room.calendar],
        },
    ]
    return {"type": "grid", "cards": [card for card in cards if card]}


def _tile(
    room: Room, platform: str, key: str, name: str, columns: int
) -> dict[str, Any] | None:
    if not (entity_id := room.find(platform, key)):
        return None
    return {
        "type": "tile",
        "entity": entity_id,
        "name": name,
        "grid_options": {"columns": columns},
    }


def _button(room: Room, key: str, name: str, color: str) -> dict[str, Any] | None:
    if not (entity_id := room.find("button", key)):
        return None
    return {
        "type": "tile",
        "entity": entity_id,
        "name": name,
        "color": color,
        "hide_state": True,
        "grid_options": {"columns": HALF},
        "tap_action": {
            "action": "perform-action",
            "perform_action": "button.press",
            "target": {"entity_id": entity_id},
        },
    }

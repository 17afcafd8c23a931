"""The connection to the only room: what it is asked for, and what it says."""

from datetime import timedelta
import json
from typing import Any

from custom_components.room_bookings.rooms.room import Verb

from .conftest import Near

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
SUBSCRIPTIONS = [
    ("Event", "Bookings"),
    ("Status", "Bookings"),
    ("Status", "RoomAnalytics"),
]
PHONE = {Verb.BOOK, Verb.DELETE, Verb.END_MEETING}
EDITS = PHONE | {Verb.EXTEND, Verb.RESCHEDULE}


def queries(near: Near, connection: int | None = None) -> list[tuple[str, ...]]:
    """What was subscribed to."""
    subscribed = near.sim.requests.of(
        method="xFeedback/Subscribe", connection=connection
    )
    return [tuple(request.params["Query"]) for request in subscribed]


def word(params: dict[str, Any]) -> str:
    """A notification of the first subscription."""
    frame = {
        "jsonrpc": "2.0",
        "method": "xFeedback/Event",
        "params": {"Id": 1} | params,
    }
    return json.dumps(frame)


async def equipped(near: Near) -> Any:
    """The only room, with its device."""
    (found,) = await (await near.connected()).rooms()
    return found

"""What the driver makes of a list of events at an instant (facts A1). Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from .release import Release
from .settings import Settings

type Event = Mapping[str, Any]

DAY = 24 * 60 * 60


def room_state(
    events: Sequence[Event],
    now: int,
    last_started: int,
    settings: Settings,
    release: Release,
) -> dict[str, Any]:
    """The status variables that follow from the events, in the driver's order.

    `events` are sorted by start, `now` and `last_started` are seconds since 1970.
    """
    previous, current, following = _places(events, now)
    state: dict[str, Any] = {
        "previous_booking": None if previous is None else events[previous]
    }
    booked = current_pending = next_pending = False

    if current is not None:
        event = events[current]
        start = event["event_start"]
        booked = True
        if not settings.disable_end_meeting or settings.pending_period > 0:
            current_pending = start > last_started
        state |= {
            "current_booking": event,
            "host_email": event.get("extension_data", {}).get("host_override")
            or event.get("host"),
            "started_at": start,
            "ending_at": _end(event),
            "all_day_event": "event_end" not in event,
            "event_id": event.get("id"),
        }
    else:
        state |= dict.fromkeys(
            (
                "current_booking",
                "host_email",
                "started_at",
                "ending_at",
                "all_day_event",
                "event_id",
            )
        )

    upcoming = None if following is None else events[following]
    if (
        upcoming is not None
        and upcoming["event_start"] <= now + settings.pending_before * 60
    ):
        if not release.early_check_in_counts or upcoming["event_start"] > last_started:
            next_pending = True
        else:
            booked = True
    state["next_booking"] = upcoming
    state["booked"] = booked

    enabled = settings.pending_period > 0 or settings.pending_before > 0
    pending = current_pending or next_pending
    state |= {
        "current_pending": enabled and current_pending,
        "next_pending": enabled and next_pending,
        "pending": enabled and pending,
        "in_use": booked and not (enabled and current_pending),
    }
    shows_pending = pending and (enabled or not release.resets_status)
    state["status"] = "pending" if shows_pending else "busy" if booked else "free"
    return state


def _places(
    events: Sequence[Event], now: int
) -> tuple[int | None, int | None, int | None]:
    """Where the previous, the current and the next booking are in the list."""
    for index, event in enumerate(events):
        before = index - 1 if index else None
        if event["event_start"] > now:
            return before, None, index
        if _end(event) > now:
            return before, index, index + 1 if index + 1 < len(events) else None
    return None, None, None


def _end(event: Event) -> int:
    end: int | None = event.get("event_end")
    return event["event_start"] + DAY if end is None else end

"""Series for the tests of the simulated TMS."""

from datetime import datetime
from typing import Any

from tests.simulators.tms.engine import Conference, RecurrencePattern

from .world import World

DAY = 1440


def daily(count: int, **changes: Any) -> RecurrencePattern:
    """Return a pattern of so many days."""
    return RecurrencePattern(
        **{
            "frequency_type": "Daily",
            "pattern_end_type": "EndByInstances",
            "pattern_instances": count,
            **changes,
        }
    )


def occurrences(world: World, status: str = "AllExceptDeleted") -> list[Conference]:
    """Return what a list shows of the first room."""
    return list(
        world.tms.get_conferences_for_systems(world.service, [4], None, None, status)
    )


def starts(world: World, pattern: RecurrencePattern, **changes: Any) -> list[datetime]:
    """Return when the occurrences of a pattern start."""
    world.save(recurrence_pattern=pattern, **changes)
    return [
        conference.start_time_utc
        for conference in occurrences(world)
        if conference.start_time_utc
    ]

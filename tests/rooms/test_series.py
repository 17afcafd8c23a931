"""The occurrences of a recurring booking."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from custom_components.room_bookings.rooms.errors import NotSupportedError
from custom_components.room_bookings.rooms.series import MAX_OCCURRENCES, occurrences

BERLIN = ZoneInfo("Europe/Berlin")
FIRST = datetime(2026, 10, 19, 10, 0, tzinfo=BERLIN)
HOUR = timedelta(hours=1)


def starts(rule: str) -> list[datetime]:
    """The starts of a series of hours that begins on a Monday at ten in Berlin."""
    return [start for start, _ in occurrences(rule, FIRST, FIRST + HOUR)]


def test_a_weekly_meeting_keeps_its_wall_time_when_the_clocks_change() -> None:
    """Summer time ends on 25 October."""
    assert starts("FREQ=WEEKLY;COUNT=3") == [
        datetime(2026, 10, 19, 8, tzinfo=UTC),
        datetime(2026, 10, 26, 9, tzinfo=UTC),
        datetime(2026, 11, 2, 9, tzinfo=UTC),
    ]


def test_every_occurrence_is_as_long_as_the_first() -> None:
    """Also across the night in which an hour comes twice."""
    night = datetime(2026, 10, 24, 23, 0, tzinfo=BERLIN)
    slots = occurrences("FREQ=DAILY;COUNT=3", night, night + timedelta(hours=2))
    assert {end - start for start, end in slots} == {timedelta(hours=2)}


@pytest.mark.parametrize(
    ("until", "number"),
    [
        ("20261021", 3),
        ("20261021T100000", 3),
        ("20261021T095959", 2),
        ("20261021T080000Z", 3),
        ("20261021T075959Z", 2),
    ],
)
def test_the_last_day_may_be_a_date_a_local_time_or_a_time_in_utc(
    until: str, number: int
) -> None:
    """And belongs to the series."""
    assert len(starts(f"FREQ=DAILY;UNTIL={until}")) == number


def test_as_many_as_allowed_are_taken() -> None:
    """One more is refused, see below."""
    assert len(starts(f"FREQ=DAILY;COUNT={MAX_OCCURRENCES}")) == MAX_OCCURRENCES


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY",
        f"FREQ=DAILY;COUNT={MAX_OCCURRENCES + 1}",
        "FREQ=DAILY;UNTIL=20261001",
        "FREQ=DAILY;UNTIL=20269999",
        "FREQ=NEVER;COUNT=2",
        "COUNT=",
    ],
)
def test_what_cannot_be_booked_is_refused(rule: str) -> None:
    """Endless, too long, over before it begins, or no rule at all."""
    with pytest.raises(NotSupportedError):
        starts(rule)

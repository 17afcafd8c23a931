"""The occurrences of a recurring booking, at the same wall time in the room's zone."""

from datetime import UTC, datetime, time
from enum import StrEnum
from itertools import islice
import re
from typing import Final

from dateutil.rrule import rrulestr

from .errors import NotSupportedError

MAX_OCCURRENCES: Final = 100

_UNTIL: Final = re.compile(r"UNTIL=(\d{8})(?:T(\d{6})(Z?))?", re.ASCII | re.IGNORECASE)
_ENDS: Final = re.compile(r"(?:COUNT|UNTIL)=", re.IGNORECASE)

type Slot = tuple[datetime, datetime]


class Scope(StrEnum):
    """How much of a series is meant by one of its occurrences."""

    ONE = "one"
    FUTURE = "future"
    ALL = "all"


def occurrences(rule: str, start: datetime, end: datetime) -> tuple[Slot, ...]:
    """When a series takes place: starts and ends in UTC, in order.

    `rule` is an RFC 5545 recurrence rule; `start` and `end` are the first occurrence in
    the zone whose wall time counts, so that a meeting at ten stays at ten when the
    clocks change. Raises NotSupportedError for a series without an end, with more than
    MAX_OCCURRENCES, or with a rule that cannot be read.
    """
    if not _ENDS.search(rule):
        raise NotSupportedError("a series without an end")
    duration = end.astimezone(UTC) - start.astimezone(UTC)
    try:
        times = rrulestr(
            _UNTIL.sub(lambda m: _until_in_utc(m, start), rule), dtstart=start
        )
        starts = list(islice(times, MAX_OCCURRENCES + 1))
    except (ValueError, OverflowError) as error:
        raise NotSupportedError("this recurrence rule") from error
    if len(starts) > MAX_OCCURRENCES:
        raise NotSupportedError(f"a series of more than {MAX_OCCURRENCES} bookings")
    if not starts:
        raise NotSupportedError("a series without a single booking")
    return tuple(
        (begins.astimezone(UTC), begins.astimezone(UTC) + duration) for begins in starts
    )


def _until_in_utc(match: re.Match[str], start: datetime) -> str:
    """The rule's end as dateutil wants it beside a start with a zone: in UTC."""
    day, clock, utc = match.groups()
    if utc:
        return match[0]
    date = datetime.strptime(day, "%Y%m%d").date()
    last = time.max if clock is None else datetime.strptime(clock, "%H%M%S").time()
    until = datetime.combine(date, last, start.tzinfo).astimezone(UTC)
    return f"UNTIL={until:%Y%m%dT%H%M%SZ}"

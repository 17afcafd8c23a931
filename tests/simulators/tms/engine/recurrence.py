"""Which occurrences a pattern has, at the time on the wall."""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, takewhile
from typing import Final

from .faults import TmsFault
from .model import RecurrencePattern, TimeZoneRule
from .zones import to_utc, to_wall

MOST_OCCURRENCES: Final = 100

_LONGEST_INTERVAL: Final = 99

_DAYS: Final = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
_WORKING_DAYS: Final = frozenset(range(5))


def _unsupported(why: str) -> TmsFault:
    return TmsFault("UNSUPPORTED_RECURRENCE", why)


def expand(
    pattern: RecurrencePattern,
    start: datetime,
    duration: timedelta,
    rules: Sequence[TimeZoneRule],
    *,
    days_in_utc: bool,
) -> list[datetime]:
    """Return the starts of all occurrences, or refuse the pattern."""
    first = to_wall(rules, start)
    days = _days(pattern, first, start, days_in_utc=days_in_utc)
    # The first is where it was asked for, also in an hour that the clock shows twice.
    starts = [
        start
        if day == first.date()
        else to_utc(rules, datetime.combine(day, first.time()))
        for day in _limited(pattern, days, rules)
    ]
    if not 1 <= len(starts) <= MOST_OCCURRENCES:
        raise _unsupported("The number of occurrences is not valid.")
    if any(later - earlier < duration for earlier, later in pairwise(starts)):
        raise _unsupported("The occurrences overlap each other.")
    return starts


def _limited(
    pattern: RecurrencePattern, days: Iterator[date], rules: Sequence[TimeZoneRule]
) -> list[date]:
    if pattern.pattern_end_type == "EndNever":
        raise TmsFault(
            "NEVER_ENDING_RECURRENCE_NOT_SUPPORTED",
            "Never ending recurrence is not supported.",
        )
    if pattern.pattern_end_type == "EndByInstances":
        count = pattern.pattern_instances
    elif pattern.pattern_end_date_utc is None:
        raise TmsFault(
            "NEVER_ENDING_RECURRENCE_NOT_SUPPORTED",
            "The recurrence pattern has no end date.",
        )
    else:
        last = to_wall(rules, pattern.pattern_end_date_utc).date()
        days = takewhile(lambda day: day <= last, days)
        count = MOST_OCCURRENCES + 1
    if not 1 <= count <= MOST_OCCURRENCES + 1:
        raise _unsupported("The number of occurrences is not valid.")
    return [day for _, day in zip(range(count), days, strict=False)]


def _days(
    pattern: RecurrencePattern, first: datetime, start: datetime, *, days_in_utc: bool
) -> Iterator[date]:
    # The example of REF23 leaves Interval out, which reads as 0.
    interval = max(pattern.interval, 1)
    if interval > _LONGEST_INTERVAL:
        raise _unsupported("The interval is not valid.")
    weekdays = _weekdays(pattern, first, start, days_in_utc=days_in_utc)
    begin = first.date()
    match pattern.frequency_type:
        case "Daily":
            return _every(begin, interval)
        case "DailyWeekday":
            return (day for day in _every(begin, 1) if day.weekday() in _WORKING_DAYS)
        case "Weekly":
            week_start = _number(pattern.first_day_of_week or "Sunday")
            return _weekly(begin, interval, weekdays or {begin.weekday()}, week_start)
        case "Monthly":
            return _monthly(pattern, begin, interval, weekdays)
    raise _unsupported(f"{pattern.frequency_type} recurrence is not supported.")


def _weekdays(
    pattern: RecurrencePattern, first: datetime, start: datetime, *, days_in_utc: bool
) -> set[int]:
    shift = 0
    if days_in_utc:
        shift = (first.date() - start.astimezone(UTC).date()).days
    return {(_number(name) + shift) % 7 for name in pattern.days_of_week}


def _number(day_name: str) -> int:
    if day_name not in _DAYS:
        raise _unsupported("A day of the week is not known.")
    return _DAYS.index(day_name)


def _every(begin: date, days: int) -> Iterator[date]:
    day = begin
    while True:
        yield day
        day += timedelta(days=days)


def _weekly(
    begin: date, interval: int, weekdays: set[int], week_start: int
) -> Iterator[date]:
    week = begin - timedelta(days=(begin.weekday() - week_start) % 7)
    while True:
        for offset in range(7):
            day = week + timedelta(days=offset)
            if day >= begin and day.weekday() in weekdays:
                yield day
        week += timedelta(weeks=interval)


def _monthly(
    pattern: RecurrencePattern, begin: date, interval: int, weekdays: set[int]
) -> Iterator[date]:
    month_days = tuple(day for day in pattern.by_month_day if day)
    position = pattern.by_set_position
    if bool(position) == bool(month_days):
        raise _unsupported("Either BySetPosition or ByMonthDay must be set.")
    if not all(1 <= day <= 31 for day in month_days):
        raise _unsupported("ByMonthDay is not valid.")
    if position and (not weekdays or not -5 <= position <= 5):
        raise _unsupported("BySetPosition is not valid.")
    return _months(begin, interval, month_days, position, weekdays)


def _months(
    begin: date,
    interval: int,
    month_days: tuple[int, ...],
    position: int,
    weekdays: set[int],
) -> Iterator[date]:
    month = begin.year * 12 + begin.month - 1
    while True:
        year, month_index = divmod(month, 12)
        last = monthrange(year, month_index + 1)[1]
        if month_days:
            days = sorted(min(day, last) for day in month_days)
            if len(set(days)) != len(days):
                raise _unsupported("More than one occurrence on the same day.")
        else:
            days = _at_position(year, month_index + 1, position, weekdays)
        for number in days:
            if (day := date(year, month_index + 1, number)) >= begin:
                yield day
        month += interval


def _at_position(year: int, month: int, position: int, weekdays: set[int]) -> list[int]:
    matching = [
        day
        for day in range(1, monthrange(year, month)[1] + 1)
        if date(year, month, day).weekday() in weekdays
    ]
    index = position - 1 if position > 0 else position
    return matching[index : index + 1 or None]

"""Recurrence rules as TMS's patterns, and when a pattern takes place.

Rules are those of RFC 5545, patterns those of the reference (RecurrencePattern). Times
are naive here: what the clocks show in the zone of the series.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo
from itertools import count, islice, pairwise
import re
from typing import Final

from ...rooms.errors import NotSupportedError
from ...rooms.series import MAX_OCCURRENCES, Slot, occurrences
from .model import RecurrencePattern
from .zones import at_wall, wall_of

_DAYS: Final = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
_DAY_OF: Final = {name[:2].upper(): name for name in _DAYS}
_WEEKDAYS: Final = frozenset(_DAYS[:5])
# Sets of days of which a month's first, second, third, fourth or last can be meant.
_DAY_SETS: Final = (_WEEKDAYS, frozenset(_DAYS[5:]), frozenset(_DAYS))
_POSITIONS: Final = (1, 2, 3, 4, -1)
# Every month has as many days; beyond, TMS takes the last one where the rule skips.
_SURE_DAYS: Final = 28
_LAST_DAY: Final = 31
_ORDINAL: Final = re.compile(r"([+-]?\d+)?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_ONE_DAY: Final = timedelta(days=1)
# Longer than any series takes to have its last occurrence.
_MAX_STEPS: Final = 10_000

_REFUSED: Final = {
    "BYHOUR": "two bookings of a series on one day",
    "BYMINUTE": "two bookings of a series on one day",
    "BYSECOND": "two bookings of a series on one day",
    "BYMONTH": "a series in some months only (BYMONTH)",
    "BYYEARDAY": "a series by days of the year (BYYEARDAY)",
    "BYWEEKNO": "a series by weeks of the year (BYWEEKNO)",
    "EXDATE": "a series with dates left out (EXDATE)",
    "RDATE": "a series with dates added (RDATE)",
}
_KNOWN: Final = frozenset(
    ("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTHDAY", "BYSETPOS")
)


def planned(
    rule: str, start: datetime, end: datetime, zone: tzinfo
) -> tuple[RecurrencePattern, tuple[Slot, ...]]:
    """The pattern of a series, and when it takes place (UTC).

    `start` and `end` are its first occurrence. Raises NotSupportedError, naming it, for
    what TMS does not have.
    """
    pattern = _pattern(rule, start.astimezone(zone))
    slots = occurrences(rule, start.astimezone(zone), end.astimezone(zone))
    if slots[0][0] != start:
        raise NotSupportedError("a series that begins on another day than it recurs")
    if any(later[0] < sooner[1] for sooner, later in pairwise(slots)):
        raise NotSupportedError("bookings of a series that overlap")
    pattern = replace(pattern, instances=len(slots))
    by_pattern = positions(pattern, wall_of(start, zone), zone)
    if [at_wall(wall, zone) for wall in by_pattern] != [begins for begins, _ in slots]:
        raise NotSupportedError("this recurrence rule")
    return pattern, slots


def positions(
    pattern: RecurrencePattern, first: datetime, zone: tzinfo
) -> Iterator[datetime]:
    """When the occurrences of a pattern take place by it, exceptions or not.

    `first` is the first of them.
    """
    time = first.time()
    until = None
    if pattern.end_date is not None:
        until = wall_of(pattern.end_date, zone).date()
    most = _MAX_STEPS if pattern.instances is None else pattern.instances
    for day in islice(_days(pattern, first.date()), most):
        if until is not None and day > until:
            return
        yield datetime.combine(day, time)


def shifted(pattern: RecurrencePattern, days: int) -> RecurrencePattern:
    """The pattern of the same series so many days later.

    Raises NotSupportedError where TMS has no such pattern.
    """
    if days == 0 or pattern.frequency == "Daily":
        return pattern
    if pattern.frequency == "Weekly":
        return replace(
            pattern,
            days_of_week=tuple(_later(day, days) for day in pattern.days_of_week),
            first_day_of_week=_later(pattern.first_day_of_week, days),
        )
    if pattern.frequency == "Monthly" and pattern.by_month_day:
        by_day = pattern.by_month_day + days
        if max(by_day, pattern.by_month_day) <= _SURE_DAYS and by_day >= 1:
            return replace(pattern, by_month_day=by_day)
    raise NotSupportedError("moving such a series to another day")


def in_utc(
    pattern: RecurrencePattern, first: datetime, zone: tzinfo
) -> RecurrencePattern:
    """The same pattern with the days of the week on which it is that day in UTC.

    `first` is the first occurrence, in UTC.
    """
    return shifted_days(pattern, (first.date() - wall_of(first, zone).date()).days)


def in_zone(
    pattern: RecurrencePattern, first: datetime, zone: tzinfo
) -> RecurrencePattern:
    """The other way round."""
    return shifted_days(pattern, (wall_of(first, zone).date() - first.date()).days)


def shifted_days(pattern: RecurrencePattern, days: int) -> RecurrencePattern:
    """The pattern with its days of the week, and nothing else, so much later."""
    later = tuple(_later(day, days) for day in pattern.days_of_week)
    return replace(pattern, days_of_week=later)


def moved_end(
    pattern: RecurrencePattern, by: timedelta, zone: tzinfo
) -> RecurrencePattern:
    """The same pattern ending so much later by the wall clock, if it ends by date."""
    if pattern.end_date is None:
        return pattern
    end = at_wall(wall_of(pattern.end_date, zone) + by, zone)
    return replace(pattern, end_date=end)


def _later(day: str, days: int) -> str:
    return _DAYS[(_DAYS.index(day) + days) % len(_DAYS)]


def _days(pattern: RecurrencePattern, first: date) -> Iterator[date]:
    interval = max(1, pattern.interval)
    match pattern.frequency:
        case "Daily":
            return _every(first, interval * _ONE_DAY)
        case "DailyWeekday":
            return (d for d in _every(first, _ONE_DAY) if _name(d) in _WEEKDAYS)
        case "Weekly":
            return _weekly(pattern, first, interval)
        case "Monthly":
            return _monthly(pattern, first, interval)
    raise NotSupportedError("a series of this kind")


def _every(first: date, step: timedelta) -> Iterator[date]:
    return (first + n * step for n in range(_MAX_STEPS))


def _weekly(pattern: RecurrencePattern, first: date, interval: int) -> Iterator[date]:
    begins = _DAYS.index(pattern.first_day_of_week)
    week = first - timedelta(days=(first.weekday() - begins) % 7)
    wanted = frozenset(pattern.days_of_week) or {_name(first)}
    for monday in _every(week, timedelta(weeks=interval)):
        for day in _every(monday, _ONE_DAY):
            if day >= monday + timedelta(weeks=1):
                break
            if day >= first and _name(day) in wanted:
                yield day


def _monthly(pattern: RecurrencePattern, first: date, interval: int) -> Iterator[date]:
    start = first.year * 12 + first.month - 1
    for month in islice(count(start, interval), _MAX_STEPS):
        if month // 12 > date.max.year - 1:
            return
        day = _in_month(pattern, date(month // 12, month % 12 + 1, 1))
        if day is not None and day >= first:
            yield day


def _in_month(pattern: RecurrencePattern, first: date) -> date | None:
    following = (first + timedelta(days=_LAST_DAY)).replace(day=1)
    length = (following - first).days
    if pattern.by_month_day:
        return first.replace(day=min(pattern.by_month_day, length))
    days = [
        d
        for n in range(length)
        if _name(d := first + n * _ONE_DAY) in pattern.days_of_week
    ]
    position = pattern.by_set_position
    index = position - 1 if position > 0 else len(days) + position
    return days[index] if 0 <= index < len(days) else None


def _name(day: date) -> str:
    return _DAYS[day.weekday()]


# From rules to patterns


def _pattern(rule: str, start: datetime) -> RecurrencePattern:
    parts = _parts(rule)
    interval = _number(parts.get("INTERVAL", "1"))
    first_day = _DAY_OF.get(parts.get("WKST", "MO"))
    if interval < 1 or first_day is None:
        raise NotSupportedError("this recurrence rule")
    match parts.get("FREQ"):
        case "DAILY":
            return _daily(parts, interval, first_day)
        case "WEEKLY":
            _only(parts, "BYDAY")
            return RecurrencePattern(
                frequency="Weekly",
                interval=interval,
                days_of_week=_plain_days(parts) or (_name(start.date()),),
                first_day_of_week=first_day,
            )
        case "MONTHLY":
            return _by_month(parts, interval, start)
        case "YEARLY":
            raise NotSupportedError("a yearly series")
        case "HOURLY" | "MINUTELY" | "SECONDLY":
            raise NotSupportedError("two bookings of a series on one day")
    raise NotSupportedError("this recurrence rule")


def _parts(rule: str) -> dict[str, str]:
    lines = rule.upper().split()
    for line in lines:
        name = re.split("[:;=]", line)[0]
        if name in _REFUSED:
            raise NotSupportedError(_REFUSED[name])
    if len(lines) != 1:
        raise NotSupportedError("this recurrence rule")
    parts: dict[str, str] = {}
    for part in lines[0].removeprefix("RRULE:").strip(";").split(";"):
        name, _, value = part.partition("=")
        if name in _REFUSED:
            raise NotSupportedError(_REFUSED[name])
        if name not in _KNOWN or name in parts or not value:
            raise NotSupportedError("this recurrence rule")
        parts[name] = value
    if not parts.keys() & {"COUNT", "UNTIL"}:
        raise NotSupportedError("a series without an end")
    if "COUNT" in parts and _number(parts["COUNT"]) > MAX_OCCURRENCES:
        raise NotSupportedError(f"a series of more than {MAX_OCCURRENCES} bookings")
    return parts


def _only(parts: dict[str, str], *names: str) -> None:
    for name in ("BYDAY", "BYMONTHDAY", "BYSETPOS"):
        if name in parts and name not in names:
            raise NotSupportedError(f"{name} in a series that is not monthly")


def _daily(parts: dict[str, str], interval: int, first_day: str) -> RecurrencePattern:
    _only(parts, "BYDAY")
    days = _plain_days(parts)
    if not days:
        return RecurrencePattern(frequency="Daily", interval=interval)
    if interval != 1:
        raise NotSupportedError("every few days, on some days of the week only")
    if frozenset(days) == _WEEKDAYS:
        return RecurrencePattern(frequency="DailyWeekday")
    return RecurrencePattern(
        frequency="Weekly", days_of_week=days, first_day_of_week=first_day
    )


def _by_month(
    parts: dict[str, str], interval: int, start: datetime
) -> RecurrencePattern:
    monthly = RecurrencePattern(frequency="Monthly", interval=interval)
    if "BYDAY" not in parts:
        if "BYSETPOS" in parts:
            raise NotSupportedError("BYSETPOS without days of the week")
        day = _number(parts.get("BYMONTHDAY", str(start.day)))
        if day == -1:
            return replace(monthly, by_month_day=_LAST_DAY)
        if not 1 <= day <= _SURE_DAYS:
            raise NotSupportedError("a monthly series on a day that some months lack")
        return replace(monthly, by_month_day=day)
    if "BYMONTHDAY" in parts:
        raise NotSupportedError("days of the week and of the month together")
    ordinals = _ordinals(parts["BYDAY"])
    days = tuple(day for _, day in ordinals)
    if "BYSETPOS" in parts and all(ordinal is None for ordinal, _ in ordinals):
        position = _number(parts["BYSETPOS"])
    elif len(ordinals) == 1 and ordinals[0][0] is not None:
        position = ordinals[0][0]
    else:
        raise NotSupportedError("two bookings of a monthly series in one month")
    if position not in _POSITIONS or (len(days) > 1 and set(days) not in _DAY_SETS):
        raise NotSupportedError("this position in a month (BYSETPOS)")
    return replace(monthly, days_of_week=days, by_set_position=position)


def _plain_days(parts: dict[str, str]) -> tuple[str, ...]:
    if "BYDAY" not in parts:
        return ()
    ordinals = _ordinals(parts["BYDAY"])
    if any(ordinal is not None for ordinal, _ in ordinals):
        raise NotSupportedError("a numbered day in a series that is not monthly")
    return tuple(dict.fromkeys(day for _, day in ordinals))


def _ordinals(value: str) -> list[tuple[int | None, str]]:
    found: list[tuple[int | None, str]] = []
    for part in value.split(","):
        if (match := _ORDINAL.fullmatch(part)) is None:
            raise NotSupportedError("this recurrence rule")
        ordinal, day = match.groups()
        found.append((None if ordinal is None else int(ordinal), _DAY_OF[day]))
    return found


def _number(text: str) -> int:
    if re.fullmatch(r"[+-]?\d{1,4}", text, re.ASCII) is None:
        raise NotSupportedError("this recurrence rule")
    return int(text)

"""Time zones by Windows id, and what their rules say."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from .faults import TmsFault
from .model import AbsoluteRule, RelativeRule, TimeChange, TimeZoneInfo, TimeZoneRule

_HOUR: Final = 3600
_MOST_MINUTES: Final = 14 * 60


def _on(month: int, week: int, hour: int) -> TimeChange:
    """Change the clocks on a Sunday."""
    return TimeChange(
        hour * _HOUR,
        relative_rule=RelativeRule(month, 0, week),
    )


def _zone(
    windows_id: str,
    offset: int,
    places: str,
    change: tuple[TimeChange, TimeChange] | None = None,
) -> tuple[str, tuple[TimeZoneRule, ...]]:
    """Name a zone with one rule for ever."""
    sign = "-" if offset < 0 else "+"
    hours, minutes = divmod(abs(offset), 60)
    label = f"(UTC{sign}{hours:02}:{minutes:02}) {places}" if offset else "(UTC) "
    rule = TimeZoneRule(
        # The zero of .NET has no zone, and is what a captured server sends.
        valid_from=datetime.min,
        id=windows_id,
        display_name=label if offset else label + places,
        base_offset_in_minutes=offset,
        daylight=change[0] if change else None,
        daylight_offset_in_minutes=60 if change else 0,
        standard=change[1] if change else None,
    )
    return windows_id, (rule,)


# All of Europe changes at 01:00 UTC, so by the clock one hour later per zone eastward.
def _europe(base_hours: int) -> tuple[TimeChange, TimeChange]:
    return _on(3, 5, 1 + base_hours), _on(10, 5, 2 + base_hours)


_AMERICA: Final = (_on(3, 2, 2), _on(11, 1, 2))
_AUSTRALIA: Final = (_on(10, 1, 2), _on(4, 1, 3))
_NEW_ZEALAND: Final = (_on(9, 5, 2), _on(4, 1, 3))

ZONES: Final = dict(
    (
        _zone("UTC", 0, "Coordinated Universal Time"),
        _zone("GMT Standard Time", 0, "Dublin, Lisbon, London", _europe(0)),
        _zone("W. Europe Standard Time", 60, "Amsterdam, Berlin, Rome", _europe(1)),
        _zone("Romance Standard Time", 60, "Brussels, Madrid, Paris", _europe(1)),
        _zone("Central Europe Standard Time", 60, "Belgrade, Budapest", _europe(1)),
        _zone("FLE Standard Time", 120, "Helsinki, Riga, Sofia", _europe(2)),
        _zone("Eastern Standard Time", -300, "Eastern Time (US)", _AMERICA),
        _zone("Central Standard Time", -360, "Central Time (US)", _AMERICA),
        _zone("Mountain Standard Time", -420, "Mountain Time (US)", _AMERICA),
        _zone("Pacific Standard Time", -480, "Pacific Time (US)", _AMERICA),
        _zone("India Standard Time", 330, "Chennai, Mumbai, New Delhi"),
        _zone("Tokyo Standard Time", 540, "Osaka, Sapporo, Tokyo"),
        _zone("AUS Eastern Standard Time", 600, "Melbourne, Sydney", _AUSTRALIA),
        _zone("New Zealand Standard Time", 720, "Auckland", _NEW_ZEALAND),
    )
)


def rules_of(windows_id: str) -> tuple[TimeZoneRule, ...]:
    """Return the rules of a Windows time zone."""
    if (rules := ZONES.get(windows_id)) is None:
        raise TmsFault("INVALID_TIMEZONE_INFO", "The time zone was not found.")
    return rules


def info_of(windows_id: str, year: int) -> TimeZoneInfo:
    """Return how a system or a user shows its time zone."""
    rule = rules_of(windows_id)[-1]
    sign = "-" if rule.base_offset_in_minutes < 0 else ""
    hours, minutes = divmod(abs(rule.base_offset_in_minutes), 60)
    return TimeZoneInfo(
        timezone_name=windows_id,
        start_time_dts=_shown(rule.daylight, year),
        end_time_dts=_shown(rule.standard, year),
        gmt_offset=f"{sign}{hours:02}:{minutes:02}:00",
    )


def _shown(change: TimeChange | None, year: int) -> str:
    return "" if change is None else f"{_changes_at(change, year):%Y-%m-%d %H:%M:%S}"


def validate(rules: Sequence[TimeZoneRule]) -> tuple[TimeZoneRule, ...]:
    """Return the rules in order, or refuse them."""
    ordered = sorted(rules, key=lambda rule: rule.valid_from.replace(tzinfo=None))
    for rule in ordered:
        if (flaw := _flaw(rule)) is not None:
            raise TmsFault("INVALID_TIMEZONE_INFO", flaw)
    days = [rule.valid_from.date() for rule in ordered]
    if len(set(days)) != len(days):
        raise TmsFault("INVALID_TIMEZONE_INFO", "Time zone rules overlap.")
    return tuple(ordered)


def _flaw(rule: TimeZoneRule) -> str | None:
    base, daylight = rule.base_offset_in_minutes, rule.daylight_offset_in_minutes
    if rule.valid_from.tzinfo is not None:
        return "ValidFrom must be of the unspecified kind."
    if max(abs(base), abs(base + daylight)) > _MOST_MINUTES:
        return "The offset exceeds 14 hours."
    if daylight == 0:
        return None
    if rule.daylight is None or rule.standard is None:
        return "Daylight and Standard must both be given."
    changes = (rule.daylight, rule.standard)
    if not all(_is_valid(change) for change in changes):
        return "A time change is not valid."
    return None


def _is_valid(change: TimeChange) -> bool:
    if not 0 <= change.change_second_at_day < 24 * _HOUR:
        return False
    match change.absolute_rule, change.relative_rule:
        case AbsoluteRule(month, day), None:
            return 1 <= month <= 12 and 1 <= day <= 31
        case None, RelativeRule(month, day, week):
            return 1 <= month <= 12 and 0 <= day <= 6 and 1 <= week <= 5
    return False


def to_wall(rules: Sequence[TimeZoneRule], moment: datetime) -> datetime:
    """Return what the clock on the wall shows, naive."""
    naive = moment.astimezone(UTC).replace(tzinfo=None)
    return naive + _offset_at(rules, naive)


def to_utc(rules: Sequence[TimeZoneRule], wall: datetime) -> datetime:
    """Return when the wall shows a time.

    A time that the clock shows twice is the first of both, one that it skips is read
    as if the clock had not been changed yet.
    """
    offsets = {
        timedelta(minutes=minutes)
        for rule in rules
        for minutes in (
            rule.base_offset_in_minutes,
            rule.base_offset_in_minutes + rule.daylight_offset_in_minutes,
        )
    }
    shown = [off for off in offsets if _offset_at(rules, wall - off) == off]
    offset = max(shown) if shown else _offset_at(rules, wall - max(offsets))
    return (wall - offset).replace(tzinfo=UTC)


def _offset_at(rules: Sequence[TimeZoneRule], naive_utc: datetime) -> timedelta:
    rule = rules[0]
    for later in rules[1:]:
        begins = later.valid_from - timedelta(minutes=later.base_offset_in_minutes)
        if naive_utc >= begins:
            rule = later
    base = timedelta(minutes=rule.base_offset_in_minutes)
    daylight = timedelta(minutes=rule.daylight_offset_in_minutes)
    if not daylight or rule.daylight is None or rule.standard is None:
        return base
    year = (naive_utc + base).year
    begins = _changes_at(rule.daylight, year) - base
    ends = _changes_at(rule.standard, year) - base - daylight
    if begins < ends:
        in_daylight = begins <= naive_utc < ends
    else:
        in_daylight = not ends <= naive_utc < begins
    return base + daylight if in_daylight else base


def _changes_at(change: TimeChange, year: int) -> datetime:
    if change.absolute_rule is not None:
        month = change.absolute_rule.month
        last = monthrange(year, month)[1]
        day = date(year, month, min(change.absolute_rule.day_of_month, last))
    else:
        day = _relative_day(change.relative_rule or RelativeRule(1), year)
    midnight = datetime(day.year, day.month, day.day)
    return midnight + timedelta(seconds=change.change_second_at_day)


def _relative_day(rule: RelativeRule, year: int) -> date:
    first_weekday, days = monthrange(year, rule.month)
    # Sunday is 0 here and 6 in Python.
    first = 1 + (rule.day_of_the_week - 1 - first_weekday) % 7
    day = first + 7 * (rule.week_of_the_month_index - 1)
    return date(year, rule.month, day if day <= days else day - 7)

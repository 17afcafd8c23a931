"""A time zone by the rules that TMS gives for it (reference, ConferenceTimeZoneRules)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, override

from .model import TimeChange, TimeZoneRule

_DAY: Final = timedelta(days=1)
_LAST_WEEK: Final = 5
# Days of Python's week begin with Monday, those of a rule with Sunday.
_SUNDAY: Final = 6


class RuleZone(tzinfo):
    """The wall time of a zone; both of an hour's passes in autumn, none of spring's gap.

    `rules` are the zone's, one at least.
    """

    def __init__(self, rules: Sequence[TimeZoneRule]) -> None:
        """Sort the rules."""
        self._rules = sorted(rules, key=lambda rule: rule.valid_from)

    @override
    def utcoffset(self, dt: datetime | None) -> timedelta | None:
        """How far the wall clock is ahead of UTC."""
        if dt is None:
            return None
        wall = dt.replace(tzinfo=None, fold=0)
        before, after = self._offset(wall - _DAY), self._offset(wall + _DAY)
        fitting = [o for o in (before, after) if self._offset(wall - o) == o]
        if len(set(fitting)) == 1:
            return fitting[0]
        # The hour comes twice, or never.
        return after if dt.fold else before

    @override
    def dst(self, dt: datetime | None) -> timedelta | None:
        """How much of it is daylight saving."""
        offset = self.utcoffset(dt)
        if dt is None or offset is None:
            return None
        return offset - _base(self._rule(dt.replace(tzinfo=None, fold=0) - offset))

    @override
    def tzname(self, dt: datetime | None) -> str:
        """What TMS calls the zone."""
        return self._rules[-1].id

    @override
    def fromutc(self, dt: datetime) -> datetime:
        """The wall time of a moment."""
        utc = dt.replace(tzinfo=None)
        offset = self._offset(utc)
        wall = (utc + offset).replace(tzinfo=self)
        return wall if self.utcoffset(wall) == offset else wall.replace(fold=1)

    def _offset(self, utc: datetime) -> timedelta:
        rule = self._rule(utc)
        base, saving = _base(rule), timedelta(minutes=rule.daylight_offset_minutes)
        if not saving or rule.daylight is None or rule.standard is None:
            return base
        year = (utc + base).year
        begins = _change(rule.daylight, year) - base
        ends = _change(rule.standard, year) - base - saving
        if begins < ends:
            return base + saving if begins <= utc < ends else base
        # South of the equator it is standard time that lies within one year.
        return base if ends <= utc < begins else base + saving

    def _rule(self, utc: datetime) -> TimeZoneRule:
        """The rule of a moment; `valid_from` is in standard time."""
        for rule in reversed(self._rules):
            if rule.valid_from <= utc + _base(rule):
                return rule
        return self._rules[0]


def _base(rule: TimeZoneRule) -> timedelta:
    return timedelta(minutes=rule.base_offset_minutes)


def _change(change: TimeChange, year: int) -> datetime:
    """When the clocks change in a year, as the wall clock shows it just before."""
    first = datetime(year, change.month, 1)
    last = datetime(year + change.month // 12, change.month % 12 + 1, 1) - _DAY
    if change.day_of_month is not None:
        day = first.replace(day=min(change.day_of_month, last.day))
    else:
        weekday = ((change.day_of_week or 0) + _SUNDAY) % 7
        week = change.week or _LAST_WEEK
        day = first + timedelta(days=(weekday - first.weekday()) % 7, weeks=week - 1)
        if day > last:
            day -= timedelta(weeks=1)
    return day + timedelta(seconds=change.second_of_day)


def at_wall(wall: datetime, zone: tzinfo) -> datetime:
    """The moment (UTC) at which a zone's clocks show this naive time."""
    return wall.replace(tzinfo=zone).astimezone(UTC)


def wall_of(moment: datetime, zone: tzinfo) -> datetime:
    """What a zone's clocks show at this moment, naive."""
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)

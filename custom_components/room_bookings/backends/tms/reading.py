"""Conferences and what belongs to them, from the records of the wire (facts 1.4, 1.5).

A value that cannot be read raises ValueError: better no record than a wrong one.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from .model import (
    Conference,
    ConferenceStatus,
    Participant,
    RecurrenceException,
    RecurrencePattern,
    TimeChange,
    TimeZoneRule,
)
from .records import Record

_STATUSES: Final = {status.value: status for status in ConferenceStatus}
# Assumption `privacy_flag`: these words for "not private" are not titles to show instead.
_NOT_PRIVATE: Final = frozenset({"", "false", "0", "no"})
_MOST_DIGITS: Final = 19


def conference(record: Record, *, whole: bool) -> Conference:
    """A conference; `whole` where none would be left out, as everywhere but in lists."""
    start, end = _time(record.text("StartTimeUTC")), _time(record.text("EndTimeUTC"))
    if start is None or end is None or end < start:
        raise ValueError("no time")
    state = record.child("ConferenceState")
    pattern = record.child("RecurrencePattern")
    return Conference(
        id=number(record.text("ConferenceId")),
        title=record.text("Title"),
        start=start,
        end=end,
        status=ConferenceStatus.UNKNOWN
        if state is None
        else _STATUSES.get(state.text("Status").strip(), ConferenceStatus.UNKNOWN),
        owner=_owner(record),
        external_source=record.text("ExternalSourceId"),
        external_key=record.text("ExternalPrimaryKey"),
        private=record.text("PrivacyFlag").strip().lower() not in _NOT_PRIVATE,
        recurrence_id=_time(record.text("RecurrenceInstanceIdUTC")),
        recurrence_type=record.text("RecurrenceInstanceType"),
        first_occurrence=_time(record.text("FirstOccurrenceRecInstanceIdUTC")),
        pattern=None if pattern is None else _pattern(pattern),
        participants=_participants(record, whole=whole),
        zone_rules=tuple(_zone_rules(record)),
        version=_optional(record.text("Version")),
        transaction_id=_optional(record.text("TransactionId")),
        problem=_problem(record),
        raw=record.raw,
    )


def zone_rule(record: Record) -> TimeZoneRule:
    """One set of rules of a time zone."""
    valid_from = datetime.fromisoformat(record.text("ValidFrom").strip())
    return TimeZoneRule(
        valid_from=valid_from.replace(tzinfo=None),
        id=record.text("Id"),
        display_name=record.text("DisplayName"),
        base_offset_minutes=number(record.text("BaseOffsetInMinutes")),
        daylight_offset_minutes=_optional(record.text("DaylightOffsetInMinutes")) or 0,
        daylight=_time_change(record.child("Daylight")),
        standard=_time_change(record.child("Standard")),
    )


def number(text: str) -> int:
    """A whole number; raises ValueError for anything else, and for what no database keeps."""
    if len(text) > 2 * _MOST_DIGITS:
        raise ValueError("no number")
    value = int(text)
    if abs(value) >= 10**_MOST_DIGITS:
        raise ValueError("no number")
    return value


def _optional(text: str) -> int | None:
    return number(text) if text.strip() else None


# A list names the same times again and again.
@lru_cache(maxsize=256)
def _time(text: str) -> datetime | None:
    """`yyyy-MM-dd HH:mm:ssZ`, or ISO; without a zone it is UTC, and the year 1 means none."""
    text = text.strip()
    if not text:
        return None
    when = datetime.fromisoformat(text)
    if when.year == 1:
        return None
    aware = when if when.tzinfo is not None else when.replace(tzinfo=UTC)
    try:
        return aware.astimezone(UTC).replace(microsecond=0)
    except OverflowError as error:
        raise ValueError("no time") from error


def _owner(record: Record) -> str:
    name = f"{record.text('OwnerFirstName')} {record.text('OwnerLastName')}".strip()
    return name or record.text("OwnerUserName") or record.text("OwnerEmailAddress")


def _participants(record: Record, *, whole: bool) -> tuple[Participant, ...] | None:
    wrapper = record.child("Participants")
    if wrapper is None:
        return () if whole else None
    return tuple(
        Participant(
            id=_optional(participant.text("ParticipantId")),
            call_type=participant.text("ParticipantCallType"),
            name_or_number=participant.text("NameOrNumber"),
        )
        for participant in wrapper.children("Participant")
    )


def _pattern(record: Record) -> RecurrencePattern:
    days = record.child("DaysOfWeek")
    by_date = record.text("PatternEndType") != "EndByInstances"
    exceptions = record.child("Exceptions")
    return RecurrencePattern(
        frequency=record.text("FrequencyType"),
        interval=_optional(record.text("Interval")) or 1,
        days_of_week=tuple(days.texts("DayOfWeek")) if days is not None else (),
        first_day_of_week=record.text("FirstDayOfWeek") or "Sunday",
        by_set_position=_optional(record.text("BySetPosition")) or 0,
        by_month_day=_optional(next(record.texts("ByMonthDay"), "")) or 0,
        end_date=_time(record.text("PatternEndDateUTC")) if by_date else None,
        instances=None if by_date else _optional(record.text("PatternInstances")),
        first_occurrence=_time(record.text("FirstOccurrenceRecInstanceIdUTC")),
        exceptions=tuple(_exceptions(exceptions)) if exceptions is not None else (),
    )


def _exceptions(wrapper: Record) -> Iterator[RecurrenceException]:
    for record in wrapper.children("RecurrenceException"):
        recurrence_id = _time(record.text("RecurrenceIdUTC"))
        modified = record.child("ModifiedData")
        if recurrence_id is None:
            raise ValueError("an exception of nothing")
        yield RecurrenceException(
            kind=record.text("ExceptionType"),
            recurrence_id=recurrence_id,
            # Of a deleted occurrence nothing needs to be told but when it would have been.
            modified=conference(modified, whole=True)
            if modified is not None and modified.text("StartTimeUTC")
            else None,
            raw=record.raw,
        )


def _zone_rules(record: Record) -> Iterator[TimeZoneRule]:
    wrapper = record.child("ConferenceTimeZoneRules")
    if wrapper is not None:
        for rule in wrapper.children("TimeZoneRule"):
            yield zone_rule(rule)


def _time_change(record: Record | None) -> TimeChange | None:
    if record is None:
        return None
    second = number(record.text("ChangeSecondAtDay"))
    if (rule := record.child("AbsoluteRule")) is not None:
        return TimeChange(
            second_of_day=second,
            month=number(rule.text("Month")),
            day_of_month=number(rule.text("DayOfMonth")),
        )
    if (rule := record.child("RelativeRule")) is not None:
        return TimeChange(
            second_of_day=second,
            month=number(rule.text("Month")),
            day_of_week=number(rule.text("DayOfTheWeek")),
            week=number(rule.text("WeekOfTheMonthIndex")),
        )
    return None


def _problem(record: Record) -> str:
    """What TMS says about what is wrong with it; only the external conference has a place for it."""
    external = record.child("ExternalConference")
    webex = external.child("WebEx") if external is not None else None
    if webex is None:
        return ""
    told = (
        entry.text("ErrorDescription")
        for name in ("Errors", "Warnings")
        if (wrapper := webex.child(name)) is not None
        for entry in wrapper.children("WebExError")
    )
    return "; ".join(text for text in told if text)

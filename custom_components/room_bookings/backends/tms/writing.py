"""Conferences as they are sent: what was read, with what shall be different in it."""

from collections.abc import Mapping
from datetime import UTC, datetime
import re
from typing import Any, Final

from .model import (
    Conference,
    ConferenceChanges,
    Participant,
    RecurrenceException,
    RecurrencePattern,
    TimeChange,
    TimeZoneRule,
)

_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def stamp(when: datetime) -> str:
    """`yyyy-MM-dd HH:mm:ssZ`, the only form that TMS takes (REF23 "StartTimeUTC")."""
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M:%SZ}"


def clean(text: str) -> str:
    """The text without what XML cannot say."""
    return _NOT_XML.sub("", text)


def changed(base: Conference, changes: ConferenceChanges) -> dict[str, Any]:
    """The whole of a conference, changed, by the names of the wire; `base` stays as it is."""
    if base.raw is None:
        raise ValueError("a conference of a list is not whole")
    # What zeep did not know lies in `_value_1`, and goes along.
    whole = {name: base.raw[name] for name in base.raw if name != "_raw_elements"}
    news: dict[str, Any] = {
        "Title": changes.title,
        "StartTimeUTC": changes.start,
        "EndTimeUTC": changes.end,
        "ExternalSourceId": changes.external_source,
        "ExternalPrimaryKey": changes.external_key,
    }
    whole |= {name: _said(value) for name, value in news.items() if value is not None}
    if changes.participants is not None:
        whole["Participants"] = {
            "Participant": [_participant(item) for item in changes.participants]
        }
    if changes.pattern is not None:
        whole["RecurrencePattern"] = _pattern(changes.pattern)
    if changes.zone_rules is not None:
        whole["ConferenceTimeZoneRules"] = {
            "TimeZoneRule": [_zone_rule(rule) for rule in changes.zone_rules]
        }
    return whole | {name: _said(value) for name, value in changes.fields.items()}


def _said(value: Any) -> Any:
    """A value in the words of the wire, whose leaves are all texts."""
    if isinstance(value, Mapping):
        return {name: _said(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_said(item) for item in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return stamp(value)
    return clean(str(value)) if isinstance(value, (str, int)) else value


def _participant(participant: Participant) -> dict[str, Any]:
    said = {
        # Zero is what leaving it out means to the server; it gives an id of its own.
        "ParticipantId": str(participant.id or 0),
        "ParticipantCallType": participant.call_type,
    }
    if participant.name_or_number:
        said["NameOrNumber"] = clean(participant.name_or_number)
    return said


def _pattern(pattern: RecurrencePattern) -> dict[str, Any]:
    said: dict[str, Any] = {
        "FrequencyType": pattern.frequency,
        "Interval": str(pattern.interval),
        "FirstDayOfWeek": pattern.first_day_of_week,
        "BySetPosition": str(pattern.by_set_position),
    }
    if pattern.days_of_week:
        said["DaysOfWeek"] = {"DayOfWeek": list(pattern.days_of_week)}
    if pattern.by_month_day:
        said["ByMonthDay"] = [str(pattern.by_month_day)]
    if pattern.end_date is not None:
        said["PatternEndType"] = "EndByDate"
        said["PatternEndDateUTC"] = stamp(pattern.end_date)
    else:
        said["PatternEndType"] = "EndByInstances"
        said["PatternInstances"] = str(pattern.instances or 0)
    if pattern.exceptions:
        said["Exceptions"] = {
            "RecurrenceException": [_exception(item) for item in pattern.exceptions]
        }
    return said


def _exception(exception: RecurrenceException) -> Any:
    if exception.raw is not None:
        return exception.raw
    said: dict[str, Any] = {
        "ExceptionType": exception.kind,
        "RecurrenceIdUTC": stamp(exception.recurrence_id),
    }
    if exception.modified is not None:
        said["ModifiedData"] = exception.modified.raw
    return said


def _zone_rule(rule: TimeZoneRule) -> dict[str, Any]:
    said: dict[str, Any] = {
        # Of the unspecified kind: with a zone it is refused.
        "ValidFrom": rule.valid_from.isoformat(timespec="seconds"),
        "Id": clean(rule.id),
        "DisplayName": clean(rule.display_name),
        "BaseOffsetInMinutes": str(rule.base_offset_minutes),
        "DaylightOffsetInMinutes": str(rule.daylight_offset_minutes),
    }
    for name, change in (("Daylight", rule.daylight), ("Standard", rule.standard)):
        if change is not None:
            said[name] = _time_change(change)
    return said


def _time_change(change: TimeChange) -> dict[str, Any]:
    said: dict[str, Any] = {"ChangeSecondAtDay": str(change.second_of_day)}
    if change.day_of_month is not None:
        said["AbsoluteRule"] = {
            "Month": str(change.month),
            "DayOfMonth": str(change.day_of_month),
        }
    else:
        said["RelativeRule"] = {
            "Month": str(change.month),
            "DayOfTheWeek": str(change.day_of_week or 0),
            "WeekOfTheMonthIndex": str(change.week or 5),
        }
    return said

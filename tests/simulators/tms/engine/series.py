"""What the occurrences of a series are to look like, before any is booked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise

from .faults import TmsFault
from .model import Conference, RecurrenceException, RecurrencePattern, TimeZoneRule
from .recurrence import expand
from .validation import merged
from .zones import to_wall


@dataclass(frozen=True, slots=True)
class Slot:
    """A time at which a conference is to be, and where its pattern puts it."""

    conference: Conference
    start: datetime
    end: datetime
    instance_id: datetime | None = None


def is_series(pattern: RecurrencePattern | None) -> bool:
    """Return whether a pattern makes a series; TMSXE sends Default without one."""
    return pattern is not None and pattern.frequency_type != "Default"


def slots_of(
    conference: Conference,
    pattern: RecurrencePattern,
    start: datetime,
    end: datetime,
    rules: Sequence[TimeZoneRule],
    *,
    days_in_utc: bool,
) -> list[Slot]:
    """Expand a pattern and apply its exceptions."""
    duration = end - start
    starts = expand(pattern, start, duration, rules, days_in_utc=days_in_utc)
    exceptions = {
        _instance(exception, starts): exception
        for exception in pattern.exceptions or ()
    }
    slots = [
        slot
        for moment in starts
        if (
            slot := _slot(conference, moment, moment + duration, exceptions.get(moment))
        )
    ]
    if not slots:
        raise TmsFault("UNSUPPORTED_RECURRENCE", "The series has no occurrences.")
    check_order(slots, rules)
    return slots


def _slot(
    conference: Conference,
    start: datetime,
    end: datetime,
    exception: RecurrenceException | None,
) -> Slot | None:
    if exception is None:
        return Slot(conference, start, end, start)
    if exception.exception_type == "DELETE":
        return None
    data = exception.modified_data
    if exception.exception_type != "MODIFY" or data is None:
        raise TmsFault("UNSUPPORTED_RECURRENCE", "The exception is not supported.")
    changed = replace(merged(conference, data), recurrence_instance_type="modify")
    return Slot(changed, data.start_time_utc or start, data.end_time_utc or end, start)


def _instance(exception: RecurrenceException, starts: Sequence[datetime]) -> datetime:
    if exception.recurrence_id_utc is not None:
        moment = instance_on(starts, exception.recurrence_id_utc)
        if moment is not None:
            return moment
    raise TmsFault("INSTANCE_NOT_FOUND_WITHIN_PATTERN", "No such occurrence")


def instance_on(
    instances: Sequence[datetime], recurrence_id: datetime
) -> datetime | None:
    """Return the instance at a moment, or else the one on its UTC day."""
    if recurrence_id in instances:
        return recurrence_id
    day = recurrence_id.astimezone(UTC).date()
    return next((found for found in instances if found.date() == day), None)


def check_order(slots: Sequence[Slot], rules: Sequence[TimeZoneRule]) -> None:
    """Refuse two occurrences on one day, or out of the pattern's order."""
    for slot, following in pairwise(slots):
        if slot.start >= following.start or slot.end > following.start:
            raise TmsFault(
                "UNSUPPORTED_RECURRENCE",
                "An occurrence cannot be moved past the next one.",
            )
        day = to_wall(rules, slot.start).date()
        if day == to_wall(rules, following.start).date():
            raise TmsFault(
                "UNSUPPORTED_RECURRENCE", "More than one occurrence on the same day."
            )

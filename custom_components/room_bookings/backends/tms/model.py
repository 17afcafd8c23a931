"""What TMS keeps, as values: systems, users, conferences, patterns, transactions.

Names are those of the API reference in Python's spelling. Times are aware and UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class SystemCategory(StrEnum):
    """What a system is; rooms are those of category ROOM and ENDPOINT."""

    ENDPOINT = "Endpoint"
    EQUIPMENT = "Equipment"
    ROOM = "Room"
    RECORDING = "Recording"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A bookable system. `zone` is the name of its time zone as TMS gives it.

    `web` is where it shows itself to a browser, as far as TMS knows.
    """

    id: int
    name: str
    category: SystemCategory
    status: str = ""
    manufacturer: str = ""
    type: str = ""
    network_address: str = ""
    web: str = ""
    description: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody that TMS knows."""

    user_name: str
    display_name: str = ""
    email: str = ""
    first_name: str = ""
    last_name: str = ""


class ConferenceStatus(StrEnum):
    """The state of a conference; UNKNOWN where TMS says something else, or nothing."""

    PENDING = "Pending"
    ONGOING = "Ongoing"
    FINISHED = "Finished"
    MEETING_REQUEST = "MeetingRequest"
    REJECTED = "Rejected"
    NOT_SAVED = "NotSaved"
    DEFECTIVE = "Defective"
    DELETED = "Deleted"
    UNKNOWN = ""


# The participant call types that name a TMS system by its id.
TMS_PARTICIPANT = "TMS"
TMS_MASTER = "TMS Master Participant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Who takes part; `id` is a system's only where `call_type` is TMS_PARTICIPANT."""

    id: int | None
    call_type: str
    name_or_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecurrencePattern:
    """When a series takes place. Days are full English names.

    `frequency` is Daily, DailyWeekday, Weekly or Monthly. One of `end_date` (UTC) and
    `instances` says when it ends. `exceptions` are kept as TMS gave them.
    """

    frequency: str
    interval: int = 1
    days_of_week: tuple[str, ...] = ()
    first_day_of_week: str = "Sunday"
    by_set_position: int = 0
    by_month_day: int = 0
    end_date: datetime | None = None
    instances: int | None = None
    first_occurrence: datetime | None = None
    exceptions: tuple[RecurrenceException, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecurrenceException:
    """One occurrence that is not as the pattern says: `kind` is ADD, MODIFY or DELETE.

    `raw` is the whole of it, as that of a conference.
    """

    kind: str
    recurrence_id: datetime
    modified: Conference | None = None
    raw: Any = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeChange:
    """When the clocks change: on a date (`day_of_month`), or in a week of a month.

    `second_of_day` counts from midnight; `day_of_week` 0 is Sunday; `week` 5 is the last.
    """

    second_of_day: int
    month: int
    day_of_month: int | None = None
    day_of_week: int | None = None
    week: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeZoneRule:
    """A time zone from `valid_from` on (naive, in the zone's standard time)."""

    valid_from: datetime
    id: str
    display_name: str
    base_offset_minutes: int
    daylight_offset_minutes: int
    daylight: TimeChange | None = None
    standard: TimeChange | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conference:
    """A booking in TMS, or one occurrence of a series.

    `participants` is None where TMS did not tell them, as in every list. An occurrence
    has a `recurrence_id`: when it would take place by the pattern. `transaction_id` and
    `version` are None where the server does not know such a thing. `raw` is the whole of
    it as the rich calls gave it (None from lists), which is what is sent back to change
    it; it takes no part in comparisons.
    """

    id: int
    title: str
    start: datetime
    end: datetime
    status: ConferenceStatus
    owner: str = ""
    external_source: str = ""
    external_key: str = ""
    private: bool = False
    recurrence_id: datetime | None = None
    recurrence_type: str = ""
    first_occurrence: datetime | None = None
    pattern: RecurrencePattern | None = None
    participants: tuple[Participant, ...] | None = None
    zone_rules: tuple[TimeZoneRule, ...] = ()
    version: int | None = None
    transaction_id: int | None = None
    problem: str = ""
    raw: Any = field(default=None, compare=False, repr=False)

    @property
    def systems(self) -> frozenset[int]:
        """The ids of the TMS systems that take part."""
        return frozenset(
            p.id
            for p in self.participants or ()
            if p.id is not None and p.call_type in (TMS_PARTICIPANT, TMS_MASTER)
        )


class TransactionKind(StrEnum):
    """What happened to a conference."""

    NEW = "New"
    UPDATED = "Updated"
    DELETED = "Deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """One change; `systems` are those of its participants, None where it is not told."""

    id: int
    conference_id: int
    kind: TransactionKind
    systems: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Transactions:
    """A page of them, in the order of their ids; `complete` is False where more follow."""

    items: tuple[Transaction, ...]
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConferenceChanges:
    """What shall be different in a conference; None stays as it is (or TMS's default).

    `fields` are further fields of the wire, by their wire name.
    """

    title: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    participants: tuple[Participant, ...] | None = None
    pattern: RecurrencePattern | None = None
    zone_rules: tuple[TimeZoneRule, ...] | None = None
    external_source: str | None = None
    external_key: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)

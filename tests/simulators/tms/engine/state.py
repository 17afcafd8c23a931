"""Everything that a TMS remembers, so that a failed operation can be undone."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from enum import Enum, auto
from random import Random

from .faults import TmsFault
from .model import Conference, RecordingDevice, TmsSystem, TmsUser, Transaction


class Mark(Enum):
    """What is the matter with a conference, apart from the time."""

    BOOKED = auto()
    DEFECTIVE_ROUTING = auto()
    DEFECTIVE_CONFLICT = auto()
    REQUESTED = auto()
    REJECTED = auto()
    DELETED = auto()


_HOLDING = frozenset({Mark.BOOKED, Mark.DEFECTIVE_ROUTING})

_NAMES = {
    Mark.DEFECTIVE_ROUTING: "Defective",
    Mark.DEFECTIVE_CONFLICT: "Defective",
    Mark.REQUESTED: "MeetingRequest",
    Mark.REJECTED: "Rejected",
    Mark.DELETED: "Deleted",
}


@dataclass(frozen=True, slots=True)
class Record:
    """A single meeting or one occurrence, as it is stored."""

    conference: Conference
    start: datetime
    end: datetime
    owner_id: int
    creator_id: int
    mark: Mark = Mark.BOOKED
    series_id: int | None = None

    @property
    def id(self) -> int:
        """The ConferenceId."""
        return self.conference.conference_id

    @property
    def holds_systems(self) -> bool:
        """Whether its systems show as busy."""
        return self.mark in _HOLDING

    @property
    def instance_id(self) -> datetime:
        """Where its pattern puts it."""
        return self.conference.recurrence_instance_id_utc or self.start

    def status(self, now: datetime) -> str:
        """Return the ConferenceStatus."""
        if (name := _NAMES.get(self.mark)) is not None:
            return name
        if now < self.start:
            return "Pending"
        return "Ongoing" if now < self.end else "Finished"

    def overlaps(self, start: datetime, end: datetime) -> bool:
        """Return whether it shares time with an interval."""
        return self.start < end and start < self.end

    def moved_to(self, start: datetime, end: datetime) -> Record:
        """Return it at another time."""
        conference = replace(self.conference, start_time_utc=start, end_time_utc=end)
        return replace(self, conference=conference, start=start, end=end)


@dataclass(frozen=True, slots=True)
class Series:
    """A series as it was saved last; `template` has its pattern and first times."""

    id: int
    template: Conference
    is_deleted: bool = False


@dataclass(slots=True)
class State:
    """The database."""

    systems: dict[int, TmsSystem] = field(default_factory=dict)
    users: dict[int, TmsUser] = field(default_factory=dict)
    recording_devices: list[RecordingDevice] = field(default_factory=list)
    records: dict[int, Record] = field(default_factory=dict)
    series: dict[int, Series] = field(default_factory=dict)
    transactions: list[Transaction] = field(default_factory=list)
    last_transaction_id: int = 1000
    last_conference_id: int = 4000
    last_series_id: int = 0
    last_version: int = 49_000_000
    random: Random = field(default_factory=Random)

    @contextmanager
    def undone_on_fault(self) -> Iterator[None]:
        """Take back everything if the operation is refused."""
        before = {
            item.name: (
                value.copy()
                if isinstance(value := getattr(self, item.name), dict | list)
                else value
            )
            for item in fields(self)
        }
        try:
            yield
        except TmsFault:
            for name, value in before.items():
                setattr(self, name, value)
            raise

    def new_conference_id(self) -> int:
        """Return the next id of a conference."""
        self.last_conference_id += 1
        return self.last_conference_id

    def new_series_id(self) -> int:
        """Return an id that no client ever sees."""
        self.last_series_id += 1
        return self.last_series_id

    def new_version(self) -> int:
        """Return the next row version, which other tables move on too."""
        self.last_version += self.random.randint(1, 40)
        return self.last_version

    def occurrences(self, series_id: int) -> list[Record]:
        """Return all occurrences, deleted ones too, in the pattern's order."""
        return sorted(
            (rec for rec in self.records.values() if rec.series_id == series_id),
            key=lambda rec: (rec.instance_id, rec.id),
        )

    def series_version(self, series_id: int) -> int:
        """Return the version of a series: that of its latest occurrence."""
        return max(rec.conference.version for rec in self.occurrences(series_id))

    def commit(
        self,
        record: Record,
        trans_type: str,
        user_id: int,
        version: int | None = None,
    ) -> Record:
        """Store a record, give it a version and write the transaction."""
        before = self.records.get(record.id)
        systems = record.conference.system_ids
        if before is not None:
            systems |= before.conference.system_ids
        self.last_transaction_id += self.random.randint(1, 4)
        stored = replace(
            record,
            conference=replace(
                record.conference,
                version=self.new_version() if version is None else version,
                transaction_id=self.last_transaction_id,
            ),
        )
        self.records[record.id] = stored
        self.transactions.append(
            Transaction(
                self.last_transaction_id,
                record.id,
                trans_type,
                user_id,
                tuple(sorted(systems)),
            )
        )
        return stored

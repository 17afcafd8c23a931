"""A room's mailbox, where its events really are: the truth behind the driver."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from random import Random
from typing import Any, Literal

from .state import DAY

type What = Literal["created", "changed", "cancelled", "declined"]


class OccupiedError(Exception):
    """Somebody wants a slot that is taken."""


@dataclass(frozen=True, slots=True)
class SimEvent:
    """An event; start and end are seconds since 1970, the end is not part of it."""

    id: str
    title: str
    start: int
    end: int | None
    """None for an all-day event that the calendar gives no end (facts A1.8)."""
    host: str
    room: str
    created: int
    updated: int
    private: bool = False
    all_day: bool = False
    status: Literal["confirmed", "tentative", "cancelled"] = "confirmed"
    attendees: tuple[Mapping[str, Any], ...] = ()
    location: str | None = None
    timezone: str = "UTC"
    more: Mapping[str, Any] = field(default_factory=dict)
    """Members that replace those on the wire, e.g. `recurring_event_id`."""

    @property
    def until(self) -> int:
        """Its end, a day after the start where it has none."""
        return self.start + DAY if self.end is None else self.end

    def overlaps(self, start: int, end: int) -> bool:
        """Whether it takes part of a slot; cancelled ones never do."""
        return self.status != "cancelled" and self.start < end and start < self.until

    def wire(self) -> dict[str, Any]:
        """The JSON of the calendar library, without what is nil (facts A4, seed)."""
        body = {
            "event_start": self.start,
            "event_end": self.end,
            "id": self.id,
            "host": self.host,
            "title": self.title,
            "body": "",
            "attendees": [dict(attendee) for attendee in self.attendees],
            "location": self.location,
            "private": self.private,
            "all_day": self.all_day,
            "timezone": self.timezone,
            "recurring": False,
            "created": _stamp(self.created),
            "updated": _stamp(self.updated),
            "attachments": [],
            "status": self.status,
            "creator": self.host,
            "ical_uid": f"0400{self.id}",
            "online_meeting_provider": "unknown",
            "online_meeting_phones": [],
            "visibility": "private" if self.private else None,
        }
        return {key: value for key, value in body.items() if value is not None} | dict(
            self.more
        )


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened to an event; `notify` and `comment` of a decline."""

    at: int
    what: What
    event: SimEvent
    notify: bool | None = None
    comment: str | None = None


class Mailbox:
    """The calendar of one room; it accepts whatever it is told, overlaps too."""

    def __init__(self, email: str, clock: Callable[[], datetime], random: Random):
        """Begin empty."""
        self.email = email
        self.events: list[SimEvent] = []
        """All events by start, cancelled ones too."""
        self.history: list[Change] = []
        self.listeners: list[Callable[[], None]] = []
        """Called after each change."""
        self._clock = clock
        self._random = random

    @property
    def now(self) -> int:
        """Seconds since 1970."""
        return int(self._clock().timestamp())

    def create(
        self,
        title: str,
        start: int,
        end: int | None,
        host: str = "",
        *,
        quietly: bool = False,
        **fields: Any,
    ) -> SimEvent:
        """Put an event into it; `quietly` makes neither history nor noise."""
        now = self.now
        event = SimEvent(
            id=f"AAkALg{self._random.getrandbits(128):032X}",
            title=title,
            start=start,
            end=end,
            host=host or self.email,
            room=self.email,
            created=now,
            updated=now,
            **fields,
        )
        self.events.append(event)
        self._sort()
        if not quietly:
            self._record("created", event)
        return event

    def change(self, event: SimEvent, **fields: Any) -> SimEvent:
        """Replace fields of an event."""
        changed = replace(event, updated=self.now, **fields)
        self._put(event, changed)
        self._record("changed", changed)
        return changed

    def cancel(self, event: SimEvent) -> SimEvent:
        """Cancel an event, as its organiser does."""
        cancelled = replace(event, updated=self.now, status="cancelled")
        self._put(event, cancelled)
        self._record("cancelled", cancelled)
        return cancelled

    def decline(self, event_id: str, notify: bool, comment: str | None) -> SimEvent:
        """Decline an event, as the room does; it is gone from the room."""
        event = self.find(event_id)
        declined = replace(event, updated=self.now, status="cancelled")
        self._put(event, declined)
        self._record("declined", declined, notify, comment)
        return declined

    def find(self, event_id: str) -> SimEvent:
        """The event of that id; raises `LookupError`."""
        for event in self.events:
            if event.id == event_id:
                return event
        raise LookupError(event_id)

    def listing(
        self, start: int, end: int, *, include_cancelled: bool = False
    ) -> list[SimEvent]:
        """What overlaps a period, by start (facts A1.9)."""
        return [
            event
            for event in self.events
            if event.start < end
            and event.until > start
            and (include_cancelled or event.status != "cancelled")
        ]

    def taken(self, start: int, end: int, but: SimEvent | None = None) -> bool:
        """Whether another event than `but` takes part of a slot."""
        return any(
            event.overlaps(start, end)
            for event in self.events
            if but is None or event.id != but.id
        )

    def overlaps(self) -> list[tuple[SimEvent, SimEvent]]:
        """Every pair of events that take the room at once."""
        live = [event for event in self.events if event.status != "cancelled"]
        return [
            (one, other)
            for index, one in enumerate(live)
            for other in live[index + 1 :]
            if one.overlaps(other.start, other.until)
        ]

    def _put(self, old: SimEvent, new: SimEvent) -> None:
        self.events[[event.id for event in self.events].index(old.id)] = new
        self._sort()

    def _sort(self) -> None:
        self.events.sort(key=lambda event: event.start)

    def _record(
        self,
        what: What,
        event: SimEvent,
        notify: bool | None = None,
        comment: str | None = None,
    ) -> None:
        self.history.append(Change(self.now, what, event, notify, comment))
        for listener in tuple(self.listeners):
            listener()


def _stamp(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

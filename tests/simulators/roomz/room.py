"""The truth about the rooms of a booking system and their meetings."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from tests.simulators.common.times import whole_second

from .times import wire_time


class OccupiedError(Exception):
    """The room is taken at that time."""

    def __init__(self, by: SimMeeting) -> None:
        """Name who has it."""
        super().__init__(f"The room is taken by {by.meeting_id}")
        self.by = by


@dataclass(frozen=True, slots=True, kw_only=True)
class SimMeeting:
    """A meeting; a change replaces it, its id stays. `api` tells who made it."""

    meeting_id: str
    subject: str
    start: datetime
    end: datetime
    created: datetime
    organizer_id: str = ""
    organizer_name: str = ""
    private: bool = False
    cancelled: bool = False
    image_url: str = ""
    api: bool = False

    def overlaps(self, start: datetime, end: datetime) -> bool:
        """Whether it takes the room at any time in [start, end)."""
        return self.start < end and start < self.end

    def as_json(self) -> dict[str, Any]:
        """The Meeting of the contract (facts C2); `imageUrl` only where there is one."""
        meeting: dict[str, Any] = {
            "meetingId": self.meeting_id,
            "subject": self.subject,
            "organizerId": self.organizer_id,
            "organizerName": self.organizer_name,
            "startDateUTC": wire_time(self.start),
            "endDateUTC": wire_time(self.end),
            "creationDateUTC": wire_time(self.created),
            "isPrivate": self.private,
            "isCancelled": self.cancelled,
        }
        if self.image_url:
            meeting["imageUrl"] = self.image_url
        return meeting


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened: `created`, `changed`, `cancelled` or `deleted`."""

    at: datetime
    what: str
    meeting: SimMeeting
    api: bool


@dataclass(slots=True, eq=False)
class SimRoom:
    """A room and its meetings. Meetings do not overlap unless somebody insists."""

    id: str
    name: str
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    meetings: dict[str, SimMeeting] = field(default_factory=dict)
    history: list[Change] = field(default_factory=list)
    overlaps_wanted: set[str] = field(default_factory=set)

    def held(self) -> Iterator[SimMeeting]:
        """What takes the room, by start."""
        return (m for m in self.sorted() if not m.cancelled)

    def sorted(self) -> list[SimMeeting]:
        """All meetings, cancelled ones too, by start."""
        return sorted(self.meetings.values(), key=lambda m: (m.start, m.meeting_id))

    def holding(
        self, start: datetime, end: datetime, besides: str = ""
    ) -> SimMeeting | None:
        """Who takes the room at any time in [start, end): half-open, so neighbours do not."""
        return next(
            (
                m
                for m in self.held()
                if m.meeting_id != besides and m.overlaps(start, end)
            ),
            None,
        )

    def current(self) -> SimMeeting | None:
        """Who has the room now."""
        now = self.clock()
        return next((m for m in self.held() if m.start <= now < m.end), None)

    def following(self) -> SimMeeting | None:
        """Who has it next."""
        now = self.clock()
        return next((m for m in self.held() if m.start > now), None)

    def book(
        self,
        subject: str,
        start: datetime,
        end: datetime,
        *,
        overlap: bool = False,
        api: bool = False,
        **more: Any,
    ) -> SimMeeting:
        """Make a meeting; raises `OccupiedError` unless `overlap`, `ValueError` for bad times."""
        meeting = SimMeeting(
            meeting_id=more.pop("meeting_id", "") or self.new_id(),
            subject=subject,
            start=whole_second(start),
            end=whole_second(end),
            created=whole_second(self.clock()),
            api=api,
            **more,
        )
        self._check(meeting, overlap=overlap)
        self._keep("created", meeting, api=api)
        return meeting

    def change(
        self,
        meeting: SimMeeting,
        *,
        overlap: bool = False,
        api: bool = False,
        **changes: Any,
    ) -> SimMeeting:
        """Replace parts of a meeting; raises as `book` does."""
        for name in ("start", "end"):
            if name in changes:
                changes[name] = whole_second(changes[name])
        changed = replace(meeting, **changes)
        self._check(changed, overlap=overlap)
        what = "cancelled" if changed.cancelled and not meeting.cancelled else "changed"
        self._keep(what, changed, api=api)
        return changed

    def delete(self, meeting: SimMeeting) -> None:
        """Take a meeting away: nobody can do so by the contract."""
        del self.meetings[meeting.meeting_id]
        self.history.append(Change(self.clock(), "deleted", meeting, api=False))

    def _check(self, meeting: SimMeeting, *, overlap: bool) -> None:
        if meeting.end <= meeting.start:
            raise ValueError("A meeting ends after its start")
        if overlap:
            self.overlaps_wanted.add(meeting.meeting_id)
        elif not meeting.cancelled and (
            other := self.holding(meeting.start, meeting.end, meeting.meeting_id)
        ):
            raise OccupiedError(other)

    def _keep(self, what: str, meeting: SimMeeting, *, api: bool) -> None:
        self.meetings[meeting.meeting_id] = meeting
        self.history.append(Change(self.clock(), what, meeting, api))


def violations(room: SimRoom) -> list[str]:
    """What must never be, and is: an empty list if all is well.

    Meetings that overlap without anybody having insisted, and two that the API made for
    the same wish (subject and times): a request that was carried out twice.
    """
    found: list[str] = []
    held = list(room.held())
    for number, one in enumerate(held):
        for other in held[number + 1 :]:
            wanted = room.overlaps_wanted & {one.meeting_id, other.meeting_id}
            if not wanted and one.overlaps(other.start, other.end):
                found.append(f"{room.id}: {one.meeting_id} overlaps {other.meeting_id}")
    wishes: dict[object, str] = {}
    for change in room.history:
        if change.what != "created" or not change.api:
            continue
        made = change.meeting
        wish = (made.subject, made.start, made.end)
        if (first := wishes.setdefault(wish, made.meeting_id)) != made.meeting_id:
            found.append(f"{room.id}: {first} was made again as {made.meeting_id}")
    return found

"""What people see of a room: everything with texts masked as they may read them."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from .booking import Booking
from .changes import Change
from .privacy import Titles, masked
from .room import Room, Verb
from .state import CheckInRules, Reported, RoomState, state_at
from .timetable import Timetable


class Origin(StrEnum):
    """Who made it happen."""

    HOME_ASSISTANT = "home_assistant"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomView:
    """A room as entities show it; no text in here needs to be hidden from anyone.

    `available` is False while too little is known; `last_sync` (UTC) is when the
    system last told the bookings, and `stale_since` (UTC) since when they are only followed
    from what was known then, None while they are fresh. `people` and `present` are what the room's own sensors
    say, None where they say nothing; `reported` is what the system says of the room.
    `rules` are those by which people check in, None where nobody has to.
    """

    room: Room
    timetable: Timetable
    state: RoomState
    available: bool
    last_sync: datetime | None
    booked_today: timedelta
    released_today: timedelta
    people: int | None = None
    present: bool | None = None
    reported: Reported | None = None
    rules: CheckInRules | None = None
    no_shows_today: int = 0
    stale_since: datetime | None = None

    @property
    def verbs(self) -> frozenset[Verb]:
        """What people can do to the room's bookings; to check in, no system is needed."""
        here = {Verb.CHECK_IN} if self.rules is not None else frozenset[Verb]()
        return self.room.verbs | here

    def state_at(self, now: datetime) -> RoomState:
        """The room's state at `now`, also in the moment before the next view is made."""
        boundary = self.state.boundary
        return (
            self.state
            if boundary is None or now < boundary
            else state_at(self.timetable, now, self.rules, reported=self.reported)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """A change as it is told to people."""

    change: Change
    origin: Origin

    @classmethod
    def of(cls, change: Change, origin: Origin, titles: Titles) -> Self:
        """Tell a change without the texts that people may not read."""
        return cls(
            change=replace(change, booking=masked(change.booking, titles)),
            origin=origin,
        )


def booking_data(booking: Booking) -> dict[str, str | bool]:
    """A booking as automations and dashboards read it; times in ISO 8601, UTC."""
    return {
        "booking_id": booking.id,
        "title": booking.title,
        "organizer": booking.organizer,
        "start": booking.start.isoformat(),
        "end": booking.end.isoformat(),
        "private": bool(booking.private),
        "status": booking.status.value,
        "checked_in": bool(booking.checked_in),
    }

"""What a room's Bookings module says, and what follows from it (facts A1). Pure but for time."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import Any, Final

from ...rooms.booking import Booking, BookingId
from ...rooms.errors import AnswerLostError, RoomError
from ...rooms.state import Availability, CheckInRules, Reported
from ..parsing import Json
from .wire import (
    Event,
    JsonObject,
    as_bool,
    as_int,
    as_minutes,
    as_text,
    as_time,
    epoch,
    event,
)

BOOKINGS: Final = "bookings"
STATE: Final = frozenset({"status", "in_use"})
SENSORS: Final = frozenset({"people_count", "presence", "sensor_stale"})
# Everything that is bound, what matters most first.
VARIABLES: Final = (
    BOOKINGS,
    "pending_before",
    "pending_period",
    "disable_end_meeting",
    "last_booking_started",
    "status",
    "in_use",
    "disable_book_now",
    "bookable",
    "people_count",
    "presence",
    "sensor_stale",
)

# Records read in one go: 1 ms on a server, 5 ms on a small board.
_AT_ONCE: Final = 100
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NO_TIME: Final = timedelta(0)
# Only a person or the panel ends the wait: it lasts as long as any meeting (facts A1.1).
_UNTIL_THE_END: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The variables of one module as they were last told; None where they were not.

    `events` are in the driver's order. `senses` is whether a sensor was ever heard of.
    """

    events: tuple[Event, ...] = ()
    pending_before: timedelta | None = None
    pending_period: timedelta | None = None
    disable_end_meeting: bool | None = None
    last_booking_started: datetime = _NEVER
    status: str = ""
    in_use: bool | None = None
    disable_book_now: bool | None = None
    bookable: bool | None = None
    people_count: int | None = None
    presence: bool | None = None
    sensor_stale: bool | None = None
    senses: bool = False

    def told(self, name: str, value: Json) -> Known:
        """The same after a variable was told, but `bookings`.

        A module that restarts says null: that is no news, but for sensors (facts A3).
        """
        if (read := _READERS.get(name)) is None:
            return self
        found = read(value)
        if found is None and name not in SENSORS:
            return self
        changes: dict[str, Any] = {name: found}
        known = replace(self, **changes)
        senses = known.people_count is not None or known.presence is not None
        return replace(known, senses=True) if senses else known

    def holding_events(self, events: tuple[Event, ...]) -> Known:
        """The same after `bookings` was told."""
        return replace(self, events=events)

    def in_doubt(self) -> Known:
        """The same while something is done of which the module has not spoken yet."""
        return replace(self, status="", in_use=None)

    def undoubted(self, before: Known) -> Known:
        """The same where nothing was done: what it said before still counts."""
        return replace(
            self,
            status=self.status or before.status,
            in_use=before.in_use if self.in_use is None else self.in_use,
        )

    # What it makes of a room

    @property
    def settled(self) -> bool:
        """Whether it is known how people check in."""
        return self.pending_before is not None and self.pending_period is not None

    @property
    def rules(self) -> CheckInRules | None:
        """How the room waits for people (facts A1.1, A1.2); None where it does not."""
        before, period = self.pending_before, self.pending_period
        if before is None or period is None or not (before or period):
            return None
        window = _UNTIL_THE_END if self._current_waits else _NO_TIME
        # Its panel gives the room back after the period, if there is a panel (facts A4).
        return CheckInRules(before=before, window=window, gives_up=period or None)

    @property
    def _current_waits(self) -> bool:
        """Whether a running meeting waits for somebody to come."""
        return not self.disable_end_meeting or bool(self.pending_period)

    def reported(self, at: datetime) -> Reported:
        """What the module said of its room, where that can be taken at its word.

        To the driver a called-off event is a booking (facts A1.9), and where nobody checks
        in the oldest driver says pending all the same (facts A1.12).
        """
        ahead = at + (self.pending_before or _NO_TIME)
        if any(b.start <= ahead and at < b.end for b in self.called_off):
            return Reported(at=at)
        try:
            availability = Availability(self.status)
        except ValueError:
            availability = None
        if availability is Availability.PENDING and self.rules is None:
            availability = None
        return Reported(at=at, availability=availability, in_use=self.in_use)

    @property
    def called_off(self) -> list[Booking]:
        """What does not take place, and is in the driver's list all the same."""
        return [e.booking for e in self.events if e.called_off]

    @property
    def people(self) -> tuple[int | None, bool | None]:
        """How many people the sensor sees, and whether any; None where it cannot tell."""
        if self.sensor_stale:
            return None, None
        return self.people_count, self.presence

    @property
    def bookings(self) -> list[Booking]:
        """What holds the room, each with whether somebody checked in to it (facts A1.5)."""
        checks_in = self.rules is not None
        last = self.last_booking_started
        return [
            replace(b, checked_in=b.start <= last if checks_in else None)
            for b in (e.booking for e in self.events if not e.called_off)
        ]

    # What the driver's functions would act on

    def places(self, now: datetime) -> tuple[Booking | None, Booking | None]:
        """What the driver takes for current and next, called-off events too (facts A1)."""
        bookings = [e.booking for e in self.events]
        for index, booking in enumerate(bookings):
            if booking.start > now:
                return None, booking
            if booking.end > now:
                return booking, next(iter(bookings[index + 1 :]), None)
        return None, None

    def awaited(self, now: datetime) -> Booking | None:
        """To what `checkin` would check in: what waits, else what runs (facts A2)."""
        current, following = self.places(now)
        last = self.last_booking_started
        if current is not None and self._current_waits and current.start > last:
            return current
        ahead = now + (self.pending_before or _NO_TIME)
        if following is not None and last < following.start <= ahead:
            return following
        return current

    def first_at(self, start: datetime) -> Booking | None:
        """Of the events that start then, the one that the driver takes."""
        return next((e.booking for e in self.events if e.booking.start == start), None)


async def events_of(value: Json) -> tuple[Event, ...] | None:
    """The events of `bookings`, by start; None for what is no such list."""
    if not isinstance(value, list):
        return None
    found: list[Event] = []
    for part in batched(value, _AT_ONCE, strict=False):
        found += filter(None, map(event, part))
        await asyncio.sleep(0)
    if value and not found:
        # Not some bad records: a list that cannot be read.
        return None
    return tuple(sorted(_named_apart(found), key=lambda e: e.booking.start))


def _named_apart(events: Sequence[Event]) -> list[Event]:
    """The events, each with an id of its own (assumption `same_id`)."""
    times = Counter(e.booking.id for e in events)
    return [
        e
        if times[e.booking.id] == 1
        else replace(
            e,
            booking=replace(
                e.booking, id=BookingId(f"{e.booking.id} {epoch(e.booking.start)}")
            ),
        )
        for e in events
    ]


def _people(value: Json) -> int | None:
    count = as_int(value)
    return count if count is not None and 0 <= count < 10**6 else None


def _status(value: Json) -> str | None:
    return as_text(value).strip().lower() or None


_READERS: Final[Mapping[str, Callable[[Json], object]]] = {
    "pending_before": as_minutes,
    "pending_period": as_minutes,
    "disable_end_meeting": as_bool,
    "last_booking_started": as_time,
    "status": _status,
    "in_use": as_bool,
    "disable_book_now": as_bool,
    "bookable": as_bool,
    "people_count": _people,
    "presence": as_bool,
    "sensor_stale": as_bool,
}


@dataclass(slots=True, eq=False)
class RoomMemory:
    """One room: its system, and what its module said on this connection.

    `heard` is whether `known.events` are what the module holds now; `spoke_at` is when it
    last said anything of the room's state (UTC).
    """

    system: JsonObject
    spoke_at: datetime
    known: Known = field(default_factory=Known)
    heard: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _waiting: set[asyncio.Event] = field(default_factory=set)

    @property
    def name(self) -> str:
        """What the room is called."""
        names = (self.system.get(key) for key in ("display_name", "name", "id"))
        return next(filter(None, (as_text(n).strip() for n in names)), "")

    @property
    def capacity(self) -> int | None:
        """How many people it takes."""
        capacity = as_int(self.system.get("capacity"))
        return capacity if capacity is not None and 0 < capacity < 10**6 else None

    def learn(self, known: Known) -> None:
        """Take in what was told, and let those look who wait for it."""
        self.known = known
        for news in self._waiting:
            news.set()

    @contextmanager
    def acting(self) -> Iterator[None]:
        """While something is done to the room its state is in doubt, until the module speaks.

        The driver may do so seconds later (facts A2). Where it refuses, nothing was done.
        """
        before = self.known
        self.learn(before.in_doubt())
        try:
            yield
        except AnswerLostError:
            raise
        except RoomError:
            self.learn(self.known.undoubted(before))
            raise

    async def settled(self, seconds: float) -> bool:
        """Wait until it is known how people check in; whether it is, in time."""
        return await self.until(lambda: self.known.settled, seconds)

    async def until(self, fact: Callable[[], bool], seconds: float) -> bool:
        """Wait until something is so; whether it was, in time."""
        news = asyncio.Event()
        self._waiting.add(news)
        try:
            async with asyncio.timeout(seconds):
                while not fact():
                    news.clear()
                    await news.wait()
        except TimeoutError:
            return False
        finally:
            self._waiting.discard(news)
        return True

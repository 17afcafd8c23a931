"""What TMS holds for our rooms, as far as it was told."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from ...rooms.booking import Booking, SeriesId
from .bookings import booking_of, series_of
from .model import Conference

# So many conferences are remembered to be gone: a transaction about them is no news.
_GONE_KEPT: Final = 5_000


@dataclass(slots=True)
class _Room:
    """One room: what is known to take place in it.

    All of [start, end) was listed at `listed_at`, when every transaction up to
    `known_to` had happened; and it was kept up to date since.
    """

    start: datetime
    end: datetime
    listed_at: datetime
    known_to: int
    bookings: dict[int, Booking] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Window:
    """What of a room was listed, and when."""

    start: datetime
    end: datetime
    listed_at: datetime


class Mirror:
    """Conferences by room; the work for one conference does not grow with their number.

    Answers overtake one another: what was asked before a conference was heard of in
    another way does not undo that. Who asks says so by `reading`.
    """

    def __init__(self, source: str) -> None:
        """Know nothing; `source` is the external source of our own conferences."""
        self._source = source
        self._rooms: dict[int, _Room] = {}
        self._conferences: dict[int, Conference] = {}
        self._places: dict[int, frozenset[int]] = {}
        self._series: dict[SeriesId, set[int]] = {}
        self._gone: dict[int, None] = {}
        # What the listing of one room has changed; the others do not know yet.
        self._partial: set[int] = set()
        self._time = 0
        self._readers = 0
        self._heard_at: dict[int, int] = {}

    # Reading

    @property
    def rooms(self) -> Collection[int]:
        """The rooms that were listed."""
        return self._rooms.keys()

    def ours(self, rooms: Iterable[int]) -> frozenset[int]:
        """Those of these rooms that were listed."""
        return frozenset(room for room in rooms if room in self._rooms)

    def window(self, room: int) -> Window | None:
        """What of the room was listed; None if nothing was."""
        if (known := self._rooms.get(room)) is None:
            return None
        return Window(known.start, known.end, known.listed_at)

    def known_to(self, room: int) -> int:
        """The transaction up to which the room's listing knows all."""
        return self._rooms[room].known_to

    def between(self, room: int, start: datetime, end: datetime) -> list[Booking]:
        """The bookings of a listed room in [start, end)."""
        bookings = self._rooms[room].bookings.values()
        return [b for b in bookings if b.end > start and b.start < end]

    def get(self, conference_id: int) -> Conference | None:
        """A conference in one of our rooms, as it is known."""
        return self._conferences.get(conference_id)

    def places(self, conference_id: int) -> frozenset[int]:
        """The rooms in which a conference is known to take place."""
        return self._places.get(conference_id, frozenset())

    def places_of_series(self, conference: Conference) -> frozenset[int]:
        """The rooms in which any occurrence of a conference's series takes place."""
        series = series_of(conference)
        members = self._series.get(series, ()) if series is not None else ()
        return frozenset().union(*(self._places[member] for member in members))

    def is_partial(self, conference_id: int) -> bool:
        """Whether only the listing of one room tells how a conference is now."""
        return conference_id in self._partial

    def is_gone(self, conference_id: int) -> bool:
        """Whether the conference was here, and is no longer."""
        return conference_id in self._gone

    def booking(self, conference: Conference, now: datetime) -> Booking | None:
        """What a conference would be as a booking, if it is one."""
        return booking_of(conference, self._source, now)

    # Taking in

    @contextmanager
    def reading(self) -> Iterator[int]:
        """What is asked from here on counts as asked now."""
        self._readers += 1
        try:
            yield self._time
        finally:
            self._readers -= 1
            if not self._readers:
                self._heard_at.clear()

    def put(
        self,
        conference: Conference,
        rooms: Iterable[int],
        now: datetime,
        asked_at: int | None = None,
    ) -> frozenset[int]:
        """Take in a conference, which takes place in these rooms; returns whose it changed."""
        if self.overtaken(conference.id, asked_at):
            return frozenset()
        self._heard(conference.id)
        booking = self.booking(conference, now)
        places = self.ours(rooms if booking else ())
        before = self.places(conference.id)
        changed = set(places ^ before)
        for room in before - places:
            del self._rooms[room].bookings[conference.id]
        if booking is not None:
            for room in places:
                bookings = self._rooms[room].bookings
                if bookings.get(conference.id) != booking:
                    changed.add(room)
                bookings[conference.id] = booking
        self._keep(conference, places)
        return frozenset(changed)

    def remove(self, conference_id: int, asked_at: int | None = None) -> frozenset[int]:
        """A conference is no more; returns whose it was."""
        if self.overtaken(conference_id, asked_at):
            return frozenset()
        self._heard(conference_id)
        places = self.places(conference_id)
        for room in places:
            del self._rooms[room].bookings[conference_id]
        self._drop(conference_id)
        self._bury(conference_id)
        return places

    def listed(
        self,
        room: int,
        window: Window,
        conferences: Sequence[Conference],
        known_to: int,
        asked_at: int,
    ) -> frozenset[int]:
        """Take in all that takes place in a room in a time; returns whether it is news."""
        before = self._rooms.get(room)
        old = before.bookings if before is not None else {}
        known = self._rooms[room] = _Room(
            window.start, window.end, window.listed_at, known_to
        )
        found: dict[int, Conference] = {c.id: c for c in conferences}
        for conference_id, held in old.items():
            if self.overtaken(conference_id, asked_at):
                known.bookings[conference_id] = held
            elif conference_id not in found:
                self._left(conference_id, room)
        for conference in found.values():
            if self.overtaken(conference.id, asked_at):
                continue
            booking = self.booking(conference, window.listed_at)
            if booking is None:
                if conference.id in old:
                    self._left(conference.id, room)
                continue
            known.bookings[conference.id] = booking
            was = self._conferences.get(conference.id)
            news = was is None or was.transaction_id != conference.transaction_id
            partial = self.is_partial(conference.id) or (before is not None and news)
            self._keep(conference, self.places(conference.id) | {room})
            if partial:
                self._partial.add(conference.id)
        return frozenset() if known.bookings == old else frozenset({room})

    def keep_rooms(self, rooms: Collection[int]) -> None:
        """Forget all other rooms."""
        for room in self._rooms.keys() - set(rooms):
            self.forget(room)

    def forget(self, room: int) -> None:
        """Know nothing of a room any more: it has to be listed."""
        known = self._rooms.pop(room, None)
        for conference_id in known.bookings if known is not None else ():
            self._left(conference_id, room, gone=False)

    def _heard(self, conference_id: int) -> None:
        self._time += 1
        if self._readers:
            self._heard_at[conference_id] = self._time

    def overtaken(self, conference_id: int, asked_at: int | None) -> bool:
        """Whether a conference was heard of in another way since then."""
        return asked_at is not None and self._heard_at.get(conference_id, -1) > asked_at

    def _left(self, conference_id: int, room: int, *, gone: bool = True) -> None:
        """The conference does not take place in this room any more, for all we know."""
        places = self.places(conference_id) - {room}
        if places:
            self._places[conference_id] = places
            return
        self._drop(conference_id)
        if gone:
            self._bury(conference_id)

    def _keep(self, conference: Conference, places: frozenset[int]) -> None:
        self._drop(conference.id)
        if not places:
            self._bury(conference.id)
            return
        self._gone.pop(conference.id, None)
        self._places[conference.id] = places
        # What a rich answer holds besides is large, and asked again when it is needed.
        self._conferences[conference.id] = replace(
            conference, participants=None, zone_rules=(), raw=None
        )
        if (series := series_of(conference)) is not None:
            self._series.setdefault(series, set()).add(conference.id)

    def _drop(self, conference_id: int) -> None:
        self._places.pop(conference_id, None)
        self._partial.discard(conference_id)
        conference = self._conferences.pop(conference_id, None)
        if conference is not None and (series := series_of(conference)) is not None:
            self._series[series].discard(conference_id)
            if not self._series[series]:
                del self._series[series]

    def _bury(self, conference_id: int) -> None:
        self._gone[conference_id] = None
        if len(self._gone) > _GONE_KEPT:
            del self._gone[next(iter(self._gone))]

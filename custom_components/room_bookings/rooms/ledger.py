"""What was asked of the booking systems and is not settled yet.

A wish is written here, and to disk, before its request leaves. Whatever happens to
the answer, the connection or the process, the list of the room decides what became
of it, and no wish is sent a second time without having looked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Self

from .booking import Booking, BookingId, BookingRequest, RoomId
from .timetable import Timetable

# What was made here stays known after its end for as long as its events may still be told.
_KEPT_AFTER_END = timedelta(hours=1)


class Stage(StrEnum):
    """How far a wish has come."""

    SENT = "sent"
    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"


def _digest(title: str) -> str:
    """A title as it is kept on disk: good to compare with, not to read."""
    return sha256(title.strip().encode(errors="surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One wish for a booking (times in UTC).

    The list of `room_id` settles it; `others` are rooms that the same booking takes.
    `last_end` is when the last occurrence of a series is over, where it is one.
    """

    request_id: str
    room_id: RoomId
    start: datetime
    end: datetime
    title_digest: str
    stage: Stage = Stage.SENT
    booking_id: BookingId | None = None
    others: tuple[RoomId, ...] = ()
    last_end: datetime | None = None

    @classmethod
    def of(cls, rooms: Sequence[RoomId], request: BookingRequest) -> Self:
        """The wish as it is written down before the request leaves."""
        return cls(
            request_id=request.request_id,
            room_id=rooms[0],
            others=tuple(rooms[1:]),
            start=request.start,
            end=request.end,
            title_digest=_digest(request.title),
        )

    @property
    def over_at(self) -> datetime:
        """When nothing of it lies ahead any more."""
        return self.last_end or self.end

    def asked_for(self, booking: Booking) -> bool:
        """Whether this booking is the one that was wished for.

        By its id where the system repeats it, else by its time and title.
        """
        if self.request_id in (booking.id, booking.request_id):
            return True
        return (
            booking.request_id is None
            and (booking.start, booking.end) == (self.start, self.end)
            and _digest(booking.title) == self.title_digest
        )


@dataclass(frozen=True, slots=True)
class Found:
    """The list holds it."""

    booking: Booking


@dataclass(frozen=True, slots=True)
class Clash:
    """The list holds another booking in its place."""

    booking: Booking


@dataclass(frozen=True, slots=True)
class Missing:
    """The list holds nothing at that time."""


def verdict(entry: Entry, timetable: Timetable) -> Found | Clash | Missing:
    """What the list says about a wish."""
    if found := next((b for b in timetable if entry.asked_for(b)), None):
        return Found(found)
    if other := timetable.holding(entry.start, entry.end):
        return Clash(other)
    return Missing()


@dataclass(frozen=True)
class Ledger:
    """All wishes, by request id.

    There may be thousands, and every listing of a room asks for that room's.
    """

    entries: tuple[Entry, ...] = ()

    @cached_property
    def _by_room(self) -> Mapping[RoomId, Sequence[Entry]]:
        by_room: dict[RoomId, list[Entry]] = {}
        for entry in self.entries:
            for room_id in (entry.room_id, *entry.others):
                by_room.setdefault(room_id, []).append(entry)
        return by_room

    @cached_property
    def _first_end(self) -> datetime | None:
        return min((e.over_at for e in self.entries), default=None)

    def get(self, request_id: str) -> Entry:
        """The entry of a wish that was written down."""
        return next(e for e in self.entries if e.request_id == request_id)

    def with_entry(self, entry: Entry) -> Self:
        """The ledger with this entry written, or rewritten."""
        by_id = {e.request_id: e for e in self.entries} | {entry.request_id: entry}
        return type(self)(tuple(by_id.values()))

    def without(self, request_id: str) -> Self:
        """The ledger without this entry: it is known that nothing was booked."""
        return type(self)(tuple(e for e in self.entries if e.request_id != request_id))

    def confirmed(self, entry: Entry, booking_id: BookingId) -> Self:
        """The ledger after the system confirmed the wish as this booking."""
        return self.with_entry(
            replace(entry, stage=Stage.CONFIRMED, booking_id=booking_id)
        )

    def unconfirmed(self, entry: Entry) -> Self:
        """The ledger after all attempts to learn what became of the wish."""
        return self.with_entry(replace(entry, stage=Stage.UNCONFIRMED))

    def unsettled(self, room_id: RoomId) -> tuple[Entry, ...]:
        """The wishes for a room of which nobody knows yet what became of them."""
        return tuple(
            e
            for e in self._by_room.get(room_id, ())
            if e.stage is not Stage.CONFIRMED and e.room_id == room_id
        )

    def made(self, room_id: RoomId, booking: Booking) -> bool:
        """Whether the booking was made from here."""
        return any(
            e.booking_id == booking.id
            or e.request_id == booking.request_id
            or (e.stage is not Stage.CONFIRMED and e.asked_for(booking))
            for e in self._by_room.get(room_id, ())
        )

    def over(self, now: datetime) -> tuple[Entry, ...]:
        """What is over and done with."""
        since = now - _KEPT_AFTER_END
        if self._first_end is None or self._first_end > since:
            return ()
        return tuple(e for e in self.entries if e.over_at <= since)

    def pruned(self, now: datetime) -> Self:
        """The ledger without what is over and done with."""
        if not (over := set(self.over(now))):
            return self
        return type(self)(tuple(e for e in self.entries if e not in over))

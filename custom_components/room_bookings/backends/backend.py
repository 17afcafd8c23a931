"""A booking system as everybody else sees it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, Protocol

from ..rooms.booking import Booking, BookingId, BookingRequest, RoomId
from ..rooms.room import EndMethod, Room
from ..rooms.series import Scope
from .signals import Emit

NO_EXTRAS: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """In what booking systems differ for whoever uses them.

    `rooms_every` and `bookings_every` are how often a quiet system is asked for all of
    its rooms, and for a room's bookings, at most. `local_ids` tells that another server
    may have rooms of the same ids. `joins_rooms` tells that one booking may take several
    rooms, and `keeps_series` that the system has series of its own. `end_extras` are
    the further wishes that can be had when a meeting is ended, and `ends` is how it was
    ended where the answer to that was lost.
    """

    rooms_every: timedelta = timedelta(hours=1)
    bookings_every: timedelta = timedelta(minutes=31)
    local_ids: bool = False
    joins_rooms: bool = False
    keeps_series: bool = False
    end_extras: frozenset[str] = frozenset()
    ends: EndMethod = EndMethod.ENDED


class Backend(Protocol):
    """One connection to one booking system.

    Every method raises only `rooms.errors.RoomError`. A verb that raises
    `AnswerLostError` may have been carried out; after any other error it was not.
    """

    @property
    def traits(self) -> Traits:
        """What is particular about the system."""

    async def connect(self) -> None:
        """Prove the credentials and ask for signals; nothing is lost from here on."""

    async def listen(self, emit: Emit) -> None:
        """Hand over signals until cancelled, reconnecting by itself."""

    async def rooms(self) -> Sequence[Room]:
        """All rooms; a full listing, or an error."""

    async def bookings(
        self,
        room_id: RoomId,
        start: datetime,
        end: datetime,
        expected: Collection[BookingId] | None = (),
        *,
        urgent: bool = False,
    ) -> Sequence[Booking]:
        """The bookings of a room in [start, end), at least those that are not over.

        `expected` are bookings that must not be missing by an accident of the
        system's paging or day limits; None asks for the most thorough list there is.
        `urgent` is for a listing that a person waits for.
        """

    async def book(
        self, room_ids: Sequence[RoomId], request: BookingRequest
    ) -> Booking | None:
        """Ask for one booking; None where the confirmation comes by signal or listing.

        There are several rooms only where the system `joins_rooms`: all or none.
        """

    async def book_series(
        self, room_ids: Sequence[RoomId], request: BookingRequest, rule: str
    ) -> Sequence[Booking]:
        """Ask for a series where the system `keeps_series`; its occurrences, in order.

        `request` is about the first one; `rule` is an RFC 5545 recurrence rule, whose wall
        times are those of the room's own zone.
        """

    async def delete(
        self, room_id: RoomId, booking: Booking, scope: Scope = Scope.ONE
    ) -> None:
        """Ask for a booking to be deleted; the listing tells whether it was."""

    async def end_meeting(
        self,
        room_id: RoomId,
        booking: Booking,
        extras: Mapping[str, Any] = NO_EXTRAS,
    ) -> EndMethod:
        """Ask for a running booking to end now; the listing tells whether it did.

        `extras` are wishes that only some systems know, see `Traits.end_extras`.
        """

    async def change(
        self,
        room_id: RoomId,
        booking: Booking,
        wanted: Booking,
        scope: Scope = Scope.ONE,
    ) -> Booking | None:
        """Ask for a booking to take place as wanted; None where the listing tells whether it does.

        Only times and title may differ. Of a series, those that are meant move as far as
        this one does.
        """

    async def check_in(self, room_id: RoomId, booking: Booking) -> None:
        """Tell the system that somebody came; returns when it has taken it."""

    def check_request(self, room_id: RoomId, request: BookingRequest) -> None:
        """Raise what the system would refuse, without asking it."""

    def check_change(self, room_id: RoomId, booking: Booking, wanted: Booking) -> None:
        """Raise what the system would refuse of a change, without asking it."""

    async def close(self) -> None:
        """Let go of everything."""

"""A booking system as everybody else sees it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from ..rooms.booking import Booking, BookingId, BookingRequest, RoomId
from ..rooms.room import EndMethod, Room
from .signals import Emit


class Backend(Protocol):
    """One connection to one booking system.

    Every method raises only `rooms.errors.RoomError`. A verb that raises
    `AnswerLostError` may have been carried out; after any other error it was not.
    """

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

    async def book(self, room_id: RoomId, request: BookingRequest) -> Booking | None:
        """Ask for a booking; None where the confirmation comes by signal or listing."""

    async def delete(self, room_id: RoomId, booking: Booking) -> None:
        """Ask for a booking to be deleted; the listing tells whether it was."""

    async def end_meeting(self, room_id: RoomId, booking: Booking) -> EndMethod:
        """Ask for a running booking to end now; the listing tells whether it did."""

    async def change(self, room_id: RoomId, booking: Booking, wanted: Booking) -> None:
        """Ask for a booking to take place as wanted; the listing tells whether it does.

        Only times and title may differ.
        """

    async def check_in(self, room_id: RoomId, booking: Booking) -> None:
        """Tell the system that somebody came; returns when it has taken it."""

    def check_request(self, room_id: RoomId, request: BookingRequest) -> None:
        """Raise what the system would refuse, without asking it."""

    def check_change(self, room_id: RoomId, booking: Booking, wanted: Booking) -> None:
        """Raise what the system would refuse of a change, without asking it."""

    async def close(self) -> None:
        """Let go of everything."""

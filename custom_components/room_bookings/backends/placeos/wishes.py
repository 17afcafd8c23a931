"""What was asked to be booked, known again in the list although its times are not exactly as asked.

`book_now` begins at the server's own now (facts A2), and no event carries a request's id.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from ...rooms.booking import Booking, BookingId, BookingRequest

# The server's clock, and the time that a request takes.
_NEAR: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A request as it was sent (UTC), and what was in the room's list before."""

    request: BookingRequest
    sent_at: datetime
    known: frozenset[BookingId]

    def asked_for(self, booking: Booking) -> bool:
        """Whether this booking is what became of it (assumption `same_wish`)."""
        return (
            booking.id not in self.known
            and self._titles(booking)
            and self._met_by(booking)
        )

    def answered_by(self, booking: Booking) -> bool:
        """Whether this booking, the answer says, can be what became of it.

        Clocks may differ by more, and a system may write titles in its own way; not both.
        """
        return booking.id not in self.known and (
            self._titles(booking) or self._met_by(booking)
        )

    def _titles(self, booking: Booking) -> bool:
        return booking.title.strip() == self.request.title.strip()

    def _met_by(self, booking: Booking) -> bool:
        """Whether a booking is now, and until when it was asked for."""
        return (
            abs(booking.start - self.sent_at) <= _NEAR
            and abs(booking.end - self.request.end) <= _NEAR
        )


class Wishes:
    """The wishes of one room, for as long as their bookings are not over."""

    def __init__(self) -> None:
        """Nothing was asked."""
        self._open: list[Wish] = []
        self._fulfilled: dict[BookingId, BookingRequest] = {}
        self._unlisted: dict[BookingId, Booking] = {}

    def send(self, wish: Wish) -> None:
        """Something is asked from here on; the same wish may be sent again."""
        self.withdraw(wish.request.request_id)
        self._open.append(wish)

    def withdraw(self, request_id: str) -> None:
        """It was refused: what looks like it is somebody else's."""
        self._open = [w for w in self._open if w.request.request_id != request_id]

    def answered(self, wish: Wish, booking: Booking) -> Booking:
        """The answer says which booking it became; it counts although no list has it yet."""
        made = self._fulfil(wish, booking)
        self._unlisted[made.id] = made
        return made

    def unlist(self, booking_ids: Iterable[BookingId]) -> None:
        """From here on the list decides about these."""
        for booking_id in booking_ids:
            self._unlisted.pop(booking_id, None)

    def _fulfil(self, wish: Wish, booking: Booking) -> Booking:
        """It became this booking, which carries the request's id from here on."""
        self.withdraw(wish.request.request_id)
        self._fulfilled[booking.id] = wish.request
        return replace(booking, request_id=wish.request.request_id)

    def named(self, bookings: Iterable[Booking], now: datetime) -> list[Booking]:
        """The bookings, and what was made and is not listed yet.

        Those that were asked for here carry the request's id.
        """
        self._open = [w for w in self._open if w.request.end > now]
        self._fulfilled = {k: r for k, r in self._fulfilled.items() if r.end > now}
        self._unlisted = {k: b for k, b in self._unlisted.items() if b.end > now}
        return [*map(self._named, bookings), *self._unlisted.values()]

    def _named(self, booking: Booking) -> Booking:
        if (request := self._fulfilled.get(booking.id)) is not None:
            return replace(booking, request_id=request.request_id)
        for wish in self._open:
            if wish.asked_for(booking):
                return self._fulfil(wish, booking)
        return booking

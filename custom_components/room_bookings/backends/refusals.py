"""Verbs as systems without them have them."""

from collections.abc import Sequence
from typing import Never

from ..rooms.booking import Booking, BookingRequest, RoomId
from ..rooms.errors import NotSupportedError
from ..rooms.room import Verb
from ..rooms.series import Scope


class KeepsNoSeries:
    """A system that knows no series, or none that were made here."""

    async def book_series(
        self, room_ids: Sequence[RoomId], request: BookingRequest, rule: str
    ) -> Never:
        """Refuse."""
        raise NotSupportedError("a series")


class DeletesNothing:
    """A system in which a booking can be ended at most."""

    async def delete(
        self, room_id: RoomId, booking: Booking, scope: Scope = Scope.ONE
    ) -> Never:
        """Refuse."""
        raise NotSupportedError(Verb.DELETE)

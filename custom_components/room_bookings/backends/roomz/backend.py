"""Rooms whose bookings are kept by any system that serves the ROOMZ connector contract."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Never

from aiohttp import ClientSession

from ...rooms.booking import Booking, BookingId, BookingRequest, RoomId, whole_second
from ...rooms.errors import (
    AnswerLostError,
    AuthFailedError,
    ConflictError,
    NotFoundError,
    NotSupportedError,
    RejectedError,
    UnreachableError,
)
from ...rooms.room import EndMethod, Room, Verb
from ...rooms.series import Scope
from ..backend import NO_EXTRAS, Traits
from ..parsing import Json
from ..refusals import DeletesNothing, KeepsNoSeries
from ..signals import Emit
from .address import RoomzAddress
from .client import RoomzClient
from .polling import Poller
from .readings import Readings
from .wire import booking_body, is_cancelled, is_sendable, meeting, times_body

_POLL_EVERY: Final = timedelta(minutes=5)
# Rooms are polled here: whoever lists them again learns only what is known.
_TRAITS: Final = Traits(
    rooms_every=timedelta(hours=1),
    bookings_every=timedelta(hours=6),
    local_ids=True,
    ends=EndMethod.SHORTENED,
)
_A_SECOND: Final = timedelta(seconds=1)


class RoomzBackend(DeletesNothing, KeepsNoSeries):
    """A `Backend` before one server.

    `clock` gives the current time, aware, in UTC; `poll_every` is how often a quiet room
    is read.
    """

    def __init__(
        self,
        session: ClientSession,
        address: RoomzAddress,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        poll_every: timedelta = _POLL_EVERY,
    ) -> None:
        """Send nothing yet."""
        self._clock = clock
        self._client = RoomzClient(session, address)
        self._readings = Readings(self._client, clock, poll_every, self._on_change)
        self._poller = Poller(self._readings, clock)

    @property
    def traits(self) -> Traits:
        """Ids are only this server's, and it polls by itself."""
        return _TRAITS

    async def connect(self) -> None:
        """Prove the credentials."""
        await self._readings.prove()

    async def listen(self, emit: Emit) -> None:
        """Poll, and tell which rooms changed."""
        await self._poller.listen(emit)

    async def close(self) -> None:
        """Send nothing any more."""
        self._client.close()

    # Listing

    async def rooms(self) -> Sequence[Room]:
        """All rooms that the user may see."""
        with self._doubting():
            return await self._readings.rooms()

    async def bookings(
        self,
        room_id: RoomId,
        start: datetime,
        end: datetime,
        expected: Collection[BookingId] | None = (),
        *,
        urgent: bool = False,
    ) -> Sequence[Booking]:
        """The bookings of a room in [start, end), as they were last read unless urgent."""
        if not urgent and expected is not None:
            known = self._readings.good(room_id)
            if known is not None and known.covers(start, end):
                return known.between(start, end)
        with self._doubting(), self._missing():
            reading = await self._readings.read(room_id, start, end, urgent=urgent)
        self._poller.wake()
        return reading.between(start, end)

    def _on_change(self, room_id: RoomId) -> None:
        self._poller.tell_stale(room_id)

    # Verbs

    def check_request(self, room_id: RoomId, request: BookingRequest) -> None:
        """Raise what a POST cannot carry."""
        if request.private:
            raise NotSupportedError("private bookings")
        if request.organizer_name or request.organizer_email:
            raise NotSupportedError("an organizer")
        for extra in request.extras:
            raise NotSupportedError(extra)
        if not is_sendable(request.title):
            raise NotSupportedError("this title")

    def check_change(self, room_id: RoomId, booking: Booking, wanted: Booking) -> None:
        """Raise what a PUT cannot carry (assumption `put_times`)."""
        _check_single(booking)
        if booking.title != wanted.title:
            raise NotSupportedError("another title")

    async def book(
        self, room_ids: Sequence[RoomId], request: BookingRequest
    ) -> Booking | None:
        """Ask for a booking; what the server made of it, None where it does not tell."""
        room_id = room_ids[0]
        with self._writing(room_id), self._missing():
            made = await self._client.book(room_id, booking_body(request))
        return _as_wanted(made, request)

    async def change(
        self,
        room_id: RoomId,
        booking: Booking,
        wanted: Booking,
        scope: Scope = Scope.ONE,
    ) -> None:
        """Ask for other times."""
        self.check_change(room_id, booking, wanted)
        await self._put(room_id, booking, wanted.start, wanted.end)

    async def end_meeting(
        self,
        room_id: RoomId,
        booking: Booking,
        extras: Mapping[str, Any] = NO_EXTRAS,
    ) -> EndMethod:
        """Let a running meeting end now: it is shortened, as displays do (facts C2)."""
        _check_single(booking)
        now = whole_second(self._clock())
        # Nobody says what a meeting without length would be.
        await self._put(
            room_id, booking, booking.start, max(now, booking.start + _A_SECOND)
        )
        return EndMethod.SHORTENED

    async def check_in(self, room_id: RoomId, booking: Booking) -> Never:
        """The contract knows no check-in."""
        raise NotSupportedError(Verb.CHECK_IN)

    async def _put(
        self, room_id: RoomId, booking: Booking, start: datetime, end: datetime
    ) -> None:
        with self._writing(room_id):
            await self._client.change(room_id, booking.id, times_body(start, end))

    @contextmanager
    def _writing(self, room_id: RoomId) -> Iterator[None]:
        """What is known of the room is no longer so, unless nothing can have been done."""
        with self._doubting():
            try:
                yield
            except AnswerLostError, ConflictError, RejectedError:
                self._outdate(room_id)
                raise
        self._outdate(room_id)

    def _outdate(self, room_id: RoomId) -> None:
        self._readings.forget(room_id)
        self._poller.tell_stale(room_id)

    @contextmanager
    def _doubting(self) -> Iterator[None]:
        """Let the poller find out whether it is the server that does not answer."""
        try:
            yield
        except UnreachableError, AuthFailedError:
            self._poller.doubt()
            raise

    @contextmanager
    def _missing(self) -> Iterator[None]:
        """Let the rooms be listed where one of them is not there."""
        try:
            yield
        except NotFoundError:
            self._poller.tell_missing()
            raise


def _as_wanted(made: Json, request: BookingRequest) -> Booking | None:
    """The Meeting of an answer, if it is what was asked for; else the list decides."""
    booking = meeting(made)
    if (
        booking is None
        or is_cancelled(made)
        or (booking.start, booking.end) != (request.start, request.end)
        or booking.title != request.title
    ):
        return None
    return booking


def _check_single(booking: Booking) -> None:
    """Raise NotSupportedError for one of several of the same id (assumption `same_id`)."""
    if booking.series is not None:
        raise NotSupportedError("changes to a recurring booking")

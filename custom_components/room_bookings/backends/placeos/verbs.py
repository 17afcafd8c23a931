"""What can be done to a room's bookings, with care: the driver itself has little (facts A2)."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from ...rooms.booking import Booking, BookingId, BookingRequest, RoomId, whole_second
from ...rooms.errors import (
    AnswerLostError,
    ConflictError,
    InThePastError,
    NotFoundError,
    NotSupportedError,
    RejectedError,
    RoomError,
    UnreachableError,
)
from ...rooms.room import Verb
from ..parsing import Json
from .channel import Variable
from .known import BOOKINGS, Known, RoomMemory
from .line import Line
from .wire import epoch, event
from .wishes import Wish, Wishes

END_EXTRAS: Final = frozenset({"notify", "comment"})
# Clocks differ by so much and still mean now.
_NOW: Final = timedelta(seconds=5)
_A_SECOND: Final = timedelta(seconds=1)
# How long the module takes to tell that it took a check-in, in seconds.
_TAKEN_WITHIN: Final = 2.0
_TRIES: Final = 2
_CHECKED_IN: Final = "last_booking_started"


class Bookkeeper:
    """Acts on rooms over one line."""

    def __init__(self, line: Line, clock: Callable[[], datetime]) -> None:
        """Nothing was asked yet."""
        self._line = line
        self._clock = clock
        self._wishes: dict[RoomId, Wishes] = {}

    def forget(self, room_id: RoomId) -> None:
        """There is no such room any more."""
        self._wishes.pop(room_id, None)

    def listed(self, room_id: RoomId, memory: RoomMemory) -> list[Booking]:
        """The bookings as they are known; those made here carry their request's id."""
        bookings = memory.known.bookings
        if (wishes := self._wishes.get(room_id)) is None:
            return bookings
        return wishes.named(bookings, self._clock())

    def unlist(self, room_id: RoomId, booking_ids: Iterable[BookingId]) -> None:
        """Whatever was made here, from now on the room's list decides about these."""
        if (wishes := self._wishes.get(room_id)) is not None:
            wishes.unlist(booking_ids)

    async def look(self, room_id: RoomId, memory: RoomMemory) -> None:
        """Have the driver ask its calendar, and hear what it says then.

        Without a change there would be no word: the value is asked for. Raises RoomError;
        whatever it is, nothing was done.
        """
        try:
            async with memory.lock:
                await self._line.channel.execute(Variable(room_id, "poll_events"))
                await self._renew_bookings(room_id, memory)
        except AnswerLostError as error:
            raise UnreachableError(str(error)) from error
        if not memory.heard:
            raise UnreachableError("the room's module says nothing")

    async def _renew_bookings(self, room_id: RoomId, memory: RoomMemory) -> None:
        try:
            await self._line.channel.renew(Variable(room_id, BOOKINGS))
        except RoomError, asyncio.CancelledError:
            # Nobody tells its changes any more: it has to be bound again.
            memory.heard = False
            raise

    # Book

    def check_request(self, memory: RoomMemory, request: BookingRequest) -> None:
        """Raise what `book_now` cannot carry, or the room does not allow."""
        if request.private:
            raise NotSupportedError("private bookings")
        if request.organizer_name:
            raise NotSupportedError("an organizer by name")
        for extra in request.extras:
            raise NotSupportedError(extra)
        if not _is_sendable(request.title + request.organizer_email):
            raise NotSupportedError("this title")
        if request.start > self._clock() + _NOW:
            raise NotSupportedError("a booking for later")
        if memory.known.bookable is False:
            raise NotSupportedError("bookable = false")
        if memory.known.disable_book_now:
            raise NotSupportedError("disable_book_now = true")

    async def book(
        self, room_id: RoomId, memory: RoomMemory, request: BookingRequest
    ) -> Booking | None:
        """Book from now on; None where the answer does not tell.

        The driver books over meetings to which nobody checked in, and the oldest over any
        (facts A2): the list is read before.
        """
        self.check_request(memory, request)
        await self.look(room_id, memory)
        listed = self.listed(room_id, memory)
        if made := next(
            (b for b in listed if b.request_id == request.request_id), None
        ):
            return made
        now = self._clock()
        if (other := _holding(listed, now, request.end)) is not None:
            raise ConflictError(other.start, other.end)
        wish = Wish(request=request, sent_at=now, known=frozenset(b.id for b in listed))
        seconds = _period(listed, now, request.end)
        wishes = self._wishes.setdefault(room_id, Wishes())
        wishes.send(wish)
        try:
            with memory.acting():
                answer = await self._line.channel.execute(
                    Variable(room_id, "book_now"),
                    seconds,
                    request.title or None,
                    request.organizer_email or None,
                    hidden=(request.title, request.organizer_email),
                )
        except ConflictError:
            wishes.withdraw(request.request_id)
            other = await self._in_the_way(room_id, memory, now, request.end)
            if other is None:
                raise
            raise ConflictError(other.start, other.end) from None
        made = _made(wishes, wish, answer, memory.known)
        wishes.unlist(e.booking.id for e in memory.known.events)
        return made

    async def _in_the_way(
        self, room_id: RoomId, memory: RoomMemory, now: datetime, end: datetime
    ) -> Booking | None:
        """What the driver may mean: what is there by now, else what comes next (facts A2)."""
        try:
            await self.look(room_id, memory)
        except RoomError:
            return None
        listed = self.listed(room_id, memory)
        following = (b for b in listed if b.holds and b.end > now)
        return _holding(listed, now, end) or next(following, None)

    # End

    async def end(
        self,
        room_id: RoomId,
        memory: RoomMemory,
        booking: Booking,
        extras: Mapping[str, Any],
    ) -> None:
        """Have the room decline a meeting, which the driver knows by its start alone."""
        for unknown in extras.keys() - END_EXTRAS:
            raise NotSupportedError(unknown)
        comment = extras.get("comment")
        if comment is not None and not _is_sendable(comment):
            raise NotSupportedError("this comment")
        if memory.known.first_at(booking.start) is None:
            # The driver may not have seen it yet.
            await self.look(room_id, memory)
        if (meant := memory.known.first_at(booking.start)) is None:
            raise NotFoundError("no such meeting")
        if meant.id != booking.id:
            raise NotSupportedError("ending one of two meetings of the same start")
        self.unlist(room_id, [booking.id])
        with memory.acting():
            await self._line.channel.execute(
                Variable(room_id, "end_meeting"),
                epoch(booking.start),
                *_end_arguments(extras.get("notify"), comment),
                hidden=(booking.title, comment or ""),
            )

    # Check in

    async def check_in(
        self, room_id: RoomId, memory: RoomMemory, booking: Booking
    ) -> None:
        """Tell the driver that somebody came; returns when it has taken it.

        The function names no meeting. Said once too often it would take back an early
        check-in to the next one: nothing is said twice without a look.
        """
        known = memory.known
        if known.rules is None:
            raise NotSupportedError(Verb.CHECK_IN)

        def taken() -> bool:
            return booking.start <= memory.known.last_booking_started

        for _ in range(_TRIES):
            if taken():
                return
            awaited = memory.known.awaited(self._clock())
            if awaited is None or awaited.id != booking.id:
                raise NotSupportedError("checking in to what does not wait for it")
            await self._line.channel.execute(Variable(room_id, "checkin"))
            if await memory.until(taken, _TAKEN_WITHIN):
                return
            # Before the first check-in there may be no such value.
            with suppress(UnreachableError):
                async with memory.lock:
                    await self._line.channel.renew(Variable(room_id, _CHECKED_IN))
        if not taken():
            raise RejectedError("the room did not take the check-in")


def _holding(
    bookings: Sequence[Booking], start: datetime, end: datetime
) -> Booking | None:
    """The first booking that takes part of [start, end)."""
    return next((b for b in bookings if b.holds and b.overlaps(start, end)), None)


def _period(bookings: Sequence[Booking], now: datetime, end: datetime) -> int:
    """How many seconds from now until the end that was asked for.

    The server may be a second ahead; where the next meeting begins just then, that second
    is left out.
    """
    seconds = int((end - whole_second(now)) / _A_SECOND)
    if _holding(bookings, end, end + 2 * _A_SECOND) is not None:
        seconds -= 1
    if seconds <= 0:
        raise InThePastError
    return seconds


def _made(wishes: Wishes, wish: Wish, answer: Json, known: Known) -> Booking | None:
    """The event of an answer, if it is what was asked for; else the list decides."""
    made = event(answer)
    if made is None or made.called_off or not wish.answered_by(made.booking):
        return None
    # Who books on the spot is there (facts A2).
    checked_in = True if known.rules is not None else None
    return wishes.answered(wish, replace(made.booking, checked_in=checked_in))


def _end_arguments(notify: bool | None, comment: str | None) -> tuple[Json, ...]:
    """What follows the start; what nobody asked for is left to the driver's own defaults.

    A comment comes after `notify`, and there is nobody to read it but those notified.
    """
    if comment is not None:
        return (True if notify is None else notify, comment)
    return () if notify is None else (notify,)


def _is_sendable(text: str) -> bool:
    """Whether the text is whole: a frame with half a character would be dropped."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True

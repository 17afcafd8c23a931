"""What people do to bookings: one at a time per room, and never reported before it is true."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from homeassistant.util import dt as dt_util

from .backends.backend import Backend
from .backends.signals import BookingCheckedIn
from .confirming import changed, gone, told_twice
from .const import FURTHEST
from .keeper import RoomKeeper
from .rooms.booking import Booking, BookingId, BookingRequest, whole_second
from .rooms.errors import (
    AuthFailedError,
    ConflictError,
    EndsBeforeStartError,
    InThePastError,
    NoMeetingError,
    NotFoundError,
    NotSupportedError,
    PermissionDeniedError,
    RejectedError,
    RoomError,
    UnconfirmedError,
    UnknownBookingError,
)
from .rooms.ledger import Found
from .rooms.room import EndMethod, Verb
from .rooms.series import Scope, Slot, occurrences
from .wishes import Wishes

# A start may lie so far back and still mean now: forms know minutes only.
_NOW_TOLERANCE: Final = timedelta(minutes=1)

DEFAULT_TITLE: Final = "Meeting"


class Verbs:
    """The verbs of one hub."""

    def __init__(self, backend: Backend, wishes: Wishes) -> None:
        """Act on the rooms of one entry."""
        self._backend = backend
        self._wishes = wishes

    # Book

    async def book(
        self,
        *keepers: RoomKeeper,
        start: datetime | None,
        end: datetime | None,
        duration: timedelta,
        title: str = "",
        organizer_name: str = "",
        organizer_email: str = "",
        private: bool = False,
        extras: Mapping[str, Any] | None = None,
    ) -> Booking:
        """Book rooms, several only where one booking may take them; return it as confirmed.

        Without a `start` the booking begins now; without an `end` it takes `duration`.
        """
        async with _locked(keepers):
            begin, finish = _times(dt_util.utcnow(), start, end, duration)
            request = BookingRequest(
                request_id=str(uuid4()),
                title=title or DEFAULT_TITLE,
                start=begin,
                end=finish,
                organizer_name=organizer_name,
                organizer_email=organizer_email,
                private=private,
                extras=extras or {},
            )
            for keeper in keepers:
                with _about(keeper):
                    _able(keeper, Verb.BOOK)
                    self._backend.check_request(keeper.room.id, request)
                    await self._free(keeper, begin, finish)
            rooms = [keeper.room.id for keeper in keepers]

            async def ask() -> Found | None:
                booking = await self._backend.book(rooms, request)
                return Found(booking) if booking is not None else None

            return await self._wishes.fulfilled(keepers, request, ask)

    async def _free(
        self, keeper: RoomKeeper, begin: datetime, finish: datetime
    ) -> None:
        """Raise ConflictError if the room is known to be taken."""
        await self._ready(keeper)
        taken = keeper.timetable.holding(begin, finish) is not None
        if taken or finish > keeper.horizon:
            # What is known may be old, and does not reach for ever.
            listing = await keeper.listed(until=finish)
            if (other := listing.holding(begin, finish)) is not None:
                raise ConflictError(other.start, other.end)

    async def book_series(
        self,
        keeper: RoomKeeper,
        *,
        rule: str,
        start: datetime,
        end: datetime,
        title: str = "",
    ) -> Sequence[Booking]:
        """Book a room several times, by an RFC 5545 rule and the first time; all or none."""
        _able(keeper, Verb.BOOK)
        if self._backend.traits.keeps_series:
            return await self._kept_series(keeper, rule, start, end, title)
        return await self._separate_series(keeper, occurrences(rule, start, end), title)

    async def _kept_series(
        self,
        keeper: RoomKeeper,
        rule: str,
        start: datetime,
        end: datetime,
        title: str,
    ) -> Sequence[Booking]:
        """One series of the system's own."""
        async with keeper.lock:
            begin, finish = _times(dt_util.utcnow(), start, end, end - start)
            request = BookingRequest(
                request_id=str(uuid4()),
                title=title or DEFAULT_TITLE,
                start=begin,
                end=finish,
            )
            self._backend.check_request(keeper.room.id, request)
            await self._ready(keeper)
            made: Sequence[Booking] = ()

            async def ask() -> Found | None:
                nonlocal made
                made = await self._backend.book_series([keeper.room.id], request, rule)
                return Found(made[0])

            first = await self._wishes.fulfilled([keeper], request, ask)
            if not made:
                # The answer was lost, and the list told.
                made = keeper.timetable.of_series(first, Scope.ALL)
            keeper.confirm(made)
            await self._wishes.last_until(
                request.request_id, max(booking.end for booking in made)
            )
            return made

    async def _separate_series(
        self, keeper: RoomKeeper, slots: Sequence[Slot], title: str
    ) -> Sequence[Booking]:
        """Separate bookings, where they can be deleted.

        What was booked before something went wrong is deleted again. Raises
        UnconfirmedError if that cannot be done either: somebody has to look.
        """
        if Verb.DELETE not in keeper.room.verbs:
            raise NotSupportedError("a series")
        listing = await keeper.listed(until=max(end for _, end in slots))
        for start, end in slots:
            if (other := listing.holding(start, end)) is not None:
                raise ConflictError(other.start, other.end)
        made: list[Booking] = []
        try:
            for start, end in slots:
                made.append(
                    await self.book(
                        keeper, start=start, end=end, duration=end - start, title=title
                    )
                )
        except RoomError:
            for booking in made:
                try:
                    await self.delete(keeper, booking.id)
                except UnknownBookingError:
                    continue
                except RoomError as error:
                    raise UnconfirmedError from error
            raise
        return made

    # Delete and end

    async def delete(
        self, keeper: RoomKeeper, booking_id: BookingId, scope: Scope = Scope.ONE
    ) -> Booking:
        """Delete a booking that is not over; return it as it was."""
        _able(keeper, Verb.DELETE)
        async with keeper.lock:
            booking = await self._known(keeper, booking_id)
            meant = keeper.timetable.of_series(booking, scope)

            async def ask() -> None:
                await self._backend.delete(keeper.room.id, booking, scope)

            try:
                with _touching(keeper, meant):
                    await gone(keeper, meant, ask)
            except NotFoundError as error:
                raise UnknownBookingError from error
            return booking

    async def end_meeting(
        self,
        keeper: RoomKeeper,
        extras: Mapping[str, Any] | None = None,
        booking_id: BookingId | None = None,
    ) -> tuple[Booking, datetime, EndMethod]:
        """End the running meeting: which it was, when it ended (UTC), and how.

        Where `booking_id` names it, no other one that has begun meanwhile.
        """
        _able(keeper, Verb.END_MEETING)
        extras = extras or {}
        for unknown in sorted(extras.keys() - self._backend.traits.end_extras):
            raise NotSupportedError(unknown)
        async with keeper.lock:
            booking = await self._running(keeper)
            if booking_id not in (None, booking.id):
                raise NoMeetingError
            method = await self._ended(keeper, booking, extras)
            return booking, whole_second(dt_util.utcnow()), method

    async def _ended(
        self, keeper: RoomKeeper, booking: Booking, extras: Mapping[str, Any]
    ) -> EndMethod:
        """End a running booking: how."""
        method = self._backend.traits.ends

        async def end() -> None:
            nonlocal method
            method = await self._backend.end_meeting(keeper.room.id, booking, extras)

        try:
            with _touching(keeper, [booking]):
                await gone(keeper, [booking], end)
        except NotFoundError as error:
            raise NoMeetingError from error
        return method

    async def release(
        self,
        keeper: RoomKeeper,
        booking_id: BookingId,
        nobody_came: Callable[[], bool],
        *,
        dry_run: bool,
    ) -> None:
        """Give back a room to which nobody came, or only tell so.

        Others act on the room too: it is listed anew, and `nobody_came` has the last word.
        """
        if not dry_run:
            _able(keeper, Verb.END_MEETING)
        async with keeper.lock:
            await keeper.listed()
            booking = keeper.timetable.get(booking_id)
            if booking is None or not nobody_came():
                return
            if dry_run:
                keeper.notice(booking)
                return
            with keeper.releasing(booking_id):
                await self._ended(keeper, booking, {})

    # Change and check in

    async def extend(self, keeper: RoomKeeper, duration: timedelta) -> Booking:
        """Let the running meeting end later; return it as the system confirmed it."""
        _able(keeper, Verb.EXTEND)
        async with keeper.lock:
            booking = await self._running(keeper)
            longer = replace(booking, end=booking.end + duration)
            with _touching(keeper, [booking]):
                return await self._changed(keeper, booking, longer)

    async def reschedule(
        self,
        keeper: RoomKeeper,
        booking_id: BookingId,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        title: str | None = None,
        scope: Scope = Scope.ONE,
    ) -> Booking:
        """Change a booking that is not over; return it as the system confirmed it.

        A new `start` alone keeps the duration.
        """
        _able(keeper, Verb.RESCHEDULE)
        async with keeper.lock:
            booking = await self._known(keeper, booking_id)
            begin = booking.start if start is None else whole_second(start)
            finish = begin + (booking.end - booking.start)
            if end is not None:
                finish = whole_second(end)
            elif start is None:
                finish = booking.end
            if finish <= begin:
                raise EndsBeforeStartError
            now = dt_util.utcnow()
            if finish <= now or (
                begin != booking.start and begin < now - _NOW_TOLERANCE
            ):
                raise InThePastError
            wanted = replace(
                booking,
                start=begin,
                end=finish,
                title=booking.title if title is None else title,
            )
            if wanted == booking:
                return booking
            meant = keeper.timetable.of_series(booking, scope)
            with _touching(keeper, meant):
                return await self._changed(keeper, booking, wanted, scope)

    async def check_in(
        self, keeper: RoomKeeper, booking_id: BookingId | None = None
    ) -> Booking:
        """Say that somebody came, to the booking that waits for it or to the running one.

        The system is told where it has a check-in of its own. It is remembered here where it
        has none, or does not want to hear of it, and people want one.
        """
        kept_here = keeper.room.check_in is None and keeper.rules is not None
        tells = Verb.CHECK_IN in keeper.room.verbs
        if not kept_here:
            _able(keeper, Verb.CHECK_IN)
        async with keeper.lock:
            if booking_id is not None:
                booking = await self._known(keeper, booking_id)
            else:
                await self._ready(keeper)
                state = keeper.view.state_at(dt_util.utcnow())
                meant = state.awaiting or state.current
                found = keeper.timetable.get(meant.id) if meant is not None else None
                if found is None:
                    raise NoMeetingError
                booking = found
            with _touching(keeper, [booking]):
                if tells:
                    await self._tell_of_check_in(keeper, booking, kept_here)
                keeper.hear(BookingCheckedIn(keeper.room.id, booking.id))
            return booking

    async def _tell_of_check_in(
        self, keeper: RoomKeeper, booking: Booking, kept_here: bool
    ) -> None:
        try:
            await told_twice(lambda: self._backend.check_in(keeper.room.id, booking))
        except AuthFailedError:
            raise
        except NotSupportedError, PermissionDeniedError, RejectedError:
            if not kept_here:
                raise

    async def _known(self, keeper: RoomKeeper, booking_id: BookingId) -> Booking:
        """A booking that is not over, as far ahead as anybody names one."""
        await self._ready(keeper)
        booking = keeper.timetable.get(booking_id)
        if booking is None:
            # It may be new, or further ahead than the room is held.
            furthest = dt_util.utcnow() + FURTHEST
            booking = (await keeper.listed(until=furthest)).get(booking_id)
        if booking is None:
            raise UnknownBookingError
        if booking.end <= dt_util.utcnow():
            raise InThePastError
        return booking

    async def _running(self, keeper: RoomKeeper) -> Booking:
        await self._ready(keeper)
        current = keeper.view.state_at(dt_util.utcnow()).current
        booking = keeper.timetable.get(current.id) if current is not None else None
        if booking is None:
            raise NoMeetingError
        return booking

    async def _changed(
        self,
        keeper: RoomKeeper,
        booking: Booking,
        wanted: Booking,
        scope: Scope = Scope.ONE,
    ) -> Booking:
        self._backend.check_change(keeper.room.id, booking, wanted)
        meant = [b.id for b in keeper.timetable.of_series(booking, scope)]

        async def ask() -> Booking | None:
            return await self._backend.change(keeper.room.id, booking, wanted, scope)

        return await changed(keeper, booking, wanted, meant, ask)

    async def _ready(self, keeper: RoomKeeper) -> None:
        """No verb before the room was listed and its old wishes are settled.

        Nor while it cannot be listed: what could not be verified is not sent.
        """
        if keeper.last_sync is None or keeper.failing:
            await keeper.listed()


@asynccontextmanager
async def _locked(keepers: Sequence[RoomKeeper]) -> AsyncIterator[None]:
    """Let nobody else act on these rooms; always in the same order, so that all get there."""
    async with AsyncExitStack() as stack:
        for keeper in sorted(keepers, key=lambda keeper: keeper.room.id):
            await stack.enter_async_context(keeper.lock)
        yield


@contextmanager
def _about(keeper: RoomKeeper) -> Iterator[None]:
    """What goes wrong here is about this room, of several."""
    try:
        yield
    except RoomError as error:
        error.room = keeper.room.name
        raise


@contextmanager
def _touching(keeper: RoomKeeper, bookings: Sequence[Booking]) -> Iterator[None]:
    """What happens to these bookings is ours, unless it fails."""
    touched = {booking.id for booking in bookings}
    keeper.touched |= touched
    try:
        yield
    except RoomError, asyncio.CancelledError:
        keeper.touched -= touched
        raise


def _able(keeper: RoomKeeper, verb: Verb) -> None:
    if verb not in keeper.room.verbs:
        raise NotSupportedError(verb)


def _times(
    now: datetime, start: datetime | None, end: datetime | None, duration: timedelta
) -> tuple[datetime, datetime]:
    """The times meant, in UTC and whole seconds."""
    begin = whole_second(start or now)
    finish = whole_second(end) if end is not None else begin + duration
    if start is None and end is not None and finish > begin:
        # Wires count in minutes: a booking from now until then has begun a moment ago.
        minutes = -((begin - finish) // timedelta(minutes=1))
        begin = finish - timedelta(minutes=minutes)
    if finish <= begin:
        raise EndsBeforeStartError
    if finish <= now or begin < now - _NOW_TOLERANCE:
        raise InThePastError
    return begin, finish

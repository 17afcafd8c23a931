"""What people do to bookings: one at a time per room, and never reported before it is true."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from . import issues
from .backends.backend import Backend
from .backends.backoff import Backoff
from .backends.signals import BookingAdded, BookingRemoved, RoomSignal, RoomStale
from .keeper import Overheard, RoomKeeper
from .rooms.booking import Booking, BookingId, BookingRequest, whole_second
from .rooms.errors import (
    AnswerLostError,
    BusyTryLaterError,
    ConflictError,
    EndsBeforeStartError,
    InThePastError,
    NoMeetingError,
    NotFoundError,
    NotSupportedError,
    RejectedError,
    RoomError,
    UnconfirmedError,
    UnknownBookingError,
)
from .rooms.ledger import Clash, Entry, Found, Ledger, verdict
from .rooms.room import EndMethod, Verb
from .rooms.series import Slot
from .storage import HubStore

# A start may lie so far back and still mean now: forms know minutes only.
_NOW_TOLERANCE: Final = timedelta(minutes=1)
# A longer `Retry-After` is the caller's to wait for, in seconds.
_WAITED_FOR: Final = 30.0
# How long to listen for a confirmation before each look at the list, in seconds: after an
# answer, and when the answer was lost.
_AFTER_ANSWER: Final = (2.0, 8.0)
_AFTER_SILENCE: Final = (0.0, 2.0)
_ATTEMPTS: Final = 2

DEFAULT_TITLE: Final = "Meeting"


class Verbs:
    """The verbs of one hub."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, backend: Backend, store: HubStore
    ) -> None:
        """Act on the rooms of one entry."""
        self._hass = hass
        self._entry = entry
        self._backend = backend
        self._store = store
        self._in_flight: set[str] = set()

    # Book

    async def book(
        self,
        keeper: RoomKeeper,
        *,
        start: datetime | None,
        end: datetime | None,
        duration: timedelta,
        title: str = "",
        organizer_name: str = "",
        organizer_email: str = "",
        private: bool = False,
    ) -> Booking:
        """Book a room; return the booking that the system confirmed.

        Without a `start` the booking begins now; without an `end` it takes `duration`.
        """
        _able(keeper, Verb.BOOK)
        async with keeper.lock:
            begin, finish = _times(dt_util.utcnow(), start, end, duration)
            request = BookingRequest(
                request_id=str(uuid4()),
                title=title or DEFAULT_TITLE,
                start=begin,
                end=finish,
                organizer_name=organizer_name,
                organizer_email=organizer_email,
                private=private,
            )
            self._backend.check_request(keeper.room.id, request)
            await self._ready(keeper)
            if keeper.timetable.holding(begin, finish) is not None:
                # What is known may be old: somebody may have given the room back.
                if (
                    other := (await keeper.listed()).holding(begin, finish)
                ) is not None:
                    raise ConflictError(other.start, other.end)
            wish = Entry.of(keeper.room.id, request)
            await self._store.write_ledger(self._ledger.with_entry(wish))
            self._in_flight.add(wish.request_id)
            try:
                booking = await self._booked(keeper, request, wish)
            finally:
                self._in_flight.discard(wish.request_id)
            await self._store.write_ledger(self._ledger.confirmed(wish, booking.id))
            return booking

    async def book_series(
        self, keeper: RoomKeeper, slots: Sequence[Slot], title: str
    ) -> list[Booking]:
        """Book a room several times, all or none.

        What was booked before something went wrong is deleted again. Raises
        UnconfirmedError if that cannot be done either: somebody has to look.
        """
        for start, end in slots:
            if (other := keeper.timetable.holding(start, end)) is not None:
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

    async def _booked(
        self, keeper: RoomKeeper, request: BookingRequest, wish: Entry
    ) -> Booking:
        """Send a wish until the system has confirmed it, at most twice."""
        unsure = False
        for _ in range(_ATTEMPTS):
            refused: RoomError | None = None
            with keeper.overhear() as overheard:
                delays: tuple[float, ...] = _AFTER_ANSWER
                try:
                    booking = await _patiently(
                        lambda: self._backend.book(keeper.room.id, request)
                    )
                    if booking is not None:
                        keeper.confirm(booking)
                        return booking
                except AnswerLostError:
                    unsure = True
                    delays = _AFTER_SILENCE
                except RejectedError as error:
                    refused = error
                    delays = (0.0,)
                except RoomError:
                    if not unsure:
                        await self._store.write_ledger(
                            self._ledger.without(wish.request_id)
                        )
                        raise
                    break
                found = await self._looked(keeper, request, wish, overheard, delays)
            if isinstance(found, Booking):
                return found
            if isinstance(found, Clash):
                await self._store.write_ledger(self._ledger.without(wish.request_id))
                raise ConflictError(found.booking.start, found.booking.end)
            if refused is not None and not unsure:
                await self._store.write_ledger(self._ledger.without(wish.request_id))
                raise refused
            unsure = True
        await self._store.write_ledger(self._ledger.unconfirmed(wish))
        if not self._store.closed:
            issues.report_unconfirmed(self._hass, self._entry, wish, keeper.room.name)
        raise UnconfirmedError

    async def _looked(
        self,
        keeper: RoomKeeper,
        request: BookingRequest,
        wish: Entry,
        overheard: Overheard,
        delays: tuple[float, ...],
    ) -> Booking | Clash | None:
        """What became of a wish: by its confirmation, or by the list after each delay."""

        def word(signal: RoomSignal) -> Booking | RoomStale | None:
            match signal:
                case BookingAdded(booking=booking) if wish.request_id in (
                    booking.id,
                    booking.request_id,
                ):
                    return booking
                case BookingRemoved(booking_id=booking_id) if (
                    booking_id == wish.request_id
                ):
                    return RoomStale(keeper.room.id)
                case RoomStale():
                    return signal
            return None

        for delay in delays:
            heard = await overheard.first(word, delay)
            if isinstance(heard, Booking):
                # Of one's own booking one knows what a confirmation leaves out.
                booking = replace(
                    heard, title=heard.title or request.title, private=request.private
                )
                keeper.confirm(booking)
                return booking
            try:
                timetable = await keeper.listed()
            except RoomError:
                continue
            match verdict(wish, timetable):
                case Found(booking):
                    return booking
                case Clash() as clash:
                    return clash
        return None

    # Delete and end

    async def delete(self, keeper: RoomKeeper, booking_id: BookingId) -> Booking:
        """Delete a booking that is not over; return it as it was."""
        _able(keeper, Verb.DELETE)
        async with keeper.lock:
            await self._ready(keeper)
            booking = keeper.timetable.get(booking_id)
            if (
                booking is None
                and (booking := (await keeper.listed()).get(booking_id)) is None
            ):
                raise UnknownBookingError
            if booking.end <= dt_util.utcnow():
                raise InThePastError

            async def ask() -> None:
                await self._backend.delete(keeper.room.id, booking)

            try:
                await self._gone(keeper, booking, ask)
            except NotFoundError as error:
                raise UnknownBookingError from error
            return booking

    async def end_meeting(
        self, keeper: RoomKeeper
    ) -> tuple[Booking, datetime, EndMethod]:
        """End the running meeting: which it was, when it ended (UTC), and how."""
        _able(keeper, Verb.END_MEETING)
        async with keeper.lock:
            await self._ready(keeper)
            current = keeper.view.state.current
            booking = keeper.timetable.get(current.id) if current is not None else None
            if booking is None:
                raise NoMeetingError
            method = EndMethod.ENDED

            async def end() -> None:
                nonlocal method
                method = await self._backend.end_meeting(keeper.room.id, booking)

            try:
                await self._gone(keeper, booking, end)
            except NotFoundError as error:
                raise NoMeetingError from error
            return booking, whole_second(dt_util.utcnow()), method

    async def _gone(
        self, keeper: RoomKeeper, booking: Booking, ask: Callable[[], Awaitable[None]]
    ) -> None:
        """Ask until the system no longer holds the room for this booking, at most twice."""

        def word(signal: RoomSignal) -> bool | None:
            match signal:
                case BookingRemoved(booking_id=booking_id) if booking_id == booking.id:
                    return True
                case RoomStale():
                    return False
            return None

        keeper.touched.add(booking.id)
        asked = False
        for _ in range(_ATTEMPTS):
            refused: RejectedError | None = None
            with keeper.overhear() as overheard:
                delays: tuple[float, ...] = _AFTER_ANSWER
                try:
                    await _patiently(ask)
                    asked = True
                except AnswerLostError:
                    asked = True
                    delays = _AFTER_SILENCE
                except RejectedError as error:
                    refused = error
                    delays = (0.0,)
                except RoomError:
                    keeper.touched.discard(booking.id)
                    raise
                for delay in delays:
                    if await overheard.first(word, delay):
                        return
                    try:
                        timetable = await keeper.listed()
                    except RoomError:
                        continue
                    if not self._holds(timetable.get(booking.id)):
                        if refused is not None and not asked:
                            keeper.touched.discard(booking.id)
                            raise NotFoundError(refused.words)
                        return
            if refused is not None:
                keeper.touched.discard(booking.id)
                raise RejectedError(refused.words)
        keeper.touched.discard(booking.id)
        raise UnconfirmedError

    @staticmethod
    def _holds(booking: Booking | None) -> bool:
        return booking is not None and booking.holds and booking.end > dt_util.utcnow()

    # What nobody knew

    @property
    def _ledger(self) -> Ledger:
        return self._store.ledger

    async def _ready(self, keeper: RoomKeeper) -> None:
        """No verb before the room was listed and its old wishes are settled."""
        if keeper.last_sync is None:
            await keeper.listed()

    def settle(self, keeper: RoomKeeper) -> None:
        """Let a listing decide what became of wishes that nobody waits for any more."""
        now = dt_util.utcnow()
        ledger = self._ledger.pruned(now)
        for gone in set(self._ledger.entries) - set(ledger.entries):
            issues.clear_unconfirmed(self._hass, gone)
        for wish in ledger.unsettled(keeper.room.id):
            if wish.request_id in self._in_flight:
                continue
            match verdict(wish, keeper.listing):
                case Found(booking):
                    ledger = ledger.confirmed(wish, booking.id)
                    issues.clear_unconfirmed(self._hass, wish)
                case _:
                    ledger = ledger.unconfirmed(wish)
                    issues.report_unconfirmed(
                        self._hass, self._entry, wish, keeper.room.name
                    )
        if ledger != self._ledger:
            self._store.ledger = ledger
            self._store.save_soon()

    def forget(self, request_id: str) -> None:
        """Somebody looked after a wish himself."""
        self._store.ledger = self._ledger.without(request_id)
        self._store.save_soon()


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


async def _patiently[T](ask: Callable[[], Awaitable[T]]) -> T:
    """Ask, and ask once more if the system wants a little patience."""
    try:
        return await ask()
    except BusyTryLaterError as busy:
        wait = Backoff().wait(busy)
        if busy.retry_after is not None and busy.retry_after > _WAITED_FOR:
            raise
        await asyncio.sleep(wait)
    return await ask()

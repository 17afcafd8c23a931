"""What people do to bookings: one at a time per room, and never reported before it is true."""

import asyncio
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from . import issues
from .asking import asked, patiently
from .backends.backend import Backend
from .backends.signals import (
    BookingAdded,
    BookingCheckedIn,
    BookingMoved,
    BookingRemoved,
    RoomSignal,
)
from .keeper import RoomKeeper
from .rooms.booking import Booking, BookingId, BookingRequest, whole_second
from .rooms.errors import (
    AnswerLostError,
    ConflictError,
    EndsBeforeStartError,
    InThePastError,
    NoMeetingError,
    NotFoundError,
    NotSupportedError,
    RoomError,
    UnconfirmedError,
    UnknownBookingError,
    UnreachableError,
)
from .rooms.ledger import Clash, Entry, Found, Ledger, Missing, verdict
from .rooms.room import EndMethod, Verb
from .rooms.series import Scope, Slot, occurrences
from .rooms.timetable import Timetable
from .storage import HubStore

# A start may lie so far back and still mean now: forms know minutes only.
_NOW_TOLERANCE: Final = timedelta(minutes=1)
_ATTEMPTS: Final = 2
# How long to wait before saying again what may be said twice, in seconds.
_AGAIN_AFTER: Final = (0.0, 0.5, 2.0, 8.0)
# A booking that somebody names may be this far ahead.
_FURTHEST: Final = timedelta(days=365)

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

            return await self._wished(keepers, request, ask)

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

            first = await self._wished([keeper], request, ask)
            if not made:
                # The answer was lost, and the list told.
                made = keeper.timetable.of_series(first, Scope.ALL)
            keeper.confirm(made)
            last_end = max(booking.end for booking in made)
            entry = self._ledger.get(request.request_id)
            await self._store.write_ledger(
                self._ledger.confirmed(entry, first.id, last_end)
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

    async def _wished(
        self,
        keepers: Sequence[RoomKeeper],
        request: BookingRequest,
        ask: Callable[[], Awaitable[Found | Clash | None]],
    ) -> Booking:
        """Have a wish fulfilled, written down before it is sent and when it is confirmed."""
        wish = Entry.of([keeper.room.id for keeper in keepers], request)
        # From here on: a listing that comes while it is written down decides nothing.
        self._in_flight.add(wish.request_id)
        try:
            await self._store.write_ledger(self._ledger.with_entry(wish))
            booking = await self._booked(keepers, request, wish, ask)
        except asyncio.CancelledError:
            keepers[0].want_listing()
            raise
        finally:
            self._in_flight.discard(wish.request_id)
        await self._store.write_ledger(self._ledger.confirmed(wish, booking.id))
        return booking

    async def _booked(
        self,
        keepers: Sequence[RoomKeeper],
        request: BookingRequest,
        wish: Entry,
        ask: Callable[[], Awaitable[Found | Clash | None]],
    ) -> Booking:
        """Send a wish until the system has confirmed it, at most twice, with a look between."""
        keeper = keepers[0]
        unsure = False
        for _ in range(_ATTEMPTS):
            try:
                outcome = await asked(
                    keeper,
                    ask,
                    hear=lambda signal: _confirmed(signal, request),
                    judge=lambda listing: _decided(listing, wish),
                    until=wish.end,
                )
            except RoomError:
                if unsure:
                    break
                await self._store.write_ledger(self._ledger.without(wish.request_id))
                raise
            if isinstance(found := outcome.found, Found):
                for room in keepers:
                    room.confirm([found.booking])
                return found.booking
            unsure |= outcome.lost
            why_not: RoomError | None = None if unsure else outcome.refused
            if isinstance(found, Clash):
                why_not = ConflictError(found.booking.start, found.booking.end)
                why_not.room = keeper.room.name
            if why_not is not None:
                await self._store.write_ledger(self._ledger.without(wish.request_id))
                if isinstance(why_not, ConflictError):
                    await _tell_when(why_not, keepers, request.start, request.end)
                raise why_not
            unsure = True
            if not outcome.looked:
                break
        await self._store.write_ledger(self._ledger.unconfirmed(wish))
        if not self._store.closed:
            issues.report_unconfirmed(self._hass, self._entry, wish, keeper.room.name)
        raise UnconfirmedError

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
                    await self._gone(keeper, meant, ask)
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
                await self._gone(keeper, [booking], end)
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

    async def _gone(
        self,
        keeper: RoomKeeper,
        bookings: Sequence[Booking],
        ask: Callable[[], Awaitable[None]],
    ) -> None:
        """Ask until the system no longer holds the room for these bookings, at most twice.

        Raises NotFoundError if it did not hold it before anybody asked.
        """
        removed = [BookingRemoved(keeper.room.id, b.id) for b in bookings]
        taken = False
        for _ in range(_ATTEMPTS):
            try:
                outcome = await asked(
                    keeper,
                    ask,
                    hear=lambda signal: [signal] == removed or None,
                    judge=lambda listing: not _held(listing, bookings) or None,
                    until=max(booking.end for booking in bookings),
                )
            except RoomError as error:
                if taken:
                    raise UnconfirmedError from error
                raise
            taken |= outcome.refused is None
            if outcome.found and taken:
                return
            if (refused := outcome.refused) is not None:
                raise NotFoundError(str(refused)) if outcome.found else refused
        raise UnconfirmedError

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
            meant = keeper.timetable.of_series(booking, scope)
            with _touching(keeper, meant):
                return await self._changed(keeper, booking, wanted, scope)

    async def check_in(
        self, keeper: RoomKeeper, booking_id: BookingId | None = None
    ) -> Booking:
        """Say that somebody came, to the booking that waits for it or to the running one.

        It is remembered here where the system has no check-in of its own, and people want one.
        """
        kept_here = keeper.room.check_in is None and keeper.rules is not None
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
                if not kept_here:
                    await self._told_twice(
                        lambda: self._backend.check_in(keeper.room.id, booking)
                    )
                keeper.hear(BookingCheckedIn(keeper.room.id, booking.id))
            return booking

    async def _told_twice(self, ask: Callable[[], Awaitable[None]]) -> None:
        """Say what may be said again, until it is answered; twice, as far as anybody knows.

        Raises UnconfirmedError if it may have been heard, and nobody can tell.
        """
        told = 0
        for wait in _AGAIN_AFTER:
            await asyncio.sleep(wait)
            try:
                await patiently(ask)
            except AnswerLostError:
                told += 1
                if told == _ATTEMPTS:
                    break
            except RoomError as error:
                if not told:
                    raise
                if not isinstance(error, UnreachableError):
                    raise UnconfirmedError from error
            else:
                return
        raise UnconfirmedError

    async def _known(self, keeper: RoomKeeper, booking_id: BookingId) -> Booking:
        """A booking that is not over, as far ahead as anybody names one."""
        await self._ready(keeper)
        booking = keeper.timetable.get(booking_id)
        if booking is None:
            # It may be new, or further ahead than the room is held.
            furthest = dt_util.utcnow() + _FURTHEST
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
        """Ask until the system holds the booking as wanted, at most twice."""
        self._backend.check_change(keeper.room.id, booking, wanted)
        meant = [b.id for b in keeper.timetable.of_series(booking, scope)]
        others = keeper.timetable.without(*meant)
        if others.holding(wanted.start, wanted.end) or wanted.end > keeper.horizon:
            others = (await keeper.listed(until=wanted.end)).without(*meant)
            if (other := others.holding(wanted.start, wanted.end)) is not None:
                raise ConflictError(other.start, other.end)

        async def ask() -> Booking | RoomError | None:
            return await self._backend.change(keeper.room.id, booking, wanted, scope)

        taken = False
        for _ in range(_ATTEMPTS):
            try:
                outcome = await asked(
                    keeper,
                    ask,
                    hear=lambda signal: _moved(signal, booking, wanted),
                    judge=lambda listing: _changed_to(listing, wanted, meant),
                    until=max(booking.end, wanted.end),
                )
            except RoomError as error:
                if taken:
                    raise UnconfirmedError from error
                raise
            taken |= outcome.refused is None
            match outcome.found:
                case Booking() as changed:
                    return changed
                case RoomError() as why_not:
                    raise why_not
            if (refused := outcome.refused) is not None:
                if isinstance(refused, ConflictError):
                    await _tell_when(refused, [keeper], wanted.start, wanted.end, meant)
                raise refused
        raise UnconfirmedError

    # What nobody knew

    @property
    def _ledger(self) -> Ledger:
        return self._store.ledger

    async def _ready(self, keeper: RoomKeeper) -> None:
        """No verb before the room was listed and its old wishes are settled.

        Nor while it cannot be listed: what could not be verified is not sent.
        """
        if keeper.last_sync is None or keeper.failing:
            await keeper.listed()

    def settle(self, keeper: RoomKeeper) -> None:
        """Let a listing decide what became of wishes that nobody waits for any more."""
        now = dt_util.utcnow()
        ledger = self._ledger.pruned(now)
        for gone in self._ledger.over(now):
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


@asynccontextmanager
async def _locked(keepers: Sequence[RoomKeeper]) -> AsyncIterator[None]:
    """Let nobody else act on these rooms; always in the same order, so that all get there."""
    async with AsyncExitStack() as stack:
        for keeper in sorted(keepers, key=lambda keeper: keeper.room.id):
            await stack.enter_async_context(keeper.lock)
        yield


async def _tell_when(
    conflict: ConflictError,
    keepers: Sequence[RoomKeeper],
    start: datetime,
    end: datetime,
    meant: Sequence[BookingId] = (),
) -> None:
    """Have a conflict say which room is taken when, where the system did not and its list does.

    `meant` is no conflict.
    """
    for keeper in keepers:
        if conflict.start is not None:
            return
        try:
            listing = await keeper.listed(until=end)
        except RoomError:
            continue
        if (other := listing.without(*meant).holding(start, end)) is not None:
            conflict.start, conflict.end = other.start, other.end
            conflict.room = keeper.room.name


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


def _confirmed(signal: RoomSignal, request: BookingRequest) -> Found | None:
    match signal:
        case BookingAdded(booking=booking) if request.request_id in (
            booking.id,
            booking.request_id,
        ):
            # Of one's own booking one knows what a confirmation leaves out.
            title = booking.title or request.title
            return Found(replace(booking, title=title, private=request.private))
    return None


def _decided(listing: Timetable, wish: Entry) -> Found | Clash | None:
    found = verdict(wish, listing)
    return None if isinstance(found, Missing) else found


def _moved(
    signal: RoomSignal, booking: Booking, wanted: Booking
) -> Booking | RoomError | None:
    """The change as the system's word confirms it; a title it does not speak of."""
    match signal:
        case BookingMoved(booking_id=booking_id, start=start, end=end) if (
            booking_id == booking.id
            and (start, end) == (wanted.start, wanted.end)
            and booking.title == wanted.title
        ):
            return wanted
    return None


def _changed_to(
    listing: Timetable, wanted: Booking, meant: Sequence[BookingId]
) -> Booking | RoomError | None:
    """What the list says of a change: done, in vain, or nothing yet."""

    def as_wanted(booking: Booking) -> bool:
        return (booking.start, booking.end, booking.title) == (
            wanted.start,
            wanted.end,
            wanted.title,
        )

    if (listed := listing.get(wanted.id)) is not None and as_wanted(listed):
        return listed
    if wanted.series is not None and len(meant) > 1:
        # The occurrences of a series may have other ids when it has changed.
        return next((b for b in listing if b.series is not None and as_wanted(b)), None)
    if listed is None:
        return UnknownBookingError()
    other = listing.without(*meant).holding(wanted.start, wanted.end)
    return ConflictError(other.start, other.end) if other is not None else None


def _held(listing: Timetable, bookings: Iterable[Booking]) -> bool:
    """Whether any of these still holds its room, now or later."""
    now = dt_util.utcnow()
    listed = [listing.get(booking.id) for booking in bookings]
    return any(b is not None and b.holds and b.end > now for b in listed)


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

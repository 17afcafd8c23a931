"""Wishes for bookings: written down before they are sent, until it is known what became of them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from . import issues
from .asking import asked
from .backends.signals import BookingAdded, RoomSignal
from .confirming import ATTEMPTS, tell_when
from .keeper import RoomKeeper
from .rooms.booking import Booking, BookingRequest
from .rooms.errors import ConflictError, RoomError, UnconfirmedError
from .rooms.ledger import Clash, Entry, Found, Ledger, Missing, verdict
from .rooms.timetable import Timetable
from .storage import HubStore


class Wishes:
    """The wishes of one hub; its ledger is in the store."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, store: HubStore
    ) -> None:
        """Wish for nothing yet."""
        self._hass = hass
        self._entry = entry
        self._store = store
        self._in_flight: set[str] = set()

    @property
    def _ledger(self) -> Ledger:
        return self._store.ledger

    async def fulfilled(
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
        for _ in range(ATTEMPTS):
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
                    await tell_when(why_not, keepers, request.start, request.end)
                raise why_not
            unsure = True
            if not outcome.looked:
                break
        await self._store.write_ledger(self._ledger.unconfirmed(wish))
        if not self._store.closed:
            issues.report_unconfirmed(self._hass, self._entry, wish, keeper.room.name)
        raise UnconfirmedError

    async def last_until(self, request_id: str, last_end: datetime) -> None:
        """Keep in mind that a wish was for a series, and when its last occurrence is over."""
        wish = replace(self._ledger.get(request_id), last_end=last_end)
        await self._store.write_ledger(self._ledger.with_entry(wish))

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

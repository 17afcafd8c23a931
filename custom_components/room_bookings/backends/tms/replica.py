"""Keeps the mirror true: one listing of each room, then what the log of TMS tells."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Final

from ...rooms.booking import Booking, BookingId, RoomId, whole_second
from ...rooms.errors import (
    AuthFailedError,
    NotFoundError,
    PermissionDeniedError,
    RejectedError,
    RoomError,
    UnreachableError,
)
from ..signals import BookingMoved, BookingRemoved, Emit, RoomStale
from .bookings import recurs
from .mirror import Mirror, Window
from .model import Conference, Transaction, TransactionKind
from .service import TmsService
from .sharing import Shared
from .transactions import Cursor, LogLostError, newest, since

# What a listing covers. A mirror is used for so long, and a hub looks 30 days ahead.
_BACK: Final = timedelta(hours=25)
_AHEAD: Final = timedelta(days=31)
_GOOD_FOR: Final = timedelta(hours=6)

# What may be wrong with one room, or one conference, and not with the connection.
_LOCAL: Final = (RejectedError, PermissionDeniedError, UnreachableError)
# So many unreadable answers in a row are the connection's fault after all.
_MOST_IN_A_ROW: Final = 3


class Replica:
    """The conferences of our rooms as TMS has them.

    `emit` is told which rooms changed. `whole` is whether all that changed was read, so
    that what is known of a room is true until somebody hears otherwise.
    """

    def __init__(
        self, service: TmsService, source: str, clock: Callable[[], datetime]
    ) -> None:
        """Ask nothing yet."""
        self.emit: Emit | None = None
        self.mirror = Mirror(source)
        self.sync = Shared(self._sync)
        self.whole = True
        self._service = service
        self._clock = clock
        self._cursor = Cursor()
        self._answers = True
        self._failures = 0
        self._stale: set[int] = set()
        # Listings that nobody waits for form no queue in front of somebody.
        self._patient = asyncio.Semaphore(1)

    async def close(self) -> None:
        """Stop what is under way."""
        await self.sync.close()

    # Reading

    async def bookings(
        self, room: int, start: datetime, end: datetime, *, thorough: bool, urgent: bool
    ) -> list[Booking]:
        """The bookings of a room in [start, end); raises RoomError.

        `thorough` lists it anew, `urgent` asks what is new.
        """
        turn = nullcontext() if urgent else self._patient
        if thorough or self._is_old(room):
            async with turn:
                await self.list_room(room)
        elif urgent or not self._answers:
            await self.sync()
        while (window := self.mirror.window(room)) is None:
            async with turn:
                await self.list_room(room)
        found = {b.id: b for b in self.mirror.between(room, start, end)}
        self._stale.discard(room)
        for since_, until in _beyond(window, start, end):
            for conference in await self._service.conferences(room, since_, until):
                booking = self.mirror.booking(conference, self._clock())
                if booking is not None:
                    found.setdefault(booking.id, booking)
        return list(found.values())

    def _is_old(self, room: int) -> bool:
        window = self.mirror.window(room)
        return window is None or self._clock() - window.listed_at >= _GOOD_FOR

    async def list_room(self, room: int) -> None:
        """List a room anew; raises RoomError."""
        now = whole_second(self._clock())
        window = Window(now - _BACK, now + _AHEAD, now)
        seen = self._cursor.seen
        with self.mirror.reading() as asked_at:
            found = await self._service.conferences(room, window.start, window.end)
            newest = max((c.transaction_id or 0 for c in found), default=0)
            if any(self._is_older(conference, asked_at) for conference in found):
                self._cursor.lose()
                self._begin_again()
                seen = 0
            self._cursor.learn(newest, first=not self.mirror.rooms)
            self._stale |= self.mirror.listed(
                room, window, found, max(seen, newest), asked_at
            )

    def _is_older(self, conference: Conference, asked_at: int) -> bool:
        """Whether TMS has an earlier state than was heard of: a backup was restored."""
        held = self.mirror.get(conference.id)
        if held is None or conference.transaction_id is None:
            return False
        if self.mirror.overtaken(conference.id, asked_at):
            return False
        return (held.transaction_id or 0) > conference.transaction_id

    # Following

    async def _sync(self) -> None:
        """Take in all that is new; raises RoomError."""
        try:
            await self._catch_up()
            self._answers = True
        except RoomError:
            self._answers = False
            raise
        finally:
            self._tell()

    async def _catch_up(self) -> None:
        self.whole = True
        self._failures = 0
        if self._cursor.at is None:
            await self._begin()
            return
        try:
            news, last = await since(self._service, self._cursor.at)
        except LogLostError:
            self._begin_again()
            return
        self._cursor.saw(last)
        unsure: set[int] = set()
        for transaction in news.values():
            unsure |= await self._take_in(transaction)
        for room in sorted(self.mirror.ours(unsure)):
            await self._list_or_doubt(room)
        if self.whole:
            self._cursor.moved(last)

    async def _begin(self) -> None:
        """No room told of any transaction: begin at the end of the log."""
        last, systems = await newest(self._service)
        self._cursor.moved(last)
        rooms = frozenset(self.mirror.rooms)
        for room in sorted(rooms if systems is None else rooms & systems):
            await self._list_or_doubt(room)

    def _begin_again(self) -> None:
        """The log does not go on: list anew what it was to tell of."""
        self.whole = False
        sure = self._cursor.surer()
        if sure is None:
            self._cursor.lose()
        for room in tuple(self.mirror.rooms):
            if sure is None or self.mirror.known_to(room) < sure:
                self._doubt(room)

    def _doubt(self, room: int) -> None:
        self.mirror.forget(room)
        self._stale.add(room)

    async def _take_in(self, transaction: Transaction) -> frozenset[int]:
        """Take in what happened to a conference; returns the rooms that have to be listed."""
        mirror, conference_id = self.mirror, transaction.conference_id
        held, places = mirror.get(conference_id), mirror.places(conference_id)
        told = transaction.systems
        concerned = places | mirror.ours(told or ())
        if told is not None and all(
            transaction.id <= mirror.known_to(room) for room in concerned
        ):
            return frozenset()
        if transaction.kind is TransactionKind.DELETED:
            if held is not None:
                return self._missing(held)
            if mirror.is_gone(conference_id):
                return frozenset()
            if told is not None:
                # It may have stood for a series.
                return concerned
        elif (
            held is not None
            and concerned == places
            and not mirror.is_partial(conference_id)
            and (held.transaction_id or 0) >= transaction.id
        ):
            return frozenset()
        return await self._read(transaction, concerned)

    async def _read(
        self, transaction: Transaction, concerned: frozenset[int]
    ) -> frozenset[int]:
        mirror, conference_id = self.mirror, transaction.conference_id
        held = mirror.get(conference_id)
        with mirror.reading() as asked_at:
            try:
                conference = await self._service.conference(conference_id)
            except NotFoundError:
                return concerned if held is None else self._missing(held)
            except AuthFailedError:
                raise
            except _LOCAL as error:
                self._count(error)
                return concerned
            self._failures = 0
            if conference.id != conference_id:
                return concerned if held is None else self._missing(held)
            places = concerned
            if conference.participants is not None:
                places = mirror.ours(conference.systems)
            if recurs(conference) or (held is not None and recurs(held)):
                return concerned | places | self._places_of_series(conference, held)
            self._stale |= mirror.put(conference, places, self._clock(), asked_at)
        return frozenset()

    def _places_of_series(self, *conferences: Conference | None) -> frozenset[int]:
        found = (self.mirror.places_of_series(c) for c in conferences if c is not None)
        return frozenset().union(*found)

    def _missing(self, held: Conference) -> frozenset[int]:
        """A conference is gone, and with it maybe its whole series."""
        if recurs(held):
            return self.mirror.places(held.id) | self._places_of_series(held)
        self._stale |= self.mirror.remove(held.id)
        return frozenset()

    async def _list_or_doubt(self, room: int) -> None:
        """List a room; one that cannot be listed is nobody else's trouble."""
        try:
            await self.list_room(room)
            self._failures = 0
        except AuthFailedError:
            raise
        except _LOCAL as error:
            self._count(error)
            self._doubt(room)

    def _count(self, error: RoomError) -> None:
        """Raise what is not the fault of one record, or of one room."""
        if isinstance(error, UnreachableError):
            self._failures += 1
            if self._failures >= _MOST_IN_A_ROW:
                raise error

    # After a verb

    def saved(self, conference: Conference, rooms: Iterable[int]) -> None:
        """TMS answered with a conference, which takes place in these rooms."""
        places = frozenset(rooms)
        if conference.participants is not None:
            places = conference.systems
        before = self.mirror.get(conference.id)
        self._cursor.learn(conference.transaction_id, first=False)
        changed = self.mirror.put(conference, places, self._clock())
        if (
            before is not None
            and (before.start, before.end) != (conference.start, conference.end)
            # All that changed is told at once: the listing has the title too.
            and before.title == conference.title
        ):
            self._moved(conference, changed)
        self._changed(changed | frozenset(rooms))

    def _moved(self, conference: Conference, rooms: frozenset[int]) -> None:
        booking = self.mirror.booking(conference, self._clock())
        if booking is None or self.emit is None:
            return
        for room in rooms:
            self.emit(
                BookingMoved(_room_id(room), booking.id, booking.start, booking.end)
            )

    def removed(self, conference_id: int, rooms: Iterable[int]) -> None:
        """TMS deleted a conference, which took place in these rooms."""
        places = self.mirror.remove(conference_id) | frozenset(rooms)
        if self.emit is not None:
            for room in places:
                self.emit(BookingRemoved(_room_id(room), BookingId(str(conference_id))))
        self._changed(places)

    async def relist(self, rooms: Iterable[int]) -> None:
        """A series changed in these rooms: list them, or have that done by who asks next."""
        places = self.mirror.ours(rooms)
        for room in sorted(places):
            try:
                await self.list_room(room)
            except RoomError:
                self._doubt(room)
        self._changed(places)

    def _changed(self, rooms: frozenset[int]) -> None:
        self._stale |= self.mirror.ours(rooms)
        self._tell()

    def _tell(self) -> None:
        if self.emit is None:
            return
        stale, self._stale = self._stale, set()
        for room in sorted(stale):
            self.emit(RoomStale(_room_id(room)))


def _room_id(room: int) -> RoomId:
    return RoomId(str(room))


def _beyond(
    window: Window, start: datetime, end: datetime
) -> Iterable[tuple[datetime, datetime]]:
    """What of [start, end) the window does not show."""
    if start < window.start:
        yield start, min(end, window.start)
    if end > window.end:
        yield max(start, window.end), end

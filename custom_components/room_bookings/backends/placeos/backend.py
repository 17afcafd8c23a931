"""Rooms whose bookings are kept by PlaceOS's Bookings modules."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final, Never

from aiohttp import ClientSession

from ...rooms.booking import Booking, BookingId, BookingRequest, RoomId
from ...rooms.errors import NotFoundError, NotSupportedError, UnreachableError
from ...rooms.room import EndMethod, Room, Verb
from ...rooms.series import Scope
from ..backend import NO_EXTRAS, Traits
from ..parsing import Json
from ..refusals import DeletesNothing, KeepsNoSeries
from ..signals import Emit, PeopleSeen, RoomReports, RoomsChanged, RoomStale
from .address import PlaceosAddress
from .channel import Variable
from .known import BOOKINGS, SENSORS, STATE, VARIABLES, RoomMemory, events_of
from .line import Line
from .rest import PlaceosRest
from .systems import Systems
from .verbs import END_EXTRAS, Bookkeeper
from .wire import decoded

# Everything is pushed: whoever lists a room learns only what is known.
_TRAITS: Final = Traits(
    bookings_every=timedelta(hours=6),
    end_extras=END_EXTRAS,
    ends=EndMethod.DECLINED,
)
# How long a module may be silent after it was bound to, and while it restarts, in seconds.
_SETTLES_WITHIN: Final = 2.0
_BACK_WITHIN: Final = 10.0
# How long a calendar may take to list what was booked, in seconds.
_LISTED_WITHIN: Final = 10.0
# What a module says of its room at one time it says in several words.
_WORDS_WITHIN: Final = 0.1
# After the words about so many rooms others have their turn on the event loop.
_AT_ONCE: Final = 20


class PlaceosBackend(DeletesNothing, KeepsNoSeries):
    """A `Backend` before one PlaceOS server.

    `clock` gives the current time, aware, in UTC. `authority` is the id of the server's
    authority, known once connected.
    """

    def __init__(
        self,
        session: ClientSession,
        address: PlaceosAddress,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Send nothing yet."""
        self.authority = ""
        self._clock = clock
        self._rest = PlaceosRest(session, address)
        self._systems = Systems(self._rest)
        self._line = Line(address, self._on_value)
        self._rooms: dict[RoomId, RoomMemory] = {}
        self._described: dict[RoomId, Room] = {}
        self._keeper = Bookkeeper(self._line, clock)
        self._emit: Emit | None = None
        # Of which rooms there is something to tell, and when.
        self._stale: set[RoomId] = set()
        self._speaking: dict[RoomId, set[str]] = {}
        self._timer: asyncio.TimerHandle | None = None
        # In which rooms something was booked that their lists may not have yet.
        self._unlisted: dict[RoomId, asyncio.TimerHandle] = {}

    @property
    def traits(self) -> Traits:
        """Systems have ids of their own, and everything is pushed."""
        return _TRAITS

    async def connect(self) -> None:
        """Prove the address, the key and its rights, and open the channel."""
        self.authority = await self._rest.authority()
        await self._rest.check_rights()
        await self._line.open()

    async def close(self) -> None:
        """Let go of everything."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for waiting in self._unlisted.values():
            waiting.cancel()
        self._unlisted.clear()
        await self._line.close()

    async def listen(self, emit: Emit) -> None:
        """Hand over what the modules say; reconnect for ever, unless the key is refused."""

        def hand_over() -> None:
            self._emit = emit
            self._speaking = {room_id: set(STATE | SENSORS) for room_id in self._rooms}
            self._tell_in(0)
            stale, self._stale = self._stale, set()
            for room_id in stale:
                emit(RoomStale(room_id))
            self._check_descriptions(self._rooms)

        def fall_silent() -> None:
            self._emit = None
            for memory in self._rooms.values():
                memory.heard = False

        try:
            hand_over()
            await self._line.stay(emit, fall_silent, self._bind_all, hand_over)
        finally:
            self._emit = None

    # Rooms

    async def rooms(self) -> Sequence[Room]:
        """All systems with a Bookings module, once everything is bound that is used."""
        found = await self._systems.with_bookings()
        gone = self._rooms.keys() - found.keys()
        for room_id, system in found.items():
            memory = self._rooms.get(RoomId(room_id))
            if memory is None:
                memory = RoomMemory(system=system, spoke_at=self._clock())
                self._rooms[RoomId(room_id)] = memory
            memory.system = system
        await self._bind_all()
        await self._forget(gone)
        self._described = {key: self._room(key) for key in self._rooms}
        return list(self._described.values())

    def _room(self, room_id: RoomId) -> Room:
        memory = self._rooms[room_id]
        rules = memory.known.rules
        verbs = {Verb.BOOK, Verb.END_MEETING}
        if rules is not None:
            verbs.add(Verb.CHECK_IN)
        return Room(
            id=room_id,
            name=memory.name,
            verbs=frozenset(verbs),
            manufacturer="PlaceOS",
            capacity=memory.capacity,
            check_in=rules,
            counts_people=memory.known.senses,
            certain=memory.known.settled,
        )

    async def _forget(self, room_ids: Collection[RoomId]) -> None:
        for room_id in room_ids:
            del self._rooms[room_id]
            self._stale.discard(room_id)
            self._speaking.pop(room_id, None)
            self._keeper.forget(room_id)
            if (waiting := self._unlisted.pop(room_id, None)) is not None:
                waiting.cancel()
        await self._line.in_turn(_variables(room_ids), self._line.channel.unbind)

    async def _bind_all(self) -> None:
        """Bind what is not bound yet; a few at a time, and what matters most first."""
        await self._line.in_turn(_variables(tuple(self._rooms)), self._bind)
        unsettled = [m for m in self._rooms.values() if not m.known.settled]
        await asyncio.gather(*(m.settled(_SETTLES_WITHIN) for m in unsettled))

    async def _bind(self, variable: Variable) -> None:
        if (memory := self._rooms.get(RoomId(variable.system))) is not None:
            async with memory.lock:
                await self._line.channel.bind(variable)

    # What the modules say

    async def _on_value(self, variable: Variable, value: Json) -> None:
        room_id = RoomId(variable.system)
        if (memory := self._rooms.get(room_id)) is None:
            return
        value = await decoded(value)
        if variable.name == BOOKINGS:
            await self._on_bookings(room_id, memory, value)
            return
        before = memory.known
        memory.learn(before.told(variable.name, value))
        if variable.name in STATE:
            memory.spoke_at = self._clock()
            self._speak_soon(room_id, variable.name)
        if before.people != memory.known.people:
            self._speak_soon(room_id, variable.name)
        if before.last_booking_started != memory.known.last_booking_started:
            self._on_stale(room_id)
        if before != memory.known:
            self._check_descriptions([room_id])

    async def _on_bookings(
        self, room_id: RoomId, memory: RoomMemory, value: Json
    ) -> None:
        if value is None:
            # It restarts: nothing is known for now, and nothing was called off.
            memory.heard = False
            self._on_stale(room_id)
            return
        if (events := await events_of(value)) is None:
            return
        before = memory.known
        news = events != before.events or not memory.heard
        memory.heard = True
        memory.learn(before.holding_events(events))
        self._keeper.unlist(room_id, (event.booking.id for event in events))
        if news:
            self._on_stale(room_id)
        if news and (before.called_off or memory.known.called_off):
            # The driver says nothing new of its room then.
            memory.spoke_at = self._clock()
            self._speak_soon(room_id, "status")

    def _on_stale(self, room_id: RoomId) -> None:
        if self._emit is not None:
            self._emit(RoomStale(room_id))
        else:
            self._stale.add(room_id)

    def _check_descriptions(self, room_ids: Iterable[RoomId]) -> None:
        """Have the rooms listed anew if one of them is not as it was described."""
        if self._emit is None:
            return
        for room_id in room_ids:
            described = self._described.get(room_id)
            if described is not None and described != self._room(room_id):
                del self._described[room_id]
                self._emit(RoomsChanged())

    def _speak_soon(self, room_id: RoomId, name: str) -> None:
        if self._emit is None:
            return
        self._speaking.setdefault(room_id, set()).add(name)
        if self._timer is None:
            self._tell_in(_WORDS_WITHIN)

    def _tell_in(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._tell)

    def _tell(self) -> None:
        """Tell what the modules said lately, each room's words together."""
        self._timer = None
        for room_id in tuple(islice(self._speaking, _AT_ONCE)):
            names = self._speaking.pop(room_id)
            memory = self._rooms.get(room_id)
            if memory is None or self._emit is None:
                continue
            known = memory.known
            if names & STATE:
                self._emit(RoomReports(room_id, known.reported(memory.spoke_at)))
            if names & SENSORS:
                self._emit(PeopleSeen(room_id, *known.people))
        if self._speaking:
            self._tell_in(0)

    # Listing

    async def bookings(
        self,
        room_id: RoomId,
        start: datetime,
        end: datetime,
        expected: Collection[BookingId] | None = (),
        *,
        urgent: bool = False,
    ) -> Sequence[Booking]:
        """The bookings of a room in [start, end), as they were told unless urgent.

        The driver asks its calendar only now and then: where a person waits, it is asked to
        do so now. It looks no further ahead than its own setting says.
        """
        memory = self._memory(room_id)
        now = self._clock()
        if urgent and start <= now:
            await self._keeper.look(room_id, memory)
        elif not memory.heard:
            await self._hear(room_id, memory)
        listed = self._keeper.listed(room_id, memory)
        return [b for b in listed if b.end > start and b.start < end]

    async def _hear(self, room_id: RoomId, memory: RoomMemory) -> None:
        """Wait for the bookings of a module that restarts, or that could not be bound."""
        for variable in _variables([room_id]):
            await self._bind(variable)
        if not await memory.until(lambda: memory.heard, _BACK_WITHIN):
            raise UnreachableError("the room's module says nothing")

    def _memory(self, room_id: RoomId) -> RoomMemory:
        if (memory := self._rooms.get(room_id)) is None:
            raise NotFoundError("no such system")
        return memory

    # Verbs

    def check_request(self, room_id: RoomId, request: BookingRequest) -> None:
        """Raise what `book_now` cannot carry, or the room does not allow."""
        self._keeper.check_request(self._memory(room_id), request)

    def check_change(self, room_id: RoomId, booking: Booking, wanted: Booking) -> Never:
        """The module has no such function."""
        raise NotSupportedError(Verb.RESCHEDULE)

    async def book(
        self, room_ids: Sequence[RoomId], request: BookingRequest
    ) -> Booking | None:
        """Book from now on; the booking, None where the answer does not tell."""
        room_id = room_ids[0]
        memory = self._memory(room_id)
        try:
            made = await self._keeper.book(room_id, memory, request)
        finally:
            self._speak_now(room_id, memory)
        if made is not None and memory.known.first_at(made.start) is None:
            self._await_listing(room_id, made)
        return made

    def _speak_now(self, room_id: RoomId, memory: RoomMemory) -> None:
        """Tell what counts of what the module said of its room, which was acted on."""
        if self._emit is not None:
            self._emit(RoomReports(room_id, memory.known.reported(memory.spoke_at)))

    def _await_listing(self, room_id: RoomId, made: Booking) -> None:
        """The driver lists it seconds later (facts A2)."""

        def give_up() -> None:
            del self._unlisted[room_id]
            self._keeper.unlist(room_id, [made.id])
            self._on_stale(room_id)

        if (waiting := self._unlisted.get(room_id)) is not None:
            waiting.cancel()
        self._unlisted[room_id] = asyncio.get_running_loop().call_later(
            _LISTED_WITHIN, give_up
        )

    async def change(
        self,
        room_id: RoomId,
        booking: Booking,
        wanted: Booking,
        scope: Scope = Scope.ONE,
    ) -> Never:
        """The module has no such function."""
        raise NotSupportedError(Verb.RESCHEDULE)

    async def end_meeting(
        self,
        room_id: RoomId,
        booking: Booking,
        extras: Mapping[str, Any] = NO_EXTRAS,
    ) -> EndMethod:
        """Have the room decline the running meeting (facts A2)."""
        memory = self._memory(room_id)
        try:
            await self._keeper.end(room_id, memory, booking, extras)
        finally:
            self._speak_now(room_id, memory)
        return EndMethod.DECLINED

    async def check_in(self, room_id: RoomId, booking: Booking) -> None:
        """Tell the module that somebody came."""
        await self._keeper.check_in(room_id, self._memory(room_id), booking)


def _variables(room_ids: Collection[RoomId]) -> Iterable[Variable]:
    return (Variable(room_id, name) for name in VARIABLES for room_id in room_ids)

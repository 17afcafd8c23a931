"""Rooms whose bookings are kept by Cisco TelePresence Management Suite."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
import re
from typing import Any, Final, Never

from yarl import URL

from ...rooms.booking import Booking, BookingId, BookingRequest, RoomId
from ...rooms.errors import NotSupportedError
from ...rooms.room import EndMethod, Room, Verb
from ...rooms.series import Scope
from ..addresses import is_web_address
from ..backend import NO_EXTRAS, Traits
from ..signals import Emit
from .bookings import system_of
from .extras import wishes_of
from .model import System, SystemCategory
from .people import People
from .polling import keep_polling
from .replica import Replica
from .saving import Maker
from .series_verbs import SeriesVerbs
from .service import TmsService
from .verbs import ConferenceVerbs, Tools, check_change

_EVERY: Final = timedelta(hours=6)
_TRAITS: Final = Traits(
    rooms_every=_EVERY,
    bookings_every=_EVERY,
    local_ids=True,
    joins_rooms=True,
    keeps_series=True,
)
_BOOKABLE: Final = (SystemCategory.ROOM, SystemCategory.ENDPOINT)
# A name or an address of a host, perhaps with a port.
_HOST: Final = re.compile(r"[\w.:\[\]-]+", re.ASCII)
_VERBS: Final = frozenset(
    (Verb.BOOK, Verb.DELETE, Verb.END_MEETING, Verb.EXTEND, Verb.RESCHEDULE)
)


class TmsBackend:
    """A `Backend` over one account on one TMS.

    `source` is the external source id of what is booked from here; `clock` gives the
    current time, aware, in UTC.
    """

    def __init__(
        self,
        service: TmsService,
        source: str,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Use a service that is not connected yet."""
        self._service = service
        self._replica = Replica(service, source, clock)
        self._clock = clock
        self._zones: dict[int, str] = {}
        tools = Tools(
            service=service,
            source=source,
            replica=self._replica,
            people=People(service, clock),
            maker=Maker(service, source),
            clock=clock,
        )
        self._conferences = ConferenceVerbs(tools)
        self._series = SeriesVerbs(tools)

    @property
    def traits(self) -> Traits:
        """TMS tells what changed when it is asked, so that listings are rare."""
        return _TRAITS

    async def connect(self) -> None:
        """Prove the account."""
        await self._service.connect()

    async def close(self) -> None:
        """Let go of everything."""
        await self._replica.close()
        await self._service.close()

    async def listen(self, emit: Emit) -> None:
        """Ask what is new every five minutes, and tell."""
        self._replica.emit = emit
        try:
            await keep_polling(self._replica, emit)
        finally:
            self._replica.emit = None

    async def rooms(self) -> Sequence[Room]:
        """The systems of category Room and Endpoint that this account may book."""
        systems = [s for s in await self._service.systems() if s.category in _BOOKABLE]
        self._zones = {system.id: system.zone for system in systems}
        self._replica.mirror.keep_rooms(self._zones)
        return [_room(system) for system in systems]

    async def bookings(
        self,
        room_id: RoomId,
        start: datetime,
        end: datetime,
        expected: Collection[BookingId] | None = (),
        *,
        urgent: bool = False,
    ) -> Sequence[Booking]:
        """The bookings of a room in [start, end), as far as possible without asking TMS."""
        return await self._replica.bookings(
            system_of(room_id), start, end, thorough=expected is None, urgent=urgent
        )

    # Verbs

    def check_request(self, room_id: RoomId, request: BookingRequest) -> None:
        """Raise what TMS would refuse of a request."""
        wishes_of(request, self._service.version)

    def check_change(self, room_id: RoomId, booking: Booking, wanted: Booking) -> None:
        """Raise what TMS would refuse of a change."""
        check_change(booking, wanted, self._clock())

    async def book(
        self, room_ids: Sequence[RoomId], request: BookingRequest
    ) -> Booking:
        """Make one conference of all rooms, or none."""
        rooms = [system_of(room_id) for room_id in room_ids]
        return await self._conferences.book(rooms, request)

    async def book_series(
        self, room_ids: Sequence[RoomId], request: BookingRequest, rule: str
    ) -> Sequence[Booking]:
        """Make one series of conferences, in the zone of the first room."""
        rooms = [system_of(room_id) for room_id in room_ids]
        zone = self._zones.get(rooms[0], "")
        return await self._series.book(rooms, request, rule, zone)

    async def delete(
        self, room_id: RoomId, booking: Booking, scope: Scope = Scope.ONE
    ) -> None:
        """Delete a conference, an occurrence, or more of a series; what runs ends."""
        room = system_of(room_id)
        if scope is Scope.ONE or booking.series is None:
            await self._conferences.delete(room, booking)
        else:
            await self._series.delete(room, booking, scope)

    async def end_meeting(
        self,
        room_id: RoomId,
        booking: Booking,
        extras: Mapping[str, Any] = NO_EXTRAS,
    ) -> EndMethod:
        """End a running conference."""
        return await self._conferences.end_meeting(system_of(room_id), booking)

    async def change(
        self,
        room_id: RoomId,
        booking: Booking,
        wanted: Booking,
        scope: Scope = Scope.ONE,
    ) -> Booking | None:
        """Change a conference, an occurrence, or more of a series."""
        room = system_of(room_id)
        if scope is Scope.ONE or booking.series is None:
            return await self._conferences.change(room, booking, wanted)
        return await self._series.change(room, booking, wanted, scope)

    async def check_in(self, room_id: RoomId, booking: Booking) -> Never:
        """TMS keeps no check-ins."""
        raise NotSupportedError(Verb.CHECK_IN)


def _room(system: System) -> Room:
    return Room(
        id=RoomId(str(system.id)),
        name=system.name,
        verbs=_VERBS,
        manufacturer=system.manufacturer or None,
        model=system.type or system.category.value,
        address=_address(system),
        details=tuple(
            (name, value)
            for name, value in (
                ("category", system.category.value),
                ("status", system.status),
                ("time_zone", system.zone),
            )
            if value
        ),
    )


def _address(system: System) -> str | None:
    """Where the system shows itself to a browser: what TMS says, or its own address."""
    texts = [system.web]
    if _HOST.fullmatch(system.network_address):
        texts.append(f"https://{system.network_address}")
    for text in texts:
        try:
            url = URL(text.strip())
        except ValueError:
            continue
        if is_web_address(url):
            return str(url)
    return None

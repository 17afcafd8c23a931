"""Rooms whose bookings are kept by their PhoneOS or RoomOS devices."""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import Any, Final

from ...rooms.booking import Booking, BookingId, BookingRequest, RoomId
from ...rooms.errors import (
    AnswerLostError,
    AuthFailedError,
    NotFoundError,
    PermissionDeniedError,
    RejectedError,
    RoomError,
    UnreachableError,
)
from ...rooms.room import EndMethod, Room
from ...rooms.series import Scope
from ..backend import NO_EXTRAS, Traits
from ..refusals import KeepsNoSeries
from ..signals import Connected, Emit, MeetingSeen, PeopleSeen, RoomClaims, RoomsChanged
from .equipment import Equipment
from .events import concerns_bookings, event_signals, renames_bookings
from .transport import (
    Device,
    DeviceEvent,
    DeviceId,
    DeviceStatus,
    Transport,
    TransportSignal,
)
from .verbs import BookingCommands
from .wire import (
    Json,
    WireBooking,
    as_int,
    as_items,
    as_object,
    as_text,
    claimed,
    counted,
    listed_bookings,
    sensed,
)

_MAX_DAYS: Final = 365
_MAX_PAGES: Final = 50
# Records read in one go: 1 ms on a server, 5 ms on a small board.
_AT_ONCE: Final = 200
_STATUS: Final = "bookings.availability.status"
_TIME_STAMP: Final = "bookings.availability.timestamp"
_CURRENT: Final = "bookings.current.id"
_PEOPLE: Final = "roomanalytics.peoplecount.current"
_PRESENCE: Final = "roomanalytics.peoplepresence"
# A device tells only what is new; these are told together.
_KEPT: Final = (_STATUS, _TIME_STAMP, _PEOPLE, _PRESENCE)


class XapiBackend(KeepsNoSeries):
    """A `Backend` over any transport to xAPI devices.

    `clock` gives the current time, aware, in UTC.
    """

    def __init__(
        self,
        transport: Transport,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Use a transport that is not connected yet."""
        self._transport = transport
        self._clock = clock
        self._equipment = Equipment(transport)
        self._commands = BookingCommands(transport, self._equipment, clock)
        self._status: dict[DeviceId, dict[str, Json]] = {}
        # Devices that are in no room, and have been told of.
        self._strangers: set[DeviceId] = set()

    async def connect(self) -> None:
        """Prove the credentials and ask for signals."""
        await self._transport.connect()

    async def close(self) -> None:
        """Let go of everything."""
        await self._transport.close()

    async def prove(self, room_id: RoomId) -> None:
        """Try what reading a room takes; raise only what better credentials would cure."""
        for device in self._equipment.devices(room_id, "list")[:1]:
            with _only_rights():
                await self._transport.status(device.id, "Bookings.Availability.Status")
            with _only_rights():
                arguments: dict[str, Json] = {"Days": 1, "DayOffset": 0}
                await self._equipment.command(device, "Bookings.List", arguments)

    async def rooms(self) -> Sequence[Room]:
        """All rooms that have a device with bookings."""
        rooms = await self._equipment.refresh()
        known = self._equipment.room_of
        self._status = {d: s for d, s in self._status.items() if known(d)}
        self._strangers = {d for d in self._strangers if not known(d)}
        return rooms

    # Signals

    async def listen(self, emit: Emit) -> None:
        """Hand over what the devices say, in the terms of rooms."""

        def translate(signal: TransportSignal) -> None:
            match signal:
                case DeviceEvent():
                    self._on_event(signal, emit)
                case DeviceStatus():
                    self._on_status(signal, emit)
                case _:
                    if isinstance(signal, Connected):
                        self._equipment.forget_own_ids()
                    emit(signal)

        await self._transport.listen(translate)

    def _on_event(self, event: DeviceEvent, emit: Emit) -> None:
        if (room_id := self._equipment.room_of(event.device_id)) is None:
            if event.device_id not in self._strangers and concerns_bookings(event.key):
                self._strangers.add(event.device_id)
                emit(RoomsChanged())
            return
        names = self._equipment.names(room_id)
        if renames_bookings(event.key):
            names.own.pop(event.device_id, None)
        for signal in event_signals(
            room_id,
            event.key,
            event.value,
            lambda ids: names.resolve(event.device_id, ids),
        ):
            emit(signal)

    def _on_status(self, status: DeviceStatus, emit: Emit) -> None:
        if (room_id := self._equipment.room_of(status.device_id)) is None:
            return
        news = {key.lower(): value for key, value in status.updated.items()}
        known = self._status.setdefault(status.device_id, {})
        known.update({key: news[key] for key in _KEPT if key in news})
        if _STATUS in news or _TIME_STAMP in news:
            claim = claimed(
                known.get(_STATUS),
                known.get(_TIME_STAMP),
                time_known=_TIME_STAMP in news,
            )
            if claim is not None:
                emit(RoomClaims(room_id, claim))
        own = self._equipment.names(room_id).own.get(status.device_id)
        if own is not None and (current := as_text(news.get(_CURRENT))):
            emit(MeetingSeen(room_id, own.get(current), running=True))
        if _PEOPLE in news or _PRESENCE in news:
            count, present = counted(known.get(_PEOPLE)), sensed(known.get(_PRESENCE))
            emit(PeopleSeen(room_id, count, present))

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
        """The bookings of a room in [start, end), from the first of its devices that answers."""
        error: RoomError | None = None
        for device in self._equipment.devices(room_id, "list"):
            try:
                found = await self._listed(room_id, device, end, expected, urgent)
            except AuthFailedError:
                raise
            except RoomError as failed:
                self._equipment.answered(device, answered=False)
                error = error or failed
                continue
            self._equipment.answered(device, answered=True)
            named = self._equipment.names(room_id).listed(device.id, found)
            return [b for b in named if b.end > start and b.start < end]
        raise error or UnreachableError("the room has no device")

    async def _listed(
        self,
        room_id: RoomId,
        device: Device,
        end: datetime,
        expected: Collection[BookingId] | None,
        urgent: bool,
    ) -> list[WireBooking]:
        # The device's day begins at its own midnight: one more covers every zone.
        days = 1 - (self._clock() - end) // timedelta(days=1)
        if (
            expected is None
            or days > _MAX_DAYS
            or not device.capabilities.takes("list", "days")
        ):
            return await self._pages(device, {}, urgent)
        arguments: dict[str, Json] = {"Days": max(1, days), "DayOffset": 0}
        try:
            found = await self._pages(device, arguments, urgent)
        except NotFoundError:
            raise
        except RejectedError:
            # Its schema may not have told (assumption `phone_commands`).
            return await self._pages(device, {}, urgent)
        names = self._equipment.names(room_id)
        if set(expected) <= names.named(device.id, found).keys():
            return found
        # A meeting that began yesterday may fall outside "today" (assumption `day_offset`).
        known = {b.ids.booking_id for b in found}
        listed = await self._pages(device, {}, urgent)
        return found + [b for b in listed if b.ids.booking_id not in known]

    async def _pages(
        self, device: Device, arguments: Mapping[str, Json], urgent: bool
    ) -> list[WireBooking]:
        found: list[WireBooking] = []
        rows = 0
        pageable = device.capabilities.takes("list", "offset")
        for _ in range(_MAX_PAGES):
            paged = {**arguments, "Offset": rows} if rows else arguments
            result = as_object(
                await self._equipment.command(device, "Bookings.List", paged, urgent)
            )
            records = as_items(result.get("Booking"))
            for part in batched(records, _AT_ONCE, strict=False):
                found += listed_bookings({"Booking": list(part)})
                await asyncio.sleep(0)
            rows += len(records)
            total = as_int(as_object(result.get("ResultInfo")).get("TotalRows"))
            if records and not found and total is None:
                # Not some bad records: an answer that cannot be read.
                raise AnswerLostError("a list that cannot be read")
            if not pageable or not records or rows >= (total or 0):
                break
        return found

    # Verbs

    def check_request(self, room_id: RoomId, request: BookingRequest) -> None:
        """Raise what `Bookings Book` cannot carry."""
        self._commands.check_request(room_id, request)

    def check_change(self, room_id: RoomId, booking: Booking, wanted: Booking) -> None:
        """Raise what `Bookings Edit` cannot carry."""
        self._commands.check_change(room_id, booking, wanted)

    @property
    def traits(self) -> Traits:
        """Devices know themselves only, and a quiet one is asked now and then."""
        return Traits()

    async def book(self, room_ids: Sequence[RoomId], request: BookingRequest) -> None:
        """Ask for a booking; the confirmation comes by event or listing."""
        await self._commands.book(room_ids[0], request)

    async def delete(
        self, room_id: RoomId, booking: Booking, scope: Scope = Scope.ONE
    ) -> None:
        """Ask for a booking to be deleted."""
        await self._commands.delete(room_id, booking)

    async def change(
        self,
        room_id: RoomId,
        booking: Booking,
        wanted: Booking,
        scope: Scope = Scope.ONE,
    ) -> None:
        """Ask for a booking to be changed."""
        await self._commands.change(room_id, booking, wanted)

    async def check_in(self, room_id: RoomId, booking: Booking) -> None:
        """Tell the device that somebody came."""
        await self._commands.check_in(room_id, booking)

    async def end_meeting(
        self,
        room_id: RoomId,
        booking: Booking,
        extras: Mapping[str, Any] = NO_EXTRAS,
    ) -> EndMethod:
        """End the running meeting, as the device can."""
        return await self._commands.end_meeting(room_id, booking)


@contextmanager
def _only_rights() -> Iterator[None]:
    """Let a lack of rights through, and nothing else: the device may be asleep."""
    try:
        yield
    except PermissionDeniedError:
        raise
    except RoomError:
        return

"""Rooms whose bookings are kept by their PhoneOS or RoomOS devices."""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import Final

from ...rooms.booking import Booking, BookingId, BookingRequest, RoomId
from ...rooms.errors import (
    AuthFailedError,
    NotFoundError,
    NotSupportedError,
    PermissionDeniedError,
    RejectedError,
    RoomError,
    TooLongError,
    UnreachableError,
)
from ...rooms.room import EndMethod, Room, Verb
from ..signals import Connected, Emit, MeetingSeen, RoomClaims, RoomsChanged
from .events import concerns_bookings, event_signals, renames_bookings
from .transport import (
    Device,
    DeviceEvent,
    DeviceId,
    DeviceStatus,
    EquippedRoom,
    Transport,
    TransportSignal,
)
from .wire import (
    MAX_MINUTES,
    MAX_TEXT,
    Json,
    WireBooking,
    WireIds,
    as_int,
    as_items,
    as_object,
    as_text,
    as_words,
    book_arguments,
    claimed,
    listed_bookings,
)

_MAX_DAYS: Final = 365
_MAX_PAGES: Final = 50
# Records read in one go: 1 ms on a server, 5 ms on a small board.
_AT_ONCE: Final = 200
_STATUS: Final = "bookings.availability.status"
_TIME_STAMP: Final = "bookings.availability.timestamp"
_CURRENT: Final = "bookings.current.id"


@dataclass(slots=True)
class _Names:
    """The wire names of a room's bookings; `own` holds each device's own Ids."""

    ids: dict[BookingId, WireIds] = field(default_factory=dict)
    own: dict[DeviceId, dict[str, BookingId]] = field(default_factory=dict)

    def listed(self, device_id: DeviceId, bookings: Collection[WireBooking]) -> None:
        self.ids = {b.ids.booking_id: b.ids for b in bookings}
        self.own = {
            device_id: {b.ids.id: b.ids.booking_id for b in bookings if b.ids.id}
        }

    def resolve(self, device_id: DeviceId, ids: WireIds) -> BookingId | None:
        """The booking that goes by these names at this device."""
        if ids.meeting_id:
            return BookingId(ids.meeting_id)
        return self.own.get(device_id, {}).get(ids.id)


class XapiBackend:
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
        self._rooms: dict[RoomId, EquippedRoom] = {}
        self._room_of: dict[DeviceId, RoomId] = {}
        self._names: dict[RoomId, _Names] = {}
        self._status: dict[DeviceId, dict[str, Json]] = {}
        # Devices that did not answer last time; others are asked before them.
        self._silent: set[DeviceId] = set()
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
        for device in self._devices(room_id, "list")[:1]:
            with _only_rights():
                await self._transport.status(device.id, "Bookings.Availability.Status")
            with _only_rights():
                arguments: dict[str, Json] = {"Days": 1, "DayOffset": 0}
                await self._command(device, "Bookings.List", arguments)

    async def rooms(self) -> Sequence[Room]:
        """All rooms that have a device with bookings."""
        found = await self._transport.rooms()
        self._rooms = {equipped.room.id: equipped for equipped in found}
        self._room_of = {
            d.id: equipped.room.id for equipped in found for d in equipped.devices
        }
        self._names = {r: self._names.get(r) or _Names() for r in self._rooms}
        self._status = {d: s for d, s in self._status.items() if d in self._room_of}
        return [equipped.room for equipped in found]

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
                        self._forget_own_ids()
                    emit(signal)

        await self._transport.listen(translate)

    def _on_event(self, event: DeviceEvent, emit: Emit) -> None:
        if (room_id := self._room_of.get(event.device_id)) is None:
            if event.device_id not in self._strangers and concerns_bookings(event.key):
                self._strangers.add(event.device_id)
                emit(RoomsChanged())
            return
        names = self._names[room_id]
        if renames_bookings(event.key):
            names.own.pop(event.device_id, None)
        for signal in event_signals(
            room_id,
            event.key,
            event.value,
            lambda ids: names.resolve(event.device_id, ids),
        ):
            emit(signal)

    def _forget_own_ids(self) -> None:
        """A device may have given its Ids to other bookings while nobody listened (9.7)."""
        for names in self._names.values():
            names.own.clear()

    def _on_status(self, status: DeviceStatus, emit: Emit) -> None:
        if (room_id := self._room_of.get(status.device_id)) is None:
            return
        news = {key.lower(): value for key, value in status.updated.items()}
        known = self._status.setdefault(status.device_id, {})
        known.update({key: news[key] for key in (_STATUS, _TIME_STAMP) if key in news})
        if _STATUS in news or _TIME_STAMP in news:
            claim = claimed(
                known.get(_STATUS),
                known.get(_TIME_STAMP),
                time_known=_TIME_STAMP in news,
            )
            if claim is not None:
                emit(RoomClaims(room_id, claim))
        own = self._names[room_id].own.get(status.device_id)
        if own is not None and (current := as_text(news.get(_CURRENT))):
            emit(MeetingSeen(room_id, own.get(current), running=True))

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
        for device in self._devices(room_id, "list"):
            try:
                found = await self._listed(device, end, expected, urgent)
            except AuthFailedError:
                raise
            except RoomError as failed:
                self._silent.add(device.id)
                error = error or failed
                continue
            self._silent.discard(device.id)
            if (names := self._names.get(room_id)) is not None:
                names.listed(device.id, found)
            return [
                b.booking
                for b in found
                if b.booking.end > start and b.booking.start < end
            ]
        raise error or UnreachableError("the room has no device")

    async def _listed(
        self,
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
        if set(expected) <= {b.ids.booking_id for b in found}:
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
                await self._command(device, "Bookings.List", paged, urgent)
            )
            records = as_items(result.get("Booking"))
            for part in batched(records, _AT_ONCE, strict=False):
                found += listed_bookings({"Booking": list(part)})
                await asyncio.sleep(0)
            rows += len(records)
            total = as_int(as_object(result.get("ResultInfo")).get("TotalRows")) or 0
            if not pageable or not records or rows >= total:
                break
        return found

    # Verbs

    def check_request(self, room_id: RoomId, request: BookingRequest) -> None:
        """Raise what `Bookings Book` cannot carry (facts 1.1)."""
        devices = self._writers(room_id, "book")
        if not devices:
            raise NotSupportedError(Verb.BOOK)
        minutes = (request.end - request.start) / timedelta(minutes=1)
        if minutes > MAX_MINUTES:
            raise TooLongError(MAX_MINUTES)
        if minutes != int(minutes):
            raise NotSupportedError("durations other than whole minutes")
        if request.private:
            raise NotSupportedError("private bookings")
        for text in (request.title, request.organizer_name, request.organizer_email):
            if len(text) > MAX_TEXT:
                raise NotSupportedError(f"texts of more than {MAX_TEXT} characters")
        for argument, value in (
            ("OrganizerName", request.organizer_name),
            ("OrganizerEmail", request.organizer_email),
        ):
            if value and not devices[0].capabilities.takes("book", argument):
                raise NotSupportedError(argument)

    async def book(self, room_id: RoomId, request: BookingRequest) -> None:
        """Ask a device; it answers nothing, the confirmation comes by event or listing."""
        error: RoomError = NotSupportedError(Verb.BOOK)
        for device in self._writers(room_id, "book"):
            try:
                await self._command(device, "Bookings.Book", book_arguments(request))
            except NotFoundError as gone:
                # A device that is no more; its companions keep the same calendar.
                error = gone
            else:
                return
        raise error

    async def delete(self, room_id: RoomId, booking: Booking) -> None:
        """Ask a device to delete a booking, by whichever of its names the device takes."""
        devices = self._writers(room_id, "delete")
        if not devices:
            raise NotSupportedError(Verb.DELETE)
        error: RoomError = NotFoundError("the booking has no name at the device")
        for device in devices:
            for argument, value in self._delete_names(room_id, device, booking):
                try:
                    await self._command(device, "Bookings.Delete", {argument: value})
                except RejectedError as refused:
                    error = refused
                else:
                    return
            if not isinstance(error, NotFoundError):
                break
        raise error

    def _delete_names(
        self, room_id: RoomId, device: Device, booking: Booking
    ) -> Iterator[tuple[str, str]]:
        """By request id, meeting id, device's own id (assumption `delete_argument`)."""
        names = self._names[room_id]
        ids = names.ids.get(booking.id) or WireIds(
            id="", meeting_id=booking.id, request_id=booking.request_id
        )
        own = names.own.get(device.id, {})
        candidates = (
            ("BookingRequestUUID", ids.request_id or ids.meeting_id),
            ("MeetingId", ids.meeting_id),
            (
                "Id",
                next((name for name, known in own.items() if known == booking.id), ""),
            ),
        )
        for argument, value in candidates:
            if value and device.capabilities.takes("delete", argument):
                yield argument, value

    async def end_meeting(self, room_id: RoomId, booking: Booking) -> EndMethod:
        """End the running meeting: PhoneOS can only delete it (facts 1.2)."""
        await self.delete(room_id, booking)
        return EndMethod.DELETED

    # Devices

    def _devices(self, room_id: RoomId, command: str) -> list[Device]:
        """The room's devices that have the command, those first that will answer."""
        equipped = self._rooms.get(room_id)
        devices = equipped.devices if equipped else ()
        able = [d for d in devices if command in d.capabilities.commands]
        return sorted(able, key=lambda d: (d.id in self._silent) + (not d.online))

    def _writers(self, room_id: RoomId, command: str) -> list[Device]:
        return [d for d in self._devices(room_id, command) if d.writable]

    async def _command(
        self,
        device: Device,
        name: str,
        arguments: Mapping[str, Json],
        urgent: bool = True,
    ) -> Json:
        result = await self._transport.command(
            device.id, name, arguments, urgent=urgent
        )
        answer = as_object(result)
        if as_text(answer.get("status")).lower() in ("error", "parametererror"):
            raise RejectedError(_reason(answer))
        return result


@contextmanager
def _only_rights() -> Iterator[None]:
    """Let a lack of rights through, and nothing else: the device may be asleep."""
    try:
        yield
    except PermissionDeniedError:
        raise
    except RoomError:
        return


def _reason(answer: Mapping[str, Json]) -> str:
    """The human words of a refused command; where they stand differs (facts 1.5)."""
    for key in ("Description", "Reason", "Error", "Type"):
        words = answer.get(key)
        if text := as_words(as_object(words).get("Value")) or as_words(words):
            return text
    return "the device refused"

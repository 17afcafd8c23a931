"""Rooms whose bookings are kept by their PhoneOS or RoomOS devices."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from ...rooms.booking import Booking, BookingId, BookingRequest, RoomId
from ...rooms.errors import (
    AnswerLostError,
    BusyTryLaterError,
    NotFoundError,
    NotSupportedError,
    RejectedError,
    RoomError,
    TooLongError,
    UnreachableError,
)
from ...rooms.room import EndMethod, Room, Verb
from ..signals import Emit, MeetingSeen, RoomClaims, RoomsChanged
from .events import event_signals
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
    as_object,
    as_text,
    as_words,
    book_arguments,
    claimed,
    listed_bookings,
)

_MAX_DAYS: Final = 365
_MAX_PAGES: Final = 50
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

    async def connect(self) -> None:
        """Prove the credentials and ask for signals."""
        await self._transport.connect()

    async def close(self) -> None:
        """Let go of everything."""
        await self._transport.close()

    async def prove(self, room_id: RoomId) -> None:
        """Try what reading a room takes; raise only what better credentials would cure."""
        device = next(iter(self._devices(room_id, "list")))
        try:
            await self._transport.status(device.id, "Bookings.Availability.Status")
            await self._command(device, "Bookings.List", {"Days": 1, "DayOffset": 0})
        except NotFoundError, RejectedError, BusyTryLaterError, AnswerLostError:
            # The device may be asleep; it is the rights that are tried.
            return

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
                    emit(signal)

        await self._transport.listen(translate)

    def _on_event(self, event: DeviceEvent, emit: Emit) -> None:
        if (room_id := self._room_of.get(event.device_id)) is None:
            emit(RoomsChanged())
            return
        names = self._names[room_id]
        for signal in event_signals(
            room_id,
            event.key,
            event.value,
            lambda ids: names.resolve(event.device_id, ids),
        ):
            emit(signal)

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
        error: RoomError = UnreachableError("the room has no device")
        for device in self._devices(room_id, "list"):
            try:
                found = await self._listed(device, end, expected, urgent)
            except (NotFoundError, RejectedError, UnreachableError) as failed:
                error = failed
                continue
            self._names[room_id].listed(device.id, found)
            return [
                b.booking
                for b in found
                if b.booking.end > start and b.booking.start < end
            ]
        raise error

    async def _listed(
        self,
        device: Device,
        end: datetime,
        expected: Collection[BookingId] | None,
        urgent: bool,
    ) -> list[WireBooking]:
        days: dict[str, Json] = {}
        if expected is not None and device.capabilities.takes("list", "days"):
            ahead = -((self._clock() - end) // timedelta(days=1))
            # The device's day begins at its own midnight: one more covers every zone.
            days = {"Days": max(1, min(ahead + 1, _MAX_DAYS)), "DayOffset": 0}
        found = await self._pages(device, days, urgent)
        if days and expected and not set(expected) <= {b.ids.booking_id for b in found}:
            # A meeting that began yesterday may fall outside "today" (assumption `day_offset`).
            listed = {
                b.ids.booking_id: b for b in await self._pages(device, {}, urgent)
            }
            found = list((listed | {b.ids.booking_id: b for b in found}).values())
        return found

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
            found += listed_bookings(dict(result))
            records = result.get("Booking")
            got = len(records) if isinstance(records, list) else int(bool(records))
            rows += got
            total = as_int(as_object(result.get("ResultInfo")).get("TotalRows")) or 0
            if not pageable or not got or rows >= total:
                break
        return found

    # Verbs

    def check_request(self, room_id: RoomId, request: BookingRequest) -> None:
        """Raise what `Bookings Book` cannot carry (facts 1.1)."""
        device = self._device(room_id, "book", Verb.BOOK)
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
            if value and not device.capabilities.takes("book", argument):
                raise NotSupportedError(argument)

    async def book(self, room_id: RoomId, request: BookingRequest) -> None:
        """Ask the device; it answers nothing, the confirmation comes by event or listing."""
        device = self._device(room_id, "book", Verb.BOOK)
        await self._command(device, "Bookings.Book", book_arguments(request))

    async def delete(self, room_id: RoomId, booking: Booking) -> None:
        """Ask the device to delete a booking, by whichever of its names the device takes."""
        device = self._device(room_id, "delete", Verb.DELETE)
        error: RoomError = NotFoundError("the booking has no name at the device")
        for argument, value in self._delete_names(room_id, device, booking):
            try:
                await self._command(device, "Bookings.Delete", {argument: value})
            except (NotFoundError, RejectedError) as refused:
                error = refused
            else:
                return
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
        """The room's devices that have the command, those that are online first."""
        equipped = self._rooms.get(room_id)
        devices = equipped.devices if equipped else ()
        able = [d for d in devices if command in d.capabilities.commands]
        return sorted(able, key=lambda d: not d.online)

    def _device(self, room_id: RoomId, command: str, verb: Verb) -> Device:
        device = next((d for d in self._devices(room_id, command) if d.writable), None)
        if device is None:
            raise NotSupportedError(verb)
        return device

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


def _reason(answer: Mapping[str, Json]) -> str:
    """The human words of a refused command; where they stand differs (facts 1.5)."""
    for key in ("Description", "Reason", "Error", "Type"):
        words = answer.get(key)
        if text := as_words(as_object(words).get("Value")) or as_words(words):
            return text
    return "the device refused"

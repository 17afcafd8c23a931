"""What can be done to bookings at PhoneOS and RoomOS devices, and by which commands."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from ...rooms.booking import Booking, BookingRequest, RoomId
from ...rooms.errors import (
    AuthFailedError,
    NotFoundError,
    NotSupportedError,
    PermissionDeniedError,
    RejectedError,
    RoomError,
    TooLongError,
)
from ...rooms.room import EndMethod, Verb
from .equipment import Equipment
from .transport import Device, Transport
from .wire import (
    MAX_MINUTES,
    MAX_TEXT,
    Json,
    book_arguments,
    edit_arguments,
    whole_minutes,
)

_LASTING_NAMES: Final = ("MeetingId", "Id")
# Where the command is not known by its schema: the order is assumption `delete_argument`.
_DELETE_NAMES: Final = ("BookingRequestUUID", *_LASTING_NAMES)

type Try = tuple[Device, str, dict[str, Json]]


class BookingCommands:
    """The verbs of a `Backend` as xAPI commands (facts 1.1)."""

    def __init__(
        self,
        transport: Transport,
        equipment: Equipment,
        clock: Callable[[], datetime],
    ) -> None:
        """Send nothing yet."""
        self._transport = transport
        self._equipment = equipment
        self._clock = clock

    def check_request(self, room_id: RoomId, request: BookingRequest) -> None:
        """Raise what `Bookings Book` cannot carry."""
        devices = self._equipment.writers(room_id, "book")
        if not devices:
            raise NotSupportedError(Verb.BOOK)
        _check_times(request.start, request.end)
        _check_text(request.title)
        if request.private:
            raise NotSupportedError("private bookings")
        for extra in request.extras:
            raise NotSupportedError(extra)
        for argument, value in (
            ("OrganizerName", request.organizer_name),
            ("OrganizerEmail", request.organizer_email),
        ):
            _check_text(value)
            if value and not devices[0].capabilities.takes("book", argument):
                raise NotSupportedError(argument)

    def check_change(self, room_id: RoomId, booking: Booking, wanted: Booking) -> None:
        """Raise what `Bookings Edit` cannot carry."""
        if not self._equipment.writers(room_id, "edit"):
            raise NotSupportedError(Verb.RESCHEDULE)
        if (booking.start, booking.end) != (wanted.start, wanted.end):
            _check_times(wanted.start, wanted.end)
        _check_text(wanted.title)

    async def book(self, room_id: RoomId, request: BookingRequest) -> None:
        """Ask a device; it answers nothing, the confirmation comes by event or listing."""
        devices = self._equipment.writers(room_id, "book")
        try:
            await self._equipment.first_that_can(
                room_id,
                Verb.BOOK,
                ((d, "Bookings.Book", book_arguments(request)) for d in devices),
            )
        except RejectedError:
            await self._look_for_obstacle(devices, "book")
            raise

    async def delete(self, room_id: RoomId, booking: Booking) -> None:
        """Ask a device to delete a booking, by whichever of its names the device takes."""
        await self._named(room_id, booking, Verb.DELETE, "Delete", _DELETE_NAMES)

    async def change(self, room_id: RoomId, booking: Booking, wanted: Booking) -> None:
        """Ask a device to edit a booking."""
        arguments = edit_arguments(booking, wanted)
        await self._named(
            room_id, booking, Verb.RESCHEDULE, "Edit", _LASTING_NAMES, arguments
        )

    async def check_in(self, room_id: RoomId, booking: Booking) -> None:
        """Tell a device that somebody came."""
        try:
            await self._named(
                room_id, booking, Verb.CHECK_IN, "CheckIn", _LASTING_NAMES
            )
        except RejectedError:
            devices = self._equipment.writers(room_id, "checkin")
            await self._look_for_obstacle(devices, "checkin")
            raise

    async def end_meeting(self, room_id: RoomId, booking: Booking) -> EndMethod:
        """End the running meeting: check out, else shorten, else delete.

        A duration in whole minutes must not leave the room busy, so it is rounded down;
        a meeting younger than a minute is deleted. PhoneOS can only delete.
        """
        minutes = whole_minutes(booking.start, self._clock())
        ways: list[tuple[EndMethod, str, dict[str, Json]]] = [
            (EndMethod.ENDED, "CheckOut", {})
        ]
        if minutes >= 1:
            ways.append((EndMethod.SHORTENED, "Edit", {"Duration": minutes}))
        for method, command, arguments in ways:
            if self._equipment.writers(room_id, command.lower()):
                try:
                    await self._named(
                        room_id,
                        booking,
                        Verb.END_MEETING,
                        command,
                        _LASTING_NAMES,
                        arguments,
                    )
                except AuthFailedError:
                    raise
                except PermissionDeniedError, RejectedError:
                    # Also where only Delete was granted, which ends a meeting anywhere.
                    continue
                return method
        await self._named(room_id, booking, Verb.END_MEETING, "Delete", _DELETE_NAMES)
        return EndMethod.DELETED

    async def _look_for_obstacle(self, devices: list[Device], command: str) -> None:
        """Raise NotSupportedError if a setting at one of the devices stands in the way."""
        for device in devices:
            obstacle: str | None = None
            # Whatever it says now, it did refuse.
            with suppress(RoomError):
                obstacle = await self._transport.obstacle(device.id, command)
            if obstacle:
                raise NotSupportedError(obstacle) from None

    async def _named(
        self,
        room_id: RoomId,
        booking: Booking,
        verb: Verb,
        command: str,
        names: tuple[str, ...],
        arguments: dict[str, Json] | None = None,
    ) -> None:
        """Run a command about a booking, by its names in this order."""
        if not self._equipment.writers(room_id, command.lower()):
            raise NotSupportedError(verb)
        tries = list(self._tries(room_id, booking, command, names, arguments or {}))
        if not tries:
            raise NotFoundError("the booking has no name at the device")
        await self._equipment.first_that_can(room_id, verb, tries)

    def _tries(
        self,
        room_id: RoomId,
        booking: Booking,
        command: str,
        names: tuple[str, ...],
        arguments: dict[str, Json],
    ) -> Iterator[Try]:
        for device in self._equipment.writers(room_id, command.lower()):
            ids = self._equipment.names(room_id).at(device.id, booking)
            known = {
                "BookingRequestUUID": ids.request_id or ids.meeting_id,
                "MeetingId": ids.meeting_id,
                "Id": ids.id,
            }
            for name in names:
                if known[name] and device.capabilities.takes(command.lower(), name):
                    yield (
                        device,
                        f"Bookings.{command}",
                        {name: known[name], **arguments},
                    )


def _check_times(start: datetime, end: datetime) -> None:
    minutes = (end - start) / timedelta(minutes=1)
    if minutes > MAX_MINUTES:
        raise TooLongError(MAX_MINUTES)
    if minutes != int(minutes):
        raise NotSupportedError("durations other than whole minutes")


def _check_text(text: str) -> None:
    if len(text) > MAX_TEXT:
        raise NotSupportedError(f"texts of more than {MAX_TEXT} characters")

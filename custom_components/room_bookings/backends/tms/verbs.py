"""What people do to conferences, one of them at a time."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from ...rooms.booking import Booking, BookingRequest
from ...rooms.errors import (
    AnswerLostError,
    InThePastError,
    NoMeetingError,
    NotFoundError,
    NotSupportedError,
    PermissionDeniedError,
    RejectedError,
    RoomError,
)
from ...rooms.room import EndMethod
from .bookings import booking_of, conference_of, recurs
from .errors import ConcurrentModificationError
from .extras import check_title, wishes_of
from .model import (
    TMS_PARTICIPANT,
    Conference,
    ConferenceChanges,
    ConferenceStatus,
    Participant,
)
from .people import People
from .replica import Replica
from .saving import Maker
from .service import TmsService


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What all verbs work with."""

    service: TmsService
    source: str
    replica: Replica
    people: People
    maker: Maker
    clock: Callable[[], datetime]


def check_change(booking: Booking, wanted: Booking, now: datetime) -> None:
    """Raise what TMS would refuse of a change (reference, Ongoing Meetings)."""
    if booking.end <= now:
        raise InThePastError
    if booking.start <= now and wanted.start != booking.start:
        raise NotSupportedError("another start of a running meeting")
    if wanted.title != booking.title:
        check_title(wanted.title)


class ConferenceVerbs:
    """Book, delete, end and change."""

    def __init__(self, tools: Tools) -> None:
        """Do nothing yet."""
        self._tools = tools
        self._service = tools.service
        self._replica = tools.replica

    async def book(self, rooms: Sequence[int], request: BookingRequest) -> Booking:
        """Make one conference of all rooms; the booking that TMS confirmed."""
        base, changes, confirm = await prepared(self._tools, rooms, request)
        saved = await self._tools.maker.make(
            request.request_id, base, changes, send_confirmation=confirm
        )
        slot = (request.start, request.end)
        booking = await confirmed(self._tools, saved, rooms, slot)
        self._replica.saved(saved, rooms)
        return replace(booking, request_id=request.request_id)

    async def end_meeting(self, room: int, booking: Booking) -> EndMethod:
        """End a running conference."""
        conference_id = conference_of(booking)
        try:
            await self._service.end(conference_id)
        except NoMeetingError as error:
            raise NotFoundError(str(error)) from error
        await self._look_again(conference_id, (room,))
        return EndMethod.ENDED

    async def delete(self, room: int, booking: Booking) -> None:
        """Delete a conference, or one occurrence of a series; a running one ends."""
        conference_id = conference_of(booking)
        # To delete what turns out to be a series would delete all of it.
        conference = await self._service.conference(conference_id)
        if recurs(conference):
            await self._service.delete_occurrence(conference_id)
        else:
            await self._service.delete(conference_id)
        rooms = conference.systems | {room}
        if conference.start <= self._tools.clock():
            await self._look_again(conference_id, rooms)
        else:
            self._replica.removed(conference_id, rooms)

    async def change(
        self, room: int, booking: Booking, wanted: Booking
    ) -> Booking | None:
        """Change a conference, or one occurrence of a series, as far as it is asked to.

        Returns it as TMS confirmed it, None if it confirmed something else.
        """
        conference_id = conference_of(booking)
        conference = await self._service.conference(conference_id)
        try:
            saved = await self._changed(conference, booking, wanted)
        except ConcurrentModificationError:
            conference = await self._service.conference(conference_id)
            saved = await self._changed(conference, booking, wanted)
        if saved.id != conference_id:
            self._replica.removed(conference_id, (room,))
        self._replica.saved(saved, conference.systems | {room})
        changed = booking_of(saved, self._tools.source, self._tools.clock())
        if changed is None or (changed.start, changed.end) != (
            wanted.start,
            wanted.end,
        ):
            return None
        return changed

    async def _changed(
        self, conference: Conference, booking: Booking, wanted: Booking
    ) -> Conference:
        check_unchanged(self._tools, conference, booking, wanted)
        changes = ConferenceChanges(
            title=wanted.title if wanted.title != booking.title else None,
            start=wanted.start if wanted.start != booking.start else None,
            end=wanted.end if wanted.end != booking.end else None,
        )
        if recurs(conference):
            return await self._service.save_occurrence(conference, changes)
        return await self._service.save(conference, changes)

    async def _look_again(self, conference_id: int, rooms: Iterable[int]) -> None:
        """Take in what has become of a conference, if TMS tells."""
        # It was done: if this fails, the next transaction tells.
        with suppress(RoomError):
            try:
                conference = await self._service.conference(conference_id)
            except NotFoundError:
                self._replica.removed(conference_id, rooms)
            else:
                self._replica.saved(conference, rooms)


async def prepared(
    tools: Tools, rooms: Sequence[int], request: BookingRequest
) -> tuple[Conference, ConferenceChanges, bool]:
    """What a new conference is made from, and whether a confirmation is to be sent."""
    wishes = wishes_of(request, tools.service.version)
    owner = await tools.people.owner(request.organizer_name, request.organizer_email)
    systems = (Participant(id=room, call_type=TMS_PARTICIPANT) for room in rooms)
    base = await tools.service.default_conference()
    changes = ConferenceChanges(
        title=request.title,
        start=request.start,
        end=request.end,
        participants=(*systems, *wishes.participants),
        fields={**wishes.fields, **owner},
    )
    return base, changes, wishes.send_confirmation


async def confirmed(
    tools: Tools,
    saved: Conference,
    rooms: Sequence[int],
    slot: tuple[datetime, datetime],
) -> Booking:
    """The booking that was made, if it is the one that was asked for; else it is undone.

    Raises AnswerLostError if it can be neither confirmed nor undone.
    """
    booking = booking_of(saved, tools.source, tools.clock())
    missing = saved.participants is not None and not saved.systems >= set(rooms)
    if (
        booking is not None
        and booking.holds
        and (booking.start, booking.end) == slot
        and not missing
    ):
        return booking
    raise await undone(tools, saved)


async def undone(tools: Tools, saved: Conference) -> RoomError:
    """Delete what is not what was asked for; returns what to say.

    Raises AnswerLostError if it cannot be deleted: then something was done.
    """
    try:
        await tools.service.delete(saved.id)
    except NotFoundError:
        pass
    except RoomError as error:
        raise AnswerLostError("something else was booked than was asked") from error
    if saved.status is ConferenceStatus.MEETING_REQUEST:
        return PermissionDeniedError("Approve Meeting")
    return RejectedError(
        saved.problem or "it would take place in another way than asked"
    )


def check_unchanged(
    tools: Tools, conference: Conference, booking: Booking, wanted: Booking
) -> None:
    """Raise RejectedError if somebody else changed what is to be changed."""
    now = booking_of(conference, tools.source, tools.clock())
    if now is None:
        raise NotFoundError("the conference is no longer booked")
    for name in ("title", "start", "end"):
        was, is_, shall = (getattr(b, name) for b in (booking, now, wanted))
        if shall != was and is_ not in (was, shall):
            told = "" if name == "title" else f" to {is_:%Y-%m-%d %H:%M} UTC"
            raise RejectedError(f"somebody else changed its {name} meanwhile{told}")

"""What xAPI events mean, for the cloud's queue and a device's socket alike (facts 2).

Anything that is not understood means at most "list the room anew".
"""

from collections.abc import Callable, Iterator
from typing import Final

from ...rooms.booking import BookingId, RoomId
from ..signals import (
    BookingAdded,
    BookingCheckedIn,
    BookingMoved,
    BookingRemoved,
    MeetingSeen,
    RoomSignal,
    RoomStale,
)
from .wire import Json, WireIds, created_booking, gave_up, moved_to, named_ids

_PREFIX: Final = "bookings."
_BOOT: Final = "bootevent"
_SYNC: Final = "bookings.syncrequired"
# Said about what the clock or a person at the device does; no booking changes by it.
_NO_CHANGE: Final = frozenset(
    {
        "bookingrequested",
        "editrequested",
        "timeremaining",
        "starttimebuffer",
        "endtimebuffer",
        "notificationsnoozed",
    }
)

type Resolve = Callable[[WireIds], BookingId | None]


def concerns_bookings(key: str) -> bool:
    """Whether an event says that its device has bookings, or that it is there at all."""
    return key.lower() == _BOOT or key.lower().startswith(_PREFIX)


def renames_bookings(key: str) -> bool:
    """Whether the device's own Ids of its bookings may be others from here on (9.7)."""
    return key.lower() in (_BOOT, _SYNC)


def event_signals(
    room_id: RoomId, key: str, value: Json, resolve: Resolve
) -> Iterator[RoomSignal]:
    """The signals of one event; `resolve` finds the booking that goes by some wire names."""
    name = key.lower()
    if name == _BOOT:
        yield RoomStale(room_id)
        return
    if (
        not name.startswith(_PREFIX)
        or (event := name.removeprefix(_PREFIX)) in _NO_CHANGE
    ):
        return
    ids = named_ids(value)
    match event:
        case "bookingcreated":
            created = created_booking(value)
            # Without a meeting's id each companion device has a name of its own for it.
            if created is not None and ids.meeting_id:
                yield BookingAdded(room_id, created.booking)
            else:
                yield RoomStale(room_id)
        case "bookingmoved" if (moved := resolve(ids)) and (times := moved_to(value)):
            yield BookingMoved(room_id, moved, *times)
        case "checkedin" if (present := resolve(ids)) is not None:
            yield BookingCheckedIn(room_id, present)
        case "deleted" if (gone := resolve(ids)) is not None:
            yield BookingRemoved(room_id, gone, no_show=gave_up(value))
        case "start" | "end":
            yield MeetingSeen(room_id, resolve(ids), running=event == "start")
        case _:
            yield RoomStale(room_id)

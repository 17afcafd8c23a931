"""A meeting room as its booking system describes it."""

from dataclasses import dataclass
from enum import StrEnum

from .booking import RoomId
from .state import CheckInRules


class Verb(StrEnum):
    """What can be done to a room's bookings."""

    BOOK = "book"
    DELETE = "delete"
    END_MEETING = "end_meeting"
    EXTEND = "extend"
    RESCHEDULE = "reschedule"
    CHECK_IN = "check_in"


class EndMethod(StrEnum):
    """How a system ended a running meeting."""

    ENDED = "ended"
    SHORTENED = "shortened"
    DELETED = "deleted"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """One bookable room: a stable id, what it is called, and what it can do.

    `online` is False where the system says that the room's devices are out of reach.
    `check_in` is how the system itself waits for somebody to check in, None where it
    does not; `counts_people` tells whether the room has sensors for people, None where
    the system knows of no such thing. `certain` is False where the system has not told yet
    what the room can do: more than is known, perhaps. `address` is where the room's own device shows
    itself to a browser (http or https); `details` is what else the system says of the
    room, by name, for whoever helps.
    """

    id: RoomId
    name: str
    verbs: frozenset[Verb]
    manufacturer: str | None = None
    model: str | None = None
    software: str | None = None
    serial: str | None = None
    mac: str | None = None
    capacity: int | None = None
    online: bool = True
    check_in: CheckInRules | None = None
    counts_people: bool | None = None
    certain: bool = True
    address: str | None = None
    details: tuple[tuple[str, str], ...] = ()

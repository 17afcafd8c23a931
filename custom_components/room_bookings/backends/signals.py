"""What a booking system tells by itself."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from ..rooms.booking import Booking, BookingId, RoomId
from ..rooms.claim import Claim
from ..rooms.state import Reported


@dataclass(frozen=True, slots=True)
class Connected:
    """Signals arrive from here on; what came before may have been missed."""


@dataclass(frozen=True, slots=True)
class Disconnected:
    """Signals stopped; `reason` is for the log and holds no secrets."""

    reason: str


@dataclass(frozen=True, slots=True)
class BookingAdded:
    """A booking was made. Its privacy is unknown unless the system told it."""

    room_id: RoomId
    booking: Booking


@dataclass(frozen=True, slots=True)
class BookingRemoved:
    """A booking is gone; because of a `no_show`, where the system says so."""

    room_id: RoomId
    booking_id: BookingId
    no_show: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class BookingMoved:
    """A booking takes place at another time (UTC), or for longer or shorter."""

    room_id: RoomId
    booking_id: BookingId
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class BookingCheckedIn:
    """Somebody checked in to a booking."""

    room_id: RoomId
    booking_id: BookingId


@dataclass(frozen=True, slots=True)
class PeopleSeen:
    """All that the room's own sensors say by now; None for what they cannot tell."""

    room_id: RoomId
    count: int | None = None
    present: bool | None = None


@dataclass(frozen=True, slots=True)
class RoomStale:
    """What is known of a room may be wrong: list it anew."""

    room_id: RoomId


@dataclass(frozen=True, slots=True)
class Synced:
    """The system was asked what changed: all else is as it was known before."""


@dataclass(frozen=True, slots=True)
class MeetingSeen:
    """A meeting started (`running`) or ended, says the system; the clock may know already."""

    room_id: RoomId
    booking_id: BookingId | None
    running: bool


@dataclass(frozen=True, slots=True)
class RoomClaims:
    """The room's device says whether it is busy."""

    room_id: RoomId
    claim: Claim


@dataclass(frozen=True, slots=True)
class RoomReports:
    """The system says in which state its room is: it knows who checked in."""

    room_id: RoomId
    reported: Reported


@dataclass(frozen=True, slots=True)
class RoomsChanged:
    """There may be other rooms than before."""


@dataclass(frozen=True, slots=True)
class AuthLost:
    """The credentials are no longer good: ask for new ones."""


@dataclass(frozen=True, slots=True)
class CertificateChanged:
    """The system shows another certificate than the one that was confirmed.

    `fingerprint` is that of the new one (SHA-256, lower-case hex). Nothing secret was sent.
    """

    fingerprint: str


@dataclass(frozen=True, slots=True)
class Removed:
    """Somebody removed this client at the system: only a person can put it back."""


type Signal = (
    Connected
    | Disconnected
    | BookingAdded
    | BookingRemoved
    | BookingMoved
    | BookingCheckedIn
    | PeopleSeen
    | RoomStale
    | MeetingSeen
    | RoomClaims
    | RoomReports
    | RoomsChanged
    | Synced
    | AuthLost
    | CertificateChanged
    | Removed
)
type RoomSignal = (
    BookingAdded
    | BookingRemoved
    | BookingMoved
    | BookingCheckedIn
    | PeopleSeen
    | RoomStale
    | MeetingSeen
    | RoomClaims
    | RoomReports
)
type Emit = Callable[[Signal], None]

"""What is answered to wishes that are not fulfilled."""

from http import HTTPStatus
from typing import Final

from ..rooms.errors import (
    BusyTryLaterError,
    ConflictError,
    NoMeetingError,
    NotFoundError,
    RejectedError,
    RoomError,
    UnconfirmedError,
    UnknownBookingError,
)

# In seconds: a display that asks again sooner meets the same.
_PATIENCE: Final = 60

# The first kind that fits counts; what else is the user's fault is malformed.
_STATUSES: Final[tuple[tuple[type[RoomError], HTTPStatus], ...]] = (
    (ConflictError, HTTPStatus.CONFLICT),
    (UnknownBookingError, HTTPStatus.NOT_FOUND),
    (NoMeetingError, HTTPStatus.NOT_FOUND),
    (NotFoundError, HTTPStatus.NOT_FOUND),
    (RejectedError, HTTPStatus.BAD_REQUEST),
)


class RefusedError(Exception):
    """A request that is answered with this status, and no more said about it.

    `retry_after` is in seconds, None where asking again is no use, or no good.
    """

    def __init__(self, status: HTTPStatus, retry_after: int | None = None) -> None:
        """Name the status."""
        super().__init__(status)
        self.status = status
        self.retry_after = retry_after

    @classmethod
    def malformed(cls) -> RefusedError:
        """The client's fault."""
        return cls(HTTPStatus.BAD_REQUEST)

    @classmethod
    def unknown(cls) -> RefusedError:
        """No such room, meeting or call."""
        return cls(HTTPStatus.NOT_FOUND)

    @classmethod
    def unavailable(cls) -> RefusedError:
        """Nobody can tell at the moment."""
        return cls(HTTPStatus.SERVICE_UNAVAILABLE, _PATIENCE)

    @classmethod
    def because(cls, error: RoomError) -> RefusedError:
        """What a room's error is to a display."""
        for kind, status in _STATUSES:
            if isinstance(error, kind):
                return cls(status)
        if error.users_fault:
            return cls.malformed()
        patience: int | None = _PATIENCE
        if isinstance(error, UnconfirmedError):
            # It may have been done: nobody shall be told to ask for it again.
            patience = None
        elif isinstance(error, BusyTryLaterError) and error.retry_after is not None:
            patience = max(1, round(error.retry_after))
        return cls(HTTPStatus.SERVICE_UNAVAILABLE, patience)

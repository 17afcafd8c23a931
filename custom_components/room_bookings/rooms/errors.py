"""What can go wrong with a booking, typed where it happens and translated once at the edge."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, override


class RoomError(Exception):
    """A verb that did not do what was asked.

    `key` is its name in the translations; `users_fault` tells a wrong wish from a
    failure of the world. `room` is the room's name where several were meant.
    """

    key: ClassVar[str]
    users_fault: ClassVar[bool] = False
    room: str | None = None

    @property
    def details(self) -> Mapping[str, str]:
        """What else the text in the translations needs."""
        return {}


class ConflictError(RoomError):
    """The room is taken at that time; by whom is not told, when is, where known (UTC)."""

    key = "conflict"
    users_fault = True

    def __init__(
        self, start: datetime | None = None, end: datetime | None = None
    ) -> None:
        """Name the times of the other booking."""
        super().__init__("the room is taken at that time")
        self.start = start
        self.end = end


class UnconfirmedError(RoomError):
    """The system never said whether it did it."""

    key = "unconfirmed"


class NotSupportedError(RoomError):
    """The room's system has no way to do this; `feature` says what it lacks."""

    key = "not_supported"
    users_fault = True

    def __init__(self, feature: str) -> None:
        """Name what the system lacks."""
        super().__init__(feature)
        self.feature = feature


class UnknownBookingError(RoomError):
    """No such booking in this room."""

    key = "unknown_booking"
    users_fault = True


class NoMeetingError(RoomError):
    """No meeting runs in this room."""

    key = "no_meeting"
    users_fault = True


class InThePastError(RoomError):
    """The time is over."""

    key = "in_the_past"
    users_fault = True


class TooLongError(RoomError):
    """Longer than the system books; `minutes` is its limit."""

    key = "too_long"
    users_fault = True

    def __init__(self, minutes: int) -> None:
        """Name the limit."""
        super().__init__(f"more than {minutes} minutes")
        self.minutes = minutes


class EndsBeforeStartError(RoomError):
    """The end is not after the start."""

    key = "ends_before_start"
    users_fault = True


class PermissionDeniedError(RoomError):
    """The credentials do not allow it; `missing` names the right where it is known."""

    key = "permission_denied"

    def __init__(self, missing: str = "") -> None:
        """Name the right."""
        super().__init__(missing)
        self.missing = missing


class AuthFailedError(PermissionDeniedError):
    """The credentials are no longer good at all."""


class LicenceError(RoomError):
    """The system has no licence left for it."""

    key = "licence"


class BusyTryLaterError(RoomError):
    """The system asks for patience; `retry_after` in seconds where it says how much."""

    key = "busy_try_later"

    def __init__(self, retry_after: float | None = None) -> None:
        """Name the wait."""
        super().__init__("busy")
        self.retry_after = retry_after


class UnreachableError(RoomError):
    """The system did not answer; nothing was done."""

    key = "unreachable"


class CertificateChangedError(UnreachableError):
    """The system shows a certificate that is not trusted; nothing secret was sent.

    `fingerprint` is that of the certificate shown (SHA-256, lower-case hex).
    """

    def __init__(self, fingerprint: str) -> None:
        """Name the certificate that was shown."""
        super().__init__("the certificate is not trusted")
        self.fingerprint = fingerprint


class AnswerLostError(UnreachableError):
    """The request left, the answer did not come: it may or may not have been done."""


class RejectedError(RoomError):
    """The system refused, in its own words."""

    key = "rejected"

    def __init__(self, words: str) -> None:
        """Quote the system."""
        super().__init__(words)
        self.words = words


class NotFoundError(RejectedError):
    """The system does not know what it was asked about."""


class OutdatedError(RoomError):
    """The system's interface is older than what can be used; versions as it counts them."""

    key = "outdated"

    def __init__(self, version: int, needed: int) -> None:
        """Name both versions."""
        super().__init__(f"version {version}, {needed} is needed")
        self.version = version
        self.needed = needed

    @property
    @override
    def details(self) -> Mapping[str, str]:
        """Both versions."""
        return {"version": str(self.version), "needed": str(self.needed)}

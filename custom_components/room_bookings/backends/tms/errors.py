"""What TMS says when it refuses, by the codes of the API reference ("Error Codes")."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Final, override

from ...rooms.errors import (
    BusyTryLaterError,
    ConflictError,
    EndsBeforeStartError,
    InThePastError,
    LicenceError,
    NoMeetingError,
    NotFoundError,
    NotSupportedError,
    PermissionDeniedError,
    RejectedError,
    RoomError,
)


class FaultCode(IntEnum):
    """Every code of the reference, by its name there."""

    LICENSE = -2147219503
    DATABASE_DOWN = -2147219500
    MEETINGNOTFOUND = -2147218302
    SYSTEMNOTFOUND = -2147218301
    SYSTEM_ALREADY_BOOKED = -2147218300
    MEETINGNOTACTIVE = -2147218272
    MEETINGISDELETED = -2147218271
    MEETINGACTIVE = -2147218270
    CANNOTBOOKINTHEPAST = -2147218269
    INVALID_TIMEZONE_INFO = -2147218268
    WEBEX_SITE_NOT_FOUND = -2147218267
    NO_ACCESS_TO_CONFERENCE = -2147218266
    START_TIME_AFTER_MAX_NUMBER_OF_DAYS_IN_FUTURE = -2147218265
    NEVER_ENDING_RECURRENCE_NOT_SUPPORTED = -2147218264
    START_TIME_AFTER_END_TIME = -2147218263
    SYSTEM_NOT_ALLOWED_IN_BOOKING = -2147218262
    UNKNOWN = -2147218261
    WEBEX_ERROR = -2147218260
    SECURITY = -2147218259
    SERVER_BUSY = -2147218258
    UNSUPPORTED_RECURRENCE = -2147218257
    CANNOT_ADD_PARTICIPANT = -2147218256
    ERR_USER_NOT_FOUND = -2147218255
    INVALID_DATETIME_FORMAT = -2147218254
    ERR_CLIENT_SESSION_EXPIRED = -2147218253
    INSTANCE_NOT_FOUND_WITHIN_PATTERN = -2147218252
    DIAL_OUT_NUMBER_NOT_SET = -2147218251
    NOT_ENOUGH_MCU_RESOURCES = -2147218250
    PARTICIPANT_ERROR = -2147218249
    CONCURRENT_MODIFICATION = -2147218248
    ERR_CLIENT_SESSION_BLANK = -2147218247


class Refusal(RoomError):
    """TMS refused, whatever that means to people: `words` are its own, `code` may be None."""

    def __init__(self, words: str, code: int | None = None) -> None:
        """Quote TMS."""
        RoomError.__init__(self, words)
        self.words = words
        self.code = code

    @property
    @override
    def details(self) -> Mapping[str, str]:
        """TMS's words, whether our own text needs them or not."""
        return {"words": self.words}


class TmsFault(Refusal, RejectedError):
    """A refusal in TMS's own words; `code` is None where it gave none."""


class ConcurrentModificationError(TmsFault):
    """Somebody else changed the conference since it was read."""


class ClientSessionError(TmsFault):
    """Another session is wanted; `suggested` is the one that TMS would take."""

    def __init__(
        self, words: str, code: int | None = None, suggested: str | None = None
    ) -> None:
        """Keep the suggestion."""
        super().__init__(words, code)
        self.suggested = suggested


class MissingError(TmsFault, NotFoundError):
    """No such conference, system, or occurrence."""


class DeletedError(MissingError):
    """The conference was deleted."""


class AlreadyBookedError(Refusal, ConflictError):
    """A system is taken at that time; TMS does not say when exactly."""

    def __init__(self, words: str, code: int | None = None) -> None:
        """Quote TMS."""
        super().__init__(words, code)
        self.start = None
        self.end = None


class DeniedError(Refusal, PermissionDeniedError):
    """The account lacks a right, and TMS says which in its own words."""

    def __init__(self, words: str, code: int | None = None) -> None:
        """Quote TMS."""
        super().__init__(words, code)
        self.missing = words


class NoLicenceError(Refusal, LicenceError):
    """More systems than there are licences for."""


class BusyError(Refusal, BusyTryLaterError):
    """TMS or its database cannot now; nothing was done."""

    def __init__(self, words: str, code: int | None = None) -> None:
        """Quote TMS."""
        super().__init__(words, code)
        self.retry_after = None


class PastError(Refusal, InThePastError):
    """The end is in the past."""


class BackwardsError(Refusal, EndsBeforeStartError):
    """The end is not after the start."""


class NotActiveError(Refusal, NoMeetingError):
    """The conference does not run."""


class UnsupportedError(Refusal, NotSupportedError):
    """A recurrence that TMS does not book."""

    def __init__(self, words: str, code: int | None = None) -> None:
        """Name the recurrence in TMS's words, which say what about it is not supported."""
        super().__init__(words, code)
        self.feature = words


class InsecureBasicError(PermissionDeniedError):
    """The password would travel in the clear; nothing was sent."""

    key = "insecure_basic"


# What is not here is a TmsFault: TMS's words say more than any of ours.
_MEANINGS: Final[Mapping[int, type[Refusal]]] = {
    FaultCode.LICENSE: NoLicenceError,
    FaultCode.DATABASE_DOWN: BusyError,
    FaultCode.SERVER_BUSY: BusyError,
    FaultCode.MEETINGNOTFOUND: MissingError,
    FaultCode.SYSTEMNOTFOUND: MissingError,
    FaultCode.INSTANCE_NOT_FOUND_WITHIN_PATTERN: MissingError,
    FaultCode.MEETINGISDELETED: DeletedError,
    FaultCode.SYSTEM_ALREADY_BOOKED: AlreadyBookedError,
    FaultCode.MEETINGNOTACTIVE: NotActiveError,
    FaultCode.CANNOTBOOKINTHEPAST: PastError,
    FaultCode.START_TIME_AFTER_END_TIME: BackwardsError,
    FaultCode.SECURITY: DeniedError,
    FaultCode.NO_ACCESS_TO_CONFERENCE: DeniedError,
    FaultCode.SYSTEM_NOT_ALLOWED_IN_BOOKING: DeniedError,
    FaultCode.NEVER_ENDING_RECURRENCE_NOT_SUPPORTED: UnsupportedError,
    FaultCode.UNSUPPORTED_RECURRENCE: UnsupportedError,
    FaultCode.CONCURRENT_MODIFICATION: ConcurrentModificationError,
}
_SESSION: Final = frozenset(
    {FaultCode.ERR_CLIENT_SESSION_BLANK, FaultCode.ERR_CLIENT_SESSION_EXPIRED}
)


def refusal(words: str, code: int | None, suggested: str | None = None) -> Refusal:
    """The error that a fault of TMS is."""
    if code in _SESSION:
        return ClientSessionError(words, code, suggested)
    kind = TmsFault if code is None else _MEANINGS.get(code, TmsFault)
    return kind(words, code)

"""What the Booking API refuses, with its 31 codes."""

from typing import Final

CODES: Final = {
    "LICENSE": -2147219503,
    "DATABASE_DOWN": -2147219500,
    "MEETINGNOTFOUND": -2147218302,
    "SYSTEMNOTFOUND": -2147218301,
    "SYSTEM_ALREADY_BOOKED": -2147218300,
    "SYSTEM_NOT_ALLOWED_IN_BOOKING": -2147218262,
    "MEETINGNOTACTIVE": -2147218272,
    "MEETINGISDELETED": -2147218271,
    "MEETINGACTIVE": -2147218270,
    "CANNOTBOOKINTHEPAST": -2147218269,
    "NO_ACCESS_TO_CONFERENCE": -2147218266,
    "START_TIME_AFTER_MAX_NUMBER_OF_DAYS_IN_FUTURE": -2147218265,
    "NEVER_ENDING_RECURRENCE_NOT_SUPPORTED": -2147218264,
    "START_TIME_AFTER_END_TIME": -2147218263,
    "INVALID_TIMEZONE_INFO": -2147218268,
    "WEBEX_SITE_NOT_FOUND": -2147218267,
    "WEBEX_ERROR": -2147218260,
    "SECURITY": -2147218259,
    "SERVER_BUSY": -2147218258,
    "UNKNOWN": -2147218261,
    "CANNOT_ADD_PARTICIPANT": -2147218256,
    "UNSUPPORTED_RECURRENCE": -2147218257,
    "INVALID_DATETIME_FORMAT": -2147218254,
    "DIAL_OUT_NUMBER_NOT_SET": -2147218251,
    "CONCURRENT_MODIFICATION": -2147218248,
    "NOT_ENOUGH_MCU_RESOURCES": -2147218250,
    "PARTICIPANT_ERROR": -2147218249,
    "INSTANCE_NOT_FOUND_WITHIN_PATTERN": -2147218252,
    "ERR_CLIENT_SESSION_BLANK": -2147218247,
    "ERR_CLIENT_SESSION_EXPIRED": -2147218253,
    "ERR_USER_NOT_FOUND": -2147218255,
}


class TmsFault(Exception):
    """The Booking API refuses; `client_session` is the id that it suggests."""

    def __init__(
        self, code_name: str, message: str, client_session: str | None = None
    ) -> None:
        """Name the code and say why."""
        super().__init__(message)
        self.code_name = code_name
        self.code = CODES[code_name]
        self.message = message
        self.client_session = client_session

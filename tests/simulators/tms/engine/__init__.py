"""What a Cisco TMS does, without HTTP and XML."""

from .faults import CODES, TmsFault
from .model import (
    AbsoluteRule,
    AliasInfo,
    Caller,
    Conference,
    ExternalConference,
    Participant,
    RecordingDevice,
    RecurrenceException,
    RecurrencePattern,
    RelativeRule,
    TimeChange,
    TimeZoneInfo,
    TimeZoneRule,
    TmsSystem,
    TmsUser,
    Transaction,
    WebEx,
)
from .server import ADMINISTRATOR, DoubleBookingError, TmsServer
from .settings import Settings
from .times import format_utc, parse_utc

__all__ = [
    "ADMINISTRATOR",
    "CODES",
    "AbsoluteRule",
    "AliasInfo",
    "Caller",
    "Conference",
    "DoubleBookingError",
    "ExternalConference",
    "Participant",
    "RecordingDevice",
    "RecurrenceException",
    "RecurrencePattern",
    "RelativeRule",
    "Settings",
    "TimeChange",
    "TimeZoneInfo",
    "TimeZoneRule",
    "TmsFault",
    "TmsServer",
    "TmsSystem",
    "TmsUser",
    "Transaction",
    "WebEx",
    "format_utc",
    "parse_utc",
]

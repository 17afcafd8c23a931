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
from .server import TmsServer
from .settings import Settings

__all__ = [
    "CODES",
    "AbsoluteRule",
    "AliasInfo",
    "Caller",
    "Conference",
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
]

"""The words of the ROOMZ Connector API v1.0 (facts/roomz.md C1 and C2)."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
import re
from typing import Any, Final
import unicodedata

from homeassistant.util.json import JSON_DECODE_EXCEPTIONS, json_loads

from ..rooms.booking import Booking, whole_second
from .refusals import RefusedError

_TIME: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", re.ASCII
)
# Ids that need no escape in any client's hands, nor look like a path to any filter.
_PLAIN: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*", re.ASCII)
_ENCODED: Final = "~"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What a list is asked for, in UTC; None without a limit."""

    start: datetime | None
    end: datetime | None
    organizer_id: str | None

    @classmethod
    def of(cls, query: Mapping[str, Sequence[str]]) -> Window:
        """Read a query, each name with all its values; raises RefusedError."""
        start, end, organizer_id = (
            _single(query.get(name, ())) for name in ("from", "to", "organizerId")
        )
        window = cls(start=_time(start), end=_time(end), organizer_id=organizer_id)
        if window.start and window.end and window.end < window.start:
            raise RefusedError.malformed()
        return window


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a POST or PUT asks for; None where it says nothing."""

    start: datetime | None
    end: datetime | None
    subject: str | None
    organizer_id: str | None
    cancelled: bool | None

    @classmethod
    def of(cls, body: bytes) -> Wish:
        """Read a body; raises RefusedError. Fields that the contract does not know are ignored."""
        try:
            fields = json_loads(body)
        except JSON_DECODE_EXCEPTIONS:
            raise RefusedError.malformed() from None
        if not isinstance(fields, dict):
            raise RefusedError.malformed()
        return cls(
            start=_time(_field(fields, "startDateUTC", str)),
            end=_time(_field(fields, "endDateUTC", str)),
            subject=_text(_field(fields, "subject", str)),
            organizer_id=_text(_field(fields, "organizerId", str)),
            cancelled=_field(fields, "isCancelled", bool),
        )


def meeting_of(booking: Booking, *, cancelled: bool = False) -> dict[str, str | bool]:
    """A meeting with all its fields and no nulls; the booking is masked already."""
    organizer = _sendable(booking.organizer)
    start = time_of(booking.start)
    return {
        "meetingId": id_of(booking.id),
        "subject": _sendable(booking.title),
        "organizerId": organizer,
        "organizerName": organizer,
        "startDateUTC": start,
        "endDateUTC": time_of(booking.end),
        "creationDateUTC": start,
        "isPrivate": bool(booking.private),
        "isCancelled": cancelled,
    }


def time_of(when: datetime) -> str:
    """A time as `YYYY-MM-DDThh:mm:ssZ`."""
    return f"{whole_second(when).replace(tzinfo=None).isoformat()}Z"


@lru_cache(maxsize=4096)
def id_of(identifier: str) -> str:
    """An id as it stands in an address: itself, where that needs no escapes."""
    if _PLAIN.fullmatch(identifier):
        return identifier
    code = urlsafe_b64encode(identifier.encode("utf-8", "surrogatepass"))
    return f"{_ENCODED}{code.decode().rstrip('=')}"


def identifier_of(part: str) -> str:
    """The id that stands in an address; raises RefusedError if there can be none like it."""
    if not part.startswith(_ENCODED):
        return part
    code = part.removeprefix(_ENCODED)
    try:
        padded = code + "=" * (-len(code) % 4)
        identifier = urlsafe_b64decode(padded).decode("utf-8", "surrogatepass")
    except ValueError:
        raise RefusedError.unknown() from None
    if id_of(identifier) != part:
        raise RefusedError.unknown()
    return identifier


def _single(values: Sequence[str]) -> str | None:
    if len(values) > 1:
        raise RefusedError.malformed()
    return values[0] if values else None


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    if not _TIME.fullmatch(text):
        raise RefusedError.malformed()
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise RefusedError.malformed() from None


def _field[Value](
    fields: Mapping[str, Any], name: str, kind: type[Value]
) -> Value | None:
    """A field, which may be missing, but is not null."""
    if name not in fields:
        return None
    value = fields[name]
    if not isinstance(value, kind):
        raise RefusedError.malformed()
    return value


def _text(text: str | None) -> str | None:
    """A line of text: no system has a place for control characters in a title."""
    if text is not None and any(unicodedata.category(c) == "Cc" for c in text):
        raise RefusedError.malformed()
    return text


def _sendable(text: str) -> str:
    """Systems are known to cut texts in the middle of a character."""
    return text.encode("utf-8", "replace").decode()

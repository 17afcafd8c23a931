"""Times as the wire writes them."""

from datetime import UTC, datetime
import re
from typing import Final

from .faults import TmsFault

_UTC_TEXT: Final = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?Z")


def parse_utc(text: str) -> datetime:
    """Read `2026-11-20 09:00:00Z`; also with a T, and with fractions, which go."""
    if _UTC_TEXT.fullmatch(text.strip()):
        try:
            moment = datetime.fromisoformat(text.strip())
        except ValueError:
            pass
        else:
            return moment.replace(microsecond=0)
    raise TmsFault(
        "INVALID_DATETIME_FORMAT", "The date time is not in the UTC format ending in Z."
    )


def format_utc(moment: datetime) -> str:
    """Write a moment in the format "u" of .NET."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%SZ}"

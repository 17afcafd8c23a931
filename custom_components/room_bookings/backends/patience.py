"""How long a server asks to be left alone."""

from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime
from typing import Final

# Nobody asks for more patience than this and means it, in seconds.
_LONGEST_WAIT: Final = 86_400.0


def retry_after(value: str | None, zone: tzinfo | None = None) -> float | None:
    """Seconds to wait, from a number or a date; None if it says neither.

    `zone` is that of a date without one, which says nothing where there is none.
    """
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdecimal() and len(text) < 20:
        return min(float(text), _LONGEST_WAIT)
    try:
        when = parsedate_to_datetime(text)
        wait = (when if when.tzinfo else when.replace(tzinfo=zone)) - datetime.now(UTC)
    except ValueError, TypeError, OverflowError:
        return None
    return min(max(0.0, wait.total_seconds()), _LONGEST_WAIT)

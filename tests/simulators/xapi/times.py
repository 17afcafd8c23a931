"""Instants on the wire: UTC, whole seconds, `Z` (facts 1.4, 9.14)."""

from datetime import UTC, datetime
import re

_WIRE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def utc_now() -> datetime:
    """The current instant, in UTC."""
    return datetime.now(UTC)


def whole_second(instant: datetime) -> datetime:
    """The instant in UTC without its fraction of a second.

    Raises `ValueError` for a naive datetime.
    """
    if instant.tzinfo is None:
        raise ValueError("A simulated instant needs a time zone")
    return instant.astimezone(UTC).replace(microsecond=0)


def wire_time(instant: datetime) -> str:
    """`YYYY-MM-DDThh:mm:ssZ` (facts 1.4)."""
    return whole_second(instant).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_wire_time(text: str) -> datetime:
    """Read `YYYY-MM-DDThh:mm:ssZ` and nothing else (facts 1.1 Book StartTime).

    Raises `ValueError`.
    """
    if not _WIRE_TIME.fullmatch(text):
        raise ValueError(f"Not YYYY-MM-DDThh:mm:ssZ: {text}")
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)

"""Instants on the wire: UTC, whole seconds, `Z` (facts 1.4, 9.14)."""

from datetime import UTC, datetime
import re

from tests.simulators.common.times import whole_second

_WIRE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


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

"""Instants on the wire: UTC, whole seconds, `Z` (facts C1)."""

from collections.abc import Callable, Mapping
from datetime import datetime
import re

from tests.simulators.common.times import whole_second

_WIRE_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


def wire_time(instant: datetime) -> str:
    """`YYYY-MM-DDThh:mm:ssZ` (facts C1)."""
    return whole_second(instant).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_wire_time(text: str) -> datetime:
    """Read `YYYY-MM-DDThh:mm:ssZ` and nothing else; raises `ValueError`."""
    if not _WIRE_TIME.fullmatch(text):
        raise ValueError("Not YYYY-MM-DDThh:mm:ssZ")
    return datetime.fromisoformat(text)


DATE_FORMS: Mapping[str, Callable[[str], object]] = {
    "fraction": lambda text: f"{text[:-1]}.123Z",
    "long_fraction": lambda text: f"{text[:-1]}.123456789Z",
    "offset": lambda text: f"{text[:-1]}+00:00",
    "naive": lambda text: text[:-1],
    "space": lambda text: text.replace("T", " "),
    "lower": lambda text: text.lower(),
    "minutes": lambda text: f"{text[:16]}Z",
    "day": lambda text: text[:10],
    "basic": lambda text: text.replace("-", "").replace(":", ""),
    "padded": lambda text: f" {text}\n",
    "leap_second": lambda text: f"{text[:17]}60Z",
    "year_0": lambda text: f"0000{text[4:]}",
    "year_1": lambda text: f"0001-01-01T00:00:00+14:00{text[:0]}",
    "year_9999": lambda text: f"9999-12-31T23:59:59-14:00{text[:0]}",
    "other_digits": lambda text: text.translate({ord("0"): "٠", ord("1"): "١"}),
    "epoch": lambda text: datetime.fromisoformat(text).timestamp(),
    "null": lambda text: None,
    "empty": lambda text: "",
    "object": lambda text: {"dateTime": text, "timeZone": "UTC"},
}
"""What servers make of a date, by kind; most of it is against the contract."""

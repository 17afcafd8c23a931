"""The present, and instants of whole seconds, for simulators of whatever wire."""

from datetime import UTC, datetime


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

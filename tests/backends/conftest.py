"""A clock that the test moves."""

from datetime import UTC, datetime, timedelta

import pytest


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        """Start at a quiet hour."""
        self.now = datetime(2026, 1, 1, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The time it shows."""
        return self.now

    def pass_by(self, **interval: float) -> datetime:
        """Move it on."""
        self.now += timedelta(**interval)
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still."""
    return Clock()

"""How long to wait before trying again."""

from hypothesis import given, strategies as st
import pytest
from yarl import URL

from custom_components.room_bookings.backends.addresses import (
    is_loopback,
    is_web_address,
)
from custom_components.room_bookings.backends.backoff import Backoff
from custom_components.room_bookings.rooms.errors import (
    BusyTryLaterError,
    UnreachableError,
)


def test_waits_double_with_jitter_up_to_the_longest() -> None:
    """And start over after a success."""
    backoff = Backoff(first=1, most=10)
    for longest in (1, 2, 4, 8, 10, 10):
        assert longest / 2 <= backoff.wait(UnreachableError()) <= longest
    backoff.reset()
    assert 0.5 <= backoff.wait() <= 1


@given(st.none() | st.floats(0, 86_400), st.integers(1, 20))
def test_what_the_system_asks_for_is_the_least(asked: float | None, tries: int) -> None:
    """With a little jitter, so that not all come back at once."""
    backoff = Backoff(first=1, most=30)
    for _ in range(tries):
        wait = backoff.wait(BusyTryLaterError(asked))
    if asked is None:
        assert 0.5 <= wait <= 30
    else:
        assert asked <= wait <= max(30, asked * 1.2)


@pytest.mark.parametrize(
    ("address", "loopback"),
    [
        ("http://localhost:1", True),
        ("http://127.0.0.1", True),
        ("http://[::1]:5", True),
        ("http://localhost.example.com", False),
        ("http://192.168.0.1", False),
        ("http://example.com", False),
        ("/path", False),
    ],
)
def test_loopback_is_this_machine(address: str, loopback: bool) -> None:
    """By its name or its number."""
    assert is_loopback(URL(address)) is loopback


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("http://example.com", True),
        ("https://example.com:8443/path", True),
        ("ftp://example.com", False),
        ("https://user@example.com", False),
        ("https://user:pass@example.com", False),
        ("example.com", False),
        ("https:///path", False),
    ],
)
def test_a_web_address_names_a_server_and_no_secrets(address: str, good: bool) -> None:
    """Over http or https."""
    assert is_web_address(URL(address)) is good

"""Reading JSON: whatever its size, the same value or a ValueError."""

import json
import threading
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.room_bookings.backends import parsing
from custom_components.room_bookings.backends.parsing import parsed

_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(max_examples=100, deadline=None)
@given(value=_JSON)
async def test_large_and_small_are_read_alike(value: Any) -> None:
    """In a thread or at once."""
    body = json.dumps(value).encode()
    assert await parsed(body) == value
    assert parsing._parsed_aside(body) == value


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"<html>",
        b"NaN",
        b"[-Infinity]",
        b'{"a": "\\ud800"}',
        b'{"a": "\xff"}',
        b'"\xed\xa0\x80"',
        pytest.param(b"1" * 5_000, id="long"),
        pytest.param(b"[" * 1_000_000 + b"]" * 1_000_000, id="deep"),
        pytest.param(b'{"a":' * 100_000, id="deep objects"),
    ],
)
async def test_what_is_no_json_is_a_value_error(text: bytes) -> None:
    """Also half a character in a text, which nobody could write again."""
    with pytest.raises(ValueError):
        await parsed(text)
    with pytest.raises(ValueError):
        parsing._parsed_aside(text)


@settings(max_examples=300, deadline=None)
@given(body=st.binary())
async def test_any_bytes_are_a_value_or_a_value_error(body: bytes) -> None:
    """Nothing else is ever raised."""
    for read in (parsed, _aside):
        try:
            await read(body)
        except ValueError:
            continue


async def _aside(body: bytes) -> Any:
    return parsing._parsed_aside(body)


async def test_a_large_text_is_read_elsewhere_and_lets_others_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its parser comes back to Python for every object: there threads take turns."""
    seen: list[int] = []

    def sound(item: dict[str, Any]) -> dict[str, Any]:
        seen.append(threading.get_ident())
        return item

    monkeypatch.setattr(parsing, "_sound", sound)
    await parsed(json.dumps([{}] * 10).encode())
    assert not seen
    await parsed(json.dumps([{}] * 100_000).encode())
    assert len(seen) == 100_000
    assert threading.get_ident() not in seen

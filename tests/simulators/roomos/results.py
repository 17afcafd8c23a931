"""Results as some producers shape them: filters for `result_filter` (facts 1.4)."""

from collections.abc import Callable, Mapping
import re
from typing import Any

_INSTANT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)Z")


def _each_leaf(node: Any, change: Callable[[Any], Any]) -> Any:
    match node:
        case dict():
            return {key: _each_leaf(value, change) for key, value in node.items()}
        case list():
            return [_each_leaf(value, change) for value in node]
    return change(node)


def _fraction(leaf: Any) -> Any:
    if isinstance(leaf, str):
        return _INSTANT.sub(r"\1.123456789Z", leaf)
    return leaf


def fractions(name: str, result: dict[str, Any]) -> Any:
    """Instants with nine digits after the second."""
    return _each_leaf(result, _fraction)


def digits(name: str, result: dict[str, Any]) -> Any:
    """Integers as strings of digits."""
    return _each_leaf(result, lambda leaf: str(leaf) if type(leaf) is int else leaf)


def single(name: str, result: dict[str, Any]) -> Any:
    """A list of one item as that item."""
    match result:
        case {"Booking": [item]}:
            return {**result, "Booking": item}
    return result


def bare(name: str, result: dict[str, Any]) -> Any:
    """Records without the leaves that identify no booking: no status, no index."""
    match result:
        case {"Booking": list(items)}:
            kept = [{k: v for k, v in item.items() if k != "id"} for item in items]
            result = {**result, "Booking": kept}
    return {key: value for key, value in result.items() if key != "status"}


VARIANTS: Mapping[str, Callable[[str, dict[str, Any]], Any]] = {
    "bare": bare,
    "digits": digits,
    "fractions": fractions,
    "single": single,
}
"""The filters by name."""

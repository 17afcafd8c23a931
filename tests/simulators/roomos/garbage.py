"""Frames that no device should send, by kind, made from the frame it would have sent."""

from collections.abc import Callable, Mapping
import json
from typing import Any

from .rpc import Frame

type Kind = Callable[[Mapping[str, Any]], Frame]


def _wrong_types(value: Any) -> Any:
    match value:
        case dict():
            return {key: _wrong_types(each) for key, each in value.items()}
        case list():
            return {"id": [_wrong_types(each) for each in value]}
        case str():
            return [value]
        case bool() | None:
            return "?"
        case _:
            return {"Value": str(value)}


def _without_leaves(value: Any) -> Any:
    match value:
        case dict():
            return {
                key: _without_leaves(each)
                for key, each in value.items()
                if isinstance(each, dict | list)
            }
        case list():
            return [_without_leaves(each) for each in value]
    return value


def _null_leaves(value: Any) -> Any:
    match value:
        case dict():
            return {key: _null_leaves(each) for key, each in value.items()}
        case list():
            return [_null_leaves(each) for each in value]
    return None


def _bent(frame: Mapping[str, Any], bend: Callable[[Any], Any]) -> str:
    """The frame with its payload bent and its envelope intact."""
    body = dict(frame)
    if "result" in body:
        body["result"] = bend(body["result"])
    elif "params" in body:
        params = body["params"]
        body["params"] = {
            key: value if key == "Id" else bend(value) for key, value in params.items()
        }
    else:
        body["error"] = bend(body.get("error"))
    return json.dumps(body)


def _always(frame: Frame) -> Kind:
    return lambda _: frame


def _other_id(frame: Mapping[str, Any]) -> str:
    return json.dumps({**frame, "id": "nobody asked"})


def _truncated(frame: Mapping[str, Any]) -> str:
    text = json.dumps(frame)
    return text[: len(text) // 2]


GARBAGE: Mapping[str, Kind] = {
    "array": _always("[]"),
    "batch": lambda frame: json.dumps([frame, frame]),
    "binary": _always(b"\x00\xff\xfe\x80garbage"),
    "binary_json": lambda frame: json.dumps(frame).encode(),
    "deep": _always("[" * 100_000 + "]" * 100_000),
    "deep_event": _always(
        '{"jsonrpc":"2.0","method":"xFeedback/Event","params":{"Id":1,"Event":'
        + '{"Bookings":' * 500
        + "{}"
        + "}" * 500
        + "}}"
    ),
    "empty": _always(""),
    "huge_number": _always('{"jsonrpc":"2.0","id":' + "9" * 5_000 + ',"result":1}'),
    "html": _always("<!doctype html><title>Sign in</title>"),
    "missing_fields": lambda frame: _bent(frame, _without_leaves),
    "nan": _always('{"jsonrpc":"2.0","id":NaN,"result":-Infinity}'),
    "no_envelope": lambda frame: json.dumps(
        {k: v for k, v in frame.items() if k not in ("id", "method", "jsonrpc")}
    ),
    "no_params": _always('{"jsonrpc":"2.0","method":"xFeedback/Event"}'),
    "not_json": _always("{'jsonrpc': 2.0"),
    "null": _always("null"),
    "null_fields": lambda frame: _bent(frame, _null_leaves),
    "number": _always("42"),
    "object": _always("{}"),
    "string": _always('"OK"'),
    "surrogate": _always('{"jsonrpc":"2.0","method":"\\ud800","params":{"\\udfff":1}}'),
    "truncated": _truncated,
    "unknown_id": _other_id,
    "unknown_method": _always('{"jsonrpc":"2.0","method":"xOdd","params":{"Id":1}}'),
    "wrong_types": lambda frame: _bent(frame, _wrong_types),
}
"""Every kind of garbage."""


def padded(frame: Mapping[str, Any], size: int) -> str:
    """The frame, still true, with a leaf of that many bytes that nobody asked for."""
    body = dict(frame)
    for key in ("result", "params", "error"):
        if isinstance(body.get(key), dict):
            body[key] = {**body[key], "Padding": "x" * size}
            break
    else:
        body["padding"] = "x" * size
    return json.dumps(body)

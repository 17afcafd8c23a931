"""Frames and bodies that no server should send, made from the one it would have sent."""

from collections.abc import Callable, Mapping
import json
from typing import Any

from .frames import Frame

type Kind = Callable[[Mapping[str, Any]], Frame]


def _always(frame: Frame) -> Kind:
    return lambda _: frame


def _with(**members: Any) -> Kind:
    return lambda frame: json.dumps({**frame, **members})


def _without(*names: str) -> Kind:
    return lambda frame: json.dumps(
        {key: value for key, value in frame.items() if key not in names}
    )


def _truncated(frame: Mapping[str, Any]) -> str:
    text = json.dumps(frame)
    return text[: len(text) // 2]


def _half_encoded(frame: Mapping[str, Any]) -> str:
    value = json.dumps(frame.get("value"))
    return json.dumps({**frame, "value": value[: len(value) // 2]})


GARBAGE: Mapping[str, Kind] = {
    "array": _always("[]"),
    "batch": lambda frame: json.dumps([frame, frame]),
    "binary": _always(b"\x00\xff\xfe\x80garbage"),
    "deep": _always("[" * 100_000 + "]" * 100_000),
    "deep_value": lambda frame: json.dumps({**frame, "value": 0}).replace(
        '"value": 0', '"value": ' + '{"a":' * 5_000 + "1" + "}" * 5_000
    ),
    "empty": _always(""),
    "half_encoded": _half_encoded,
    "html": _always("<!doctype html><title>Sign in</title>"),
    "huge_number": _always('{"id":' + "9" * 5_000 + ',"type":"notify","value":1}'),
    "meta_null": _with(meta=None),
    "meta_text": _with(meta="sys-1"),
    "nan": _always('{"id":NaN,"type":"notify","value":-Infinity}'),
    "no_id": _without("id"),
    "no_meta": _without("meta"),
    "no_type": _without("type"),
    "no_value": _without("value"),
    "not_json": _always("{'id': 1"),
    "null": _always("null"),
    "number": _always("42"),
    "object": _always("{}"),
    "string": _always('"OK"'),
    "surrogate": _with(value="\ud800"),
    "text_id": _with(id="1"),
    "truncated": _truncated,
    "unknown_id": _with(id=987_654_321),
    "unknown_type": _with(type="odd"),
    "value_list": _with(value=[[1], None, "?"]),
    "value_number": _with(value=1e400),
    "value_object": _with(value={"event_start": "soon"}),
    "value_text": _with(value="{not json"),
}
"""Every kind of garbage for the control channel."""


def padded(frame: Mapping[str, Any], size: int) -> str:
    """The frame, still true, with so many bytes more in a member nobody knows."""
    return json.dumps({**frame, "padding": "x" * size})


BODIES: Mapping[str, bytes] = {
    "array_of_null": b"[null, null]",
    "binary": b"\x00\xff\xfe\x80garbage",
    "deep": b"[" * 100_000 + b"]" * 100_000,
    "empty": b"",
    "error": b'{"error":"cannot cast"}',
    "html": b"<!doctype html><title>Sign in</title>",
    "not_json": b"{'id': 1",
    "null": b"null",
    "number": b"42",
    "object": b"{}",
    "string": b'"OK"',
    "truncated": b'[{"id":"sys-1","na',
    "wrong_types": b'[{"id":1,"name":null,"modules":"no"},7]',
}
"""Every kind of garbage for an HTTP answer."""

"""The JSON frames of the control channel (facts B3), and WebSocket's own framing."""

from collections.abc import Mapping
from dataclasses import dataclass
import json
import struct
from typing import Any, Literal

type Frame = str | bytes

COMMANDS = frozenset({"bind", "debug", "exec", "ignore", "unbind"})
_KEYS = frozenset({"args", "cmd", "id", "index", "mod", "name", "sys"})


@dataclass(frozen=True, slots=True)
class FrameRequest:
    """A request that the server understands."""

    id: int
    cmd: str
    sys: str
    mod: str
    name: str
    index: int = 1
    args: tuple[Any, ...] = ()

    @property
    def variable(self) -> tuple[str, str, int, str]:
        """What it speaks of."""
        return (self.sys, self.mod, self.index, self.name)

    @property
    def meta(self) -> dict[str, Any]:
        """The `meta` of its answers."""
        return meta_of(*self.variable)


def meta_of(sys: str, mod: str, index: int, name: str) -> dict[str, Any]:
    """The `meta` of a variable."""
    return {"sys": sys, "mod": mod, "index": index, "name": name}


def parse(raw: Frame) -> FrameRequest | None:
    """Read a frame as strictly as the server; None for what it drops."""
    if isinstance(raw, bytes):
        return None
    try:
        body = json.loads(raw)
    except ValueError, RecursionError:
        return None
    if not isinstance(body, dict) or not body.keys() <= _KEYS:
        return None
    args = body.get("args")
    cmd = body.get("cmd")
    texts = [body.get(key) for key in ("sys", "mod", "name")]
    if (
        not _is_int(body.get("id"), 64)
        or not _is_int(body.get("index", 1), 32)
        or not isinstance(cmd, str)
        or cmd.lower() not in COMMANDS
        or not all(isinstance(text, str) for text in texts)
        or not (args is None or isinstance(args, list))
    ):
        return None
    return FrameRequest(
        id=body["id"],
        cmd=cmd.lower(),
        sys=body["sys"],
        mod=body["mod"],
        name=body["name"],
        index=body.get("index", 1),
        args=tuple(args or ()),
    )


def _is_int(value: Any, bits: int) -> bool:
    return type(value) is int and -(1 << bits - 1) <= value < 1 << bits - 1


def success(request_id: int, **members: Any) -> dict[str, Any]:
    """An answer to what was done."""
    return {"id": request_id, "type": "success", **members}


def failure(
    request_id: int, error_code: int, message: str, code: int | None = None
) -> dict[str, Any]:
    """An answer to what failed; `code` is the driver's own."""
    frame = {
        "id": request_id,
        "type": "error",
        "error_code": error_code,
        "msg": message,
    }
    return frame if code is None else {**frame, "code": code}


def notification(
    request_id: int, value: Any, variable: tuple[str, str, int, str]
) -> dict[str, Any]:
    """The value of a variable, with the id of the bind."""
    return {
        "id": request_id,
        "type": "notify",
        "value": value,
        "meta": meta_of(*variable),
    }


def encoded(frame: Mapping[str, Any], how: Literal["raw", "encoded"]) -> dict[str, Any]:
    """The frame with its value as it is, or as a string of JSON."""
    if how == "raw" or "value" not in frame:
        return dict(frame)
    return {**frame, "value": json.dumps(frame["value"])}


def wire(frame: Frame) -> bytes:
    """A server's WebSocket frame, unmasked and in one piece (RFC 6455, 5.2)."""
    payload = (
        frame.encode("utf-8", "surrogatepass") if isinstance(frame, str) else frame
    )
    first = 0x81 if isinstance(frame, str) else 0x82
    size = len(payload)
    if size < 126:
        head = struct.pack("!BB", first, size)
    elif size < 1 << 16:
        head = struct.pack("!BBH", first, 126, size)
    else:
        head = struct.pack("!BBQ", first, 127, size)
    return head + payload

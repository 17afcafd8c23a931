"""JSON-RPC as the device speaks it: frames and error codes (facts 4.2, 4.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
import json
from typing import Any

type Id = int | str
type Frame = str | bytes

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
COMMAND_ERROR = 1
PERMISSION_DENIED = -31999
TOO_MANY_SUBSCRIBERS = -31998
NOT_READY = -31997


class RpcError(Exception):
    """An error object: its code, its message and sometimes data."""

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        """Refuse with a code and words."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data

    def as_json(self) -> dict[str, Any]:
        """`{"code", "message"}`, with `data` where there is some."""
        body: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.data is not None:
            body["data"] = self.data
        return body


@dataclass(frozen=True, slots=True)
class Request:
    """One request."""

    id: Id
    method: str
    params: Mapping[str, Any]


def parse(frame: Frame) -> Any:
    """The JSON of a frame; raises `RpcError`."""
    try:
        return json.loads(frame)
    except ValueError, RecursionError:
        raise RpcError(PARSE_ERROR, "Parse error") from None


def request_of(body: Any) -> Request:
    """The request of a JSON body; raises `RpcError`."""
    match body:
        case {"jsonrpc": "2.0", "id": int() | str() as id_, "method": str(method)} if (
            not isinstance(id_, bool)
        ):
            params = body.get("params")
            if params is None:
                params = {}
            if isinstance(params, dict):
                return Request(id_, method, params)
            raise RpcError(INVALID_PARAMS, "Invalid params")
    raise RpcError(INVALID_REQUEST, "Invalid request")


def id_of(body: Any) -> Id | None:
    """The id that an error about the body carries."""
    found = body.get("id") if isinstance(body, dict) else None
    return (
        found if isinstance(found, int | str) and not isinstance(found, bool) else None
    )


def result_frame(id_: Id, result: Any) -> dict[str, Any]:
    """An answer."""
    return {"jsonrpc": "2.0", "id": id_, "result": result}


def error_frame(id_: Id | None, error: RpcError) -> dict[str, Any]:
    """A refusal."""
    return {"jsonrpc": "2.0", "id": id_, "error": error.as_json()}


def feedback_frame(subscription: int, tree: Mapping[str, Any]) -> dict[str, Any]:
    """A notification."""
    return {
        "jsonrpc": "2.0",
        "method": "xFeedback/Event",
        "params": {"Id": subscription, **tree},
    }

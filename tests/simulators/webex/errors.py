"""Errors as Webex answers them (facts 6.4)."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from aiohttp import web


class ApiError(Exception):
    """A refusal: an HTTP status and the message of its body."""

    def __init__(
        self, status: int, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        """Refuse with a status, words and headers such as Retry-After."""
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = dict(headers or {})

    def response(self, tracking_id: str) -> web.Response:
        """The JSON body of facts 6.4, with its tracking id."""
        return web.json_response(
            error_body(self.message, tracking_id),
            status=self.status,
            headers=self.headers,
        )


def error_body(message: str, tracking_id: str) -> dict[str, Any]:
    """`{"message", "errors": [{"description"}], "trackingId"}`."""
    return {
        "message": message,
        "errors": [{"description": message}],
        "trackingId": tracking_id,
    }


def new_tracking_id() -> str:
    """`ROUTER_…`."""
    return f"ROUTER_{uuid4()}".upper()

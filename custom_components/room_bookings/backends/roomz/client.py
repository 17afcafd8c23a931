"""Requests by the contract: one place for credentials, limits and errors (facts C1, C2)."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
import json
from typing import Final
from urllib.parse import quote

from aiohttp import ClientResponse, ClientSession, ClientTimeout
from yarl import URL

from ...rooms.errors import (
    AuthFailedError,
    BusyTryLaterError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    RejectedError,
    RoomError,
    UnreachableError,
)
from ..http import Request, error_in, never_again, read_body
from ..parsing import Json, JsonObject, parsed
from ..patience import retry_after
from .address import RoomzAddress
from .turns import Turns
from .wire import as_text, as_words

MAX_BODY: Final = 8 * 1024 * 1024
_TIMEOUT: Final = 20.0
_CONNECT_TIMEOUT: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request(Request):
    """What to ask; the segments of `path` are not encoded yet."""

    path: tuple[str, ...]
    query: Mapping[str, str] = field(default_factory=dict)
    body: JsonObject | None = field(default=None, repr=False)
    urgent: bool = False

    def url(self, base: str) -> URL:
        """Where to ask, below the server's address; raises ValueError if that is none."""
        below = str(URL(base).with_query(None).with_fragment(None)).rstrip("/")
        path = "/".join(quote(part, safe="") for part in self.path)
        query = "&".join(f"{key}={quote(v, safe=':')}" for key, v in self.query.items())
        return URL(f"{below}/{path}{'?' if query else ''}{query}", encoded=True)


class RoomzClient:
    """Speaks to one server; every error is a RoomError."""

    def __init__(
        self, session: ClientSession, address: RoomzAddress, turns: Turns | None = None
    ) -> None:
        """Send nothing yet."""
        self._session = session
        self._address = address
        self._turns = turns or Turns()

    def close(self) -> None:
        """Send nothing any more; whoever waits for a turn hears of it."""
        self._turns.close()

    async def rooms(self) -> bytes:
        """GET /rooms: the body of the answer."""
        return await self._ask(_Request(method="GET", path=("rooms",), urgent=True))

    async def meetings(
        self, room_id: str, start: str, end: str, *, urgent: bool
    ) -> bytes:
        """GET /rooms/{roomId}/meetings in a window: the body of the answer."""
        request = _Request(
            method="GET",
            path=("rooms", room_id, "meetings"),
            query={"from": start, "to": end},
            urgent=urgent,
        )
        return await self._ask(request)

    async def book(self, room_id: str, body: JsonObject) -> Json:
        """POST /rooms/{roomId}/meetings: the Meeting, None where none is answered."""
        return await self._write("POST", ("rooms", room_id, "meetings"), body)

    async def change(self, room_id: str, meeting_id: str, body: JsonObject) -> Json:
        """PUT /rooms/{roomId}/meetings/{meetingId}: the Meeting, or None."""
        return await self._write(
            "PUT", ("rooms", room_id, "meetings", meeting_id), body
        )

    async def _write(
        self, method: str, path: tuple[str, ...], body: JsonObject
    ) -> Json:
        request = _Request(method=method, path=path, body=body, urgent=True)
        answer = await self._ask(request)
        if not answer.strip():
            # Success is judged by the status alone (facts C1).
            return None
        try:
            return await parsed(answer)
        except ValueError as error:
            raise request.lost("an answer that is no JSON") from error

    async def _ask(self, request: _Request) -> bytes:
        async with self._turns.turn(urgent=request.urgent):
            try:
                return await self._send(request)
            except BusyTryLaterError as busy:
                self._turns.pause(busy.retry_after or 0.0)
                raise

    async def _send(self, request: _Request) -> bytes:
        headers = {"Accept": "application/json", "Authorization": self._credentials()}
        data: bytes | None = None
        if request.body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(request.body).encode()
        try:
            url = request.url(self._address.url)
        except ValueError as error:
            raise UnreachableError("no such address") from error
        with request.sending():
            async with self._session.request(
                request.method,
                url,
                data=data,
                headers=headers,
                allow_redirects=False,
                timeout=ClientTimeout(total=_TIMEOUT, connect=_CONNECT_TIMEOUT),
                middlewares=None if request.method == "GET" else (never_again,),
            ) as response:
                body = await read_body(response, MAX_BODY)
        if not HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
            raise self._refused(request, response, body)
        if request.method == "GET" and response.status != HTTPStatus.OK:
            raise request.lost(f"HTTP {response.status}")
        if body.strip() and not _is_json(response):
            raise request.lost("an answer that is no JSON")
        return body

    def _refused(
        self, request: _Request, response: ClientResponse, body: bytes
    ) -> RoomError:
        """What a refusal means (facts C2; other codes are assumption `error_codes`)."""
        status = response.status
        words = self._words(request, body) or f"HTTP {status}"
        patience = retry_after(response.headers.get("Retry-After"))
        match status:
            case HTTPStatus.UNAUTHORIZED:
                return AuthFailedError("the user is not accepted")
            case HTTPStatus.FORBIDDEN:
                return PermissionDeniedError(words)
            case HTTPStatus.NOT_FOUND | HTTPStatus.GONE:
                return NotFoundError(words)
            case HTTPStatus.CONFLICT:
                return ConflictError()
            case HTTPStatus.TOO_MANY_REQUESTS:
                return BusyTryLaterError(patience)
            case HTTPStatus.SERVICE_UNAVAILABLE if patience is not None:
                return BusyTryLaterError(patience)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return request.lost(f"HTTP {status}")
        if status < HTTPStatus.BAD_REQUEST:
            # A redirect is not followed: the credentials are for this server alone.
            return UnreachableError(f"HTTP {status}")
        return RejectedError(words)

    def _words(self, request: _Request, body: bytes) -> str:
        """The server's own words about an error; the contract knows none."""
        answer = error_in(body)
        personal = as_text((request.body or {}).get("subject"))
        hidden = (self._address.password, personal)
        said = (answer.get(key) for key in ("message", "error", "detail", "title"))
        return next(filter(None, (as_words(words, hidden) for words in said)), "")

    def _credentials(self) -> str:
        who = f"{self._address.username}:{self._address.password}"
        return f"Basic {b64encode(who.encode(errors='replace')).decode()}"


def _is_json(response: ClientResponse) -> bool:
    """Whether the server calls its answer JSON, or does not name it."""
    named = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return named in ("", "application/json", "text/json") or named.endswith("+json")

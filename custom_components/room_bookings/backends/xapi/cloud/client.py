"""Requests to the Webex cloud: one place for tokens, limits and errors (facts 6, 7.3)."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final, Self

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
)
import orjson
from yarl import URL

from ....rooms.errors import (
    AnswerLostError,
    AuthFailedError,
    BusyTryLaterError,
    NotFoundError,
    PermissionDeniedError,
    RejectedError,
    RoomError,
    UnreachableError,
)
from ..wire import Json, JsonObject, as_int, as_items, as_object, as_text
from .addresses import Cloud
from .limiter import RateLimiter

MAX_BODY: Final = 8 * 1024 * 1024
# Larger bodies are parsed off the event loop: about 3 ms of parsing.
_PARSE_ELSEWHERE: Final = 512 * 1024
_TIMEOUT: Final = 20.0
# The cloud holds a poll for about 20 s (assumption `poll_hold`).
_POLL_TIMEOUT: Final = 50.0
_REFRESH_MARGIN: Final = timedelta(minutes=15)
_DEFAULT_LIFE: Final = 64_800
_MAX_PAGES: Final = 200
_MAX_WORDS: Final = 300
_LONGEST_PAUSE: Final = 60.0
_RIGHTS: Final = {
    "devices": "spark-admin:devices_read",
    "workspaces": "spark-admin:workspaces_read",
    "xapi/command": "spark:xapi_commands",
    "xapi/schema": "spark:xapi_commands",
    "xapi/status": "spark:xapi_statuses",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a workspace integration identifies itself with; secrets all, but the addresses."""

    client_id: str
    client_secret: str
    app_id: str
    refresh_token: str
    oauth_url: str
    app_url: str
    api_url: str

    @classmethod
    def of(cls, data: Mapping[str, str]) -> Self:
        """The credentials out of what is stored for an entry."""
        return cls(**{name: data[name] for name in cls.__slots__})


@dataclass(frozen=True, slots=True)
class _Token:
    value: str
    renew_at: datetime


class CloudClient:
    """Speaks to one organisation's cloud; every error is a RoomError.

    `on_credentials` hears of a refresh token that the cloud replaced.
    """

    def __init__(
        self,
        session: ClientSession,
        credentials: Credentials,
        on_credentials: Callable[[Credentials], None] = lambda _: None,
        limiter: RateLimiter | None = None,
    ) -> None:
        """Send nothing yet."""
        self.credentials = credentials
        self.cloud = Cloud(credentials.api_url)
        self._session = session
        self._on_credentials = on_credentials
        self._limiter = limiter or RateLimiter()
        self._token: _Token | None = None
        self._refreshing = asyncio.Lock()

    def close(self) -> None:
        """Let go of whoever waits for a turn."""
        self._limiter.close()

    # What the cloud offers

    async def enable_queue(self) -> JsonObject:
        """Complete the provisioning with a queue (7.4): the app's own description."""
        body: dict[str, Json] = {
            "provisioningState": "completed",
            "queue": {"state": "enabled"},
        }
        url = self.cloud.trusted(self.credentials.app_url)
        return as_object(await self._request("PATCH", url, json=body, urgent=True))

    async def poll(self, address: str) -> JsonObject:
        """Wait for messages (7.5); an empty object when none came."""
        url = self.cloud.trusted(address)
        return as_object(
            await self._request("GET", url, timeout=_POLL_TIMEOUT, limited=False)
        )

    async def command(
        self, device_id: str, name: str, arguments: Mapping[str, Json], *, urgent: bool
    ) -> Json:
        """Run an xAPI command on a device (6.1); its result."""
        body: dict[str, Json] = {"deviceId": device_id, "arguments": dict(arguments)}
        url = self._api("xapi", "command", name)
        return as_object(
            await self._request("POST", url, json=body, urgent=urgent)
        ).get("result")

    async def status(self, device_id: str, *names: str) -> JsonObject:
        """Read statuses of a device (6.2); empty where nothing matches."""
        url = self._api("xapi", "status").with_query(
            [("deviceId", device_id), *(("name", name) for name in names)]
        )
        return as_object(as_object(await self._request("GET", url)).get("result"))

    async def schema(self, device_id: str, command: str) -> JsonObject:
        """What a device's commands can do (6.2): its part of the answer."""
        url = self._api("xapi", "schema").with_query(
            deviceId=device_id, command=command
        )
        for item in as_items(await self._request("GET", url)):
            if as_object(item).get("deviceId") in (device_id, None):
                return as_object(item)
        return {}

    async def items(self, collection: str, **query: str) -> list[JsonObject]:
        """All items of a paged collection (6.3)."""
        url: URL | None = self._api(collection).with_query(query)
        found: list[JsonObject] = []
        for _ in range(_MAX_PAGES):
            if url is None:
                return found
            links: list[str] = []
            page = as_object(await self._request("GET", url, links=links))
            if not isinstance(records := page.get("items"), list):
                # Nothing is not the same as no answer: rooms go when a full listing says so.
                raise UnreachableError(f"no list of {collection}")
            found += [as_object(item) for item in records]
            url = self.cloud.trusted(links[0]) if links else None
        raise RejectedError(f"more than {_MAX_PAGES} pages of {collection}")

    async def keys(self, region: str) -> Json:
        """The public keys that sign this region's tokens (7.2)."""
        return await self._request(
            "GET", self.cloud.keys_address(region), authorized=False
        )

    def _api(self, *path: str) -> URL:
        return URL(self.credentials.api_url).joinpath(*path)

    # How a request is made

    async def _request(
        self,
        method: str,
        url: URL,
        *,
        json: Json | Mapping[str, Json] = None,
        urgent: bool = False,
        limited: bool = True,
        authorized: bool = True,
        timeout: float = _TIMEOUT,
        links: list[str] | None = None,
    ) -> Json:
        for attempt in (1, 2):
            token = await self._access_token() if authorized else None
            if limited:
                await self._limiter.turn(urgent=urgent)
            try:
                return await self._send(method, url, json, token, timeout, links)
            except AuthFailedError:
                if attempt == 2 or not authorized:
                    raise
                self._forget(token)
            except PermissionDeniedError as error:
                raise PermissionDeniedError(_right(url) or error.missing) from error
        raise AssertionError("unreachable")  # pragma: no cover

    async def _send(
        self,
        method: str,
        url: URL,
        json: Json | Mapping[str, Json],
        token: str | None,
        timeout: float,
        links: list[str] | None,
    ) -> Json:
        reads = method == "GET"
        headers = {"Accept": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        try:
            async with self._session.request(
                method,
                url,
                json=json,
                headers=headers,
                allow_redirects=False,
                timeout=ClientTimeout(total=timeout, sock_connect=10),
            ) as response:
                body = await _read_capped(response)
                status = response.status
                retry_after = _retry_after(response.headers.get("Retry-After"))
                if links is not None and (following := response.links.get("next")):
                    links.append(str(following["url"]))
        except ClientConnectorError as error:
            raise UnreachableError("no connection") from error
        except (ClientError, TimeoutError, ValueError) as error:
            lost = UnreachableError if reads else AnswerLostError
            raise lost(type(error).__name__) from error
        if status in (HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.ACCEPTED):
            return await _parsed(body, reads)
        if status == HTTPStatus.NO_CONTENT:
            return None
        refused = _error(status, body, retry_after, reads)
        if isinstance(refused, BusyTryLaterError) and refused.retry_after:
            self._limiter.pause(min(refused.retry_after, _LONGEST_PAUSE))
        raise refused

    # Tokens

    def _forget(self, token: str | None) -> None:
        if self._token is not None and self._token.value == token:
            self._token = None

    async def _access_token(self) -> str:
        async with self._refreshing:
            now = datetime.now(UTC)
            if self._token is None or now >= self._token.renew_at:
                self._token = await self._refresh(now)
            return self._token.value

    async def _refresh(self, now: datetime) -> _Token:
        credentials = self.credentials
        body = {
            "grant_type": "refresh_token",
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret,
            "refresh_token": credentials.refresh_token,
        }
        url = self.cloud.trusted(credentials.oauth_url)
        await self._limiter.turn(urgent=True)
        try:
            answer = as_object(
                await self._send("POST", url, body, None, _TIMEOUT, None)
            )
        except AnswerLostError as error:
            raise UnreachableError("no answer about the token") from error
        except BusyTryLaterError, UnreachableError:
            raise
        except RoomError as error:
            raise AuthFailedError("the token was refused") from error
        value = as_text(answer.get("access_token"))
        if not value:
            raise UnreachableError("an answer without a token")
        replaced = as_text(answer.get("refresh_token"))
        if replaced and replaced != credentials.refresh_token:
            self.replace_credentials(refresh_token=replaced)
        life = as_int(answer.get("expires_in"))
        if life is None or not 0 < life < 10**8:
            life = _DEFAULT_LIFE
        # A token that lives less than two margins is used for half its life.
        margin = min(_REFRESH_MARGIN, timedelta(seconds=life / 2))
        return _Token(value, now + timedelta(seconds=life) - margin)

    def replace_credentials(self, **changes: str) -> None:
        """Go on with other credentials, and tell whoever keeps them."""
        self.credentials = replace(self.credentials, **changes)
        self._token = None
        self._on_credentials(self.credentials)


def _right(url: URL) -> str | None:
    """The scope that a request needs (facts 6.2, 8)."""
    return next(
        (scope for part, scope in _RIGHTS.items() if f"/{part}" in url.path), None
    )


async def _read_capped(response: ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > MAX_BODY:
            response.close()
            raise ValueError("a body that is too large")
    return bytes(body)


async def _parsed(body: bytes, reads: bool) -> Json:
    if not body.strip():
        return None
    try:
        if len(body) > _PARSE_ELSEWHERE:
            loop = asyncio.get_running_loop()
            parsed: Json = await loop.run_in_executor(None, orjson.loads, body)
        else:
            parsed = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        if reads:
            raise UnreachableError("an answer that is no JSON") from error
        raise AnswerLostError("an answer that is no JSON") from error
    return parsed


def _retry_after(value: str | None) -> float | None:
    """Seconds to wait, from a number or a date; None if it says neither."""
    if value is None:
        return None
    if (seconds := as_int(value)) is not None:
        return float(max(0, seconds))
    try:
        wait = parsedate_to_datetime(value) - datetime.now(UTC)
    except ValueError, TypeError:
        return None
    return max(0.0, wait.total_seconds())


def _words(body: bytes) -> str:
    """The cloud's own words about an error (6.4), without control characters."""
    try:
        answer = as_object(orjson.loads(body))
    except orjson.JSONDecodeError:
        return ""
    words = as_text(answer.get("message")) or as_text(answer.get("error_description"))
    if not words:
        first = next(iter(as_items(answer.get("errors"))), None)
        words = as_text(as_object(first).get("description"))
    return "".join(c if c.isprintable() else " " for c in words)[:_MAX_WORDS]


def _error(
    status: int, body: bytes, retry_after: float | None, reads: bool
) -> RoomError:
    """What a refused request means (6.1, 6.4; the codes' meaning is assumption `error_codes`)."""
    words = _words(body) or f"HTTP {status}"
    match status:
        case HTTPStatus.UNAUTHORIZED:
            return AuthFailedError("the token is not accepted")
        case HTTPStatus.FORBIDDEN:
            return PermissionDeniedError(words)
        case HTTPStatus.NOT_FOUND | HTTPStatus.GONE:
            return NotFoundError(words)
        case HTTPStatus.TOO_MANY_REQUESTS | HTTPStatus.LOCKED:
            return BusyTryLaterError(retry_after)
        case HTTPStatus.SERVICE_UNAVAILABLE if retry_after is not None:
            return BusyTryLaterError(retry_after)
    if status >= 500:
        return UnreachableError(words) if reads else AnswerLostError(words)
    return RejectedError(words)

"""Requests to the Webex cloud: one place for tokens, limits and errors (facts 6, 7.3)."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Final, NamedTuple, Self

from aiohttp import ClientResponse, ClientSession, ClientTimeout
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
from ...http import Request, error_in, never_again, read_body
from ...parsing import parsed
from ...patience import retry_after
from ..wire import (
    Json,
    JsonObject,
    as_int,
    as_items,
    as_object,
    as_text,
    as_words,
    personal_texts,
)
from .addresses import Cloud
from .limiter import RateLimiter

MAX_BODY: Final = 8 * 1024 * 1024
_TIMEOUT: Final = 20.0
_CONNECT_TIMEOUT: Final = 10.0
# The cloud holds a poll for about 20 s (assumption `poll_hold`).
_POLL_TIMEOUT: Final = 50.0
# A token is renewed this long before it ends (facts 7.3, WIN); if that fails, it is tried
# again this much later for as long as the token is good.
_RENEW_BEFORE: Final = timedelta(minutes=15)
_RENEW_AGAIN: Final = timedelta(minutes=1)
_DEFAULT_LIFE: Final = 64_800
_MAX_PAGES: Final = 200
_RIGHTS: Final = {
    "devices": "spark-admin:devices_read",
    "workspaces": "spark-admin:workspaces_read",
    "xapi/command": "spark:xapi_commands",
    "xapi/schema": "spark:xapi_commands",
    "xapi/status": "spark:xapi_statuses",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a workspace integration identifies itself with; its repr holds no secret."""

    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    app_id: str
    refresh_token: str = field(repr=False)
    oauth_url: str
    app_url: str
    api_url: str

    @classmethod
    def of(cls, data: Mapping[str, str]) -> Self:
        """The credentials out of what is stored for an entry."""
        return cls(**{name: data[name] for name in cls.__slots__})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    value: str = field(repr=False)
    renew_at: datetime
    good_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request(Request):
    """What to ask; `urgent` and `limited` say how it waits for its turn."""

    url: URL
    json: Mapping[str, Json] | None = field(default=None, repr=False)
    timeout: float = _TIMEOUT
    urgent: bool = False
    limited: bool = True
    # Whether aiohttp may repeat it by itself after the connection was cut.
    repeatable: bool = True


class _Answer(NamedTuple):
    value: Json
    response: ClientResponse


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
        self._renewing = asyncio.Lock()
        self._renewals = 0
        self._failure: RoomError | None = None

    def close(self) -> None:
        """Send nothing any more; whoever waits for a turn hears of it."""
        self._limiter.close()

    # What the cloud offers

    async def enable_queue(self) -> JsonObject:
        """Complete the provisioning with a queue (7.4): the app's own description."""
        request = _Request(
            method="PATCH",
            url=self.cloud.trusted(self.credentials.app_url),
            json={"provisioningState": "completed", "queue": {"state": "enabled"}},
            urgent=True,
        )
        return as_object((await self._ask(request)).value)

    async def poll(self, address: str) -> JsonObject:
        """Wait for messages (7.5); an empty object when none came.

        A poll that is cut off is an error, for what it was about to bring is lost.
        """
        request = _Request(
            method="GET",
            url=self.cloud.trusted(address),
            timeout=_POLL_TIMEOUT,
            limited=False,
            repeatable=False,
        )
        return as_object((await self._ask(request)).value)

    async def command(
        self, device_id: str, name: str, arguments: Mapping[str, Json], *, urgent: bool
    ) -> Json:
        """Run an xAPI command on a device (6.1); its result."""
        request = _Request(
            method="POST",
            url=self._api("xapi", "command", name),
            json={"deviceId": device_id, "arguments": dict(arguments)},
            urgent=urgent,
        )
        answer = as_object((await self._ask(request)).value)
        if not answer.keys() & {"deviceId", "result"}:
            # An empty list is not the same as no answer.
            raise AnswerLostError("an answer to another question")
        return answer.get("result")

    async def status(self, device_id: str, *names: str) -> JsonObject:
        """Read statuses of a device (6.2); empty where nothing matches."""
        query = [("deviceId", device_id), *(("name", name) for name in names)]
        url = self._api("xapi", "status").with_query(query)
        answer = await self._ask(_Request(method="GET", url=url))
        return as_object(as_object(answer.value).get("result"))

    async def schema(self, device_id: str, command: str) -> JsonObject:
        """What a device's commands can do (6.2): its part of the answer."""
        url = self._api("xapi", "schema").with_query(
            deviceId=device_id, command=command
        )
        answer = await self._ask(_Request(method="GET", url=url))
        for item in as_items(answer.value):
            if as_object(item).get("deviceId") in (device_id, None):
                return as_object(item)
        return {}

    async def items(self, collection: str, **query: str) -> list[JsonObject]:
        """All items of a paged collection (6.3)."""
        url = self._api(collection).with_query(query)
        found: list[JsonObject] = []
        for _ in range(_MAX_PAGES):
            answer = await self._ask(_Request(method="GET", url=url))
            records = as_object(answer.value).get("items")
            if not isinstance(records, list):
                # Nothing is not the same as no answer: rooms go when a full listing says so.
                raise UnreachableError(f"no list of {collection}")
            found += [as_object(item) for item in records]
            if (following := _next_page(answer.response)) is None:
                return found
            url = self.cloud.trusted(following)
        raise UnreachableError(f"more than {_MAX_PAGES} pages of {collection}")

    async def keys(self, region: str) -> Json:
        """The public keys that sign this region's tokens (7.2)."""
        url = self.cloud.keys_address(region)
        try:
            answer = await self._in_turn(_Request(method="GET", url=url), None)
        except (PermissionDeniedError, RejectedError) as error:
            raise UnreachableError("no keys") from error
        return answer.value

    def _api(self, *path: str) -> URL:
        return URL(self.credentials.api_url).joinpath(*path)

    # How a request is made

    async def _ask(self, request: _Request) -> _Answer:
        token = await self._access_token()
        try:
            return await self._in_turn(request, token)
        except AuthFailedError:
            self._forget(token)
        return await self._in_turn(request, await self._access_token())

    async def _in_turn(self, request: _Request, token: str | None) -> _Answer:
        if request.limited:
            await self._limiter.turn(urgent=request.urgent)
        return await self._send(request, token)

    async def _send(self, request: _Request, token: str | None) -> _Answer:
        headers = {"Accept": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        with request.sending():
            async with self._session.request(
                request.method,
                request.url,
                json=request.json,
                headers=headers,
                allow_redirects=False,
                timeout=ClientTimeout(total=request.timeout, connect=_CONNECT_TIMEOUT),
                middlewares=None if request.repeatable else (never_again,),
            ) as response:
                body = await read_body(response, MAX_BODY)
        if not HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
            hidden = self._hidden(request, token)
            raise self._refused(request, response, _words(body, hidden))
        if not body.strip():
            return _Answer(None, response)
        try:
            return _Answer(await parsed(body), response)
        except ValueError as error:
            raise request.lost("an answer that is no JSON") from error

    def _refused(
        self, request: _Request, response: ClientResponse, words: str
    ) -> RoomError:
        """What a refusal means (6.1, 6.4; the codes' meaning is assumption `error_codes`)."""
        status = response.status
        words = words or f"HTTP {status}"
        patience = _patience(response.headers.get("Retry-After"))
        match status:
            case HTTPStatus.UNAUTHORIZED:
                return AuthFailedError("the token is not accepted")
            case HTTPStatus.FORBIDDEN:
                return PermissionDeniedError(_missing(request.url, words))
            case HTTPStatus.NOT_FOUND | HTTPStatus.GONE:
                return NotFoundError(words)
            case HTTPStatus.TOO_MANY_REQUESTS:
                # It is all requests that are too many, not this one.
                self._limiter.pause(patience or 0.0)
                return BusyTryLaterError(patience)
            case HTTPStatus.LOCKED:
                return BusyTryLaterError(patience)
            case HTTPStatus.SERVICE_UNAVAILABLE if patience is not None:
                return BusyTryLaterError(patience)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return request.lost(words)
        if status < HTTPStatus.BAD_REQUEST:
            # A redirect is not followed: somebody is between here and the cloud.
            return UnreachableError(f"HTTP {status}")
        return RejectedError(words)

    def _hidden(self, request: _Request, token: str | None) -> tuple[str, ...]:
        """What the cloud may repeat and nobody shall read."""
        body = request.json or {}
        return (
            token or "",
            self.credentials.client_secret,
            self.credentials.refresh_token,
            *personal_texts(as_object(body.get("arguments"))),
        )

    # Tokens

    def replace_credentials(self, **changes: str) -> None:
        """Go on with other credentials, and tell whoever keeps them."""
        self.credentials = replace(self.credentials, **changes)
        self._token = None
        self._on_credentials(self.credentials)

    def _forget(self, token: str) -> None:
        if self._token is not None and self._token.value == token:
            self._token = None

    async def _access_token(self) -> str:
        renewals = self._renewals
        async with self._renewing:
            token, now = self._token, datetime.now(UTC)
            if token is None or now >= token.renew_at:
                if self._failure is not None and self._renewals != renewals:
                    # It failed while this one waited: to have asked once is enough for all.
                    raise self._failure
                self._token = token = await self._renewed(token, now)
            return token.value

    async def _renewed(self, token: _Token | None, now: datetime) -> _Token:
        self._failure = None
        try:
            return await self._granted(now)
        except RoomError as error:
            refused = isinstance(error, AuthFailedError)
            if token is not None and now < token.good_until and not refused:
                return replace(token, renew_at=now + _RENEW_AGAIN)
            self._failure = error
            raise
        finally:
            self._renewals += 1

    async def _granted(self, now: datetime) -> _Token:
        """A new token; if the cloud replaces the credentials meanwhile, by the new ones."""
        credentials = self.credentials
        try:
            answer = await self._exchange(credentials)
        except AuthFailedError:
            if self.credentials == credentials:
                raise
            return await self._granted(now)
        value = as_text(answer.get("access_token"))
        if not value or not value.isprintable():
            raise UnreachableError("an answer without a token")
        replaced = as_text(answer.get("refresh_token"))
        if replaced and self.credentials == credentials:
            if replaced != credentials.refresh_token:
                self.replace_credentials(refresh_token=replaced)
        life = as_int(answer.get("expires_in"))
        if life is None or not 0 < life < 10**8:
            life = _DEFAULT_LIFE
        good_until = now + timedelta(seconds=life)
        # A token that lives less than two margins is used for half its life.
        margin = min(_RENEW_BEFORE, timedelta(seconds=life / 2))
        return _Token(value=value, renew_at=good_until - margin, good_until=good_until)

    async def _exchange(self, credentials: Credentials) -> JsonObject:
        request = _Request(
            method="POST",
            url=self.cloud.trusted(credentials.oauth_url),
            json={
                "grant_type": "refresh_token",
                "client_id": credentials.client_id,
                "client_secret": credentials.client_secret,
                "refresh_token": credentials.refresh_token,
            },
            urgent=True,
        )
        try:
            return as_object((await self._in_turn(request, None)).value)
        except (UnreachableError, NotFoundError) as error:
            raise UnreachableError("no answer about the token") from error
        except (RejectedError, PermissionDeniedError) as error:
            raise AuthFailedError("the token was refused") from error


def _next_page(response: ClientResponse) -> URL | None:
    """Where the next page is (6.3); raises UnreachableError for what is no address."""
    try:
        link = response.links.get("next")
        return URL(link["url"]) if link is not None else None
    except ValueError as error:
        raise UnreachableError("a next page without an address") from error


def _patience(value: str | None) -> float | None:
    """Seconds to wait (6.4); the past asks for none."""
    seconds = as_int(value)
    return retry_after(value) if seconds is None or seconds >= 0 else 0.0


def _words(body: bytes, hidden: tuple[str, ...]) -> str:
    """The cloud's own words about an error (6.4)."""
    answer = error_in(body)
    first = next(iter(as_items(answer.get("errors"))), None)
    said = (
        answer.get("message"),
        answer.get("error_description"),
        as_object(first).get("description"),
    )
    return next(filter(None, (as_words(words, hidden) for words in said)), "")


def _missing(url: URL, words: str) -> str:
    """The right that a request lacks: the command that the words name, else its scope."""
    for part, scope in _RIGHTS.items():
        if f"/{part}" in url.path:
            named = part == "xapi/command" and url.name.lower() in words.lower()
            return url.name if named else scope
    return words

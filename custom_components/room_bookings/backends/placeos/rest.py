"""Requests to PlaceOS: authority, key and systems (facts B1, B2)."""

from http import HTTPStatus
from typing import Final, NamedTuple

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout
from multidict import CIMultiDictProxy
from yarl import URL

from ...rooms.errors import (
    AuthFailedError,
    BusyTryLaterError,
    NotFoundError,
    PermissionDeniedError,
    RejectedError,
    RoomError,
    UnreachableError,
)
from ..http import read_body
from ..parsing import Json, parsed
from ..patience import retry_after
from .address import PlaceosAddress
from .tls import context_for
from .wire import JsonObject, as_id, as_int, as_items, as_object, as_text, as_words

MAX_BODY: Final = 16 * 1024 * 1024
_TIMEOUT: Final = 20.0
_CONNECT_TIMEOUT: Final = 10.0
_PAGE: Final = 500
_MAX_PAGES: Final = 200
# The words of a server that is asked by a name that is not its own (facts B1).
NO_AUTHORITY: Final = "authority not found"
# What is needed: to list systems, to see their modules, to listen and to act (facts B1).
_RIGHTS: Final = (("systems", "read"), ("control", "read"), ("control", "write"))


class _Answer(NamedTuple):
    value: Json
    headers: CIMultiDictProxy[str]


class PlaceosRest:
    """Speaks to one server over HTTP, and only asks; every error is a RoomError."""

    def __init__(self, session: ClientSession, address: PlaceosAddress) -> None:
        """Send nothing yet."""
        self._session = session
        self._address = address

    async def authority(self) -> str:
        """The id of the authority that answers for this host.

        Raises UnreachableError if it answers for another one.
        """
        try:
            answer = await self._ask(self._address.authority(), key=False)
        except (PermissionDeniedError, RejectedError) as error:
            raise UnreachableError("no authority answers for this host") from error
        authority = as_object(answer.value)
        authority_id = as_text(authority.get("id"))
        if not authority_id:
            raise UnreachableError("an answer without an authority")
        domain = as_text(authority.get("domain")).strip().lower()
        if self._address.host not in (domain, domain.rpartition(":")[0]):
            raise UnreachableError("the authority answers for another host")
        return authority_id

    async def check_rights(self) -> None:
        """Raise PermissionDeniedError naming a scope that the key lacks (facts B1).

        A key whose scopes are not told shows what it may do by doing it.
        """
        answer = await self._ask(self._address.api("api_keys", "inspect"))
        if not isinstance(answer.value, dict):
            raise UnreachableError("an answer that says nothing of the key")
        told = answer.value.get("scope")
        scopes = set(
            told.split()
            if isinstance(told, str)
            else filter(None, map(as_text, as_items(told)))
        )
        if not scopes or "public" in scopes:
            return
        for name, access in _RIGHTS:
            if not scopes & {name, f"{name}.{access}"}:
                raise PermissionDeniedError(f"{name}.{access}")

    async def systems(self) -> list[JsonObject]:
        """All systems that the key may see, each id once.

        The offset is counted here: older servers skip a row in their Link (facts B2).
        """
        found: dict[str, JsonObject] = {}
        offset = 0
        for _ in range(_MAX_PAGES):
            url = self._address.api("systems")
            answer = await self._ask(url.with_query(limit=_PAGE, offset=offset))
            if not isinstance(answer.value, list):
                # Nothing is not the same as no answer: rooms go when a full listing says so.
                raise UnreachableError("an answer that is no list of systems")
            records = [as_object(record) for record in answer.value]
            found |= {
                system_id: r for r in records if (system_id := as_id(r.get("id")))
            }
            if records and not found:
                raise UnreachableError("a list of systems that cannot be read")
            offset += len(records)
            if not records or not _continues(answer.headers, offset, len(records)):
                return list(found.values())
        raise UnreachableError(f"more than {_MAX_PAGES} pages of systems")

    async def types(self, system_id: str) -> JsonObject:
        """How many modules of each name a system has (facts B2)."""
        answer = await self._ask(self._address.api("systems", system_id, "types"))
        if not isinstance(answer.value, dict):
            raise UnreachableError("an answer that is no list of modules")
        return answer.value

    async def _ask(self, url: URL, *, key: bool = True) -> _Answer:
        headers = {"Accept": "application/json"}
        if key:
            headers |= self._address.headers
        context = await context_for(self._address)
        try:
            async with self._session.get(
                url,
                headers=headers,
                ssl=True if context is None else context,
                allow_redirects=False,
                timeout=ClientTimeout(total=_TIMEOUT, connect=_CONNECT_TIMEOUT),
            ) as response:
                body = await read_body(response, MAX_BODY)
        except (ClientError, TimeoutError, ValueError) as error:
            raise UnreachableError(type(error).__name__) from error
        if response.status != HTTPStatus.OK:
            raise await self._refused(url, response, body)
        try:
            return _Answer(await parsed(body), response.headers)
        except ValueError as error:
            raise UnreachableError("an answer that is no JSON") from error

    async def _refused(
        self, url: URL, response: ClientResponse, body: bytes
    ) -> RoomError:
        """What a refusal means (facts B2; other codes are assumption `http_errors`)."""
        status = response.status
        words = await self._words(body)
        match status:
            case HTTPStatus.UNAUTHORIZED if words == NO_AUTHORITY:
                return UnreachableError("no authority answers for this host")
            case HTTPStatus.UNAUTHORIZED:
                return AuthFailedError("the key is not accepted")
            case HTTPStatus.FORBIDDEN:
                return PermissionDeniedError(_right(url))
            case HTTPStatus.NOT_FOUND | HTTPStatus.GONE:
                return NotFoundError(words or f"HTTP {status}")
            case HTTPStatus.TOO_MANY_REQUESTS | HTTPStatus.SERVICE_UNAVAILABLE:
                return BusyTryLaterError(
                    retry_after(response.headers.get("Retry-After"))
                )
        if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return RejectedError(words or f"HTTP {status}")
        return UnreachableError(f"HTTP {status}")

    async def _words(self, body: bytes) -> str:
        try:
            answer = as_object(await parsed(body))
        except ValueError:
            return ""
        return as_words(answer.get("error"), [self._address.api_key])


def _right(url: URL) -> str:
    """The scope that a request needs."""
    return "control.read" if url.name == "types" else "systems.read"


def _continues(headers: CIMultiDictProxy[str], offset: int, rows: int) -> bool:
    """Whether there are more rows, by whichever header tells; else a full page has a next."""
    total = as_int(headers.get("X-Total-Count"))
    if total is not None and offset < total:
        return True
    if "Link" in headers:
        return 'rel="next"' in headers["Link"]
    return total is None and rows >= _PAGE

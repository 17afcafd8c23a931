"""Requests over HTTP as all systems want them: limited, sent once, and clear about errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientHandlerType,
    ClientOSError,
    ClientPayloadError,
    ClientRequest,
    ClientResponse,
    ConnectionTimeoutError,
    ServerDisconnectedError,
)
import orjson

from ..rooms.errors import AnswerLostError, UnreachableError
from .parsing import JsonObject, as_object

_PIECE: Final = 64 * 1024
# The words of an error are short; what is larger is none.
_MAX_ERROR: Final = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to ask, as far as it matters for what an error means."""

    method: str

    def lost(self, words: str) -> UnreachableError:
        """No answer came: what only reads was not done, what else it is may have been."""
        if self.method == "GET":
            return UnreachableError(words)
        return AnswerLostError(words)

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Say of whatever goes wrong on the way whether the request may have been carried out."""
        try:
            yield
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            raise UnreachableError("no connection") from error
        except (ClientError, TimeoutError) as error:
            raise self.lost(type(error).__name__) from error


class _CutOffError(ClientError):
    """A connection that was cut while a request waited for its answer."""


async def never_again(
    request: ClientRequest, send: ClientHandlerType
) -> ClientResponse:
    """Keep aiohttp from repeating a request by itself after its connection was cut."""
    try:
        return await send(request)
    except ClientConnectorError:
        raise
    except (ClientOSError, ServerDisconnectedError) as error:
        raise _CutOffError from error


async def read_body(response: ClientResponse, most: int) -> bytes:
    """The body of an answer; raises ClientPayloadError if it is larger than that."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(_PIECE):
        body += chunk
        if len(body) > most:
            response.close()
            raise ClientPayloadError("a body that is too large")
    return bytes(body)


def error_in(body: bytes) -> JsonObject:
    """The object that says what is wrong; an empty one where nothing does."""
    if len(body) > _MAX_ERROR:
        return {}
    try:
        return as_object(orjson.loads(body))
    except orjson.JSONDecodeError:
        return {}

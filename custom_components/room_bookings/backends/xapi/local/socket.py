"""JSON-RPC over a device's WebSocket (facts 4.2): requests matched by id, words passed on."""

import asyncio
import base64
from collections.abc import Callable, Mapping
from itertools import count
import logging
import ssl
from typing import Final, Self, override

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.typing import Subprotocol

from ....rooms.errors import (
    AnswerLostError,
    AuthFailedError,
    BusyTryLaterError,
    CertificateChangedError,
    NotFoundError,
    PermissionDeniedError,
    RejectedError,
    RoomError,
    UnreachableError,
)
from ..wire import Json, JsonObject, as_int, as_object, as_text
from .address import DeviceAddress
from .tls import check_pin, context_for, shown_fingerprint

_OPEN_TIMEOUT: Final = 15.0
_REQUEST_TIMEOUT: Final = 15.0
# A socket that died without a word is found after at most the sum of the two, in seconds.
_PING_EVERY: Final = 10.0
_PONG_WITHIN: Final = 15.0
_MAX_FRAME: Final = 16 * 1024 * 1024
# Larger frames are parsed off the event loop.
_PARSE_ELSEWHERE: Final = 512 * 1024
_MAX_WORDS: Final = 300

# The library's own log would show every frame, and the password among the headers.
_SILENT: Final = logging.getLogger(f"{__name__}.frames")
_SILENT.disabled = True

type OnWord = Callable[[str, JsonObject], None]


class _HeaderRefusedError(AuthFailedError):
    """The device did not take the account from the header."""


class _Pinned(ClientConnection):
    """Looks at the certificate before it sends a byte of the handshake."""

    address: DeviceAddress

    @override
    async def handshake(self, *args: object, **kwargs: object) -> None:
        """Compare the fingerprint, then introduce oneself."""
        check_pin(self.address, self.transport)
        await super().handshake(*args, **kwargs)  # type: ignore[arg-type]


class _NoDetours(connect):
    """Follows no redirects: the password is for this device alone."""

    @override
    def process_redirect(self, exc: Exception) -> Exception:
        return exc


class DeviceSocket:
    """One connection to one device.

    `on_word` hears every notification (method and params); `closed` is set when the
    connection is gone, by whomever.
    """

    def __init__(self, connection: ClientConnection, on_word: OnWord) -> None:
        """Use an open connection; `run` reads it."""
        self._connection = connection
        self._on_word = on_word
        self._ids = count(1)
        self._pending: dict[int, asyncio.Future[JsonObject]] = {}

    @classmethod
    async def open(cls, address: DeviceAddress, on_word: OnWord) -> Self:
        """Connect and log in; raises RoomError, CertificateChangedError before anything was said."""
        credentials = f"{address.username}:{address.password}".encode()
        header = {"Authorization": f"Basic {base64.b64encode(credentials).decode()}"}
        try:
            return cls(await _connect(address, header, None), on_word)
        except _HeaderRefusedError:
            # Some devices take the account as a subprotocol only (facts 4.1). A 403 is final:
            # a wrong password is not tried twice.
            token = base64.urlsafe_b64encode(credentials).decode().rstrip("=")
            return cls(
                await _connect(address, {}, Subprotocol(f"auth-{token}")), on_word
            )

    async def run(self) -> None:
        """Read until the connection is gone; returns, never raises a RoomError."""
        try:
            async for frame in self._connection:
                await self._on_frame(frame)
        except ConnectionClosed:
            pass
        finally:
            self._forsake()

    async def request(self, method: str, params: Mapping[str, Json]) -> Json:
        """Ask; the answer's result. Raises RoomError, AnswerLostError if it may have been done."""
        number = next(self._ids)
        answer: asyncio.Future[JsonObject] = asyncio.get_running_loop().create_future()
        self._pending[number] = answer
        body = {
            "jsonrpc": "2.0",
            "id": number,
            "method": method,
            "params": dict(params),
        }
        try:
            async with asyncio.timeout(_REQUEST_TIMEOUT):
                await self._connection.send(orjson.dumps(body).decode())
                reply = await answer
        except ConnectionClosed as error:
            raise AnswerLostError("the connection was lost") from error
        except TimeoutError as error:
            raise AnswerLostError("no answer") from error
        finally:
            self._pending.pop(number, None)
        if "error" in reply:
            raise _refusal(as_object(reply.get("error")))
        return reply.get("result")

    async def close(self) -> None:
        """Hang up."""
        await self._connection.close()
        self._forsake()

    def _forsake(self) -> None:
        for answer in self._pending.values():
            if not answer.done():
                answer.set_exception(ConnectionClosed(None, None))

    async def _on_frame(self, frame: str | bytes) -> None:
        try:
            if len(frame) > _PARSE_ELSEWHERE:
                loop = asyncio.get_running_loop()
                parsed = await loop.run_in_executor(None, orjson.loads, frame)
            else:
                parsed = orjson.loads(frame)
        except orjson.JSONDecodeError:
            return
        message = as_object(parsed)
        number = as_int(message.get("id"))
        if "method" in message:
            self._on_word(
                as_text(message.get("method")), as_object(message.get("params"))
            )
        elif (
            number is not None
            and (answer := self._pending.get(number))
            and not answer.done()
        ):
            answer.set_result(message)


async def _connect(
    address: DeviceAddress, headers: dict[str, str], subprotocol: Subprotocol | None
) -> ClientConnection:
    context = await context_for(address)

    class Connection(_Pinned):
        pass

    Connection.address = address
    try:
        return await _NoDetours(
            address.uri,
            ssl=context,
            additional_headers=headers,
            subprotocols=None if subprotocol is None else [subprotocol],
            compression=None,
            open_timeout=_OPEN_TIMEOUT,
            ping_interval=_PING_EVERY,
            ping_timeout=_PONG_WITHIN,
            close_timeout=2,
            max_size=_MAX_FRAME,
            proxy=None,
            logger=_SILENT,
            create_connection=Connection,
        )
    except InvalidStatus as error:
        raise _handshake_error(error.response.status_code) from error
    except ssl.SSLCertVerificationError as error:
        raise CertificateChangedError(await shown_fingerprint(address)) from error
    except (InvalidHandshake, OSError, TimeoutError, ValueError) as error:
        raise UnreachableError(type(error).__name__) from error


def _handshake_error(status: int) -> RoomError:
    """What a refused handshake means (facts 4.1)."""
    match status:
        case 401:
            return _HeaderRefusedError("user or password not accepted")
        case 403:
            return AuthFailedError("user or password not accepted")
        case 502:
            return UnreachableError("the device is starting")
        case 503:
            return BusyTryLaterError()
    return UnreachableError(f"the WebSocket is off (HTTP {status})")


def _refusal(error: JsonObject) -> RoomError:
    """What an error of the device means (facts 4.3, 1.5)."""
    words = as_text(error.get("message")) or "the device refused"
    words = "".join(c if c.isprintable() else " " for c in words)[:_MAX_WORDS]
    match as_int(error.get("code")):
        case -31999:
            return PermissionDeniedError(words)
        case -31998 | -31997:
            return BusyTryLaterError()
        case -32601 | -32602:
            return NotFoundError(words)
    return RejectedError(words)

"""JSON-RPC over a device's WebSocket (facts 4.2): requests matched by id, words passed on."""

import base64
from collections.abc import Callable, Mapping
import ssl
from typing import Final, Self, override

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.protocol import State
from websockets.typing import Subprotocol

from ....rooms.errors import (
    AnswerLostError,
    AuthFailedError,
    BusyTryLaterError,
    CertificateChangedError,
    PermissionDeniedError,
    RejectedError,
    RoomError,
    UnreachableError,
)
from ...parsing import parsed
from ...websocket import SILENT, NoDetours, Questions
from ..wire import (
    Json,
    JsonObject,
    as_int,
    as_object,
    as_text,
    as_words,
    personal_texts,
)
from .address import DeviceAddress
from .tls import check_pin, context_for, shown_fingerprint

_OPEN_TIMEOUT: Final = 15.0
_REQUEST_TIMEOUT: Final = 15.0
_CLOSE_TIMEOUT: Final = 2.0
# A socket that died without a word is found after at most the sum of the two, in seconds.
_PING_EVERY: Final = 10.0
_PONG_WITHIN: Final = 15.0
_MAX_FRAME: Final = 16 * 1024 * 1024
# The roles that may use bookings (facts 9.2).
_MISSING_ROLE: Final = "role Admin or User"

type OnWord = Callable[[str, JsonObject], None]


class _HeaderRefusedError(AuthFailedError):
    """The device did not take the account from the header."""


class DeviceSocket:
    """One connection to one device; `on_word` hears every notification (method and params)."""

    def __init__(self, connection: ClientConnection, on_word: OnWord) -> None:
        """Use an open connection; `run` reads it."""
        self._connection = connection
        self._on_word = on_word
        self._questions = Questions(connection)

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
            while True:
                # Not as text: one that is none would cost the connection.
                await self._on_frame(await self._connection.recv(decode=False))
        except ConnectionClosed:
            pass
        finally:
            self._questions.give_up()

    async def request(self, method: str, params: Mapping[str, Json]) -> Json:
        """Ask; the answer's result.

        Raises RoomError: AnswerLostError if it may have been done, another
        UnreachableError if it never left.
        """
        if self._connection.state is not State.OPEN:
            raise UnreachableError("the connection is lost")
        number = self._questions.new_id()
        body: dict[str, Json] = {
            "jsonrpc": "2.0",
            "id": number,
            "method": method,
            "params": dict(params),
        }
        reply = await self._questions.ask(number, body, _REQUEST_TIMEOUT)
        if error := as_object(reply.get("error")):
            raise _refusal(error, params)
        if "result" not in reply:
            raise AnswerLostError("an answer that says nothing")
        return reply["result"]

    async def close(self) -> None:
        """Hang up."""
        await self._connection.close()

    async def _on_frame(self, frame: bytes) -> None:
        try:
            message = as_object(await parsed(frame))
        except ValueError:
            return
        if "method" in message:
            method, params = message["method"], message.get("params")
            self._on_word(as_text(method), as_object(params))
        elif (number := as_int(message.get("id"))) is not None:
            self._questions.on_answer(number, message)


async def _connect(
    address: DeviceAddress, headers: dict[str, str], subprotocol: Subprotocol | None
) -> ClientConnection:
    class Pinned(ClientConnection):
        """Looks at the certificate before it sends a byte of the handshake."""

        @override
        async def handshake(self, *args: object, **kwargs: object) -> None:
            check_pin(address, self.transport)
            await super().handshake(*args, **kwargs)  # type: ignore[arg-type]

    try:
        return await NoDetours(
            address.uri,
            ssl=await context_for(address),
            additional_headers=headers,
            subprotocols=None if subprotocol is None else [subprotocol],
            compression=None,
            open_timeout=_OPEN_TIMEOUT,
            ping_interval=_PING_EVERY,
            ping_timeout=_PONG_WITHIN,
            close_timeout=_CLOSE_TIMEOUT,
            max_size=_MAX_FRAME,
            proxy=None,
            logger=SILENT,
            create_connection=Pinned,
        )
    except InvalidStatus as error:
        raise _handshake_error(error.response.status_code) from None
    except ssl.SSLCertVerificationError:
        raise CertificateChangedError(await shown_fingerprint(address)) from None
    except (WebSocketException, OSError, ValueError) as error:
        # Not the error itself: it may repeat what the device said, and that may be the token.
        raise UnreachableError(type(error).__name__) from None


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


def _refusal(error: JsonObject, params: JsonObject) -> RoomError:
    """What an error of the device means (facts 4.3, 1.5)."""
    match as_int(error.get("code")):
        case -31999:
            return PermissionDeniedError(_MISSING_ROLE)
        case -31998 | -31997:
            return BusyTryLaterError()
    words = as_words(error.get("message"), personal_texts(params))
    return RejectedError(words or "the device refused")

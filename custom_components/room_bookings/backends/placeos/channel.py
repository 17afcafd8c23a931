"""The control channel (facts B3): requests matched by id, values told as they change."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from typing import Final, NamedTuple, Self

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.protocol import State

from ...rooms.errors import (
    AnswerLostError,
    AuthFailedError,
    BusyTryLaterError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    RejectedError,
    RoomError,
    UnreachableError,
)
from ..parsing import Json, parsed
from ..patience import retry_after
from ..websocket import SILENT, NoDetours, Questions
from .address import PlaceosAddress
from .rest import NO_AUTHORITY
from .tls import context_for
from .wire import JsonObject, as_int, as_object, as_text, as_words

_OPEN_TIMEOUT: Final = 15.0
_CLOSE_TIMEOUT: Final = 2.0
# A frame that the server does not like gets no answer at all.
_REQUEST_TIMEOUT: Final = 10.0
# A calendar behind a driver takes longer than the driver itself.
_EXECUTE_TIMEOUT: Final = 20.0
# How long a module has to tell a value that it was asked for.
_VALUE_TIMEOUT: Final = 5.0
# A socket that died without a word is found after at most twice as long, in seconds.
_PING_EVERY: Final = 15.0
_MAX_FRAME: Final = 32 * 1024 * 1024
# Frames that are already here are read without a pause; after so many others have their turn.
_AT_ONCE: Final = 20
_MODULE: Final = "Bookings"
_SCOPE: Final = "control.write"
# How drivers say that a room is taken (facts A2).
_CLASHES: Final = ("currently in use", "due to clash")


class Variable(NamedTuple):
    """A variable of a system's Bookings module, or a function."""

    system: str
    name: str


type OnValue = Callable[[Variable, Json], Awaitable[None]]


class ControlChannel:
    """One connection; `on_value` hears the value of each bound variable and each change."""

    def __init__(self, connection: ClientConnection, on_value: OnValue) -> None:
        """Use an open connection; `run` reads it."""
        self._connection = connection
        self._on_value = on_value
        self._questions = Questions(connection)
        self._variables: dict[int, Variable] = {}
        self._bound: dict[Variable, int] = {}
        self._awaited: dict[int, asyncio.Future[bool]] = {}
        self._quiet = False

    @classmethod
    async def open(cls, address: PlaceosAddress, on_value: OnValue) -> Self:
        """Connect; raises RoomError."""
        try:
            connection = await NoDetours(
                address.channel(),
                ssl=await context_for(address),
                additional_headers=address.headers,
                compression=None,
                open_timeout=_OPEN_TIMEOUT,
                ping_interval=None,
                close_timeout=_CLOSE_TIMEOUT,
                max_size=_MAX_FRAME,
                proxy=None,
                logger=SILENT,
            )
        except InvalidStatus as error:
            raise _handshake_error(error) from None
        except (WebSocketException, OSError, ValueError) as error:
            # Not the error itself: it may repeat what was sent, and that may be the key.
            raise UnreachableError(type(error).__name__) from None
        return cls(connection, on_value)

    async def run(self) -> None:
        """Read until the connection is gone; returns, never raises a RoomError."""
        alive = asyncio.create_task(self._stay_alive(), name="placeos ping")
        try:
            while True:
                for _ in range(_AT_ONCE):
                    # Not as text: one that is none would cost the connection.
                    await self._on_frame(await self._connection.recv(decode=False))
                await asyncio.sleep(0)
        except ConnectionClosed:
            pass
        finally:
            alive.cancel()
            self._questions.give_up()
            for awaited in self._awaited.values():
                if not awaited.done():
                    awaited.set_result(False)

    @property
    def open_still(self) -> bool:
        """Whether anything can be asked."""
        return self._connection.state is State.OPEN

    async def close(self) -> None:
        """Hang up."""
        await self._connection.close()

    # What can be asked

    async def bind(self, variable: Variable) -> None:
        """Be told a variable from here on; its value comes by itself, if it has one.

        Binding again what is bound would bring no value (facts B3) and is not done.
        """
        if variable not in self._bound:
            await self._bind(variable, self._questions.new_id())

    async def unbind(self, variable: Variable) -> None:
        """Be told a variable no more."""
        if (number := self._bound.pop(variable, None)) is not None:
            self._variables.pop(number, None)
            await self._ask("unbind", variable, self._questions.new_id())

    async def renew(self, variable: Variable) -> None:
        """Be told the value of a variable as it is now; returns when `on_value` has heard it.

        Raises UnreachableError where the module has no such value: it may be restarting.
        """
        await self.unbind(variable)
        number = self._questions.new_id()
        told = self._awaited[number] = asyncio.get_running_loop().create_future()
        try:
            await self._bind(variable, number)
            async with asyncio.timeout(_VALUE_TIMEOUT):
                if not await told:
                    raise UnreachableError("the connection was lost")
        except TimeoutError:
            raise UnreachableError("the room's module says nothing") from None
        finally:
            told.cancel()
            del self._awaited[number]

    async def execute(
        self, function: Variable, *arguments: Json, hidden: Iterable[str] = ()
    ) -> Json:
        """Call a function; what it returns.

        Raises RoomError: AnswerLostError if it may have been carried out. `hidden` is what
        no error repeats.
        """
        answer = await self._ask(
            "exec", function, self._questions.new_id(), arguments, tuple(hidden)
        )
        return answer.get("value")

    async def _bind(self, variable: Variable, number: int) -> None:
        # The value may come before the answer.
        self._variables[number] = variable
        self._bound[variable] = number
        try:
            await self._ask("bind", variable, number)
        except RoomError:
            if self._bound.get(variable) == number:
                del self._bound[variable]
            raise

    async def _ask(
        self,
        command: str,
        variable: Variable,
        number: int,
        arguments: Sequence[Json] | None = None,
        hidden: Sequence[str] = (),
    ) -> JsonObject:
        if not self.open_still:
            raise UnreachableError("the connection is lost")
        # Any other key, and the server drops the frame.
        body: dict[str, Json] = {
            "id": number,
            "cmd": command,
            "sys": variable.system,
            "mod": _MODULE,
            "index": 1,
            "name": variable.name,
        }
        if arguments is not None:
            body["args"] = list(arguments)
        seconds = _REQUEST_TIMEOUT if arguments is None else _EXECUTE_TIMEOUT
        reply = await self._questions.ask(number, body, seconds)
        if reply["type"] == "error":
            raise _refusal(reply, hidden)
        return reply

    # What is heard

    async def _on_frame(self, frame: bytes) -> None:
        self._quiet = False
        try:
            message = as_object(await parsed(frame))
        except ValueError:
            # Also the "pong", which is no JSON.
            return
        number = message.get("id")
        if not isinstance(number, int) or isinstance(number, bool):
            return
        kind = message.get("type")
        if kind == "notify" and "value" in message:
            if (variable := self._variables.get(number)) is not None:
                await self._on_value(variable, message["value"])
                awaited = self._awaited.get(number)
                if awaited is not None and not awaited.done():
                    awaited.set_result(True)
        elif kind in ("success", "error"):
            self._questions.on_answer(number, message)

    async def _stay_alive(self) -> None:
        """Say "ping" now and then, and hang up if nothing at all is heard after one."""
        with suppress(ConnectionClosed):
            while not self._quiet:
                self._quiet = True
                with suppress(TimeoutError):
                    async with asyncio.timeout(_PING_EVERY):
                        await self._connection.send("ping")
                await asyncio.sleep(_PING_EVERY)
            self._connection.transport.abort()


def _handshake_error(refused: InvalidStatus) -> RoomError:
    """What a refused handshake means (facts B1; other codes are assumption `http_errors`)."""
    status, headers = refused.response.status_code, refused.response.headers
    match status:
        case 401 if NO_AUTHORITY.encode() in bytes(refused.response.body or b""):
            return UnreachableError("no authority answers for this host")
        case 401:
            return AuthFailedError("the key is not accepted")
        case 403:
            return PermissionDeniedError(_SCOPE)
        case 429 | 503:
            return BusyTryLaterError(retry_after(headers.get("Retry-After")))
    return UnreachableError(f"no channel (HTTP {status})")


def _refusal(answer: JsonObject, hidden: Iterable[str]) -> RoomError:
    """What an error of the server means (facts B3; the rest is assumption `exec_errors`)."""
    message = as_text(answer.get("msg"))
    words = as_words(message, hidden) or "the room refused"
    match as_int(answer.get("error_code")):
        case 2:
            return PermissionDeniedError(_SCOPE)
        case 3 if any(clash in message for clash in _CLASHES):
            return ConflictError()
        case 5 | 6:
            return NotFoundError(words)
        case 7:
            return AnswerLostError(words)
    return RejectedError(words)

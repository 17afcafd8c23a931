"""JSON over a WebSocket, as all systems want it: silent, without detours, answers by id."""

import asyncio
from itertools import count
import json
import logging
from typing import Final, override

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from ..rooms.errors import AnswerLostError
from .parsing import JsonObject

# The library's own log would show every frame, and what proves us among the headers.
SILENT: Final = logging.getLogger(f"{__name__}.frames")
SILENT.disabled = True


class NoDetours(connect):
    """Follows no redirects: what proves us is for this server alone."""

    @override
    def process_redirect(self, exc: Exception) -> Exception:
        return exc


class Questions:
    """What was asked on a connection and is not answered yet."""

    def __init__(self, connection: ClientConnection) -> None:
        """Ask nothing yet."""
        self._connection = connection
        # An error that answers nothing in particular may have the id 0.
        self._ids = count(1)
        self._pending: dict[int, asyncio.Future[JsonObject]] = {}

    def new_id(self) -> int:
        """The id of another question."""
        return next(self._ids)

    async def ask(self, number: int, body: JsonObject, seconds: float) -> JsonObject:
        """Send a question with that id, and wait for its answer; raises AnswerLostError."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[JsonObject] = loop.create_future()
        self._pending[number] = answer
        try:
            async with asyncio.timeout(seconds):
                await self._connection.send(json.dumps(dict(body)))
                return await answer
        except ConnectionClosed:
            raise AnswerLostError("the connection was lost") from None
        except TimeoutError:
            raise AnswerLostError("no answer") from None
        finally:
            del self._pending[number]

    def on_answer(self, number: int, message: JsonObject) -> None:
        """Hand an answer to whoever waits for it, if anybody does."""
        answer = self._pending.get(number)
        if answer is not None and not answer.done():
            answer.set_result(message)

    def give_up(self) -> None:
        """Say to everybody who waits that the connection was lost."""
        for answer in self._pending.values():
            if not answer.done():
                answer.set_exception(AnswerLostError("the connection was lost"))

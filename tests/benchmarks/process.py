"""Things that live in processes of their own, so that only their own CPU counts as theirs."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
import traceback
from typing import Any, Self

from homeassistant import runner

type Factory = Callable[..., AbstractAsyncContextManager[Any]]


class Failed(Exception):
    """What a thing in another process raised, as text."""


class Process:
    """An object in a child process whose async methods are called from here, one at a time."""

    def __init__(self, factory: Factory, *arguments: Any) -> None:
        """Describe what the child makes; nothing runs before the block is entered."""
        context = get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(
            target=_run, args=(theirs, factory, arguments), daemon=True
        )

    def __enter__(self) -> Self:
        """Start the child and wait until it has made its object."""
        self._process.start()
        self._answer()
        return self

    def __exit__(self, *_: object) -> None:
        """Let the child put its object away."""
        with suppress(OSError):
            self._connection.send(None)
        self._process.join(60)
        if self._process.is_alive():
            self._process.kill()

    def call(self, method: str, *arguments: Any) -> Any:
        """Call a method; raises Failed with the traceback of what it raised."""
        self.begin(method, *arguments)
        return self._answer()

    def begin(self, method: str, *arguments: Any) -> None:
        """Call a method without waiting for its answer, which `result` gives."""
        self._connection.send((method, arguments))

    def _answer(self) -> Any:
        good, answer = self._connection.recv()
        if not good:
            raise Failed(answer)
        return answer

    result = _answer


def _run(connection: Connection, factory: Factory, arguments: tuple[Any, ...]) -> None:
    with (
        suppress(KeyboardInterrupt),
        asyncio.Runner(loop_factory=runner.create_event_loop) as loop,
    ):
        try:
            loop.run(_serve(connection, factory, arguments))
        except Exception:  # noqa: BLE001
            connection.send((False, traceback.format_exc()))


async def _serve(
    connection: Connection, factory: Factory, arguments: tuple[Any, ...]
) -> None:
    async with factory(*arguments) as thing:
        connection.send((True, None))
        while (called := await asyncio.to_thread(connection.recv)) is not None:
            method, given = called
            try:
                answer = (True, await getattr(thing, method)(*given))
            except Exception:  # noqa: BLE001
                answer = (False, traceback.format_exc())
            connection.send(answer)

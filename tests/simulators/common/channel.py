"""Clients that stay connected: what reaches them, and who is there."""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
import json
from typing import TYPE_CHECKING, Any, Literal, override

from .faults import Builder, Fault, Overtake, Redeliver, Silence
from .server import LoopbackServer

if TYPE_CHECKING:
    from tests.simulators.xapi import Timers

type Frame = str | bytes


@dataclass(frozen=True, slots=True)
class Break:
    """End the connection in some way, before the request is handled or after.

    `mid_frame` sends the first half of the frame that was due.
    """

    how: Literal["abort", "mid_frame", "half_open"]
    applied: bool = True


@dataclass(frozen=True, slots=True)
class Close:
    """Close the connection as WebSocket has it, with a code."""

    code: int
    applied: bool


@dataclass(frozen=True, slots=True)
class Instead:
    """Send another frame instead of the one that was due, or before it."""

    frame: Callable[[Mapping[str, Any]], Frame]
    applied: bool = True
    then_real: bool = False


class FrameBuilder[Subject](Builder[Subject]):
    """Verbs for any frame on its way to the client."""

    def cut_mid_frame(self) -> Fault:
        """Send half of it and cut the connection."""
        return self._arm(Break("mid_frame"))


def raw_frame(frame: Frame | dict[str, Any] | list[Any]) -> Frame:
    """Characters and bytes (binary) as they are, all else as JSON."""
    return frame if isinstance(frame, str | bytes) else json.dumps(frame)


class ChannelSession(ABC):
    """A client that is connected."""

    def __init__(
        self, server: LoopbackServer, clock: Callable[[], datetime], timers: Timers
    ) -> None:
        """Begin with nothing held back."""
        self._server = server
        self._clock = clock
        self._timers = timers
        self._overtaken: list[Frame] = []
        self.half_open = False
        """Whether nothing is read or written any more."""
        self.ended = False

    @abstractmethod
    def cut(self) -> None:
        """End the connection without a word."""

    @abstractmethod
    def freeze(self) -> None:
        """Neither read nor write any more, without closing (no pong either)."""

    @abstractmethod
    async def close(self, code: int = 1001) -> None:
        """Close it as WebSocket has it; ends once the client agreed."""

    def close_soon(self, code: int) -> None:
        """Begin to close it."""
        self._server.in_background(self.close(code))

    @abstractmethod
    def send(self, frame: Frame) -> None:
        """Send characters or bytes as they are, and what waited to be overtaken."""

    @abstractmethod
    def write(self, raw: bytes) -> None:
        """Put bytes on the wire that need not be a frame."""

    @abstractmethod
    def deliver_notification(self, frame: Mapping[str, Any]) -> None:
        """Send a notification, unless a fault has other plans."""

    @abstractmethod
    def _wire(self, text: str) -> bytes:
        """The bytes of a frame of characters."""

    def _deliver(self, frame: Mapping[str, Any], effect: Any) -> None:
        text = json.dumps(frame)
        match effect:
            case Redeliver(copies=copies, seconds=seconds):
                for _ in range(copies):
                    self._send_after(seconds, text)
            case Overtake():
                self._overtaken.append(text)
            case Silence():
                pass
            case Instead(frame=other, then_real=then_real):
                self.send(other(frame))
                if then_real:
                    self.send(text)
            case Close(code=code):
                self.close_soon(code)
            case Break(how="mid_frame"):
                whole = self._wire(text)
                self.write(whole[: len(whole) // 2])
                self.cut()
            case Break(how="half_open"):
                self.freeze()
            case Break():
                self.cut()
            case _:
                self.send(text)

    def _send_after(self, seconds: float, text: str) -> None:
        if not seconds:
            self.send(text)
            return
        self._timers.at(
            self._clock() + timedelta(seconds=seconds), lambda _: self.send(text)
        )


class ChannelServer[Session: ChannelSession](LoopbackServer):
    """A server whose clients stay connected."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Begin without clients; the arguments are for the class that comes next."""
        super().__init__(*arguments, **options)
        self.connections: list[Session] = []
        """Who is connected now."""
        self.answer_first = True
        """Whether an answer precedes the notifications that its request causes."""
        self._held: list[tuple[Session, dict[str, Any]]] | None = None
        self._changed = asyncio.Event()

    # What reaches the clients

    def outgoing(self, session: Session, frame: dict[str, Any]) -> None:
        """Send a notification, or hold it while a request is handled."""
        if self._held is None:
            session.deliver_notification(frame)
        else:
            self._held.append((session, frame))

    @contextmanager
    def holding_notifications(
        self,
    ) -> Iterator[list[tuple[Session, dict[str, Any]]]]:
        """Collect the notifications of what happens inside."""
        held: list[tuple[Session, dict[str, Any]]] = []
        self._held = held
        try:
            yield held
        finally:
            self._held = None

    def send(self, frame: Frame) -> None:
        """Send characters or bytes (binary) as a frame to everyone, past all faults."""
        for session in tuple(self.connections):
            session.send(frame)

    # Outages

    @override
    def disconnect(self) -> None:
        for session in tuple(self.connections):
            session.cut()

    async def close_connections(self, code: int = 1001) -> None:
        """Close every connection as WebSocket has it."""
        for session in tuple(self.connections):
            await session.close(code)

    def half_open(self) -> None:
        """Let every connection hang: nothing is read, written or closed any more."""
        for session in self.connections:
            session.freeze()

    # Clients

    def something_happened(self) -> None:
        """Let who waits for a client look again."""
        self._changed.set()

    async def wait_for_connections(self, number: int = 1) -> None:
        """Return once so many clients are connected."""
        await self.wait_until(lambda: len(self.connections) >= number)

    async def wait_until(self, fact: Callable[[], bool]) -> None:
        """Return once something is so; looked at whenever a client does something."""
        while not fact():
            self._changed.clear()
            await self._changed.wait()

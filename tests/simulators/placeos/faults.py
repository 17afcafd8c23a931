"""Everything that can go wrong, on demand.

Frames of a client:

    sim.faults.when(cmd="exec", name="book_now").apply_then_drop()
    sim.faults.when(cmd="exec").no_answer()
    sim.faults.when(cmd="bind", name="status").always().latency(2)
    sim.faults.when(name="book_now").rival("Somebody else")

Notifications on their way to a client:

    sim.faults.notifications("status").duplicate()
    sim.faults.notifications().always().encoded()
    sim.faults.notifications("bookings").huge()

Handshakes of the channel, and HTTP requests:

    sim.faults.handshakes().times(2).status(503)
    sim.faults.http("*/systems").status(429, retry_after=2)

A fault happens once unless `times(n)` or `always()` say otherwise; the verb at the
end arms it and returns a `Fault` with `hits`, `remove()` and `await triggered()`. Of
several that match, the one armed first happens; latencies add up. `applied` tells
whether the request is carried out before. The verbs that do not depend on the wire
are those of `tests.simulators.common.faults`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
import json
from typing import Any, Literal

from tests.simulators.common.channel import (
    Break,
    Close,
    FrameBuilder,
    Instead,
    raw_frame,
)
from tests.simulators.common.faults import (
    Builder,
    Fault,
    Latency,
    MessageBuilder,
    NotApplied,
    Overtake,
    Redeliver,
    Rival,
    Rule,
    Silence,
    strike,
)

from .garbage import BODIES, GARBAGE, padded
from .request_log import Handshake, LoggedFrame, LoggedRequest

type Notification = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answer an error."""

    error_code: int
    message: str
    code: int | None
    applied: bool


@dataclass(frozen=True, slots=True)
class Encode:
    """Send the value as a string of JSON, or as it is, whatever the simulator does."""

    how: Literal["raw", "encoded"]


@dataclass(frozen=True, slots=True)
class Restart:
    """Restart the module before the request is handled."""

    seconds: float


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """Answer HTTP with that; status 0 cuts the connection, None never answers."""

    status: int | None
    body: bytes = b""
    headers: Mapping[str, str] | None = None
    content_type: str = "application/json"


class _FrameVerbs[Subject](FrameBuilder[Subject]):
    """Verbs for any frame on its way to the client."""

    def garbage(self, kind: str = "not_json", *, then_real: bool = False) -> Fault:
        """Send garbage of a kind of `GARBAGE` instead, or also before the real one."""
        return self._arm(Instead(GARBAGE[kind], then_real=then_real))

    def frame(self, frame: Any, *, applied: bool = True) -> Fault:
        """Send characters, bytes or JSON instead."""
        raw = raw_frame(frame)
        return self._arm(Instead(lambda _: raw, applied=applied))

    def huge(self, size: int = 5_000_000) -> Fault:
        """Send the true frame with so many bytes more in it."""
        return self._arm(Instead(lambda frame: padded(frame, size)))

    def encoded(self) -> Fault:
        """Send the value as a string of JSON (facts B3, what the docs say)."""
        return self._arm(Encode("encoded"))

    def raw(self) -> Fault:
        """Send the value as it is (facts B3, what the code does)."""
        return self._arm(Encode("raw"))

    def half_open(self) -> Fault:
        """Send nothing more, read nothing more, and keep the connection."""
        return self._arm(Break("half_open"))


class FrameFaults(_FrameVerbs[LoggedFrame]):
    """What happens to a client's frames that match; each verb arms a fault."""

    def drop(self) -> Fault:
        """Cut the connection before anything is done."""
        return self._arm(Break("abort", applied=False))

    def apply_then_drop(self) -> Fault:
        """Do it, and cut the connection instead of answering."""
        return self._arm(Break("abort"))

    def close(self, code: int = 1001, *, applied: bool = False) -> Fault:
        """Close the connection as WebSocket has it instead of answering."""
        return self._arm(Close(code, applied))

    def no_answer(self, *, applied: bool = True) -> Fault:
        """Never answer and keep the connection."""
        return self._arm(Silence(applied))

    def latency(self, seconds: float) -> Fault:
        """Handle it later, by the event loop's clock."""
        return self._arm(Latency(seconds))

    def answer_late(self, seconds: float) -> Fault:
        """Do it now and answer later, by the simulator's clock."""
        return self._arm(Redeliver(seconds=seconds))

    def duplicate(self, copies: int = 2) -> Fault:
        """Answer several times."""
        return self._arm(Redeliver(copies=copies))

    def reorder(self) -> Fault:
        """Answer after the next frame."""
        return self._arm(Overtake())

    def error(
        self,
        error_code: int = 3,
        message: str = "module raised: unable to book due to clash (Exception)",
        code: int | None = 500,
        *,
        applied: bool = False,
    ) -> Fault:
        """Answer an error (facts B3)."""
        return self._arm(Refuse(error_code, message, code, applied))

    def not_applied(self) -> Fault:
        """Answer null as if it had worked, and do nothing."""
        return self._arm(NotApplied(sync_required=False))

    def rival(
        self,
        title: str = "Somebody else",
        minutes: int = 30,
        offset_minutes: int = 0,
    ) -> Fault:
        """Let somebody elsewhere book the room the instant before."""
        return self._arm(Rival(title, minutes, offset_minutes))

    def restart(self, seconds: float = 3.0) -> Fault:
        """Restart the module the instant before."""
        return self._arm(Restart(seconds))


class NotificationFaults(MessageBuilder[Notification], _FrameVerbs[Notification]):
    """What happens to notifications that match; each verb arms a fault."""

    def disconnect(self) -> Fault:
        """Cut the connection instead of sending it."""
        return self._arm(Break("abort"))


class _AnswerVerbs[Subject](Builder[Subject]):
    """Verbs for what is asked over HTTP."""

    def status(
        self,
        status: int,
        body: Any = None,
        *,
        retry_after: float | str | None = None,
    ) -> Fault:
        """Answer a status, with JSON, an empty body, and perhaps Retry-After."""
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        raw = b"" if body is None else json.dumps(body).encode()
        return self._arm(HttpAnswer(status, raw, headers))

    def drop(self) -> Fault:
        """Cut the connection without an answer."""
        return self._arm(HttpAnswer(0))

    def no_answer(self) -> Fault:
        """Never answer."""
        return self._arm(HttpAnswer(None))

    def latency(self, seconds: float) -> Fault:
        """Handle it later, by the event loop's clock."""
        return self._arm(Latency(seconds))


class HandshakeFaults(_AnswerVerbs[Handshake]):
    """What happens to handshakes of the channel."""


class HttpFaults(_AnswerVerbs[LoggedRequest]):
    """What happens to HTTP requests that match."""

    def garbage(self, kind: str = "not_json") -> Fault:
        """Answer 200 with a body of a kind of `BODIES`."""
        return self._arm(HttpAnswer(200, BODIES[kind]))

    def html(self, status: int = 200) -> Fault:
        """Answer a page of some proxy."""
        return self._arm(HttpAnswer(status, BODIES["html"], None, "text/html"))

    def huge(self, size: int = 5_000_000) -> Fault:
        """Answer 200 with a list that is so long."""
        return self._arm(HttpAnswer(200, b"[" + b" " * size + b"]"))


class Faults:
    """All armed faults."""

    def __init__(self) -> None:
        """Arm nothing."""
        self._frames: list[Rule[LoggedFrame]] = []
        self._notifications: list[Rule[Notification]] = []
        self._handshakes: list[Rule[Handshake]] = []
        self._http: list[Rule[LoggedRequest]] = []

    def when(
        self, cmd: str = "*", name: str = "*", sys: str = "*", mod: str = "*"
    ) -> FrameFaults:
        """Frames of a client; each part is a pattern. A text ping has `cmd` "ping"."""

        def matches(entry: LoggedFrame) -> bool:
            return all(
                fnmatchcase(value, pattern)
                for value, pattern in (
                    (entry.cmd, cmd),
                    (entry.name, name),
                    (entry.sys, sys),
                    (entry.mod, mod),
                )
            )

        return FrameFaults(self._frames, matches)

    def notifications(self, name: str = "*", sys: str = "*") -> NotificationFaults:
        """Notifications of variables that match the patterns."""

        def matches(frame: Notification) -> bool:
            meta = frame["meta"]
            return fnmatchcase(meta["name"], name) and fnmatchcase(meta["sys"], sys)

        return NotificationFaults(self._notifications, matches)

    def handshakes(self) -> HandshakeFaults:
        """Tries to open the channel."""
        return HandshakeFaults(self._handshakes, lambda _: True)

    def http(self, path: str = "*", method: str = "*") -> HttpFaults:
        """HTTP requests whose path and method match the patterns."""

        def matches(entry: LoggedRequest) -> bool:
            return fnmatchcase(entry.path, path) and fnmatchcase(entry.method, method)

        return HttpFaults(self._http, matches)

    def strike_frame(self, entry: LoggedFrame) -> tuple[float, Any]:
        """The latency of a frame and what else happens to it."""
        return strike(self._frames, entry)

    def strike_notification(self, frame: Notification) -> Any:
        """What happens to a notification."""
        return strike(self._notifications, frame)[1]

    def strike_handshake(self, entry: Handshake) -> tuple[float, Any]:
        """The latency of a handshake and what else happens to it."""
        return strike(self._handshakes, entry)

    def strike_http(self, entry: LoggedRequest) -> tuple[float, Any]:
        """The latency of an HTTP request and what else happens to it."""
        return strike(self._http, entry)

    def clear(self) -> None:
        """Disarm everything."""
        for rules in self._all:
            rules.clear()

    def describe(self) -> list[str]:
        """What is armed, in words."""
        return [rule.description for rules in self._all for rule in rules]

    @property
    def _all(self) -> tuple[list[Rule[Any]], ...]:
        return (self._frames, self._notifications, self._handshakes, self._http)

"""Everything that can go wrong, on demand.

Requests:

    sim.faults.when(command="Bookings.Book").drop_answer()
    sim.faults.when(method="xFeedback/Subscribe").no_answer()
    sim.faults.when(command="Bookings.*").always().latency(2)
    sim.faults.when(command="Bookings.List").times(3).garbage("deep")

Notifications on their way to a client:

    sim.faults.events("Bookings.BookingCreated").drop()
    sim.faults.events().always().duplicate()
    sim.faults.statuses("Bookings.Availability").half_open()

Handshakes:

    sim.faults.handshakes().times(2).status(503)

A fault happens once unless `times(n)` or `always()` say otherwise; the verb at the
end arms it and returns a `Fault` with `hits`, `remove()` and `await triggered()`. Of
several that match, the one armed first happens; latencies add up. `applied` tells
whether the request is carried out before. The verbs that do not depend on the wire
are those of `tests.simulators.common.faults`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
import json
from typing import Any

from tests.simulators.common.channel import (
    Break,
    Close,
    FrameBuilder,
    Instead,
    raw_frame,
)
from tests.simulators.common.faults import (
    Builder,
    CommandBuilder,
    Fault,
    Latency,
    MessageBuilder,
    Overtake,
    Redeliver,
    Rule,
    Silence,
    strike,
)

from .document import path_of
from .garbage import GARBAGE
from .request_log import Handshake, LoggedRequest
from .rpc import Frame

type Notification = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answer an error object."""

    code: int
    message: str
    data: Any
    applied: bool


@dataclass(frozen=True, slots=True)
class Reboot:
    """Restart, before the request is handled or after."""

    applied: bool


@dataclass(frozen=True, slots=True)
class Padded:
    """Send the frame that was due with so many bytes more in it."""

    size: int


@dataclass(frozen=True, slots=True)
class RefuseHandshake:
    """Answer a handshake with an HTTP status; 0 cuts it, None never answers."""

    status: int | None


class _FrameVerbs[Subject](FrameBuilder[Subject]):
    """Verbs for any frame on its way to the client."""

    def garbage(self, kind: str = "not_json", *, then_real: bool = False) -> Fault:
        """Send garbage of a kind of `GARBAGE` instead, or also before the real one."""
        return self._arm(Instead(GARBAGE[kind], then_real=then_real))

    def huge(self, size: int = 5_000_000) -> Fault:
        """Send the true frame with so many bytes more in it."""
        return self._arm(Padded(size))


class RequestFaults(CommandBuilder[LoggedRequest], _FrameVerbs[LoggedRequest]):
    """What happens to requests that match; each verb arms a fault."""

    def drop(self) -> Fault:
        """Cut the connection before anything is done."""
        return self._arm(Break("abort", applied=False))

    def drop_answer(self) -> Fault:
        """Do what is asked, then cut the connection instead of answering."""
        return self._arm(Break("abort"))

    def no_answer(self, *, applied: bool = False) -> Fault:
        """Never answer, and keep the connection."""
        return self._arm(Silence(applied))

    def half_open(self, *, applied: bool = False) -> Fault:
        """Neither read nor write any more, without closing: no answer, no pong."""
        return self._arm(Break("half_open", applied))

    def reboot(self, *, applied: bool = False) -> Fault:
        """Restart (`RoomosSimulator.reboot`) instead of answering."""
        return self._arm(Reboot(applied))

    def close(self, code: int = 1001, *, applied: bool = False) -> Fault:
        """Close the connection with a code instead of answering."""
        return self._arm(Close(code, applied))

    def error(
        self,
        code: int = 1,
        message: str = "Simulated failure",
        data: Any = None,
        *,
        applied: bool = False,
    ) -> Fault:
        """Answer an error object."""
        return self._arm(Refuse(code, message, data, applied))

    def answer(self, result: Any, *, applied: bool = False) -> Fault:
        """Answer another result."""

        def other(frame: Mapping[str, Any]) -> str:
            kept = {k: v for k, v in frame.items() if k in ("jsonrpc", "id")}
            return json.dumps({**kept, "result": result})

        return self._arm(Instead(other, applied))

    def frame(
        self, frame: Frame | dict[str, Any] | list[Any], *, applied: bool = False
    ) -> Fault:
        """Send these characters, these bytes (binary) or this as JSON instead."""
        raw = raw_frame(frame)
        return self._arm(Instead(lambda _: raw, applied))

    def duplicate(self, copies: int = 2) -> Fault:
        """Answer several times."""
        return self._arm(Redeliver(copies=copies))

    def answer_late(self, seconds: float) -> Fault:
        """Do it now and answer later, by the simulator's clock."""
        return self._arm(Redeliver(seconds=seconds))

    def reorder(self) -> Fault:
        """Answer after the next frame of the connection; if none follows, never."""
        return self._arm(Overtake())


class MessageFaults(MessageBuilder[Notification], _FrameVerbs[Notification]):
    """What happens to notifications that match; each verb arms a fault."""

    def frame(self, frame: Frame | dict[str, Any] | list[Any]) -> Fault:
        """Send these characters, these bytes (binary) or this as JSON instead."""
        raw = raw_frame(frame)
        return self._arm(Instead(lambda _: raw))

    def disconnect(self) -> Fault:
        """Cut the connection instead."""
        return self._arm(Break("abort"))

    def half_open(self) -> Fault:
        """Neither read nor write any more, without closing."""
        return self._arm(Break("half_open"))


class HandshakeFaults(Builder[Handshake]):
    """What happens to handshakes; each verb arms a fault."""

    def status(self, status: int) -> Fault:
        """Refuse with an HTTP status (facts 4.1)."""
        return self._arm(RefuseHandshake(status))

    def drop(self) -> Fault:
        """Cut the connection instead of answering."""
        return self._arm(RefuseHandshake(0))

    def no_answer(self) -> Fault:
        """Never answer, and keep the connection."""
        return self._arm(RefuseHandshake(None))

    def latency(self, seconds: float) -> Fault:
        """Answer later, by the event loop's clock."""
        return self._arm(Latency(seconds))


class Faults:
    """All armed faults; see the module's docstring."""

    def __init__(self) -> None:
        """Start with nothing wrong."""
        self._request_rules: list[Rule[LoggedRequest]] = []
        self._message_rules: list[Rule[Notification]] = []
        self._handshake_rules: list[Rule[Handshake]] = []

    # Arming

    def when(
        self,
        *,
        method: str | None = None,
        command: str | None = None,
        predicate: Callable[[LoggedRequest], bool] | None = None,
    ) -> RequestFaults:
        """Requests that match all that is given.

        `method` is the beginning of a method such as `xGet` or `xFeedback/Subscribe`,
        `command` a name such as `Bookings.Book` in any case or with `*`.
        """

        def matches(request: LoggedRequest) -> bool:
            return (
                (method is None or request.method.startswith(method))
                and (
                    command is None
                    or fnmatchcase(request.command.lower(), command.lower())
                )
                and (predicate is None or predicate(request))
            )

        return RequestFaults(self._request_rules, matches)

    def events(self, name: str | None = None) -> MessageFaults:
        """Notifications of an event of that name (any, without one)."""
        return self._of("Event", name)

    def statuses(self, name: str | None = None) -> MessageFaults:
        """Notifications of status leaves at or below that name (any, without one)."""
        return self._of("Status", name)

    def messages(
        self, predicate: Callable[[Notification], bool] | None = None
    ) -> MessageFaults:
        """Notifications of any kind."""
        return MessageFaults(
            self._message_rules, predicate or (lambda notification: True)
        )

    def handshakes(
        self, predicate: Callable[[Handshake], bool] | None = None
    ) -> HandshakeFaults:
        """Handshakes that match."""
        return HandshakeFaults(
            self._handshake_rules, predicate or (lambda handshake: True)
        )

    def clear(self) -> None:
        """Disarm everything."""
        self._request_rules.clear()
        self._message_rules.clear()
        self._handshake_rules.clear()

    def describe(self) -> list[str]:
        """What is armed, in words."""
        return [
            *(rule.description for rule in self._request_rules),
            *(rule.description for rule in self._message_rules),
            *(rule.description for rule in self._handshake_rules),
        ]

    def _of(self, root: str, name: str | None) -> MessageFaults:
        query = (root,) if name is None else path_of(root, name)

        def matches(notification: Notification) -> bool:
            node: Any = notification["params"]
            for part in query:
                if isinstance(node, list):
                    node = {item.get("id"): item for item in node}
                if not isinstance(node, dict) or part not in node:
                    return False
                node = node[part]
            return True

        return MessageFaults(self._message_rules, matches)

    # Happening

    def strike_request(self, request: LoggedRequest) -> tuple[float, Any]:
        """The latency of a request and what else happens to it."""
        return strike(self._request_rules, request)

    def strike_message(self, notification: Notification) -> Any:
        """What happens to a notification, or None."""
        return strike(self._message_rules, notification)[1]

    def strike_handshake(self, handshake: Handshake) -> tuple[float, Any]:
        """The latency of a handshake and what else happens to it."""
        return strike(self._handshake_rules, handshake)


__all__ = ["Fault", "Faults", "HandshakeFaults", "MessageFaults", "RequestFaults"]

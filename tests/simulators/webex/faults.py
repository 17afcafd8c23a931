"""Everything that can go wrong, on demand.

Requests:

    sim.faults.when(command="Bookings.Book").status(503)
    sim.faults.when(path="/v1/devices").times(3).status(429, retry_after=2)
    sim.faults.when(command="Bookings.List", device=phone).always().drop()
    sim.faults.when(predicate=lambda request: "Title" in request.arguments).garbage()
    sim.faults.poll().times(2).answer(b"<html>")

Messages on their way into the queue:

    sim.faults.events("Bookings.BookingCreated").drop()
    sim.faults.events(device=phone).always().delay(5)
    sim.faults.messages("status").duplicate()

A fault happens once unless `times(n)` or `always()` say otherwise; the verb at the
end arms it and returns a `Fault` with `hits`, `remove()` and `await triggered()`. Of
several that match a request, the one armed first happens; latencies add up. The verbs
that do not depend on HTTP are those of `tests.simulators.common.faults`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, override

from tests.simulators.common.faults import (
    CommandBuilder,
    Fault,
    MessageBuilder,
    Overtake,
    Redeliver,
    Rule,
    strike,
)
from tests.simulators.common.json_faults import JsonBuilder
from tests.simulators.xapi import Device, Workspace

from .request_log import LoggedRequest


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer something else, instead of handling the request or after it was `applied`.

    Without a body it is Webex's error body with the message.
    """

    status: int
    message: str = ""
    body: bytes | None = None
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    applied: bool = False


class RequestFaults(CommandBuilder[LoggedRequest], JsonBuilder[LoggedRequest]):
    """What happens to requests that match; each verb arms a fault."""

    def status(
        self,
        status: int,
        message: str = "Simulated failure",
        *,
        retry_after: float | str | None = None,
        body: bytes | None = None,
        applied: bool = False,
    ) -> Fault:
        """Answer an HTTP status with Webex's error body, or another body."""
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        return self._arm(
            Answer(status, message, body, headers=headers, applied=applied)
        )

    @override
    def _answer(
        self, body: bytes, status: int, content_type: str, *, applied: bool
    ) -> Fault:
        return self._arm(
            Answer(status, body=body, content_type=content_type, applied=applied)
        )

    def garbage(self, *, applied: bool = False) -> Fault:
        """Answer 200 with bytes that are neither JSON nor UTF-8."""
        return self.answer(b'{"messages": [\xff\xfe\x00', applied=applied)

    def huge(self, size: int = 20_000_000, *, applied: bool = False) -> Fault:
        """Answer 200 with valid JSON of that many bytes."""
        return self.answer(
            b'{"messages": [], "padding": "' + b"x" * size + b'"}', applied=applied
        )

    def no_messages(self) -> Fault:
        """Answer a poll at once, without messages."""
        return self.answer({"messages": []})


type MessageFaults = MessageBuilder[Mapping[str, Any]]
"""What happens to messages that match; each verb arms a fault."""


class Faults:
    """All armed faults; see the module's docstring."""

    def __init__(self) -> None:
        """Start with nothing wrong."""
        self._request_rules: list[Rule[LoggedRequest]] = []
        self._message_rules: list[Rule[Mapping[str, Any]]] = []

    # Arming

    def when(
        self,
        *,
        path: str | None = None,
        method: str | None = None,
        command: str | None = None,
        device: Device | str | None = None,
        workspace: Workspace | None = None,
        poll: bool | None = None,
        predicate: Callable[[LoggedRequest], bool] | None = None,
    ) -> RequestFaults:
        """Requests that match all that is given.

        `path` is the beginning of a path, `command` a name such as `Bookings.Book` in
        any case or with `*`, `poll` whether it is a poll of the queue.
        """
        device_id = device.id if isinstance(device, Device) else device

        def matches(request: LoggedRequest) -> bool:
            return (
                (path is None or request.path.startswith(path))
                and (method is None or request.method == method.upper())
                and (
                    command is None
                    or fnmatchcase(request.command.lower(), command.lower())
                )
                and (device_id is None or request.device == device_id)
                and (
                    workspace is None
                    or any(request.device == each.id for each in workspace.devices)
                )
                and (poll is None or is_poll(request) is poll)
                and (predicate is None or predicate(request))
            )

        return RequestFaults(self._request_rules, matches)

    def poll(self) -> RequestFaults:
        """Polls of the queue."""
        return self.when(poll=True)

    def token(self) -> RequestFaults:
        """Requests for an access token."""
        return self.when(path="/v1/access_token")

    def events(
        self,
        name: str | None = None,
        *,
        device: Device | None = None,
        workspace: Workspace | None = None,
    ) -> MessageFaults:
        """Messages that carry an event of that name (any, without one)."""

        def matches(message: Mapping[str, Any]) -> bool:
            return (
                message.get("type") == "events"
                and (
                    name is None
                    or any(event.get("key") == name for event in message["events"])
                )
                and (device is None or message.get("deviceId") == device.id)
                and (workspace is None or message.get("workspaceId") == workspace.id)
            )

        return MessageBuilder(self._message_rules, matches)

    def messages(
        self,
        kind: str | None = None,
        predicate: Callable[[Mapping[str, Any]], bool] | None = None,
    ) -> MessageFaults:
        """Messages of that type (any, without one)."""
        return MessageBuilder(
            self._message_rules,
            lambda message: (
                (kind is None or message.get("type") == kind)
                and (predicate is None or predicate(message))
            ),
        )

    def clear(self) -> None:
        """Disarm everything."""
        self._request_rules.clear()
        self._message_rules.clear()

    def describe(self) -> list[str]:
        """What is armed, in words."""
        return [
            *(rule.description for rule in self._request_rules),
            *(rule.description for rule in self._message_rules),
        ]

    # Happening

    def strike(self, request: LoggedRequest) -> tuple[float, Any]:
        """The latency of a request and what else happens to it."""
        return strike(self._request_rules, request)

    def deliver(self, message: Mapping[str, Any]) -> Redeliver | Overtake:
        """What happens to a message on its way into the queue."""
        _, effect = strike(self._message_rules, message)
        return effect or Redeliver()


def is_poll(request: LoggedRequest) -> bool:
    """Whether a request polls the queue."""
    return request.method == "GET" and "/queue" in request.path


__all__ = ["Fault", "Faults", "MessageFaults", "RequestFaults"]

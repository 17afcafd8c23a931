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
several that match a request, the one armed first happens; latencies add up.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
import json
from typing import Any, Self

from tests.simulators.xapi import Device, Workspace

from .request_log import LoggedRequest


@dataclass(frozen=True, slots=True)
class Latency:
    """Answer later."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Drop:
    """Cut the connection, before the request is handled or after it was `applied`."""

    applied: bool


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


@dataclass(frozen=True, slots=True)
class NotApplied:
    """Answer a command as if it had worked, and do nothing."""

    sync_required: bool


@dataclass(frozen=True, slots=True)
class AppliedLate:
    """Answer a command at once and carry it out some seconds later."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Rival:
    """Somebody else books at the device, the instant before the command runs."""

    title: str
    minutes: int
    offset_minutes: int


type Effect = Latency | Drop | Answer | NotApplied | AppliedLate | Rival


@dataclass(frozen=True, slots=True)
class Redeliver:
    """Put a message into the queue this often, after some seconds; 0 copies drop it."""

    copies: int = 1
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Overtake:
    """Hold a message back until the next one has gone by."""


type Delivery = Redeliver | Overtake


class Fault:
    """An armed fault."""

    def __init__(self, owner: list[Any], times: int | None) -> None:
        """Happen `times` times, or always."""
        self._owner = owner
        self._left = times
        self._event = asyncio.Event()
        self.hits = 0

    def hit(self) -> None:
        """Count one more happening; the last one disarms the fault."""
        self.hits += 1
        self._event.set()
        if self._left is not None:
            self._left -= 1
            if self._left <= 0:
                self.remove()

    def remove(self) -> None:
        """Disarm it."""
        self._owner[:] = [entry for entry in self._owner if entry.fault is not self]

    async def triggered(self) -> None:
        """Return once it has happened."""
        await self._event.wait()


@dataclass(frozen=True, slots=True)
class _RequestRule:
    fault: Fault
    matches: Callable[[LoggedRequest], bool]
    effect: Effect
    description: str


@dataclass(frozen=True, slots=True)
class _MessageRule:
    fault: Fault
    matches: Callable[[Mapping[str, Any]], bool]
    delivery: Delivery
    description: str


class _Builder[R]:
    def __init__(self, rules: list[R]) -> None:
        self._rules = rules
        self._times: int | None = 1

    def times(self, times: int) -> Self:
        """Happen so often, then never again."""
        self._times = times
        return self

    def always(self) -> Self:
        """Happen until it is removed."""
        self._times = None
        return self

    def _fault(self) -> Fault:
        return Fault(self._rules, self._times)


class RequestFaults(_Builder[_RequestRule]):
    """What happens to requests that match; each verb arms a fault."""

    def __init__(
        self, rules: list[_RequestRule], matches: Callable[[LoggedRequest], bool]
    ) -> None:
        """Match requests with a predicate."""
        super().__init__(rules)
        self._matches = matches

    def _arm(self, effect: Effect) -> Fault:
        fault = self._fault()
        self._rules.append(_RequestRule(fault, self._matches, effect, repr(effect)))
        return fault

    def latency(self, seconds: float) -> Fault:
        """Handle it later, by the event loop's clock."""
        return self._arm(Latency(seconds))

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

    def drop(self) -> Fault:
        """Cut the connection before anything is done.

        aiohttp's client repeats a GET once by itself: it takes `times(2)` to show.
        """
        return self._arm(Drop(applied=False))

    def drop_answer(self) -> Fault:
        """Do what is asked, then cut the connection instead of answering."""
        return self._arm(Drop(applied=True))

    def answer(
        self,
        body: bytes | str | dict[str, Any] | list[Any],
        *,
        status: int = 200,
        content_type: str = "application/json",
        applied: bool = False,
    ) -> Fault:
        """Answer these bytes, or this as JSON."""
        match body:
            case bytes():
                raw = body
            case str():
                raw = body.encode()
            case _:
                raw = json.dumps(body).encode()
        return self._arm(
            Answer(status, body=raw, content_type=content_type, applied=applied)
        )

    def empty(self, *, applied: bool = False) -> Fault:
        """Answer 200 without a body."""
        return self.answer(b"", applied=applied)

    def garbage(self, *, applied: bool = False) -> Fault:
        """Answer 200 with bytes that are neither JSON nor UTF-8."""
        return self.answer(b'{"messages": [\xff\xfe\x00', applied=applied)

    def html(self, *, applied: bool = False) -> Fault:
        """Answer 200 with a login page, as captive portals do."""
        return self.answer(
            b"<!doctype html><title>Sign in</title>",
            content_type="text/html",
            applied=applied,
        )

    def huge(self, size: int = 20_000_000, *, applied: bool = False) -> Fault:
        """Answer 200 with valid JSON of that many bytes."""
        return self.answer(
            b'{"messages": [], "padding": "' + b"x" * size + b'"}', applied=applied
        )

    def no_messages(self) -> Fault:
        """Answer a poll at once, without messages."""
        return self.answer({"messages": []})

    def not_applied(self, *, sync_required: bool = False) -> Fault:
        """Accept a command and never carry it out."""
        return self._arm(NotApplied(sync_required))

    def applied_late(self, seconds: float) -> Fault:
        """Accept a command and carry it out later, by the simulator's clock."""
        return self._arm(AppliedLate(seconds))

    def rival(
        self,
        title: str = "Somebody else",
        minutes: int = 30,
        offset_minutes: int = 0,
    ) -> Fault:
        """Let somebody at the device book the slot the instant before a Book.

        The rival begins `offset_minutes` after the start that the Book asks for.
        """
        return self._arm(Rival(title, minutes, offset_minutes))


class MessageFaults(_Builder[_MessageRule]):
    """What happens to messages that match; each verb arms a fault."""

    def __init__(
        self,
        rules: list[_MessageRule],
        matches: Callable[[Mapping[str, Any]], bool],
    ) -> None:
        """Match messages with a predicate."""
        super().__init__(rules)
        self._matches = matches

    def _arm(self, delivery: Delivery) -> Fault:
        fault = self._fault()
        self._rules.append(_MessageRule(fault, self._matches, delivery, repr(delivery)))
        return fault

    def drop(self) -> Fault:
        """Lose it."""
        return self._arm(Redeliver(copies=0))

    def duplicate(self, copies: int = 2) -> Fault:
        """Deliver it several times."""
        return self._arm(Redeliver(copies=copies))

    def delay(self, seconds: float) -> Fault:
        """Deliver it later, by the simulator's clock."""
        return self._arm(Redeliver(seconds=seconds))

    def reorder(self) -> Fault:
        """Deliver it after the next message; if none follows, not at all."""
        return self._arm(Overtake())


class Faults:
    """All armed faults; see the module's docstring."""

    def __init__(self) -> None:
        """Start with nothing wrong."""
        self._request_rules: list[_RequestRule] = []
        self._message_rules: list[_MessageRule] = []

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

        return MessageFaults(self._message_rules, matches)

    def messages(
        self,
        kind: str | None = None,
        predicate: Callable[[Mapping[str, Any]], bool] | None = None,
    ) -> MessageFaults:
        """Messages of that type (any, without one)."""
        return MessageFaults(
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

    def strike(self, request: LoggedRequest) -> tuple[float, Effect | None]:
        """The latency of a request and what else happens to it."""
        seconds = 0.0
        effect: Effect | None = None
        for rule in tuple(self._request_rules):
            if isinstance(rule.effect, Latency):
                if rule.matches(request):
                    seconds += rule.effect.seconds
                    rule.fault.hit()
            elif effect is None and rule.matches(request):
                effect = rule.effect
                rule.fault.hit()
        return seconds, effect

    def deliver(self, message: Mapping[str, Any]) -> Delivery:
        """What happens to a message on its way into the queue."""
        for rule in self._message_rules:
            if rule.matches(message):
                rule.fault.hit()
                return rule.delivery
        return Redeliver()


def is_poll(request: LoggedRequest) -> bool:
    """Whether a request polls the queue."""
    return request.method == "GET" and "/queue" in request.path


__all__ = ["Fault", "Faults", "MessageFaults", "RequestFaults"]

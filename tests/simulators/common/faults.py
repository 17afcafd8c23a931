"""How faults are armed, counted and disarmed, and those that any wire can have.

A builder (`sim.faults.when(...)`) matches subjects, requests or messages, with a
predicate; its verbs arm a fault for them. A fault happens once unless `times(n)` or
`always()` say otherwise. Of several that match a subject, the one armed first happens;
latencies add up.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Latency:
    """Handle it later."""

    seconds: float


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


@dataclass(frozen=True, slots=True)
class BookingFails:
    """The calendar's own system refuses a booking that was accepted (facts 2)."""

    cause: str


@dataclass(frozen=True, slots=True)
class Redeliver:
    """Deliver a message this often, after some seconds; 0 copies drop it."""

    copies: int = 1
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Overtake:
    """Hold a message back until the next one has gone by."""


@dataclass(frozen=True, slots=True)
class Drop:
    """Cut the connection, before the request is handled or after it was `applied`."""

    applied: bool


@dataclass(frozen=True, slots=True)
class Silence:
    """Never answer, and keep the connection."""

    applied: bool


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
class Rule[Subject]:
    """A fault, what it happens to and what happens."""

    fault: Fault
    matches: Callable[[Subject], bool]
    effect: Any

    @property
    def description(self) -> str:
        """The effect in words."""
        return repr(self.effect)


class Builder[Subject]:
    """Subjects that match; each verb of a subclass arms a fault for them."""

    def __init__(
        self, rules: list[Rule[Subject]], matches: Callable[[Subject], bool]
    ) -> None:
        """Match with a predicate."""
        self._rules = rules
        self._matches = matches
        self._times: int | None = 1

    def times(self, times: int) -> Self:
        """Happen so often, then never again."""
        self._times = times
        return self

    def always(self) -> Self:
        """Happen until it is removed."""
        self._times = None
        return self

    def _arm(self, effect: Any) -> Fault:
        fault = Fault(self._rules, self._times)
        self._rules.append(Rule(fault, self._matches, effect))
        return fault


class CommandBuilder[Subject](Builder[Subject]):
    """Verbs for a request that runs an xCommand."""

    def latency(self, seconds: float) -> Fault:
        """Handle it later, by the event loop's clock."""
        return self._arm(Latency(seconds))

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

    def booking_fails(self, cause: str = "Timeout") -> Fault:
        """Accept a Book, then report BookingFailed with the cause (facts 2)."""
        return self._arm(BookingFails(cause))


class MessageBuilder[Subject](Builder[Subject]):
    """Verbs for a message on its way to the client."""

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


def strike[Subject](rules: list[Rule[Subject]], subject: Subject) -> tuple[float, Any]:
    """The latency of a subject and what else happens to it, or None."""
    seconds = 0.0
    effect: Any = None
    for rule in tuple(rules):
        if isinstance(rule.effect, Latency):
            if rule.matches(subject):
                seconds += rule.effect.seconds
                rule.fault.hit()
        elif effect is None and rule.matches(subject):
            effect = rule.effect
            rule.fault.hit()
    return seconds, effect

"""Everything that can go wrong, on demand.

    sim.faults.when(call="book").status(503, retry_after=2)
    sim.faults.when(call="meetings", room="57").always().nulls()
    sim.faults.when(call="book").drop_answer()
    sim.faults.when(predicate=lambda request: "from" not in request.query).garbage()

A fault happens once unless `times(n)` or `always()` say otherwise; the verb at the end
arms it and returns a `Fault` with `hits`, `remove()` and `await triggered()`. Of several
that match a request, the one armed first happens; latencies add up. Where a verb takes
`applied`, the request is carried out before it is answered wrongly.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, override

from tests.simulators.common.faults import (
    Fault,
    Latency,
    NotApplied,
    Rival,
    Rule,
    Silence,
    strike,
)
from tests.simulators.common.json_faults import JsonBuilder

from .request_log import LoggedRequest
from .times import DATE_FORMS

type Bender = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Cut:
    """Answer half of the body; then cut the connection, or with `stall` say nothing more."""

    stall: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer something else, instead of handling the request or after it was `applied`."""

    status: int
    body: bytes = b""
    content_type: str | None = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    applied: bool = False


@dataclass(frozen=True, slots=True)
class Bend:
    """Answer what is true, bent."""

    name: str
    bender: Bender


@dataclass(frozen=True, slots=True)
class Typed:
    """Answer what is true with another content type; None sends none."""

    content_type: str | None


def each_record(bend: Callable[[dict[str, Any]], Any]) -> Bender:
    """Bend every record of a list, or the one that there is."""

    def bender(value: Any) -> Any:
        if isinstance(value, list):
            return [bender(item) for item in value]
        return bend(value) if isinstance(value, dict) else value

    return bender


class RequestFaults(JsonBuilder[LoggedRequest]):
    """What happens to requests that match; each verb arms a fault."""

    # The server refuses, or is not there

    def status(
        self,
        status: int,
        *,
        retry_after: float | str | None = None,
        body: bytes | str = b"",
        content_type: str = "application/json",
        applied: bool = False,
    ) -> Fault:
        """Answer an HTTP status."""
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        raw = body.encode() if isinstance(body, str) else body
        return self._arm(Answer(status, raw, content_type, headers, applied))

    def redirect(self, location: str, status: int = 302) -> Fault:
        """Answer with another address."""
        return self._arm(Answer(status, headers={"Location": location}))

    def latency(self, seconds: float) -> Fault:
        """Handle it later, by the event loop's clock."""
        return self._arm(Latency(seconds))

    def silence(self, *, applied: bool = False) -> Fault:
        """Never answer."""
        return self._arm(Silence(applied))

    def truncated(self) -> Fault:
        """Do what is asked, answer half of it and cut the connection."""
        return self._arm(Cut(stall=False))

    def stalled(self) -> Fault:
        """Do what is asked, answer half of it and never the rest."""
        return self._arm(Cut(stall=True))

    # The answer is none

    @override
    def _answer(
        self, body: bytes, status: int, content_type: str, *, applied: bool
    ) -> Fault:
        return self._arm(Answer(status, body, content_type, applied=applied))

    def garbage(self, *, applied: bool = False) -> Fault:
        """Answer 200 with bytes that are neither JSON nor UTF-8."""
        return self.answer(b'[{"meetingId": "\xff\xfe\x00', applied=applied)

    def huge(self, size: int = 20_000_000, *, applied: bool = False) -> Fault:
        """Answer 200 with valid JSON of that many bytes."""
        return self.answer(b"[" + b" " * size + b"]", applied=applied)

    def typed(self, content_type: str | None = "text/plain") -> Fault:
        """Answer the truth with another content type, or none."""
        return self._arm(Typed(content_type))

    # The answer is against the contract

    def bent(self, bender: Bender, name: str = "bent") -> Fault:
        """Answer what `bender` makes of the JSON."""
        return self._arm(Bend(name, bender))

    def nulls(self, *fields: str) -> Fault:
        """Let fields be null; all that are no ids or dates, unless named."""

        def bend(record: dict[str, Any]) -> Any:
            kept = ("roomId", "meetingId", "startDateUTC", "endDateUTC")
            return {
                k: None if (k in fields if fields else k not in kept) else v
                for k, v in record.items()
            }

        return self.bent(each_record(bend), "nulls")

    def without(self, *fields: str) -> Fault:
        """Leave fields out."""

        def bend(record: dict[str, Any]) -> Any:
            return {k: v for k, v in record.items() if k not in fields}

        return self.bent(each_record(bend), "without")

    def extra(self, **fields: Any) -> Fault:
        """Put fields in that the contract does not know."""
        more = fields or {"etag": "x", "attendees": [{"name": None}], "": {}}
        return self.bent(each_record(lambda record: {**record, **more}), "extra")

    def dates(self, form: str) -> Fault:
        """Write dates in a form of `times.DATE_FORMS`."""

        def bend(record: dict[str, Any]) -> Any:
            return {
                k: DATE_FORMS[form](v) if k.endswith("UTC") else v
                for k, v in record.items()
            }

        return self.bent(each_record(bend), f"dates: {form}")

    def wrapped(self, key: str = "rooms") -> Fault:
        """Put the list into an object, as a public toy does (facts C2)."""
        return self.bent(lambda value: {key: value}, "wrapped")

    def records(self, records: list[Any]) -> Fault:
        """Show more records after the true ones."""
        more = list(records)
        return self.bent(
            lambda value: [*value, *more] if isinstance(value, list) else value,
            "records",
        )

    # The world is not as it answers

    def not_applied(self) -> Fault:
        """Answer a POST or PUT as if it had worked, and do nothing."""
        return self._arm(NotApplied(sync_required=False))

    def rival(
        self,
        title: str = "Somebody else",
        minutes: int = 30,
        offset_minutes: int = 0,
    ) -> Fault:
        """Let somebody else book the instant before a POST or PUT.

        The rival begins `offset_minutes` after the start that is asked for.
        """
        return self._arm(Rival(title, minutes, offset_minutes))


class Faults:
    """All armed faults; see the module's docstring."""

    def __init__(self) -> None:
        """Start with nothing wrong."""
        self._rules: list[Rule[LoggedRequest]] = []

    def when(
        self,
        *,
        call: str | None = None,
        method: str | None = None,
        path: str | None = None,
        room: str | None = None,
        predicate: Callable[[LoggedRequest], bool] | None = None,
    ) -> RequestFaults:
        """Requests that match all that is given.

        `call` is `rooms`, `meetings`, `book` or `change`; `path` the beginning of a path.
        """

        def matches(request: LoggedRequest) -> bool:
            return (
                (call is None or request.call == call)
                and (method is None or request.method == method.upper())
                and (path is None or request.path.startswith(path))
                and (room is None or request.room == room)
                and (predicate is None or predicate(request))
            )

        return RequestFaults(self._rules, matches)

    def clear(self) -> None:
        """Disarm everything."""
        self._rules.clear()

    def describe(self) -> list[str]:
        """What is armed, in words."""
        return [rule.description for rule in self._rules]

    def strike(self, request: LoggedRequest) -> tuple[float, Any]:
        """The latency of a request and what else happens to it."""
        return strike(self._rules, request)


__all__ = ["Fault", "Faults", "RequestFaults"]

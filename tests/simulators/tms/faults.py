"""Everything that can go wrong, on demand.

    sim.faults.when("SaveConference").busy()
    sim.faults.when(service="remotesetup").times(3).status(503, retry_after=2)
    sim.faults.when("GetConferencesForSystems", SystemIds="5").always().truncated()
    sim.faults.when("SaveConference").drop_answer()
    sim.faults.logons().status(503)

`when` matches requests that have authenticated, `logons` those that are about to be
sent back with 401. A fault happens once unless `times(n)` or `always()` say otherwise;
the verb at the end arms it and returns a `Fault` with `hits`, `remove()` and
`await triggered()`. Of several that match a request, the one armed first happens;
latencies add up. With `applied`, what is asked is done before.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from tests.simulators.common.faults import (
    Builder,
    Drop,
    Fault,
    Latency,
    Rule,
    Silence,
    strike,
)

from . import mangling, pages
from .engine import CODES
from .mangling import Mangler
from .request_log import Challenge, LoggedRequest

_MESSAGES = {
    "DATABASE_DOWN": "The Cisco TMS database is not available.",
    "ERR_CLIENT_SESSION_BLANK": "The client session id is blank.",
    "ERR_CLIENT_SESSION_EXPIRED": "The client session id is expired.",
    "LICENSE": "There are not enough licenses available.",
    "SERVER_BUSY": "The server is busy. Please try again later.",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer something else; without a body it is IIS's page for the status."""

    status: int
    body: bytes | None = field(default=None, repr=False)
    content_type: str = "text/html"
    headers: Mapping[str, str] = field(default_factory=dict)
    applied: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """Answer a SOAP fault, with `suggest` also a ClientSession that will do."""

    code: int | None
    message: str
    suggest: bool = False
    applied: bool = False


@dataclass(frozen=True, slots=True)
class Mangled:
    """Answer rightly, and change the bytes on their way."""

    name: str
    change: Mangler = field(repr=False)


@dataclass(frozen=True, slots=True)
class Cut:
    """Cut the connection when that share of the answer is through."""

    share: float


@dataclass(frozen=True, slots=True)
class Typed:
    """Answer rightly, as another type of content."""

    content_type: str


@dataclass(frozen=True, slots=True)
class Before:
    """Do something on the server, the instant before the request is handled."""

    action: Callable[[LoggedRequest], object]


@dataclass(frozen=True, slots=True)
class Modified:
    """Somebody else saves the conference that the request names, just before it."""

    title: str


@dataclass(frozen=True, slots=True)
class Rival:
    """Somebody else books what the request asks for, just before it."""

    title: str


class HttpFaults[Subject](Builder[Subject]):
    """What can happen to any request."""

    def latency(self, seconds: float) -> Fault:
        """Handle it later, by the event loop's clock."""
        return self._arm(Latency(seconds))

    def status(
        self,
        status: int,
        *,
        retry_after: float | str | None = None,
        body: bytes | None = None,
        content_type: str = "text/html",
        applied: bool = False,
    ) -> Fault:
        """Answer an HTTP status with IIS's page, or another body."""
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        return self._arm(Answer(status, body, content_type, headers, applied))

    def redirect(self, location: str, *, status: int = 302) -> Fault:
        """Send the client somewhere else."""
        return self._arm(Answer(status, b"", headers={"Location": location}))

    def html(self, *, applied: bool = False) -> Fault:
        """Answer 200 with a login page, as a federation does."""
        return self._arm(Answer(200, pages.LOGIN, applied=applied))

    def empty(self, *, status: int = 200, applied: bool = False) -> Fault:
        """Answer without a body."""
        return self._arm(Answer(status, b"", "text/xml", applied=applied))

    def drop(self) -> Fault:
        """Cut the connection before anything is done."""
        return self._arm(Drop(applied=False))

    def no_answer(self, *, applied: bool = False) -> Fault:
        """Never answer, and keep the connection."""
        return self._arm(Silence(applied))


class RequestFaults(HttpFaults[LoggedRequest]):
    """What happens to requests that match; each verb arms a fault."""

    # Refusals

    def fault(
        self,
        code: str | int | None,
        message: str = "Simulated failure",
        *,
        suggest: bool = False,
        applied: bool = False,
    ) -> Fault:
        """Answer a SOAP fault: a name of the 31 codes, a number, or ASP.NET's own."""
        if isinstance(code, str):
            code = CODES[code]
        return self._arm(Refusal(code, message, suggest, applied))

    def busy(self, *, applied: bool = False) -> Fault:
        """Be too busy."""
        return self._named("SERVER_BUSY", applied=applied)

    def database_down(self, *, applied: bool = False) -> Fault:
        """Have lost the database."""
        return self._named("DATABASE_DOWN", applied=applied)

    def licence(self) -> Fault:
        """Have no licence left."""
        return self._named("LICENSE")

    def session_blank(self, *, suggest: bool = True) -> Fault:
        """Say that the ClientSession is blank, and suggest one."""
        return self._named("ERR_CLIENT_SESSION_BLANK", suggest=suggest)

    def session_expired(self, *, suggest: bool = True) -> Fault:
        """Say that the ClientSession has expired, and suggest another."""
        return self._named("ERR_CLIENT_SESSION_EXPIRED", suggest=suggest)

    def unauthorized(self) -> Fault:
        """Answer 401 although the logon was right."""
        return self.status(401)

    # Other people

    def before(self, action: Callable[[LoggedRequest], object]) -> Fault:
        """Do something on the server, the instant before."""
        return self._arm(Before(action))

    def modified(self, title: str = "Changed by somebody else") -> Fault:
        """Let somebody else save the conference between its reading and its saving."""
        return self._arm(Modified(title))

    def rival(self, title: str = "Somebody else") -> Fault:
        """Let somebody else book the slot, the instant before."""
        return self._arm(Rival(title))

    # Lost and broken answers

    def drop_answer(self) -> Fault:
        """Do what is asked, then cut the connection instead of answering."""
        return self._arm(Drop(applied=True))

    def cut(self, share: float = 0.5) -> Fault:
        """Do what is asked, and cut the connection amid the answer."""
        return self._arm(Cut(share))

    def truncated(self, share: float = 0.5) -> Fault:
        """Answer a part of the document as if it were all of it."""
        return self._mangle("truncated", mangling.truncated(share))

    def content_type(self, content_type: str = "text/plain") -> Fault:
        """Answer rightly, as another type of content."""
        return self._arm(Typed(content_type))

    def garbage(self, *, applied: bool = False) -> Fault:
        """Answer bytes that are neither XML nor UTF-8."""
        return self._arm(Answer(200, mangling.GARBAGE, "text/xml", applied=applied))

    def doctype(self) -> Fault:
        """Declare a document type in the answer."""
        return self._mangle("doctype", mangling.with_doctype)

    def entity_bomb(self, *, applied: bool = False) -> Fault:
        """Answer a billion laughs."""
        return self._arm(Answer(200, mangling.BOMB, "text/xml", applied=applied))

    def huge(self, size: int = 50_000_000) -> Fault:
        """Fill the answer up to so many bytes."""
        return self._mangle("huge", mangling.padded(size))

    # Unusual answers

    def illegal_characters(self, reference: str = "&#xB;") -> Fault:
        """Put a reference that XML forbids into titles and names."""
        return self._mangle("illegal characters", mangling.with_reference(reference))

    def unknown_elements(self) -> Fault:
        """Put elements of a later version into the middle of every object."""
        return self._mangle("unknown elements", mangling.with_unknown_elements)

    def nil_members(self) -> Fault:
        """Put nil members into the array."""
        return self._mangle("nil members", mangling.with_nil_members)

    def duplicates(self) -> Fault:
        """Say every member of the array twice."""
        return self._mangle("duplicates", mangling.with_duplicates)

    def absent(self, names: Iterable[str] = ()) -> Fault:
        """Leave elements out; without names, whatever may be left out."""
        return self._mangle("absent", mangling.without(frozenset(names)))

    def value(self, name: str, value: str, index: int = 0) -> Fault:
        """Put other characters into an element of the index-th object that has it."""
        return self._mangle(name, mangling.with_value(name, value, index))

    def _named(
        self, name: str, *, suggest: bool = False, applied: bool = False
    ) -> Fault:
        return self.fault(name, _MESSAGES[name], suggest=suggest, applied=applied)

    def _mangle(self, name: str, change: Mangler) -> Fault:
        return self._arm(Mangled(name, change))


type LogonFaults = HttpFaults[Challenge]
"""What happens to requests without a logon; each verb arms a fault."""


class Faults:
    """All armed faults; see the module's docstring."""

    def __init__(self) -> None:
        """Start with nothing wrong."""
        self._request_rules: list[Rule[LoggedRequest]] = []
        self._logon_rules: list[Rule[Challenge]] = []

    # Arming

    def when(
        self,
        operation: str | None = None,
        *,
        service: str | None = None,
        user: str | None = None,
        predicate: Callable[[LoggedRequest], bool] | None = None,
        **parameters: str,
    ) -> RequestFaults:
        """Requests that match all that is given.

        `operation` is a name such as `GetConferenceById` in any case or with `*`,
        `service` is `booking` or `remotesetup`, `parameters` are elements of the body
        as characters, of which one has to match where a name comes again.
        """

        def matches(request: LoggedRequest) -> bool:
            return (
                (
                    operation is None
                    or fnmatchcase(request.operation.lower(), operation.lower())
                )
                and (service is None or request.service == service)
                and (user is None or request.user == user)
                and all(
                    _holds(request.parameters.get(name), value)
                    for name, value in parameters.items()
                )
                and (predicate is None or predicate(request))
            )

        return RequestFaults(self._request_rules, matches)

    def logons(
        self, predicate: Callable[[Challenge], bool] | None = None
    ) -> LogonFaults:
        """Requests that would be sent back with 401."""
        return HttpFaults(self._logon_rules, predicate or (lambda challenge: True))

    def clear(self) -> None:
        """Disarm everything."""
        self._request_rules.clear()
        self._logon_rules.clear()

    def describe(self) -> list[str]:
        """What is armed, in words."""
        return [
            *(rule.description for rule in self._request_rules),
            *(rule.description for rule in self._logon_rules),
        ]

    # Happening

    def strike(self, request: LoggedRequest) -> tuple[float, Any]:
        """The latency of a request and what else happens to it."""
        return strike(self._request_rules, request)

    def strike_logon(self, challenge: Challenge) -> tuple[float, Any]:
        """The latency of a challenge and what else happens to it."""
        return strike(self._logon_rules, challenge)


def _holds(found: Any, value: str) -> bool:
    return value in found if isinstance(found, list) else found == value


__all__ = ["Fault", "Faults", "HttpFaults", "LogonFaults", "RequestFaults"]

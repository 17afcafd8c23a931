"""The control API of the simulator, for another process: see README.md.

It is no part of TMS: people at its web pages, a look at the truth, and the faults.
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, override

from aiohttp import web

from tests.simulators.common.control import Body, ControlError, add_route, instant_of
from tests.simulators.common.faults import Builder
from tests.simulators.common.trouble import TroubleControl, logged

from .engine import Conference, Participant, RecurrencePattern, TmsFault, TmsSystem

if TYPE_CHECKING:
    from .simulator import TmsSimulator

_LOGON_EFFECTS = frozenset(
    {"drop", "empty", "html", "latency", "no_answer", "redirect", "status"}
)
_REQUEST_EFFECTS = _LOGON_EFFECTS | {
    "absent",
    "busy",
    "content_type",
    "cut",
    "database_down",
    "doctype",
    "drop_answer",
    "duplicates",
    "entity_bomb",
    "fault",
    "garbage",
    "huge",
    "illegal_characters",
    "licence",
    "modified",
    "nil_members",
    "rival",
    "session_blank",
    "session_expired",
    "truncated",
    "unauthorized",
    "unknown_elements",
    "value",
}
_SETTINGS_IN_MINUTES = frozenset(
    {"default_duration", "session_grace", "session_lifetime"}
)
_KNOBS = frozenset({"gzip", "lenient", "persistent_auth", "schemes"})


def make_app(sim: TmsSimulator) -> web.Application:
    """The web application of the control API."""
    app = web.Application(client_max_size=64 * 1024 * 1024)
    control = _Control(sim)
    control.add_trouble_routes(app)
    for route in (
        ("GET", "", control.summary),
        ("GET", "/systems", control.systems),
        ("POST", "/systems", control.add_system),
        ("POST", "/systems/{system}", control.change_system),
        ("DELETE", "/systems/{system}", control.remove_system),
        ("GET", "/conferences", control.conferences),
        ("POST", "/conferences", control.book),
        ("GET", "/conferences/{conference}", control.conference),
        ("POST", "/conferences/{conference}/move", control.move),
        ("POST", "/conferences/{conference}/rename", control.rename),
        ("POST", "/conferences/{conference}/participants", control.participants),
        ("POST", "/conferences/{conference}/delete", control.delete),
        ("POST", "/conferences/{conference}/end", control.end),
        ("POST", "/conferences/{conference}/approve", control.approve),
        ("POST", "/conferences/{conference}/reject", control.reject),
        ("POST", "/conferences/{conference}/defective", control.defective),
        ("POST", "/clock", control.clock),
        ("POST", "/sessions/expire", control.expire_sessions),
        ("POST", "/transactions/forget", control.forget_transactions),
        ("POST", "/password", control.password),
        ("POST", "/log_off", control.log_off),
        ("POST", "/certificate", control.certificate),
        ("POST", "/settings", control.settings),
        ("POST", "/knobs", control.knobs),
        ("GET", "/requests", control.requests),
        ("DELETE", "/requests", control.clear_requests),
        ("GET", "/violations", control.violations),
    ):
        add_route(app, *route)
    return app


def _plain(value: Any) -> Any:
    """A model's fields for JSON."""
    match value:
        case datetime():
            return value.isoformat()
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case frozenset():
            return sorted(value)
    return value


class _Control(TroubleControl):
    def __init__(self, sim: TmsSimulator) -> None:
        super().__init__(sim)
        self._sim = sim

    async def summary(self, request: web.Request, body: Body) -> Any:
        sim = self._sim
        return {
            "url": sim.url,
            "username": sim.username,
            "password": sim.password,
            "fingerprint": sim.fingerprint,
            "schemes": list(sim.schemes),
            "api_version": sim.settings.api_version,
            "time": sim.clock().isoformat(),
            "systems": {s.system_id: s.system_name for s in sim.systems},
            "logons": dict(sim.logons),
            "failed_logons": dict(sim.failed_logons),
            "counts": dict(sim.requests.counts),
            "most_at_once": sim.most_at_once,
            "sessions": sorted(sim.server.sessions.active),
        }

    # The truth

    async def systems(self, request: web.Request, body: Body) -> Any:
        return {"systems": [_plain(asdict(system)) for system in self._sim.systems]}

    async def conferences(self, request: web.Request, body: Body) -> Any:
        return {
            "conferences": [
                self._describe(item) for item in self._sim.local.conferences()
            ]
        }

    async def conference(self, request: web.Request, body: Body) -> Any:
        return self._change(request, self._sim.local.get)

    def _describe(self, conference: Conference) -> Any:
        return {
            **_plain(asdict(conference)),
            "system_ids": sorted(conference.system_ids),
        }

    def _system(self, name: Any) -> TmsSystem:
        for system in self._sim.systems:
            if str(name) in (str(system.system_id), system.system_name):
                return system
        raise ControlError(404, f"No system {name}")

    # People at its web pages

    async def add_system(self, request: web.Request, body: Body) -> Any:
        fields = dict(body)
        system = self._sim.add_system(
            fields.pop("name"), fields.pop("system_id", None), **fields
        )
        return _plain(asdict(system))

    async def change_system(self, request: web.Request, body: Body) -> Any:
        system = self._system(request.match_info["system"])
        changed = self._sim.local.change_system(system.system_id, **body)
        return _plain(asdict(changed))

    async def remove_system(self, request: web.Request, body: Body) -> Any:
        system = self._system(request.match_info["system"])
        self._sim.local.remove_system(system.system_id)

    async def book(self, request: web.Request, body: Body) -> Any:
        fields = dict(body)
        systems = [self._system(name).system_id for name in fields.pop("systems")]
        start, end = self._times(fields)
        pattern = fields.pop("pattern", None)
        if pattern is not None:
            fields["recurrence_pattern"] = _pattern(pattern)
        local = self._sim.local
        book: Callable[..., Conference] = (
            local.request if fields.pop("request", False) else local.book
        )
        return self._describe(_done(book, systems, start, end, **fields))

    async def move(self, request: web.Request, body: Body) -> Any:
        start = instant_of(body["start"], self._sim.clock()).astimezone(UTC)
        minutes = body.get("minutes")
        end = None if minutes is None else start + timedelta(minutes=minutes)
        return self._change(request, self._sim.local.move, start, end)

    async def rename(self, request: web.Request, body: Body) -> Any:
        return self._change(request, self._sim.local.rename, body["title"])

    async def participants(self, request: web.Request, body: Body) -> Any:
        systems = [
            Participant(self._system(name).system_id) for name in body["systems"]
        ]
        return self._change(request, self._sim.local.replace_participants, systems)

    async def delete(self, request: web.Request, body: Body) -> Any:
        occurrence = body.get("occurrence", False)
        _done(self._sim.local.delete, _id_in(request), occurrence=occurrence)

    async def end(self, request: web.Request, body: Body) -> Any:
        _done(self._sim.local.end, _id_in(request))

    async def approve(self, request: web.Request, body: Body) -> Any:
        return self._change(request, self._sim.local.approve)

    async def reject(self, request: web.Request, body: Body) -> Any:
        return self._change(request, self._sim.local.reject)

    async def defective(self, request: web.Request, body: Body) -> Any:
        kind = body.get("kind", "conflict")
        return self._change(request, self._sim.local.make_defective, kind)

    def _change(
        self,
        request: web.Request,
        act: Callable[..., Conference],
        *arguments: Any,
    ) -> Any:
        return self._describe(_done(act, _id_in(request), *arguments))

    def _times(self, fields: dict[str, Any]) -> tuple[datetime, datetime]:
        start = instant_of(fields.pop("start", None), self._sim.clock())
        start = start.astimezone(UTC)
        return start, start + timedelta(minutes=fields.pop("minutes", 30))

    # The server

    async def clock(self, request: web.Request, body: Body) -> Any:
        self._sim.clock_offset = timedelta(seconds=body["offset"])
        return {"time": self._sim.clock().isoformat()}

    async def expire_sessions(self, request: web.Request, body: Body) -> Any:
        self._sim.server.sessions.expire()

    async def forget_transactions(self, request: web.Request, body: Body) -> Any:
        self._sim.local.forget_transactions()

    async def password(self, request: web.Request, body: Body) -> Any:
        self._sim.password = body["password"]

    async def log_off(self, request: web.Request, body: Body) -> Any:
        self._sim.log_everybody_off()

    async def certificate(self, request: web.Request, body: Body) -> Any:
        return {"fingerprint": self._sim.renew_certificate()}

    async def settings(self, request: web.Request, body: Body) -> Any:
        settings = self._sim.settings
        for name in body:
            if not hasattr(settings, name):
                raise ControlError(404, f"No setting {name}")
        for name, value in body.items():
            if name in _SETTINGS_IN_MINUTES:
                value = timedelta(minutes=value)
            elif name == "billing_codes" and value is not None:
                value = frozenset(value)
            setattr(settings, name, value)

    async def knobs(self, request: web.Request, body: Body) -> Any:
        for name in body:
            if name not in _KNOBS:
                raise ControlError(404, f"No knob {name}")
        for name, value in body.items():
            setattr(self._sim, name, value)

    # What goes wrong

    @override
    def when(self, match: dict[str, Any]) -> tuple[Builder[Any], frozenset[str]]:
        faults = self._sim.faults
        if match.pop("logon", False):
            return faults.logons(), _LOGON_EFFECTS
        return faults.when(**match), _REQUEST_EFFECTS

    # The client

    async def requests(self, request: web.Request, body: Body) -> Any:
        return {
            "requests": [
                {
                    "time": entry.time.isoformat(),
                    "connection": entry.connection,
                    "user": entry.user,
                    "service": entry.service,
                    "operation": entry.operation,
                    "soap": entry.soap,
                    "version": entry.version,
                    "session": entry.session,
                    "parameters": entry.parameters,
                    "size": len(entry.body),
                    "status": entry.status,
                    "error": entry.error,
                    "answer_size": entry.answer_size,
                }
                for entry in self._sim.requests
            ],
            "challenges": [logged(entry) for entry in self._sim.challenges],
        }

    async def clear_requests(self, request: web.Request, body: Body) -> Any:
        self._sim.clear_log()

    async def violations(self, request: web.Request, body: Body) -> Any:
        return {"violations": self._sim.violations}


def _id_in(request: web.Request) -> int:
    return int(request.match_info["conference"])


def _done[**Arguments, Result](
    act: Callable[Arguments, Result],
    *arguments: Arguments.args,
    **options: Arguments.kwargs,
) -> Result:
    """What an act returns; what TMS refuses is a conflict, what it has not is 404."""
    try:
        return act(*arguments, **options)
    except TmsFault as fault:
        status = 404 if fault.code_name == "MEETINGNOTFOUND" else 409
        raise ControlError(status, f"{fault.code_name}: {fault.message}") from None


def _pattern(fields: dict[str, Any]) -> RecurrencePattern:
    """A pattern from its fields; `days_of_week` is a list, the end date a string."""
    known: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in fields.items()
    }
    end = known.pop("pattern_end_date_utc", None)
    return RecurrencePattern(
        **known,
        pattern_end_date_utc=None if end is None else datetime.fromisoformat(end),
    )

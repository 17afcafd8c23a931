"""The HTTP surface: log, faults, credentials and errors around every request."""

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from aiohttp import web

from tests.simulators.common.faults import Drop, Silence

from . import control
from .contract import ApiError, check_credentials, serve
from .faults import Answer, Bend, Cut, Typed
from .request_log import LoggedRequest

if TYPE_CHECKING:
    from .simulator import RoomzSimulator

_JSON = "application/json"
_NOTHING = 204


def make_app(sim: RoomzSimulator) -> web.Application:
    """The web application: the control API and, for all the rest, the contract."""
    app = web.Application(client_max_size=1024 * 1024)
    control.add_routes(app, sim)

    async def contract(request: web.Request) -> web.StreamResponse:
        return await _handle(sim, request)

    app.router.add_route("*", "/{path:.*}", contract)
    return app


async def _handle(sim: RoomzSimulator, request: web.Request) -> web.StreamResponse:
    if sim.closed:
        return _cut(request)
    sim.counters.enter()
    if request.transport is not None:
        sim.connections.add(request.transport)
        sim.counters.connections.add(request.transport.get_extra_info("peername"))
    body = await request.read()
    entry = _log(sim, request, body)
    try:
        latency, effect = sim.faults.strike(entry)
        if latency:
            await sim.pause(latency)
        response = await _respond(sim, request, entry, effect)
        if request.transport is not None and not request.transport.is_closing():
            entry.status = response.status
        return response
    finally:
        sim.counters.leave(entry)


def _log(sim: RoomzSimulator, request: web.Request, body: bytes) -> LoggedRequest:
    raw = request.raw_path.partition("?")[0]
    path = raw.removeprefix(sim.prefix) if raw.startswith(sim.prefix) else ""
    parts = [unquote(part) for part in path.split("/")]
    entry = LoggedRequest(
        sim.clock(), request.method, "/".join(parts), dict(request.query)
    )
    match parts:
        case ["", "rooms", room, "meetings"]:
            entry.room = room
        case ["", "rooms", room, "meetings", meeting]:
            entry.room, entry.meeting = room, meeting
    if body and request.content_type == _JSON:
        try:
            entry.body = json.loads(body)
        except ValueError, RecursionError:
            entry.body = None
    sim.requests.append(entry)
    return entry


async def _respond(
    sim: RoomzSimulator, request: web.Request, entry: LoggedRequest, effect: Any
) -> web.StreamResponse:
    match effect:
        case Drop(applied=False):
            return _cut(request)
        case Silence(applied=False):
            return await _silent(sim, request)
        case Answer(applied=False):
            return _answer(effect)
    status, body, headers = _served(sim, request, entry, effect)
    match effect:
        case Drop():
            return _cut(request)
        case Silence():
            return await _silent(sim, request)
        case Answer():
            return _answer(effect)
        case Bend(bender=bender):
            body = bender(body)
    text = b"" if body is None else json.dumps(body).encode()
    if isinstance(effect, Cut):
        return await _half(sim, request, text, stall=effect.stall)
    kind: str | None = _JSON
    if isinstance(effect, Typed):
        kind = effect.content_type
    return _response(status, text, kind if text else None, headers)


def _served(
    sim: RoomzSimulator, request: web.Request, entry: LoggedRequest, effect: Any
) -> tuple[int, Any, dict[str, str]]:
    try:
        check_credentials(sim, request.headers.get("Authorization"))
        status, body = serve(sim, entry, effect)
    except ApiError as error:
        return error.status, {"message": error.words}, error.headers
    return status, None if status == _NOTHING else body, {}


def _answer(answer: Answer) -> web.Response:
    return _response(
        answer.status, answer.body, answer.content_type, dict(answer.headers)
    )


def _response(
    status: int, body: bytes, content_type: str | None, headers: dict[str, str]
) -> web.Response:
    # Without one aiohttp would name a type of its own.
    typed = {**headers, "Content-Type": content_type or ""}
    return web.Response(status=status, body=body, headers=typed)


async def _silent(sim: RoomzSimulator, request: web.Request) -> web.Response:
    await sim.pause(None)
    return _cut(request)


async def _half(
    sim: RoomzSimulator, request: web.Request, body: bytes, *, stall: bool
) -> web.StreamResponse:
    response = web.StreamResponse(
        headers={"Content-Type": _JSON, "Content-Length": str(max(2, len(body)))}
    )
    await response.prepare(request)
    await response.write(body[: len(body) // 2] or b"[")
    if stall:
        await sim.pause(None)
    _cut(request)
    return response


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()

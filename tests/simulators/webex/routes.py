"""The cloud's HTTP surface: log, faults and errors around every request."""

import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.simulators.common.faults import Drop

from . import control, inventory, xapi_routes
from .errors import ApiError, error_body, new_tracking_id
from .faults import Answer
from .request_log import LoggedRequest

if TYPE_CHECKING:
    from .simulator import WebexSimulator

_COMMAND = "/v1/xapi/command/"


def make_app(sim: WebexSimulator) -> web.Application:
    """The web application: the control API and, for all the rest, the cloud."""
    app = web.Application(client_max_size=64 * 1024 * 1024)
    control.add_routes(app, sim)

    async def cloud(request: web.Request) -> web.StreamResponse:
        return await _handle(sim, request)

    app.router.add_route("*", "/{path:.*}", cloud)
    return app


async def _handle(sim: WebexSimulator, request: web.Request) -> web.StreamResponse:
    if sim.closed:
        return _cut(request)
    sim.open_requests[id(request)] = request
    try:
        body = await request.read()
        entry = _log(sim, request, body)
        latency, effect = sim.faults.strike(entry)
        if latency:
            await sim.pause(latency)
        response = await _respond(sim, request, body, effect)
        if request.transport is not None and not request.transport.is_closing():
            entry.status = response.status
        return response
    finally:
        sim.open_requests.pop(id(request), None)


def _log(sim: WebexSimulator, request: web.Request, body: bytes) -> LoggedRequest:
    entry = LoggedRequest(
        sim.clock(), request.method, request.path, dict(request.query)
    )
    if request.path.startswith(_COMMAND):
        entry.command = request.path.removeprefix(_COMMAND)
        try:
            asked = json.loads(body)
        except ValueError:
            asked = None
        if isinstance(asked, dict):
            entry.device = str(asked.get("deviceId", ""))
            arguments = asked.get("arguments")
            entry.arguments = arguments if isinstance(arguments, dict) else None
    else:
        entry.device = request.query.get("deviceId", "")
    sim.requests.append(entry)
    return entry


async def _respond(
    sim: WebexSimulator, request: web.Request, body: bytes, effect: Any
) -> web.Response:
    tracking_id = new_tracking_id()
    match effect:
        case Drop(applied=False):
            return _cut(request)
        case Answer(applied=False):
            return _answer(effect, tracking_id)
    try:
        response = await _route(sim, request, body, effect)
    except ApiError as error:
        response = error.response(tracking_id)
    match effect:
        case Drop():
            return _cut(request)
        case Answer():
            return _answer(effect, tracking_id)
    response.headers["TrackingID"] = tracking_id
    return response


def _answer(answer: Answer, tracking_id: str) -> web.Response:
    body = answer.body
    if body is None:
        body = json.dumps(error_body(answer.message, tracking_id)).encode()
    return web.Response(
        status=answer.status,
        body=body,
        content_type=answer.content_type,
        headers={**answer.headers, "TrackingID": tracking_id},
    )


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _route(
    sim: WebexSimulator, request: web.Request, body: bytes, effect: Any
) -> web.Response:
    path, method, query = request.path, request.method, request.query
    if path == "/jwks":
        return web.json_response({"keys": [sim.key.jwk()]})
    if path == "/v1/access_token":
        if sim.app.removed:
            raise ApiError(400, "Invalid refresh token")
        return web.json_response(sim.tokens.exchange(await _fields(request, body)))
    sim.tokens.check(request.headers.get("Authorization"))
    if path in sim.app.poll_paths and method == "GET":
        return await _poll(sim, request)
    if path in sim.app.paths:
        return _app(sim, method, path, body)
    if path == "/v1/devices" and method == "GET":
        sim.require_scope("spark-admin:devices_read", "spark:devices_read")
        return inventory.page_of(
            [
                inventory.device_json(device, sim.app.org_id, sim.clock())
                for device in sim.devices
            ],
            query,
            f"{sim.api_url}/devices",
            sim.page_size,
        )
    if path == "/v1/workspaces" and method == "GET":
        sim.require_scope("spark-admin:workspaces_read")
        return inventory.page_of(
            [
                inventory.workspace_json(workspace, sim.app.org_id)
                for workspace in sim.workspaces
            ],
            query,
            f"{sim.api_url}/workspaces",
            sim.page_size,
        )
    if path.startswith(_COMMAND) and method == "POST":
        return xapi_routes.command(sim, path.removeprefix(_COMMAND), body, effect)
    if path == "/v1/xapi/status" and method == "GET":
        return xapi_routes.status(
            sim, query.get("deviceId", ""), query.getall("name", [])
        )
    if path == "/v1/xapi/schema" and method == "GET":
        return xapi_routes.schema(
            sim,
            query.getall("deviceId", []),
            query.getall("command", []),
            query.getall("status", []),
        )
    raise ApiError(404, "The requested resource could not be found.")


async def _fields(request: web.Request, body: bytes) -> dict[str, Any]:
    """The fields of a token request, from JSON or a form (facts 7.3)."""
    if request.content_type == "application/json":
        try:
            fields = json.loads(body)
        except ValueError:
            fields = None
        if not isinstance(fields, dict):
            raise ApiError(400, "The request body is not a JSON object")
        return fields
    return dict(await request.post())


def _app(sim: WebexSimulator, method: str, path: str, body: bytes) -> web.Response:
    """GET, PATCH and DELETE of appUrl (facts 7.4)."""
    if sim.app.removed or path in sim.app.retired:
        raise ApiError(404, "The integration was not found")
    match method:
        case "GET":
            pass
        case "PATCH":
            try:
                sim.app.patch(json.loads(body), sim.clock())
            except ValueError:
                raise ApiError(400, "The request body is not JSON") from None
        case "DELETE":
            sim.remove_app()
            return web.Response(status=204)
        case _:
            raise ApiError(405, "Method not allowed")
    return web.json_response(sim.app.as_json(sim.base_url))


async def _poll(sim: WebexSimulator, request: web.Request) -> web.Response:
    """A long poll of the queue (facts 7.5)."""
    app = sim.app
    gone = app.removed or request.path in app.retired
    if gone and not len(sim.queue):
        raise ApiError(404, "The integration was not found")
    if not gone and app.queue_state != "enabled":
        raise ApiError(404, "The queue is not enabled")

    def alive() -> bool:
        return request.transport is not None and not request.transport.is_closing()

    messages = await sim.queue.take(0 if sim.stopping.is_set() else sim.hold, alive)
    answer: dict[str, Any] = {"messages": messages}
    if request.path != app.poll_path and not gone:
        answer["queue"] = {"pollUrl": f"{sim.base_url}{app.poll_path}"}
    return web.json_response(answer)

"""The HTTP side: who may come in, systems, and module state (facts B1, B2)."""

import asyncio
from collections.abc import Awaitable, Callable
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from aiohttp import WSMsgType, web

from .faults import HttpAnswer
from .keys import ApiKey, key_of
from .modules import ACCESS_DENIED, MODULE_NOT_FOUND, REQUEST_FAILED, ExecError, Module
from .request_log import Handshake, LoggedRequest
from .systems import System

if TYPE_CHECKING:
    from .simulator import PlaceosSimulator

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

API = "/api/engine/v2"
MOST = 10_000
"""The largest page (facts B2)."""

_EXEC_STATUS = {ACCESS_DENIED: 401, MODULE_NOT_FOUND: 404, REQUEST_FAILED: 500}


class Refusal(Exception):
    """A request that is answered with a status other than 200."""

    def __init__(self, status: int, error: str = "", **members: Any) -> None:
        """Answer `{"error": …}`, or an empty body without an error."""
        super().__init__(error)
        self.status = status
        self.body = {"error": error, **members} if error else None


class Rest:
    """The HTTP server of a simulator."""

    def __init__(self, sim: PlaceosSimulator) -> None:
        """Speak for a simulator."""
        self._sim = sim

    def make_app(self) -> web.Application:
        """The web application."""

        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self._guarded(request, handler)

        app = web.Application(middlewares=[guard], client_max_size=16 * 1024 * 1024)
        prefix = self._sim.prefix
        system = f"{prefix}{API}/systems/{{system}}"
        for path, handler in (
            (f"{prefix}/auth/authority", self.authority),
            (f"{prefix}{API}", self.root),
            (f"{prefix}{API}/version", self.version),
            (f"{prefix}{API}/api_keys/inspect", self.inspect),
            (f"{prefix}{API}/systems", self.systems),
            (f"{prefix}{API}/systems/control", self.control),
            (f"{prefix}{API}/systems/with_emails", self.with_emails),
            (system, self.system),
            (f"{system}/types", self.types),
            (f"{system}/{{module}}", self.state),
            (f"{system}/{{module}}/{{name}}", self.variable),
        ):
            app.router.add_get(path, handler)
        app.router.add_post(f"{system}/{{module}}/{{name}}", self.execute)
        return app

    # At the door

    async def _guarded(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        sim = self._sim
        if request.path == f"{sim.prefix}{API}/systems/control":
            return await self._knock(request, handler)
        entry = LoggedRequest(
            sim.clock(),
            request.method,
            request.path,
            dict(request.query),
            key_of(request),
        )
        sim.requests.append(entry)
        sim.something_happened()
        latency, effect = sim.faults.strike_http(entry)
        response = await self._waylaid(request, latency, effect)
        if response is None:
            response = await self._answered(request, handler)
        entry.status = 0 if sim.is_closing(request) else response.status
        return response

    async def _knock(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        sim = self._sim
        entry = Handshake(sim.clock(), request.path_qs, key_of(request))
        sim.handshakes.append(entry)
        sim.something_happened()
        latency, effect = sim.faults.strike_handshake(entry)
        response = await self._waylaid(request, latency, effect)
        if response is None:
            request["entry"] = entry
            response = await self._answered(request, handler)
        if entry.status != 101:
            entry.status = 0 if sim.is_closing(request) else response.status
        return response

    async def _waylaid(
        self, request: web.Request, latency: float, effect: Any
    ) -> web.StreamResponse | None:
        """What happens to a request instead of being handled."""
        if latency:
            await asyncio.sleep(latency)
        if self._sim.closed:
            return self._cut(request)
        if not isinstance(effect, HttpAnswer):
            return None
        if effect.status is None:
            await self._sim.stopping.wait()
            return self._cut(request)
        if not effect.status:
            return self._cut(request)
        return web.Response(
            status=effect.status,
            body=effect.body,
            headers=effect.headers,
            content_type=effect.content_type,
        )

    def _cut(self, request: web.Request) -> web.Response:
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=503)

    async def _answered(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        missing = request.match_info.http_exception
        if missing is not None:
            return web.json_response({"error": missing.reason}, status=missing.status)
        try:
            self._check_host(request)
            if request.path != f"{self._sim.prefix}/auth/authority":
                request["key"] = self._check_key(request)
            return await handler(request)
        except Refusal as refusal:
            if refusal.body is None:
                return web.Response(status=refusal.status)
            return web.json_response(refusal.body, status=refusal.status)

    def _check_host(self, request: web.Request) -> None:
        sim = self._sim
        if sim.checks_host and request.host.partition(":")[0] != sim.domain:
            raise Refusal(401, "authority not found")

    def _check_key(self, request: web.Request) -> ApiKey:
        sim = self._sim
        value = key_of(request)
        if value is None:
            raise Refusal(401, "no authentication provided")
        key = sim.keys.get(value)
        if key is None or key.revoked:
            raise Refusal(401, "unknown x-api-key")
        if key.expires is not None and key.expires <= sim.clock():
            raise Refusal(401, "API key has expired")
        if sim.key_domain not in (None, sim.domain):
            raise Refusal(401, "authority domain does not match token's")
        return key

    def _need(self, request: web.Request, scope: str, access: str) -> ApiKey:
        key: ApiKey = request["key"]
        if not key.allows(scope, access):
            raise Refusal(403)
        return key

    # Who it is

    async def authority(self, request: web.Request) -> web.Response:
        """The authority, to anybody."""
        sim = self._sim
        return web.json_response(
            {
                "id": sim.authority_id,
                "name": sim.name,
                "description": "",
                "domain": sim.domain,
                "login_url": "/auth/login?continue={{url}}",
                "logout_url": "/auth/logout",
                "session": False,
                "production": True,
                "config": {},
                "version": sim.version,
            }
        )

    async def root(self, request: web.Request) -> web.Response:
        """That it lives."""
        return web.Response()

    async def version(self, request: web.Request) -> web.Response:
        """Its version."""
        return web.json_response({"app": "rest-api", "version": self._sim.version})

    async def inspect(self, request: web.Request) -> web.Response:
        """What the key may do."""
        key: ApiKey = request["key"]
        return web.json_response(key.token(self._sim.domain, self._sim.clock()))

    # Systems

    async def systems(self, request: web.Request) -> web.Response:
        """A page of systems, with its headers."""
        self._need(request, "systems", "read")
        query = request.query
        found = [
            system for system in self._sim.systems if self._is_wanted(system, query)
        ]
        limit = min(_number(query, "limit", 100), MOST)
        offset = _number(query, "offset", 0)
        page = found[offset : offset + limit]
        total = len(found)
        headers = {
            "X-Total-Count": str(total),
            "Content-Range": f"sys {offset}-{offset + len(page)}/{total}",
        }
        if offset + limit < total:
            following = offset + limit + (1 if self._sim.elasticsearch else 0)
            wanted = {**query, "offset": str(following), "limit": str(limit)}
            headers["Link"] = f'<{request.path}?{urlencode(wanted)}>; rel="next"'
        return web.json_response([system.wire() for system in page], headers=headers)

    def _is_wanted(self, system: System, query: Any) -> bool:
        text = query.get("q", "").rstrip("*").lower()
        email = "" if self._sim.elasticsearch else query.get("email", "").lower()
        zones = [zone for zone in query.get("zone_id", "").split(",") if zone]
        features = [each for each in query.get("features", "").split(",") if each]
        modules = {module.id for module in system.modules}
        return (
            text in system.name.lower()
            and all(
                query.get(name) in (None, str(getattr(system, name)).lower())
                for name in ("bookable", "public", "signage")
            )
            and system.capacity >= _number(query, "capacity", 0)
            and set(zones) <= set(system.zones)
            and set(features) <= set(system.features)
            and email in ("", system.email.lower())
            and query.get("module_id") in (None, *modules)
        )

    async def with_emails(self, request: web.Request) -> web.Response:
        """The systems that have these mailboxes."""
        self._need(request, "systems", "read")
        wanted = request.query.get("in", "").lower().split(",")
        return web.json_response(
            [
                system.wire()
                for system in self._sim.systems
                if system.email and system.email.lower() in wanted
            ]
        )

    async def system(self, request: web.Request) -> web.Response:
        """One system, by its id or its mailbox."""
        self._need(request, "systems", "read")
        system = self._system(request)
        body = system.wire()
        if request.query.get("complete") == "true":
            body["zone_data"] = [{"id": zone, "name": zone} for zone in system.zones]
            body["module_data"] = [
                {"id": module.id, "name": module.name, "running": module.running}
                for module in system.modules
            ]
        return web.json_response(body)

    async def types(self, request: web.Request) -> web.Response:
        """How many modules of each name a system has."""
        self._need(request, "control", "read")
        return web.json_response(self._system(request).types())

    def _system(self, request: web.Request) -> System:
        wanted = request.match_info["system"]
        for system in self._sim.systems:
            if wanted == system.id or (
                "@" in wanted and wanted.lower() == system.email.lower()
            ):
                return system
        raise Refusal(404, f"Could not find a system with id '{wanted}'")

    # Modules

    async def state(self, request: web.Request) -> web.Response:
        """All variables of a module, each as a string of JSON."""
        self._need_support(request, "read")
        status = self._module(request).status
        return web.json_response({name: json.dumps(v) for name, v in status.items()})

    async def variable(self, request: web.Request) -> web.Response:
        """One variable of a module, as JSON."""
        self._need_support(request, "read")
        status = self._module(request).status
        return web.json_response(status.get(request.match_info["name"]))

    async def execute(self, request: web.Request) -> web.Response:
        """Call a function of a module with an array of arguments."""
        key = self._need(request, "control", "write")
        if self._sim.execute_needs_support:
            self._need_support(request, "write")
        module = self._module(request)
        try:
            arguments = json.loads(await request.read() or b"[]")
        except ValueError:
            raise Refusal(400, "Unable to parse the body") from None
        if not isinstance(arguments, list):
            raise Refusal(400, "The body is not an array")
        name = request.match_info["name"]
        try:
            value = module.execute(name, arguments, support=key.support)
        except ExecError as error:
            system = self._system(request)
            raise Refusal(
                error.code or _EXEC_STATUS.get(error.error_code, 400),
                "request failed",
                sys_id=system.id,
                module_name=module.name,
                index=system.index_of(module),
                message=str(error),
                backtrace=[],
            ) from None
        return web.json_response(value)

    def _need_support(self, request: web.Request, access: str) -> None:
        if not self._need(request, "control", access).support:
            raise Refusal(403)

    def _module(self, request: web.Request) -> Module:
        system = self._system(request)
        slug = request.match_info["module"]
        name, _, index = slug.rpartition("_")
        module = (
            system.module(name, int(index))
            if name and index.isdecimal()
            else system.module(slug)
        )
        if module is None:
            raise Refusal(404, f"could not find module {slug}")
        return module

    # The control channel

    async def control(self, request: web.Request) -> web.StreamResponse:
        """Upgrade to the control channel."""
        sim = self._sim
        key = self._need(request, "control", "write")
        socket = web.WebSocketResponse(
            timeout=1, max_msg_size=16 * 1024 * 1024, compress=False
        )
        await socket.prepare(request)
        entry: Handshake = request["entry"]
        entry.status = 101
        assert request.transport is not None
        with sim.session(key, socket, request.transport) as session:
            async for message in socket:
                if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                    session.receive(message.data)
                    sim.something_happened()
        return socket


def _number(query: Any, name: str, default: int) -> int:
    value = query.get(name, "")
    if not value:
        return default
    if not value.isdecimal():
        raise Refusal(
            400, "invalid value", parameter=name, restriction="an unsigned integer"
        )
    return int(value)

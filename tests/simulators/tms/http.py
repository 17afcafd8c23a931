"""The server's HTTP surface: logon, log, faults and schemas around every call."""

import asyncio
from collections.abc import Sequence
from itertools import count
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from aiohttp import web
from lxml import etree

from tests.simulators.common.faults import Drop, Silence

from . import pages, soap, validation
from .auth import Refused
from .engine import Caller, TmsFault
from .faults import Answer, Before, Cut, Mangled, Modified, Refusal, Rival, Typed
from .operations import OPERATIONS, SINCE
from .reading import Fields
from .request_log import Challenge, LoggedRequest
from .soap import BOOKING, REMOTE_SETUP, SOAP_11, Call, UnreadableError

if TYPE_CHECKING:
    from .simulator import TmsSimulator

BOOKING_PATH = "/tms/external/booking/bookingservice.asmx"
REMOTE_SETUP_PATH = "/tms/external/booking/remotesetup/remotesetupservice.asmx"
_SERVICES = {
    BOOKING_PATH: ("booking", BOOKING),
    REMOTE_SETUP_PATH: ("remotesetup", REMOTE_SETUP),
}
_HEADERS = {
    "Cache-Control": "private, max-age=0",
    "Server": "Microsoft-IIS/10.0",
    "X-AspNet-Version": "4.0.30319",
    "X-Powered-By": "ASP.NET",
}


class Front:
    """Answers HTTP requests in the name of a simulator."""

    def __init__(self, sim: TmsSimulator) -> None:
        """Speak for a simulator."""
        self._sim = sim
        self._numbers: WeakKeyDictionary[Any, int] = WeakKeyDictionary()
        self._next_number = count(1)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        sim = self._sim
        transport = request.transport
        if sim.closed or transport is None:
            return _cut(request)
        number = self._numbers.setdefault(transport, next(self._next_number))
        sim.connections.add(transport)
        body = await request.read()
        visitor = sim.doorman.admit(transport, request.headers.get("Authorization"))
        if isinstance(visitor, Refused):
            return await self._send_back(request, number, visitor)
        sim.entered()
        try:
            response = await self._serve(request, number, visitor.user, body)
        finally:
            sim.left()
        if not response.prepared:
            for name, value in visitor.headers:
                response.headers.add(name, value)
        return response

    async def _send_back(
        self, request: web.Request, number: int, refused: Refused
    ) -> web.Response:
        sim = self._sim
        scheme = request.headers.get("Authorization", "").partition(" ")[0]
        challenge = Challenge(sim.clock(), number, request.path, scheme, refused.failed)
        sim.challenges.append(challenge)
        latency, effect = sim.faults.strike_logon(challenge)
        await asyncio.sleep(latency)
        match effect:
            case Drop():
                return _cut(request)
            case Silence():
                await sim.stopping.wait()
                return _cut(request)
            case Answer():
                return self._answer(effect)
        response = _page(401)
        for name, value in refused.headers:
            response.headers.add(name, value)
        return response

    async def _serve(
        self, request: web.Request, number: int, user: str, body: bytes
    ) -> web.StreamResponse:
        sim = self._sim
        entry = LoggedRequest(
            sim.clock(),
            number,
            user,
            request.method,
            request.path,
            body,
            dict(request.headers),
            request.headers.get("SOAPAction"),
        )
        sim.requests.append(entry)
        service, namespace = _SERVICES.get(request.path.lower(), ("", ""))
        entry.service = service
        call: Call | None = None
        problems: list[str] = []
        if service and request.method == "POST":
            try:
                call = soap.read(body)
            except UnreadableError as error:
                problems = [str(error)]
            else:
                problems = self._look_at(call, entry, namespace)
        latency, effect = sim.faults.strike(entry)
        await asyncio.sleep(latency)
        response = await self._respond(
            request, entry, call, namespace, problems, effect
        )
        if not isinstance(effect, Drop | Cut | Silence):
            entry.status = response.status
            entry.answer_size = response.content_length or 0
        if sim.gzip and not response.prepared:
            response.enable_compression()
        return response

    def _look_at(self, call: Call, entry: LoggedRequest, namespace: str) -> list[str]:
        """Log a call; what is wrong with it."""
        sim = self._sim
        entry.operation = call.operation
        entry.soap = call.soap.name
        entry.session = call.version_header("ClientSession")
        announced = call.version_header("ClientVersionIn") or "0"
        entry.version = int(announced) if announced.isdecimal() else 0
        parameters = soap.plain(call.body)
        entry.parameters = parameters if isinstance(parameters, dict) else {}
        action = _action_of(entry)
        if action not in ("", f"{namespace}{call.operation}"):
            sim.violations.append(f"{call.operation}: SOAPAction {action}")
        if entry.version > sim.settings.api_version:
            sim.violations.append(
                f"{call.operation}: ClientVersionIn {entry.version} is more than the "
                f"server's {sim.settings.api_version}"
            )
        if sim.lenient:
            return []
        return [
            f"{call.operation}: {complaint}"
            for complaint in validation.complaints_about(call, namespace)
        ]

    async def _respond(
        self,
        request: web.Request,
        entry: LoggedRequest,
        call: Call | None,
        namespace: str,
        problems: Sequence[str],
        effect: Any,
    ) -> web.StreamResponse:
        sim = self._sim
        sim.violations.extend(problems)
        match effect:
            case Drop(applied=False):
                return _cut(request)
            case Silence(applied=False):
                await sim.stopping.wait()
                return _cut(request)
            case Answer(applied=False):
                return self._answer(effect)
            case Refusal(applied=False):
                return self._refuse(request, entry, call, effect)
            case Before(action=action):
                action(entry)
            case Modified(title=title):
                sim.outsider.modify(entry.parameters, title)
            case Rival(title=title):
                sim.outsider.book_same(entry.parameters, title)
        response = self._handle(request, entry, call, namespace, problems)
        match effect:
            case Drop():
                return _cut(request)
            case Silence():
                await sim.stopping.wait()
                return _cut(request)
            case Answer():
                return self._answer(effect)
            case Refusal():
                return self._refuse(request, entry, call, effect)
            case Mangled(change=change):
                assert isinstance(response.body, bytes)
                response.body = change(response.body)
            case Typed(content_type=content_type):
                response.headers["Content-Type"] = content_type
            case Cut(share=share):
                return await _send_part(request, response, share)
        return response

    def _handle(
        self,
        request: web.Request,
        entry: LoggedRequest,
        call: Call | None,
        namespace: str,
        problems: Sequence[str],
    ) -> web.Response:
        """Do what is asked."""
        if not namespace:
            return _page(404)
        if request.method != "POST":
            return _page(404) if request.query_string else _help_page(entry.service)
        if call is None or problems:
            return self._fault(
                request,
                entry,
                call,
                "Server was unable to read request. ---> There is an error in XML "
                f"document. ---> {problems[0] if problems else ''}",
            )
        operation = OPERATIONS[namespace].get(call.operation)
        api_version = self._sim.settings.api_version
        if (
            operation is None
            or etree.QName(call.body).namespace != namespace
            or api_version < SINCE.get(call.operation, 0)
        ):
            return self._fault(
                request,
                entry,
                call,
                "Server did not recognize the value of HTTP Header SOAPAction: "
                f"{_action_of(entry)}.",
            )
        caller = Caller(entry.user, entry.session, min(entry.version, api_version))
        try:
            result = operation(self._sim.desk, caller, Fields(call.body))
        except TmsFault as fault:
            return self._fault(
                request,
                entry,
                call,
                fault.message,
                code=fault.code,
                session=fault.client_session,
            )
        except UnreadableError as error:
            return self._fault(
                request,
                entry,
                call,
                f"Server was unable to process request. ---> {error}",
                server=True,
            )
        content = None
        if result is not None:
            name = f"{call.operation}Result"
            content = (
                f"<{name}>{result}</{name}>" if result else f"<{name} />"
            ).encode()
        more = b""
        if call.operation == "GetDefaultConference":
            more = (
                f'<VersionSoapHeader xmlns="{BOOKING}"><ConfAPIVersion>{api_version}'
                "</ConfAPIVersion></VersionSoapHeader>"
            ).encode()
        return _response(
            200, soap.answer(call, namespace, content, more), call.soap.content_type
        )

    def _answer(self, answer: Answer) -> web.Response:
        body = pages.error_page(answer.status) if answer.body is None else answer.body
        response = _response(answer.status, body, answer.content_type)
        response.headers.update(answer.headers)
        if answer.status == 401:
            for name, value in self._sim.doorman.offers:
                response.headers.add(name, value)
        return response

    def _refuse(
        self,
        request: web.Request,
        entry: LoggedRequest,
        call: Call | None,
        refusal: Refusal,
    ) -> web.Response:
        session = self._sim.server.sessions.suggest() if refusal.suggest else None
        return self._fault(
            request, entry, call, refusal.message, code=refusal.code, session=session
        )

    def _fault(
        self,
        request: web.Request,
        entry: LoggedRequest,
        call: Call | None,
        message: str,
        *,
        code: int | None = None,
        session: str | None = None,
        server: bool = False,
    ) -> web.Response:
        entry.error = code
        version = SOAP_11 if call is None else call.soap
        document = soap.fault(
            version,
            message,
            actor="" if code is None else f"{self._sim.url}{request.path}",
            code=code,
            session=session,
            server=server,
        )
        return _response(500, document, version.content_type)


def _action_of(entry: LoggedRequest) -> str:
    """The SOAP action, without its quotation marks."""
    action = entry.action
    if action is None:
        content_type = entry.headers.get("Content-Type", "")
        _, _, action = content_type.partition("action=")
        action = action.partition(";")[0]
    return action.strip().strip('"')


def _response(status: int, body: bytes, content_type: str) -> web.Response:
    return web.Response(
        status=status, body=body, headers={**_HEADERS, "Content-Type": content_type}
    )


def _help_page(service: str) -> web.Response:
    body = f"<html><head><title>{service}</title></head><body></body></html>"
    return _response(200, body.encode(), "text/html; charset=utf-8")


def _page(status: int) -> web.Response:
    return _response(status, pages.error_page(status), "text/html")


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _send_part(
    request: web.Request, response: web.Response, share: float
) -> web.StreamResponse:
    """Announce all of an answer and send a part of it."""
    body = response.body
    assert isinstance(body, bytes)
    stream = web.StreamResponse(status=response.status, headers=response.headers)
    stream.content_length = len(body)
    await stream.prepare(request)
    await stream.write(body[: int(len(body) * share)])
    if request.transport is not None:
        request.transport.close()
    return stream

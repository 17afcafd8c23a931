"""The door: takes requests of anybody, lets in who knows the password."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, override

from aiohttp.hdrs import (
    AUTHORIZATION,
    CACHE_CONTROL,
    EXPECT,
    RETRY_AFTER,
    WWW_AUTHENTICATE,
)
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web import (
    Application,
    Request,
    RequestPayloadError,
    Response,
    UrlDispatcher,
)

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import HomeAssistantView, request_handler_factory
from homeassistant.helpers.json import json_bytes
from homeassistant.util.hass_dict import HassKey

from ..const import CONF_ROOMS, DOMAIN, LOGGER
from . import calls
from .access import Access, Brakes, shown_credentials, source_of
from .refusals import RefusedError
from .served import ServedRooms
from .wire import Window, Wish

URL: Final = f"/api/{DOMAIN}/roomz"

# In bytes: a meeting takes a few hundred.
_LONGEST_BODY: Final = 16 * 1024
# In seconds: who is slower has no meeting to tell.
_SLOWEST_BODY: Final = 10.0
_CHALLENGE: Final[dict[str, str]] = {
    WWW_AUTHENTICATE: 'Basic realm="ROOMZ", charset="UTF-8"'
}


@dataclass(frozen=True, slots=True)
class Connector:
    """What one config entry serves, and to whom."""

    served: ServedRooms
    access: Access = field(repr=False)
    brakes: Brakes = field(default_factory=Brakes, repr=False)


class ConnectorView(HomeAssistantView):
    """Everything below `URL`.

    Home Assistant cannot forget a view: without a connector, nothing is found here.
    """

    url = URL
    extra_urls = [f"{URL}/{{tail:.*}}"]
    name = f"api:{DOMAIN}:roomz"
    requires_auth = False

    def __init__(self) -> None:
        """Serve nothing yet."""
        self.connector: Connector | None = None

    @override
    def register(
        self, hass: HomeAssistant, app: Application, router: UrlDispatcher
    ) -> None:
        """Take every method, as the contract has an answer to each; no pages of other origins."""
        handler = request_handler_factory(hass, self, self.handle)
        for url in (self.url, *self.extra_urls):
            router.add_route("*", url, handler, expect_handler=_expect)

    async def handle(self, request: Request, tail: str = "") -> Response:
        """Answer as the contract has it."""
        try:
            status, content = await self._answer(request, tail.split("/"))
        except RefusedError as refused:
            headers: dict[str, str] = {}
            if refused.status is HTTPStatus.UNAUTHORIZED:
                headers |= _CHALLENGE
            if refused.retry_after is not None:
                headers[RETRY_AFTER] = str(refused.retry_after)
            return _response(
                refused.status, calls.answer_to(refused.status.value), headers
            )
        return _response(status, content)

    async def _answer(
        self, request: Request, path: Sequence[str]
    ) -> tuple[HTTPStatus, Any]:
        """The status and the content of a success; raises RefusedError."""
        served = (await self._admitted(request)).served
        match request.method, path:
            case "GET", ["rooms"]:
                return HTTPStatus.OK, calls.rooms(served)
            case "GET", ["rooms", room_id, "meetings"]:
                room = served.find(room_id)
                query = request.query
                window = Window.of({name: query.getall(name) for name in query})
                return HTTPStatus.OK, await calls.meetings(room, window)
            case "POST", ["rooms", room_id, "meetings"]:
                room = served.find(room_id)
                wish = Wish.of(await _body(request))
                return HTTPStatus.CREATED, await calls.book(room, wish)
            case "PUT", ["rooms", room_id, "meetings", meeting_id]:
                room = served.find(room_id)
                wish = Wish.of(await _body(request))
                return HTTPStatus.OK, await calls.change(room, meeting_id, wish)
        raise RefusedError.unknown()

    async def _admitted(self, request: Request) -> Connector:
        """The connector, for somebody who knows its password."""
        if (connector := self.connector) is None:
            raise RefusedError.unknown()
        shown = shown_credentials(request.headers.getall(AUTHORIZATION, ()))
        if shown is None:
            # No guess: many clients ask first whether they have to.
            raise RefusedError(HTTPStatus.UNAUTHORIZED)
        source = source_of(request.remote)
        if not await connector.brakes.turn(source):
            raise RefusedError(HTTPStatus.UNAUTHORIZED)
        if self.connector is not connector:
            # It went while the request waited.
            raise RefusedError.unknown()
        if not connector.access.admits(shown):
            if connector.brakes.wrong(source):
                LOGGER.warning(
                    "ROOMZ connector: wrong user name or password from %s", source
                )
            raise RefusedError(HTTPStatus.UNAUTHORIZED)
        connector.brakes.right(source)
        return connector


_VIEW: Final[HassKey[ConnectorView]] = HassKey(f"{DOMAIN}.roomz_connector")


@callback
def async_setup_view(hass: HomeAssistant) -> None:
    """Make the place where a connector will be found."""
    view = hass.data[_VIEW] = ConnectorView()
    hass.http.register_view(view)


@callback
def async_serve(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Serve rooms for as long as the entry is loaded."""
    view = hass.data[_VIEW]
    view.connector = Connector(
        ServedRooms(hass, frozenset(entry.data[CONF_ROOMS])),
        Access(entry.data[CONF_USERNAME], entry.data[CONF_PASSWORD]),
    )

    @callback
    def stop() -> None:
        view.connector = None

    entry.async_on_unload(stop)


async def _expect(request: Request) -> None:
    """Wave on whatever is to come: an expectation that is not known is no error here."""
    if request.headers.get(EXPECT, "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        # What follows is the answer proper.
        request.writer.output_size = 0


async def _body(request: Request) -> bytes:
    """The body, if it is one that a meeting may have; raises RefusedError."""
    body = bytearray()
    if (request.content_length or 0) > _LONGEST_BODY:
        raise RefusedError.malformed()
    try:
        async with asyncio.timeout(_SLOWEST_BODY):
            while chunk := await request.content.readany():
                body += chunk
                if len(body) > _LONGEST_BODY:
                    raise RefusedError.malformed()
    except TimeoutError, HttpProcessingError, RequestPayloadError, OSError:
        raise RefusedError.malformed() from None
    return bytes(body)


def _response(
    status: HTTPStatus, content: Any, headers: Mapping[str, str] | None = None
) -> Response:
    return Response(
        status=status,
        body=json_bytes(content),
        content_type="application/json",
        headers={CACHE_CONTROL: "no-store", **(headers or {})},
    )

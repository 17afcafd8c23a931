"""The two services through zeep, by the bundled WSDL and at the configured address."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from lxml import etree
from zeep import Client, Settings
from zeep.exceptions import Error as ZeepError
from zeep.wsdl import Document

from ...rooms.errors import AnswerLostError, UnreachableError
from .document import Element, answer, parse, plain, text_of
from .transport import HttpTransport, Reply, SealedTransport, changes

# Lenient without losing what is known (facts 4); strict XML is seen to before.
_SETTINGS: Final = Settings(
    strict=False,
    xsd_ignore_sequence_order=True,
    forbid_dtd=True,
    forbid_external=True,
)
_WSDL: Final = Path(__file__).parent / "wsdl"
_BOOKING: Final = "http://tandberg.net/2004/02/tms/external/booking/"
HEADER: Final = "ExternalAPIVersionSoapHeader"


@dataclass(frozen=True, slots=True)
class Service:
    """One of the services; the version header of each is in its own namespace."""

    name: str
    namespace: str
    path: str
    wsdl: str


BOOKING: Final = Service(
    "BookingService",
    _BOOKING,
    "/tms/external/booking/bookingservice.asmx",
    "booking.wsdl",
)
REMOTE_SETUP: Final = Service(
    "RemoteSetupService",
    f"{_BOOKING}remotesetup/",
    "/tms/external/booking/remotesetup/remotesetupservice.asmx",
    "remotesetup.wsdl",
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation returned, and what its header said."""

    result: Any
    client_session: str | None
    api_version: str | None


class SoapService:
    """One service of one server."""

    def __init__(self, service: Service, url: str, transport: HttpTransport) -> None:
        """Say nothing yet; the first in a process reads the WSDL."""
        # zeep's types are partial.
        client: Any = Client(
            _document(service.wsdl), None, transport, settings=_SETTINGS
        )  # type: ignore[no-untyped-call]
        binding = f"{{{service.namespace}}}{service.name}Soap"
        self._client = client
        self._binding = client.wsdl.bindings[binding]
        self._proxy = client.create_service(binding, f"{url.rstrip('/')}{service.path}")

    def listed(
        self, operation: str, headers: dict[str, Any], /, **arguments: Any
    ) -> bytes:
        """The answer as it came, for what reads long lists."""
        try:
            with _SETTINGS(raw_response=True):
                reply: Reply = self._proxy[operation](_soapheaders=headers, **arguments)
        except (ZeepError, TypeError) as error:
            # What was read where it does not belong cannot be sent back; nothing was sent.
            raise UnreachableError(type(error).__name__) from None
        return reply.content

    def call(
        self, operation: str, headers: dict[str, Any], /, **arguments: Any
    ) -> Answer:
        """The answer as zeep reads it; raises what TMS refused with."""
        content = self.listed(operation, headers, **arguments)
        try:
            return self._answer(operation, content)
        except UnreachableError as error:
            if changes(operation):
                raise AnswerLostError(*error.args) from error
            raise

    def _answer(self, operation: str, content: bytes) -> Answer:
        root = parse(content)
        body = answer(root, operation)
        header = next((child for child in root if child is not body), None)
        session, version = (
            _said(header, "ClientSession"),
            _said(header, "ConfAPIVersion"),
        )
        try:
            value = self._binding.process_reply(
                self._client, self._binding.get(operation), Reply(plain(body))
            )
        except (ZeepError, etree.LxmlError) as error:
            raise UnreachableError(type(error).__name__) from None
        result = getattr(value.body, f"{operation}Result", None)
        return Answer(result, session, version)


def _said(header: Element | None, name: str) -> str | None:
    return None if header is None else text_of(header, name)


@cache
def _document(name: str) -> Document:
    """A bundled WSDL; read once per process."""
    with (_WSDL / name).open("rb") as file:
        return Document(file, SealedTransport(), settings=_SETTINGS)  # type: ignore[arg-type]

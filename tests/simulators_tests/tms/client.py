"""A client of the TMS simulator that knows only XML and HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from lxml import etree
import requests
from requests_ntlm import HttpNtlmAuth

from tests.simulators.tms import TmsSimulator

BOOKING = "http://tandberg.net/2004/02/tms/external/booking/"
REMOTE_SETUP = "http://tandberg.net/2004/02/tms/external/booking/remotesetup/"
EXCEPTION = "http://tandberg.net/2004/02/tms/external/exception/"
SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
MINIMAL = {
    "ConferenceId": "-1",
    "OwnerId": "-1",
    "ConferenceType": "Default",
    "Bandwidth": "Default",
    "PictureMode": "Default",
    "Encrypted": "Default",
    "DataConference": "Default",
    "ShowExtendOption": "Default",
    "ISDNRestrict": "false",
}
"""The elements that a Conference cannot go without."""
DAY = {
    "StartTime": "2026-01-01T00:00:00Z",
    "EndTime": "2026-01-02T00:00:00Z",
    "ConferenceStatus": "AllExceptDeleted",
}
"""A window around the day on which the clock begins."""
TEN, ELEVEN = "2026-01-01 10:00:00Z", "2026-01-01 11:00:00Z"

type Tree = dict[str, Any]


class SoapError(Exception):
    """A fault."""

    def __init__(self, document: etree._Element) -> None:
        """Read it."""
        self.document = document
        texts = {etree.QName(e).localname: e.text or "" for e in elements(document)}
        self.message = texts.get("faultstring", texts.get("Text", ""))
        code = document.find(f".//{{{EXCEPTION}}}errorcode")
        self.code = None if code is None else int(code.text or "")
        session = document.find(f".//{{{EXCEPTION}}}clientsessionid")
        self.session = None if session is None else session.text
        super().__init__(self.message)


def elements(document: etree._Element) -> list[etree._Element]:
    """All elements of a document."""
    return [element for element in document.iter() if isinstance(element.tag, str)]


def names(document: etree._Element) -> list[str]:
    """The local names of the children of an element."""
    return [etree.QName(child).localname for child in document]


def outline(document: etree._Element) -> Any:
    """An element's full name with the outlines of its children."""
    return (document.tag, [outline(child) for child in document])


def element(namespace: str, name: str, content: Any) -> etree._Element:
    """An element of characters, or of a dict's elements; a list repeats its name."""
    made = etree.Element(f"{{{namespace}}}{name}", nsmap={None: namespace})
    match content:
        case dict():
            for key, value in content.items():
                for each in value if isinstance(value, list) else [value]:
                    made.append(element(namespace, key, each))
        case None:
            pass
        case _:
            made.text = str(content)
    return made


def envelope(
    body: etree._Element, *headers: etree._Element, soap: str = SOAP_11
) -> bytes:
    """The bytes of a request."""
    root = etree.Element(f"{{{soap}}}Envelope", nsmap={"soap": soap})
    header = etree.SubElement(root, f"{{{soap}}}Header")
    header.extend(headers)
    etree.SubElement(root, f"{{{soap}}}Body").append(body)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


@dataclass(slots=True)
class Client:
    """One identity with one session, asking one thing at a time."""

    sim: TmsSimulator
    session: requests.Session
    thread: ThreadPoolExecutor
    version: int = 23
    client_session: str | None = None
    soap: str = SOAP_11
    headers: dict[str, str] = field(default_factory=dict)

    async def _run(self, call: Callable[[], requests.Response]) -> requests.Response:
        return await asyncio.get_running_loop().run_in_executor(self.thread, call)

    async def get(self, url: str) -> requests.Response:
        """GET."""
        return await self._run(lambda: self.session.get(url, timeout=20))

    async def post(
        self, url: str, body: bytes, timeout: float = 20, **headers: str
    ) -> requests.Response:
        """POST bytes."""
        content_type = (
            "text/xml; charset=utf-8"
            if self.soap == SOAP_11
            else "application/soap+xml; charset=utf-8"
        )
        sent = {"Content-Type": content_type, **self.headers, **headers}
        return await self._run(
            lambda: self.session.post(
                url, data=body, headers=sent, timeout=timeout, allow_redirects=False
            )
        )

    def version_header(self, namespace: str) -> etree._Element:
        """ExternalAPIVersionSoapHeader."""
        fields: Tree = {"ClientVersionIn": self.version}
        if self.client_session is not None:
            fields["ClientSession"] = self.client_session
        return element(namespace, "ExternalAPIVersionSoapHeader", fields)

    async def ask(
        self,
        operation: str,
        parameters: Tree | None = None,
        *,
        namespace: str = BOOKING,
        timeout: float = 20,
    ) -> requests.Response:
        """Whatever comes back from an operation."""
        url = (
            self.sim.booking_url if namespace == BOOKING else self.sim.remote_setup_url
        )
        body = element(namespace, operation, parameters)
        return await self.post(
            url,
            envelope(body, self.version_header(namespace), soap=self.soap),
            timeout,
        )

    async def call(
        self, operation: str, parameters: Tree | None = None, **options: Any
    ) -> etree._Element:
        """The response element of an operation; raises SoapError."""
        answer = await self.ask(operation, parameters, **options)
        root = etree.fromstring(answer.content)
        body = root.find(f"{{{self.soap}}}Body")
        assert body is not None
        if answer.status_code != 200:
            assert answer.status_code == 500
            raise SoapError(body[0])
        return body[0]

    async def result(
        self, operation: str, parameters: Tree | None = None, **options: Any
    ) -> etree._Element:
        """The result element of an operation."""
        response = await self.call(operation, parameters, **options)
        assert names(response) == [f"{operation}Result"]
        return response[0]

    async def licensed(
        self, operation: str, parameters: Tree | None = None, **options: Any
    ) -> etree._Element:
        """The response of an operation that takes a ClientSession, as suggested."""
        try:
            return await self.call(operation, parameters, **options)
        except SoapError as error:
            if error.session is None:
                raise
            self.client_session = error.session
        return await self.call(operation, parameters, **options)


def text(parent: etree._Element, *path: str, namespace: str = BOOKING) -> str | None:
    """The characters of a descendant; None where it is absent."""
    found = parent.find("/".join(f"{{{namespace}}}{name}" for name in path))
    return None if found is None else found.text or ""


def new_conference(start: str, end: str, *systems: int, **fields: Any) -> Tree:
    """A Conference to save, in the order of the wire."""
    conference: Tree = {
        "ConferenceId": "-1",
        "Title": "Planning",
        "StartTimeUTC": start,
        "EndTimeUTC": end,
        **{name: value for name, value in MINIMAL.items() if name != "ConferenceId"},
        "Participants": {
            "Participant": [
                {"ParticipantId": system, "ParticipantCallType": "TMS"}
                for system in systems
            ]
        },
    }
    conference.update(fields)
    return {"Conference": conference}


@asynccontextmanager
async def connected(
    sim: TmsSimulator, auth: Any = None, **options: Any
) -> AsyncIterator[Client]:
    """A client that logs on with NTLM, unless told otherwise."""
    with ThreadPoolExecutor(1) as thread, requests.Session() as session:
        session.trust_env = False
        session.verify = False
        session.auth = auth or HttpNtlmAuth(sim.username, sim.password)
        yield Client(sim, session, thread, **options)


def at(sim: TmsSimulator, hours: float) -> datetime:
    """So many hours from now."""
    return sim.clock() + timedelta(hours=hours)

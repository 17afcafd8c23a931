"""Envelopes: what a request says, and what answers and faults look like.

Shapes are those of facts 1.5 and 1.6: the request's own version header comes back as it
was, faults carry none, and `detail` is unqualified in SOAP 1.2 too.
"""

from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

BOOKING = "http://tandberg.net/2004/02/tms/external/booking/"
REMOTE_SETUP = f"{BOOKING}remotesetup/"
EXCEPTION = "http://tandberg.net/2004/02/tms/external/exception/"

_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>'
_SCHEMAS = (
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
)
_PARSER_OPTIONS: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
}


@dataclass(frozen=True, slots=True)
class Version:
    """A version of SOAP."""

    name: str
    namespace: str
    content_type: str


SOAP_11 = Version(
    "1.1", "http://schemas.xmlsoap.org/soap/envelope/", "text/xml; charset=utf-8"
)
SOAP_12 = Version(
    "1.2",
    "http://www.w3.org/2003/05/soap-envelope",
    "application/soap+xml; charset=utf-8",
)


class UnreadableError(Exception):
    """Bytes that are no SOAP request."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request: its headers and the one element of its body."""

    soap: Version
    headers: tuple[etree._Element, ...]
    body: etree._Element

    @property
    def operation(self) -> str:
        """The name of the body's element."""
        return local_name(self.body)

    def header(self, name: str) -> etree._Element | None:
        """The header of that local name."""
        return next((h for h in self.headers if local_name(h) == name), None)

    def version_header(self, name: str) -> str | None:
        """A field of ExternalAPIVersionSoapHeader; None where it is absent."""
        header = self.header("ExternalAPIVersionSoapHeader")
        if header is None:
            return None
        return next(
            (c.text or "" for c in elements(header) if local_name(c) == name), None
        )


def read(body: bytes) -> Call:
    """The call that an envelope holds; raises UnreadableError."""
    try:
        root = etree.fromstring(body, etree.XMLParser(**_PARSER_OPTIONS))
    except etree.XMLSyntaxError as error:
        raise UnreadableError(str(error)) from None
    if root.getroottree().docinfo.doctype:
        raise UnreadableError("For security reasons DTD is prohibited")
    for soap in (SOAP_11, SOAP_12):
        if root.tag == f"{{{soap.namespace}}}Envelope":
            break
    else:
        raise UnreadableError("Possible SOAP version mismatch")
    body_element = root.find(f"{{{soap.namespace}}}Body")
    content = [] if body_element is None else elements(body_element)
    if len(content) != 1:
        raise UnreadableError("The body does not hold one element")
    header = root.find(f"{{{soap.namespace}}}Header")
    headers = () if header is None else tuple(elements(header))
    return Call(soap, headers, content[0])


def answer(
    call: Call, namespace: str, result: bytes | None, more_headers: bytes = b""
) -> bytes:
    """The answer to a call; `result` is what the response element holds."""
    echoed = call.header("ExternalAPIVersionSoapHeader")
    header = more_headers + (b"" if echoed is None else _echo(echoed))
    name = f"{call.operation}Response"
    start = (
        f'{_DECLARATION}<soap:Envelope xmlns:soap="{call.soap.namespace}" {_SCHEMAS}>'
    )
    parts = [start.encode()]
    if header:
        parts += [b"<soap:Header>", header, b"</soap:Header>"]
    if result:
        parts += [
            f'<soap:Body><{name} xmlns="{namespace}">'.encode(),
            result,
            f"</{name}></soap:Body></soap:Envelope>".encode(),
        ]
    else:
        parts.append(
            f'<soap:Body><{name} xmlns="{namespace}" /></soap:Body>'
            "</soap:Envelope>".encode()
        )
    return b"".join(parts)


def fault(
    soap: Version,
    message: str,
    *,
    actor: str = "",
    code: int | None = None,
    session: str | None = None,
    server: bool = False,
) -> bytes:
    """A fault; without a code it is ASP.NET's own, with an empty detail."""
    detail = "<detail />"
    if code is not None:
        suggestion = (
            ""
            if session is None
            else f'<clientsessionid xmlns="{EXCEPTION}">{session}</clientsessionid>'
        )
        detail = (
            f'<detail><errorcode xmlns="{EXCEPTION}">{code}</errorcode>'
            f"{suggestion}</detail>"
        )
    text, actor = escape(message), escape(actor)
    if soap is SOAP_12:
        node = f"<soap:Node>{actor}</soap:Node>" if actor else ""
        content = (
            f"<soap:Code><soap:Value>soap:{'Receiver' if server else 'Sender'}"
            "</soap:Value></soap:Code><soap:Reason>"
            f'<soap:Text xml:lang="en">{text}</soap:Text></soap:Reason>{node}{detail}'
        )
    else:
        node = f"<faultactor>{actor}</faultactor>" if actor else ""
        content = (
            f"<faultcode>soap:{'Server' if server else 'Client'}</faultcode>"
            f"<faultstring>{text}</faultstring>{node}{detail}"
        )
    return (
        f'{_DECLARATION}<soap:Envelope xmlns:soap="{soap.namespace}" {_SCHEMAS}>'
        f"<soap:Body><soap:Fault>{content}</soap:Fault></soap:Body></soap:Envelope>"
    ).encode()


def elements(parent: etree._Element) -> list[etree._Element]:
    """The child elements, without comments and the like."""
    return [child for child in parent if isinstance(child.tag, str)]


def local_name(element: etree._Element) -> str:
    """The name of an element without its namespace."""
    name: str = etree.QName(element).localname
    return name


def plain(element: etree._Element) -> Any:
    """Characters, a dict of children, and lists where a name comes again."""
    children = elements(element)
    if not children:
        return element.text or ""
    found: dict[str, Any] = {}
    for child in children:
        name, value = local_name(child), plain(child)
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found


def _echo(header: etree._Element) -> bytes:
    """The version header as .NET writes it, with the namespace it came in."""
    namespace = etree.QName(header).namespace or ""
    fields = "".join(
        f"<{local_name(child)}>{escape(child.text or '')}</{local_name(child)}>"
        if child.text
        else f"<{local_name(child)} />"
        for child in elements(header)
    )
    name = local_name(header)
    return f'<{name} xmlns="{namespace}">{fields}</{name}>'.encode()

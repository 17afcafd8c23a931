"""XML from the network: strict, without DTD and entities, or an error; repaired where it must be."""

from collections.abc import Callable, Iterator
import logging
import re
from typing import Any, Final

from lxml import etree

from ...rooms.errors import UnreachableError
from .errors import Refusal, refusal

_LOGGER = logging.getLogger(__name__)
_SOAP: Final = "{http://schemas.xmlsoap.org/soap/envelope/}"
_XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
# Read and repaired in pieces, so that no step keeps the interpreter to itself for long.
_PIECE: Final = 32 * 1024
_REFERENCE: Final = re.compile(rb"&#(?:x([0-9a-fA-F]+)|([0-9]+));")
_CONTROLS: Final = bytes(
    byte for byte in range(0x20) if byte not in (0x09, 0x0A, 0x0D)
) + bytes([0x7F])
# U+FFFE and U+FFFF, which are no characters.
_NONCHARACTERS: Final = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
_MOST_WORDS: Final = 500

# lxml has no types.
type Element = Any


def parse(body: bytes) -> Element:
    """The root of a document; raises UnreachableError for anything that is none."""
    return _tolerant(body, lambda sound: etree.fromstring(sound, _parser()))


def each[Value](
    body: bytes, operation: str, name: str, read: Callable[[Element], Value | None]
) -> list[Value]:
    """What `read` makes of each element of that name in an answer, at the speed of lxml.

    A record that cannot be read (ValueError) costs that record, one that is None is none.
    Raises what TMS refused with, and UnreachableError unless the document is complete.
    """
    return _tolerant(body, lambda sound: _each(sound, operation, name, read))


def answer(root: Element, operation: str) -> Element:
    """The SOAP body, holding an answer to that operation; raises what TMS refused with."""
    if local_name(root) != "Envelope":
        raise UnreachableError("no SOAP envelope")
    body = next((child for child in root if local_name(child) == "Body"), None)
    if body is None or len(body) == 0:
        raise UnreachableError("no SOAP body")
    if local_name(body[0]) == "Fault":
        raise _fault(body[0])
    if local_name(body[0]) != f"{operation}Response":
        raise UnreachableError("an answer to another question")
    return body


def plain(body: Element) -> bytes:
    """A SOAP 1.1 envelope with that body alone, as zeep reads it without surprises.

    Null is left out, as it is where a server leaves elements out, and so would an empty
    object never be sent back for it.
    """
    for element in list(body.iter()):
        parent = element.getparent()
        if element.get(f"{_XSI}nil") in ("true", "1") and parent is not None:
            parent.remove(element)
        else:
            element.attrib.clear()
    envelope = etree.Element(f"{_SOAP}Envelope")
    body.tag = f"{_SOAP}Body"
    envelope.append(body)
    whole: bytes = etree.tostring(envelope)
    return whole


def text_of(root: Element, name: str) -> str | None:
    """The text of the first element of that name, whatever its namespace."""
    found = next(root.iter(f"{{*}}{name}"), None)
    return found.text if found is not None else None


def local_name(element: Element) -> str:
    """The name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def refused(body: bytes) -> Refusal | None:
    """What TMS refused with, if that is a SOAP fault."""
    root = parse(body)
    fault = next(root.iter("{*}Fault"), None)
    if local_name(root) != "Envelope" or fault is None:
        return None
    return _fault(fault)


def _fault(fault: Element) -> Refusal:
    """By local names: the detail of TMS is the same in SOAP 1.1 and 1.2 (facts 1.6)."""
    words = text_of(fault, "faultstring") or text_of(fault, "Text") or ""
    words = " ".join(words.split())[:_MOST_WORDS]
    try:
        code = int(text_of(fault, "errorcode") or "")
    except ValueError:
        code = None
    return refusal(words, code, text_of(fault, "clientsessionid"))


def _each[Value](
    body: bytes, operation: str, name: str, read: Callable[[Element], Value | None]
) -> list[Value]:
    found: list[Value] = []
    spoilt = 0
    parser = etree.XMLPullParser(
        events=("end",),
        tag=f"{{*}}{name}",
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    for start in range(0, len(body), _PIECE):
        parser.feed(body[start : start + _PIECE])
        for _, element in parser.read_events():
            try:
                value = read(element)
            except ValueError:
                spoilt += 1
            else:
                if value is not None:
                    found.append(value)
            element.clear(keep_tail=True)
    answer(parser.close(), operation)
    if spoilt:
        _LOGGER.warning("Left out what cannot be read: %s, %d times", name, spoilt)
    return found


def _parser() -> etree.XMLParser:
    # The encoding is told, not asked: nothing can hide from `_tolerant` in another one.
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )


def _tolerant[Result](body: bytes, read: Callable[[bytes], Result]) -> Result:
    """Read it; if it is not well-formed, repair the characters and read it once more."""
    if _has_doctype(body):
        raise UnreachableError("a document type is not accepted")
    try:
        return read(body)
    except etree.XMLSyntaxError:
        sound = b"".join(_repaired(body))
    try:
        return read(sound)
    except etree.XMLSyntaxError:
        # Without its words, which quote the document.
        raise UnreachableError("no well-formed XML") from None


def _has_doctype(body: bytes) -> bool:
    """Whether one stands before the root; anywhere else it would not be well-formed."""
    at = 0
    while (at := body.find(b"<", at)) >= 0:
        for opening, closing in ((b"<?", b"?>"), (b"<!--", b"-->")):
            if body.startswith(opening, at):
                at = body.find(closing, at)
                break
        else:
            return body.startswith(b"<!", at)
        if at < 0:
            return False
    return False


def _repaired(body: bytes) -> Iterator[bytes]:
    """The same without what no XML may contain; no reference is cut by a seam."""
    at = 0
    while at < len(body):
        seam = body.find(b"<", at + _PIECE)
        end = seam if seam >= 0 else len(body)
        piece = body[at:end].translate(None, _CONTROLS)
        for noncharacter in _NONCHARACTERS:
            piece = piece.replace(noncharacter, b"")
        piece = _REFERENCE.sub(_legal, piece)
        yield piece.decode("utf-8", "replace").encode()
        at = end


def _legal(reference: re.Match[bytes]) -> bytes:
    """The reference, if such a character is allowed; else a space, which parts words as it did."""
    hexadecimal, decimal = reference.groups()
    digits = (hexadecimal or decimal).lstrip(b"0")
    # The last character has seven digits in decimal.
    if len(digits) > 7:
        return b" "
    point = int(digits or b"0", 16 if hexadecimal else 10)
    legal = (
        point in (0x09, 0x0A, 0x0D)
        or 0x20 <= point <= 0xD7FF
        or 0xE000 <= point <= 0xFFFD
        or 0x10000 <= point <= 0x10FFFF
    )
    return reference.group() if legal else b" "

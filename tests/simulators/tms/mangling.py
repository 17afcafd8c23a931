"""Right answers made wrong, or merely unusual, on their way to the client."""

from collections.abc import Callable
from copy import deepcopy

from lxml import etree

from .soap import elements, local_name

type Mangler = Callable[[bytes], bytes]

GARBAGE = b"<\xff\xfe\x00soap:Envelope \x80\x81"
"""Bytes that are neither XML nor characters."""
BOMB = (
    b'<?xml version="1.0" encoding="utf-8"?><!DOCTYPE bomb [<!ENTITY a0 "lol">'
    + b"".join(
        b'<!ENTITY a%d "%s">' % (level, b"&a%d;" % (level - 1) * 10)
        for level in range(1, 10)
    )
    + b"]><bomb>&a9;</bomb>"
)
"""A billion laughs."""
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_MEMBERS = frozenset(
    {"Conference", "RecordingDevice", "TMSSystem", "Transaction", "User"}
)
_OPTIONAL = frozenset(
    {
        "BillingCode",
        "ConferenceInfoHtml",
        "ConferenceInfoText",
        "ConferenceLanguage",
        "ConferenceState",
        "ConferenceTimeZoneRules",
        "Contact",
        "Description",
        "EmailTo",
        "ExternalPrimaryKey",
        "ExternalSourceId",
        "IPBandwidth",
        "ISDNBandwidth",
        "IsRecordingEnabled",
        "Location",
        "Manufacturer",
        "NetworkAddress",
        "OwnerEmailAddress",
        "OwnerFirstName",
        "OwnerLastName",
        "OwnerUserName",
        "ParticipantIds",
        "Participants",
        "Password",
        "SystemCategory",
        "SystemStatus",
        "SystemType",
        "TimeZone",
        "Title",
        "TransactionId",
        "UserMessageText",
        "Version",
    }
)
"""What the schemas let a server leave out."""


def truncated(share: float) -> Mangler:
    """Keep so much of it."""
    return lambda body: body[: int(len(body) * share)]


def with_doctype(body: bytes) -> bytes:
    """Declare a document type."""
    return body.replace(b"<soap:Envelope", b"<!DOCTYPE Envelope []><soap:Envelope", 1)


def padded(size: int) -> Mangler:
    """Fill it up to so many bytes, which say nothing."""

    def pad(body: bytes) -> bytes:
        padding = b" " * max(0, size - len(body))
        return body.replace(b"</soap:Envelope>", padding + b"</soap:Envelope>")

    return pad


def with_reference(reference: str) -> Mangler:
    """Put a character reference behind every title and name."""
    text = reference.encode()

    def put(body: bytes) -> bytes:
        for end in (b"</Title>", b"</SystemName>"):
            body = body.replace(end, text + end)
        return body

    return put


def with_unknown_elements(body: bytes) -> bytes:
    """Put elements that no client knows into the middle of every object."""
    new = (
        b"<SomethingNew><Deep><Conference>1</Conference></Deep></SomethingNew>"
        b'<AnotherNewThing kind="x" />'
    )
    for end in (b"</Title>", b"</SystemName>", b"</EmailAddress>", b"</TransType>"):
        body = body.replace(end, end + new)
    return body


def with_nil_members(body: bytes) -> bytes:
    """Put nil members before, between and behind those of an array."""

    def change(root: etree._Element) -> None:
        for member in _members(root):
            nil = etree.Element(member.tag, {_NIL: "true"})
            member.addprevious(nil)
            if member.getnext() is None:
                member.addnext(deepcopy(nil))

    return _rewritten(body, change)


def with_duplicates(body: bytes) -> bytes:
    """Say every member of an array twice."""

    def change(root: etree._Element) -> None:
        for member in _members(root):
            member.addnext(deepcopy(member))

    return _rewritten(body, change)


def without(names: frozenset[str]) -> Mangler:
    """Leave elements out; without names, whatever may be left out."""
    absent = names or _OPTIONAL

    def change(root: etree._Element) -> None:
        for element in list(_below_result(root)):
            parent = element.getparent()
            if local_name(element) in absent and parent is not None:
                parent.remove(element)

    return lambda body: _rewritten(body, change)


def with_value(name: str, value: str, index: int) -> Mangler:
    """Put other characters into an element of the index-th object that has it."""

    def change(root: etree._Element) -> None:
        found = [e for e in _below_result(root) if local_name(e) == name]
        if index < len(found):
            found[index].text = value

    return lambda body: _rewritten(body, change)


def _rewritten(body: bytes, change: Callable[[etree._Element], None]) -> bytes:
    root = etree.fromstring(body)
    change(root)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8")
    return written


def _below_result(root: etree._Element) -> list[etree._Element]:
    """All elements of the body."""
    body = elements(root)[-1]
    return [e for e in body.iterdescendants() if isinstance(e.tag, str)]


def _members(root: etree._Element) -> list[etree._Element]:
    """The members of the array that is the result."""
    return [
        member
        for response in elements(elements(root)[-1])
        for result in elements(response)
        for member in elements(result)
        if local_name(member) in _MEMBERS
    ]

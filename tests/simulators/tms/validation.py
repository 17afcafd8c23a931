"""Requests against the schemas of this package, which no client has a part in."""

from functools import cache
from pathlib import Path

from lxml import etree

from .soap import BOOKING, REMOTE_SETUP, Call, local_name

_FOLDER = Path(__file__).parent / "schema"
_FILES = {BOOKING: "booking.xsd", REMOTE_SETUP: "remotesetup.xsd"}
_CONTEXT = "ContextHeader"
_CONTEXT_OPERATIONS = frozenset(
    {
        "DeleteConferenceById",
        "GetConferenceById",
        "SaveConference",
        "SaveConferenceWithMode",
    }
)
"""Where the help pages show a ContextHeader (facts 1.3)."""


@cache
def schema(namespace: str) -> etree.XMLSchema:
    """The types of a service."""
    return etree.XMLSchema(etree.parse(_FOLDER / _FILES[namespace]))


def complaints(element: etree._Element, namespace: str) -> list[str]:
    """What the schema has against an element."""
    types = schema(namespace)
    if types.validate(element):
        return []
    return [entry.message for entry in types.error_log]


def complaints_about(call: Call, namespace: str) -> list[str]:
    """What is wrong with the headers and the body of a call."""
    found = []
    names = [local_name(header) for header in call.headers]
    for header in call.headers:
        found += complaints(header, namespace)
    if _CONTEXT in names:
        if call.operation not in _CONTEXT_OPERATIONS:
            found.append(f"{call.operation} takes no {_CONTEXT}")
        if names[0] != _CONTEXT:
            found.append(f"The {_CONTEXT} does not come first")
    return found + complaints(call.body, namespace)

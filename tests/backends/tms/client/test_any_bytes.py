"""Any bytes from the network end in a value or a typed error."""

from contextlib import suppress
from functools import cache

from hypothesis import given, settings, strategies as st
from lxml import etree

from custom_components.room_bookings.backends.tms import document, listings
from custom_components.room_bookings.backends.tms.address import TmsAddress
from custom_components.room_bookings.backends.tms.calls import Calls
from custom_components.room_bookings.backends.tms.line import Line
from custom_components.room_bookings.backends.tms.model import (
    Conference,
    ConferenceChanges,
    Transactions,
)
from custom_components.room_bookings.backends.tms.transport import Limits, Reply
from custom_components.room_bookings.backends.tms.writing import changed
from custom_components.room_bookings.rooms.errors import RoomError

from .documents import (
    CAPTURED,
    CAPTURED_FAULT,
    conference_xml,
    default,
    envelope,
    fault,
    in_soap_11,
    listed,
    session_header,
    transactions,
)

DOCUMENTS = [
    in_soap_11(CAPTURED).encode(),
    CAPTURED.encode(),
    CAPTURED_FAULT.encode(),
    default().encode(),
    fault(-2147218253, session="x").encode(),
    listed(conference_xml(), conference_xml()).encode(),
    transactions((1, 2, "New", "5,6"), (2, 3, "ListIncomplete", None)).encode(),
    envelope(
        "SaveConferenceWithMode",
        f"<Conference>{conference_xml()}</Conference>",
        header=session_header("x"),
    ).encode(),
    envelope("GetConferenceIdByExternalId", "5").encode(),
]
PIECES = [
    b"<", b">", b"/", b"&", b"&#xB;", b"&#0;", b"&#xD800;", b"&lt;", b"\x00", b"\xff",
    b"\xed\xa0\x80", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?x y?>", b"<!DOCTYPE a>",
    b"<a/>", b"<a>", b"</a>", b' xsi:nil="true"', b' xsi:type="t:Nothing"', b' href="#x"',
    b'<Title xsi:type="xsd:int">x</Title>', b"9" * 30, b"-", b"0001-01-01T00:00:00",
    b"9999-12-31T23:59:59-12:00", b"<Conference/>", b"<Participants/>", b"\xc2", b"",
]  # fmt: skip


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """A document with some bytes replaced, left out, put in or moved."""
    body = draw(st.sampled_from(DOCUMENTS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(body)))
        length = draw(st.sampled_from([0, 0, 1, 5, 50, 500]))
        piece = draw(
            st.sampled_from(PIECES)
            | st.binary(max_size=8)
            | st.integers(0, len(body)).map(lambda at, body=body: body[at : at + 40])  # type: ignore[misc]
        )
        body = body[:start] + piece + body[start + length :]
    return body


@st.composite
def rearranged(draw: st.DrawFn) -> bytes:
    """A well-formed document with elements left out, repeated, emptied or moved."""
    root = etree.fromstring(draw(st.sampled_from(DOCUMENTS)))
    for _ in range(draw(st.integers(1, 6))):
        elements = [item for item in root.iter() if item is not root]
        if not elements:
            break
        one = draw(st.sampled_from(elements))
        match draw(st.integers(0, 6)):
            case 0:
                one.getparent().remove(one)
            case 1:
                one.getparent().insert(0, one)
            case 2:
                one.text = draw(st.sampled_from(["", "x", "-1", "0", "9" * 50, " 5 "]))
            case 3:
                one.clear()
            case 4:
                one.set("{http://www.w3.org/2001/XMLSchema-instance}type", "t:Nothing")
            case 5:
                copy = etree.fromstring(etree.tostring(one))
                draw(st.sampled_from(elements)).append(copy)
            case 6:
                one.tag = draw(st.sampled_from([str(item.tag) for item in elements]))
    whole: bytes = etree.tostring(root)
    return whole


ANYTHING = st.binary(max_size=300) | spoilt() | rearranged()


@cache
def calls() -> Calls:
    """Calls whose answers come from nowhere."""
    address = TmsAddress(url="http://tms.example.com", username="u", password="p")
    return Calls(address, Line(), Limits())


@given(ANYTHING)
@settings(max_examples=600, deadline=None)
def test_lists(body: bytes) -> None:
    """Of whatever kind."""
    for read in (
        listings.conferences,
        listings.systems,
        listings.users,
        listings.zone_rules,
    ):
        with suppress(RoomError):
            for item in read(body):
                if isinstance(item, Conference):
                    check(item)
    with suppress(RoomError):
        page = listings.transactions(body)
        assert isinstance(page, Transactions)
        assert all(isinstance(item.id, int) for item in page.items)
    with suppress(RoomError):
        document.refused(body)


@given(ANYTHING)
@settings(max_examples=600, deadline=None)
def test_calls(body: bytes) -> None:
    """And what was read can be sent."""
    here = calls()
    transport = here._transport
    transport.post = lambda address, message, headers: Reply(body)  # type: ignore[method-assign]
    for call in (
        here.connect,
        here.default_conference,
        lambda: here.conference(1),
        lambda: here.find("a", "b", None),
        lambda: here.delete(1),
        here.may_book_for_others,
    ):
        with suppress(RoomError):
            found = call()
            if isinstance(found, Conference):
                check(found)
                changed(found, ConferenceChanges(title="x"))
                with suppress(RoomError):
                    check(here.save(found, ConferenceChanges(), send_confirmation=True))
                with suppress(RoomError):
                    check(here.save_occurrence(found, ConferenceChanges()))


def check(conference: Conference) -> None:
    """Whatever it was made of, it is one."""
    assert isinstance(conference.id, int)
    assert conference.start <= conference.end
    assert conference.start.utcoffset() is not None
    assert isinstance(conference.title, str)
    assert isinstance(conference.systems, frozenset)

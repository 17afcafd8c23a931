"""What the simulated TMS can be made to do wrong, and how it looks from outside."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from lxml import etree
import pytest
import requests

from tests.simulators.tms import CODES, TmsSimulator
from tests.simulators_tests.conftest import Clock

from .client import (
    BOOKING,
    DAY,
    ELEVEN,
    REMOTE_SETUP,
    SOAP_12,
    TEN,
    Client,
    SoapError,
    connected,
    names,
    new_conference,
    text,
)

LIST = "GetConferencesForSystems"
WANTED = {"SystemIds": 5, **DAY}


@pytest.fixture
async def sim(clock: Clock, socket_enabled: None) -> AsyncIterator[TmsSimulator]:
    """A server with the room Fjord, which has three meetings."""
    async with TmsSimulator(clock=clock) as simulator:
        simulator.add_system("Fjord", 5)
        for index in range(3):
            start = clock.now + timedelta(hours=4 + index)
            simulator.local.book([5], start, title=f"Meeting {index}")
        yield simulator


@pytest.fixture
async def client(sim: TmsSimulator) -> AsyncIterator[Client]:
    """Someone with a session who has logged on."""
    async with connected(sim) as one:
        one.client_session = sim.server.sessions.suggest()
        await one.call("GetDefaultConference")
        sim.clear_log()
        yield one


# Matching


async def test_matching(sim: TmsSimulator, client: Client) -> None:
    """A fault happens to what it names, as often as it says."""
    fault = sim.faults.when("getconferences*", SystemIds="5").times(2).busy()
    sim.faults.when(service="remotesetup", user=sim.username).always().status(404)
    sim.faults.when("SaveConference", predicate=lambda entry: False).busy()
    await client.call("GetDefaultConference")
    await client.call(LIST, DAY)
    for parameters in (WANTED, {**WANTED, "SystemIds": [4, 5]}):
        with pytest.raises(SoapError) as raised:
            await client.call(LIST, parameters)
        assert raised.value.code == CODES["SERVER_BUSY"]
    await client.call(LIST, WANTED)
    assert fault.hits == 2
    await asyncio.wait_for(fault.triggered(), 1)
    for _ in range(2):
        answer = await client.ask("IsAlive", namespace=REMOTE_SETUP)
        assert answer.status_code == 404
    await client.call("SaveConference", new_conference(TEN, ELEVEN, 5))
    assert len(sim.faults.describe()) == 2
    sim.faults.clear()
    await client.call("IsAlive", namespace=REMOTE_SETUP)
    assert sim.faults.describe() == []


# Refusals


@pytest.mark.parametrize(
    ("verb", "code", "suggests"),
    [
        ("busy", "SERVER_BUSY", False),
        ("database_down", "DATABASE_DOWN", False),
        ("licence", "LICENSE", False),
        ("session_blank", "ERR_CLIENT_SESSION_BLANK", True),
        ("session_expired", "ERR_CLIENT_SESSION_EXPIRED", True),
    ],
)
async def test_refusals(
    sim: TmsSimulator, client: Client, verb: str, code: str, suggests: bool
) -> None:
    """A refusal has its code, and nothing has been done."""
    getattr(sim.faults.when("SaveConference"), verb)()
    with pytest.raises(SoapError) as raised:
        await client.call("SaveConference", new_conference(TEN, ELEVEN, 5))
    assert raised.value.code == CODES[code]
    assert raised.value.message
    assert (raised.value.session is not None) is suggests
    assert len(sim.local.conferences()) == 3
    assert sim.requests[-1].error == CODES[code]
    if suggests:
        sim.settings.accept_foreign_sessions = False
        client.client_session = raised.value.session
    await client.call("SaveConference", new_conference(TEN, ELEVEN, 5))


async def test_session_without_a_suggestion(sim: TmsSimulator, client: Client) -> None:
    """The suggestion may be missing."""
    sim.faults.when().session_expired(suggest=False)
    sim.faults.when().session_blank(suggest=False)
    for _ in range(2):
        with pytest.raises(SoapError) as raised:
            await client.call("GetDefaultConference")
        assert raised.value.session is None


@pytest.mark.parametrize("soap_12", [False, True])
async def test_any_fault(sim: TmsSimulator, client: Client, soap_12: bool) -> None:
    """Any code can be had by name or number, or none at all, after the deed too."""
    if soap_12:
        client.soap = SOAP_12
    for code, expected in (("UNKNOWN", CODES["UNKNOWN"]), (-1, -1), (None, None)):
        sim.faults.when().fault(code, "No <way>")
        with pytest.raises(SoapError, match="No <way>") as raised:
            await client.call("GetDefaultConference")
        assert raised.value.code == expected
    sim.faults.when("SaveConference").busy(applied=True)
    with pytest.raises(SoapError):
        await client.call("SaveConference", new_conference(TEN, ELEVEN, 5))
    assert len(sim.local.conferences()) == 4


# HTTP


@pytest.mark.parametrize("status", [401, 403, 404, 500, 502, 503, 504])
async def test_status(sim: TmsSimulator, client: Client, status: int) -> None:
    """IIS answers a page of its own."""
    client.session.auth = None
    sim.faults.when().status(status, retry_after=9)
    answer = await client.ask("GetDefaultConference")
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "text/html"
    assert answer.headers["Retry-After"] == "9"
    assert ("WWW-Authenticate" in answer.headers) is (status == 401)
    assert etree.fromstring(answer.content).tag.endswith("}html")
    assert sim.requests[-1].status == status


async def test_unauthorized(sim: TmsSimulator, client: Client) -> None:
    """A right logon may still not be enough."""
    sim.faults.when().always().unauthorized()
    assert (await client.ask("GetDefaultConference")).status_code == 401
    assert sim.failed_logons == {}


async def test_redirect(sim: TmsSimulator, client: Client) -> None:
    """The server may send the client elsewhere."""
    sim.faults.when().redirect("https://other.example.com/adfs")
    answer = await client.ask("GetDefaultConference")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "https://other.example.com/adfs"


@pytest.mark.parametrize("verb", ["html", "empty", "garbage", "entity_bomb"])
@pytest.mark.parametrize("applied", [False, True])
async def test_no_xml(
    sim: TmsSimulator, client: Client, verb: str, applied: bool
) -> None:
    """Status 200 may stand over anything, whether or not something was done."""
    getattr(sim.faults.when("SaveConference"), verb)(applied=applied)
    answer = await client.ask("SaveConference", new_conference(TEN, ELEVEN, 5))
    assert answer.status_code == 200
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(answer.content)
    assert len(sim.local.conferences()) == (4 if applied else 3)


# Lost connections


@pytest.mark.parametrize(
    ("verb", "done"), [("drop", False), ("drop_answer", True), ("cut", True)]
)
async def test_lost_answer(
    sim: TmsSimulator, client: Client, verb: str, done: bool
) -> None:
    """A connection may be lost before the deed, after it and amid the answer."""
    getattr(sim.faults.when("SaveConference"), verb)()
    with pytest.raises(
        (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)
    ):
        await client.ask("SaveConference", new_conference(TEN, ELEVEN, 5))
    assert len(sim.local.conferences()) == (4 if done else 3)
    assert sim.requests[-1].status == 0
    await client.call("GetDefaultConference")


@pytest.mark.parametrize("applied", [False, True])
async def test_no_answer(sim: TmsSimulator, client: Client, applied: bool) -> None:
    """A server may never answer, whether or not it did what was asked."""
    fault = sim.faults.when("SaveConference").no_answer(applied=applied)
    with pytest.raises(requests.ReadTimeout):
        await client.ask("SaveConference", new_conference(TEN, ELEVEN, 5), timeout=0.2)
    assert fault.hits == 1
    assert len(sim.local.conferences()) == (4 if applied else 3)


async def test_down(sim: TmsSimulator, client: Client) -> None:
    """A server that is down cuts what it hears, or hears nothing."""
    fault = sim.faults.when().no_answer()
    waiting = asyncio.ensure_future(client.ask("GetDefaultConference"))
    await fault.triggered()
    await sim.down()
    with pytest.raises(requests.ConnectionError):
        await waiting
    with pytest.raises(requests.ConnectionError):
        await client.ask("GetDefaultConference")
    await sim.up()
    await client.call("GetDefaultConference")
    client.session.close()
    await sim.down(seconds=0.2, refuse=True)
    with pytest.raises(requests.ConnectionError, match="refused"):
        await client.ask("GetDefaultConference")
    async with asyncio.timeout(10):
        while sim.closed:
            await asyncio.sleep(0.02)
    await client.call("GetDefaultConference")


# Broken documents


async def test_truncated(sim: TmsSimulator, client: Client) -> None:
    """A part of the document comes as if it were all."""
    sim.faults.when(LIST).truncated(0.7)
    answer = await client.ask(LIST, WANTED)
    assert answer.status_code == 200
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(answer.content)


async def test_content_type(sim: TmsSimulator, client: Client) -> None:
    """A right answer may come as something else."""
    sim.faults.when(LIST).content_type("text/plain")
    answer = await client.ask(LIST, WANTED)
    assert answer.headers["Content-Type"] == "text/plain"
    assert etree.fromstring(answer.content) is not None


async def test_doctype(sim: TmsSimulator, client: Client) -> None:
    """An answer may declare a document type."""
    sim.faults.when(LIST).doctype()
    answer = await client.ask(LIST, WANTED)
    root = etree.fromstring(answer.content)
    assert root.getroottree().docinfo.doctype == "<!DOCTYPE Envelope>"


async def test_huge(sim: TmsSimulator, client: Client) -> None:
    """An answer may be as large as one likes."""
    sim.faults.when(LIST).huge(3_000_000)
    answer = await client.ask(LIST, WANTED)
    assert 2_900_000 < len(answer.content) < 3_100_000
    assert len(etree.fromstring(answer.content)[-1][0][0]) == 3


# Unusual documents


async def test_illegal_characters(sim: TmsSimulator, client: Client) -> None:
    """Titles and names may hold what XML forbids."""
    sim.faults.when().times(2).illegal_characters()
    for answer in (
        await client.ask(LIST, WANTED),
        await client.ask("GetSystems", namespace=REMOTE_SETUP),
    ):
        assert b"&#xB;</" in answer.content
        with pytest.raises(etree.XMLSyntaxError):
            etree.fromstring(answer.content)


async def test_unknown_elements(sim: TmsSimulator, client: Client) -> None:
    """Elements of a later version stand amid what is known."""
    sim.faults.when().times(2).unknown_elements()
    listed = await client.result(LIST, WANTED)
    assert names(listed[0])[1:5] == [
        "Title",
        "SomethingNew",
        "AnotherNewThing",
        "StartTimeUTC",
    ]
    systems = await client.result("GetSystems", namespace=REMOTE_SETUP)
    assert "SomethingNew" in names(systems[0])


async def test_nil_members(sim: TmsSimulator, client: Client) -> None:
    """An array may hold members that are nothing."""
    sim.faults.when(LIST).nil_members()
    listed = await client.result(LIST, WANTED)
    assert names(listed) == ["Conference"] * 7
    assert [len(item) > 0 for item in listed] == [
        False,
        True,
        False,
        True,
        False,
        True,
        False,
    ]


async def test_duplicates(sim: TmsSimulator, client: Client) -> None:
    """An array may say everything twice."""
    sim.faults.when(LIST).duplicates()
    listed = await client.result(LIST, WANTED)
    ids = [text(item, "ConferenceId") for item in listed]
    assert len(ids) == 6
    assert ids[::2] == ids[1::2]


async def test_absent(sim: TmsSimulator, client: Client) -> None:
    """What may be left out may be left out."""
    sim.faults.when(LIST).absent(["Title"])
    listed = await client.result(LIST, WANTED)
    assert "Title" not in names(listed[0])
    assert "OwnerUserName" in names(listed[0])
    sim.faults.when(LIST).absent()
    listed = await client.result(LIST, WANTED)
    assert names(listed[0]) == [
        "ConferenceId",
        "StartTimeUTC",
        "EndTimeUTC",
        "OwnerId",
        "ConferenceType",
        "Bandwidth",
        "PictureMode",
        "Encrypted",
        "DataConference",
        "ShowExtendOption",
        "ISDNRestrict",
    ]


async def test_bad_values(sim: TmsSimulator, client: Client) -> None:
    """One record among others may be broken."""
    sim.faults.when(LIST).value("StartTimeUTC", "yesterday", 1)
    listed = await client.result(LIST, WANTED)
    assert [text(item, "StartTimeUTC") == "yesterday" for item in listed] == [
        False,
        True,
        False,
    ]
    sim.faults.when(LIST).value("ConferenceId", "x", 99)
    assert len(await client.result(LIST, WANTED)) == 3


# Somebody else


async def test_modified(sim: TmsSimulator, client: Client) -> None:
    """Somebody else saves between reading and saving."""
    conference_id = sim.local.conferences()[0].conference_id
    read = await client.result("GetConferenceById", {"ConferenceId": conference_id})
    wanted = new_conference(
        "2026-01-01 13:00:00Z",
        "2026-01-01 14:00:00Z",
        5,
        ConferenceId=str(conference_id),
        Version=text(read, "Version"),
    )
    sim.faults.when("SaveConference").modified("Quicker")
    with pytest.raises(SoapError) as raised:
        await client.call("SaveConference", wanted)
    assert raised.value.code == CODES["CONCURRENT_MODIFICATION"]
    assert sim.local.get(conference_id).title == "Quicker"
    sim.faults.when("DeleteConferenceById").modified("Again")
    await client.call("DeleteConferenceById", {"ConferenceId": conference_id})
    assert sim.local.get(conference_id).title == "Again"


async def test_rival(sim: TmsSimulator, client: Client) -> None:
    """Somebody else books the slot the instant before."""
    sim.faults.when("SaveConference").times(2).rival("Quicker")
    with pytest.raises(SoapError) as raised:
        await client.call("SaveConference", new_conference(TEN, ELEVEN, 5))
    assert raised.value.code == CODES["SYSTEM_ALREADY_BOOKED"]
    assert sim.local.conferences()[-1].title == "Quicker"


async def test_before(sim: TmsSimulator, client: Client) -> None:
    """Anything may happen on the server just before."""
    seen: list[Any] = []
    sim.faults.when(LIST).before(lambda entry: seen.append(entry.operation))
    await client.call(LIST, WANTED)
    assert seen == [LIST]
    assert sim.violations == []
    assert BOOKING in sim.requests[-1].body.decode()

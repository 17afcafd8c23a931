"""The simulated services of Cisco TMS against facts/cisco-tms.md, literally."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
import time
from typing import Any

from lxml import etree
import pytest

from tests.simulators.tms import RecurrencePattern, TmsSimulator
from tests.simulators.tms.engine import AliasInfo, RecordingDevice
from tests.simulators.tms.operations import OPERATIONS
from tests.simulators.tms.validation import schema
from tests.simulators_tests.conftest import Clock

from .client import (
    BOOKING,
    DAY,
    ELEVEN,
    EXCEPTION,
    REMOTE_SETUP,
    SOAP_11,
    SOAP_12,
    TEN,
    Client,
    SoapError,
    connected,
    element,
    envelope,
    names,
    new_conference,
    outline,
    text,
)

CAPTURED = """<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Header><ExternalAPIVersionSoapHeader xmlns="http://tandberg.net/2004/02/tms/external/booking/"><ClientVersionIn>15</ClientVersionIn><ClientSession>082f0afc-0000-0000-0000-000000000000</ClientSession></ExternalAPIVersionSoapHeader></soap:Header><soap:Body><GetConferenceByIdResponse xmlns="http://tandberg.net/2004/02/tms/external/booking/"><GetConferenceByIdResult><ConferenceId>2391459</ConferenceId><Title>TEST</Title><StartTimeUTC>2021-01-28 07:00:00Z</StartTimeUTC><EndTimeUTC>2021-01-28 12:13:20Z</EndTimeUTC><OwnerId>16387</OwnerId><OwnerUserName>example\\api.test</OwnerUserName><OwnerFirstName>API</OwnerFirstName><OwnerLastName>Test</OwnerLastName><OwnerEmailAddress>t@example.com</OwnerEmailAddress><ConferenceType>Automatic Call Launch</ConferenceType><Bandwidth>30b/1920kbps</Bandwidth><PictureMode>Enhanced CP</PictureMode><Encrypted>If Possible</Encrypted><DataConference>No</DataConference><ShowExtendOption>Yes</ShowExtendOption><Password>0000</Password><ISDNRestrict>false</ISDNRestrict><EmailTo>x@example.com</EmailTo><ConferenceInfoText>many lines</ConferenceInfoText><ConferenceInfoHtml>&lt;body</ConferenceInfoHtml><UserMessageText>sdf</UserMessageText><ExternalSourceId>TMS</ExternalSourceId><ExternalPrimaryKey>99b67849-0000-0000-0000-000000000000</ExternalPrimaryKey><Participants><Participant><ParticipantId>1</ParticipantId><NameOrNumber>x@example.com</NameOrNumber><ParticipantCallType>IP Video &lt;-</ParticipantCallType></Participant></Participants><ISDNBandwidth><Bandwidth>6b/384kbps</Bandwidth></ISDNBandwidth><IPBandwidth><Bandwidth>30b/1920kbps</Bandwidth></IPBandwidth><ConferenceLanguage>en-US</ConferenceLanguage><ConferenceTimeZoneRules><TimeZoneRule><ValidFrom>0001-01-01T00:00:00</ValidFrom><Id>W. Europe Standard Time</Id><DisplayName>(UTC+01:00)</DisplayName><BaseOffsetInMinutes>60</BaseOffsetInMinutes><Daylight><ChangeSecondAtDay>7200</ChangeSecondAtDay><RelativeRule><Month>3</Month><DayOfTheWeek>0</DayOfTheWeek><WeekOfTheMonthIndex>5</WeekOfTheMonthIndex></RelativeRule></Daylight><DaylightOffsetInMinutes>60</DaylightOffsetInMinutes><Standard><ChangeSecondAtDay>10800</ChangeSecondAtDay><RelativeRule><Month>10</Month><DayOfTheWeek>0</DayOfTheWeek><WeekOfTheMonthIndex>5</WeekOfTheMonthIndex></RelativeRule></Standard></TimeZoneRule></ConferenceTimeZoneRules><ConferenceState><Status>Finished</Status></ConferenceState><Version>49434707</Version></GetConferenceByIdResult></GetConferenceByIdResponse></soap:Body></soap:Envelope>"""
"""The capture of facts 1.5 with its elisions filled in."""

CAPTURED_FAULT = """<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body><soap:Fault><soap:Code><soap:Value>soap:Sender</soap:Value></soap:Code><soap:Reason><soap:Text xml:lang="en">The client session id is expired.</soap:Text></soap:Reason><soap:Node>{node}</soap:Node><detail><errorcode xmlns="http://tandberg.net/2004/02/tms/external/exception/">-2147218253</errorcode><clientsessionid xmlns="http://tandberg.net/2004/02/tms/external/exception/">{session}</clientsessionid></detail></soap:Fault></soap:Body></soap:Envelope>"""
"""The capture of facts 1.6."""


@pytest.fixture
async def sim(clock: Clock, socket_enabled: None) -> AsyncIterator[TmsSimulator]:
    """A server with the room Fjord, whose id is 5."""
    async with TmsSimulator(clock=clock) as simulator:
        simulator.add_system("Fjord", 5, description="8 chairs")
        yield simulator


@pytest.fixture
async def client(sim: TmsSimulator) -> AsyncIterator[Client]:
    """Someone who logs on with NTLM and keeps to the reference."""
    async with connected(sim) as one:
        yield one


def at(sim: TmsSimulator, hours: float) -> datetime:
    """So many hours from now."""
    return sim.clock() + timedelta(hours=hours)


# What the captures show


async def test_captured_success(sim: TmsSimulator, client: Client) -> None:
    """A conference is answered with the captured elements in the captured order."""
    sim.settings.api_version = 22
    client.version, client.soap = 15, SOAP_12
    client.client_session = "082f0afc-0000-0000-0000-000000000000"
    wanted = new_conference(TEN, ELEVEN)
    wanted["Conference"]["Participants"] = {
        "Participant": {
            "ParticipantId": 1,
            "NameOrNumber": "x@example.com",
            "ParticipantCallType": "IP Video <-",
        }
    }
    saved = await client.licensed("SaveConference", wanted)
    conference_id = text(saved, "SaveConferenceResult", "ConferenceId")
    answer = await client.ask("GetConferenceById", {"ConferenceId": conference_id})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/soap+xml; charset=utf-8"
    assert answer.headers["Persistent-Auth"] == "true"
    assert answer.content.startswith(
        CAPTURED[: CAPTURED.index("<soap:Header>")].encode()
    )
    ours, theirs = etree.fromstring(answer.content), etree.fromstring(CAPTURED.encode())
    result = ours.find(f".//{{{BOOKING}}}GetConferenceByIdResult")
    assert result is not None
    billing_code = result.find(f"{{{BOOKING}}}BillingCode")
    assert billing_code is not None
    assert billing_code.text is None
    result.remove(billing_code)
    assert outline(ours) == outline(theirs)
    assert b"IP Video &lt;-</ParticipantCallType>" in answer.content
    assert b"<EmailTo />" in answer.content
    assert 20_000 < len(answer.content) < 30_000
    assert sim.violations == []


async def test_captured_fault(sim: TmsSimulator, client: Client) -> None:
    """An expired session is refused to the byte as it was captured."""
    sim.settings.accept_foreign_sessions = False
    client.soap, client.client_session = SOAP_12, "0"
    answer = await client.ask("SaveConference", new_conference(TEN, ELEVEN, 5))
    assert answer.status_code == 500
    assert answer.headers["Content-Type"] == "application/soap+xml; charset=utf-8"
    session = etree.fromstring(answer.content).findtext(
        f".//{{{EXCEPTION}}}clientsessionid"
    )
    assert answer.text.partition("?>")[2] == CAPTURED_FAULT.format(
        node=sim.booking_url, session=session
    )


async def test_fault_in_soap_11(sim: TmsSimulator, client: Client) -> None:
    """In SOAP 1.1 the same fault has the four lower-case children and no header."""
    answer = await client.ask("SaveConference", new_conference(TEN, ELEVEN, 5))
    assert answer.status_code == 500
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    root = etree.fromstring(answer.content)
    assert names(root) == ["Body"]
    fault = root[0][0]
    assert fault.tag == f"{{{SOAP_11}}}Fault"
    assert [child.tag for child in fault] == [
        "faultcode",
        "faultstring",
        "faultactor",
        "detail",
    ]
    assert fault[0].text == "soap:Client"
    assert fault[1].text == "The client session id is blank."
    assert names(fault[3]) == ["errorcode", "clientsessionid"]
    assert fault[3][0].text == "-2147218247"


async def test_session_dance(sim: TmsSimulator, client: Client) -> None:
    """The id from the fault is good for the same request and for those after it."""
    await client.licensed("SaveConference", new_conference(TEN, ELEVEN, 5))
    await client.call("DeleteConferenceById", {"ConferenceId": 4001})
    assert [(e.operation, e.status, e.error) for e in sim.requests] == [
        ("SaveConference", 500, -2147218247),
        ("SaveConference", 200, None),
        ("DeleteConferenceById", 200, None),
    ]
    assert sim.violations == []


@pytest.mark.parametrize("api_version", [9, 14, 22, 23])
async def test_server_version(
    sim: TmsSimulator, client: Client, api_version: int
) -> None:
    """GetDefaultConference tells the server's version beside the echo."""
    sim.settings.api_version = api_version
    client.version = 0
    answer = await client.ask("GetDefaultConference")
    header = etree.fromstring(answer.content)[0]
    assert names(header) == ["VersionSoapHeader", "ExternalAPIVersionSoapHeader"]
    assert text(header, "VersionSoapHeader", "ConfAPIVersion") == str(api_version)
    assert text(header, "ExternalAPIVersionSoapHeader", "ClientVersionIn") == "0"
    answer = await client.ask("GetTransactionsSince", {"CurrentTransactionId": 0})
    assert names(etree.fromstring(answer.content)[0]) == [
        "ExternalAPIVersionSoapHeader"
    ]


# Remote setup


async def test_systems(sim: TmsSimulator, client: Client) -> None:
    """Systems have their elements in order and lower-camel nested ones."""
    found = await client.result("GetSystemsForUser", namespace=REMOTE_SETUP)
    assert names(found) == ["TMSSystem"]
    assert names(found[0]) == [
        "SystemId",
        "SystemName",
        "Contact",
        "Manufacturer",
        "Description",
        "SystemType",
        "NetworkAddress",
        "Location",
        "ISDNNumber",
        "QNumber",
        "WebInterfaceURL",
        "SIPUri",
        "H323Id",
        "E164Alias",
        "TimeZone",
        "SystemCategory",
        "SystemStatus",
    ]
    assert (
        text(found[0], "SystemCategory", "systemCategory", namespace=REMOTE_SETUP)
        == "Room"
    )
    assert (
        text(found[0], "SystemStatus", "systemStatus", namespace=REMOTE_SETUP) == "Idle"
    )
    one = await client.result(
        "GetSystemById", {"TMSSystemId": 5}, namespace=REMOTE_SETUP
    )
    assert outline(one)[1] == outline(found[0])[1]
    with pytest.raises(SoapError) as raised:
        await client.call("GetSystemById", {"TMSSystemId": 6}, namespace=REMOTE_SETUP)
    assert raised.value.code == -2147218301


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("IsAlive", "true"),
        ("IsTMSSiteAdmin", "false"),
        ("IsTMSServiceUser", "false"),
        ("IsTMSBookOnBehalfUser", "true"),
        ("IsLocalAdmin", "false"),
    ],
)
async def test_rights(client: Client, operation: str, expected: str) -> None:
    """What the caller may is a boolean each."""
    result = await client.result(operation, namespace=REMOTE_SETUP)
    assert result.text == expected


async def test_users_and_primary_system(sim: TmsSimulator, client: Client) -> None:
    """Users are listed, asked about by name, and have a system of their own."""
    found = await client.result("GetUsers", namespace=REMOTE_SETUP)
    assert sim.username in [
        text(user, "UserName", namespace=REMOTE_SETUP) for user in found
    ]
    for operation, parameters, expected in (
        ("IsBookOnBehalfOfUser", {"user": sim.username}, "true"),
        ("SetPrimarySystem", {"primSys": "5"}, "true"),
        ("SetPrimarySystem", {"primSys": "x"}, "false"),
    ):
        result = await client.result(operation, parameters, namespace=REMOTE_SETUP)
        assert result.text == expected
    assert sim.violations == []


# Booking


async def test_book_list_and_delete(sim: TmsSimulator, client: Client) -> None:
    """What is saved is listed, told as a transaction, found by key, and deleted."""
    wanted = new_conference(TEN, ELEVEN, 5)
    participants = wanted["Conference"].pop("Participants")
    wanted["Conference"] |= {
        "ExternalSourceId": "source",
        "ExternalPrimaryKey": "key",
        "Participants": participants,
    }
    saved = await client.licensed("SaveConference", wanted)
    conference_id = text(saved, "SaveConferenceResult", "ConferenceId")
    listed = await client.result("GetConferencesForSystems", {"SystemIds": [5], **DAY})
    assert [text(item, "ConferenceId") for item in listed] == [conference_id]
    assert text(listed[0], "Participants") is None
    assert text(listed[0], "ConferenceInfoText") is None
    mine = await client.result("GetConferencesForUser", {"UserName": "", **DAY})
    assert names(mine) == ["Conference"]
    found = await client.result(
        "GetConferenceIdByExternalId",
        {"ExternalSourceId": "source", "ExternalConferenceId": "key"},
    )
    assert found.text == conference_id
    deleted = await client.call("DeleteConferenceById", {"ConferenceId": conference_id})
    assert len(deleted) == 0
    transactions = await client.result(
        "GetTransactionsSince", {"CurrentTransactionId": 0, "SystemId": "5"}
    )
    assert [
        (text(one, "TransType"), text(one, "ParticipantIds")) for one in transactions
    ] == [("New", "5"), ("Deleted", "5")]
    listed = await client.result("GetConferencesForSystems", {"SystemIds": [5], **DAY})
    assert len(listed) == 0
    assert sim.violations == []


async def test_modes(sim: TmsSimulator, client: Client) -> None:
    """BestEffortForced saves a conflict as defective, Strict refuses it."""
    sim.local.book([5], at(sim, 1), title="Taken")
    wanted = new_conference(TEN, ELEVEN, 5)
    with pytest.raises(SoapError) as raised:
        await client.licensed(
            "SaveConferenceWithMode", wanted | {"BookingMode": "Strict"}
        )
    assert raised.value.code == -2147218300
    saved = await client.result(
        "SaveConferenceWithMode", wanted | {"BookingMode": "BestEffortForced"}
    )
    assert names(saved) == ["Conference"]
    assert text(saved, "Conference", "ConferenceState", "Status") == "Defective"


async def test_all_or_none(sim: TmsSimulator, client: Client) -> None:
    """SaveConferences takes a flat list and saves all of it or nothing."""
    one = new_conference(TEN, ELEVEN, 5)["Conference"]
    two = new_conference("2026-01-01 12:00:00Z", "2026-01-01 13:00:00Z", 5)[
        "Conference"
    ]
    with pytest.raises(SoapError):
        await client.licensed(
            "SaveConferences", {"Conferences": [one, one], "oneTransaction": "true"}
        )
    assert sim.local.conferences() == ()
    saved = await client.result(
        "SaveConferences", {"Conferences": [one, two], "oneTransaction": "true"}
    )
    assert names(saved) == ["Conference", "Conference"]


async def test_end_and_extend(sim: TmsSimulator, client: Client, clock: Clock) -> None:
    """A conference is saved again as it was read, and ended once it runs."""
    booked = sim.local.book([5], at(sim, 1), title="Planning")
    read = await client.result(
        "GetConferenceById", {"ConferenceId": booked.conference_id}
    )
    read.tag = f"{{{BOOKING}}}Conference"
    end = read.find(f"{{{BOOKING}}}EndTimeUTC")
    assert end is not None
    end.text = "2026-01-01 11:30:00Z"
    request = element(BOOKING, "SaveConference", None)
    request.append(read)
    client.client_session = sim.server.sessions.suggest()
    answer = await client.post(
        sim.booking_url, envelope(request, client.version_header(BOOKING))
    )
    assert answer.status_code == 200
    clock.pass_by(hours=1, minutes=5)
    await client.licensed("EndConferenceById", {"ConferenceId": booked.conference_id})
    assert sim.local.get(booked.conference_id).end_time_utc == clock.now
    assert sim.violations == []


async def test_series(sim: TmsSimulator, client: Client) -> None:
    """A series goes through the wire with its pattern, exceptions and rules."""
    rules = await client.result(
        "GetTimeZoneRulesById", {"idString": "W. Europe Standard Time"}
    )
    assert names(rules) == ["TimeZoneRule"]
    wanted = new_conference(TEN, ELEVEN, 5)
    conference = wanted["Conference"]
    wanted["Conference"] = {
        name: conference[name]
        for name in ("ConferenceId", "Title", "StartTimeUTC", "EndTimeUTC")
    }
    wanted["Conference"]["RecurrencePattern"] = {
        "FrequencyType": "Weekly",
        "Interval": "1",
        "DaysOfWeek": {"DayOfWeek": ["Thursday"]},
        "FirstDayOfWeek": "Monday",
        "PatternEndType": "EndByInstances",
        "PatternInstances": "3",
    }
    wanted["Conference"] |= conference
    saved = await client.licensed("SaveConference", wanted)
    listed = await client.result(
        "GetConferencesForSystems",
        {"SystemIds": [5], **DAY, "EndTime": "2026-02-01T00:00:00Z"},
    )
    assert len(listed) == 3
    second = text(listed[1], "ConferenceId")
    await client.call("DeleteConferenceRecInstanceById", {"ConferenceId": second})
    read = await client.result(
        "GetRecurrentConferenceById",
        {"ConferenceId": text(saved, "SaveConferenceResult", "ConferenceId")},
    )
    pattern = read.find(f"{{{BOOKING}}}RecurrencePattern")
    assert pattern is not None
    assert (
        text(pattern, "Exceptions", "RecurrenceException", "ExceptionType") == "DELETE"
    )
    read.tag = f"{{{BOOKING}}}Conference"
    request = element(BOOKING, "SaveConference", None)
    request.append(read)
    answer = await client.post(
        sim.booking_url, envelope(request, client.version_header(BOOKING))
    )
    assert answer.status_code == 200
    assert sim.violations == []


@pytest.mark.parametrize("mode", [{}, {"BookingMode": "BestEffortForced"}])
async def test_one_occurrence(
    sim: TmsSimulator, client: Client, mode: dict[str, str]
) -> None:
    """One occurrence of a series is saved by an operation of its own."""
    pattern = RecurrencePattern(
        "Daily", 1, pattern_end_type="EndByInstances", pattern_instances=2
    )
    booked = sim.local.book([5], at(sim, 1), title="x", recurrence_pattern=pattern)
    wanted = new_conference(
        TEN,
        "2026-01-01 10:30:00Z",
        5,
        ConferenceId=str(booked.conference_id),
        Version=str(booked.version),
    )
    operation = f"SaveConferenceRecInstance{'WithMode' if mode else ''}"
    await client.licensed(operation, wanted | mode)
    assert [one.title for one in sim.local.conferences()] == ["Planning", "x"]
    assert sim.violations == []


async def test_recording_aliases(sim: TmsSimulator, client: Client) -> None:
    """Recording devices are listed with their aliases."""
    sim.local.add_recording_device(RecordingDevice("TCS", (AliasInfo(7, "a"),)))
    found = await client.result("GetRecordingAliases", {"UserName": ""})
    assert text(found, "RecordingDevice", "Aliases", "AliasInfo", "AliasId") == "a"


async def test_filter_by_something_else(sim: TmsSimulator, client: Client) -> None:
    """SystemId is declared as characters, but has to be a number."""
    with pytest.raises(SoapError, match="correct format"):
        await client.call(
            "GetTransactionsSince", {"CurrentTransactionId": 0, "SystemId": "Fjord"}
        )


# Versions


@pytest.mark.parametrize(
    ("version", "present", "absent"),
    [
        (23, {"TransactionId", "ConferenceTimeZoneRules", "IPBandwidth"}, set()),
        (22, {"TransactionId", "ConferenceTimeZoneRules"}, set()),
        (21, {"ConferenceTimeZoneRules"}, {"TransactionId"}),
        (11, {"ConferenceTimeZoneRules"}, {"EmailTo", "TransactionId"}),
        (10, {"IPBandwidth"}, {"ConferenceTimeZoneRules", "TransactionId"}),
        (0, {"Bandwidth", "ISDNRestrict"}, {"IPBandwidth", "ISDNBandwidth"}),
    ],
)
async def test_fields_by_version(
    sim: TmsSimulator,
    client: Client,
    version: int,
    present: set[str],
    absent: set[str],
) -> None:
    """A client gets the fields of the version that it announces."""
    booked = sim.local.book([5], at(sim, 1))
    client.version = version
    found = await client.result(
        "GetConferenceById", {"ConferenceId": booked.conference_id}
    )
    assert present <= set(names(found))
    assert not absent & set(names(found))


async def test_values_by_version(sim: TmsSimulator, client: Client) -> None:
    """A value that came later is Default for an older client."""
    booked = sim.local.book([5], at(sim, 1), ip_bandwidth="96b/6144kbps")
    for version, expected in ((23, "96b/6144kbps"), (10, "Default")):
        client.version = version
        found = await client.result(
            "GetConferenceById", {"ConferenceId": booked.conference_id}
        )
        assert text(found, "IPBandwidth", "Bandwidth") == expected


async def test_older_server(sim: TmsSimulator, client: Client) -> None:
    """A server does not know operations of later versions, nor tell newer fields."""
    sim.settings.api_version = client.version = 9
    with pytest.raises(SoapError, match="did not recognize") as raised:
        await client.call(
            "SaveConferenceWithMode",
            new_conference(TEN, ELEVEN, 5) | {"BookingMode": "Strict"},
        )
    assert raised.value.code is None
    booked = sim.local.book([5], at(sim, 1))
    client.version = 23
    found = await client.result(
        "GetConferenceById", {"ConferenceId": booked.conference_id}
    )
    assert "TransactionId" not in names(found)
    assert sim.violations == [
        "GetConferenceById: ClientVersionIn 23 is more than the server's 9"
    ]


# Strictness


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("GetConferenceById", {"ConferenceID": 1}),
        ("GetConferenceById", {}),
        ("GetConferenceById", {"ConferenceId": "one"}),
        ("GetConferenceById", {"ConferenceId": [1, 2]}),
        ("GetConferencesForSystems", {"SystemIds": {"int": 5}, **DAY}),
        ("GetConferencesForSystems", {**DAY, "SystemIds": 5}),
        ("GetConferencesForSystems", {**DAY, "ConferenceStatus": "Bogus"}),
        ("GetConferencesForSystems", {**DAY, "StartTime": "2026-01-01T00:00:00"}),
        ("GetConferencesForSystems", {**DAY, "StartTime": "2026-01-01T00:00:00+01:00"}),
        ("GetConferencesForSystems", {**DAY, "StartTime": "2026-01-01 00:00:00Z"}),
        ("GetTransactionsSince", {"CurrentTransactionId": 0, "SystemID": "5"}),
        ("GetTransactionsSince", {"SystemId": "5", "CurrentTransactionId": 0}),
        ("SaveConference", {"Conference": {"ConferenceId": "-1"}}),
        ("SaveConferenceWithMode", new_conference(TEN, ELEVEN, 5)),
        (
            "SaveConference",
            new_conference(TEN, ELEVEN, 5, ConferenceType="One Button to Push"),
        ),
        (
            "SaveConference",
            new_conference(TEN, ELEVEN, 5, ShowExtendOption="Automatic Best Effort"),
        ),
        ("SaveConference", new_conference(TEN, ELEVEN, 5, BillingCode="late")),
        ("GetConferenceByExternalId", {"ExternalSourceId": "x"}),
    ],
)
async def test_violations(
    sim: TmsSimulator, client: Client, operation: str, parameters: dict[str, Any]
) -> None:
    """What the reference does not allow is refused and recorded."""
    client.client_session = sim.server.sessions.suggest()
    with pytest.raises(SoapError) as raised:
        await client.call(operation, parameters)
    assert raised.value.code is None
    assert len(sim.violations) > 0
    assert all(line.startswith(f"{operation}: ") for line in sim.violations)
    assert sim.local.conferences() == ()


async def test_header_of_the_other_service(sim: TmsSimulator, client: Client) -> None:
    """Remote setup wants the version header in its own namespace."""
    answer = await client.post(
        sim.remote_setup_url,
        envelope(
            element(REMOTE_SETUP, "GetSystems", None), client.version_header(BOOKING)
        ),
    )
    assert answer.status_code == 500
    assert len(sim.violations) == 1


@pytest.mark.parametrize("first", [True, False])
async def test_context_header(sim: TmsSimulator, client: Client, first: bool) -> None:
    """The context comes before the version, and only where it is declared."""
    context = element(BOOKING, "ContextHeader", {"SendConfirmationMail": "false"})
    version = client.version_header(BOOKING)
    headers = (context, version) if first else (version, context)
    booked = sim.local.book([5], at(sim, 1))
    body = element(BOOKING, "GetConferenceById", {"ConferenceId": booked.conference_id})
    answer = await client.post(sim.booking_url, envelope(body, *headers))
    assert answer.status_code == (200 if first else 500)
    assert bool(sim.violations) is not first
    body = element(BOOKING, "GetDefaultConference", None)
    answer = await client.post(
        sim.booking_url,
        envelope(
            body,
            element(BOOKING, "ContextHeader", None),
            client.version_header(BOOKING),
        ),
    )
    assert answer.status_code == 500


async def test_lenient(sim: TmsSimulator, client: Client) -> None:
    """The real server ignores what it does not know, and misreads what is misspelt."""
    sim.lenient = True
    with pytest.raises(SoapError) as raised:
        await client.call("GetConferenceById", {"ConferenceID": 1, "Bogus": {"x": 1}})
    assert raised.value.code == -2147218302
    wanted = new_conference(TEN, ELEVEN, 5, Unknown="x", BillingCode="")
    await client.licensed("SaveConference", wanted)
    assert len(sim.local.conferences()) == 1
    with pytest.raises(SoapError, match="unable to process") as raised:
        await client.call("GetConferenceById", {"ConferenceId": "one"})
    assert raised.value.code is None
    assert sim.violations == []


async def test_dates_in_the_wrong_format(sim: TmsSimulator, client: Client) -> None:
    """A date that does not end with Z has an error code of its own."""
    client.client_session = sim.server.sessions.suggest()
    for start in (
        "2026-01-01 10:00:00",
        "2026-01-01 10:00:00+01:00",
        "2026-13-01 10:00:00Z",
    ):
        with pytest.raises(SoapError) as raised:
            await client.call("SaveConference", new_conference(start, ELEVEN, 5))
        assert raised.value.code == -2147218254


async def test_soap_action(sim: TmsSimulator, client: Client) -> None:
    """The action may be missing or right; a wrong one is done and recorded."""
    for action in (None, "", f'"{BOOKING}GetDefaultConference"'):
        if action is not None:
            client.headers = {"SOAPAction": action}
        assert (await client.ask("GetDefaultConference")).status_code == 200
    assert sim.violations == []
    client.headers = {"SOAPAction": f"{BOOKING}SaveConference"}
    assert (await client.ask("GetDefaultConference")).status_code == 200
    assert sim.violations == [
        f"GetDefaultConference: SOAPAction {BOOKING}SaveConference"
    ]


async def test_soap_12(sim: TmsSimulator, client: Client) -> None:
    """The version is the envelope's, whatever the content type says."""
    client.soap = SOAP_12
    client.headers = {"Content-Type": "text/xml; charset=utf-8"}
    answer = await client.ask("GetDefaultConference")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/soap+xml; charset=utf-8"
    client.headers = {
        "Content-Type": "application/soap+xml; charset=utf-8; "
        f'action="{BOOKING}GetDefaultConference"'
    }
    assert (await client.ask("GetDefaultConference")).status_code == 200
    assert [entry.soap for entry in sim.requests] == ["1.2", "1.2"]
    assert sim.violations == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"<a/>",
        f'<s:Envelope xmlns:s="{SOAP_11}"><s:Body/></s:Envelope>'.encode(),
        f'<!DOCTYPE s []><s:Envelope xmlns:s="{SOAP_11}"><s:Body><a/></s:Body>'
        "</s:Envelope>".encode(),
    ],
)
async def test_unreadable(sim: TmsSimulator, client: Client, body: bytes) -> None:
    """What is no request is refused as ASP.NET does it."""
    answer = await client.post(sim.booking_url, body)
    assert answer.status_code == 500
    fault = etree.fromstring(answer.content)[0][0]
    assert fault.findtext("faultcode") == "soap:Client"
    assert len(fault[-1]) == 0
    assert fault[-1].tag == "detail"
    assert len(sim.violations) == 1
    assert sim.requests[0].operation == ""


async def test_no_description_is_needed(sim: TmsSimulator, client: Client) -> None:
    """The services work without a WSDL, which is not served."""
    assert (await client.get(f"{sim.booking_url}?wsdl")).status_code == 404
    assert (await client.get(sim.booking_url)).status_code == 200
    assert (await client.get(f"{sim.url}/nowhere")).status_code == 404
    answer = await client.post(
        f"{sim.booking_url}?wsdl",
        envelope(
            element(BOOKING, "GetDefaultConference", None),
            client.version_header(BOOKING),
        ),
    )
    assert answer.status_code == 200


# Its own answers


def test_schemas_know_all_operations() -> None:
    """Each operation has its two elements in the schema of its service."""
    for namespace, operations in OPERATIONS.items():
        for name in operations:
            empty = etree.Element(f"{{{namespace}}}{name}Response")
            schema(namespace).validate(empty)
            assert "No matching global declaration" not in str(
                schema(namespace).error_log
            )


async def test_answers_are_valid(sim: TmsSimulator, client: Client) -> None:
    """What the server says fits the types that it holds clients to."""
    pattern = RecurrencePattern(
        "Daily", 1, pattern_end_type="EndByInstances", pattern_instances=3
    )
    booked = sim.local.book([5], at(sim, 1), title="x", recurrence_pattern=pattern)
    sim.local.rename(booked.conference_id, "y")
    by_id = {"ConferenceId": booked.conference_id}
    client.client_session = sim.server.sessions.suggest()
    for operation, parameters in (
        ("GetConferencesForSystems", {"SystemIds": 5, **DAY}),
        ("GetConferencesForUser", {"UserName": "", **DAY}),
        ("GetConferenceById", by_id),
        ("GetRecurrentConferenceById", by_id),
        ("GetDefaultConference", None),
        ("GetTransactionsSince", {"CurrentTransactionId": 0}),
        ("GetRecordingAliases", {"UserName": ""}),
        ("GetTimeZoneRulesById", {"idString": "W. Europe Standard Time"}),
        (
            "SaveConference",
            new_conference("2026-03-01 10:00:00Z", "2026-03-01 11:00:00Z", 5),
        ),
        ("DeleteConferenceById", by_id),
    ):
        schema(BOOKING).assertValid(await client.call(operation, parameters))
    for operation in ("GetSystems", "GetSystemsForUser", "GetUsers", "IsAlive"):
        schema(REMOTE_SETUP).assertValid(
            await client.call(operation, namespace=REMOTE_SETUP)
        )
    assert sim.violations == []


async def test_forbidden_characters(sim: TmsSimulator, client: Client) -> None:
    """A title from Outlook can make the whole list unreadable."""
    sim.local.book([5], at(sim, 1), title="Tab\x0bbed & <more>")
    answer = await client.ask("GetConferencesForSystems", {"SystemIds": 5, **DAY})
    assert b"<Title>Tab&#xB;bed &amp; &lt;more&gt;</Title>" in answer.content
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(answer.content)


async def test_compression(sim: TmsSimulator, client: Client) -> None:
    """Answers are compressed for those who accept it, where it is on."""
    assert "Content-Encoding" not in (await client.ask("GetDefaultConference")).headers
    sim.gzip = True
    answer = await client.ask("GetDefaultConference")
    assert answer.headers["Content-Encoding"] in ("gzip", "deflate")
    assert etree.fromstring(answer.content) is not None


async def test_a_large_list_is_quick(clock: Clock, socket_enabled: None) -> None:
    """4,000 conferences are answered in about a second."""
    async with TmsSimulator(clock=clock) as sim:
        sim.add_system("Fjord", 5)
        daily = RecurrencePattern(
            "Daily", 1, pattern_end_type="EndByInstances", pattern_instances=86
        )
        for index in range(47):
            start = at(sim, 1 + index / 2)
            end = start + timedelta(minutes=30)
            sim.local.book([5], start, end, recurrence_pattern=daily)
        async with connected(sim) as client:
            window = {**DAY, "EndTime": "2027-01-01T00:00:00Z"}
            await client.ask("GetDefaultConference")
            begin = time.perf_counter()
            listed = await client.result(
                "GetConferencesForSystems", {"SystemIds": 5, **window}
            )
            assert time.perf_counter() - begin < 3
            assert len(listed) == 47 * 86


# What it remembers


async def test_log(sim: TmsSimulator, client: Client, clock: Clock) -> None:
    """Requests are kept with all that they said."""
    sim.add_system("Birch", 6)
    client.client_session = "3f1c1c9e-0000-4000-8000-000000000000"
    await client.call("GetConferencesForSystems", {"SystemIds": [5, 6], **DAY})
    await client.call("GetSystems", namespace=REMOTE_SETUP)
    first, second = sim.requests
    assert (first.service, first.operation) == ("booking", "GetConferencesForSystems")
    assert (second.service, second.operation) == ("remotesetup", "GetSystems")
    assert first.parameters == {"SystemIds": ["5", "6"], **DAY}
    assert (first.user, first.version, first.soap) == (sim.username, 23, "1.1")
    assert first.session == client.client_session
    assert (first.status, first.time) == (200, clock.now)
    assert first.body.startswith(b"<?xml")
    assert first.answer_size > 0
    assert first.connection == second.connection
    assert sim.requests.counts == {"GetConferencesForSystems": 1, "GetSystems": 1}
    assert sim.requests.number_of("GetSystems", service="remotesetup") == 1
    assert sim.requests.number_of(SystemIds=["5", "6"]) == 1
    assert sim.requests.number_of(user="nobody") == 0
    assert sim.requests.of(since=clock.now) == [first, second]
    sim.clear_log()
    assert (sim.requests, sim.challenges, sim.most_at_once) == ([], [], 0)


async def test_most_at_once(sim: TmsSimulator, client: Client) -> None:
    """The server counts how many ask at the same time."""
    await client.call("GetDefaultConference")
    assert sim.most_at_once == 1
    sim.faults.when("GetTransactionsSince").always().latency(0.2)
    async with connected(sim) as other:
        await asyncio.gather(
            *(
                one.call("GetTransactionsSince", {"CurrentTransactionId": 0})
                for one in (client, other)
            )
        )
    assert sim.most_at_once == 2
    assert sim.at_once == 0

"""The simulated services of Cisco TMS against the captures of facts/cisco-tms.md, literally."""

from lxml import etree
import pytest

from tests.simulators.tms import TmsSimulator

from .client import (
    BOOKING,
    ELEVEN,
    EXCEPTION,
    SOAP_11,
    SOAP_12,
    TEN,
    Client,
    names,
    new_conference,
    outline,
    text,
)

CAPTURED = """<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Header><ExternalAPIVersionSoapHeader xmlns="http://tandberg.net/2004/02/tms/external/booking/"><ClientVersionIn>15</ClientVersionIn><ClientSession>082f0afc-0000-0000-0000-000000000000</ClientSession></ExternalAPIVersionSoapHeader></soap:Header><soap:Body><GetConferenceByIdResponse xmlns="http://tandberg.net/2004/02/tms/external/booking/"><GetConferenceByIdResult><ConferenceId>2391459</ConferenceId><Title>TEST</Title><StartTimeUTC>2021-01-28 07:00:00Z</StartTimeUTC><EndTimeUTC>2021-01-28 12:13:20Z</EndTimeUTC><OwnerId>16387</OwnerId><OwnerUserName>example\\api.test</OwnerUserName><OwnerFirstName>API</OwnerFirstName><OwnerLastName>Test</OwnerLastName><OwnerEmailAddress>t@example.com</OwnerEmailAddress><ConferenceType>Automatic Call Launch</ConferenceType><Bandwidth>30b/1920kbps</Bandwidth><PictureMode>Enhanced CP</PictureMode><Encrypted>If Possible</Encrypted><DataConference>No</DataConference><ShowExtendOption>Yes</ShowExtendOption><Password>0000</Password><ISDNRestrict>false</ISDNRestrict><EmailTo>x@example.com</EmailTo><ConferenceInfoText>many lines</ConferenceInfoText><ConferenceInfoHtml>&lt;body</ConferenceInfoHtml><UserMessageText>sdf</UserMessageText><ExternalSourceId>TMS</ExternalSourceId><ExternalPrimaryKey>99b67849-0000-0000-0000-000000000000</ExternalPrimaryKey><Participants><Participant><ParticipantId>1</ParticipantId><NameOrNumber>x@example.com</NameOrNumber><ParticipantCallType>IP Video &lt;-</ParticipantCallType></Participant></Participants><ISDNBandwidth><Bandwidth>6b/384kbps</Bandwidth></ISDNBandwidth><IPBandwidth><Bandwidth>30b/1920kbps</Bandwidth></IPBandwidth><ConferenceLanguage>en-US</ConferenceLanguage><ConferenceTimeZoneRules><TimeZoneRule><ValidFrom>0001-01-01T00:00:00</ValidFrom><Id>W. Europe Standard Time</Id><DisplayName>(UTC+01:00)</DisplayName><BaseOffsetInMinutes>60</BaseOffsetInMinutes><Daylight><ChangeSecondAtDay>7200</ChangeSecondAtDay><RelativeRule><Month>3</Month><DayOfTheWeek>0</DayOfTheWeek><WeekOfTheMonthIndex>5</WeekOfTheMonthIndex></RelativeRule></Daylight><DaylightOffsetInMinutes>60</DaylightOffsetInMinutes><Standard><ChangeSecondAtDay>10800</ChangeSecondAtDay><RelativeRule><Month>10</Month><DayOfTheWeek>0</DayOfTheWeek><WeekOfTheMonthIndex>5</WeekOfTheMonthIndex></RelativeRule></Standard></TimeZoneRule></ConferenceTimeZoneRules><ConferenceState><Status>Finished</Status></ConferenceState><Version>49434707</Version></GetConferenceByIdResult></GetConferenceByIdResponse></soap:Body></soap:Envelope>"""
"""The capture of facts 1.5 with its elisions filled in."""

CAPTURED_FAULT = """<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body><soap:Fault><soap:Code><soap:Value>soap:Sender</soap:Value></soap:Code><soap:Reason><soap:Text xml:lang="en">The client session id is expired.</soap:Text></soap:Reason><soap:Node>{node}</soap:Node><detail><errorcode xmlns="http://tandberg.net/2004/02/tms/external/exception/">-2147218253</errorcode><clientsessionid xmlns="http://tandberg.net/2004/02/tms/external/exception/">{session}</clientsessionid></detail></soap:Fault></soap:Body></soap:Envelope>"""
"""The capture of facts 1.6."""


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

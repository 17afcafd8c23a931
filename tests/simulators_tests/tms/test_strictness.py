"""What the simulated services of Cisco TMS mind, against facts/cisco-tms.md."""

from typing import Any

from lxml import etree
import pytest

from tests.simulators.tms import TmsSimulator

from .client import (
    BOOKING,
    DAY,
    ELEVEN,
    REMOTE_SETUP,
    SOAP_11,
    SOAP_12,
    TEN,
    Client,
    SoapError,
    at,
    element,
    envelope,
    new_conference,
)


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

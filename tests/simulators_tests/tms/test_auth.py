"""The simulated IIS before Cisco TMS: who comes in, and how often he has to knock."""

import asyncio
import base64
from collections.abc import AsyncIterator
import http.client
from typing import Any

from lxml import etree
import pytest
import requests
from requests_ntlm import HttpNtlmAuth
import spnego

from tests.simulators.tms import TmsSimulator
from tests.simulators_tests.conftest import Clock

from .client import BOOKING, Client, connected

USER = "EXAMPLE\\room.bookings"


@pytest.fixture
async def sim(clock: Clock, socket_enabled: None) -> AsyncIterator[TmsSimulator]:
    """A server that offers all that it can, over http."""
    async with TmsSimulator(clock=clock) as simulator:
        yield simulator


pytestmark = pytest.mark.filterwarnings("ignore:Unverified HTTPS request")


@pytest.fixture
async def secure(clock: Clock, socket_enabled: None) -> AsyncIterator[TmsSimulator]:
    """A server that wants logons bound to the TLS channel."""
    async with TmsSimulator(clock=clock, tls=True, channel_binding=True) as simulator:
        yield simulator


class NoAuth(requests.auth.AuthBase):
    """No credentials, also none from elsewhere."""

    def __call__(self, r: requests.PreparedRequest) -> requests.PreparedRequest:
        """Leave the request as it is."""
        return r


async def status_of(client: Client) -> int:
    """The status that a harmless question is answered with."""
    return (await client.ask("GetDefaultConference")).status_code


async def test_challenge(sim: TmsSimulator) -> None:
    """Without credentials there is IIS's well-formed page and what is offered."""
    async with connected(sim, NoAuth()) as client:
        for answer in (
            await client.ask("GetDefaultConference"),
            await client.get(sim.booking_url),
            await client.get(f"{sim.url}/nowhere"),
        ):
            assert answer.status_code == 401
            assert answer.headers["Content-Type"] == "text/html"
            assert etree.fromstring(answer.content).tag.endswith("}html")
            assert answer.raw.headers.getlist("WWW-Authenticate") == [
                "Negotiate",
                "NTLM",
                'Basic realm="tms.example.com"',
            ]
    assert sim.requests == []
    assert sim.failed_logons == {}
    assert len(sim.challenges) == 3


async def test_a_connection_logs_on_once(sim: TmsSimulator) -> None:
    """NTLM takes three legs once, then a request each (facts 3)."""
    async with connected(sim) as client:
        for _ in range(3):
            answer = await client.ask("GetDefaultConference")
            assert answer.status_code == 200
            assert answer.headers["Persistent-Auth"] == "true"
    assert [challenge.scheme for challenge in sim.challenges] == ["", "NTLM"]
    assert len(sim.requests) == 3
    assert sim.logons == {USER: 1}
    assert sim.failed_logons == {}


@pytest.mark.parametrize("name", [USER, "example\\ROOM.bookings", "room.bookings"])
async def test_names(sim: TmsSimulator, name: str) -> None:
    """The account is named in any case, with its domain or without one."""
    for auth in (HttpNtlmAuth(name, "secret"), (name, "secret")):
        async with connected(sim, auth) as client:
            assert await status_of(client) == 200
    assert sim.logons == {USER: 2}
    assert {entry.user for entry in sim.requests} == {USER}


@pytest.mark.parametrize(
    ("name", "password", "counted"),
    [
        (USER, "wrong", USER),
        (USER, "", USER),
        ("room.bookings", "wrong", USER),
        ("OTHER\\room.bookings", "secret", "OTHER\\room.bookings"),
        ("EXAMPLE\\nobody", "secret", "EXAMPLE\\nobody"),
    ],
)
@pytest.mark.parametrize("scheme", ["NTLM", "Basic"])
async def test_failed_logon(
    sim: TmsSimulator, name: str, password: str, counted: str, scheme: str
) -> None:
    """Each wrong try is one failed logon of that account."""
    sim.schemes = [scheme]
    auth: Any = (
        (name, password) if scheme == "Basic" else HttpNtlmAuth(name, password or " ")
    )
    async with connected(sim, auth) as client:
        assert await status_of(client) == 401
        assert sim.failed_logons == {counted: 1}
        assert await status_of(client) == 401
        assert sim.failed_logons == {counted: 2}
    assert sim.logons == {}
    assert sim.requests == []
    assert [c.failed for c in sim.challenges if c.failed] == [counted, counted]


async def test_basic(sim: TmsSimulator) -> None:
    """Basic is checked with every request, and refused where it is not offered."""
    async with connected(sim, (USER, "secret")) as client:
        answer = await client.ask("GetDefaultConference")
        assert answer.status_code == 200
        assert "Persistent-Auth" not in answer.headers
        sim.password = "other"
        assert await status_of(client) == 401
        client.session.auth = (USER, "other")
        sim.schemes = ["Negotiate", "NTLM"]
        assert await status_of(client) == 401
    assert sim.failed_logons == {USER: 1}


async def test_ntlm_is_not_offered(sim: TmsSimulator) -> None:
    """A client that can only do NTLM gets no further than 401."""
    sim.schemes = ["Basic"]
    async with connected(sim) as client:
        assert await status_of(client) == 401
    assert sim.failed_logons == {}


async def test_bare_ntlm_as_negotiate(sim: TmsSimulator) -> None:
    """Where only Negotiate is offered, NTLM works under that name."""
    sim.schemes = ["Negotiate"]
    async with connected(sim) as client:
        assert await status_of(client) == 200
    assert [challenge.scheme for challenge in sim.challenges] == ["", "Negotiate"]
    assert sim.logons == {USER: 1}


def negotiate(sim: TmsSimulator, password: str) -> tuple[int, str]:
    """The status and header of a logon with NTLM within SPNEGO, as browsers do it."""
    connection = http.client.HTTPConnection(sim.url.partition("//")[2])
    initiator = spnego.client(
        USER,
        password,
        protocol="negotiate",
        options=spnego.NegotiateOptions.use_negotiate,
    )
    token = initiator.step()
    while True:
        text = base64.b64encode(token or b"").decode()
        connection.request("POST", "/tms", b"", {"Authorization": f"Negotiate {text}"})
        answer = connection.getresponse()
        answer.read()
        header = answer.getheader("WWW-Authenticate") or ""
        if answer.status != 401 or len(header.split()) != 2:
            connection.close()
            return answer.status, header
        token = initiator.step(base64.b64decode(header.split()[1]))


async def in_thread(client: Client, function: Any, *arguments: Any) -> Any:
    """What a function returns that blocks."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(client.thread, function, *arguments)


async def test_spnego(sim: TmsSimulator) -> None:
    """NTLM within SPNEGO is understood, and answered until it is complete."""
    sim.schemes = ["Negotiate"]
    async with connected(sim) as client:
        status, header = await in_thread(client, negotiate, sim, "secret")
        assert status == 404
        assert header.startswith("Negotiate ")
        status, header = await in_thread(client, negotiate, sim, "wrong")
        assert (status, header) == (401, "Negotiate")
    assert sim.logons == {USER: 1}
    assert sim.failed_logons == {USER: 1}


@pytest.mark.parametrize(
    "header",
    [
        "NTLM",
        "NTLM !",
        "NTLM AAAA",
        "NTLM TlRMTVNTUAABAAAA",
        "NTLM TlRMTVNTUAADAAAA",
        "Negotiate AAAA",
        "Bearer x",
        "Basic !",
        "",
    ],
)
async def test_broken_credentials(sim: TmsSimulator, header: str) -> None:
    """What is no credentials is sent back without counting as a logon."""
    async with connected(sim, NoAuth(), headers={"Authorization": header}) as client:
        assert await status_of(client) == 401
    assert sum(sim.failed_logons.values()) == 0


async def test_logon_is_lost(sim: TmsSimulator) -> None:
    """A recycled worker lets everybody log on anew; so does another connection."""
    async with connected(sim) as client:
        assert await status_of(client) == 200
        sim.log_everybody_off()
        assert await status_of(client) == 200
        client.session.close()
        assert await status_of(client) == 200
    assert sim.logons == {USER: 3}


async def test_single_requests(sim: TmsSimulator) -> None:
    """A server may want a logon for each request."""
    sim.persistent_auth = False
    async with connected(sim) as client:
        for _ in range(2):
            answer = await client.ask("GetDefaultConference")
            assert answer.status_code == 200
            assert answer.headers["Persistent-Auth"] == "false"
    assert sim.logons == {USER: 2}


async def test_new_password(sim: TmsSimulator) -> None:
    """A changed password matters to the next connection."""
    async with connected(sim) as client:
        assert await status_of(client) == 200
        sim.password = "other"
        assert await status_of(client) == 200
        client.session.close()
        assert await status_of(client) == 401
    async with connected(sim) as client:
        assert await status_of(client) == 200


async def test_another_account(sim: TmsSimulator) -> None:
    """Each account is a user of TMS with rights of its own."""
    sim.add_account("EXAMPLE\\someone", "pass:wörd", booking=False)
    async with connected(sim, HttpNtlmAuth("EXAMPLE\\someone", "pass:wörd")) as client:
        result = await client.result("GetDefaultConference")
        name = result.findtext(f"{{{BOOKING}}}OwnerUserName")
    assert name == "EXAMPLE\\someone"


async def test_channel_binding(secure: TmsSimulator) -> None:
    """A bound logon passes over TLS, an unbound one does not."""
    async with connected(secure) as client:
        assert await status_of(client) == 200
    unbound = HttpNtlmAuth(USER, "secret", send_cbt=False)
    async with connected(secure, unbound) as client:
        assert await status_of(client) == 401
    assert secure.logons == {USER: 1}
    assert secure.failed_logons == {USER: 1}


async def test_another_certificate(secure: TmsSimulator) -> None:
    """A renewed certificate has another fingerprint and binds to itself."""
    before = secure.fingerprint
    assert secure.renew_certificate() != before
    async with connected(secure) as client:
        assert await status_of(client) == 200


async def test_a_fault_amid_the_logon(sim: TmsSimulator) -> None:
    """What happens before the logon happens to the leg, not to the request."""
    async with connected(sim) as client:
        fault = sim.faults.logons().status(503, retry_after=7)
        answer = await client.ask("GetDefaultConference")
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "7"
        assert fault.hits == 1
        sim.faults.logons().html()
        assert (await client.ask("GetDefaultConference")).status_code == 200
        assert sim.requests == []
        sim.faults.logons().drop()
        with pytest.raises(requests.ConnectionError):
            await client.ask("GetDefaultConference")
        sim.faults.logons().no_answer()
        with pytest.raises(requests.ReadTimeout):
            await client.ask("GetDefaultConference", timeout=0.2)
        sim.faults.logons(lambda challenge: challenge.scheme == "NTLM").latency(0.01)
        assert await status_of(client) == 200
        assert sim.faults.describe() == []
    assert len(sim.requests) == 1

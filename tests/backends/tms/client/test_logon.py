"""Who we are is proven once, by what the server offers, and never in the clear."""

import asyncio
from datetime import timedelta
import logging

import pytest

from custom_components.room_bookings.backends.tms.address import (
    Authentication,
    TmsAddress,
)
from custom_components.room_bookings.backends.tms.client import TmsClient
from custom_components.room_bookings.backends.tms.errors import InsecureBasicError
from custom_components.room_bookings.backends.tms.logon import logon, offered
from custom_components.room_bookings.backends.tms.transport import Limits
from custom_components.room_bookings.rooms.errors import (
    AuthFailedError,
    BusyTryLaterError,
    OutdatedError,
    PermissionDeniedError,
    UnreachableError,
)
from tests.simulators.tms import TmsSimulator

from .conftest import NOW, Clock, MakeClient, Script
from .documents import default, envelope, version_header


async def test_auto_takes_ntlm(sim: TmsSimulator, client: TmsClient) -> None:
    """One logon serves all calls on the connection."""
    await client.connect()
    await client.systems()
    await client.transactions_since(1)
    assert sim.logons == {sim.username: 1}
    # Asked what it offers; then the three legs of NTLM, of which two are sent back.
    assert len(sim.challenges) == 3


@pytest.mark.parametrize("schemes", [("Basic",), ("Negotiate",), ("NTLM", "Basic")])
async def test_auto_takes_what_is_offered(
    sim: TmsSimulator, client: TmsClient, schemes: tuple[str, ...]
) -> None:
    """Basic only where there is nothing else."""
    sim.schemes = schemes
    await client.connect()
    assert sim.logons.total() == 1
    assert not any(item.scheme == "Basic" for item in sim.challenges)


@pytest.mark.parametrize("authentication", [Authentication.NTLM, Authentication.BASIC])
async def test_what_is_chosen_is_used(
    sim: TmsSimulator, make: MakeClient, authentication: Authentication
) -> None:
    """Without asking."""
    client = make(sim, authentication=authentication)
    await client.connect()
    assert sim.logons.total() == 1
    assert len(sim.challenges) == (2 if authentication is Authentication.NTLM else 0)


@pytest.mark.parametrize("authentication", list(Authentication))
async def test_a_wrong_password_is_one_failed_logon(
    sim: TmsSimulator, make: MakeClient, authentication: Authentication
) -> None:
    """Then nothing is sent any more, until there is another client."""
    client = make(sim, authentication=authentication, password="wrong")
    with pytest.raises(AuthFailedError):
        await client.connect()
    asked = len(sim.challenges)
    for _ in range(3):
        with pytest.raises(AuthFailedError):
            await client.systems()
    assert sim.failed_logons.total() == 1
    assert len(sim.challenges) == asked
    await make(sim).connect()


async def test_ntlm_does_not_fall_back(sim: TmsSimulator, make: MakeClient) -> None:
    """Where only Basic is offered, the password is not told."""
    sim.schemes = ("Basic",)
    client = make(sim, authentication=Authentication.NTLM)
    with pytest.raises(AuthFailedError):
        await client.connect()
    assert sim.logons.total() == sim.failed_logons.total() == 0


async def test_a_password_that_changes_stops_everything(
    sim: TmsSimulator, client: TmsClient
) -> None:
    """At the next logon."""
    await client.connect()
    sim.password = "another"
    sim.log_everybody_off()
    for _ in range(2):
        with pytest.raises(AuthFailedError):
            await client.systems()
    assert sim.failed_logons.total() == 1


async def test_connections_may_forget(sim: TmsSimulator, client: TmsClient) -> None:
    """And are told again."""
    await client.connect()
    sim.log_everybody_off()
    await client.systems()
    sim.disconnect()
    # The sockets are closed when the event loop has had a turn.
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await client.systems()
    sim.persistent_auth = False
    await client.systems()
    await client.systems()
    assert sim.failed_logons.total() == 0


async def test_the_channel_is_bound(
    clock: Clock, socket_enabled: None, make: MakeClient
) -> None:
    """Where Extended Protection asks for it."""
    async with TmsSimulator(clock=clock, tls=True, channel_binding=True) as sim:
        await make(sim).connect()
        assert sim.logons.total() == 1
        assert sim.violations == []


async def test_a_certificate_of_nobody_is_refused(
    clock: Clock, socket_enabled: None, make: MakeClient
) -> None:
    """Before anything is said."""
    async with TmsSimulator(clock=clock, tls=True) as sim:
        with pytest.raises(UnreachableError):
            await make(sim, verify_ssl=True).connect()
        assert not sim.challenges


def test_basic_in_the_clear_is_refused() -> None:
    """Unless nobody is on the way; NTLM tells no password."""
    far = TmsAddress(url="http://tms.example.com", username="u", password="p")
    with pytest.raises(InsecureBasicError) as refused:
        logon(far, Authentication.BASIC)
    assert isinstance(refused.value, PermissionDeniedError)
    assert refused.value.key == "insecure_basic"
    logon(far, Authentication.NTLM)
    for url in ("https://tms.example.com", "http://127.0.0.1:80", "http://localhost"):
        logon(
            TmsAddress(url=url, username="u", password="\u20ac"), Authentication.BASIC
        )


async def test_insecure_basic_sends_nothing(
    make: MakeClient,
) -> None:
    """Not even a connection is made."""
    client = make(
        "http://tms.example.com", authentication=Authentication.BASIC, limits=Limits()
    )
    with pytest.raises(InsecureBasicError):
        await client.connect()


@pytest.mark.parametrize(
    ("challenge", "chosen"),
    [
        ("Negotiate, NTLM, Basic realm=x", Authentication.NTLM),
        ("negotiate", Authentication.NTLM),
        ('Basic realm="NTLM"', Authentication.BASIC),
    ],
)
def test_offers(challenge: str, chosen: Authentication) -> None:
    """By their schemes alone."""
    assert offered(challenge) is chosen


async def test_a_server_that_offers_nothing_known(
    scripted: TmsClient, script: Script, make: MakeClient
) -> None:
    """Is told nothing."""
    client = make(script, authentication=Authentication.AUTO)
    script.says("", status=401, headers={"WWW-Authenticate": "Bearer"})
    with pytest.raises(AuthFailedError):
        await client.connect()
    assert script.asked == [""]


async def test_a_challenge_that_is_none(script: Script, make: MakeClient) -> None:
    """Is not an answer."""
    for challenge in (
        "NTLM AAAA",
        "NTLM",
        "Basic",
        "NTLM TlRMTVNTUAACAAAA",
        "NTLM \x80",
    ):
        script.says("", status=401, headers={"WWW-Authenticate": "NTLM"})
        script.says("", status=401, headers={"WWW-Authenticate": challenge})
        with pytest.raises(UnreachableError):
            await make(script).connect()
    script.says("", status=401, headers={"WWW-Authenticate": "NTLM"})
    script.says("", status=401)
    with pytest.raises(UnreachableError):
        await make(script).connect()


async def test_a_server_in_trouble_is_asked_again_what_it_offers(
    sim: TmsSimulator, client: TmsClient
) -> None:
    """It was not a refusal."""
    sim.faults.logons().status(503, retry_after=7)
    with pytest.raises(BusyTryLaterError) as busy:
        await client.connect()
    assert busy.value.retry_after == 7
    sim.faults.logons().status(502)
    with pytest.raises(UnreachableError):
        await client.connect()
    await client.connect()


@pytest.mark.parametrize(
    ("server", "spoken"), [("22", 22), ("23", 23), ("40", 23), ("11", 11)]
)
async def test_versions(
    scripted: TmsClient, script: Script, server: str, spoken: int
) -> None:
    """The lower of both is spoken from then on; before, none is claimed."""
    assert scripted.version == 0
    script.says(default(server), envelope("GetTransactionsSince", ""))
    await scripted.connect()
    assert scripted.version == spoken
    await scripted.transactions_since(1)
    assert "ClientVersionIn>0<" in script.asked[0]
    assert f"ClientVersionIn>{spoken}<" in script.asked[1]


@pytest.mark.parametrize("header", [version_header(10), version_header(""), ""])
async def test_old_servers_are_refused(
    scripted: TmsClient, script: Script, header: str
) -> None:
    """By the version that they say, or that they say none."""
    script.says(default(1).replace(version_header(1), header))
    with pytest.raises(OutdatedError) as refused:
        await scripted.connect()
    assert refused.value.needed == 11


async def test_a_version_that_is_none(scripted: TmsClient, script: Script) -> None:
    """Is no answer."""
    script.says(default("new"))
    with pytest.raises(UnreachableError):
        await scripted.connect()


async def test_no_secret_is_logged(
    sim: TmsSimulator, make: MakeClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Not even at the lowest level, and of every library."""
    caplog.set_level(logging.DEBUG)
    room = sim.add_system("Fjord")
    for hours, scheme in enumerate(("NTLM", "Basic")):
        start = NOW + timedelta(hours=hours)
        sim.schemes = (scheme,)
        client = make(sim, password="secret")
        await client.connect()
        await client.conference(
            sim.local.book(
                [room.system_id], start, start + timedelta(hours=1), "Hush"
            ).conference_id
        )
    assert "TlRMTVNTUAAD" not in caplog.text
    assert "Authorization" not in caplog.text
    for hidden in ("secret", "Hush", "Envelope", "c2VjcmV0"):
        assert hidden not in caplog.text

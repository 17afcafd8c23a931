"""Who reaches the simulated device: certificates and handshakes (facts/cisco-xapi.md 4.1, 9.1)."""

import base64
import hashlib
import ssl
import time
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidMessage, InvalidStatus

from tests.simulators.roomos import Certificate, RoomosSimulator
from tests.simulators_tests.conftest import Clock

from .client import (
    Client,
    basic,
    client_of,
    open_socket,
    refusal,
    subprotocol,
    trusting,
)

# Certificate (4.1, 9.1)


async def test_the_fingerprint_is_that_of_the_certificate_shown(
    device: RoomosSimulator,
) -> None:
    """SHA-256 of the DER certificate; whoever trusts it can verify it."""
    context = ssl.create_default_context(cadata=device.certificate.pem.decode())
    async with open_socket(device, ssl=context) as socket:
        shown = socket.transport.get_extra_info("ssl_object").getpeercert(True)
    assert hashlib.sha256(shown).hexdigest() == device.fingerprint


async def test_another_certificate_is_shown_from_the_next_connection_on(
    device: RoomosSimulator, client: Client
) -> None:
    """Whoever verifies the old one never sends the password."""
    old = device.fingerprint
    context = ssl.create_default_context(cadata=device.certificate.pem.decode())
    knocks = len(device.handshakes)
    assert device.renew_certificate() == device.fingerprint != old
    assert await client.get("Status", "SystemUnit", "State", "System") == "Initialized"
    with pytest.raises(ssl.SSLCertVerificationError):
        await open_socket(device, ssl=context)
    assert len(device.handshakes) == knocks
    async with open_socket(device) as socket:
        shown = socket.transport.get_extra_info("ssl_object").getpeercert(True)
    assert hashlib.sha256(shown).hexdigest() == device.fingerprint


async def test_many_simulators_are_cheap(socket_enabled: None) -> None:
    """200 of them start within seconds, with one certificate if that is wished."""
    certificate = Certificate.make()
    started = time.monotonic()
    sims = [RoomosSimulator(certificate=certificate) for _ in range(200)]
    for sim in sims:
        await sim.start()
    clients = [await client_of(sim) for sim in sims[:20]]
    assert time.monotonic() - started < 5
    assert len({sim.host for sim in sims}) == len({sim.serial for sim in sims}) == 200
    assert {sim.fingerprint for sim in sims} == {certificate.fingerprint}
    for each in clients:
        await each.__aexit__()
    for sim in sims:
        await sim.stop()


# Handshake (4.1)


async def test_both_authentications(device: RoomosSimulator) -> None:
    """Basic, and a subprotocol that is echoed."""
    async with open_socket(device) as socket:
        assert socket.subprotocol is None
    offered = subprotocol()
    async with open_socket(
        device, additional_headers={}, subprotocols=[offered]
    ) as socket:
        assert socket.subprotocol == offered
    assert [
        (h.path, h.authentication, h.username, h.status) for h in device.handshakes
    ] == [("/ws", "basic", "admin", 101), ("/ws", "subprotocol", "admin", 101)]


async def test_a_password_with_any_characters(
    clock: Clock, socket_enabled: None
) -> None:
    """base64url: `-` and `_` for `+` and `/`, no padding."""
    password = "?>~ÿ?>~:é"
    async with RoomosSimulator(clock=clock, password=password) as sim:
        offered = subprotocol(password=password)
        assert "_" in offered
        async with open_socket(sim, additional_headers={}, subprotocols=[offered]):
            pass
        standard = base64.b64encode(f"admin:{password}".encode()).decode()
        padded = base64.urlsafe_b64encode(f"admin:{password}".encode()).decode()
        assert padded.endswith("=")
        for wrong in (standard, standard.rstrip("="), padded, ""):
            headers = {"Sec-WebSocket-Protocol": f"auth-{wrong}"}
            assert await refusal(sim, additional_headers=headers) == 403


@pytest.mark.parametrize(
    "options",
    [
        {"additional_headers": {}},
        {"additional_headers": basic(password="wrong")},
        {"additional_headers": basic(username="nobody")},
        {"additional_headers": {"Authorization": "Basic ####"}},
        {"additional_headers": {"Authorization": "Bearer token"}},
        {"additional_headers": {}, "subprotocols": [subprotocol(password="wrong")]},
        {"subprotocols": [subprotocol(password="wrong")]},
        {"additional_headers": {}, "subprotocols": [subprotocol(), "json"]},
    ],
)
async def test_bad_credentials_are_403(
    device: RoomosSimulator, options: dict[str, Any]
) -> None:
    """403 = bad credentials (4.1)."""
    assert await refusal(device, **options) == 403
    assert device.handshakes[-1].status == 403


async def test_the_other_refusals(device: RoomosSimulator, clock: Clock) -> None:
    """502 rebooting, 503 rate limit, 404 otherwise (4.1)."""
    with pytest.raises(InvalidStatus) as caught:
        await connect(
            f"wss://{device.host}/other",
            ssl=trusting(),
            additional_headers=basic(),
            proxy=None,
        )
    assert caught.value.response.status_code == 404
    device.configuration["NetworkServices.Websocket"] = "Off"
    assert await refusal(device) == 404
    device.configuration["NetworkServices.Websocket"] = "FollowHTTPService"
    device.handshake_limit = (2, 60)
    for _ in range(2):
        async with open_socket(device):
            pass
    assert await refusal(device) == 503
    clock.pass_by(seconds=60)
    device.reboot(seconds=10)
    assert await refusal(device) == 502
    clock.pass_by(seconds=10)
    async with open_socket(device):
        pass
    device.configuration["NetworkServices.HTTP.Mode"] = "Off"
    with pytest.raises((InvalidMessage, OSError)):
        await open_socket(device)


async def test_plain_ws_needs_http(clock: Clock, socket_enabled: None) -> None:
    """401 over ws:// = HTTP not enabled (4.1)."""
    async with RoomosSimulator(clock=clock, tls=False) as sim:
        assert (sim.url, sim.fingerprint) == (f"ws://{sim.host}/ws", "")
        async with open_socket(sim):
            pass
        sim.configuration["NetworkServices.HTTP.Mode"] = "HTTPS"
        assert await refusal(sim) == 401


async def test_handshakes_fail_on_demand(device: RoomosSimulator) -> None:
    """With a status, with a cut, late, or never."""
    device.faults.handshakes().status(503)
    assert await refusal(device) == 503
    device.faults.handshakes().drop()
    with pytest.raises((InvalidMessage, OSError)):
        await open_socket(device)
    device.faults.handshakes().latency(0.05)
    started = time.monotonic()
    async with open_socket(device):
        assert time.monotonic() - started >= 0.05
    fault = device.faults.handshakes().no_answer()
    with pytest.raises(TimeoutError):
        await open_socket(device, open_timeout=0.1)
    assert fault.hits == 1
    assert [h.status for h in device.handshakes] == [503, 0, 101, 0]

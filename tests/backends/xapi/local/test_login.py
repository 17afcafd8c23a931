"""Certificates and accounts: who is told what, and what a refusal means."""

import asyncio
import base64
import ssl
import threading
from typing import Any

import pytest

from custom_components.room_bookings.backends.signals import (
    AuthLost,
    CertificateChanged,
    Connected,
    Disconnected,
)
from custom_components.room_bookings.backends.xapi.local import socket, tls
from custom_components.room_bookings.backends.xapi.local.address import DeviceAddress
from custom_components.room_bookings.rooms.errors import (
    AuthFailedError,
    BusyTryLaterError,
    CertificateChangedError,
    PermissionDeniedError,
    UnreachableError,
)
from tests.backends.listening import Ear
from tests.simulators.roomos import Certificate, Fault

from .conftest import Near


def told(near: Near) -> list[tuple[str, str, int]]:
    """How somebody introduced himself, and what came of it."""
    return [(h.authentication, h.username, h.status) for h in near.sim.handshakes]


# Certificates


async def test_a_certificate_that_nobody_knows_is_shown_and_hears_nothing(
    near: Near,
) -> None:
    """Not even that it is a WebSocket that is wanted."""
    with pytest.raises(CertificateChangedError) as raised:
        await near.transport(fingerprint=None).connect()
    assert raised.value.fingerprint == near.sim.fingerprint
    assert not near.sim.handshakes


async def test_a_pinned_certificate_is_trusted(near: Near) -> None:
    """And the account is told to it, once."""
    await near.connected()
    assert told(near) == [("basic", "admin", 101)]


async def test_a_certificate_that_is_verified_needs_no_pin(
    near: Near, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it is where somebody runs an authority of his own."""
    trusting = ssl.create_default_context(cadata=near.sim.certificate.pem.decode())
    monkeypatch.setattr(tls, "_verifying", lambda: trusting)
    await near.transport(fingerprint=None).connect()
    assert told(near) == [("basic", "admin", 101)]
    # A stranger's, later, is not.
    near.sim.renew_certificate()
    near.sim.handshakes.clear()
    with pytest.raises(CertificateChangedError):
        await near.transport(fingerprint=None).connect()
    assert not near.sim.handshakes


async def test_another_certificate_than_the_pinned_hears_nothing(near: Near) -> None:
    """The new one is told to people, the password not to it."""
    with pytest.raises(CertificateChangedError) as raised:
        await near.transport(fingerprint="0" * 64).connect()
    assert raised.value.fingerprint == near.sim.fingerprint
    assert not near.sim.handshakes


async def test_a_certificate_renewed_meanwhile_hears_nothing(near: Near) -> None:
    """People are asked; once they have put the old one back, all is well."""
    transport = await near.connected()
    old = near.sim.certificate
    near.sim.handshakes.clear()
    async with Ear(transport.listen) as ear:
        new = near.sim.renew_certificate()
        near.sim.disconnect()
        await ear.until(CertificateChanged(new))
        assert not near.sim.handshakes
        assert not ear.of(Connected)
        near.sim.renew_certificate(old)
        await ear.until(Connected)


async def test_who_wants_no_verification_is_connected_to_anyone(near: Near) -> None:
    """Whatever was pinned before."""
    for fingerprint in (None, "0" * 64):
        await near.transport(verify_ssl=False, fingerprint=fingerprint).connect()
    assert [status for *_, status in told(near)] == [101, 101]


async def test_contexts_are_made_off_the_loop(
    near: Near, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They read the authorities from the disk."""
    made: list[int] = []
    create = ssl.create_default_context

    def create_default_context(*args: Any, **kwargs: Any) -> ssl.SSLContext:
        made.append(threading.get_ident())
        return create(*args, **kwargs)

    monkeypatch.setattr(ssl, "create_default_context", create_default_context)
    for make in (tls._verifying, tls._accepting):
        make.cache_clear()
    with pytest.raises(CertificateChangedError):
        await near.transport(fingerprint=None).connect()
    await near.connected()
    assert len(made) == 2
    assert threading.get_ident() not in made


async def test_a_device_that_vanishes_shows_no_certificate(
    near: Near, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the two looks at it."""
    address = near.address()
    await near.sim.down(refuse=True)
    with pytest.raises(UnreachableError):
        await tls.shown_fingerprint(address)
    with pytest.raises(UnreachableError):
        tls.fingerprint_of(None)


# Accounts


async def test_a_device_may_want_the_account_as_a_subprotocol(near: Near) -> None:
    """After 401 (facts 4.1), in characters that need no padding and no escape."""
    password = "p?>~ÿ:ß?"
    near.sim.password = password
    near.sim.faults.handshakes().status(401)
    await near.transport(password=password).connect()
    assert told(near) == [("basic", "admin", 401), ("subprotocol", "admin", 101)]
    token = base64.b64encode(f"admin:{password}".encode()).decode()
    assert {"+", "/"} & set(token)
    assert token[-1] == "="


async def test_a_wrong_password_is_tried_once(near: Near) -> None:
    """A 403 is final: accounts are locked for less."""
    with pytest.raises(AuthFailedError):
        await near.transport(password="wrong").connect()
    assert told(near) == [("basic", "admin", 403)]


async def test_a_password_that_neither_way_takes_is_wrong(near: Near) -> None:
    """Each is tried once."""
    near.sim.faults.handshakes().times(2).status(401)
    with pytest.raises(AuthFailedError):
        await near.transport().connect()
    assert [how for how, *_ in told(near)] == ["basic", "subprotocol"]


async def test_a_password_that_changed_is_asked_for(near: Near) -> None:
    """Once the connection is lost; then nobody calls again."""
    transport = await near.connected()
    async with Ear(transport.listen) as ear:
        near.sim.password = "another"
        near.sim.handshakes.clear()
        near.sim.disconnect()
        await ear.ended()
    assert [type(s) for s in ear.heard if not hasattr(s, "updated")] == [
        Disconnected,
        AuthLost,
    ]
    assert len(near.sim.handshakes) == 1


@pytest.mark.parametrize("role", ["Audit", "Integrator", "RoomControl"])
async def test_a_role_without_bookings_is_named(near: Near, role: str) -> None:
    """It is the account that lacks something, not the password."""
    near.sim.add_user("limited", "secret", role)
    with pytest.raises(PermissionDeniedError) as raised:
        await near.transport(username="limited").connect()
    assert not isinstance(raised.value, AuthFailedError)
    assert raised.value.missing == "role Admin or User"
    await near.sim.wait_until(lambda: not near.sim.connections)


async def test_a_role_that_is_lost_meanwhile_is_noticed_at_proof(near: Near) -> None:
    """Whatever else goes wrong there is the device's business."""
    backend = await near.backend()
    near.sim.faults.when(method="xGet").error(-31999, "Permission denied")
    with pytest.raises(PermissionDeniedError, match="Admin or User"):
        await backend.prove(near.room_id)
    near.sim.faults.when(command="Bookings.List").error(-31999, "Permission denied")
    with pytest.raises(PermissionDeniedError):
        await backend.prove(near.room_id)
    near.sim.faults.when(method="xGet").error(1, "No match")
    near.sim.faults.when(command="Bookings.List").error(1, "Asleep")
    await backend.prove(near.room_id)


async def test_a_user_is_enough(near: Near) -> None:
    """An administrator's password need not lie around."""
    near.sim.add_user("booker", "secret", "User")
    transport = near.transport(username="booker")
    await transport.connect()
    (equipped,) = await transport.rooms()
    assert equipped.room.name == "Fjord"


# Handshakes that fail


def refusal(near: Near, status: int) -> Fault:
    """Refuse the next handshake."""
    return near.sim.faults.handshakes().status(status)


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (403, AuthFailedError, "not accepted"),
        (404, UnreachableError, "HTTP 404"),
        (500, UnreachableError, "HTTP 500"),
        (502, UnreachableError, "starting"),
        (503, BusyTryLaterError, "busy"),
        (0, UnreachableError, "Message"),
    ],
)
async def test_refused_handshakes_are_told_apart(
    near: Near, status: int, error: type[Exception], words: str
) -> None:
    """By their status (facts 4.1)."""
    refusal(near, status)
    with pytest.raises(error, match=words) as raised:
        await near.transport().connect()
    assert type(raised.value) is error
    assert len(near.sim.handshakes) == 1
    await near.transport().connect()


async def test_a_handshake_that_nobody_answers_is_given_up(
    near: Near, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a while."""
    monkeypatch.setattr(socket, "_OPEN_TIMEOUT", 0.3)
    near.sim.faults.handshakes().no_answer()
    with pytest.raises(UnreachableError):
        await near.transport().connect()


async def test_where_nothing_listens_nothing_is_reached(near: Near) -> None:
    """Nor where no device is."""
    address = near.address()
    await near.sim.down(refuse=True)
    with pytest.raises(UnreachableError):
        await near.transport(host=address.host).connect()
    for host in ("", ":443", "user@host", "user:name@host", "host:0", "host:x"):
        with pytest.raises(UnreachableError):
            await near.transport(host=host).connect()


async def test_redirects_are_not_followed(near: Near) -> None:
    """The password is for this device alone."""
    asked: list[bytes] = []

    async def answer(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        place = f"Location: {near.sim.url}\r\n".encode()
        writer.write(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n" + place + b"\r\n")
        await writer.drain()
        writer.close()

    await _answering(near, answer)
    assert len(asked) == 1
    assert not near.sim.handshakes


async def _answering(near: Near, answer: Any) -> UnreachableError:
    """How a connection fails to something that answers so."""
    certificate = Certificate.make()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.show_in(context)
    server = await asyncio.start_server(answer, "127.0.0.1", ssl=context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(UnreachableError) as raised:
            await near.transport(
                host=f"127.0.0.1:{port}", fingerprint=certificate.fingerprint
            ).connect()
    return raised.value


@pytest.mark.parametrize(
    "words",
    [
        b"",
        b"\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",
        bytes(range(256)) * 100,
    ],
)
async def test_what_is_no_websocket_is_unreachable(near: Near, words: bytes) -> None:
    """Whatever it says instead; and nothing of it is repeated."""

    async def answer(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(words)
        writer.close()

    error = await _answering(near, answer)
    assert error.__cause__ is None
    assert error.__suppress_context__
    assert len(str(error)) < 60


async def test_what_is_no_tls_is_unreachable(near: Near) -> None:
    """A plain server, or a proxy's page."""

    async def answer(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1")
    async with server:
        port = server.sockets[0].getsockname()[1]
        for fingerprint in (None, "0" * 64):
            with pytest.raises(UnreachableError) as raised:
                await near.transport(
                    host=f"127.0.0.1:{port}", fingerprint=fingerprint
                ).connect()
            assert not isinstance(raised.value, CertificateChangedError)


# Addresses


@pytest.mark.parametrize(
    ("host", "name", "port", "uri"),
    [
        ("room.example.com", "room.example.com", 443, "wss://room.example.com:443/ws"),
        (" 10.0.0.1:8443 ", "10.0.0.1", 8443, "wss://10.0.0.1:8443/ws"),
        ("fe80::1", "fe80::1", 443, "wss://[fe80::1]:443/ws"),
        ("[fe80::1]:8443", "fe80::1", 8443, "wss://[fe80::1]:8443/ws"),
        ("[fe80::1]", "fe80::1", 443, "wss://[fe80::1]:443/ws"),
    ],
)
def test_a_host_may_carry_a_port(host: str, name: str, port: int, uri: str) -> None:
    """Also one that is all colons."""
    address = DeviceAddress(host=host, username="u", password="p")
    assert (address.name, address.port, address.uri) == (name, port, uri)


@pytest.mark.parametrize(
    "host",
    ["", " ", ":1", "[", "[]:1", "[::1]1:x", "a:0", "a:65536", "a:-1", "a:b", "a:1/x"],
)
def test_what_is_no_host_is_unreachable(host: str) -> None:
    """Before anything is sent."""
    address = DeviceAddress(host=host, username="u", password="p")
    with pytest.raises(UnreachableError):
        _ = address.uri


def test_an_address_shows_no_password() -> None:
    """It may stand in a log."""
    stored = {
        "host": "h",
        "username": "u",
        "password": "secret",
        "verify_ssl": True,
        "fingerprint": "ab",
        "system": "roomos",
    }
    address = DeviceAddress.of(stored)
    assert "secret" not in repr(address)
    assert address.fingerprint == "ab"

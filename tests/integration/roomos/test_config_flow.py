"""Adding a RoomOS device, as a person does it."""

import asyncio
from collections.abc import AsyncGenerator
import ssl

import pytest
from pytest_socket import socket_allow_hosts

from custom_components.room_bookings.backends.xapi.local import tls
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from tests.integration.flows import aborted, created, fields_of, open_form, start_flow
from tests.simulators.roomos import RoomosSimulator

from .room import add_roomos, asked_for_certificate, roomos_input


async def test_the_form_asks_for_the_address_and_an_account(
    hass: HomeAssistant,
) -> None:
    """Certificates are verified unless somebody says otherwise."""
    form = await open_form(hass, "roomos")
    assert fields_of(form) == ["host", "username", "password", "verify_ssl"]
    assert form["data_schema"] is not None
    filled = form["data_schema"]({"host": "a", "username": "b", "password": "c"})
    assert filled["verify_ssl"] is True


async def test_an_unknown_certificate_is_shown_and_pinned(
    hass: HomeAssistant, sim: RoomosSimulator
) -> None:
    """The password leaves only after somebody has confirmed the fingerprint."""
    flow_id = await start_flow(hass, "roomos")
    await asked_for_certificate(hass, flow_id, roomos_input(sim), sim)
    entry = await created(hass, flow_id, {})
    assert entry.unique_id == sim.serial
    assert entry.title == "Fjord"
    assert entry.data["fingerprint"] == sim.fingerprint
    assert entry.data["verify_ssl"] is True
    assert {h.authentication for h in sim.handshakes} == {"basic"}
    assert hass.states.get("calendar.fjord") is not None


async def test_a_trusted_certificate_is_not_shown(
    hass: HomeAssistant, sim: RoomosSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not pinned: it may be renewed by whoever signs it."""
    context = ssl.create_default_context(cadata=sim.certificate.pem.decode())
    monkeypatch.setattr(tls, "_verifying", lambda: context)
    entry = await created(hass, await start_flow(hass, "roomos"), roomos_input(sim))
    assert entry.data["fingerprint"] is None


async def test_without_verification_no_certificate_is_shown(
    hass: HomeAssistant, sim: RoomosSimulator
) -> None:
    """Whoever asks for it takes any certificate, also another one tomorrow."""
    answers = roomos_input(sim, verify_ssl=False)
    entry = await created(hass, await start_flow(hass, "roomos"), answers)
    assert entry.data["fingerprint"] is None
    assert entry.data["verify_ssl"] is False
    sim.renew_certificate()
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED


async def test_another_certificate_than_the_one_that_was_shown(
    hass: HomeAssistant, sim: RoomosSimulator
) -> None:
    """What is confirmed is what was seen; anything else is shown again."""
    flow_id = await start_flow(hass, "roomos")
    await asked_for_certificate(hass, flow_id, roomos_input(sim), sim)
    sim.renew_certificate()
    await asked_for_certificate(hass, flow_id, {}, sim)
    entry = await created(hass, flow_id, {})
    assert entry.data["fingerprint"] == sim.fingerprint


async def test_nothing_is_booked_to_prove_a_connection(
    hass: HomeAssistant, sim: RoomosSimulator
) -> None:
    """No flow makes a test booking, or leaves a connection open."""
    await add_roomos(hass, sim)
    assert sim.requests.of(command="Bookings.Book") == []
    assert sim.history == []
    assert len(sim.connections) == 1


async def test_blanks_around_what_was_pasted_do_not_matter(
    hass: HomeAssistant, sim: RoomosSimulator
) -> None:
    """They are taken off the address and the name; a password may end in one."""
    sim.password = " with blanks "
    entry = await add_roomos(
        hass, sim, host=f" {sim.host}\n", username=f"\t{sim.username} "
    )
    assert entry.data["host"] == sim.host
    assert entry.data["username"] == sim.username


@pytest.mark.parametrize("password", ["pässwörd", "a:b:c", "ÿÿ>>??", "x" * 200])
async def test_any_password(
    hass: HomeAssistant, sim: RoomosSimulator, password: str
) -> None:
    """Colons and letters of all alphabets are part of it."""
    sim.password = password
    await add_roomos(hass, sim)


async def test_a_device_that_takes_the_account_as_a_subprotocol_only(
    hass: HomeAssistant, sim: RoomosSimulator
) -> None:
    """Its 401 is not the last word."""
    header = sim.faults.handshakes(lambda h: h.authentication == "basic")
    header.always().status(401)
    await add_roomos(hass, sim)
    assert {h.authentication for h in sim.handshakes if h.status == 101} == {
        "subprotocol"
    }


@pytest.fixture
async def sixth(sim: RoomosSimulator) -> AsyncGenerator[int]:
    """The device's port on the IPv6 loopback."""

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
        writer.close()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address, port = sim.host.split(":")
        there, back = await asyncio.open_connection(address, int(port))
        await asyncio.gather(
            copy(reader, back), copy(there, writer), return_exceptions=True
        )

    socket_allow_hosts(["127.0.0.1", "::1"])
    async with await asyncio.start_server(carry, "::1", 0) as server:
        yield server.sockets[0].getsockname()[1]
        server.close_clients()


async def test_an_ipv6_address(
    hass: HomeAssistant, sim: RoomosSimulator, sixth: int
) -> None:
    """With a port it stands in brackets."""
    entry = await add_roomos(hass, sim, host=f"[::1]:{sixth}")
    assert entry.unique_id == sim.serial
    await hass.config_entries.async_unload(entry.entry_id)


async def test_the_same_device_twice(hass: HomeAssistant, sim: RoomosSimulator) -> None:
    """It is known by its serial number, whatever its address and whoever asks."""
    await add_roomos(hass, sim)
    sim.add_user("second", "secret", "User")
    flow_id = await start_flow(hass, "roomos")
    port = sim.host.split(":")[1]
    answers = roomos_input(sim, username="second", host=f"localhost:{port}")
    await asked_for_certificate(hass, flow_id, answers, sim)
    await aborted(hass, flow_id, {}, "already_configured")

"""Adding, renewing and reconfiguring a RoomOS device, as a person does it."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
import ssl
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_socket import socket_allow_hosts

from custom_components.room_bookings.backends.xapi.local import tls
from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from tests.integration.eventually import eventually
from tests.integration.flows import (
    Break,
    aborted,
    again,
    asked_again,
    created,
    fields_of,
    open_form,
    refused,
    shown,
    start_flow,
    submit,
)
from tests.simulators.roomos import RoomosSimulator

from .room import add_roomos, readable, roomos_input


async def asked_for_certificate(
    hass: HomeAssistant, flow_id: str, answers: Mapping[str, Any], sim: RoomosSimulator
) -> ConfigFlowResult:
    """Send a form; the certificate is shown, and the device has heard nothing yet."""
    before = len(sim.handshakes)
    result = await submit(hass, flow_id, answers)
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "certificate"
    assert fields_of(result) == []
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert placeholders["fingerprint"] == readable(sim.fingerprint)
    assert placeholders["host"] == answers.get("host", sim.host)
    assert len(sim.handshakes) == before
    return result


# Adding a device


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


# What can go wrong, and how it is put right in the same flow


@pytest.mark.parametrize(
    "host", ["", "127.0.0.1:99999", "127.0.0.1:ssh", "[::1]:x", "https://10.0.0.1"]
)
async def test_an_address_that_is_none(
    hass: HomeAssistant, sim: RoomosSimulator, host: str
) -> None:
    """What is no host cannot be connected to."""
    flow_id = await start_flow(hass, "roomos")
    await refused(hass, flow_id, roomos_input(sim, host=host), "cannot_connect")
    await asked_for_certificate(hass, flow_id, roomos_input(sim), sim)
    await created(hass, flow_id, {})


@pytest.mark.parametrize(
    ("go_wrong", "put_right", "error"),
    [
        pytest.param(
            lambda sim: setattr(sim, "password", "another"),
            lambda sim: setattr(sim, "password", "secret"),
            "invalid_auth",
            id="password",
        ),
        pytest.param(
            lambda sim: sim.add_user(sim.username, sim.password, "RoomControl"),
            lambda sim: sim.add_user(sim.username, sim.password, "User"),
            "missing_permission",
            id="role",
        ),
        pytest.param(
            lambda sim: sim.faults.handshakes().always().status(502),
            lambda sim: sim.faults.clear(),
            "cannot_connect",
            id="starting",
        ),
        pytest.param(
            lambda sim: sim.faults.handshakes().always().status(503),
            lambda sim: sim.faults.clear(),
            "cannot_connect",
            id="too many connections",
        ),
        pytest.param(
            lambda sim: sim.configuration.set("NetworkServices.Websocket", "Off"),
            lambda sim: sim.configuration.set(
                "NetworkServices.Websocket", "FollowHTTPService"
            ),
            "cannot_connect",
            id="WebSocket off",
        ),
        pytest.param(
            lambda sim: sim.configuration.set("NetworkServices.HTTP.Mode", "Off"),
            lambda sim: sim.configuration.set("NetworkServices.HTTP.Mode", "HTTPS"),
            "cannot_connect",
            id="HTTP off",
        ),
        pytest.param(
            lambda sim: setattr(sim, "subscription_limit", 0),
            lambda sim: setattr(sim, "subscription_limit", None),
            "cannot_connect",
            id="too many subscriptions",
        ),
        pytest.param(
            lambda sim: sim.faults.when(method="xGet").always().drop(),
            lambda sim: sim.faults.clear(),
            "cannot_connect",
            id="it hangs up",
        ),
        pytest.param(
            lambda sim: sim.faults.when(method="xFeedback/Subscribe").always().error(),
            lambda sim: sim.faults.clear(),
            "unknown",
            id="an answer that nobody understands",
        ),
    ],
)
async def test_what_can_go_wrong(
    hass: HomeAssistant,
    sim: RoomosSimulator,
    go_wrong: Break,
    put_right: Break,
    error: str,
) -> None:
    """The form stays filled in; a certificate that was confirmed is not asked about twice."""
    go_wrong(sim)
    flow_id = await start_flow(hass, "roomos")
    answers = roomos_input(sim, password="secret")
    await submit(hass, flow_id, answers)
    result = await submit(hass, flow_id, {})
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "roomos"
    assert result["errors"] == {"base": error}
    assert shown(result) == answers
    if error == "missing_permission":
        assert result["description_placeholders"] == {"missing": "role Admin or User"}
    await refused(hass, flow_id, answers, error)
    put_right(sim)
    entry = await created(hass, flow_id, answers)
    assert entry.data["fingerprint"] == sim.fingerprint
    assert len(sim.connections) == 1


async def test_a_device_that_is_off(hass: HomeAssistant, sim: RoomosSimulator) -> None:
    """Nobody listens there, then somebody does."""
    await sim.down(refuse=True)
    flow_id = await start_flow(hass, "roomos")
    await refused(hass, flow_id, roomos_input(sim), "cannot_connect")
    await sim.up()
    await asked_for_certificate(hass, flow_id, roomos_input(sim), sim)
    await created(hass, flow_id, {})


async def test_another_server(hass: HomeAssistant, sim: RoomosSimulator) -> None:
    """Whatever speaks no TLS at that port is no RoomOS device."""
    server = await asyncio.start_server(lambda r, w: w.close(), "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        await refused(
            hass,
            await start_flow(hass, "roomos"),
            roomos_input(sim, host=f"127.0.0.1:{port}"),
            "cannot_connect",
        )


async def test_the_same_device_twice(hass: HomeAssistant, sim: RoomosSimulator) -> None:
    """It is known by its serial number, whatever its address and whoever asks."""
    await add_roomos(hass, sim)
    sim.add_user("second", "secret", "User")
    flow_id = await start_flow(hass, "roomos")
    port = sim.host.split(":")[1]
    answers = roomos_input(sim, username="second", host=f"localhost:{port}")
    await asked_for_certificate(hass, flow_id, answers, sim)
    await aborted(hass, flow_id, {}, "already_configured")


# Reauth


@pytest.fixture
async def entry(hass: HomeAssistant, sim: RoomosSimulator) -> MockConfigEntry:
    """The device in Home Assistant, its certificate pinned."""
    return await add_roomos(hass, sim)


async def test_a_changed_password_is_asked_for(
    hass: HomeAssistant, sim: RoomosSimulator, entry: MockConfigEntry
) -> None:
    """After the next connection; the new one is used at once."""
    sim.password = "changed"
    sim.disconnect()
    form = await asked_again(hass)
    assert fields_of(form) == ["username", "password"]
    assert shown(form) == {"username": sim.username}

    wrong = {"username": sim.username, "password": "wrong"}
    await refused(hass, form["flow_id"], wrong, "invalid_auth")
    right = {"username": sim.username, "password": "changed"}
    await aborted(hass, form["flow_id"], right, "reauth_successful")
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["password"] == "changed"
    assert entry.data["fingerprint"] == sim.fingerprint


async def test_a_refused_account_is_not_tried_again(
    hass: HomeAssistant, sim: RoomosSimulator, entry: MockConfigEntry
) -> None:
    """Devices lock accounts that fail too often."""
    sim.password = "changed"
    sim.disconnect()
    await eventually(lambda: bool(hass.config_entries.flow.async_progress()))
    await asyncio.sleep(1)
    assert [h.status for h in sim.handshakes].count(403) == 1


async def test_a_right_that_was_taken_away(
    hass: HomeAssistant, sim: RoomosSimulator, entry: MockConfigEntry
) -> None:
    """The reauth form names it."""
    form = await again(hass, entry, SOURCE_REAUTH)
    sim.add_user(sim.username, sim.password, "Audit")
    answers = {"username": sim.username, "password": sim.password}
    words = await refused(hass, form["flow_id"], answers, "missing_permission")
    assert words["missing"] == "role Admin or User"


async def test_reauth_with_another_certificate(
    hass: HomeAssistant, sim: RoomosSimulator, entry: MockConfigEntry
) -> None:
    """The new one is shown before the password leaves."""
    sim.renew_certificate()
    form = await again(hass, entry, SOURCE_REAUTH)
    answers = {"username": sim.username, "password": sim.password}
    await asked_for_certificate(hass, form["flow_id"], answers, sim)
    await aborted(hass, form["flow_id"], {}, "reauth_successful")
    assert entry.data["fingerprint"] == sim.fingerprint
    assert entry.state is ConfigEntryState.LOADED


# Reconfigure


async def test_reconfigure_shows_what_is_stored(
    hass: HomeAssistant, sim: RoomosSimulator, entry: MockConfigEntry
) -> None:
    """All but the password; the certificate that is pinned is not asked about."""
    form = await again(hass, entry, SOURCE_RECONFIGURE)
    assert fields_of(form) == ["host", "username", "password", "verify_ssl"]
    assert shown(form) == {
        "host": sim.host,
        "username": sim.username,
        "verify_ssl": True,
    }
    wrong = roomos_input(sim, password="wrong")
    await refused(hass, form["flow_id"], wrong, "invalid_auth")
    await aborted(hass, form["flow_id"], roomos_input(sim), "reconfigure_successful")
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["fingerprint"] == sim.fingerprint


async def test_a_device_that_moved(
    hass: HomeAssistant, sim: RoomosSimulator, entry: MockConfigEntry
) -> None:
    """At another address it shows its certificate anew."""
    form = await again(hass, entry, SOURCE_RECONFIGURE)
    host = f"localhost:{sim.host.split(':')[1]}"
    answers = roomos_input(sim, host=host)
    await asked_for_certificate(hass, form["flow_id"], answers, sim)
    await aborted(hass, form["flow_id"], {}, "reconfigure_successful")
    assert entry.data["host"] == host
    assert entry.state is ConfigEntryState.LOADED
    assert hass.states.get("calendar.fjord") is not None


async def test_another_device_is_not_this_one(
    hass: HomeAssistant, sim: RoomosSimulator, entry: MockConfigEntry
) -> None:
    """Its serial number says so."""
    form = await again(hass, entry, SOURCE_RECONFIGURE)
    async with RoomosSimulator(ticking=True, name="Other") as other:
        await asked_for_certificate(hass, form["flow_id"], roomos_input(other), other)
        await aborted(hass, form["flow_id"], {}, "wrong_account")
    assert entry.data["host"] == sim.host


async def test_verification_can_be_switched_off_and_on(
    hass: HomeAssistant, sim: RoomosSimulator, entry: MockConfigEntry
) -> None:
    """Without it nothing is asked; with it again, the certificate of then is."""
    sim.renew_certificate()
    form = await again(hass, entry, SOURCE_RECONFIGURE)
    await aborted(
        hass,
        form["flow_id"],
        roomos_input(sim, verify_ssl=False),
        "reconfigure_successful",
    )
    assert entry.state is ConfigEntryState.LOADED

    form = await again(hass, entry, SOURCE_RECONFIGURE)
    await asked_for_certificate(hass, form["flow_id"], roomos_input(sim), sim)
    await aborted(hass, form["flow_id"], {}, "reconfigure_successful")
    assert entry.data["fingerprint"] == sim.fingerprint


# Options


async def test_options(
    hass: HomeAssistant, sim: RoomosSimulator, entry: MockConfigEntry
) -> None:
    """They are those of any system, and reload the entry."""
    form = await hass.config_entries.options.async_init(entry.entry_id)
    assert form["step_id"] == "init"
    result = await hass.config_entries.options.async_configure(
        form["flow_id"], {"titles": "hide_all", "default_duration": 45}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    sim.book_locally("Secret")
    current = "sensor.fjord_current_booking"
    await eventually(lambda: hass.states.is_state(current, "Booked"))

"""What can go wrong while a RoomOS device is added, and how it is put right in the same flow."""

import asyncio

import pytest

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from tests.integration.flows import Break, created, refused, shown, start_flow, submit
from tests.simulators.roomos import RoomosSimulator

from .room import asked_for_certificate, roomos_input


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

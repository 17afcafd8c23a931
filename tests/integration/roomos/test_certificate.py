"""A device that shows another certificate than the one that was confirmed."""

from http import HTTPStatus
from typing import Any

import pytest
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.room_bookings.const import DOMAIN
from homeassistant.config_entries import ConfigEntryState
from homeassistant.setup import async_setup_component

from .room import Room, kinds, readable

CHANGED = "certificate_changed"


@pytest.fixture
async def room(closed_room: Room) -> Room:
    """A room in Home Assistant, with the repairs that it shows."""
    assert await async_setup_component(closed_room.hass, "repairs", {})
    assert await async_setup_component(closed_room.hass, DOMAIN, {})
    await closed_room.open()
    return closed_room


async def issue_of(ws_client: WebSocketGenerator) -> dict[str, Any]:
    """The one issue, as the frontend lists it."""
    client = await ws_client()
    await client.send_json_auto_id({"type": "repairs/list_issues"})
    answer = await client.receive_json()
    [issue] = [i for i in answer["result"]["issues"] if i["domain"] == DOMAIN]
    found: dict[str, Any] = issue
    return found


async def fix(
    room: Room, ws_client: WebSocketGenerator, http_client: ClientSessionGenerator
) -> dict[str, Any]:
    """Open the form of the one issue and confirm it; the form."""
    issue = await issue_of(ws_client)
    assert issue["translation_key"] == CHANGED
    assert issue["severity"] == "error"
    assert issue["is_fixable"] is True
    fingerprint = readable(room.device.fingerprint)
    assert issue["translation_placeholders"] == {
        "title": "Fjord",
        "fingerprint": fingerprint,
    }
    client = await http_client()
    answer = await client.post(
        "/api/repairs/issues/fix",
        json={"handler": DOMAIN, "issue_id": issue["issue_id"]},
    )
    assert answer.status == HTTPStatus.OK
    form: dict[str, Any] = await answer.json()
    assert form["step_id"] == "confirm"
    assert form["data_schema"] == []
    assert form["description_placeholders"]["fingerprint"] == fingerprint
    answer = await client.post(f"/api/repairs/issues/fix/{form['flow_id']}", json={})
    assert (await answer.json())["type"] == "create_entry"
    await room.clock.settle()
    return form


async def test_changed_while_it_runs(
    room: Room,
    hass_ws_client: WebSocketGenerator,
    hass_client: ClientSessionGenerator,
) -> None:
    """Nobody is told the password before somebody has confirmed the new one."""
    room.meet("Stand-up", -5)
    await room.clock.settle()
    before = len(room.device.handshakes)
    room.device.renew_certificate()
    room.device.disconnect()
    await room.clock.until(lambda: room.issues == [CHANGED])
    await room.clock.pass_by(minutes=10)
    assert room.now("availability") == "unavailable"
    assert len(room.device.handshakes) == before

    with room.recording() as changes:
        await fix(room, hass_ws_client, hass_client)
        await room.clock.pass_by(seconds=1)
        assert room.now("current_booking") == "Stand-up"
        assert kinds(changes) == []
    assert room.entry.data["fingerprint"] == room.device.fingerprint
    assert room.issues == []


async def test_changed_while_it_was_stopped(
    room: Room,
    hass_ws_client: WebSocketGenerator,
    hass_client: ClientSessionGenerator,
) -> None:
    """The entry does not start before somebody has confirmed."""
    await room.stop()
    before = len(room.device.handshakes)
    room.device.renew_certificate()
    assert not await room.hass.config_entries.async_setup(room.entry.entry_id)
    await room.clock.settle()
    assert room.entry.state is ConfigEntryState.SETUP_RETRY
    assert room.issues == [CHANGED]
    await room.clock.pass_by(minutes=5)
    assert len(room.device.handshakes) == before

    await fix(room, hass_ws_client, hass_client)
    assert room.entry.state is ConfigEntryState.LOADED
    assert room.now("availability") == "free"
    assert room.issues == []


async def test_changed_back(room: Room) -> None:
    """Whoever puts the old one back needs to do nothing here."""
    old = room.device.certificate
    room.device.renew_certificate()
    room.device.disconnect()
    await room.clock.until(lambda: room.issues == [CHANGED])
    room.device.renew_certificate(old)
    await room.clock.pass_by(minutes=2)
    assert room.issues == []
    assert room.now("availability") == "free"


async def test_changed_again(
    room: Room,
    hass_ws_client: WebSocketGenerator,
    hass_client: ClientSessionGenerator,
) -> None:
    """The issue shows the one that the device shows now."""
    room.device.renew_certificate()
    room.device.disconnect()
    await room.clock.until(lambda: room.issues == [CHANGED])
    room.device.renew_certificate()
    await room.clock.pass_by(minutes=2)
    await fix(room, hass_ws_client, hass_client)
    await room.clock.pass_by(seconds=5)
    assert room.issues == []
    assert room.now("availability") == "free"


async def test_somebody_between(
    room: Room,
    hass_ws_client: WebSocketGenerator,
    hass_client: ClientSessionGenerator,
) -> None:
    """What was confirmed is what was shown: another one since then is not pinned."""
    room.device.renew_certificate()
    room.device.disconnect()
    await room.clock.until(lambda: room.issues == [CHANGED])
    before = len(room.device.handshakes)
    fingerprint = room.device.fingerprint
    issue = await issue_of(hass_ws_client)
    client = await hass_client()
    answer = await client.post(
        "/api/repairs/issues/fix",
        json={"handler": DOMAIN, "issue_id": issue["issue_id"]},
    )
    form = await answer.json()
    room.device.renew_certificate()
    await client.post(f"/api/repairs/issues/fix/{form['flow_id']}", json={})
    await room.clock.settle()
    assert room.entry.data["fingerprint"] == fingerprint
    assert room.issues == [CHANGED]
    assert len(room.device.handshakes) == before

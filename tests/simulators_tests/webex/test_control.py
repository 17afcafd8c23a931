"""The control API of the simulated cloud, and the simulator alone."""

import asyncio
import subprocess
import sys

import aiohttp
import jwt
import pytest

from tests.simulators.webex import WebexSimulator
from tests.simulators.xapi import Device

from .client import Client


async def test_control_as_a_person_at_a_device(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """Book, edit, delete and look at the truth."""
    summary = (await integration.get("/_control")).body
    assert summary["api_url"] == sim.api_url
    assert summary["client_secret"] == sim.client_secret
    room = "/_control/workspaces/Fjord"
    booked = await integration.post(
        f"{room}/book", {"title": "Retro", "minutes": 15, "private": True}
    )
    assert booked.body["state"] == "running"
    clash = await integration.post(f"{room}/book", {"title": "Clash"})
    assert clash.status == 409
    assert "taken" in clash.body["error"]
    await integration.post(f"{room}/book", {"title": "Later", "start": 60})
    await integration.post(
        f"{room}/book", {"title": "Fixed", "start": "2026-01-01T13:00:00+01:00"}
    )
    edited = await integration.post(
        f"{room}/edit", {"booking": "Later", "title": "Much later", "start": 90}
    )
    assert edited.body["start"] == "2026-01-01T10:30:00Z"
    truth = (await integration.get(room)).body
    assert [booking["title"] for booking in truth["bookings"]] == [
        "Retro",
        "Much later",
        "Fixed",
    ]
    assert truth["current"]["private"] is True
    (device,) = truth["devices"]
    assert device["status"]["Bookings.Availability.Status"] == "BookedUntil"
    assert device["ids"][booked.body["uuid"]] == "webex-1"
    for wanted in ("current", "next", "Fixed"):
        await integration.post(f"{room}/delete", {"booking": wanted})
    assert phone.workspace.bookings == []
    history = (await integration.get(f"{room}/history")).body["history"]
    assert [line["what"] for line in history].count("deleted") == 3
    for path, body in (
        ("/_control/workspaces/Nowhere/book", {"title": "T"}),
        (f"{room}/delete", {"booking": "current"}),
        ("/_control/devices/nobody/reboot", {}),
    ):
        assert (await integration.post(path, body)).status == 404
    assert (await integration.post(f"{room}/book", {})).status == 400


async def test_control_of_devices_and_rooms(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """Reboot, offline, sleep; rooms come and go."""
    await integration.post("/_control/devices/Fjord/reboot")
    assert await integration.event_names() == ["SyncRequired", "BootEvent"]
    for verb, status in (
        ("offline", "disconnected"),
        ("deep_sleep", "offline_deep_sleep"),
        ("online", "connected"),
    ):
        await integration.post(f"/_control/devices/{phone.serial}/{verb}")
        assert phone.connection_status == status
    made = await integration.post(
        "/_control/workspaces",
        {"name": "Birch", "capacity": 8, "devices": ["phoneos-3.6", "roomos-26.4"]},
    )
    assert [device["name"] for device in made.body["devices"]] == ["Birch", "Birch 2"]
    assert len((await integration.get("/_control/workspaces")).body["workspaces"]) == 2
    await integration.request("DELETE", "/_control/workspaces/Birch")
    assert [workspace.name for workspace in sim.workspaces] == ["Fjord"]
    odd = [{"Id": 1}]
    await integration.post("/_control/devices/Fjord/records", {"records": odd})
    assert await integration.bookings(phone) == odd


async def test_control_of_faults_and_outages(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """The fluent API as JSON."""
    armed = await integration.post(
        "/_control/faults",
        {
            "match": {"command": "Bookings.List", "device": "Fjord"},
            "times": None,
            "effect": "status",
            "with": {"status": 429, "retry_after": 3},
        },
    )
    assert len(armed.body["faults"]) == 1
    assert (await integration.command(phone, "Bookings.List")).status == 429
    await integration.request("DELETE", "/_control/faults")
    assert (await integration.get("/_control/faults")).body == {"faults": []}
    await integration.post(
        "/_control/faults",
        {"match": {"event": "Bookings.Start", "workspace": "Fjord"}, "effect": "drop"},
    )
    await integration.post(
        "/_control/faults", {"match": {"message": "status"}, "effect": "drop"}
    )
    phone.workspace.book_locally("T", sim.clock(), 5)
    assert [m["type"] for m in await integration.messages()] == ["events"]
    bad = await integration.post("/_control/faults", {"effect": "explode"})
    assert bad.status == 400
    await integration.post("/_control/down")
    with pytest.raises(aiohttp.ClientConnectionError):
        await integration.get("/v1/devices")
    assert (await integration.post("/_control/down", {"refuse": True})).status == 400
    await integration.post("/_control/up")
    assert (await integration.get("/v1/devices")).status == 200


async def test_control_of_the_integration(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """Codes, tokens, messages and the request log."""
    code = (await integration.get("/_control/activation_code?lifetime=-60")).body
    claims = jwt.decode(code["activation_code"], options={"verify_signature": False})
    assert claims["expiryTime"].startswith("2026-01-01T08:59:00")
    await integration.post("/_control/messages", {"type": "odd"})
    await integration.post("/_control/full_sync", {"device": "Fjord"})
    await integration.post("/_control/health_check")
    await integration.post("/_control/update", {"refresh_token": "next"})
    moved = (await integration.post("/_control/move_queue")).body["poll_url"]
    kinds = [message["type"] for message in await integration.messages()]
    assert kinds == ["odd", "status", "healthCheck", "action"]
    sim.hold = 20
    poll = asyncio.create_task(integration.get(moved))
    waiting = await integration.get("/_control/poll?timeout=5")
    assert waiting.body == {"waiting_polls": 1}
    await integration.post("/_control/deprovision", {"announce": False})
    await poll
    assert (await integration.get("/_control/poll?timeout=0.01")).status == 504
    log = (await integration.get("/_control/requests")).body["requests"]
    assert {
        "time",
        "method",
        "path",
        "command",
        "device",
        "arguments",
        "status",
    } <= set(log[0])
    await integration.post("/_control/expire_tokens")
    await integration.request("DELETE", "/_control/requests")
    assert (await integration.get("/v1/devices")).status == 401
    assert len(sim.requests) == 1
    await integration.post("/_control/revoke")
    assert sim.tokens.refresh_token != "next"


async def test_alone_it_prints_what_a_user_needs(socket_enabled: None) -> None:
    """`python -m tests.simulators.webex`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.simulators.webex",
        "--rooms",
        "4",
        "--seed-bookings",
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        printed = {}
        for _ in range(5):
            line = (await process.stdout.readline()).decode()
            key, _, value = line.strip().partition(": ")
            printed[key] = value
        assert list(printed) == [
            "api_url",
            "client_id",
            "client_secret",
            "activation_code",
            "control",
        ]
        base = printed["api_url"].removesuffix("/v1")
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{base}/_control/workspaces") as response,
        ):
            rooms = (await response.json())["workspaces"]
        assert [(room["name"], len(room["devices"])) for room in rooms] == [
            ("Fjord", 1),
            ("Birch", 2),
            ("Aurora", 1),
            ("Room 4", 1),
        ]
        assert all(len(room["bookings"]) == 4 for room in rooms)
    finally:
        process.terminate()
        assert await process.wait() == 0

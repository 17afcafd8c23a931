"""The simulated device for other processes: its control API and its program."""

import subprocess
import sys
from typing import Any

import aiohttp
import pytest
from websockets.asyncio.client import connect

from .client import BOOKINGS, Client, basic, trusting


@pytest.fixture
def alone() -> Any:
    """The simulator as a process; what it printed."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.simulators.roomos",
            "--profile",
            "roomos-11.24",
            "--seed-bookings",
            "2",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    printed = dict(process.stdout.readline().strip().split(": ", 1) for _ in range(6))
    yield printed
    process.terminate()
    assert process.wait(timeout=10) == 0
    process.stdout.close()


async def test_alone_with_its_control_api(
    alone: dict[str, str], socket_enabled: None
) -> None:
    """Everything a demo does from another process."""
    assert list(alone) == [
        "host",
        "username",
        "password",
        "fingerprint",
        "serial",
        "control",
    ]

    async with (
        aiohttp.ClientSession() as session,
        connect(
            f"wss://{alone['host']}/ws",
            ssl=trusting(),
            additional_headers=basic(),
            proxy=None,
        ) as socket,
    ):

        async def control(
            method: str, path: str, body: Any = None, status: int = 200
        ) -> Any:
            async with session.request(
                method, f"{alone['control']}{path}", json=body
            ) as answer:
                assert answer.status == status
                return await answer.json()

        client = Client(socket)
        await client.subscribe(*BOOKINGS)
        assert (await control("GET", "/subscribed?timeout=5"))["subscriptions"] == 1
        await control("GET", "/subscribed?number=9&timeout=0.05", status=504)
        summary = await control("GET", "")
        assert summary["host"] == alone["host"]
        assert summary["profile"] == "roomos-11.24"
        assert summary["connections"][0]["subscriptions"] == {"1": "Event/Bookings"}
        room = f"/workspaces/{summary['workspaces'][0]}"
        box = f"/devices/{alone['serial']}"
        assert len((await control("GET", room))["bookings"]) == 2
        booked = await control(
            "POST", f"{room}/book", {"title": "T", "start": 600, "minutes": 15}
        )
        taken = {"title": "U", "start": 600}
        assert "error" in await control("POST", f"{room}/book", taken, status=409)
        await control("POST", f"{room}/edit", {"booking": booked["uuid"], "title": "V"})
        await control("POST", f"{room}/check_in", {"booking": "V"})
        await control("POST", f"{room}/delete", {"booking": "V", "cause": "NoShow"})
        history = (await control("GET", f"{room}/history"))["history"]
        assert [h["what"] for h in history[2:]] == [
            "created",
            "changed",
            "checked_in",
            "deleted",
        ]
        assert await client.event_names() == [
            "BookingRequested",
            "BookingCreated",
            "Updated",
            "BookingMoved",
            "Updated",
            "CheckedIn",
            "Deleted",
            "Updated",
        ]
        await control(
            "POST", f"{box}/configuration", {"Bookings.AdhocBooking.Enabled": "False"}
        )
        await control("POST", f"{box}/configuration", {"Odd": 1}, status=404)
        await control(
            "POST", f"{box}/configuration", {"SystemUnit.Name": 1}, status=400
        )
        assert (await client.refused("xCommand/Bookings/Book")).code == 1
        await control("POST", f"{box}/people", {"people": 4})
        await control("POST", f"{box}/status", {"SystemUnit.State.System": "Odd"})
        assert await client.get("Status", "SystemUnit", "State", "System") == "Odd"
        await control("POST", f"{box}/records", {"records": [{"Id": 1}]})
        for fault in (
            {"match": {"command": "Bookings.List"}, "effect": "error", "times": None},
            {"match": {"event": ""}, "effect": "garbage", "with": {"kind": "deep"}},
            {"match": {"status": "Bookings"}, "effect": "drop"},
            {"match": {"message": True}, "effect": "disconnect"},
            {"match": {"handshake": True}, "effect": "status", "with": {"status": 503}},
        ):
            await control("POST", "/faults", fault)
        assert len((await control("GET", "/faults"))["faults"]) == 5
        assert (await client.refused("xCommand/Bookings/List")).code == 1
        await control("DELETE", "/faults")
        await control("POST", "/faults", {"effect": "odd"}, status=400)
        await control(
            "POST", "/knobs", {"handshake_limit": [9, 60], "meeting_ids": "other"}
        )
        await control("POST", "/knobs", {"odd": 1}, status=400)
        await control("POST", "/frames", {"frame": {"hello": 1}})
        fingerprint = (await control("POST", "/certificate"))["fingerprint"]
        assert fingerprint != alone["fingerprint"]
        await control("POST", "/password", {"password": "other"})
        await control("POST", "/role", {"roles": ["Audit"]})
        requests = (await control("GET", "/requests"))["requests"]
        assert requests[-1]["command"] == "Bookings.List"
        assert requests[-1]["error"] == 1
        (handshake,) = (await control("GET", "/handshakes"))["handshakes"]
        assert handshake["authentication"] == "basic"
        await control("DELETE", "/requests")
        await control("POST", "/half_open")
        await control("POST", "/down", {})
        await control("POST", "/up")
        await control("POST", "/disconnect", {"code": 1001})
        await control("POST", f"{box}/reboot", {"seconds": 1, "meeting_ids": "empty"})
        await control("POST", "/devices/other/reboot", status=404)
        assert not (await control("GET", ""))["ready"]

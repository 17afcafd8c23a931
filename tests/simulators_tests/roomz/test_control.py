"""The simulated booking system for other processes: its control API and its program."""

import subprocess
import sys

import aiohttp
from aiohttp import encode_basic_auth
import pytest

from tests.simulators.roomz import SimRoom

from .caller import Caller


async def test_somebody_else_is_a_control_request(ask: Caller, room: SimRoom) -> None:
    """Who books, edits, cancels and deletes."""
    book = {"subject": "Theirs", "minutes": 45, "organizer": "Ada", "private": True}
    made = await ask("POST", "/_control/rooms/Weisshorn/book", book)
    assert (made.status, made.body["state"], made.body["api"]) == (
        200,
        "running",
        False,
    )
    assert (await ask("POST", "/_control/rooms/57/book", book)).status == 409
    later = {"subject": "Later", "start": "2026-01-01T11:00:00Z"}
    assert (await ask("POST", "/_control/rooms/57/book", later)).status == 200
    edit = {"meeting": "current", "minutes": 20, "subject": "New", "private": False}
    edited = (await ask("POST", "/_control/rooms/57/edit", edit)).body
    assert (edited["subject"], edited["endDateUTC"]) == ("New", "2026-01-01T09:20:00Z")
    move = {"meeting": "next", "start": 10}
    assert (await ask("POST", "/_control/rooms/57/edit", move)).status == 409
    cancel = {"meeting": "New"}
    assert (await ask("POST", "/_control/rooms/57/cancel", cancel)).status == 200
    delete = {"meeting": "next"}
    assert (await ask("POST", "/_control/rooms/57/delete", delete)).status == 200
    assert (await ask("POST", "/_control/rooms/57/delete", delete)).status == 404
    shown = (await ask("GET", "/_control/rooms/57")).body
    assert shown["current"] is None
    assert [m["isCancelled"] for m in shown["meetings"]] == [True]
    history = (await ask("GET", "/_control/rooms/57/history")).body["history"]
    assert [change["what"] for change in history] == [
        "created",
        "created",
        "changed",
        "cancelled",
        "deleted",
    ]
    assert len(room.history) == 5
    assert (await ask("GET", "/_control/check")).body == {"violations": []}


async def test_rooms_and_rules_are_control_requests(ask: Caller) -> None:
    """Rooms come and go, credentials change."""
    await ask("POST", "/_control/rooms", {"name": "New", "id": "n"})
    await ask("POST", "/_control/rooms/22/rename", {"name": "Renamed"})
    await ask("DELETE", "/_control/rooms/57")
    assert (await ask("DELETE", "/_control/rooms/57")).status == 404
    listed = (await ask("GET", "/_control/rooms")).body["rooms"]
    assert [(r["id"], r["name"]) for r in listed] == [("22", "Renamed"), ("n", "New")]
    turned = await ask("POST", "/_control/rules", {"post_body": False})
    assert turned.body["post_body"] is False
    assert (await ask("POST", "/_control/rules", {"odd": 1})).status == 404
    await ask("POST", "/_control/credentials", {"password": "new"})
    summary = (await ask("GET", "/_control", headers={})).body
    assert (summary["password"], summary["url"]) == ("new", ask.sim.url)
    assert (await ask("GET", "/rooms")).status == 200
    old = {"Authorization": encode_basic_auth("roomz", "correct horse: battery")}
    assert (await ask("GET", "/rooms", headers=old)).status == 401


async def test_faults_are_control_requests(ask: Caller) -> None:
    """Armed, listed, cleared."""
    fault = {"match": {"call": "rooms"}, "effect": "status", "with": {"status": 403}}
    assert (await ask("POST", "/_control/faults", fault)).status == 200
    assert (await ask("GET", "/rooms")).status == 403
    fault = {"effect": "nulls", "times": None, "with": {"fields": ["name"]}}
    assert (await ask("POST", "/_control/faults", fault)).status == 200
    for _ in range(2):
        assert (await ask("GET", "/rooms")).body[0]["name"] is None
    assert len((await ask("GET", "/_control/faults")).body["faults"]) == 1
    await ask("DELETE", "/_control/faults")
    assert (await ask("GET", "/rooms")).body[0]["name"] == "Weisshorn"
    for odd in ({"effect": "explode"}, {"effect": "status", "with": {"fields": []}}):
        assert (await ask("POST", "/_control/faults", odd)).status == 400
    requests = (await ask("GET", "/_control/requests")).body["requests"]
    assert [entry["status"] for entry in requests] == [403, 200, 200, 200]
    await ask("DELETE", "/_control/requests")
    assert not ask.sim.requests
    counters = (await ask("GET", "/_control/counters")).body
    assert counters["calls"]["rooms 403"] == 1
    assert (await ask("POST", "/_control/down", {"refuse": True})).status == 400
    await ask("POST", "/_control/down", {"seconds": 60})
    with pytest.raises(aiohttp.ClientError):
        await ask("GET", "/rooms")
    await ask("POST", "/_control/up")
    assert (await ask("GET", "/rooms")).status == 200


def test_it_runs_alone() -> None:
    """And says where it is, until it is told to stop."""
    command = [sys.executable, "-m", "tests.simulators.roomz", "--rooms", "3"]
    command += ["--seed-bookings", "--prefix", "/v1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(4)]
        process.terminate()
        assert process.wait(20) == 0
    keys = [line.partition(": ")[0] for line in lines]
    assert keys == ["url", "username", "password", "control"]
    assert lines[0].rstrip().endswith("/v1")

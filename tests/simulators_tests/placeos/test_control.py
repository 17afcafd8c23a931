"""The control API of the simulated PlaceOS, and the simulator alone."""

from collections.abc import AsyncIterator, Iterator
import subprocess
import sys
from typing import Any

import aiohttp
import pytest

from tests.simulators.placeos import PlaceosSimulator, Room
from tests.simulators_tests.conftest import Clock

from .client import API, Client, ExecFailedError, channel


@pytest.fixture
async def sim(clock: Clock, socket_enabled: None) -> AsyncIterator[PlaceosSimulator]:
    """A server with its control API."""
    async with PlaceosSimulator(clock=clock) as simulator:
        await simulator.start_control()
        yield simulator


class Control:
    """A client of the control API."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        """Speak to it."""
        self._session = session
        self._url = url

    async def __call__(
        self, method: str, path: str, body: Any = None, status: int = 200
    ) -> Any:
        """The answer to a request, which has that status."""
        async with self._session.request(
            method, f"{self._url}{path}", json=body
        ) as answer:
            assert answer.status == status, await answer.text()
            return await answer.json()


@pytest.fixture
def control(sim: PlaceosSimulator, session: aiohttp.ClientSession) -> Control:
    """The control API."""
    return Control(session, sim.control_url)


async def test_people_elsewhere(room: Room, control: Control) -> None:
    """They book, move and cancel; what is taken is 409, what is not there 404."""
    booked = await control(
        "POST", "/rooms/Fjord/book", {"title": "Stand-up", "start": 60, "minutes": 15}
    )
    assert (booked["start"], booked["end"]) == (
        "2026-01-01T10:00:00Z",
        "2026-01-01T10:15:00Z",
    )
    rival = {"title": "Rival", "start": 65}
    await control("POST", f"/rooms/{room.id}/book", rival, 409)
    await control("POST", "/rooms/Fjord/book", {**rival, "overlap": True})
    assert len((await control("GET", "/invariants"))["overlaps"]) == 1
    await control("POST", "/rooms/Fjord/cancel", {"booking": "Rival"})
    moved = await control(
        "POST", "/rooms/Fjord/move", {"booking": "next", "start": 0, "private": True}
    )
    assert (moved["start"], moved["private"]) == ("2026-01-01T09:00:00Z", True)
    shown = await control("GET", "/rooms/Fjord")
    assert (shown["current"]["id"], shown["status"]["status"]) == (
        booked["id"],
        "pending",
    )
    await control("POST", "/rooms/Fjord/cancel", {"booking": "current"})
    await control("POST", "/rooms/Fjord/cancel", {"booking": "current"}, 404)
    await control("POST", "/rooms/Atlantis/book", {"title": "x"}, 404)
    await control("POST", "/rooms/Fjord/book", {"title": "x", "minute": 3}, 400)
    history = (await control("GET", "/rooms/Fjord/history"))["history"]
    assert [change["what"] for change in history] == [
        "created",
        "created",
        "cancelled",
        "changed",
        "cancelled",
    ]


async def test_people_at_the_panel(room: Room, control: Control) -> None:
    """They book now, check in and end."""
    await control("POST", "/rooms/Fjord/end", None, 409)
    await control("POST", "/rooms/Fjord/book_now", {"minutes": 15, "title": "Ad-hoc"})
    await control("POST", "/rooms/Fjord/book_now", {}, 409)
    await control("POST", "/rooms/Fjord/check_in")
    assert room.status["in_use"]
    await control("POST", "/rooms/Fjord/end")
    assert room.events == []
    await control("POST", "/rooms/Fjord/people", {"people": 3})
    assert room.status["people_count"] == 3.0


async def test_modules(room: Room, control: Control, clock: Clock) -> None:
    """Settings, records, polls, restarts, rooms that come and go."""
    settings = await control("POST", "/rooms/Fjord/settings", {"pending_before": 10})
    assert settings["pending_before"] == room.status["pending_before"] == 10
    await control("POST", "/rooms/Fjord/settings", {"nonsense": 1}, 400)
    await control("POST", "/rooms/Fjord/records", {"records": [None, {"id": 1}]})
    assert room.status["bookings"] == [None, {"id": 1}]
    polls = room.driver.polls
    await control("POST", "/rooms/Fjord/poll")
    assert room.driver.polls == polls + 1
    await control("POST", "/rooms/Fjord/restart", {"seconds": 5})
    assert room.status == {}
    await control("POST", "/rooms", {"name": "Gimle", "capacity": 3, "release": "D2"})
    rooms = (await control("GET", "/rooms"))["rooms"]
    assert [(each["name"], each["release"]) for each in rooms] == [
        ("Fjord", "D3"),
        ("Gimle", "D2"),
    ]
    await control("DELETE", "/rooms/Gimle")
    assert (await control("GET", ""))["rooms"] == ["Fjord"]


async def test_faults(
    sim: PlaceosSimulator, room: Room, control: Control, client: Client
) -> None:
    """Armed, listed and cleared; only what the wire can have."""
    await control(
        "POST",
        "/faults",
        {"match": {"cmd": "exec", "name": "book_now"}, "effect": "error"},
    )
    with pytest.raises(ExecFailedError, match="unable to book due to clash"):
        await client.call(room, "book_now", 60)
    for match, effect, more in (
        ({"notification": "status"}, "duplicate", {"copies": 3}),
        ({"handshake": True}, "status", {"status": 503}),
        ({"path": "*/systems"}, "status", {"status": 429, "retry_after": 1}),
    ):
        body = {"match": match, "effect": effect, "with": more, "times": None}
        await control("POST", "/faults", body)
    assert len((await control("GET", "/faults"))["faults"]) == 3
    await client.bind(room, "status")
    await client.flush()
    assert client.values("status") == ["free"] * 3
    await control("DELETE", "/faults")
    assert sim.faults.describe() == []
    wrong = {"match": {"handshake": True}, "effect": "rival"}
    await control("POST", "/faults", wrong, 400)


async def test_knobs_and_keys(sim: PlaceosSimulator, control: Control) -> None:
    """Turned one by one; the key loses and regains its rights."""
    await control("POST", "/knobs", {"values": "encoded", "domain": "b.example.com"})
    assert (sim.values, sim.domain) == ("encoded", "b.example.com")
    await control("POST", "/knobs", {"nonsense": 1}, 400)
    key = await control(
        "POST",
        "/key",
        {"permission": "support", "scopes": ["control"], "revoked": True},
    )
    assert key == {"permission": "support", "scopes": ["control"]}
    assert sim.keys[sim.api_key].revoked
    await control("POST", "/key", {"revoked": False, "expires": 5})
    assert not sim.keys[sim.api_key].revoked
    assert sim.keys[sim.api_key].expires is not None


async def test_the_client_seen_from_outside(
    sim: PlaceosSimulator, room: Room, control: Control, client: Client
) -> None:
    """Bindings, frames, handshakes, counters; then it is cut off."""
    await client.bind(room, "status")
    assert (await control("GET", "/bound?number=1"))["bindings"] == 1
    await control("GET", "/bound?number=2&timeout=0.01", None, 504)
    summary = await control("GET", "")
    assert summary["counters"] == {
        "requests": 0,
        "frames": 1,
        "handshakes": 1,
        "polls": 1,
        "overlaps": 0,
    }
    (connection,) = summary["connections"]
    assert connection["bindings"] == 1
    (frame,) = (await control("GET", "/frames"))["frames"]
    assert (frame["cmd"], frame["name"], frame["answered"]) == ("bind", "status", True)
    (handshake,) = (await control("GET", "/handshakes"))["handshakes"]
    assert handshake["status"] == 101
    await control("POST", "/frames", {"frame": {"odd": 1}})
    await client.until(lambda frame: frame == {"odd": 1})
    await control("POST", "/frames", {"frame": "{"})
    await client.until(lambda frame: frame == "{")
    await control("DELETE", "/requests")
    assert (await control("GET", "/requests"))["requests"] == []
    assert (sim.frames, sim.handshakes) == ([], [])
    await control("POST", "/disconnect", {"code": 1012})
    assert await client.ended() == 1012


async def test_outages(
    sim: PlaceosSimulator, control: Control, session: aiohttp.ClientSession
) -> None:
    """Half-open, cut, down and up."""
    async with channel(sim, session) as client:
        await control("POST", "/half_open")
        assert sim.connections[0].half_open
        await control("POST", "/disconnect")
        await client.ended()
    await control("POST", "/down", {"refuse": True})
    with pytest.raises(aiohttp.ClientError):
        async with channel(sim, session):
            pass
    await control("POST", "/up")
    await control("POST", "/down", {"seconds": 0.01})
    await sim.wait_until(lambda: not sim.closed)
    async with channel(sim, session) as client:
        await client.flush()


@pytest.fixture
def alone() -> Iterator[dict[str, str]]:
    """The simulator as a process; what it printed."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.simulators.placeos",
            "--rooms",
            "7",
            "--seed-bookings",
            "2",
            "--prefix",
            "/place",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    printed = dict(process.stdout.readline().strip().split(":", 1) for _ in range(4))
    yield {name: value.strip() for name, value in printed.items()}
    process.terminate()
    assert process.wait(timeout=10) == 0
    process.stdout.close()


async def test_alone(
    alone: dict[str, str], session: aiohttp.ClientSession, socket_enabled: None
) -> None:
    """Four lines, rooms with meetings, and time that passes."""
    assert list(alone) == ["url", "api_key", "fingerprint", "control"]
    control = Control(session, alone["control"])
    rooms = (await control("GET", "/rooms"))["rooms"]
    assert [room["name"] for room in rooms][-2:] == ["Juniper", "Sequoia 2"]
    assert rooms[0]["current"]["title"] == "Stand-up"
    assert rooms[0]["status"]["status"] == "busy"
    async with session.get(
        f"{alone['url']}{API}/systems", headers={"X-API-Key": alone["api_key"]}
    ) as answer:
        assert len(await answer.json()) == 8

"""PlaceOS's own client, @placeos/ts-client, against the PlaceOS simulator.

It is the only judge of the simulator that this project did not write. It needs Node.js
and npm; the client is installed once into the project's cache.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.simulators.placeos import PlaceosSimulator, Room
from tests.simulators_tests import npm

HERE = Path(__file__).parent / "ts_client"


@pytest.fixture(scope="session")
def ts_client() -> Path:
    """The folder of the client's one pinned version; installs it where it is missing."""
    packages = npm.versions(HERE)
    return npm.install(
        HERE,
        f"placeos-ts-client-{packages['@placeos/ts-client']}-ws-{packages['ws']}",
        "--legacy-peer-deps",  # its peers are all in its bundle
    )


@pytest.fixture
async def sim(socket_enabled: None) -> AsyncIterator[PlaceosSimulator]:
    """A server whose clock is the real one."""
    async with PlaceosSimulator(ticking=True) as simulator:
        yield simulator


@pytest.fixture
def room(sim: PlaceosSimulator) -> Room:
    """The first of three rooms; a system without bookings is there, too."""
    sim.add_system("Screens")
    room, *_ = [
        sim.add_room(name, capacity=6) for name in ("Sequoia", "Baobab", "Cedar")
    ]
    return room


async def _walk(folder: Path, sim: PlaceosSimulator, room: Room) -> dict[str, Any]:
    """What the client saw."""
    return await npm.walk(HERE, folder, sim.host, sim.api_key, room.id)


async def test_place_os_s_own_client_walks_through_it(
    sim: PlaceosSimulator, room: Room, ts_client: Path
) -> None:
    """It pages through systems, binds, books, is refused, checks in and ends."""
    seen = await _walk(ts_client, sim, room)
    assert "error" not in seen
    assert seen["domain"] == sim.domain
    assert seen["pages"] == [[3, ["Sequoia", "Baobab"]], [3, ["Cedar"]]]
    assert (seen["capacity"], seen["types"]) == (6, {"Display": 1, "Bookings": 1})
    assert seen["status"] == ["free", "busy", "free"]
    assert (seen["booked"]["title"], seen["booked"]["host"]) == (
        "Judged",
        room.mailbox.email,
    )
    for name, error_code, words in (
        ("clash", 3, "module raised: the room is currently in use (Exception)"),
        ("unknown", 1, "could not find function extend"),
        ("missing", 6, "could not find module"),
    ):
        assert (seen[name]["error_code"], seen[name]["msg"]) == (error_code, words)
    assert seen["checkin"] is None
    assert seen["end"] == {"answered": None}
    assert room.events == []
    assert [change.what for change in room.mailbox.history] == ["created", "declined"]
    (handshake,) = sim.handshakes
    assert (handshake.status, "fixed_device=true" in handshake.path) == (101, True)
    assert sim.frames.number_of(cmd="ping", answered=True) >= 1
    assert sim.frames.number_of(cmd="") == 0


async def test_it_comes_back_and_binds_anew(
    sim: PlaceosSimulator, room: Room, ts_client: Path
) -> None:
    """Its end_meeting is done, the socket drops; after that it hears of the free room."""
    sim.faults.when("exec", "end_meeting").apply_then_drop()
    seen = await _walk(ts_client, sim, room)
    assert "error" not in seen
    assert seen["end"] == "Request timed out."
    assert (seen["status"][0], seen["status"][-1]) == ("free", "free")
    assert "busy" in seen["status"]
    assert [entry.status for entry in sim.handshakes] == [101, 101]

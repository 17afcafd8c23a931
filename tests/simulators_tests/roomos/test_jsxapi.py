"""Cisco's own client, jsxapi, against the RoomOS simulator.

It is the only judge of the simulator that this project did not write. It needs Node.js
and npm; jsxapi is installed once into the project's cache.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.simulators.roomos import RoomosSimulator
from tests.simulators_tests import npm

HERE = Path(__file__).parent / "jsxapi"


@pytest.fixture(scope="session")
def jsxapi() -> Path:
    """The folder of jsxapi's one pinned version; installs it where it is missing."""
    return npm.install(HERE, f"jsxapi-{npm.versions(HERE)['jsxapi']}")


async def _walk(folder: Path, sim: RoomosSimulator, password: str) -> dict[str, Any]:
    """What jsxapi saw."""
    return await npm.walk(HERE, folder, f"wss://{sim.host}", sim.username, password)


@pytest.fixture
async def sim(socket_enabled: None) -> AsyncIterator[RoomosSimulator]:
    """A device whose clock is the real one."""
    async with RoomosSimulator(password="s3/cr+t??~é", ticking=True) as simulator:
        yield simulator


async def test_cisco_s_own_client_walks_through_it(
    sim: RoomosSimulator, jsxapi: Path
) -> None:
    """It connects, lists, subscribes, books, hears of it, deletes, and is refused."""
    seen = await _walk(jsxapi, sim, sim.password)
    assert "error" not in seen
    assert [entry.authentication for entry in sim.handshakes] == ["subprotocol"]
    assert [entry.status for entry in sim.handshakes] == [101]

    assert set(seen["empty"]) == {"LastUpdated", "ResultInfo", "status"}
    assert seen["registrations"] == [{"Id": 1}, {"Id": 2}]
    assert seen["book"] == seen["delete"] == {"status": "OK"}
    assert seen["created"]["BookingRequestUUID"] == "jsxapi-1"
    assert seen["created"]["MeetingId"] == "jsxapi-1"
    assert (seen["created"]["Duration"], seen["created"]["Title"]) == (15, "Judged")
    assert seen["started"]["Id"] == seen["created"]["Id"] == seen["currentId"]
    (record,) = seen["list"]["Booking"]
    assert (record["Id"], record["Title"]) == (seen["created"]["Id"], "Judged")
    assert record["Organizer"]["FirstName"] == "Ada"
    assert seen["get"]["Booking"]["Time"]["SecondsUntilEnd"] > 800
    assert seen["availability"] == "BookedUntil"
    assert seen["mac"] == sim.device.mac
    assert (seen["set"], seen["window"]) == (True, 15)
    assert seen["query"]["Status"]["SystemUnit"]["Hardware"]["Module"] == {
        "SerialNumber": sim.serial
    }
    assert seen["deleted"]["Cause"] == "Deleted"
    assert [entry["name"] for entry in seen["events"]] == [
        "BookingRequested",
        "BookingCreated",
        "Updated",
        "Start",
        "Deleted",
        "Updated",
    ]
    assert [status["Availability"]["Status"] for status in seen["statuses"]] == [
        "BookedUntil",
        "Free",
    ]
    assert {
        name: (refusal["code"], refusal["message"])
        for name, refusal in seen["refusals"].items()
    } == {
        "unknownBooking": (1, "Not found"),
        "unknownPath": (1, "No match on address expression"),
        "unknownCommand": (-32601, "Unknown command"),
        "wrongArgument": (-32602, "Invalid value for argument: Duration"),
        "unknownSubscription": (-32602, "Unknown subscription Id"),
    }
    assert seen["refusals"]["unknownSubscription"]["data"] == {"Id": 4}
    assert sim.requests.number_of(method="xFeedback/Unsubscribe") == 3
    assert sim.bookings == ()


async def test_it_is_told_the_handshake_was_refused(
    sim: RoomosSimulator, jsxapi: Path
) -> None:
    """A wrong password is 403 (facts 4.1)."""
    seen = await _walk(jsxapi, sim, "wrong")
    assert "403" in seen["error"]
    assert [entry.status for entry in sim.handshakes] == [403]

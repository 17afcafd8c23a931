"""Restarts of the simulated device (facts/cisco-xapi.md 4.1, 9.4, 9.7)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.simulators.roomos import RoomosSimulator
from tests.simulators_tests.conftest import Clock

from .client import BOOKINGS, Client, client_of, refusal


@pytest.mark.parametrize("meeting_ids", ["keep", "empty"])
@pytest.mark.parametrize("reuse_ids", [False, True])
async def test_a_restart_changes_the_ids(
    device: RoomosSimulator,
    listener: Client,
    clock: Clock,
    meeting_ids: Any,
    reuse_ids: bool,
) -> None:
    """502, then -31997, then SyncRequired; MeetingIds stay or become empty."""
    bookings = [
        device.book_locally(title, clock() + timedelta(hours=hour))
        for hour, title in enumerate(("A", "B", "C"))
    ]
    device.reboot(
        seconds=20,
        not_ready=5,
        sync=2,
        meeting_ids=meeting_ids,
        reuse_ids=reuse_ids,
        start_again=True,
    )
    await listener.socket.wait_closed()
    assert listener.socket.close_code == 1006
    assert await refusal(device) == 502
    clock.pass_by(seconds=20)
    async with await client_of(device) as again:
        for method in ("xGet", "xFeedback/Subscribe", "xCommand/Bookings/List"):
            error = await again.refused(method, {"Path": ["Status"]})
            assert (error.code, error.message) == (-31997, "System not ready")
        clock.pass_by(seconds=5)
        assert await again.get("Status", "SystemUnit", "Uptime") == 5
        await again.subscribe(*BOOKINGS)
        records = await again.listed()
        expected = ["webex-3", "webex-2", "webex-1"]
        if not reuse_ids:
            expected = ["webex-4", "webex-5", "webex-6"]
        assert [record["Id"] for record in records] == expected
        kept = [b.meeting_id if meeting_ids == "keep" else "" for b in bookings]
        assert [record["MeetingId"] for record in records] == kept
        clock.pass_by(seconds=2)
        await device.tick()
        assert await again.event_names() == ["SyncRequired", "Start"]
        assert {b.title for b in device.bookings} == {"A", "B", "C"}


async def test_boot_is_a_command(device: RoomosSimulator, client: Client) -> None:
    """It answers, then the connection ends (6.3)."""
    result = await client.call("xCommand/SystemUnit/Boot", {"Action": "Restart"})
    assert result["Description"] == "Restarting"
    await client.socket.wait_closed()
    assert await refusal(device) == 502

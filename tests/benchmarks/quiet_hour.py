"""What a quiet hour costs the organisation in requests, in simulated time."""

import argparse
import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

# Before anything of Home Assistant: it lets its clocks be frozen.
from pytest_homeassistant_custom_component import patch_time  # noqa: F401

from homeassistant import runner
from tests.integration.virtual_time import virtual_time
from tests.simulators.webex.request_log import LoggedRequest

from .cloud import Cloud, kind
from .house import House
from .table import show, verdict

ROOMS = 10
BOOKINGS = 30
HOLD = 20
_START = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
_HOUR = timedelta(hours=1)


def main(arguments: list[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="scripts/benchmark quiet_hour")
    parser.add_argument("--rooms", type=int, default=ROOMS)
    parser.add_argument("--hours", type=int, default=24)
    chosen = parser.parse_args(arguments)
    with asyncio.Runner(loop_factory=runner.create_event_loop) as loop:
        requests = loop.run(_hours(chosen.rooms, chosen.hours))
    kinds = Counter(kind(r.method, r.path, r.command) for r in requests)
    allowed = {
        "long poll": f"one at a time: {_HOUR // timedelta(seconds=HOLD)}, one more a message",
        "Bookings List": f"2 a room: {2 * chosen.rooms}",
    }
    rows = [
        (
            name,
            _most(requests, name),
            f"{kinds[name] / chosen.hours:.1f}",
            allowed.get(name, ""),
        )
        for name in sorted(kinds, key=lambda name: -kinds[name])
    ]
    of_a_room = max(
        _most([r for r in requests if r.device == device], "Bookings List")
        for device in {r.device for r in requests if r.device}
    )
    show(
        f"Requests of {chosen.rooms} quiet rooms in {chosen.hours} simulated hours",
        ("request", "most in any hour", "mean an hour", "the contract allows"),
        rows,
        f"{BOOKINGS} bookings a room start and end meanwhile; nobody books, and nothing fails.",
        f"The cloud holds a poll for {HOLD} s. Each device reports its full status once an hour: a message.",
        f"most listings of one room in any hour: {of_a_room} (at most 2: {verdict(of_a_room <= 2)})",
    )


def _most(requests: list[LoggedRequest], name: str) -> int:
    """The most requests of a kind in any hour that begins with one of them."""
    times = [r.time for r in requests if kind(r.method, r.path, r.command) == name]
    return max(
        (sum(start <= time < start + _HOUR for time in times) for start in times),
        default=0,
    )


async def _hours(rooms: int, hours: int) -> list[LoggedRequest]:
    """The requests of so many hours, from an hour after set-up on."""
    with virtual_time(_START) as clock:
        async with Cloud(rooms, BOOKINGS) as cloud, House() as house:
            cloud.simulator.hold = HOLD
            await house.add(await cloud.credentials(), await cloud.room_ids())
            await clock.pass_by(hours=1)
            cloud.simulator.requests.clear()
            await clock.pass_by(hours=hours)
            return list(cloud.simulator.requests)

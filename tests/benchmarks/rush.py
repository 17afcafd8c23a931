"""Meetings that start everywhere at the same second, as they do on the hour."""

import argparse
from datetime import timedelta
from statistics import median, quantiles
import time

from .cloud import Cloud
from .house import House
from .process import Process
from .table import show

ROOMS = (10, 100, 1000)
BOOKINGS = 30
# Enough to set up before the meetings start.
_FIRST = timedelta(seconds=60)
_BEFORE = 2.0
_WATCHED = 10.0
_KEYS = {"bookings": "on", "availability": "busy", "booked": "on"}


def main(arguments: list[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="scripts/benchmark rush")
    parser.add_argument("--rooms", type=int, nargs="*", default=ROOMS)
    chosen = parser.parse_args(arguments)
    show(
        f"Rush: a meeting starts in every room at the same second ({BOOKINGS} bookings a room)",
        (
            "rooms",
            "shown",
            "median",
            "p99",
            "last",
            "longest stall",
        ),
        [_rush(rooms) for rooms in chosen.rooms],
        "time from the second at which the meetings start until calendar, availability and booked show it;",
        "longest stall: how late the event loop was at most, also by Home Assistant's own calendar alarms.",
    )


def _rush(rooms: int) -> tuple[object, ...]:
    with Process(Cloud, rooms, BOOKINGS, 4, _FIRST) as cloud, Process(House) as house:
        house.call("add", cloud.call("credentials"), cloud.call("room_ids"))
        house.call("watch", *_KEYS)
        start = time.monotonic() + cloud.call("seconds_to_first")
        time.sleep(start - time.monotonic() - _BEFORE)
        house.call("start_clock")
        stall = house.call("longest_stall", _WATCHED)
        *_, shown = house.call("stop_clock")
    waits: dict[str, float] = {}
    for change in shown:
        if change.state == _KEYS[change.key]:
            waits[change.room] = max(waits.get(change.room, 0.0), change.at - start)
    times = list(waits.values())
    return (
        rooms,
        f"{len(shown) // len(_KEYS)}",
        f"{median(times) * 1000:.0f} ms",
        f"{quantiles(times, n=100, method='inclusive')[98] * 1000:.0f} ms",
        f"{max(times) * 1000:.0f} ms",
        f"{stall * 1000:.0f} ms",
    )

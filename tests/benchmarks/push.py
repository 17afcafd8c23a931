"""From a change at a device to the state in Home Assistant, and what that costs."""

import argparse
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median, quantiles
import time

from .cloud import Cloud, Visit
from .house import House, Shown
from .process import Process
from .table import show, verdict

ROOMS = (10, 100, 1000)
BOOKINGS = 30
_IDLE = 5.0
# What was told is written to disk within 11 s of a change in 1000 rooms; that belongs to it.
_AFTER = 12.0
# An outage, and what reconnecting takes, in seconds; the backlog lasts for rooms / 5.
_OUTAGE, _RECONNECTED = 2.0, 6.0
_BACKLOG_CHANGES = 40
_STATES = {
    "bookings": ("on", "off"),
    "availability": ("busy", "free"),
    "booked": ("on", "off"),
}


@dataclass
class Measured:
    """What one size of organisation took; seconds."""

    waits: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    missed: int = 0


def _waits(visits: list[Visit], shown: list[Shown]) -> list[float | None]:
    """From each change to the last of the states that show it."""
    waits: list[float | None] = []
    for visit in visits:
        seen = [
            next(
                (
                    s.at
                    for s in shown
                    if (s.room, s.key, s.state)
                    == (visit.room, key, states[not visit.booked])
                    and s.at >= visit.at
                ),
                None,
            )
            for key, states in _STATES.items()
        ]
        times = [at for at in seen if at is not None]
        waits.append(max(times) - visit.at if len(times) == len(seen) else None)
    return waits


def _round(
    cloud: Process, house: Process, count: int, every: float, measured: Measured
) -> None:
    house.call("start_clock")
    time.sleep(_IDLE)
    cpu, seconds, _ = house.call("stop_clock")
    idle = cpu / seconds
    house.call("start_clock")
    visits = cloud.call("visits", count, every)
    time.sleep(_AFTER)
    cpu, seconds, shown = house.call("stop_clock")
    measured.costs.append((cpu - idle * seconds) / count)
    for wait in _waits(visits, shown):
        if wait is None:
            measured.missed += 1
        else:
            measured.waits.append(wait)


def main(arguments: list[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="scripts/benchmark push")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--changes", type=int, default=20, help="in a round")
    parser.add_argument("--every", type=float, nargs="*", default=[0.5, 1.5])
    parser.add_argument("--rooms", type=int, nargs="*", default=ROOMS)
    chosen = parser.parse_args(arguments)
    with ExitStack() as stack:
        pairs: dict[int, tuple[Process, Process]] = {}
        for rooms in chosen.rooms:
            cloud = stack.enter_context(Process(Cloud, rooms, BOOKINGS))
            house = stack.enter_context(Process(House))
            house.call("add", cloud.call("credentials"), cloud.call("room_ids"))
            house.call("watch", *_STATES)
            pairs[rooms] = (cloud, house)
        # What Home Assistant writes a while after set-up is no change's doing.
        time.sleep(20)
        for every in chosen.every:
            results = {rooms: Measured() for rooms in pairs}
            for pair in pairs.values():
                _round(*pair, 6, 0.5, Measured())
                pair[0].call("requests")
            for _ in range(chosen.rounds):
                for rooms, pair in pairs.items():
                    _round(*pair, chosen.changes, every, results[rooms])
            lists = {
                rooms: pair[0].call("requests")["Bookings List"]
                for rooms, pair in pairs.items()
            }
            _show(every, chosen.rounds * chosen.changes, results, lists)
        _show_backlog(max(pairs), *pairs[max(pairs)])


def _show(
    every: float, changes: int, results: dict[int, Measured], lists: dict[int, int]
) -> None:
    rows = []
    for rooms, measured in results.items():
        cuts = quantiles(measured.waits, n=100, method="inclusive")
        rows.append(
            (
                rooms,
                changes,
                measured.missed,
                f"{median(measured.waits) * 1000:.0f} ms",
                f"{cuts[98] * 1000:.0f} ms",
                f"{max(measured.waits) * 1000:.0f} ms",
                f"{median(measured.costs) * 1000:.2f} ms",
                f"{lists[rooms] / changes:.2f}",
            )
        )
    costs = {rooms: median(measured.costs) for rooms, measured in results.items()}
    fewest, most = min(costs), max(costs)
    ratio = costs[most] / costs[fewest]
    slowest = max(
        quantiles(m.waits, n=100, method="inclusive")[98] for m in results.values()
    )
    missed = sum(m.missed for m in results.values())
    show(
        f"Push: a walk-in books or leaves a random room, one change each {every:g} s "
        f"({BOOKINGS} bookings a room)",
        ("rooms", "changes", "missed", "median", "p99", "max", "CPU/change", "lists"),
        rows,
        "time from the change at the device until calendar, availability and booked show it;",
        "CPU of Home Assistant's process (all threads), less what it takes when idle, median of rounds;",
        "it includes writing what was told to disk: within 1 s and 10 ms a room, however many changes;",
        "the client's limit of 5 requests a second was lifted for setting up, and stood while measuring.",
        f"CPU per change, {most} rooms : {fewest} rooms = {ratio:.2f} "
        f"(at most 1.3: {verdict(ratio <= 1.3)}); p99 {slowest * 1000:.0f} ms, "
        f"{missed} missed (at most 1 s: {verdict(slowest <= 1 and not missed)})",
    )


def _show_backlog(rooms: int, cloud: Process, house: Process) -> None:
    """Walk-ins while every room waits to be listed anew."""
    cloud.call("interrupt", _OUTAGE)
    time.sleep(_OUTAGE + _RECONNECTED)
    house.call("start_clock")
    visits = cloud.call("visits", _BACKLOG_CHANGES, 0.5)
    time.sleep(1.5)
    *_, shown = house.call("stop_clock")
    for booked, what in ((True, "books"), (False, "leaves")):
        waits = _waits([v for v in visits if v.booked is booked], shown)
        known = [wait for wait in waits if wait is not None]
        show(
            f"Push after a lost connection, while {rooms} rooms wait to be listed anew: "
            f"a walk-in {what}",
            ("changes", "missed", "median", "max"),
            [
                (
                    len(waits),
                    len(waits) - len(known),
                    f"{median(known) * 1000:.0f} ms",
                    f"{max(known) * 1000:.0f} ms",
                )
            ],
        )

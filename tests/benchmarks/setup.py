"""How long a large organisation takes to set up, and the memory that it takes from then on."""

import argparse

from .cloud import Cloud
from .house import House, SetUp
from .process import Process
from .table import show


def _set_up(rooms: int, bookings: int, *, lifted: bool) -> SetUp:
    with Process(Cloud, rooms, bookings) as cloud, Process(House, lifted) as house:
        measured: SetUp = house.call(
            "add", cloud.call("credentials"), cloud.call("room_ids")
        )
        return measured


def main(arguments: list[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="scripts/benchmark setup")
    parser.add_argument("--rooms", type=int, default=1000)
    parser.add_argument("--bookings", type=int, default=30)
    chosen = parser.parse_args(arguments)
    runs = (
        (chosen.rooms, chosen.bookings, False),
        (chosen.rooms, chosen.bookings, True),
        (chosen.rooms, 0, True),
        (10, chosen.bookings, True),
    )
    rows = []
    for rooms, bookings, lifted in runs:
        measured = _set_up(rooms, bookings, lifted=lifted)
        rows.append(
            (
                rooms,
                bookings,
                "lifted" if lifted else "5/s",
                measured.entities,
                f"{measured.loaded:.1f} s",
                f"{measured.listed:.1f} s",
                f"{measured.cpu:.1f} s",
                f"{measured.memory / 1e6:.0f} MB",
                f"{measured.memory / rooms / 1e3:.0f} kB",
            )
        )
    show(
        "Set-up, from the first form of the flow on",
        (
            "rooms",
            "bookings each",
            "limit",
            "entities",
            "loaded",
            "all listed",
            "CPU",
            "memory",
            "a room",
        ),
        rows,
        "loaded: the entry is set up (it waits 10 s for first listings; slower rooms come up by themselves);",
        f"at 5 requests a second {chosen.rooms} listings take at least {chosen.rooms / 5:.0f} s, whatever we do;",
        "memory: the process's private memory (smaps_rollup) after, less that before the flow.",
    )

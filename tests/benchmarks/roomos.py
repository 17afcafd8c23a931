"""RoomOS on the local network: from the frame on the socket to the state; 200 devices at once."""

import argparse
import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
import json
import os
from pathlib import Path
from random import Random
from statistics import median, quantiles
import time
from typing import Any, Self, override
from unittest.mock import patch

from custom_components.room_bookings.backends.xapi.local.socket import DeviceSocket
from custom_components.room_bookings.const import CONF_TITLES, DOMAIN
from custom_components.room_bookings.hub import Hub
from custom_components.room_bookings.rooms.privacy import Titles
from homeassistant.config_entries import ConfigEntry
from homeassistant.data_entry_flow import FlowResultType
from tests.simulators.roomos import RoomosSimulator, SimBooking
from tests.simulators.xapi import utc_now, whole_second

from .cloud import WALK_IN_MINUTES
from .house import House, Shown
from .process import Process
from .table import show, verdict

BOOKINGS = 30
_PER_DAY = 4
# The bookings that are there from the start leave now free.
_FIRST_MEETING = timedelta(hours=6)
_TARGET = 0.05
# Home Assistant writes its registries up to so long after a set-up.
_SETTLED = 12.0
# A change is over when its state is shown and the device was silent for so long.
_SILENCE = 0.008
_PATIENCE = 5.0
_WARM_UP = 20


# The devices


class Devices:
    """So many RoomOS devices, each with `bookings` meetings from six hours on."""

    def __init__(self, count: int, bookings: int) -> None:
        """Make them; nothing listens before the block is entered."""
        self._sims = [
            RoomosSimulator(ticking=True, name=f"Room {number + 1}", seed=number)
            for number in range(count)
        ]
        first = whole_second(utc_now()).replace(second=0) + _FIRST_MEETING
        for sim in self._sims:
            sim.seed(
                (
                    f"Meeting {number}",
                    first
                    + timedelta(
                        days=number // _PER_DAY,
                        hours=number % _PER_DAY * 12 / _PER_DAY,
                    ),
                    30,
                )
                for number in range(bookings)
            )
        self._there: SimBooking | None = None

    async def __aenter__(self) -> Self:
        """Start each on a free port."""
        for sim in self._sims:
            await sim.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        for sim in self._sims:
            await sim.stop()

    async def accounts(self) -> list[dict[str, Any]]:
        """What a person types into the flow's first form, for each device."""
        return [
            {
                "host": sim.host,
                "username": sim.username,
                "password": sim.password,
                "verify_ssl": True,
            }
            for sim in self._sims
        ]

    async def change(self) -> tuple[bool, float]:
        """Let a person walk in at the first device, or leave; booked?, and when (monotonic)."""
        sim, at = self._sims[0], time.monotonic()
        if self._there is None:
            self._there = sim.book_locally("Walk-in", None, WALK_IN_MINUTES)
            return True, at
        sim.delete_locally(self._there)
        self._there = None
        return False, at

    async def connections(self) -> int:
        """How many clients are connected to all devices together."""
        return sum(len(sim.connections) for sim in self._sims)


# Home Assistant


@dataclass(frozen=True, slots=True)
class Followed:
    """What became of a change: instants (monotonic), and seconds for its frames alone."""

    frame: float
    last_frame: float
    shown: float
    frames: int
    size: int
    floor: float


class RoomosHouse(House):
    """A Home Assistant that notes when its sockets hand over frames."""

    def __init__(self) -> None:
        """Do nothing yet."""
        super().__init__()
        self._frames: list[tuple[float, bytes]] = []

    @override
    async def __aenter__(self) -> Self:
        """Boot."""
        await super().__aenter__()
        on_frame, frames = DeviceSocket._on_frame, self._frames

        async def noted(socket: DeviceSocket, frame: bytes) -> None:
            frames.append((time.monotonic(), frame))
            await on_frame(socket, frame)

        self._noting = patch.object(DeviceSocket, "_on_frame", noted)
        return self

    async def add_devices(self, accounts: Sequence[dict[str, Any]]) -> float:
        """Add devices through the flow, one after the other; seconds."""
        began = time.monotonic()
        entries = [await self._add(account) for account in accounts]
        self.entry = entries[0]
        async with asyncio.timeout(60):
            while any(
                coordinator.keeper.last_sync is None
                for entry in entries
                for coordinator in entry.runtime_data.coordinators.values()
            ):
                await asyncio.sleep(0.05)
        return time.monotonic() - began

    async def _add(self, account: dict[str, Any]) -> ConfigEntry[Hub]:
        flows = self.hass.config_entries.flow
        flow = await flows.async_init(DOMAIN, context={"source": "user"})
        answer = partial(flows.async_configure, flow["flow_id"])
        await answer({"next_step_id": "roomos"})
        result = await answer(account)
        if result["type"] is FlowResultType.FORM:
            assert result["step_id"] == "certificate", result
            result = await answer({})
        assert result["type"] is FlowResultType.CREATE_ENTRY, result
        entry: ConfigEntry[Hub] = result["result"]
        return entry

    async def set_up_again(self) -> tuple[float, float]:
        """Unload every entry, then set all up at once as at a start; seconds, CPU seconds."""
        entries = self.hass.config_entries
        ids = [entry.entry_id for entry in entries.async_entries(DOMAIN)]
        await asyncio.gather(*(entries.async_unload(i) for i in ids))
        began, cpu = time.monotonic(), time.process_time()
        assert all(await asyncio.gather(*(entries.async_setup(i) for i in ids)))
        return time.monotonic() - began, time.process_time() - cpu

    async def show_titles(self, titles: str) -> None:
        """Choose how titles are shown, in the entry's options; it is loaded anew."""
        flows = self.hass.config_entries.options
        flow = await flows.async_init(self.entry.entry_id)
        await flows.async_configure(flow["flow_id"], {CONF_TITLES: titles})
        await self.hass.async_block_till_done()

    async def memory(self) -> int:
        """Bytes of memory in use, when all is quiet."""
        await self._settle()
        pages = Path("/proc/self/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    async def entities(self) -> int:
        """How many entities there are."""
        return len(self.hass.states.async_entity_ids())

    async def note_frames(self) -> None:
        """Note frames from now on."""
        self._noting.start()

    async def follow(self, booked: bool, at: float) -> Followed | None:
        """Wait for what shows a change made `at`, and for silence; None if nothing did."""
        state = "busy" if booked else "free"
        shown: Shown | None = None
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                while (shown := self._first(state, at)) is None:
                    await asyncio.sleep(0.001)
        while self._frames and time.monotonic() - self._frames[-1][0] < _SILENCE:
            await asyncio.sleep(_SILENCE)
        frames = [
            (when, frame)
            for when, frame in self._frames
            if when >= at and (shown is None or when <= shown.at)
        ]
        self._frames.clear()
        self._shown.clear()
        if shown is None or not frames:
            return None
        began = time.perf_counter()
        for _, frame in frames:
            json.loads(frame)
        return Followed(
            frame=frames[0][0],
            last_frame=frames[-1][0],
            shown=shown.at,
            frames=len(frames),
            size=sum(len(frame) for _, frame in frames),
            floor=time.perf_counter() - began,
        )

    def _first(self, state: str, at: float) -> Shown | None:
        return next((s for s in self._shown if s.at >= at and s.state == state), None)


# What is measured


def main(arguments: list[str]) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="scripts/benchmark roomos")
    parser.add_argument("--changes", type=int, default=1000, help="for each option")
    parser.add_argument("--devices", type=int, default=200)
    parser.add_argument("--idle", type=float, default=20.0, help="seconds")
    parser.add_argument("--profile", help="write what a profiler saw of the changes")
    chosen = parser.parse_args(arguments)
    if chosen.changes:
        _changes(chosen.changes, chosen.profile)
    if chosen.devices > 1:
        _crowd(chosen.devices, chosen.idle)


def _load() -> str:
    return f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"


def _cells(seconds: Sequence[float]) -> tuple[str, ...]:
    cuts = quantiles(seconds, n=100, method="inclusive")
    worst = max(seconds)
    return tuple(f"{s * 1000:.3f} ms" for s in (median(seconds), cuts[98], worst))


def _changes(count: int, profile: str | None) -> None:
    rows: list[tuple[object, ...]] = []
    slowest, missed = 0.0, 0
    before = _load()
    with Process(Devices, 1, BOOKINGS) as devices, Process(RoomosHouse) as house:
        house.call("add_devices", devices.call("accounts"))
        house.call("watch", "availability")
        house.call("note_frames")
        for titles in (Titles.HIDE_PRIVATE, Titles.SHOW):
            house.call("show_titles", titles.value)
            _follow(devices, house, _WARM_UP)
            if profile:
                house.call("profile", None)
            changes = _follow(devices, house, count)
            if profile:
                house.call("profile", f"{profile}.{titles.value}")
            for what, booked in (("booked", True), ("left", False)):
                seen = [
                    (at, f) for is_booked, at, f in changes if is_booked is booked and f
                ]
                name = f"titles={titles.value}, {what}"
                frames = sum(f.frames for _, f in seen) / len(seen)
                size = sum(f.size for _, f in seen) / len(seen)
                for measured, seconds in (
                    ("first frame to state", [f.shown - f.frame for _, f in seen]),
                    ("last frame to state", [f.shown - f.last_frame for _, f in seen]),
                    ("floor: json.loads alone", [f.floor for _, f in seen]),
                    ("change to state", [f.shown - at for at, f in seen]),
                ):
                    rows.append(
                        (
                            name,
                            measured,
                            len(seen),
                            f"{frames:.1f}",
                            f"{size / 1000:.1f} kB",
                            *_cells(seconds),
                        )
                    )
                    name = ""
            told = [f for *_, f in changes if f is not None]
            missed += len(changes) - len(told)
            waits = [f.shown - f.frame for f in told]
            slowest = max(slowest, quantiles(waits, n=100, method="inclusive")[98])
            name = f"titles={titles.value}, all"
            for measured, seconds in (
                ("first frame to state", waits),
                ("floor: json.loads alone", [f.floor for f in told]),
            ):
                rows.append((name, measured, len(told), "", "", *_cells(seconds)))
                name = ""
    show(
        f"RoomOS: somebody books one device or gives it back, {count} changes for each option "
        f"({BOOKINGS} bookings)",
        ("change", "time from", "seen", "frames", "their size", "median", "p99", "max"),
        rows,
        "state: state_changed of the availability sensor; frame: when the socket hands it over;",
        "frames: those from the change on until the state; the floor parses the same, right after.",
        "With hide_private a new booking waits for a listing, which tells whether it is private.",
        f"{before} before, {_load()} after.",
        f"p99 from the first frame to the state {slowest * 1000:.1f} ms, {missed} missed "
        f"(under {_TARGET * 1000:.0f} ms: {verdict(slowest < _TARGET and not missed)})",
    )


def _follow(
    devices: Process, house: Process, count: int
) -> list[tuple[bool, float, Followed | None]]:
    """So many changes one after the other, with what became of each."""
    random, followed = Random(count), []
    house.call("start_clock")
    for _ in range(count):
        booked, at = devices.call("change")
        followed.append((booked, at, house.call("follow", booked, at)))
        time.sleep(random.uniform(0, 0.005))
    return followed


def _crowd(count: int, idle: float) -> None:
    before = _load()
    with (
        Process(Devices, count + 1, BOOKINGS) as devices,
        Process(RoomosHouse) as house,
    ):
        one, *others = devices.call("accounts")
        # What the first one loads, all use.
        house.call("add_devices", [one])
        memory = house.call("memory")
        house.call("start_clock")
        added = house.call("add_devices", others)
        cpu, _, _ = house.call("stop_clock")
        connections = devices.call("connections")
        taken = house.call("memory") - memory
        entities = house.call("entities")
        time.sleep(_SETTLED)
        house.call("start_clock")
        time.sleep(idle)
        idle_cpu, seconds, _ = house.call("stop_clock")
        again, again_cpu = house.call("set_up_again")
        connections_again = devices.call("connections")
    show(
        f"{count} RoomOS devices connected at once, beside a first one ({BOOKINGS} bookings each)",
        ("what", "all", "a device"),
        [
            ("connections", connections, f"{connections / (count + 1):g}"),
            ("entities", entities, f"{entities / (count + 1):g}"),
            (
                "added through the flow, one by one",
                f"{added:.1f} s",
                f"{added / count * 1000:.0f} ms",
            ),
            ("  its CPU", f"{cpu:.1f} s", f"{cpu / count * 1000:.0f} ms"),
            ("memory", f"{taken / 1e6:.0f} MB", f"{taken / count / 1e3:.0f} kB"),
            (
                f"CPU when idle, over {seconds:.0f} s",
                f"{idle_cpu / seconds:.2%}",
                f"{idle_cpu / seconds / (count + 1) * 1e6:.0f} us/s",
            ),
            (
                "all set up at once, as at a start",
                f"{again:.1f} s",
                f"{again / (count + 1) * 1000:.0f} ms",
            ),
            (
                "  its CPU",
                f"{again_cpu:.1f} s",
                f"{again_cpu / (count + 1) * 1000:.0f} ms",
            ),
            (
                "  connections",
                connections_again,
                f"{connections_again / (count + 1):g}",
            ),
        ],
        "memory: resident, after less before, of Home Assistant's process with the devices' TLS;",
        "CPU: of that process, all threads, in percent of one processor.",
        f"{before} before, {_load()} after.",
    )

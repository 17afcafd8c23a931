"""`find_room` among very many rooms, as an automation calls it."""

import argparse
import asyncio
from datetime import timedelta
from statistics import median, quantiles
import time
from typing import Any

from custom_components.room_bookings.const import DOMAIN
from homeassistant import runner
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr
from homeassistant.util import dt as dt_util

from .cloud import Cloud
from .house import House
from .process import Process
from .table import show, verdict

ROOMS = (10, 100, 1000)
BOOKINGS = 30
_AREAS = 20
_PATIENCE = 0.050


def main(arguments: list[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="scripts/benchmark find_room")
    parser.add_argument("--rooms", type=int, nargs="*", default=ROOMS)
    parser.add_argument("--bookings", type=int, default=BOOKINGS)
    parser.add_argument("--calls", type=int, default=200, help="of each kind")
    chosen = parser.parse_args(arguments)
    rows: list[tuple[object, ...]] = []
    slowest = 0.0
    for rooms in chosen.rooms:
        with (
            Process(Cloud, rooms, chosen.bookings) as cloud,
            asyncio.Runner(loop_factory=runner.create_event_loop) as loop,
        ):
            for wish, found, times in loop.run(_measured(cloud, chosen.calls)):
                p99 = quantiles(times, n=100)[98]
                slowest = max(slowest, p99)
                rows.append(
                    (
                        f"{rooms} rooms, {wish}",
                        found,
                        f"{median(times) * 1000:.1f} ms",
                        f"{p99 * 1000:.1f} ms",
                    )
                )
    show(
        f"find_room, {chosen.bookings} bookings a room, {chosen.calls} calls of each kind",
        ("", "found", "median", "p99"),
        rows,
        "the whole action: from the call to the answer with all rooms that are free;",
        "in a week: nearly all bookings lie before the window.",
        f"p99 below {_PATIENCE * 1000:.0f} ms: {verdict(slowest < _PATIENCE)}",
    )


async def _measured(cloud: Process, calls: int) -> list[tuple[str, int, list[float]]]:
    """For each kind of wish how many rooms were found, and the seconds that each call took."""
    async with House() as house:
        await house.add(cloud.call("credentials"), cloud.call("room_ids"))
        hass = house.hass
        areas = _areas(hass, house.entry.entry_id)
        week = dt_util.utcnow() + timedelta(days=7)
        wishes: dict[str, dict[str, Any]] = {
            "now": {},
            "for six, best three": {"capacity": 6, "limit": 3},
            "in a week, for a day": {"start": week, "duration": "24:00:00"},
            "in a week, for half an hour": {"start": week},
            "in one area": {"area_id": areas[0]},
            "in all areas": {"area_id": areas},
        }
        measured = []
        for wish, data in wishes.items():
            times = []
            for _ in range(calls + 10):
                began = time.perf_counter()
                answer: Any = await hass.services.async_call(
                    DOMAIN, "find_room", data, blocking=True, return_response=True
                )
                times.append(time.perf_counter() - began)
            measured.append((wish, len(answer["rooms"]), times[10:]))
        return measured


def _areas(hass: HomeAssistant, entry_id: str) -> list[str]:
    """Areas with rooms in each."""
    registry = dr.async_get(hass)
    areas = [ar.async_get(hass).async_create(f"Area {n + 1}").id for n in range(_AREAS)]
    for n, device in enumerate(dr.async_entries_for_config_entry(registry, entry_id)):
        registry.async_update_device(device.id, area_id=areas[n % _AREAS])
    return areas

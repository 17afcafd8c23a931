"""`calendar.get_events` for one day, beside Home Assistant's own local calendar."""

import argparse
import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
import time
from typing import Any

from homeassistant import runner
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from .cloud import Cloud
from .house import House
from .process import Process
from .table import show, verdict

BOOKINGS = (30, 300)
_PER_DAY = 12
_NAME = "Same events"


def main(arguments: list[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="scripts/benchmark get_events")
    parser.add_argument("--calls", type=int, default=500, help="of each calendar")
    chosen = parser.parse_args(arguments)
    rows, ratios = [], []
    for bookings in BOOKINGS:
        with (
            Process(Cloud, 1, bookings, _PER_DAY) as cloud,
            asyncio.Runner(loop_factory=runner.create_event_loop) as loop,
        ):
            found, ours, theirs = loop.run(_compare(cloud, chosen.calls))
        ratios.append(median(ours) / median(theirs))
        rows.append(
            (
                bookings,
                found,
                *(
                    f"{value * 1000:.2f} ms"
                    for times in (ours, theirs)
                    for value in (median(times), quantiles(times, n=100)[98])
                ),
                f"{ratios[-1]:.2f}",
            )
        )
    show(
        f"calendar.get_events for one day, {chosen.calls} calls of each in turn",
        (
            "bookings",
            "found",
            "median",
            "p99",
            "local_calendar",
            "its p99",
            "ratio of medians",
        ),
        rows,
        "both hold the same events in the same Home Assistant, and answer the same.",
        f"not slower than local_calendar: {verdict(max(ratios) <= 1)}",
    )


async def _compare(cloud: Process, calls: int) -> tuple[int, list[float], list[float]]:
    """How many events were found, and the seconds that each call took."""
    async with House() as house:
        credentials, rooms = cloud.call("credentials"), cloud.call("room_ids")
        await house.add(credentials, rooms)
        hass = house.hass
        ours = _calendar(hass, house.entry)
        now = dt_util.utcnow()
        everything = await _events(hass, ours, now, now + timedelta(days=29))
        theirs = _calendar(hass, await _local_calendar(hass, everything))
        day = now + timedelta(days=1), now + timedelta(days=2)
        expected = await _events(hass, ours, *day)
        assert _told(expected) == _told(await _events(hass, theirs, *day))
        took: dict[str, list[float]] = {ours: [], theirs: []}
        for number in range(calls + 20):
            for calendar in (ours, theirs) if number % 2 else (theirs, ours):
                began = time.perf_counter()
                await _events(hass, calendar, *day)
                took[calendar].append(time.perf_counter() - began)
        return len(expected), took[ours][20:], took[theirs][20:]


def _calendar(hass: HomeAssistant, entry: ConfigEntry[Any]) -> str:
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    return next(e.entity_id for e in entities if e.domain == "calendar")


async def _events(
    hass: HomeAssistant, calendar: str, start: datetime, end: datetime
) -> list[dict[str, str]]:
    answer: Any = await hass.services.async_call(
        "calendar",
        "get_events",
        {"start_date_time": start, "end_date_time": end},
        target={"entity_id": calendar},
        blocking=True,
        return_response=True,
    )
    events: list[dict[str, str]] = answer[calendar]["events"]
    return events


def _told(events: list[dict[str, str]]) -> list[tuple[str, str, str]]:
    return [(event["start"], event["end"], event["summary"]) for event in events]


async def _local_calendar(
    hass: HomeAssistant, events: list[dict[str, str]]
) -> ConfigEntry[Any]:
    """Give Home Assistant's own calendar the same events."""
    path = Path(hass.config.path(".storage", "local_calendar.same_events.ics"))
    path.write_text(_ics(events))
    flows = hass.config_entries.flow
    flow = await flows.async_init("local_calendar", context={"source": "user"})
    result = await flows.async_configure(flow["flow_id"], {"calendar_name": _NAME})
    await hass.async_block_till_done()
    entry: ConfigEntry[Any] = result["result"]
    return entry


def _ics(events: list[dict[str, str]]) -> str:
    def stamp(when: str) -> str:
        return f"{dt_util.as_utc(datetime.fromisoformat(when)):%Y%m%dT%H%M%SZ}"

    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//benchmark//EN"]
    for number, event in enumerate(events):
        lines += [
            "BEGIN:VEVENT",
            f"UID:{number}",
            f"DTSTAMP:{stamp(event['start'])}",
            f"DTSTART:{stamp(event['start'])}",
            f"DTEND:{stamp(event['end'])}",
            f"SUMMARY:{event['summary']}",
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])

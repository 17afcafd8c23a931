"""Times as people read them: their formats, their zone, Home Assistant's clock."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
import re
from typing import Any
from zoneinfo import ZoneInfo

from playwright.async_api import Browser, Locator, Page, expect
import pytest

from demo.browser import Look
from demo.people import READ_ONLY, invite
from demo.systems.simulated import local_now
from demo.world import World

from .rooms import DeviceRoom
from .stage import Meeting, Scene, pose
from .visits import Visits

FRONTEND = Path(__file__).parents[2] / "frontend"
HASS = "document.querySelector('home-assistant').hass"
FAR_AWAY = "Asia/Kathmandu"
# A quarter of an hour off the hour, so that no other zone shows the same.
WRONG = timedelta(minutes=10)
MINUTE_MILLISECONDS = 60_000


async def _panel(visits: Visits, room: DeviceRoom, look: Look, clock: Any) -> Page:
    """Open a room's panel in a browser with a clock of its own."""
    page = await visits.blank(look)
    await page.clock.install(time=clock)
    await page.goto(f"/meeting-rooms/{room.view}")
    return page


def _panel_of(page: Page) -> Locator:
    return page.locator("room-bookings-panel")


@pytest.mark.parametrize(
    ("time_format", "language", "pattern"),
    [
        ("12", "de", r"\d+:\d\d [AP]M"),
        ("24", "en", r"\d\d:\d\d"),
        ("language", "en", r"\d+:\d\d [AP]M"),
        ("language", "de", r"\d\d:\d\d"),
        # The browser's, which is German.
        ("system", "en", r"\d\d:\d\d"),
    ],
)
async def test_hours_by_the_users_profile(
    visits: Visits, glacier: DeviceRoom, time_format: str, language: str, pattern: str
) -> None:
    """Everywhere: on the clock, of meetings, in the timeline and on buttons."""
    page = await visits.panel(glacier, Look(language="de"))
    panel = await pose(
        page,
        glacier,
        Scene(state="free", until=25, next=Meeting(title="Next", start=25)),
        locale={"time_format": time_format, "language": language},
    )
    one = re.compile(rf"^\s*{pattern}\s*$")
    ours = re.compile(rf"(^|\s){pattern}(\s|$)")
    await expect(panel.locator(".clock")).to_have_text(one)
    await expect(panel.locator(".until")).to_have_text(ours)
    await expect(panel.locator(".next .detail")).to_have_text(
        re.compile(rf"^\s*(\w+\.? )?{pattern} – {pattern}\s*$")
    )
    await expect(panel.locator(".block.ahead .range")).to_have_text(ours)
    await expect(panel.get_by_role("button").nth(3)).to_have_text(ours)


async def test_the_users_own_profile_is_read(
    visits: Visits, world: World, glacier: DeviceRoom
) -> None:
    """As set on Home Assistant's page for it: 24 hours, and the zone of the house."""
    person = await invite(world.home, "Traveller", READ_ONLY)
    look = Look(time_zone=FAR_AWAY)
    page = await visits.panel(glacier, look, person=person)
    clock = _panel_of(page).locator(".clock")
    # Where the browser is, by the words of its language, unless somebody says otherwise.
    away = datetime.now(ZoneInfo(FAR_AWAY))
    await expect(clock).to_have_text(re.compile(rf"^{away:%-I}:\d\d {away:%p}$"))
    locale = await page.evaluate(f"{HASS}.locale")
    await page.evaluate(
        f"""async value => {{
          await {HASS}.callWS({{ type: "frontend/set_user_data", key: "language", value }});
        }}""",
        {**locale, "time_format": "24", "time_zone": "server"},
    )
    await page.reload()
    loaded = await page.wait_for_function(f"{HASS}?.config?.time_zone")
    house = ZoneInfo(await loaded.json_value())
    await expect(clock).to_have_text(re.compile(rf"^{datetime.now(house):%H}:\d\d$"))


async def test_shows_home_assistants_time_by_a_wrong_clock(
    visits: Visits, fjord: DeviceRoom
) -> None:
    """A tablet that is ten minutes ahead tells the time of the house, and what is left by it."""
    await fjord.book_at_device("Later", start=60, minutes=30)
    await fjord.says("sensor", "next_booking", "Later")
    page = await _panel(visits, fjord, Look(language="de"), datetime.now(UTC) + WRONG)
    panel = _panel_of(page)
    await expect(panel.locator(".left")).to_have_text(
        re.compile(r"noch (1 Std\.|59 Min\.)\s*$")
    )
    off = _minutes_of(await panel.locator(".clock").inner_text()) - _now_minutes()
    assert off % (24 * 60) in (0, 24 * 60 - 1)
    wrong = await page.evaluate("Date.now()") / 1000 - datetime.now(UTC).timestamp()
    assert wrong > WRONG.total_seconds() / 2


def _now_minutes() -> int:
    now = local_now()
    return now.hour * 60 + now.minute


async def test_the_minute_moves_everything(visits: Visits, glacier: DeviceRoom) -> None:
    """The clock, what is left, and the line in the timeline."""
    await glacier.book_at_device("Now", minutes=40)
    await glacier.says("sensor", "current_booking", "Now")
    page = await _panel(visits, glacier, Look(language="de"), datetime.now(UTC))
    panel = _panel_of(page)
    await expect(panel).to_have_attribute("data-state", "busy")
    before = await _moment(panel)
    for _ in range(3):
        # At once, so that nobody waits in vain for an answer meanwhile.
        await page.clock.fast_forward(MINUTE_MILLISECONDS)
        await expect(panel.locator(".clock")).not_to_have_text(before["clock"])
        after = await _moment(panel)
        passed = _minutes_of(after["clock"]) - _minutes_of(before["clock"])
        # Two, where the test itself took the rest of a minute.
        assert passed % (24 * 60) in (1, 2)
        assert abs(before["left"] - after["left"] - passed) <= 1
        assert after["line"] > before["line"]
        before = after


async def _moment(panel: Locator) -> dict[str, Any]:
    moment: dict[str, Any] = await panel.evaluate(
        """({ shadowRoot }) => ({
          clock: shadowRoot.querySelector(".clock").textContent,
          left: Number(shadowRoot.querySelector(".left").textContent.match(/\\d+/)[0]),
          line: shadowRoot.querySelector(".now-line").getBoundingClientRect().top,
        })"""
    )
    return moment


def _minutes_of(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


async def test_a_new_day_begins_at_midnight(visits: Visits, fjord: DeviceRoom) -> None:
    """Its date, its bookings; yesterday's are gone."""
    now = local_now()
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0)
    left = (midnight - now).total_seconds() / 60
    await fjord.book_at_device("Today", minutes=min(20, left / 2))
    await fjord.book_at_device("Tomorrow", start=left + 60, minutes=30)
    await fjord.says("sensor", "next_booking", "Tomorrow")
    page = await _panel(visits, fjord, Look(language="de"), datetime.now(UTC))
    panel = _panel_of(page)
    await expect(panel.locator(".block", has_text="Today")).to_be_visible()
    await expect(panel.locator(".block", has_text="Tomorrow")).to_have_count(0)
    today = await panel.locator(".date").inner_text()
    await page.clock.fast_forward(int((left + 5) * MINUTE_MILLISECONDS))
    await expect(panel.locator(".clock")).to_have_text(re.compile("^0?0:0[456]$"))
    await expect(panel.locator(".date")).not_to_have_text(today)
    await expect(panel.locator(".block", has_text="Tomorrow")).to_be_visible()
    await expect(panel.locator(".block", has_text="Today")).to_have_count(0)


# Days with a change of the clocks, and how long they are.
CHANGES = [
    ("Europe/Oslo", "2026-03-29", 23),
    ("Europe/Oslo", "2026-10-25", 25),
    ("America/New_York", "2026-03-08", 23),
    ("America/New_York", "2026-11-01", 25),
    ("Australia/Lord_Howe", "2026-04-05", 24.5),
    ("Australia/Lord_Howe", "2026-10-04", 23.5),
    ("Australia/Sydney", "2026-04-05", 25),
    # At midnight: a day without its first hour, a day whose last hour comes twice.
    ("America/Santiago", "2026-09-06", 23),
    ("America/Santiago", "2026-04-04", 25),
    ("Africa/Cairo", "2026-04-24", 23),
    ("Asia/Kathmandu", "2026-11-20", 24),
]
MEASURE = """
async ([code, changes]) => {
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const { Times } = await import(url);
  const HOUR = 3_600_000;
  return changes.map(([zone, day]) => {
    const locale = { language: "sv", time_format: "24", time_zone: "server" };
    const times = new Times(locale, zone);
    const date = (time) => new Intl.DateTimeFormat("sv", { timeZone: zone }).format(time);
    // Some time in the middle of that day there.
    let noon = Date.parse(`${day}T12:00Z`);
    while (date(noon) !== day) noon += (date(noon) < day ? 1 : -1) * HOUR;
    const start = times.startOfDay(noon);
    const end = times.endOfDay(noon);
    const faults = [];
    if (date(start) !== day || date(start - 1) === day) faults.push("starts wrongly");
    if (date(end) === day || date(end - 1) !== day) faults.push("ends wrongly");
    if (times.startOfDay(end) !== end) faults.push("the next day does not begin at its end");
    for (let time = start; time < end; time += HOUR / 4)
      if (times.startOfDay(time) !== start || times.endOfDay(time) !== end)
        faults.push(`${times.clock(time)} is on another day`);
    for (const hour of [8, 18]) {
      const shown = times.clock(times.hourOfDay(noon, hour));
      if (parseInt(shown) !== hour) faults.push(`${hour} is ${shown}`);
    }
    return [zone, day, (end - start) / HOUR, faults];
  });
}
"""


async def test_days_with_a_change_of_the_clocks(chromium: Browser) -> None:
    """They are as long as they are, and every moment is on its day."""
    bundler = await asyncio.create_subprocess_exec(
        str(FRONTEND / "node_modules/.bin/esbuild"),
        *("src/times.ts", "--bundle", "--format=esm"),
        cwd=FRONTEND,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    code, errors = await bundler.communicate()
    assert bundler.returncode == 0, errors.decode()
    page = await chromium.new_page()
    try:
        measured = await page.evaluate(MEASURE, [code.decode(), CHANGES])
    finally:
        await page.close()
    assert measured == [[zone, day, hours, []] for zone, day, hours in CHANGES]

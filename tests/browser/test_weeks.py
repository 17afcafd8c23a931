"""A panel on a wall runs for weeks: what it holds does not grow."""

from dataclasses import dataclass

from playwright.async_api import CDPSession, Locator, Page, expect
import pytest

from demo.browser import Look, drawn

from .rooms import DeviceRoom
from .stage import Scene, pose
from .visits import Visits

MINUTE_MILLISECONDS = 60_000
# An hour of a busy house: something changes every second, the minute turns.
MINUTES = 60
CHANGES_A_MINUTE = 60
# Wi-Fi is bad, too.
LOSSES = 60
# Code is compiled and caches fill before anything can be compared.
WARM_UP = 10
# 100 bytes kept of every change would be 360 kB.
MOST_BYTES = 300_000
# What comes and goes by itself, such as a word that fades in: nothing that grows.
MOST_NODES = 20
MOST_LISTENERS = 3
# Home Assistant itself keeps a listener and about 12 kB of each connection that it loses, also on
# pages without any card.
LISTENERS_A_LOSS = 1
BYTES_A_LOSS = 20_000

# One minute of changes: each is a new `hass`, every other with another state of the room.
CHANGE = """
async (panel, [device, changes]) => {
  const { hass } = panel;
  const ids = Object.values(hass.entities).filter((e) => e.device_id === device).map((e) => e.entity_id);
  const meeting = (index) => ({
    booking_id: `booking ${index}`, organizer: `Somebody ${index}`,
    start: new Date(Date.now() - 60_000 * (index % 30)).toISOString(),
    end: new Date(Date.now() + 60_000 * (1 + index % 60)).toISOString(),
  });
  for (let index = 0; index < changes; index++) {
    const states = { ...hass.states };
    if (index % 2) for (const id of ids) {
      const before = states[id];
      if (!before) continue;
      const isNow = id.endsWith("current_booking");
      states[id] = { ...before, attributes: { ...before.attributes, ...(isNow && meeting(index)) } };
      if (isNow) states[id].state = `Meeting ${index}`;
      if (id.endsWith("availability")) states[id].state = index % 4 === 1 ? "busy" : "free";
    }
    panel.hass = { ...hass, states };
    await panel.updateComplete;
  }
  panel.hass = hass;
  await panel.updateComplete;
}
"""
FREE = Scene(state="free", until=120)
CONNECTION = "document.querySelector('home-assistant').hass.connection"

# Timers that wait, each with where it was set.
TIMERS = """
  window.waiting = new Map();
  for (const [set, clear] of [["setTimeout", "clearTimeout"], ["setInterval", "clearInterval"]]) {
    const [setIn, clearIn] = [window[set], window[clear]];
    window[set] = (run, delay, ...rest) => {
      const id = setIn((...all) => {
        if (set === "setTimeout") waiting.delete(id);
        run(...all);
      }, delay, ...rest);
      waiting.set(id, new Error().stack);
      return id;
    };
    window[clear] = (id) => {
      waiting.delete(id);
      clearIn(id);
    };
  }
"""
OURS_WAITING = """
() => [...waiting.values()].filter(stack => stack.includes("room-bookings.js")).length
"""


@dataclass(frozen=True, kw_only=True)
class Held:
    """What a page holds once everything that can go has gone."""

    heap: int
    nodes: int
    listeners: int
    subscriptions: int
    # Of the connection, which outlives every card.
    ears: int


async def _held(page: Page, chromium: CDPSession) -> Held:
    # Twice, for what only the first one lets go of.
    for _ in range(2):
        await chromium.send("HeapProfiler.collectGarbage")
    answer = await chromium.send("Performance.getMetrics")
    metrics = {each["name"]: int(each["value"]) for each in answer["metrics"]}
    kept = await page.evaluate(
        f"""() => {{
          const {{ commands, eventListeners }} = {CONNECTION};
          const ears = [...eventListeners.values()].reduce((sum, each) => sum + each.length, 0);
          return [commands.size, ears];
        }}"""
    )
    return Held(
        heap=metrics["JSHeapUsedSize"],
        nodes=metrics["Nodes"],
        listeners=metrics["JSEventListeners"],
        subscriptions=kept[0],
        ears=kept[1],
    )


async def _lose_and_find(page: Page) -> None:
    """Have the connection replaced by another, and wait until everything is subscribed to again."""
    await page.evaluate(
        f"""async () => {{
          const connection = {CONNECTION};
          // Home Assistant's own calls are to be answered: it lets fall what becomes of some.
          await connection.ping();
          await new Promise(resolve => {{
            const ready = () => {{
              connection.removeEventListener("ready", ready);
              resolve();
            }};
            connection.addEventListener("ready", ready);
            connection.reconnect(true);
          }});
        }}"""
    )


async def _open(visits: Visits, *, turned: bool) -> tuple[Page, CDPSession]:
    """Open a page without cards, with a clock that can be turned or with an eye on its timers.

    A dashboard would be made anew with every connection, and with it all that it had kept.
    """
    page = await visits.blank(Look())
    if turned:
        await page.clock.install()
    else:
        await page.add_init_script(TIMERS)
    await page.goto("/profile")
    await drawn(page, Look())
    chromium = await page.context.new_cdp_session(page)
    await chromium.send("Performance.enable")
    return page, chromium


async def _hang_up(page: Page, room: DeviceRoom) -> Locator:
    """Hang a panel over the page, and wait until the room's facts and its day are there."""
    panel = await pose(page, room, FREE)
    await expect(panel.get_by_role("button", name="Book 15 min")).to_be_visible()
    await expect(panel.locator(".block", has_text="Later")).to_have_count(1)
    return panel


async def _pass_time(page: Page, room: DeviceRoom, minutes: int) -> None:
    panel = await _hang_up(page, room)
    for _ in range(minutes):
        await panel.evaluate(CHANGE, [room.room.device_id, CHANGES_A_MINUTE])
        await page.clock.fast_forward(MINUTE_MILLISECONDS)
        # Whoever asked whether Home Assistant is still there has its answer.
        await page.evaluate(f"{CONNECTION}.ping()")


@pytest.fixture(autouse=True)
async def _later(fjord: DeviceRoom) -> None:
    await fjord.book_at_device("Later", start=120, minutes=30)
    await fjord.says("sensor", "next_booking", "Later")


async def test_an_hour_of_changes_leaves_nothing_behind(
    visits: Visits, fjord: DeviceRoom
) -> None:
    """After 3,600 changes and 60 minutes as much is held as before them."""
    page, chromium = await _open(visits, turned=True)
    await _pass_time(page, fjord, WARM_UP)
    before = await _held(page, chromium)
    await _pass_time(page, fjord, MINUTES)
    await _hang_up(page, fjord)
    after = await _held(page, chromium)
    assert after.subscriptions == before.subscriptions
    assert after.ears == before.ears
    assert after.listeners - before.listeners <= MOST_LISTENERS
    assert after.nodes - before.nodes <= MOST_NODES
    assert after.heap - before.heap <= MOST_BYTES


async def test_lost_connections_leave_nothing_behind(
    visits: Visits, fjord: DeviceRoom
) -> None:
    """Each time the panel subscribes anew, and forgets what was before."""
    page, chromium = await _open(visits, turned=True)
    await _hang_up(page, fjord)
    for _ in range(WARM_UP):
        await _lose_and_find(page)
    await _hang_up(page, fjord)
    before = await _held(page, chromium)
    for _ in range(LOSSES):
        await _lose_and_find(page)
    await _hang_up(page, fjord)
    after = await _held(page, chromium)
    _forget_what_home_assistant_lets_fall(visits)
    assert after.subscriptions == before.subscriptions
    assert after.ears == before.ears
    listeners = MOST_LISTENERS + LOSSES * LISTENERS_A_LOSS
    assert after.listeners - before.listeners <= listeners
    assert after.nodes - before.nodes <= MOST_NODES
    assert after.heap - before.heap <= LOSSES * BYTES_A_LOSS


def _forget_what_home_assistant_lets_fall(visits: Visits) -> None:
    """Its own calls that a lost connection leaves without an answer, on every page."""
    theirs = ("Connection lost", "not caught: Object")
    visits.complaints[:] = [
        complaint
        for complaint in visits.complaints
        if not any(words in complaint for words in theirs)
    ]


async def test_a_panel_that_is_gone_leaves_nothing(
    visits: Visits, fjord: DeviceRoom
) -> None:
    """No timer, no listener, no subscription: as if it had never been there."""
    page, chromium = await _open(visits, turned=False)
    await _come_and_go(page, fjord)
    before = await _held(page, chromium)
    timers = await page.evaluate(OURS_WAITING)
    assert timers == 0
    for _ in range(10):
        await _come_and_go(page, fjord)
    after = await _held(page, chromium)
    assert after.subscriptions == before.subscriptions
    assert after.ears == before.ears
    assert after.listeners - before.listeners <= MOST_LISTENERS
    assert after.nodes - before.nodes <= MOST_NODES
    assert await page.evaluate(OURS_WAITING) == 0


async def _come_and_go(page: Page, room: DeviceRoom) -> None:
    await _hang_up(page, room)
    assert await page.evaluate(OURS_WAITING) > 0
    await page.evaluate("document.getElementById('stage').remove()")
    # What is said last to Home Assistant is heard before this is answered.
    await page.evaluate(f"{CONNECTION}.ping()")

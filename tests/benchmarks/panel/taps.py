"""From a tap to its visible reaction."""

from playwright.async_api import expect

from tests.benchmarks.table import Row
from tests.browser.rooms import DeviceRoom
from tests.browser.visits import Visits

from .day import panel
from .times import row

_TARGET = 100.0
# What Event Timing reports at least.
_LEAST = 16.0
# The device refuses: so long the button is pending, and nothing is booked.
_PENDING = 0.15
_NAMES = ("Book 15 min", "Book 30 min", "Book 60 min")
_OBSERVE = f"""panel => {{
  globalThis.durations = new Map();
  globalThis.reactions = [];
  new PerformanceObserver((list) => {{
    for (const {{ name, interactionId, duration }} of list.getEntries()) {{
      if (!interactionId || !["pointerup", "click"].includes(name)) continue;
      durations.set(interactionId, Math.max(duration, durations.get(interactionId) ?? 0));
    }}
  }}).observe({{ type: "event", durationThreshold: {_LEAST} }});
  panel.addEventListener("click", (event) => {{
    const button = event.composedPath().find((part) => part.localName === "button");
    requestAnimationFrame(() => reactions.push(button.dataset.phase));
  }});
}}"""
# What was painted is reported a little later.
_DURATIONS = """async () => {
  await new Promise((resolve) => requestIdleCallback(resolve, { timeout: 5000 }));
  return [[...durations.values()], reactions];
}"""


async def measure(visits: Visits, room: DeviceRoom, count: int) -> list[Row]:
    """The row of taps on buttons that book."""
    system = room.system
    await system.fault("Bookings.Book", "latency", None, seconds=_PENDING)
    await system.fault("Bookings.Book", "status", None, status=403, message="no")
    page = await visits.panel(room)
    shown = await panel(page)
    await shown.evaluate(_OBSERVE)
    for number in range(count):
        button = shown.get_by_role("button", name=_NAMES[number % len(_NAMES)])
        await button.tap()
        await expect(button).to_have_attribute("data-phase", "refused")
    durations, reactions = await page.evaluate(_DURATIONS)
    await system.control("DELETE", "/faults")
    # Otherwise the next paint, to which durations run, would not be that of the reaction.
    if reactions != ["pending"] * count:
        raise RuntimeError(f"in the frame after the taps buttons were {reactions}")
    if not durations:
        raise RuntimeError("the browser reported no tap")
    what = f"tap to its visible reaction ({len(durations)} reported)"
    unreported = [_LEAST] * (count - len(durations))
    return [row(what, durations + unreported, _TARGET)]

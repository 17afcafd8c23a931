"""What a minute tick costs the page."""

from itertools import pairwise

from tests.benchmarks.table import Row
from tests.browser.rooms import DeviceRoom
from tests.browser.visits import Visits

from .day import BOOKINGS, config, panel
from .minutes import LET_PASS
from .times import p99, row

_TARGET = 5.0
_WARM = 30
_TIME_UPDATES = """panel => {
  const update = panel.performUpdate;
  globalThis.updates = [];
  panel.performUpdate = function () {
    const start = performance.now();
    update.call(this);
    updates.push(performance.now() - start);
  };
}"""
# Plain arithmetic takes as long as an update; what it takes now and then is the machine's doing.
_CALIBRATE = """() => {
  const steps = 1_000_000;
  const time = (count) => {
    const start = performance.now();
    for (let i = 0; i < count; i++) globalThis.root = Math.sqrt(i + (globalThis.root ?? 0));
    return performance.now() - start;
  };
  const middle = (times) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
  const unit = middle(Array.from({ length: 9 }, () => time(steps)));
  const count = (steps * middle(updates)) / unit;
  globalThis.sums = [];
  globalThis.updates = [];
  globalThis.calculate = () => sums.push(time(count));
}"""
# The second frame begins when the first has been laid out and painted.
_PASS = """async (panel, number) => {
  await frame();
  if (number !== null) {
    minute(number);
    panel.requestUpdate();
    await panel.updateComplete;
  }
  await frame();
  globalThis.calculate?.();
}"""
_METRICS = {
    # Scripting alone, as it counts it, leaves out what follows a promise: all that lit does.
    "TaskDuration": "all tasks",
    "RecalcStyleDuration": "styles",
    "LayoutDuration": "layout",
}


async def measure(visits: Visits, room: DeviceRoom, count: int) -> list[Row]:
    """The rows of the panel's update, and of what the browser counts."""
    page = await visits.card(config(room))
    shown = await panel(page)
    cdp = await page.context.new_cdp_session(page)
    # Of the thread's own time: what others do with the processor meanwhile does not count.
    await cdp.send("Performance.enable", {"timeDomain": "threadTicks"})
    await page.evaluate(LET_PASS)

    async def metrics() -> dict[str, float]:
        answer = await cdp.send("Performance.getMetrics")
        return {m["name"]: m["value"] for m in answer["metrics"]}

    async def costs(minutes: list[int | None]) -> dict[str, list[float]]:
        known = [await metrics()]
        for minute in minutes:
            await shown.evaluate(_PASS, minute)
            known.append(await metrics())
        return {
            key: [
                1000 * (after[key] - before[key]) for before, after in pairwise(known)
            ]
            for key in _METRICS
        }

    await shown.evaluate(_TIME_UPDATES)
    await costs(list(range(_WARM)))
    await page.evaluate(_CALIBRATE)
    ticks = await costs(list(range(_WARM, _WARM + count)))
    updates, sums = await page.evaluate("[updates, sums]")
    idle = await costs([None] * count)
    what = f"minute tick with {BOOKINGS} bookings"
    return [
        row(f"{what}: update", updates, _TARGET, p99),
        row("- arithmetic of that length", sums),
        *(
            row(f"- {source}: {name}", found[key])
            for key, name in _METRICS.items()
            for source, found in (("browser", ticks), ("without a tick", idle))
        ),
    ]

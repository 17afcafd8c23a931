"""Whether an hour of updates leaves more behind in the page than the hour before."""

from playwright.async_api import CDPSession

from tests.benchmarks.table import Row
from tests.browser.rooms import DeviceRoom
from tests.browser.visits import Visits

from .day import config, panel
from .minutes import LET_PASS

# Bytes.
GROWTH = 200_000
_HEAP, _NODES, _LISTENERS = "JSHeapUsedSize", "Nodes", "JSEventListeners"
# A room that is booked and left all the time, by somebody else each time; each is drawn.
_UPDATE = """async (panel, count) => {
  const { hass } = panel;
  const siblings = Object.values(hass.entities).filter(
    ({ device_id }) => device_id === hass.entities[panel.config.entity].device_id,
  );
  const sensor = (key) => siblings.find((entity) => entity.translation_key === key).entity_id;
  const [availability, current] = ["availability", "current_booking"].map(sensor);
  const changed = (id, state, attributes) => ({
    [id]: { ...hass.states[id], state, attributes: { ...hass.states[id].attributes, ...attributes } },
  });
  for (let i = 0; i < count; i++) {
    const now = new Date(Date.now());
    const end = new Date(now.getTime() + 1_800_000).toISOString();
    const booking = { booking_id: `b${i}`, organizer: `Organiser ${i}`, start: now.toISOString(), end };
    const busy = i % 2 === 0;
    panel.hass = {
      ...hass,
      states: {
        ...hass.states,
        ...changed(availability, busy ? "busy" : "free", { until: end }),
        ...(busy ? changed(current, `Meeting number ${i}`, booking) : {}),
      },
    };
    await panel.updateComplete;
    if (panel.dataset.state !== (busy ? "busy" : "free")) throw new Error("an update was not drawn");
    if (i % 60 === 59) {
      minute((i + 1) / 60);
      panel.requestUpdate();
      await frame();
    }
  }
  minute(0);
  panel.hass = hass;
  panel.requestUpdate();
  await panel.updateComplete;
  await frame();
}"""


async def measure(
    visits: Visits, room: DeviceRoom, updates: int
) -> tuple[list[Row], bool]:
    """The rows of what the page holds, and whether it is stable."""
    page = await visits.card(config(room))
    shown = await panel(page)
    await page.evaluate(LET_PASS)
    cdp = await page.context.new_cdp_session(page)
    await cdp.send("Performance.enable")
    # The first hour makes what is kept for good, such as the templates of all that is drawn.
    await shown.evaluate(_UPDATE, updates)
    before = await _held(cdp)
    await shown.evaluate(_UPDATE, updates)
    after = await _held(cdp)
    rows: list[Row] = [
        (
            name,
            *(f"{n:,.0f}" for n in (before[key], after[key], after[key] - before[key])),
        )
        for name, key in (
            ("bytes of heap", _HEAP),
            ("nodes", _NODES),
            ("listeners", _LISTENERS),
        )
    ]
    equal = all(before[key] == after[key] for key in (_NODES, _LISTENERS))
    return rows, equal and after[_HEAP] - before[_HEAP] < GROWTH


async def _held(cdp: CDPSession) -> dict[str, float]:
    """What is there when all garbage has been collected."""
    # What the first leaves to finalizers, the second takes.
    for _ in range(2):
        await cdp.send("HeapProfiler.collectGarbage")
    answer = await cdp.send("Performance.getMetrics")
    return {metric["name"]: metric["value"] for metric in answer["metrics"]}

"""The first paint of the panel, beside cards of Home Assistant's own that fill the same view."""

import asyncio
from dataclasses import dataclass
from statistics import median
from typing import Any

from demo.browser import Look
from demo.world import World
from tests.benchmarks.table import Row
from tests.browser.cards import lay_out
from tests.browser.rooms import DeviceRoom
from tests.browser.visits import Visits

from .day import BOOKINGS, config
from .times import row

_TARGET = 1000.0
_PATIENCE = 60.0
_ELSEWHERE = "/manifest.json"


@dataclass(frozen=True)
class _Card:
    """A card, its element, and what is true when it has drawn what it is for."""

    name: str
    config: dict[str, Any]
    tag: str
    drawn: str


# In the frame before the last, everything was there: it has been painted when the last begins.
_WATCH = """(() => {
  const CARDS = { %s };
  const create = document.createElement.bind(document);
  let first;
  document.createElement = (...given) => {
    const start = performance.now();
    const card = create(...given);
    const isDrawn = CARDS[card.localName];
    if (!isDrawn) return card;
    first ??= start;
    const look = () => {
      if (first === undefined) return;
      if (!isDrawn(card)) return requestAnimationFrame(look);
      const created = first;
      first = undefined;
      requestAnimationFrame(() => drawn(created, performance.now()));
    };
    requestAnimationFrame(look);
    return card;
  };
})();
"""


async def measure(
    visits: Visits, world: World, room: DeviceRoom, loads: int
) -> list[Row]:
    """The rows of first paints, and of whole loads."""
    cards = _cards(room)
    page = await visits.blank(Look())
    drawn: asyncio.Queue[tuple[float, float]] = asyncio.Queue()
    await page.expose_function("drawn", lambda *times: drawn.put_nowait(times))
    watched = ", ".join(f'"{card.tag}": {card.drawn}' for card in cards)
    await page.add_init_script(_WATCH % watched)
    taken: dict[str, list[tuple[float, float]]] = {card.name: [] for card in cards}
    for _ in range(loads + 1):
        for card in cards:
            # A page of the dashboard would draw the new card before it is left.
            await page.goto(_ELSEWHERE)
            await page.goto(await lay_out(world.home.client, card.config))
            async with asyncio.timeout(_PATIENCE):
                taken[card.name].append(await drawn.get())
    # The first load of each filled the browser's cache.
    warm = {name: times[1:] for name, times in taken.items()}
    paints = {n: [end - start for start, end in times] for n, times in warm.items()}
    whole = {n: [end for _, end in times] for n, times in warm.items()}
    ours, *theirs = warm
    rows = [row(f"first paint of {ours}", paints[ours], _TARGET)]
    for name in theirs:
        ratio = median(paints[ours]) / median(paints[name])
        rows.append(row(f"- {name} (panel : it = {ratio:.2f})", paints[name]))
    rows.append(row(f"navigation to {ours}, drawn", whole[ours]))
    for name in theirs:
        ratio = median(whole[ours]) / median(whole[name])
        rows.append(row(f"- {name} (panel : it = {ratio:.2f})", whole[name]))
    return rows


def _cards(room: DeviceRoom) -> tuple[_Card, ...]:
    return (
        _Card(
            "the panel",
            config(room),
            "room-bookings-panel",
            f"""({{ shadowRoot: root }}) => root?.querySelector(".word")?.textContent
              && root.querySelector("button .label")?.textContent
              && root.querySelectorAll(".block").length >= {BOOKINGS}""",
        ),
        _Card(
            "Home Assistant's calendar card",
            {"type": "calendar", "entities": [room.calendar]},
            "hui-calendar-card",
            """({ shadowRoot: root }) => root?.querySelector("ha-full-calendar")
              ?.shadowRoot?.querySelector(".ha-fc-event")""",
        ),
        _Card(
            "Home Assistant's tile card",
            {"type": "tile", "entity": room.calendar},
            "hui-tile-card",
            """({ shadowRoot: root }) => root?.querySelector("state-display")
              ?.textContent.trim()""",
        ),
    )

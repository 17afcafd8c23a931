"""How a panel looks: on every screen, in every state, from three metres away."""

from typing import Any

from playwright.async_api import Locator, Page, expect
import pytest

from demo.browser import PHONE, TABLET, WALL_4K, Look, Screen
from demo.dashboard import BOARD, view
from demo.world import World

from .cards import PATH, lay_out
from .rooms import DeviceRoom
from .stage import Meeting, Scene, pose
from .visits import Visits

UPRIGHT = Screen(width=800, height=1280, touch=True)
SCREENS = {"phone": PHONE, "tablet": TABLET, "upright": UPRIGHT, "4K": WALL_4K}
# Of the smaller side of a tablet; so high a word is read from three metres.
WORD_HEIGHT = 0.1
# In Oklab, where people begin to see a difference at 0.02.
FAR_APART = 0.1

LONG = Meeting(
    title="Projektbesprechung Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen und Folgen",
    start=-10,
    minutes=44,
    organizer="Katharina Gräfin zu Hohenlohe-Waldenburg-Schillingsfürst",
)
AHEAD = Meeting(
    title="Geschwindigkeitsbegrenzungsüberschreitungsmessung", start=95, organizer="Ada"
)
NAME = "Besprechungszimmer Rinderkennzeichnungsfleischetikettierung"
SCENES = {
    "free": Scene(state="free", until=95, next=AHEAD),
    "free for good": Scene(state="free"),
    "pending": Scene(state="pending", until=17, next=AHEAD),
    "busy": Scene(state="busy", until=95, current=LONG, next=AHEAD),
    "long names": Scene(state="busy", until=95, current=LONG, next=AHEAD, name=NAME),
    "unknown": Scene(state="unavailable"),
}

# What is cut, leaves its place or lies on something else, of what nobody can do without.
FAULTS = """
(panel) => {
  const root = panel.shadowRoot;
  const faults = [];
  const boxes = [];
  const whole = (element) => element.getBoundingClientRect();
  // As wide as its letters, as high as its lines.
  const text = (element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    const { left, right, width } = range.getBoundingClientRect();
    const { top, bottom, height } = whole(element);
    return { left, right, width, top, bottom, height };
  };
  const add = (selector, of, rect) => {
    for (const element of root.querySelectorAll(selector)) {
      const box = rect(element);
      if (!box.width || !box.height) continue;
      const name = `${selector} "${element.textContent.replaceAll(/\\s+/g, " ").trim().slice(0, 30)}"`;
      const outer = (of ? element.closest(of) : panel).getBoundingClientRect();
      if (box.left < outer.left - 1 || box.right > outer.right + 1 ||
          box.top < outer.top - 1 || box.bottom > outer.bottom + 1) faults.push(`${name} is cut`);
      boxes.push({ name, box });
    }
  };
  add("h1", ".state", whole);
  for (const selector of [".clock", ".date", ".word", ".until"]) add(selector, ".state", text);
  for (const selector of [".notice", ".shape", ".meeting"]) add(selector, ".state", whole);
  for (const selector of ["button", ".day"]) add(selector, null, whole);
  for (const [index, one] of boxes.entries()) for (const other of boxes.slice(index + 1)) {
    const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
    const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
    if (across > 1 && down > 1) faults.push(`${one.name} lies on ${other.name}`);
  }
  const state = root.querySelector(".state");
  if (state.scrollHeight > state.clientHeight + 1) faults.push("the state has no room");
  if (state.scrollWidth > state.clientWidth + 1) faults.push("the state is too wide");
  for (const button of root.querySelectorAll("button")) {
    if (button.scrollWidth > button.clientWidth + 1) faults.push(`${button.textContent} is too wide`);
  }
  const heading = root.querySelector("h1");
  const lines = heading.clientHeight / parseFloat(getComputedStyle(heading).lineHeight);
  if (Math.abs(lines - Math.round(lines)) > 0.05) faults.push(`the name has ${lines} lines`);
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) faults.push("the page scrolls sideways");
  return faults;
}
"""


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "nb", "he"])
async def test_everything_has_its_place(
    visits: Visits, glacier: DeviceRoom, language: str
) -> None:
    """In every state and on every screen nothing is cut, and nothing lies on something else."""
    for start in (180, 215):
        await glacier.book_at_device(AHEAD.title, start=start, minutes=30)
    page = await visits.panel(glacier, Look(language=language))
    faults = []
    for size, screen in SCREENS.items():
        await page.set_viewport_size({"width": screen.width, "height": screen.height})
        for name, scene in SCENES.items():
            panel = await pose(page, glacier, scene)
            await expect(panel.locator(".day")).to_be_visible()
            found = await panel.evaluate(FAULTS)
            faults += [f"{size}, {name}: {fault}" for fault in found]
    assert not faults, "\n".join(faults)


async def test_is_read_from_three_metres(visits: Visits, glacier: DeviceRoom) -> None:
    """The state's word is high on a tablet, however it hangs."""
    page = await visits.panel(glacier)
    for screen in (TABLET, UPRIGHT):
        await page.set_viewport_size({"width": screen.width, "height": screen.height})
        for name in ("free", "pending", "busy"):
            panel = await pose(page, glacier, SCENES[name])
            height = await panel.locator(".word").evaluate(
                "word => parseFloat(getComputedStyle(word).fontSize)"
            )
            assert height >= WORD_HEIGHT * min(screen.width, screen.height), name


@pytest.mark.parametrize("dark", [False, True])
async def test_states_differ_in_colour_word_and_shape(
    visits: Visits, glacier: DeviceRoom, dark: bool
) -> None:
    """Whoever cannot tell one of them apart has the two others."""
    page = await visits.panel(glacier, Look(dark=dark))
    seen = [
        await _seen(await pose(page, glacier, SCENES[name]))
        for name in ("free", "pending", "busy", "unknown")
    ]
    assert len({one["word"] for one in seen}) == len(seen)
    assert len({one["shape"] for one in seen}) == len(seen)
    for index, one in enumerate(seen):
        for other in seen[:index]:
            assert _distance(one["colour"], other["colour"]) > FAR_APART, (one, other)


async def _seen(panel: Locator) -> dict[str, Any]:
    seen: dict[str, Any] = await panel.evaluate(
        """({ shadowRoot }) => {
          const probe = document.createElement("i");
          const { backgroundColor } = getComputedStyle(shadowRoot.querySelector(".state"));
          probe.style.color = `color-mix(in oklab, ${backgroundColor}, ${backgroundColor})`;
          document.body.append(probe);
          const { color } = getComputedStyle(probe);
          probe.remove();
          return {
            word: shadowRoot.querySelector(".word").textContent,
            // Its outline: the mark in it comes second.
            shape: shadowRoot.querySelector(".status .shape > *").outerHTML,
            colour: color.match(/-?[\\d.]+/g).slice(0, 3).map(Number),
          };
        }"""
    )
    return seen


def _distance(one: list[float], other: list[float]) -> float:
    return float(sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5)


@pytest.mark.parametrize(("query", "app"), [("?kiosk", False), ("", True)])
@pytest.mark.parametrize("what", ["panel", "board"])
async def test_fills_the_window_of_a_kiosk(
    visits: Visits, glacier: DeviceRoom, what: str, query: str, app: bool
) -> None:
    """By the address, or as the app on the wall wants it: no header, no sidebar."""
    path = view(BOARD if what == "board" else glacier.view)
    page = await visits.open(path + query, Look(kiosk=app))
    card = page.locator(f"room-bookings-{what}")
    await expect(card).to_have_attribute("kiosk", "")
    assert await card.bounding_box() == {"x": 0, "y": 0, "width": 1280, "height": 800}
    assert await page.evaluate(
        """(name) => [[1, 1], [1279, 1], [1, 799], [1279, 799]].every(([x, y]) => {
          let at = document.elementFromPoint(x, y);
          while (at.shadowRoot?.elementFromPoint(x, y) && at.localName !== name)
            at = at.shadowRoot.elementFromPoint(x, y);
          return at.localName === name;
        })""",
        f"room-bookings-{what}",
    )


async def test_leaves_the_frame_alone_without_a_kiosk(
    visits: Visits, glacier: DeviceRoom
) -> None:
    """The header stays, and the panel ends with the window."""
    page = await visits.panel(glacier, Look(kiosk=False))
    box = await page.locator("room-bookings-panel").bounding_box()
    assert box is not None
    assert box["y"] > 0
    assert box["y"] + box["height"] == TABLET.height


async def test_a_small_card_among_others(
    visits: Visits, world: World, glacier: DeviceRoom
) -> None:
    """In a section of an ordinary dashboard it keeps to its cells, and all its parts to theirs."""
    card = {"type": "custom:room-bookings-panel", "entity": glacier.calendar}
    sizes = [{"columns": c, "rows": r} for c in (6, 12) for r in (6, 8)]
    small = [{**card, "grid_options": size} for size in sizes]
    path = await lay_out(world.home.client, card)
    section = {"type": "grid", "cards": [card, *small]}
    sections = {"type": "sections", "path": "card", "sections": [section]}
    await world.home.client.call(
        "lovelace/config/save", url_path=PATH, config={"views": [sections]}
    )
    for language in ("en", "de"):
        page = await visits.open(path, Look(language=language, kiosk=False))
        panels = page.locator("room-bookings-panel")
        await expect(panels).to_have_count(5)
        await expect(panels.last.get_by_role("button")).to_have_count(3)
        for panel in await panels.all():
            await _keeps_to_its_cells(panel)


async def _keeps_to_its_cells(panel: Locator) -> None:
    faults = await panel.evaluate(FAULTS)
    assert not faults, "\n".join(faults)
    inside = await panel.evaluate(
        """panel => {
          const box = panel.getBoundingClientRect();
          const cell = panel.closest(".card").getBoundingClientRect();
          return box.height <= cell.height + 1 && box.width <= cell.width + 1;
        }"""
    )
    assert inside


async def test_nothing_turns_for_whoever_wants_it_still(
    visits: Visits, glacier: DeviceRoom
) -> None:
    """The mark of a button at work."""
    await glacier.answer_late("Bookings.Book", 3)
    page = await visits.panel(glacier)
    await page.get_by_role("button", name="Book 15 min").tap()
    mark = page.locator("room-bookings-panel [data-phase=pending] .phase")
    await expect(mark).to_have_css("animation-name", "turn")
    await page.emulate_media(reduced_motion="reduce")
    await expect(mark).to_have_css("animation-name", "none")
    await expect(page.get_by_role("status")).to_contain_text("Booked until")


async def test_texts_are_cut_at_their_own_ends(
    visits: Visits, glacier: DeviceRoom
) -> None:
    """Also where the page is written the other way round, a title's beginning is seen."""
    page = await visits.panel(glacier, Look(language="he"))
    for size in (TABLET, UPRIGHT):
        await page.set_viewport_size({"width": size.width, "height": size.height})
        panel = await pose(page, glacier, SCENES["busy"])
        for text in (".now .title", ".now .detail bdi", "[data-id=booking-1] bdi"):
            assert await _begins_in_sight(page, panel.locator(text)), text


async def _begins_in_sight(page: Page, text: Locator) -> bool:
    return bool(
        await text.evaluate(
            """element => {
              const node = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
              while (!node.nextNode().data.trim());
              const range = document.createRange();
              range.setStart(node.currentNode, 0);
              range.setEnd(node.currentNode, 1);
              const letter = range.getBoundingClientRect();
              const box = element.getBoundingClientRect();
              const inside = letter.left >= box.left - 1 && letter.right <= box.right + 1;
              return inside;
            }"""
        )
    )

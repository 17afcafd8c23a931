"""Cards for everybody: read aloud, by keyboard, with weak eyes, in themes that somebody made."""

from pathlib import Path
import sys
from typing import Any, Final

from playwright.async_api import Locator, Page, expect
import pytest

from demo.browser import Look, wear
from demo.dashboard import BOARD as BOARD_VIEW, view
from demo.people import Person

from .line import Line
from .rooms import DeviceRoom
from .stage import BOARD, PANEL, Meeting, Scene, pose
from .visits import Visits

AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
BAD = ("serious", "critical")
# Of Home Assistant's frame only what surrounds the card; what lies over everything axe cannot measure.
FRAMED = {"kiosk": False}

RUN = """
async (card) => {
  const { violations, incomplete, passes } = await axe.run(card);
  const told = (found) => found.flatMap(({ id, impact, help, nodes }) => nodes.map(
    ({ html, failureSummary }) => ({ id, impact, what: `${help}: ${html} ${failureSummary}` })));
  const measured = passes.some(({ id }) => id === "color-contrast");
  return { found: told(violations), unsure: told(incomplete), measured };
}
"""

# The contrast of every text in a card to what is behind it, and which is enough for its size.
CONTRAST = """
(card) => {
  const pixel = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const layered = (colours) => {
    pixel.fillStyle = "#fff";
    pixel.fillRect(0, 0, 1, 1);
    for (const colour of colours) {
      pixel.fillStyle = colour;
      pixel.fillRect(0, 0, 1, 1);
    }
    const [r, g, b] = [...pixel.getImageData(0, 0, 1, 1).data].slice(0, 3).map((each) => {
      const part = each / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    const layers = [];
    for (let each = element; each; each = each.parentElement ?? each.getRootNode().host)
      layers.unshift(getComputedStyle(each).backgroundColor);
    return layers;
  };
  const poor = [];
  let seen = 0;
  for (const element of card.shadowRoot.querySelectorAll("*")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    if (!own || !element.checkVisibility() || size === 0) continue;
    seen++;
    const layers = behind(element);
    const [light, dark] = [layered(layers), layered([...layers, style.color])].sort().reverse();
    const ratio = (light + 0.05) / (dark + 0.05);
    const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    if (ratio < (large ? 3 : 4.5))
      poor.push(`${element.className || element.localName} "${element.textContent.trim()}": ${ratio.toFixed(2)}`);
  }
  return { seen, poor };
}
"""

NEXT = Meeting(title="Hiring", start=45, organizer="Ada")
SCENES = {
    "free": Scene(state="free", until=45, next=NEXT),
    "free, not for long": Scene(
        state="free", until=10, next=Meeting(title="T", start=10)
    ),
    "pending": Scene(
        state="pending",
        until=10,
        current=Meeting(title="Stand-up", start=-5, checked_in=False),
        next=NEXT,
    ),
    "busy": Scene(
        state="busy", until=20, current=Meeting(title="Stand-up", start=-5), next=NEXT
    ),
    "unknown": Scene(state="unavailable"),
}
# A board has rooms in other states, too.
STAGED = {PANEL: [*SCENES], BOARD: ["pending"]}
SCHEMES: Final = ("light", "dark")
ODD = {
    "pale yellow": "#fff9c4",
    "white": "white",
    "black": "black",
    "pure green": "#0f0",
    "cyan": "cyan",
    "see-through": "rgb(255 255 0 / 30%)",
    "by name": "lightyellow",
    "in another space": "color(display-p3 1 1 0.2)",
}


async def _faults(card: Locator) -> list[str]:
    """Return what axe finds serious or critical in a card; all of it is printed."""
    result: dict[str, Any] = await card.evaluate(RUN)
    assert result["measured"]
    bad = [fault for fault in result["found"] if fault["impact"] in BAD]
    # Shown with whatever fails.
    sys.stdout.writelines(f"{fault}\n" for fault in result["found"] + result["unsure"])
    return [f"{fault['id']}: {fault['what']}" for fault in bad]


async def _in_both_themes(page: Page, card: Locator) -> list[str]:
    faults = []
    for scheme in SCHEMES:
        await wear(page, dark=scheme == "dark")
        faults += [f"{scheme}: {fault}" for fault in await _faults(card)]
    return faults


@pytest.mark.parametrize("language", ["en", "de", "he"])
async def test_axe_finds_nothing(
    visits: Visits, line: Line, glacier: DeviceRoom, language: str
) -> None:
    """Neither on the panel nor on the board, in any state, in the light and in the dark."""
    look = Look(language=language, **FRAMED)
    page = await visits.panel(glacier, look, url=line.url)
    await page.evaluate(AXE.read_text())
    faults = []
    for tag, names in STAGED.items():
        for scheme in SCHEMES:
            await wear(page, dark=scheme == "dark")
            for name in names:
                card = await pose(page, glacier, SCENES[name], tag=tag)
                await expect(card.locator(".word").first).to_be_visible()
                found = await _faults(card)
                faults += [f"{tag}, {scheme}, {name}: {fault}" for fault in found]
        await page.evaluate("document.getElementById('stage').remove()")
    line.cut()
    card = page.locator(PANEL)
    await expect(card).to_have_attribute("data-stale", "home_assistant")
    faults += [f"lost, {fault}" for fault in await _in_both_themes(page, card)]
    assert not faults, "\n".join(faults)


async def test_axe_finds_nothing_where_somebody_may_only_look(
    visits: Visits, reader: Person, glacier: DeviceRoom
) -> None:
    """On buttons that say that they cannot be used, too."""
    faults = []
    for tag, path in ((PANEL, glacier.view), (BOARD, BOARD_VIEW)):
        page = await visits.open(view(path), Look(**FRAMED), person=reader)
        await page.evaluate(AXE.read_text())
        card = page.locator(tag)
        await expect(card.locator("[aria-disabled]").first).to_be_visible()
        faults += await _in_both_themes(page, card)
    assert not faults, "\n".join(faults)


async def test_texts_are_readable_in_every_theme(
    visits: Visits, glacier: DeviceRoom
) -> None:
    """Home Assistant's own two, and those of people who choose pale or glaring colours."""
    page = await visits.panel(glacier)
    faults = []
    for scheme in SCHEMES:
        await wear(page, dark=scheme == "dark")
        for theme, colour in {"its own": None, **ODD}.items():
            names = ("success", "warning", "error")
            variables = {f"--{name}-color": colour or "" for name in names}
            for name, scene in SCENES.items():
                card = await pose(page, glacier, scene, variables=variables)
                result = await card.evaluate(CONTRAST)
                assert result["seen"] > 5
                where = f"{scheme}, {theme}, {name}"
                faults += [f"{where}: {poor}" for poor in result["poor"]]
    assert not faults, "\n".join(faults)


FOCUSED = """
() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(at);
  const inside = at.getRootNode().host?.localName ?? "";
  return [inside, at.textContent.trim().replaceAll(/\\s+/g, " "), outlineStyle, parseFloat(outlineWidth)];
}
"""
MOST_TABS = 40


async def _tabbed(page: Page, tag: str) -> list[tuple[str, bool]]:
    """Go through the page by Tab; what has the focus in the card, and whether that is seen."""
    seen: list[tuple[str, bool]] = []
    for _ in range(MOST_TABS):
        await page.keyboard.press("Tab")
        inside, text, style, width = await page.evaluate(FOCUSED)
        if inside == tag:
            seen.append((text, style != "none" and width >= 2))
        elif seen:
            break
    return seen


async def test_every_button_is_reached_by_tab(
    visits: Visits, glacier: DeviceRoom
) -> None:
    """In the order in which they stand, those that only say why not, too; and that is seen."""
    await glacier.book_at_device("Later", start=50, minutes=30)
    await glacier.says("sensor", "next_booking", "Later")
    page = await visits.panel(glacier)
    buttons = page.locator(PANEL).get_by_role("button")
    await expect(buttons).to_have_count(4)
    shown = ["".join(text.split()) for text in await buttons.all_inner_texts()]
    reached = await _tabbed(page, PANEL)
    assert ["".join(text.split()) for text, _ in reached] == shown
    assert all(visible for _, visible in reached)
    assert "Takenfrom" in shown[2]

    page = await visits.board()
    rooms = page.locator(f"{BOARD} li.room")
    await expect(rooms.first.get_by_role("button")).to_be_visible()
    reached = await _tabbed(page, BOARD)
    assert all(visible for _, visible in reached)
    names = [text for text, _ in reached]
    first = (await rooms.first.locator("h2").inner_text()).strip()
    # The search, then room by room: its panel, its button.
    assert names[:4] == ["", "", "Find", first]
    assert names[4].startswith(f"Book {first} ")


async def test_the_keyboard_does_what_a_tap_does(
    visits: Visits, glacier: DeviceRoom
) -> None:
    """Enter and Space; what became of it is said aloud, by what was there to be heard."""
    page = await visits.panel(glacier)
    panel = page.locator(PANEL)
    status = panel.get_by_role("status")
    await expect(status).to_have_text("")
    said = await status.evaluate_handle(
        """element => {
          const said = [];
          new MutationObserver(() => said.push(element.innerText.trim()))
            .observe(element, { childList: true, characterData: true, subtree: true });
          return said;
        }"""
    )
    await panel.get_by_role("button", name="Book 30 min").focus()
    await page.keyboard.press("Enter")
    await expect(status).to_contain_text("Booked until")
    await expect(panel).not_to_have_attribute("data-state", "free")
    await panel.get_by_role("button", name="End meeting").focus()
    await page.keyboard.press("Space")
    await expect(panel.get_by_role("button", name="Tap again to end")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(status).to_have_text("Meeting ended")
    assert await glacier.bookings() == []
    words = await said.json_value()
    # Nothing in between was left out: that it works, and what came of it, twice.
    assert [word.split(" ")[0] for word in words if word][:4] == [
        *("Asking", "Booked"),
        *("Asking", "Meeting"),
    ]


async def test_an_alert_is_heard(
    visits: Visits, line: Line, glacier: DeviceRoom
) -> None:
    """It comes with its words, which is what screen readers announce."""
    page = await visits.panel(glacier, url=line.url)
    panel = page.locator(PANEL)
    await expect(panel.get_by_role("alert")).to_have_count(0)
    line.cut()
    await expect(panel.get_by_role("alert")).to_contain_text("No connection")
    line.mend()
    await expect(panel.get_by_role("alert")).to_have_count(0, timeout=60_000)

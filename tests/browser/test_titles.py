"""Whatever somebody calls a meeting, it is text: it does nothing, and moves nothing."""

from playwright.async_api import Locator, Page, WebSocket, expect
import pytest

from demo.browser import PHONE, TABLET, Look

from .rooms import DeviceRoom
from .stage import BOARD, PANEL, Meeting, Scene, pose
from .visits import Visits

# Nobody answers there, and nobody is to be asked.
ELSEWHERE = "http://elsewhere.invalid"
BAIT = f"window.fooled=1;fetch('{ELSEWHERE}')"
TITLES = {
    "an image": f'<img src={ELSEWHERE}/x onerror="{BAIT}">',
    "a script": f"</bdi></p><script>{BAIT}</script>",
    "a frame": f'"><iframe srcdoc="<script>parent.fooled=1</script>" src={ELSEWHERE}>',
    "a template": "${7*7}{{7*7}}<%= 7*7 %>`${alert(1)}`",
    "a style": f"</style><style>*{{background:url({ELSEWHERE})}}",
    "10,000 letters": "W" * 10_000,
    "turned round": "\u202eevil\u202c \u202egnitirw",
    "turned for good": "\u2067\u202e\u2066Hiring\u200f",
    "Hebrew": "פגישת צוות (Team) 12:00 - 13:00",
    "piled up": "Z" + "\u0351\u0335\u0322\u0489" * 60 + "algo" + "\u0349" * 60,
    "a family": "👨‍👩‍👧‍👦🏳️‍🌈" * 40,
    "lines": "One\n\nTwo\r\nThree\tFour" + "\n" * 50,
    "half a letter": "👍" * 400,
    "nothing": "",
}
ORGANIZER = "\u202eAda <b>Lovelace</b>"
FAR = Look(screen=TABLET)

# What is not where it belongs, beside a title.
MOVED = """
(card) => {
  const root = card.shadowRoot;
  const moved = [];
  const inside = (name, element) => {
    const { left, right, top, bottom, width } = element.getBoundingClientRect();
    if (left < 0 || right > innerWidth + 1 || width === 0) moved.push(`${name} is out of sight`);
    if (card.localName.endsWith("panel") && (top < 0 || bottom > innerHeight + 1))
      moved.push(`${name} is above or below`);
  };
  for (const button of root.querySelectorAll("button")) inside("a button", button);
  inside("the clock", root.querySelector(".clock"));
  inside("the word", root.querySelector(".word"));
  for (const element of [document.documentElement, card, card.parentElement, root.querySelector(".state, ul")])
    if (element.scrollWidth > element.clientWidth + 1) moved.push(`${element.localName} scrolls`);
  const state = root.querySelector(".state");
  if (state && state.scrollHeight > state.clientHeight + 1) moved.push("the state has no room");
  // Times stand beside titles: their first digit is to stay left of their last.
  const place = (node, index) => {
    const range = document.createRange();
    range.setStart(node, index);
    range.setEnd(node, index + 1);
    return range.getBoundingClientRect().left;
  };
  for (const element of root.querySelectorAll(".range, .detail, .until")) {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const found = /\\d.*\\d/.exec(walker.currentNode.data);
      if (walker.currentNode.parentElement.closest("bdi") || !found) continue;
      const last = found.index + found[0].length - 1;
      const sizes = element.getBoundingClientRect();
      if (sizes.height && place(walker.currentNode, found.index) >= place(walker.currentNode, last))
        moved.push(`${found[0]} is turned round`);
    }
  }
  for (const bad of root.querySelectorAll("bdi *, img, script, iframe, style"))
    moved.push(`there is a ${bad.localName}`);
  if (window.fooled) moved.push("a script ran");
  return moved;
}
"""


class Watch:
    """What a page asks elsewhere for, and what it interrupts people with."""

    def __init__(self, page: Page) -> None:
        """Begin to watch."""
        self.faults: list[str] = []
        page.on("request", lambda request: self._asked(request.url))
        page.on("dialog", lambda dialog: self.faults.append(dialog.message))
        page.on("frameattached", lambda frame: self.faults.append("a frame"))

    def _asked(self, url: str) -> None:
        if url.startswith(ELSEWHERE):
            self.faults.append(url)


async def _drawn(card: Locator, title: str) -> None:
    """Wait until a title is there, as far as anybody reads."""
    words = " ".join(title[:20].split())
    if words:
        await expect(card.locator(".now").first).to_contain_text(words)


async def test_titles_on_a_panel(visits: Visits, glacier: DeviceRoom) -> None:
    """Of the running meeting and the next one, and in the timeline."""
    page = await visits.panel(glacier, FAR)
    watch = Watch(page)
    faults = []
    for name, title in TITLES.items():
        busy = Scene(
            state="busy",
            until=20,
            current=Meeting(title=title, start=-10, organizer=ORGANIZER),
            next=Meeting(title=title, start=60, organizer=title),
        )
        panel = await pose(page, glacier, busy)
        await _drawn(panel, title)
        await expect(panel.locator("[data-id=booking-1] bdi")).to_have_count(1)
        for screen in (TABLET, PHONE):
            await page.set_viewport_size(
                {"width": screen.width, "height": screen.height}
            )
            faults += [f"{name}: {moved}" for moved in await panel.evaluate(MOVED)]
    assert not faults, "\n".join(faults)
    assert watch.faults == []


async def test_titles_on_a_board(visits: Visits, glacier: DeviceRoom) -> None:
    """Of the running meeting of one room among others, whose rows stay as high."""
    page = await visits.board(FAR)
    watch = Watch(page)
    faults = []
    heights = set()
    for name, title in TITLES.items():
        current = Meeting(title=title, start=-10)
        busy = Scene(state="busy", until=20, current=current)
        board = await pose(page, glacier, busy, tag=BOARD)
        row = board.locator(f"[data-entity='{glacier.calendar}']")
        await _drawn(row, title)
        faults += [f"{name}: {moved}" for moved in await board.evaluate(MOVED)]
        if title:
            box = await row.bounding_box()
            assert box is not None
            heights.add(round(box["height"]))
    assert not faults, "\n".join(faults)
    assert watch.faults == []
    assert max(heights) - min(heights) <= 4


@pytest.mark.parametrize("name", ["a script", "turned round"])
async def test_a_title_comes_all_the_way_as_text(
    visits: Visits, fjord: DeviceRoom, name: str
) -> None:
    """From the device through its cloud and Home Assistant to both cards."""
    title = TITLES[name]
    await fjord.book_at_device(title, minutes=20)
    await fjord.book_at_device(title, start=60, minutes=20)
    page = await visits.blank(FAR)
    watch = Watch(page)
    await page.goto(f"/meeting-rooms/{fjord.view}")
    panel = page.locator(PANEL)
    await expect(panel.locator(".now bdi").first).to_have_text(title)
    await expect(panel.locator(".block.ahead bdi")).to_have_text(title)
    assert await panel.evaluate(MOVED) == []
    await page.goto("/meeting-rooms/board")
    row = page.locator(f"[data-entity='{fjord.calendar}']")
    await expect(row.locator(".now bdi")).to_have_text(title)
    assert await page.locator(BOARD).evaluate(MOVED) == []
    assert watch.faults == []


async def test_a_private_title_never_reaches_the_page(
    visits: Visits, fjord: DeviceRoom
) -> None:
    """It is masked before it leaves Home Assistant: no frame of the connection has it."""
    await fjord.book_at_device(
        "Xanadu takeover", minutes=20, private=True, organizer="Kublai Khan"
    )
    await fjord.book_at_device("Open house", start=60, minutes=20)
    await fjord.says("sensor", "next_booking", "Open house")
    page = await visits.blank(FAR)
    frames: list[str] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda payload: frames.append(str(payload)))

    page.on("websocket", listen)
    await page.goto(f"/meeting-rooms/{fjord.view}")
    panel = page.locator(PANEL)
    await expect(panel.locator(".now .title")).to_have_text("Private")
    await expect(panel.locator(".block.runs")).to_contain_text("Private")
    await expect(panel.locator(".block.ahead")).to_contain_text("Open house")
    # What is not private shows that the frames are heard.
    assert any("Open house" in frame for frame in frames)
    for secret in ("Xanadu", "takeover", "Kublai"):
        assert not any(secret in frame for frame in frames)
        await expect(page.get_by_text(secret)).to_have_count(0)

"""What a test opens in Chromium, what its pages complained of, and what is kept when it fails."""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, ConsoleMessage, Error, Page

from demo.browser import Look, drawn, profile
from demo.dashboard import BOARD, view
from demo.people import Person
from demo.world import World

from .cards import lay_out
from .line import Line
from .rooms import DeviceRoom

OURS = ("room-bookings", "room_bookings")
# Where Home Assistant's own modules come from.
THEIRS = "/frontend_latest/"
# Of a refusal that nobody catches Chromium only tells that it is an object.
REFUSED = "refused, and nobody cares: "
TELL_REFUSALS = f"""
  addEventListener("unhandledrejection", ({{ reason }}) => {{
    if (!(reason instanceof Error)) console.error("{REFUSED}" + JSON.stringify(reason));
  }});
"""
LOG_LINES = 200
ACTION_MILLISECONDS = 15_000
PICTURE_MILLISECONDS = 10_000


class Visits:
    """The pages of one test, each in a profile of its own; closed at its end."""

    def __init__(self, browser: Browser, world: World) -> None:
        """Begin without a page."""
        self._browser = browser
        self._world = world
        self._open = AsyncExitStack()
        self._pages: list[Page] = []
        self._console: list[str] = []
        self.complaints: list[str] = []

    async def open(
        self,
        path: str,
        look: Look | None = None,
        *,
        person: Person | None = None,
        url: str | None = None,
    ) -> Page:
        """Open an address below Home Assistant's, and wait until its frontend is drawn.

        Without a person it is the demo's owner. A url is that of a `Line`.
        """
        look = look or Look()
        page = await self.blank(look, person=person, url=url)
        await page.goto(path)
        await drawn(page, look)
        return page

    async def blank(
        self,
        look: Look,
        *,
        person: Person | None = None,
        url: str | None = None,
    ) -> Page:
        """Return an empty page of somebody who is logged in: for a clock or scripts before the first address."""
        context = await profile(
            self._browser,
            url or self._world.home.url,
            person or self._world.owner,
            look,
        )
        await self._open.enter_async_context(context)
        context.set_default_timeout(ACTION_MILLISECONDS)
        await context.add_init_script(TELL_REFUSALS)
        page = await context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", self._take_down)
        self._pages.append(page)
        return page

    async def board(self, look: Look | None = None, **how: Any) -> Page:
        """Open the dashboard's first view."""
        return await self.open(view(BOARD), look, **how)

    async def panel(
        self, room: DeviceRoom, look: Look | None = None, **how: Any
    ) -> Page:
        """Open a room's view."""
        return await self.open(view(room.view), look, **how)

    async def card(
        self, config: dict[str, Any], look: Look | None = None, **how: Any
    ) -> Page:
        """Open a view of one card with that configuration, which fills it."""
        path = await lay_out(self._world.home.client, config)
        return await self.open(path, look, **how)

    async def line(self) -> Line:
        """Return a network to Home Assistant that can be cut; it outlives the pages."""
        return await self._open.enter_async_context(Line(self._world.home.url))

    async def close(self) -> None:
        """Close every page."""
        await self._open.aclose()

    async def keep(self, folder: Path) -> None:
        """Write what was seen and said into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        for number, page in enumerate(self._pages, 1):
            try:
                await page.screenshot(
                    path=folder / f"page-{number}.png", timeout=PICTURE_MILLISECONDS
                )
            except Error as err:
                self._console.append(f"no picture of page {number}: {err}")
        (folder / "console.txt").write_text("\n".join(self._console))
        (folder / "home-assistant.log").write_text(self._world.home.log_tail(LOG_LINES))

    def _hear(self, message: ConsoleMessage) -> None:
        line = f"{message.type}: {message.text} ({message.location['url']})"
        self._console.append(line)
        if message.type == "error" and any(mark in line for mark in (*OURS, REFUSED)):
            self.complaints.append(line)

    def _take_down(self, error: Error) -> None:
        line = f"not caught: {error.stack or error.message or error}"
        self._console.append(line)
        # An error without a trace is a refusal of Home Assistant's that a card has let fall.
        if THEIRS not in line or any(ours in line for ours in OURS):
            self.complaints.append(line)

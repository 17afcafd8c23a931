"""The README's pictures: what a person sees of the demo's rooms, on the screens that they hang on."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser

from .browser import (
    DRAWN_MILLISECONDS,
    PHONE,
    Look,
    Screen,
    drawn,
    profile,
    running_chromium,
)
from .dashboard import BOARD, view
from .progress import tell
from .systems.simulated import minutes_into_quarter
from .world import World

FOLDER = Path("docs/images")
# A tablet with sharp letters.
SHARP = Screen(width=1280, height=800, pixels=1.5)
# One of the demo's rooms with meetings, by its calendar's name.
ROOM = "fjord"
# What makes its day a full one: title, quarters of an hour from now, length in them, organiser.
MEETINGS = (
    ("Budget", -14, 6, "Katherine Johnson"),
    ("Hiring", -5, 3, "Alan Turing"),
    ("Customer visit", 9, 3, "Hedy Lamarr"),
    ("Retrospective", 13, 4, "Margaret Hamilton"),
)
BOARD_DRAWN = "room-bookings-board li.room"
PANEL_DRAWN = "room-bookings-panel[data-state=busy]"


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A view on a screen, and what has to be seen before the picture is taken."""

    view: str
    drawn: str
    look: Look


PICTURES = {
    "panel": Picture(view=ROOM, drawn=PANEL_DRAWN, look=Look(screen=SHARP)),
    "panel-dark": Picture(
        view=ROOM, drawn=PANEL_DRAWN, look=Look(screen=SHARP, dark=True)
    ),
    "board": Picture(view=BOARD, drawn=BOARD_DRAWN, look=Look(screen=SHARP)),
    "phone": Picture(view=BOARD, drawn=BOARD_DRAWN, look=Look(screen=PHONE)),
}


async def take(world: World, names: Iterable[str]) -> None:
    """Write the named pictures as PNG files, as the demo's owner sees them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for title, quarters, length, organizer in MEETINGS:
        minutes = 15 * quarters - minutes_into_quarter()
        await world.webex.book(
            world.webex.room,
            title,
            start=minutes,
            minutes=15 * length,
            organizer=organizer,
        )
    async with running_chromium() as browser:
        for name in names:
            path = FOLDER / f"{name}.png"
            await _take(browser, world, PICTURES[name], path)
            tell(f"the picture is in {path}")


async def _take(browser: Browser, world: World, picture: Picture, path: Path) -> None:
    async with await profile(
        browser, world.home.url, world.owner, picture.look
    ) as context:
        page = await context.new_page()
        await page.goto(view(picture.view))
        await drawn(page, picture.look)
        await page.locator(picture.drawn).first.wait_for(timeout=DRAWN_MILLISECONDS)
        await page.screenshot(path=path, animations="disabled")

"""Debian's Chromium, showing Home Assistant to a person on a screen of theirs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
import json
import shutil
from typing import Literal

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from .people import Person

# Without these Chromium looks for servers that a closed network does not have.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DRAWN_MILLISECONDS = 60_000
# What the app on a wall tells the frontend.
KIOSK = "dispatchEvent(new CustomEvent('hass-kiosk-mode', {detail: {enable: true}}))"
WEARS = (
    "dark => document.querySelector('home-assistant').hass.themes?.darkMode === dark"
)
FOR_EVER = 9_999_999_999_999


@dataclass(frozen=True, kw_only=True)
class Screen:
    """A display and how people use it; sizes in CSS pixels."""

    width: int
    height: int
    pixels: float = 1
    touch: bool = False


PHONE = Screen(width=390, height=844, pixels=2, touch=True)
TABLET = Screen(width=1280, height=800, touch=True)
WALL_4K = Screen(width=3840, height=2160)


@dataclass(frozen=True, kw_only=True)
class Look:
    """How a person wants Home Assistant; a language such as `he` is written from the right.

    In kiosk mode a view is all that is seen, as in Home Assistant's own app on a wall.
    """

    screen: Screen = TABLET
    dark: bool = False
    language: str = "en"
    reduced_motion: bool = False
    kiosk: bool = True
    time_zone: str | None = None


@asynccontextmanager
async def running_chromium() -> AsyncIterator[Browser]:
    """Start Chromium without a window, and end it at the end."""
    async with async_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


async def profile(
    browser: Browser, url: str, person: Person, look: Look
) -> BrowserContext:
    """Return a new profile of the browser in which the person is logged in at Home Assistant's url."""
    context = await browser.new_context(
        base_url=url,
        viewport={"width": look.screen.width, "height": look.screen.height},
        device_scale_factor=look.screen.pixels,
        has_touch=look.screen.touch,
        color_scheme="dark" if look.dark else "light",
        reduced_motion="reduce" if look.reduced_motion else "no-preference",
        locale=look.language,
        timezone_id=look.time_zone,
        # A worker that lives on after its page would serve the next one.
        service_workers="block",
    )
    tokens = {**person.tokens, "hassUrl": url, "expires": FOR_EVER}
    await context.add_init_script(
        f"localStorage.hassTokens = {json.dumps(json.dumps(tokens))}"
    )
    return context


async def drawn(page: Page, look: Look) -> None:
    """Wait until Home Assistant has taken its launch screen away and all fonts are there."""
    await page.locator("#ha-launch-screen").wait_for(
        state="detached", timeout=DRAWN_MILLISECONDS
    )
    if look.kiosk:
        await page.evaluate(KIOSK)
    await wear(page, dark=look.dark)
    await page.evaluate("document.fonts.ready")


async def wear(page: Page, *, dark: bool) -> None:
    """Have Home Assistant wear its light or its dark theme, as the machine does.

    Where it hears of its themes before it is ready it wears neither, until the machine
    changes its mind.
    """
    if await page.evaluate(WEARS, dark):
        return
    for scheme_is_dark in (not dark, dark):
        scheme: Literal["dark", "light"] = "dark" if scheme_is_dark else "light"
        await page.emulate_media(color_scheme=scheme)
        await page.wait_for_function(WEARS, arg=scheme_is_dark)

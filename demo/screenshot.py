"""A picture of the dashboard as a person sees it, taken with Debian's Chromium."""

import json
from pathlib import Path

from . import dashboard
from .homeassistant import HomeAssistant

CHROMIUM = "/usr/bin/chromium"
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
WIDTH, HEIGHT = 1800, 1570
DRAWN_MILLISECONDS = 60_000
SETTLED_MILLISECONDS = 3_000


async def take(home: HomeAssistant, path: Path) -> None:
    """Write a PNG of the dashboard, as the person who is logged in."""
    # Only scripts/screenshot installs it.
    from playwright.async_api import async_playwright  # noqa: PLC0415

    path.parent.mkdir(parents=True, exist_ok=True)
    tokens = json.dumps(json.dumps({**home.tokens, "expires": 9_999_999_999_999}))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = await browser.new_context(
            viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=1.5
        )
        await context.add_init_script(f"localStorage.hassTokens = {tokens}")
        page = await context.new_page()
        await page.goto(f"{home.url}/{dashboard.PATH}/rooms?kiosk")
        await page.wait_for_selector("hui-calendar-card", timeout=DRAWN_MILLISECONDS)
        await page.wait_for_timeout(SETTLED_MILLISECONDS)
        await page.screenshot(path=path)
        await browser.close()

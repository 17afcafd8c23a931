"""A full day of a room that is free now."""

from datetime import datetime, timedelta

from playwright.async_api import Locator, Page

from demo.browser import DRAWN_MILLISECONDS
from demo.systems.simulated import local_now
from tests.browser.rooms import DeviceRoom

BOOKINGS = 50
_LENGTH, _EVERY = timedelta(minutes=20), timedelta(minutes=25)
# So long anybody can book at once, also an hour at the benchmark's end.
_FREE = timedelta(minutes=75)


async def fill(room: DeviceRoom) -> None:
    """Book at the room's device all over the day that it is here, but not now."""
    await room.clear()
    now = local_now()
    for number, start in enumerate(_starts(now)):
        minutes = (start - now) / timedelta(minutes=1)
        length = _LENGTH / timedelta(minutes=1)
        title, organizer = f"Meeting {number}", f"Organiser {number}"
        await room.book_at_device(
            title, start=minutes, minutes=length, organizer=organizer
        )


def _starts(now: datetime) -> list[datetime]:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    day = [midnight + number * _EVERY for number in range(timedelta(days=1) // _EVERY)]
    free = [s for s in day if s + _LENGTH <= now or s >= now + _FREE]
    return free[:BOOKINGS]


def config(room: DeviceRoom) -> dict[str, str]:
    """Return the configuration of the room's panel."""
    return {"type": "custom:room-bookings-panel", "entity": room.calendar}


async def panel(page: Page) -> Locator:
    """Wait until the page's panel has drawn the whole day, and return it."""
    shown = page.locator("room-bookings-panel")
    last = shown.locator(".block").nth(BOOKINGS - 1)
    await last.wait_for(timeout=DRAWN_MILLISECONDS)
    return shown

"""The harness: what the tests of panels and boards rely on."""

from playwright.async_api import Page, expect
import pytest

from demo.browser import PHONE, Look
from demo.people import Person
from demo.waiting import until
from demo.world import World

from .line import Line
from .rooms import DeviceRoom
from .visits import Visits

SOON = 10.0
ASKED = "/manifest.json"
CONNECTED = "document.querySelector('home-assistant').hass.connected === {}"


async def _complained(visits: Visits, words: str) -> None:
    async def heard() -> bool:
        return any(words in complaint for complaint in visits.complaints)

    await until(words, heard, SOON)
    visits.complaints.clear()


@pytest.mark.parametrize(
    "script",
    [
        "setTimeout(() => { throw new Error('by a test') })",
        "Promise.reject({code: 'unauthorized', message: 'by a test'}); 0",
        "console.error('room-bookings-panel: by a test')",
    ],
)
async def test_what_a_page_complains_of_is_heard(visits: Visits, script: str) -> None:
    """Whatever is not caught, and whatever our module tells of on the console."""
    page = await visits.open("/profile")
    await page.evaluate(script)
    await _complained(visits, "by a test")


async def test_a_person_gets_what_they_want_to_see(
    visits: Visits, reader: Person
) -> None:
    """Somebody who reads Hebrew in the dark, on a phone."""
    look = Look(screen=PHONE, dark=True, language="he", reduced_motion=True)
    page = await visits.open("/profile", look, person=reader)
    await expect(page.locator("html")).to_have_attribute("lang", "he")
    seen = await page.evaluate(
        """() => {
          const {hass} = document.querySelector("home-assistant");
          return [
            hass.user.name, hass.user.is_admin, hass.themes.darkMode, innerWidth,
            matchMedia("(prefers-reduced-motion)").matches, getComputedStyle(document.body).direction,
          ];
        }"""
    )
    assert seen[:5] == ["Reader", False, True, PHONE.width, True]


async def _sees(page: Page, *, connected: bool) -> None:
    await page.wait_for_function(CONNECTED.format(str(connected).lower()))


async def test_the_line_to_home_assistant_breaks(visits: Visits, line: Line) -> None:
    """The page is cut off, and finds back by itself."""
    page = await visits.open("/profile", url=line.url)
    await _sees(page, connected=True)
    line.cut()
    await _sees(page, connected=False)
    line.mend()
    await _sees(page, connected=True)


async def test_the_line_to_home_assistant_hangs(
    visits: Visits, line: Line, world: World
) -> None:
    """Nothing comes, and nothing says that nothing comes; then it goes on."""
    page = await visits.open("/profile", url=line.url)
    line.hang()
    await page.evaluate(
        f"void fetch('{ASKED}').then(() => {{ document.title = 'answered' }})"
    )
    # Whoever does not use the line is answered.
    await world.home.client.request("GET", ASKED)
    assert await page.title() != "answered"
    line.mend()
    await page.wait_for_function("document.title === 'answered'")


async def test_a_room_is_the_device(glacier: DeviceRoom, fjord: DeviceRoom) -> None:
    """What happens at the device, Home Assistant says; a test begins with nothing booked."""
    for room in (glacier, fjord):
        assert await room.bookings() == []
        await room.book_at_device("Stand-up", minutes=20)
        await room.says("sensor", "current_booking", "Stand-up")
        await room.lose_connection()
        await room.edit_at_device("Stand-up", title="Behind closed doors")
        await room.come_back()
        await room.says("sensor", "current_booking", "Behind closed doors", seconds=60)
        await room.clear()
        assert await room.bookings() == []

"""Nothing goes stale unseen, and everything finds back by itself."""

from playwright.async_api import Locator, Page, expect

from demo.homeassistant import HomeAssistant
from demo.rooms import Room
from demo.world import World

from .line import Line
from .rooms import DeviceRoom
from .visits import Visits

BACK_MILLISECONDS = 60_000


def panel(page: Page) -> Locator:
    """The panel of a page."""
    return page.locator("room-bookings-panel")


async def test_the_connection_to_home_assistant_is_lost(
    visits: Visits, line: Line, fjord: DeviceRoom
) -> None:
    """No state is claimed, no button works; back again, it shows what happened meanwhile."""
    page = await visits.panel(fjord, url=line.url)
    await expect(panel(page)).to_have_attribute("data-state", "free")
    line.cut()
    await expect(panel(page)).to_have_attribute("data-stale", "home_assistant")
    await expect(panel(page)).to_have_attribute("data-state", "unknown")
    await expect(panel(page).get_by_role("alert")).to_contain_text(
        "No connection to Home Assistant since"
    )
    book = panel(page).get_by_role("button", name="Book 15 min")
    await expect(book).to_contain_text("No connection")

    await fjord.book_at_device("Meanwhile", minutes=20)
    await fjord.says("sensor", "current_booking", "Meanwhile")
    line.mend()
    await expect(panel(page)).to_have_attribute(
        "data-state", "busy", timeout=BACK_MILLISECONDS
    )
    await expect(panel(page)).not_to_have_attribute("data-stale", "home_assistant")
    await expect(panel(page).locator(".block.runs")).to_contain_text("Meanwhile")
    await expect(panel(page).get_by_role("button", name="End meeting")).to_be_visible()


async def test_a_connection_that_hangs_is_noticed(
    visits: Visits, line: Line, fjord: DeviceRoom
) -> None:
    """Nobody closed it, but nothing comes: within a minute the panel has said so."""
    page = await visits.panel(fjord, url=line.url)
    await expect(panel(page)).to_have_attribute("data-state", "free")
    line.hang()
    await fjord.book_at_device("Meanwhile", minutes=20)
    await expect(panel(page)).to_have_attribute(
        "data-stale", "home_assistant", timeout=BACK_MILLISECONDS
    )
    line.mend()
    await expect(panel(page)).to_have_attribute(
        "data-state", "busy", timeout=BACK_MILLISECONDS
    )


async def test_a_tap_that_is_cut_off_says_so(
    visits: Visits, line: Line, fjord: DeviceRoom
) -> None:
    """Nobody knows whether the room is booked: the panel says to look."""
    await fjord.answer_late("Bookings.Book", 5)
    page = await visits.panel(fjord, url=line.url)
    await panel(page).get_by_role("button", name="Book 15 min").tap()
    book = panel(page).get_by_role("button", name="Book 15 min")
    await expect(book).to_have_attribute("data-phase", "pending")
    line.cut()
    await expect(panel(page).get_by_role("status")).to_contain_text(
        "Look at the room before you try again"
    )
    line.mend()
    await expect(panel(page)).to_have_attribute(
        "data-state", "busy", timeout=BACK_MILLISECONDS
    )


async def test_the_rooms_system_is_lost(visits: Visits, fjord: DeviceRoom) -> None:
    """First followed with a note, unknown after five minutes, and back by itself."""
    await fjord.book_at_device("Stand-up", minutes=30)
    page = await visits.panel(fjord)
    await expect(panel(page)).to_have_attribute("data-state", "busy")
    await fjord.lose_connection()
    await expect(panel(page)).to_have_attribute(
        "data-stale", "system", timeout=BACK_MILLISECONDS
    )
    await expect(panel(page)).to_have_attribute("data-state", "busy")
    await expect(panel(page).get_by_role("alert")).to_contain_text(
        "No word from the room’s booking system since"
    )
    await fjord.come_back()
    await expect(panel(page)).not_to_have_attribute(
        "data-stale", "system", timeout=BACK_MILLISECONDS
    )


async def test_the_entry_is_reloaded(
    visits: Visits, world: World, fjord: DeviceRoom
) -> None:
    """The calendar is another object of the same name: its day is followed anew."""
    page = await visits.panel(fjord)
    await expect(panel(page)).to_have_attribute("data-state", "free")
    await _reload(world.home, fjord.room)
    await fjord.says("sensor", "availability", "free")
    await fjord.book_at_device("Later", start=60, minutes=30)
    await expect(panel(page).locator(".block.ahead")).to_contain_text("Later")
    # One that no sensor shows: it can only come from the calendar.
    await fjord.book_at_device("Much later", start=120, minutes=30)
    await expect(panel(page).locator(".block.ahead").nth(1)).to_contain_text("Much")


async def test_no_such_room(visits: Visits, all_rooms: dict[str, Room]) -> None:
    """An entity that is no room is named."""
    page = await visits.board()
    await page.evaluate(
        """() => {
          const card = document.createElement("room-bookings-panel");
          card.setConfig({ entity: "calendar.nowhere" });
          card.hass = document.querySelector("home-assistant").hass;
          document.body.append(card);
        }"""
    )
    await expect(page.locator("body > room-bookings-panel")).to_contain_text(
        "calendar.nowhere is not a room"
    )


async def _reload(home: HomeAssistant, room: Room) -> None:
    entities = await home.client.call("config/entity_registry/list")
    entry_id = next(
        e["config_entry_id"] for e in entities if e["entity_id"] == room.calendar
    )
    path = f"/api/config/config_entries/entry/{entry_id}/reload"
    await home.client.request("POST", path)

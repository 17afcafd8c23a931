"""The panel at a room's door."""

from datetime import timedelta

from playwright.async_api import expect

from .rooms import DeviceRoom
from .visits import Visits


async def test_shows_a_free_room(visits: Visits, glacier: DeviceRoom) -> None:
    """The word and the state."""
    page = await visits.panel(glacier)
    panel = page.locator("room-bookings-panel")
    await expect(panel).to_have_attribute("data-state", "free")
    await expect(panel.locator(".word")).to_have_text("Free")


async def test_follows_what_happens_at_the_device(
    visits: Visits, fjord: DeviceRoom
) -> None:
    """A meeting begins and goes, without anybody touching the panel."""
    page = await visits.panel(fjord)
    panel = page.locator("room-bookings-panel")
    await expect(panel).to_have_attribute("data-state", "free")
    await fjord.book_at_device("Stand-up", minutes=20)
    await expect(panel).to_have_attribute("data-state", "busy")
    await expect(panel.locator(".now")).to_contain_text("Stand-up")
    await fjord.delete_at_device("Stand-up")
    await expect(panel).to_have_attribute("data-state", "free")


async def test_books_a_quarter_of_an_hour(visits: Visits, glacier: DeviceRoom) -> None:
    """One tap, and the device holds the booking."""
    page = await visits.panel(glacier)
    await page.get_by_role("button", name="Book 15 min").tap()
    panel = page.locator("room-bookings-panel")
    await expect(panel).not_to_have_attribute("data-state", "free")
    (booked,) = await glacier.bookings()
    assert booked.end - booked.start <= timedelta(minutes=16)
    assert booked.origin == "integration"


async def test_is_found_by_any_entity_of_its_room(
    visits: Visits, glacier: DeviceRoom
) -> None:
    """Whoever writes the card by hand may take another than the calendar."""
    entity = glacier.room.entity("sensor", "availability")
    page = await visits.card({"type": "custom:room-bookings-panel", "entity": entity})
    panel = page.locator("room-bookings-panel")
    await expect(panel).to_have_attribute("data-state", "free")
    await expect(panel.locator("h1")).to_have_text(glacier.name)

"""The dashboard that the strategy makes of the rooms."""

from playwright.async_api import expect

from demo.dashboard import BOARD, view
from demo.rooms import Room

from .visits import Visits


async def test_opens_on_the_board(visits: Visits, all_rooms: dict[str, Room]) -> None:
    """Home Assistant's own address leads to the board, with all rooms."""
    page = await visits.open("/")
    await expect(page).to_have_url(view(BOARD))
    rooms = page.locator("room-bookings-board li.room")
    await expect(rooms).to_have_count(len(all_rooms))


async def test_leads_to_every_room_and_back(
    visits: Visits, all_rooms: dict[str, Room]
) -> None:
    """Each room's panel is under the name of its calendar."""
    page = await visits.board()
    for room in all_rooms.values():
        place = page.locator(f"li.room[data-entity='{room.calendar}']")
        await place.get_by_role("link").tap()
        await expect(page).to_have_url(view(room.calendar.split(".")[1]))
        await expect(page.locator("room-bookings-panel")).to_contain_text(room.name)
        await page.go_back()
    await expect(page).to_have_url(view(BOARD))

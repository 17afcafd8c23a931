"""The board's search for a room, through `find_room`."""

from datetime import timedelta
from typing import Any

from playwright.async_api import Locator, Page, expect

from demo.browser import Look
from demo.people import Person
from demo.world import World

from .rooms import DeviceRoom
from .visits import Visits

MINUTE = timedelta(minutes=1)
BOARD = {"type": "custom:room-bookings-board"}


def words(page: Page) -> Locator:
    """What the search says."""
    return page.locator("room-bookings-board form").get_by_role("status")


def names(page: Page) -> Locator:
    """The names of the rooms that are shown."""
    return page.locator("room-bookings-board h2")


async def look_for(
    page: Page, people: int | None = None, minutes: int | None = None
) -> None:
    """Fill the fields in, and press the button."""
    if people is not None:
        await page.get_by_label("People").fill(str(people))
    if minutes is not None:
        await page.get_by_label("Minutes").fill(str(minutes))
    await page.get_by_role("button", name="Find").tap()


async def found(world: World, among: set[str], **question: Any) -> list[str]:
    """The names that the action answers with, of those calendars."""
    answer = await world.home.client.action(
        "room_bookings.find_room", question, respond=True
    )
    return [r["name"] for r in answer["rooms"] if r["entity_id"] in among]


def of(*rooms: DeviceRoom) -> dict[str, Any]:
    """A board of nothing but these rooms."""
    return {**BOARD, "entities": [room.calendar for room in rooms]}


async def test_finds_what_fits(
    visits: Visits,
    world: World,
    fjord: DeviceRoom,
    birch: DeviceRoom,
    aurora: DeviceRoom,
    glacier: DeviceRoom,
) -> None:
    """In the order of the action; then everything again."""
    rooms = (glacier, aurora, birch, fjord)
    among = {room.calendar for room in rooms}
    page = await visits.card(of(*rooms))
    await expect(names(page)).to_have_text(["Aurora", "Birch", "Fjord", "Glacier"])

    await look_for(page, people=5)
    await expect(words(page)).to_have_text("Free for 30 min, best fit first")
    best = await found(world, among, capacity=5, duration={"minutes": 30})
    assert best == ["Birch", "Aurora"]
    await expect(names(page)).to_have_text(best)
    first = page.locator("room-bookings-board li").first
    await expect(first).to_contain_text("8 seats")

    # A meeting soon leaves the smallest room out of the longer search only.
    await fjord.book_at_device("Later", start=40, minutes=30)
    await fjord.says("sensor", "next_booking", "Later")
    for minutes, wanted in (
        (30, ["Fjord", "Birch", "Aurora"]),
        (60, ["Birch", "Aurora"]),
    ):
        await look_for(page, people=1, minutes=minutes)
        await expect(words(page)).to_contain_text(f"Free for {minutes} min")
        await expect(names(page)).to_have_text(wanted)
        question = {"capacity": 1, "duration": {"minutes": minutes}}
        assert await found(world, among, **question) == wanted

    await look_for(page, people=13)
    await expect(words(page)).to_have_text("No room is free for that.")
    await expect(names(page)).to_have_count(0)

    await page.get_by_role("button", name="Show all").tap()
    await expect(names(page)).to_have_count(4)
    await expect(words(page)).to_have_text("")
    await expect(page.get_by_label("People")).to_have_value("")
    await expect(page.get_by_label("Minutes")).to_have_value("30")
    await expect(page.get_by_role("button", name="Show all")).to_have_count(0)


async def test_stays_true(
    visits: Visits, fjord: DeviceRoom, birch: DeviceRoom, aurora: DeviceRoom
) -> None:
    """A found room that is taken goes, and comes back when it is free again."""
    page = await visits.card(of(fjord, birch, aurora))
    await look_for(page, people=5)
    await expect(names(page)).to_have_text(["Birch", "Aurora"])
    await birch.book_at_device("Stand-up", minutes=20)
    await expect(names(page)).to_have_text(["Aurora"])
    # A meeting soon: the room is free still, but not for long enough.
    await aurora.book_at_device("Later", start=20, minutes=30)
    await expect(names(page)).to_have_count(0)
    await expect(words(page)).to_have_text("No room is free for that.")
    await birch.delete_at_device("Stand-up")
    await expect(names(page)).to_have_text(["Birch"])
    await expect(words(page)).to_have_text("Free for 30 min, best fit first")


async def test_books_for_as_long_as_was_asked(
    visits: Visits, fjord: DeviceRoom, birch: DeviceRoom
) -> None:
    """What became of it can be read, though the room is not free any more."""
    page = await visits.card(of(fjord, birch))
    await look_for(page, people=4, minutes=45)
    await expect(names(page)).to_have_text(["Fjord", "Birch"])
    await page.get_by_role("button", name="Book Fjord for 45 min").tap()
    row = page.locator(f"[data-entity='{fjord.calendar}']")
    await expect(row).to_have_attribute("data-state", "busy")
    await expect(row.get_by_role("status")).to_contain_text("Booked until")
    (booked,) = await fjord.bookings()
    assert timedelta(0) <= booked.end - booked.start - 45 * MINUTE <= MINUTE
    await expect(names(page)).to_have_text(["Birch"])


async def test_looks_only_for_what_the_board_shows(
    visits: Visits, fjord: DeviceRoom, birch: DeviceRoom
) -> None:
    """Elsewhere there may be room: nobody is told of rooms that they do not see."""
    page = await visits.card(of(fjord))
    await look_for(page, people=5)
    await expect(words(page)).to_have_text("No room is free for that.")
    await look_for(page, people=4)
    await expect(names(page)).to_have_text(["Fjord"])


async def test_says_why_it_cannot_look(
    visits: Visits, reader: Person, fjord: DeviceRoom
) -> None:
    """In words; somebody who may only look may look for rooms, too."""
    page = await visits.card(of(fjord), person=reader)
    await look_for(page, minutes=1_000_000)
    await expect(words(page)).to_contain_text("days")
    await expect(names(page)).to_have_text(["Fjord"])
    await look_for(page, minutes=30)
    await expect(words(page)).to_have_text("Free for 30 min, best fit first")
    await expect(names(page)).to_have_text(["Fjord"])


async def test_in_german(visits: Visits, fjord: DeviceRoom) -> None:
    """Fields, answers and errors."""
    page = await visits.card(of(fjord), Look(language="de"))
    await page.get_by_label("Personen").fill("4")
    await page.get_by_label("Minuten").fill("45")
    await page.get_by_role("button", name="Suchen").tap()
    await expect(words(page)).to_have_text("Frei für 45 Min., passendste zuerst")
    await expect(page.locator("room-bookings-board li")).to_contain_text("4 Plätze")
    await expect(
        page.get_by_role("button", name="Fjord für 45 Min. buchen")
    ).to_be_visible()
    await page.get_by_label("Minuten").fill("1000000")
    await page.get_by_role("button", name="Suchen").tap()
    await expect(words(page)).to_contain_text("Tage")
    await page.get_by_role("button", name="Alle zeigen").tap()
    await expect(words(page)).to_have_text("")

"""The board: what is free, at a glance and at a tap."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from playwright.async_api import Locator, Page, expect
import pytest

from demo.browser import PHONE, WALL_4K, Look
from demo.dashboard import BOARD, view
from demo.people import Person
from demo.rooms import Room
from demo.world import World

from .line import Line
from .rooms import DeviceRoom
from .visits import Visits

MINUTE = timedelta(minutes=1)
BACK_MILLISECONDS = 60_000
# Made in a page that is open: what a configuration says of the rooms, without a way through dialogs.
ROOMS_OF = """(config) => {
  const card = document.createElement("room-bookings-board");
  card.setConfig({ type: "custom:room-bookings-board", ...config });
  card.hass = document.querySelector("home-assistant").hass;
  document.body.append(card);
  return card.updateComplete.then(() => {
    const rooms = [...card.shadowRoot.querySelectorAll(".room")];
    card.remove();
    return rooms.map((room) => room.dataset.entity);
  });
}"""


def row(page: Page, room: DeviceRoom | Room) -> Locator:
    """A room on the board."""
    return page.locator(f"room-bookings-board [data-entity='{room.calendar}']")


def book(page: Page, room: DeviceRoom) -> Locator:
    """The button that books a room."""
    return row(page, room).get_by_role("button", name=f"Book {room.name}")


def said(page: Page, room: DeviceRoom) -> Locator:
    """What a room's row says of the last tap."""
    return row(page, room).get_by_role("status")


async def of(visits: Visits, *rooms: DeviceRoom | Room, **how: Any) -> Page:
    """Open a board of nothing but these rooms."""
    card = {
        "type": "custom:room-bookings-board",
        "entities": [room.calendar for room in rooms],
        "panels": True,
    }
    return await visits.card(card, **how)


async def expect_order(page: Page, *names: str) -> None:
    """Wait until these are the rooms of the board, in this order."""
    await expect(page.locator("room-bookings-board h2")).to_have_text(names)


@pytest.fixture
async def unreachable(world: World, all_rooms: dict[str, Room]) -> AsyncIterator[Room]:
    """A room that Home Assistant cannot reach since it looked for it."""
    room = all_rooms[world.roomz.room]
    reload = "homeassistant.reload_config_entry"
    await world.roomz.control("POST", "/down")
    await world.home.client.action(reload, entity_id=room.calendar)
    yield room
    await world.roomz.control("POST", "/up")
    await world.home.client.action(reload, entity_id=room.calendar)


async def test_what_is_free_comes_first(
    visits: Visits,
    fjord: DeviceRoom,
    birch: DeviceRoom,
    aurora: DeviceRoom,
    glacier: DeviceRoom,
    unreachable: Room,
) -> None:
    """Then what waits for people, what is taken, and what nobody knows."""
    await aurora.book_at_device("Stand-up", minutes=20)
    await glacier.book_at_device("Planning", start=2, minutes=30)
    page = await of(visits, fjord, aurora, glacier, unreachable, birch)
    await expect_order(page, "Birch", "Fjord", "Glacier", "Aurora", unreachable.name)
    for room, word, until in (
        (birch, "Free", "nothing booked in the days ahead"),
        (glacier, "Waiting for check-in", "until"),
        (aurora, "Busy", "until"),
        (unreachable, "Unknown", ""),
    ):
        state = word.split()[0].lower().replace("waiting", "pending")
        await expect(row(page, room)).to_have_attribute("data-state", state)
        await expect(row(page, room).locator(".word")).to_have_text(word)
        await expect(row(page, room).locator(".until")).to_contain_text(until)
    await expect(row(page, aurora)).to_contain_text("12 seats")
    await expect(row(page, aurora)).to_contain_text("Stand-up")
    await expect(row(page, unreachable)).to_contain_text("cannot be reached")
    await expect(page.locator("room-bookings-board")).to_contain_text("2 of 5 free")
    # Only what is free can be booked.
    buttons = page.locator("room-bookings-board li").get_by_role("button")
    await expect(buttons).to_have_count(2)


async def test_a_room_moves_and_the_focus_stays(
    visits: Visits, fjord: DeviceRoom, birch: DeviceRoom, aurora: DeviceRoom
) -> None:
    """Whoever works with the keyboard goes on where they were."""
    page = await of(visits, fjord, birch, aurora)
    await expect_order(page, "Aurora", "Birch", "Fjord")
    focused = page.locator("room-bookings-board :focus")

    await row(page, birch).get_by_role("link").focus()
    await birch.book_at_device("Stand-up", minutes=20)
    await expect_order(page, "Aurora", "Fjord", "Birch")
    await expect(focused).to_have_text("Birch")
    await birch.delete_at_device("Stand-up")
    await expect_order(page, "Aurora", "Birch", "Fjord")
    await expect(focused).to_have_text("Birch")

    # The button goes with what it is good for: the room keeps the focus.
    await book(page, aurora).focus()
    await aurora.book_at_device("Stand-up", minutes=20)
    await expect_order(page, "Birch", "Fjord", "Aurora")
    await expect(focused).to_have_text("Aurora")
    await page.keyboard.press("Shift+Tab")
    await expect(focused).to_have_attribute("type", "button")
    await expect(focused).to_contain_text("Fjord")


async def test_works_with_the_keyboard(visits: Visits, fjord: DeviceRoom) -> None:
    """From the search through the room to its button."""
    page = await of(visits, fjord)
    await book(page, fjord).wait_for()
    await page.get_by_label("People").focus()
    seen = []
    for _ in range(5):
        seen.append(await page.evaluate(FOCUSED))
        await page.keyboard.press("Tab")
    assert seen == ["people", "minutes", "Find", "Fjord", "Book Fjord for 30 min"]
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Enter")
    await expect(said(page, fjord)).to_contain_text("Booked until")
    assert len(await fjord.bookings()) == 1


FOCUSED = """() => {
  let found = document.activeElement;
  while (found.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
  return found.name || found.textContent.trim().replaceAll(/\\s+/g, " ");
}"""


async def test_books_with_one_tap(
    visits: Visits, fjord: DeviceRoom, birch: DeviceRoom
) -> None:
    """Pending, confirmed, refused: each in its own row; one booking, however often one taps."""
    await fjord.answer_late("Bookings.Book", 1.5)
    page = await of(visits, fjord, birch)
    button = book(page, fjord)
    await button.tap()
    await expect(button).to_have_attribute("data-phase", "pending")
    await expect(said(page, fjord)).to_contain_text("Asking the room")
    await button.tap(force=True)
    await expect(book(page, birch)).not_to_have_attribute("aria-disabled", "true")
    assert await fjord.bookings() == []
    await expect(said(page, fjord)).to_contain_text("Booked until")
    await expect(button).to_have_attribute("data-phase", "confirmed")
    (booked,) = await fjord.bookings()
    assert timedelta(0) <= booked.end - booked.start - 30 * MINUTE <= MINUTE
    assert booked.origin == "integration"

    await birch.be_quicker()
    await book(page, birch).tap()
    await expect(said(page, birch)).to_contain_text("Birch is taken from")
    await expect(book(page, birch)).to_have_attribute("data-phase", "refused")
    assert [b.origin for b in await birch.bookings()] == ["device"]


async def test_books_until_the_next_meeting(visits: Visits, fjord: DeviceRoom) -> None:
    """Where half an hour does not fit, and the button says how long it is."""
    await fjord.book_at_device("Later", start=10, minutes=30)
    await fjord.says("sensor", "next_booking", "Later")
    page = await of(visits, fjord)
    button = row(page, fjord).get_by_role("button", name="Book Fjord until")
    await button.tap()
    await expect(said(page, fjord)).to_contain_text("Booked until")
    mine, later = await fjord.bookings()
    assert mine.end <= later.start < mine.end + MINUTE


async def test_a_reader_sees_and_cannot_book(
    visits: Visits, reader: Person, fjord: DeviceRoom
) -> None:
    """And the buttons say so."""
    page = await of(visits, fjord, person=reader)
    await expect(book(page, fjord)).to_have_attribute("aria-disabled", "true")
    await expect(book(page, fjord)).to_contain_text("Not allowed to you")
    await book(page, fjord).tap(force=True)
    await fjord.book_at_device("Stand-up", minutes=20)
    await expect(row(page, fjord)).to_contain_text("Stand-up")
    assert [b.title for b in await fjord.bookings()] == ["Stand-up"]


async def test_the_connection_to_home_assistant_is_lost(
    visits: Visits, line: Line, fjord: DeviceRoom, birch: DeviceRoom
) -> None:
    """No room claims anything, no button works; it comes back by itself."""
    page = await of(visits, fjord, birch, url=line.url)
    await expect_order(page, "Birch", "Fjord")
    board = page.locator("room-bookings-board")
    line.cut()
    await expect(board).to_have_attribute("data-stale", "home_assistant")
    await expect(board.get_by_role("alert")).to_contain_text("No connection to Home")
    for room in (fjord, birch):
        await expect(row(page, room)).to_have_attribute("data-state", "unknown")
        await expect(row(page, room).locator(".word")).to_have_text("Unknown")
        await expect(book(page, room)).to_have_attribute("aria-disabled", "true")
        await expect(book(page, room)).to_contain_text("No connection")
        await book(page, room).tap(force=True)
    assert await birch.bookings() == []

    await birch.book_at_device("Meanwhile", minutes=20)
    await birch.says("sensor", "current_booking", "Meanwhile")
    line.mend()
    await expect(row(page, birch)).to_have_attribute(
        "data-state", "busy", timeout=BACK_MILLISECONDS
    )
    await expect_order(page, "Fjord", "Birch")
    await expect(board).not_to_have_attribute("data-stale", "home_assistant")
    await book(page, fjord).tap()
    await expect(said(page, fjord)).to_contain_text("Booked until")


async def test_a_rooms_system_is_lost(
    visits: Visits, glacier: DeviceRoom, fjord: DeviceRoom
) -> None:
    """Its room says so, the others know nothing of it."""
    page = await visits.blank(Look())
    await page.clock.install()
    await page.goto(view(BOARD))
    await expect(row(page, glacier)).to_have_attribute("data-state", "free")
    await glacier.lose_connection()
    notice = row(page, glacier).locator(".notice")
    await page.clock.fast_forward(31_000)
    await expect(row(page, glacier)).to_have_attribute("data-stale", "system")
    await expect(notice).to_contain_text("No word from the room’s booking system")
    await expect(page.locator("room-bookings-board .notice")).to_have_count(1)
    await expect(row(page, fjord)).not_to_have_attribute("data-stale", "system")
    await glacier.come_back()
    await expect(notice).to_have_count(0, timeout=BACK_MILLISECONDS)


async def test_a_room_leads_to_its_panel(visits: Visits, fjord: DeviceRoom) -> None:
    """In the same page, and back."""
    page = await visits.board()
    await page.evaluate("window.same = true")
    await row(page, fjord).get_by_role("link").tap()
    await expect(page).to_have_url(view(fjord.view))
    await expect(page.locator("room-bookings-panel .word")).to_have_text("Free")
    await page.go_back()
    await expect(page).to_have_url(view(BOARD))
    await expect(row(page, fjord)).to_be_visible()
    assert await page.evaluate("window.same")


@pytest.fixture
async def places(
    world: World, fjord: DeviceRoom, birch: DeviceRoom, glacier: DeviceRoom
) -> AsyncIterator[dict[str, str]]:
    """The ids of a house: Fjord is in the attic, Birch in the cellar, Glacier nowhere.

    The label `quiet` is on Glacier's device, `bright` on the attic and on Birch's calendar.
    """
    call = world.home.client.call

    async def make(kind: str, name: str, **more: Any) -> str:
        made = await call(f"config/{kind}_registry/create", name=name, **more)
        made_id: str = made[f"{kind}_id"]
        return made_id

    async def put(room: DeviceRoom, **where: Any) -> None:
        device = room.room.device_id
        await call("config/device_registry/update", device_id=device, **where)

    ids = {name: await make("floor", name) for name in ("Top", "Bottom")}
    ids |= {name: await make("label", name) for name in ("Quiet", "Bright")}
    ids["Attic"] = await make(
        "area", "Attic", floor_id=ids["Top"], labels=[ids["Bright"]]
    )
    ids["Cellar"] = await make("area", "Cellar", floor_id=ids["Bottom"])
    await put(fjord, area_id=ids["Attic"])
    await put(birch, area_id=ids["Cellar"])
    await put(glacier, labels=[ids["Quiet"]])
    calendar = {"entity_id": birch.calendar}
    await call("config/entity_registry/update", **calendar, labels=[ids["Bright"]])
    yield ids
    await call("config/entity_registry/update", **calendar, labels=[])
    await put(glacier, labels=[])
    for kind, names in (
        ("area", ("Attic", "Cellar")),
        ("floor", ("Top", "Bottom")),
        ("label", ("Quiet", "Bright")),
    ):
        for name in names:
            await call(f"config/{kind}_registry/delete", **{f"{kind}_id": ids[name]})


async def test_shows_the_rooms_of_places(
    visits: Visits,
    world: World,
    places: dict[str, str],
    fjord: DeviceRoom,
    birch: DeviceRoom,
    glacier: DeviceRoom,
) -> None:
    """The same that `find_room` looks for there: one place or several."""
    page = await visits.card(
        {
            "type": "custom:room-bookings-board",
            "title": "Upstairs",
            "area_id": places["Attic"],
        }
    )
    await expect_order(page, "Fjord")
    await expect(row(page, fjord)).to_contain_text("Attic · 4 seats")
    await expect(page.locator("room-bookings-board h1")).to_have_text("Upstairs")

    chosen: list[tuple[dict[str, str | list[str]], list[DeviceRoom]]] = [
        ({"area_id": ["Attic", "Cellar"]}, [fjord, birch]),
        ({"floor_id": "Top"}, [fjord]),
        ({"floor_id": ["Top", "Bottom"]}, [fjord, birch]),
        ({"label_id": "Quiet"}, [glacier]),
        ({"label_id": "Bright"}, [fjord, birch]),
        ({"label_id": ["Quiet", "Bright"]}, [fjord, birch, glacier]),
        ({"label_id": "Bright", "area_id": "Cellar"}, [birch]),
        ({"label_id": "Quiet", "area_id": "Cellar"}, []),
    ]
    for config, wanted in chosen:
        ids = {
            key: places[names]
            if isinstance(names, str)
            else [places[name] for name in names]
            for key, names in config.items()
        }
        found = await world.home.client.action(
            "room_bookings.find_room", ids, respond=True
        )
        shown = await page.evaluate(ROOMS_OF, ids)
        assert set(shown) == {room.calendar for room in wanted}, config
        assert set(shown) == {room["entity_id"] for room in found["rooms"]}, config

    one = {"entities": fjord.calendar}
    assert await page.evaluate(ROOMS_OF, one) == [fjord.calendar]
    assert await page.evaluate(ROOMS_OF, {"area_id": "nowhere"}) == []


@pytest.mark.parametrize(
    "look",
    [
        Look(screen=PHONE),
        Look(screen=PHONE, dark=True, language="he"),
        Look(dark=True, reduced_motion=True),
        Look(screen=WALL_4K),
    ],
    ids=["phone", "phone, from the right, dark", "tablet, dark", "wall"],
)
async def test_fits_every_screen(
    visits: Visits,
    look: Look,
    fjord: DeviceRoom,
    aurora: DeviceRoom,
    glacier: DeviceRoom,
    unreachable: Room,
) -> None:
    """Nothing is cut off, fingers hit every button, and it is as dark as the rest of the page."""
    await aurora.book_at_device("Stand-up " * 20, minutes=20)
    await glacier.book_at_device("Planning", start=2, minutes=30)
    page = await of(visits, fjord, aurora, glacier, unreachable, look=look)
    await expect(row(page, aurora)).to_contain_text("Stand-up")
    await expect(row(page, fjord).get_by_role("button")).to_be_visible()

    board = page.locator("room-bookings-board")
    assert await board.evaluate("e => e.scrollWidth <= e.clientWidth")
    names = board.locator("h2").filter(visible=True)
    fits = "all => all.map(each => each.scrollWidth <= each.clientWidth)"
    assert await names.evaluate_all(fits) == [True] * 4
    for clickable in await board.get_by_role("button").all():
        box = await clickable.bounding_box()
        assert box
        assert box["height"] >= 44
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= look.screen.width
    red = "e => Number(getComputedStyle(e).backgroundColor.match(/\\d+/)[0])"
    assert (await row(page, fjord).evaluate(red) < 128) is look.dark

"""The dashboard that the strategy makes of the rooms."""

from collections.abc import AsyncIterator

from playwright.async_api import Page, expect
import pytest

from demo.browser import Look
from demo.dashboard import BOARD, STRATEGY, view
from demo.rooms import Room
from demo.waiting import until
from demo.world import World

from .rooms import DeviceRoom
from .visits import Visits

# One that is called like the number of a view, and one like the board's own view; by name, as
# Home Assistant comes to know them.
NEW_ROOMS = ("2030", "Board")
# Longer than Home Assistant waits before it makes a dashboard anew.
SETTLED_MILLISECONDS = 1_000
SECONDS = 10.0
NAMED = "Object.values(hass.devices).some(device => device.name_by_user === '{}')"
VIEWS = "root => root.lovelace.config.views.map(view => view.path)"


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


async def look_for_rooms(world: World, room: DeviceRoom) -> None:
    """Let Home Assistant look which rooms there are in a room's system."""
    action = "homeassistant.reload_config_entry"
    await world.home.client.action(action, entity_id=room.calendar)


@pytest.fixture
async def no_new_rooms(world: World, fjord: DeviceRoom) -> AsyncIterator[None]:
    """The system has those rooms back that it began with."""
    yield
    kept = await world.webex.control("GET", "/workspaces")
    for workspace in kept["workspaces"]:
        if workspace["name"] in NEW_ROOMS:
            await world.webex.control("DELETE", f"/workspaces/{workspace['id']}")
    await look_for_rooms(world, fjord)


@pytest.mark.usefixtures("no_new_rooms")
async def test_rooms_come_and_go(
    visits: Visits, world: World, fjord: DeviceRoom
) -> None:
    """While somebody looks: nothing is restarted, no page is loaded anew."""
    page = await visits.blank(Look())
    await page.clock.install()
    await page.goto(view(BOARD))
    await page.evaluate("window.same = true")
    for name in NEW_ROOMS:
        body = {"name": name, "capacity": 3}
        await world.webex.control("POST", "/workspaces", body)
    await look_for_rooms(world, fjord)
    await _has_views(page, {f"{name.lower()}_panel" for name in NEW_ROOMS})
    for name in NEW_ROOMS:
        await page.get_by_role("link", name=name, exact=True).tap()
        await expect(page.locator("room-bookings-panel h1")).to_have_text(name)
        await expect(page).to_have_url(view(f"{name.lower()}_panel"))
        await page.go_back()
        await expect(page).to_have_url(view(BOARD))

    # A door shows no other room, though the next one is where its view would be now.
    await page.get_by_role("link", name=NEW_ROOMS[0], exact=True).tap()
    panel = page.locator("room-bookings-panel")
    await expect(panel.locator("h1")).to_have_text(NEW_ROOMS[0])
    await world.webex.control("DELETE", f"/workspaces/{NEW_ROOMS[0]}")
    await look_for_rooms(world, fjord)
    await _settles(page, "!hass.entities['calendar.2030']")
    await expect(panel).to_contain_text("calendar.2030 is not a room")
    await world.webex.control("DELETE", f"/workspaces/{NEW_ROOMS[1]}")
    await look_for_rooms(world, fjord)
    await page.go_back()
    rooms = page.locator("room-bookings-board")
    await expect(rooms.get_by_role("link", name=fjord.name)).to_be_visible()
    for name in NEW_ROOMS:
        await expect(rooms.get_by_role("link", name=name, exact=True)).to_have_count(0)
    assert await page.evaluate("window.same")

    await page.goto(view(f"{NEW_ROOMS[0].lower()}_panel"))
    await expect(rooms.get_by_role("link", name=fjord.name)).to_be_visible()
    await expect(panel).to_have_count(0)


async def _has_views(page: Page, paths: set[str]) -> None:
    """Wait until Home Assistant has made the dashboard anew, with these views."""

    async def has() -> bool:
        views = await page.locator("hui-root").evaluate(VIEWS)
        return paths <= set(views)

    await until(f"views {paths}", has, SECONDS)


async def _settles(page: Page, condition: str) -> None:
    """Wait until that holds in the page, and what follows from it has been done."""
    hass = "const { hass } = document.querySelector('home-assistant')"
    await page.wait_for_function(f"() => {{ {hass}; return {condition} }}")
    await page.clock.run_for(SETTLED_MILLISECONDS)


async def test_follows_names(visits: Visits, world: World, fjord: DeviceRoom) -> None:
    """A room's other name is the view's; what else is in the house disturbs nobody."""

    async def call(device_id: str, name: str | None) -> None:
        await world.home.client.call(
            "config/device_registry/update", device_id=device_id, name_by_user=name
        )

    devices = await world.home.client.call("config/device_registry/list")
    ours = {room["id"] for room in devices if room["name"] in world.webex.rooms}
    other = next(d["id"] for d in devices if d["name"] == "Backup")
    assert fjord.room.device_id in ours
    page = await visits.blank(Look(kiosk=False))
    await page.clock.install()
    await page.goto(view(BOARD))
    await page.get_by_label("People").fill("7")
    await call(other, "Safe")
    await _settles(page, NAMED.format("Safe"))
    await expect(page.get_by_label("People")).to_have_value("7")

    await page.get_by_role("link", name=fjord.name).tap()
    await expect(page.locator("room-bookings-panel h1")).to_have_text("Fjord")
    await call(fjord.room.device_id, "Sound")
    await _settles(page, NAMED.format("Sound"))
    await expect(page.locator("hui-root .header")).to_contain_text("Sound")
    await expect(page.locator("room-bookings-panel h1")).to_have_text("Sound")
    await call(fjord.room.device_id, None)
    await call(other, None)


@pytest.fixture
async def title(world: World) -> AsyncIterator[str]:
    """The title of a dashboard that is not there yet, and will be gone again."""
    chosen = "Rooms of this house"
    yield chosen
    for dashboard in await world.home.client.call("lovelace/dashboards/list"):
        if dashboard["title"] == chosen:
            found = {"dashboard_id": dashboard["id"]}
            await world.home.client.call("lovelace/dashboards/delete", **found)


async def test_is_offered_where_dashboards_are_added(
    visits: Visits, world: World, all_rooms: dict[str, Room], title: str
) -> None:
    """Home Assistant's own dialog makes one of it, with nothing but a title to fill in."""
    look = Look(kiosk=False)
    page = await visits.open("/config/lovelace/dashboards", look)
    await page.get_by_role("button", name="Add dashboard").click()
    offered = page.locator("ha-dialog-new-dashboard dashboard-card")
    chosen = offered.filter(has_text="Room Bookings: Meeting rooms")
    await expect(chosen).to_contain_text("A board of all meeting rooms")
    await chosen.click()
    details = page.locator("dialog-lovelace-dashboard-detail")
    await details.locator("ha-selector-text input").first.fill(title)
    await details.get_by_role("button", name="Create").click()
    await page.locator("ha-data-table").get_by_text(title).click()
    path = title.lower().replace(" ", "-")
    await expect(page).to_have_url(f"/{path}/{BOARD}")
    rooms = page.locator("room-bookings-board li.room")
    await expect(rooms).to_have_count(len(all_rooms))
    made = await world.home.client.call("lovelace/config", url_path=path)
    assert made == {"strategy": {"type": STRATEGY}}

"""Home Assistant's own dialogs: the cards are offered there, and set up without a line of YAML."""

from typing import Any

from playwright.async_api import Locator, Page, expect
import pytest

from demo.browser import Look
from demo.client import Client
from demo.waiting import until
from demo.world import World

from .rooms import DeviceRoom
from .visits import Visits

NAMES = {
    "en": {"panel": "Room Bookings: door panel", "board": "Room Bookings: board"},
    "fr": {"panel": "Room Bookings: écran de porte", "board": "Room Bookings: tableau"},
}
FIELDS = {
    "en": {
        "panel": ["Room", "Title of bookings"],
        "board": ["Heading", "Areas", "Floors", "Labels", "Rooms"],
    },
    "fr": {
        "panel": ["Salle", "Titre des réservations"],
        "board": ["Titre du tableau", "Pièces", "Étages", "Étiquettes", "Salles"],
    },
}
HELP = {"en": "Without these: all rooms.", "fr": "Sans eux : toutes les salles."}
PATH = "set-up"
SECONDS = 10.0
# What Home Assistant's form gives to each of its fields, whether it is drawn above or in the field.
LABELS = "fields => fields.map(field => field.label)"


@pytest.fixture
async def empty(world: World) -> Client:
    """A dashboard without cards."""
    call = world.home.client.call
    if PATH not in {d["url_path"] for d in await call("lovelace/dashboards/list")}:
        await call(
            "lovelace/dashboards/create", url_path=PATH, title="Set up", mode="storage"
        )
    view = {"type": "sections", "sections": [{"type": "grid", "cards": []}]}
    await call("lovelace/config/save", url_path=PATH, config={"views": [view]})
    return world.home.client


async def add_card(visits: Visits, language: str = "en") -> Page:
    """Open the dialog that adds a card to that dashboard."""
    page = await visits.open(f"/{PATH}/0?edit=1", Look(language=language, kiosk=False))
    await page.locator("hui-grid-section .add").click()
    return page


async def pick(page: Page, name: str) -> Locator:
    """Choose a card by its name; the dialog that sets it up."""
    await page.locator("hui-dialog-create-card ha-tab-group-tab").nth(1).click()
    picker = page.locator("hui-card-picker")
    await picker.locator("ha-input-search input").fill("room bookings")
    await picker.locator(".card").filter(has_text=name).click()
    return page.locator("hui-dialog-edit-card")


async def choose(page: Page, room: DeviceRoom) -> None:
    """Choose a room in the field for rooms."""
    await page.locator("ha-form ha-selector-entity ha-picker-field").click()
    await page.locator("ha-picker-combo-box input").fill(room.name)
    await page.locator("ha-picker-combo-box").get_by_text(room.name).first.click()


async def save(page: Page, client: Client) -> dict[str, Any]:
    """Save, and return the configuration of the only card that the dashboard has then."""
    await page.get_by_role("button", name="Save").click()

    async def only_card() -> dict[str, Any] | None:
        config = await client.call("lovelace/config", url_path=PATH)
        cards: list[dict[str, Any]] = config["views"][0]["sections"][0]["cards"]
        return cards[0] if cards else None

    return await until("the card is saved", only_card, SECONDS)


async def expect_fields(dialog: Locator, card: str, language: str = "en") -> None:
    """Fields with labels in the user's language, beside what they make of the card."""
    await expect(dialog.locator(f"room-bookings-{card}")).to_be_visible()
    labels = await dialog.locator("ha-form ha-selector").evaluate_all(LABELS)
    assert labels == FIELDS[language][card]
    seen = dialog.get_by_text(labels[0], exact=True).filter(visible=True)
    await expect(seen).to_have_count(1)
    told = dialog.get_by_text(HELP[language])
    await expect(told).to_have_count(1 if card == "board" else 0)
    await expect(dialog.locator("ha-yaml-editor, ha-alert")).to_have_count(0)


async def test_sets_a_panel_up(
    visits: Visits, empty: Client, birch: DeviceRoom
) -> None:
    """It begins with a room; another one is shown at once, and saved."""
    page = await add_card(visits)
    dialog = await pick(page, NAMES["en"]["panel"])
    await expect_fields(dialog, "panel")
    shown = dialog.locator("room-bookings-panel h1")
    await expect(shown).to_have_text("Aurora")
    await choose(page, birch)
    await expect(shown).to_have_text("Birch")
    await dialog.locator("ha-selector-text input").fill("Walk-in")
    assert await save(page, empty) == {
        "type": "custom:room-bookings-panel",
        "entity": birch.calendar,
        "title": "Walk-in",
    }
    await expect(page.locator("#view room-bookings-panel h1")).to_have_text("Birch")


async def test_sets_a_board_up(
    visits: Visits, empty: Client, birch: DeviceRoom
) -> None:
    """It begins with all rooms; those that are chosen are shown at once, and saved."""
    page = await add_card(visits)
    dialog = await pick(page, NAMES["en"]["board"])
    await expect_fields(dialog, "board")
    shown = dialog.locator("room-bookings-board h2")
    await expect(shown).not_to_have_count(1)
    await choose(page, birch)
    await expect(shown).to_have_text(["Birch"])
    await dialog.locator("ha-selector-text input").fill("Large ones")
    await expect(dialog.locator("room-bookings-board h1")).to_have_text("Large ones")
    assert await save(page, empty) == {
        "type": "custom:room-bookings-board",
        "entities": [birch.calendar],
        "title": "Large ones",
    }
    await expect(page.locator("#view room-bookings-board h2")).to_have_text(["Birch"])


@pytest.mark.usefixtures("empty")
async def test_speaks_the_users_language(visits: Visits) -> None:
    """In the list of cards and in both forms."""
    page = await add_card(visits, "fr")
    dialog = await pick(page, NAMES["fr"]["panel"])
    await expect_fields(dialog, "panel", "fr")
    await dialog.get_by_role("button", name="Annuler").click()
    await expect(dialog.locator("ha-form")).to_have_count(0)
    await page.locator("hui-grid-section .add").click()
    await expect_fields(await pick(page, NAMES["fr"]["board"]), "board", "fr")


@pytest.mark.usefixtures("empty")
async def test_suggests_the_panel_for_whatever_is_of_a_room(
    visits: Visits, birch: DeviceRoom
) -> None:
    """For a sensor of it, too; for nobody else's entities."""
    page = await add_card(visits)
    search = page.locator("hui-suggestion-entity-tree ha-input-search input")
    entities = page.locator("hui-suggestion-entity-tree ha-list-item-button")
    suggested = page.locator("hui-suggestion-card").filter(has_text="Room Bookings")
    await search.fill("Backup Manager state")
    await entities.filter(has_text="Backup Manager state").click()
    await expect(page.locator("hui-suggestion-card")).not_to_have_count(0)
    await expect(suggested).to_have_count(0)
    await search.fill(f"{birch.name} Availability")
    await entities.filter(has_text="Availability").click()
    await expect(suggested.locator("room-bookings-panel h1")).to_have_text("Birch")

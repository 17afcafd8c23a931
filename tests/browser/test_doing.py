"""The panel's buttons: what they do, that they show it, and that nothing is done twice."""

from datetime import timedelta

from playwright.async_api import Locator, Page, expect
import pytest

from demo.browser import Look

from .rooms import DeviceRoom
from .visits import Visits

MINUTE = timedelta(minutes=1)


def button(page: Page, name: str) -> Locator:
    """A button of the panel by what is written on it."""
    return page.locator("room-bookings-panel").get_by_role("button", name=name)


def said(page: Page) -> Locator:
    """What the panel says of the last tap."""
    return page.locator("room-bookings-panel").get_by_role("status")


async def test_books_and_says_so(visits: Visits, fjord: DeviceRoom) -> None:
    """Pending while the device is asked, confirmed when it has the booking."""
    await fjord.answer_late("Bookings.Book", 1.5)
    page = await visits.panel(fjord)
    await button(page, "Book 30 min").tap()
    await expect(button(page, "Book 30 min")).to_have_attribute("data-phase", "pending")
    assert await fjord.bookings() == []
    await expect(said(page)).to_contain_text("Booked until")
    (booked,) = await fjord.bookings()
    assert timedelta(0) <= booked.end - booked.start - 30 * MINUTE <= MINUTE


async def test_taps_while_it_works_do_nothing(
    visits: Visits, fjord: DeviceRoom
) -> None:
    """Whoever cannot wait gets one booking."""
    await fjord.answer_late("Bookings.Book", 1.5)
    page = await visits.panel(fjord)
    await button(page, "Book 15 min").tap()
    for name in ("Book 15 min", "Book 30 min", "Book 60 min"):
        await expect(button(page, name)).to_have_attribute("aria-disabled", "true")
        await button(page, name).tap(force=True)
    await expect(said(page)).to_contain_text("Booked until")
    assert len(await fjord.bookings()) == 1


async def test_books_until_the_next_meeting(visits: Visits, fjord: DeviceRoom) -> None:
    """What does not fit says from when the room is taken."""
    await fjord.book_at_device("Later", start=22, minutes=30)
    await fjord.says("sensor", "next_booking", "Later")
    page = await visits.panel(fjord)
    for name in ("Book 30 min", "Book 60 min"):
        await expect(button(page, name)).to_have_attribute("aria-disabled", "true")
        await expect(button(page, name)).to_contain_text("Taken from")
    await expect(button(page, "Book 15 min")).not_to_have_attribute(
        "aria-disabled", "true"
    )
    await button(page, "Book until").tap()
    await expect(said(page)).to_contain_text("Booked until")
    mine, later = await fjord.bookings()
    assert mine.end <= later.start < mine.end + MINUTE


async def test_extends(visits: Visits, glacier: DeviceRoom) -> None:
    """By a quarter of an hour; after a meeting that follows at once, not at all."""
    await glacier.book_at_device("Stand-up", minutes=20)
    await glacier.says("sensor", "current_booking", "Stand-up")
    page = await visits.panel(glacier)
    before = (await glacier.bookings())[0].end
    await button(page, "Extend 15 min").tap()
    await expect(said(page)).to_contain_text("Extended until")
    after = (await glacier.bookings())[0].end
    assert abs(after - before - 15 * MINUTE) <= MINUTE

    # Shortly after it, and then at its very end.
    await glacier.book_at_device("Next in line", start=41, minutes=30)
    await expect(button(page, "Extend until")).to_be_visible()
    await button(page, "Extend until").tap()
    await expect(button(page, "Extend")).to_contain_text("Taken from")


async def test_ends_only_after_a_second_tap(visits: Visits, fjord: DeviceRoom) -> None:
    """The first one asks."""
    await fjord.book_at_device("Stand-up", minutes=20)
    page = await visits.panel(fjord)
    await button(page, "End meeting").tap()
    await expect(button(page, "Tap again to end")).to_be_visible()
    assert len(await fjord.bookings()) == 1
    await button(page, "Tap again to end").tap()
    await expect(said(page)).to_have_text("Meeting ended")
    assert await fjord.bookings() == []
    await expect(page.locator("room-bookings-panel")).to_have_attribute(
        "data-state", "free"
    )


async def test_does_not_wait_for_ever_for_the_second_tap(
    visits: Visits, fjord: DeviceRoom
) -> None:
    """Somebody who changes his mind walks away."""
    await fjord.book_at_device("Stand-up", minutes=20)
    page = await visits.blank(Look())
    await page.clock.install()
    await page.goto(f"/meeting-rooms/{fjord.view}")
    await button(page, "End meeting").tap()
    await expect(button(page, "Tap again to end")).to_be_visible()
    await page.clock.run_for(6_000)
    await expect(button(page, "End meeting")).to_be_visible()
    assert len(await fjord.bookings()) == 1


async def test_checks_in(visits: Visits, glacier: DeviceRoom) -> None:
    """Where the device waits for people, and only then."""
    await glacier.book_at_device("Planning", start=2, minutes=30)
    page = await visits.panel(glacier)
    panel = page.locator("room-bookings-panel")
    await expect(panel).to_have_attribute("data-state", "pending")
    await expect(panel.locator(".word")).to_have_text("Waiting for check-in")
    await button(page, "Check in").tap()
    await expect(said(page)).to_have_text("Checked in")
    await expect(panel).to_have_attribute("data-state", "busy")
    await expect(button(page, "Check in")).to_have_count(0)


@pytest.mark.parametrize(
    ("effect", "more", "words"),
    [
        ("rival", {"title": "Quicker"}, "Fjord is taken from"),
        ("status", {"status": 403, "message": "no"}, "does not allow this"),
    ],
)
async def test_says_why_it_was_refused(
    visits: Visits, fjord: DeviceRoom, effect: str, more: dict[str, object], words: str
) -> None:
    """In words, on the button and below; nothing of ours is booked."""
    await fjord.system.fault("Bookings.Book", effect, **more)
    page = await visits.panel(fjord)
    await button(page, "Book 15 min").tap()
    await expect(said(page)).to_contain_text(words)
    assert all(b.origin == "device" for b in await fjord.bookings())


async def test_says_in_the_language_of_the_user_why(
    visits: Visits, fjord: DeviceRoom
) -> None:
    """The reason comes from Home Assistant's own translations of the integration."""
    await fjord.system.fault("Bookings.Book", "rival", title="Schneller")
    page = await visits.panel(fjord, Look(language="de"))
    await button(page, "15 Min. buchen").tap()
    await expect(said(page)).to_contain_text("Fjord ist von")


async def test_two_panels_of_a_room_book_once(
    visits: Visits, fjord: DeviceRoom
) -> None:
    """The second tap is told that the room is taken."""
    await fjord.answer_late("Bookings.Book", 1)
    first, second = await visits.panel(fjord), await visits.panel(fjord)
    await button(first, "Book 15 min").tap()
    await button(second, "Book 15 min").tap()
    await expect(said(first)).to_contain_text("Booked until")
    await expect(said(second)).to_contain_text("Fjord is taken")
    assert len(await fjord.bookings()) == 1


async def test_offers_only_what_the_room_can(visits: Visits, fjord: DeviceRoom) -> None:
    """PhoneOS can neither extend nor check in."""
    await fjord.book_at_device("Stand-up", minutes=20)
    page = await visits.panel(fjord)
    panel = page.locator("room-bookings-panel")
    await expect(panel).to_have_attribute("data-state", "busy")
    await expect(panel.get_by_role("button")).to_have_text(["End meeting"])


async def test_a_reader_sees_and_cannot_book(
    visits: Visits, reader: object, fjord: DeviceRoom
) -> None:
    """And the buttons say so."""
    page = await visits.panel(fjord, person=reader)
    await expect(said(page)).to_contain_text("not book it")
    for name in ("Book 15 min", "Book 30 min", "Book 60 min"):
        await expect(button(page, name)).to_have_attribute("aria-disabled", "true")
        await expect(button(page, name)).to_contain_text("Not allowed to you")
        await button(page, name).tap(force=True)
    await fjord.book_at_device("Stand-up", minutes=20)
    await expect(page.locator("room-bookings-panel .now")).to_contain_text("Stand-up")
    assert len(await fjord.bookings()) == 1

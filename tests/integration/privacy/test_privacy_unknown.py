"""No title is shown before it is known whether its meeting is private."""

import pytest

from tests.integration.house import House

from .meetings import (
    OPEN_PERSON,
    OPEN_TITLE,
    SECRET_MAIL,
    SECRET_PERSON,
    SECRET_TITLE,
    book_openly,
    book_secretly,
)
from .surfaces import as_text, places


def slow_list(house: House, seconds: float) -> None:
    """Let the room's device take its time to list what it has."""
    house.sim.faults.when(command="Bookings.List").always().latency(seconds)


@pytest.mark.parametrize("private", [True, False], ids=["private", "public"])
async def test_title_waits_until_privacy_is_known(house: House, private: bool) -> None:
    """An event carries a title but no privacy: until the listing it is `Booked`."""
    slow_list(house, 5)
    with house.recording() as changes:
        house.workspace("Fjord").book_locally(
            SECRET_TITLE,
            house.at(0),
            30,
            SECRET_PERSON,
            private,
            organizer_email=SECRET_MAIL,
        )
        await house.clock.pass_by(seconds=3)
        answer = await house.bookings("Fjord")
        before = {
            "changes": as_text([change["new_state"] for change in changes.events]),
            "bookings": as_text(answer),
        }
        assert house.titles("Fjord")[0] == "Booked"
        assert [b["title"] for b in answer] == ["Booked"]
        assert places(before, (SECRET_TITLE, SECRET_PERSON, SECRET_MAIL)) == {}
        await house.clock.pass_by(seconds=10)
    assert changes.of("Fjord", "current_booking") == [
        "Booked",
        "Private" if private else SECRET_TITLE,
    ]
    assert changes.kinds("Fjord") == [("created", "Booked"), ("started", "Booked")]


async def test_title_of_a_private_meeting_is_never_shown(house: House) -> None:
    """Not at its creation, nor later, whatever comes first: the event or the listing."""
    fjord = house.workspace("Fjord")
    with house.recording() as changes:
        for number in range(8):
            slow_list(house, number / 4)
            start = house.at(10 * number + 1)
            fjord.book_locally(SECRET_TITLE, start, 5, SECRET_PERSON, private=True)
            await house.clock.pass_by(seconds=5)
            house.sim.faults.clear()
        await house.clock.pass_by(minutes=80)
    kinds = [told.kind for told in changes.told("Fjord")]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "created": 8,
        "started": 8,
        "ended": 8,
    }
    everything = as_text([change["new_state"] for change in changes.events])
    assert places({"": everything}, (SECRET_TITLE, SECRET_PERSON)) == {}


async def test_title_is_not_shown_while_nothing_can_be_listed(house: House) -> None:
    """While listings fail nobody knows the privacy, so nobody reads the title."""
    house.sim.faults.when(command="Bookings.List").always().status(500)
    with house.recording() as changes:
        book_openly(house.workspace("Fjord"), house.at(0), "runs")
        await house.clock.pass_by(minutes=4)
        assert house.titles("Fjord")[0] == "Booked"
        assert OPEN_TITLE not in as_text([c["new_state"] for c in changes.events])
        house.sim.faults.clear()
        await house.clock.until(
            lambda: house.titles("Fjord")[0] == f"{OPEN_TITLE} runs", within=600
        )


async def test_title_is_shown_at_once_where_all_are_shown(house: House) -> None:
    """Where nothing is hidden nothing needs to be waited for."""
    await house.set_options(titles="show")
    slow_list(house, 5)
    book_secretly(house.workspace("Fjord"), house.at(0), "runs")
    await house.clock.until(lambda: house.titles("Fjord")[0] == f"{SECRET_TITLE} runs")
    assert house.shown("Fjord", "current_booking").attributes["organizer"] == (
        SECRET_PERSON
    )


async def test_meeting_that_becomes_private(house: House) -> None:
    """A public meeting that somebody makes private is hidden from then on."""
    fjord = house.workspace("Fjord")
    booking = book_openly(fjord, house.at(0), "runs")
    await house.clock.until(lambda: house.titles("Fjord")[0] == f"{OPEN_TITLE} runs")
    with house.recording() as changes:
        fjord.edit_locally(booking, private=True)
        await house.clock.until(lambda: house.titles("Fjord")[0] == "Private")
        fjord.delete_locally(booking)
        await house.clock.until(lambda: house.titles("Fjord")[0] == "unknown")
    new = [as_text(change["new_state"]) for change in changes.events]
    assert [text for text in new if OPEN_TITLE in text or OPEN_PERSON in text] == []
    assert changes.kinds("Fjord") == [("changed", "Private"), ("ended", "Private")]

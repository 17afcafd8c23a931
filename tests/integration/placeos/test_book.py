"""Booking rooms of PlaceOS, with the care that its driver does not take."""

import asyncio
from typing import Any

import pytest

from homeassistant.exceptions import HomeAssistantError
from tests.integration.server_house import HALF_AN_HOUR, iso, told_by

from .house import PlaceosHouse
from .variants import EITHER_WAY, EVERY_DRIVER

# Book


@EVERY_DRIVER
@EITHER_WAY
async def test_book_now(house: PlaceosHouse) -> None:
    """It is booked when the action returns, once, and told once; the room does not blink."""
    with house.recording() as changes:
        answer = await house.do("book", title="Stand-up", duration=HALF_AN_HOUR)
        [event] = house.room().events
        assert answer == {
            "booking_id": event.id,
            "title": "Stand-up",
            "start": iso(0),
            "end": iso(30),
        }
        assert house.facts() == ("busy", "on", "on")
        await house.clock.pass_by(minutes=6)
        assert house.facts() == ("busy", "on", "on")
    assert house.held() == [("Stand-up", 0, 30)]
    assert house.executed("book_now") == [(1800, "Stand-up", None)]
    assert [(t.kind, t.ours) for t in changes.told("Fjord")] == [
        ("created", True),
        ("started", True),
    ]
    states = [state for _, state in changes.moments("Fjord", "availability")]
    assert states == ["busy"]
    [wish] = house.ledger
    assert (wish["stage"], wish["booking_id"]) == ("confirmed", event.id)


async def test_book_now_by_its_button(house: PlaceosHouse) -> None:
    """For the default duration."""
    await house.press("Fjord", "book_now")
    assert house.held() == [("Meeting", 0, 30)]
    assert house.now("current_booking") == "Meeting"


async def test_book_for_somebody(house: PlaceosHouse) -> None:
    """By address; the room stays the host."""
    await house.do("book", title="Review", organizer_email="ada@example.com")
    [event] = house.room().events
    assert "ada@example.com" in {a["email"] for a in event.attendees}


@pytest.mark.parametrize(
    ("data", "feature"),
    [
        ({"start": 10, "duration": HALF_AN_HOUR}, "a booking for later"),
        ({"private": True}, "private bookings"),
        ({"organizer_name": "Ada"}, "an organizer by name"),
        ({"pin": "4711"}, "pin"),
        ({"title": "\ud83d"}, "this title"),
    ],
)
async def test_what_cannot_be_booked(
    house: PlaceosHouse, data: dict[str, Any], feature: str
) -> None:
    """It is refused by its name, and nothing is sent."""
    if "start" in data:
        data = {**data, "start": house.at(data["start"])}
    house.placeos.frames.clear()
    told = await house.refused("book", **data)
    assert (told["key"], told["feature"]) == ("not_supported", feature)
    assert house.placeos.frames.of(cmd="exec") == []
    assert house.ledger == []


@pytest.mark.parametrize(
    ("setting", "feature"),
    [
        ({"disable_book_now": True}, "disable_book_now = true"),
        ({"not_bookable": True}, "bookable = false"),
    ],
)
async def test_a_room_that_may_not_be_booked(
    house: PlaceosHouse, setting: dict[str, Any], feature: str
) -> None:
    """The setting is named; it may change at any time."""
    house.placeos.configure(house.room(), **setting)
    await house.clock.settle()
    told = await house.refused("book")
    assert (told["key"], told["feature"]) == ("not_supported", feature)
    assert house.held() == []


@pytest.mark.parametrize("action", ["delete", "extend", "reschedule"])
async def test_what_the_module_cannot_do(house: PlaceosHouse, action: str) -> None:
    """It has no such function, and there is no such button."""
    event = house.meet("Running", 0)
    await house.sync("Fjord")
    data = {} if action == "extend" else {"booking_id": event.id}
    if action == "reschedule":
        data["title"] = "Other"
    assert (await house.refused(action, **data))["key"] == "not_supported"
    assert house.held() == [("Running", 0, 30)]
    assert not {"extend", "check_in"} & house.offered()


# Conflicts: the driver itself books over much


@EVERY_DRIVER
@EITHER_WAY
async def test_a_meeting_runs(house: PlaceosHouse) -> None:
    """Whether the driver has seen it, and whether anybody came: the room is taken."""
    house.meet("Theirs", -10)
    told = await house.refused("book", title="Ours")
    assert told["key"] == "conflict"
    assert (told["start"], told["end"]) == (house.told_at(-10), house.told_at(20))
    assert house.executed("book_now") == []
    assert house.held() == [("Theirs", -10, 30)]
    assert house.ledger == []


@EVERY_DRIVER
@EITHER_WAY
async def test_the_next_meeting_is_too_near(house: PlaceosHouse) -> None:
    """Up to its start the room can be had."""
    house.meet("Theirs", 20)
    told = await house.refused("book", title="Ours", duration=HALF_AN_HOUR)
    assert told["key"] == "conflict"
    assert (told["start"], told["end"]) == (house.told_at(20), house.told_at(50))
    assert house.executed("book_now") == []
    answer = await house.do("book", title="Ours", duration={"minutes": 20})
    # The server's clock may be a second ahead: the driver would see a clash.
    assert answer["end"] <= iso(20)
    assert len(house.held()) == 2
    house.placeos.check_invariants()


async def test_a_meeting_that_only_the_driver_knows(house: PlaceosHouse) -> None:
    """Somebody was quicker by an instant: the driver's own words are understood."""
    house.placeos.faults.when(name="book_now").rival("Quicker")
    told = await house.refused("book", title="Slower")
    assert told["key"] == "conflict"
    assert (told["start"], told["end"]) == (house.told_at(0), house.told_at(30))
    assert [title for title, *_ in house.held()] == ["Quicker"]


async def test_two_at_once(house: PlaceosHouse) -> None:
    """One of them has the room; another room is nobody's business."""
    one, other = (house.calling("book", "Fjord", title=name) for name in "ab")
    third = house.calling("book", "Aurora", title="c")
    results = await asyncio.gather(one, other, third, return_exceptions=True)
    [refused] = [r for r in results if isinstance(r, HomeAssistantError)]
    assert told_by(refused)["key"] == "conflict"
    assert len(house.held()) == len(house.held("Aurora")) == 1

"""Booking rooms of a system that serves the ROOMZ contract that are taken, or that it refuses."""

from datetime import timedelta

import pytest

from homeassistant.exceptions import HomeAssistantError
from tests.integration.booking import WAITS, assert_waits_as_told, book, not_booked
from tests.integration.server_house import told_by

from .house import RoomzHouse
from .posting import posting

DAY = 60 * 24


# Conflicts


async def test_a_conflict_that_is_known(house: RoomzHouse) -> None:
    """The other booking's times are told, and nothing is sent to be booked."""
    house.meet("Review", 75, 60)
    await house.sync("Fjord")
    told = await not_booked(house)
    assert told["key"] == "conflict"
    assert (told["start"], told["end"]) == ("2026-03-03 02:15", "2026-03-03 03:15")
    assert house.asked["book"] == 0


async def test_a_conflict_that_is_not_known_yet(house: RoomzHouse) -> None:
    """The system only refuses; whose times they are is looked up."""
    house.meet("Review", 75, 60)
    told = await not_booked(house)
    assert house.roomz.requests.number_of("book", status=409) == 1
    assert told["key"] == "conflict"
    assert (told["start"], told["end"]) == ("2026-03-03 02:15", "2026-03-03 03:15")
    assert house.held() == [("Review", 75, 60)]
    assert house.ledger == []
    assert house.issues == []
    assert house.titles("Fjord")[1] == "Review"


async def test_a_conflict_that_no_list_explains(house: RoomzHouse) -> None:
    """The system has its reasons; times are not made up."""
    posting(house).always().status(409)
    told = await not_booked(house)
    assert (told["key"], told["start"], told["end"]) == ("conflict", "?", "?")
    assert house.ledger == []
    assert house.issues == []


async def test_a_meeting_that_was_cancelled_meanwhile_is_no_conflict(
    house: RoomzHouse,
) -> None:
    """What is known may be old: the system is asked before anybody is refused."""
    review = house.meet("Review", 60)
    await house.sync("Fjord")
    house.room().change(review, cancelled=True)
    await house.clock.pass_by(seconds=3)
    await book(house)
    assert house.held() == [("Planning", 60, 30)]


async def test_back_to_back(house: RoomzHouse) -> None:
    """That is no conflict."""
    house.meet("Before", 30)
    house.meet("After", 90)
    await house.sync("Fjord")
    await book(house)
    assert [title for title, *_ in house.held()] == ["Before", "Planning", "After"]


async def test_further_ahead_than_bookings_are_held(house: RoomzHouse) -> None:
    """A conflict is found there too."""
    house.meet("Review", 40 * DAY)
    told = await not_booked(house, start=house.at(40 * DAY))
    assert told["key"] == "conflict"
    answer = await book(house, start=house.at(41 * DAY))
    assert house.room().meetings[answer["booking_id"]].subject == "Planning"


async def test_one_at_a_time(house: RoomzHouse) -> None:
    """Of two who want the same room one gets it; another room is not waited for."""
    fault = posting(house).latency(3)
    first = house.doing(book(house, title="First"))
    await fault.triggered()
    second = house.doing(not_booked(house, title="Second"))
    elsewhere = house.calling("book", "Aurora", title="There", start=house.at(60))
    began = house.clock.now
    await elsewhere
    assert house.clock.now - began < timedelta(seconds=1)
    await first
    assert (await second)["key"] == "conflict"
    assert house.held() == [("First", 60, 30)]


# What the system refuses


@WAITS
@pytest.mark.parametrize("status", [429, 503])
async def test_the_system_says_how_long(
    house: RoomzHouse, status: int, wait: int, booked: bool
) -> None:
    """Half a minute is waited for, more is the person's to wait for."""
    posting(house).status(status, retry_after=wait)
    await assert_waits_as_told(house, wait=wait, booked=booked)
    assert bool(house.held()) is booked


@pytest.mark.parametrize(
    ("status", "key"),
    [(400, "rejected"), (403, "permission_denied"), (422, "rejected")],
)
async def test_the_systems_own_words(house: RoomzHouse, status: int, key: str) -> None:
    """They are told; the title of the meeting is taken out of them."""
    words = '{"message": "Planning is not what this room is for"}'
    posting(house).status(status, body=words)
    told = await not_booked(house)
    assert told["key"] == key
    assert "… is not what this room is for" in told.values()
    assert house.held() == []
    assert house.ledger == []


async def test_a_room_that_is_gone(house: RoomzHouse) -> None:
    """Whoever books it is told so, and it goes in Home Assistant too."""
    calendar = house.entity_id("Fjord", "bookings")
    house.roomz.remove_room(house.room())
    with pytest.raises(HomeAssistantError) as caught:
        await house.hass.services.async_call(
            "room_bookings",
            "book",
            {"entity_id": calendar},
            blocking=True,
            return_response=True,
        )
    assert told_by(caught.value)["key"] == "rejected"
    await house.clock.pass_by(seconds=1)
    assert house.hass.states.get(calendar) is None

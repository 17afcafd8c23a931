"""Booking a room of a Cisco TMS that is, or may be, taken."""

from tests.integration.booking import book, not_booked

from .house import TmsHouse
from .saving import saving

DAY = 60 * 24


async def test_a_conflict_that_is_known(house: TmsHouse) -> None:
    """The other booking's times are told, and nothing is sent to be saved."""
    house.meet("Review", 75, 60)
    await house.sync()
    told = await not_booked(house)
    assert told["key"] == "conflict"
    assert (told["start"], told["end"]) == ("2026-03-03 02:15", "2026-03-03 03:15")
    assert house.saved() == []


async def test_a_conflict_that_is_not_known_yet(house: TmsHouse) -> None:
    """TMS refuses; whose times they are is looked up."""
    saving(house).before(lambda _: house.meet("Review", 75, 60))
    told = await not_booked(house)
    assert (told["key"], told["start"]) == ("conflict", "2026-03-03 02:15")
    assert house.held() == [("Review", 75, 60)]
    assert house.ledger == []
    assert house.issues == []
    assert house.titles("Fjord")[1] == "Review"


async def test_a_meeting_that_was_deleted_meanwhile_is_no_conflict(
    house: TmsHouse,
) -> None:
    """What is known may be old: TMS is asked before anybody is refused."""
    review = house.meet("Review", 60)
    await house.sync()
    house.tms.local.delete(review.conference_id)
    await house.clock.pass_by(seconds=3)
    await book(house)
    assert house.held() == [("Planning", 60, 30)]


async def test_back_to_back(house: TmsHouse) -> None:
    """That is no conflict."""
    house.meet("Before", 30)
    house.meet("After", 90)
    await house.sync()
    await book(house)
    assert [title for title, *_ in house.held()] == ["Before", "Planning", "After"]


async def test_further_ahead_than_bookings_are_held(house: TmsHouse) -> None:
    """A conflict is found there too."""
    house.meet("Review", 40 * DAY)
    told = await not_booked(house, start=house.at(40 * DAY))
    assert told["key"] == "conflict"
    answer = await book(house, start=house.at(41 * DAY))
    assert house.tms.local.get(int(answer["booking_id"])).title == "Planning"

"""Ending meetings of a Cisco TMS."""

from tests.integration.server_house import iso

from .house import TmsHouse
from .meetings import booked, met


async def test_end_meeting(house: TmsHouse) -> None:
    """TMS ends it; the room is free at once, and what comes later stays."""
    booking_id = await booked(house, 0)
    await booked(house, 60)
    await house.clock.move_to(house.at(10))
    with house.recording() as changes:
        answer = await house.do("end_meeting")
        assert house.facts() == ("free", "unknown", "Planning")
    assert answer == {"booking_id": booking_id, "ended_at": iso(10), "method": "ended"}
    assert house.asked["EndConferenceById"] == 1
    assert house.asked["DeleteConferenceById"] == 0
    assert [(t.kind, t.ours) for t in changes.told("Fjord")] == [("ended", True)]
    assert house.held() == [("Planning", 0, 10), ("Planning", 60, 30)]
    with house.recording() as later:
        await house.poll()
    assert later.told("Fjord") == []


async def test_end_somebody_elses_meeting_in_two_rooms(house: TmsHouse) -> None:
    """It ends in both."""
    await met(house, 0, "Aurora", "Fjord")
    await house.clock.move_to(house.at(10))
    await house.press("Fjord", "end_meeting")
    await house.clock.settle()
    assert house.state("Fjord", "availability") == "free"
    assert house.state("Aurora", "availability") == "free"


async def test_end_without_a_meeting(house: TmsHouse) -> None:
    """The next one is not touched."""
    await booked(house, 10)
    assert (await house.refused("end_meeting"))["key"] == "no_meeting"
    assert house.asked["EndConferenceById"] == 0
    assert house.held() == [("Planning", 10, 30)]


async def test_end_what_somebody_else_ended(house: TmsHouse) -> None:
    """There is no meeting any more, and the room is free."""
    conference = await met(house, 0)
    house.tms.local.end(conference.conference_id)
    assert (await house.refused("end_meeting"))["key"] == "no_meeting"
    assert house.state("Fjord", "availability") == "free"


async def test_an_end_whose_answer_is_lost(house: TmsHouse) -> None:
    """It is found to have ended."""
    await booked(house, 0)
    await house.clock.move_to(house.at(10))
    house.tms.faults.when("EndConferenceById").drop_answer()
    assert (await house.do("end_meeting"))["method"] == "ended"
    assert house.facts() == ("free", "unknown", "unknown")
    assert house.held() == [("Planning", 0, 10)]

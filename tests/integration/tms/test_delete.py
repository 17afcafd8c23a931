"""Deleting meetings of a Cisco TMS."""

from collections.abc import Callable

import pytest

from tests.simulators.tms.faults import Fault, RequestFaults

from .house import TmsHouse
from .meetings import booked, met


async def test_delete(house: TmsHouse) -> None:
    """It is answered when TMS no longer has it."""
    booking_id = await booked(house)
    with house.recording() as changes:
        assert await house.do("delete", booking_id=booking_id) == {
            "booking_id": booking_id
        }
        assert house.held() == []
        assert house.titles("Fjord") == ("unknown", "unknown")
        await house.poll()
    assert [(t.kind, t.title, t.ours) for t in changes.told("Fjord")] == [
        ("cancelled", "Planning", True)
    ]


async def test_delete_what_somebody_else_booked(house: TmsHouse) -> None:
    """That is possible, and said to have been done here."""
    conference = await met(house)
    with house.recording() as changes:
        await house.do("delete", booking_id=str(conference.conference_id))
    assert house.held() == []
    assert [(t.kind, t.ours) for t in changes.told("Fjord")] == [("cancelled", True)]


async def test_delete_what_takes_several_rooms(house: TmsHouse) -> None:
    """All of them are free."""
    booking_id = await booked(house, 60, "Aurora", "Fjord")
    with house.recording() as changes:
        await house.do("delete", booking_id=booking_id)
        await house.clock.settle()
        for room in ("Aurora", "Fjord"):
            assert house.titles(room)[1] == "unknown"
    assert [t.kind for t in changes.told("Aurora")] == ["cancelled"]
    assert [t.kind for t in changes.told("Fjord")] == ["cancelled"]


async def test_delete_what_runs(house: TmsHouse) -> None:
    """TMS ends it, and the room is free at once."""
    booking_id = await booked(house, 0)
    await house.clock.move_to(house.at(10))
    with house.recording() as changes:
        await house.do("delete", booking_id=booking_id)
        assert house.facts() == ("free", "unknown", "unknown")
    assert [t.kind for t in changes.told("Fjord")] == ["ended"]


@pytest.mark.parametrize("booking_id", ["4711", "no number", "-1", "٣", ""])
async def test_delete_what_is_not_there(house: TmsHouse, booking_id: str) -> None:
    """Nothing is deleted."""
    refused = await house.refused("delete", booking_id=booking_id)
    assert refused["key"] == "unknown_booking"
    assert house.asked["DeleteConferenceById"] == 0


async def test_delete_in_the_wrong_room(house: TmsHouse) -> None:
    """It is not of that room, and stays."""
    booking_id = await booked(house)
    refused = await house.refused("delete", "Aurora", booking_id=booking_id)
    assert refused["key"] == "unknown_booking"
    assert house.held() == [("Planning", 60, 30)]


async def test_delete_what_somebody_else_deleted_meanwhile(house: TmsHouse) -> None:
    """Whoever asks is told that there is no such booking."""
    conference = await met(house)
    house.tms.local.delete(conference.conference_id)
    refused = await house.refused("delete", booking_id=str(conference.conference_id))
    assert refused["key"] == "unknown_booking"
    assert house.titles("Fjord")[1] == "unknown"


@pytest.mark.parametrize(
    "lose",
    [
        pytest.param(lambda f: f.drop_answer(), id="hung up"),
        pytest.param(lambda f: f.html(applied=True), id="page"),
        pytest.param(lambda f: f.no_answer(applied=True), id="silence"),
        pytest.param(lambda f: f.drop(), id="not done"),
        pytest.param(lambda f: f.busy(), id="busy"),
    ],
)
async def test_an_answer_that_is_lost(
    impatient: None, house: TmsHouse, lose: Callable[[RequestFaults], Fault]
) -> None:
    """It is asked again, or found to be gone."""
    booking_id = await booked(house)
    fault = lose(house.tms.faults.when("DeleteConferenceById"))
    await house.do("delete", booking_id=booking_id)
    assert fault.hits == 1
    assert house.held() == []
    assert house.titles("Fjord")[1] == "unknown"

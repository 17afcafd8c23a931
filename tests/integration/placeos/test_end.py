"""Ending meetings at PlaceOS."""

from typing import Any

import pytest

from tests.integration.server_house import iso

from .house import PlaceosHouse, kinds
from .variants import EITHER_WAY, EVERY_DRIVER, EVERY_RELEASE, WITH_CHECK_IN


@EVERY_RELEASE
@EITHER_WAY
async def test_end_meeting(house: PlaceosHouse) -> None:
    """The room declines it; whoever is notified is the driver's own default."""
    event = house.meet("Running", -10)
    house.meet("Next", 30)
    await house.sync("Fjord")
    with house.recording() as changes:
        answer = await house.do("end_meeting")
        assert house.now("current_booking") == "unknown"
        assert house.facts() == ("free", "off", "off")
        await house.clock.pass_by(seconds=10)
        assert house.facts() == ("free", "off", "off")
    assert answer["booking_id"] == event.id
    assert answer["method"] == "declined"
    assert iso(0) <= answer["ended_at"] <= iso(0.1)
    assert house.held() == [("Next", 30, 30)]
    assert house.executed("end_meeting") == [(event.start,)]
    assert [(t.kind, t.ours) for t in changes.told("Fjord")] == [("ended", True)]


@EVERY_RELEASE
@pytest.mark.parametrize(
    ("data", "sent"),
    [
        ({"notify": False}, (False,)),
        ({"notify": True}, (True,)),
        ({"notify": False, "comment": "Fire drill"}, (False, "Fire drill")),
        ({"comment": "Fire drill"}, (True, "Fire drill")),
    ],
)
async def test_who_is_told_that_a_meeting_is_ended(
    house: PlaceosHouse, data: dict[str, Any], sent: tuple[Any, ...]
) -> None:
    """As somebody wished it, whatever the driver would do by itself."""
    event = house.meet("Running", 0)
    await house.sync("Fjord")
    await house.do("end_meeting", **data)
    [declined] = [c for c in house.room().mailbox.history if c.what == "declined"]
    assert declined.notify == sent[0]
    assert house.executed("end_meeting") == [(event.start, *sent)]
    if "comment" in data:
        assert declined.comment == data["comment"]


@WITH_CHECK_IN
async def test_end_by_its_button(house: PlaceosHouse) -> None:
    """What waits for people can be ended too; then there is nothing to end."""
    house.meet("Running", 0)
    house.meet("Soon", 33)
    await house.clock.move_to(house.at(29))
    assert house.facts() == ("pending", "on", "off")
    await house.press("Fjord", "end_meeting")
    assert [title for title, *_ in house.held()] == ["Soon"]
    assert house.facts() == ("pending", "off", "off")
    assert (await house.refused("end_meeting"))["key"] == "no_meeting"
    assert [title for title, *_ in house.held()] == ["Soon"]


@EVERY_DRIVER
async def test_end_what_was_just_booked(house: PlaceosHouse) -> None:
    """Although the driver may not have listed it yet; and book again."""
    for number in range(3):
        await house.do("book", title=f"Meeting {number}")
        await house.do("end_meeting")
        assert house.held() == []
    await house.clock.pass_by(minutes=6)
    assert house.facts() == ("free", "off", "off")


@pytest.mark.parametrize(
    "arm",
    [
        pytest.param(lambda f: f.apply_then_drop(), id="answer lost"),
        pytest.param(lambda f: f.no_answer(), id="never answered"),
        pytest.param(lambda f: f.no_answer(applied=False), id="ignored"),
        pytest.param(lambda f: f.drop(), id="dropped"),
        pytest.param(lambda f: f.not_applied(), id="a lie"),
        pytest.param(lambda f: f.restart(), id="restarts"),
    ],
)
async def test_end_whatever_breaks(house: PlaceosHouse, arm: Any) -> None:
    """The meeting is over, and it is said so once."""
    house.meet("Running", -10)
    await house.sync("Fjord")
    arm(house.placeos.faults.when(cmd="exec", name="end_meeting"))
    with house.recording() as changes:
        answer = await house.do("end_meeting")
        await house.clock.pass_by(minutes=1)
    assert answer["method"] == "declined"
    assert house.held() == []
    assert kinds(changes) == ["ended"]
    assert house.facts() == ("free", "off", "off")


async def test_end_what_a_room_does_not_let_go(house: PlaceosHouse) -> None:
    """It says that it was told and nothing came of it."""
    house.meet("Running", -10)
    await house.sync("Fjord")
    house.placeos.faults.when(name="end_meeting").always().not_applied()
    assert (await house.refused("end_meeting"))["key"] == "unconfirmed"
    assert house.facts() == ("busy", "on", "on")

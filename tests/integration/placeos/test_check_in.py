"""Checking in to meetings at PlaceOS."""

from typing import Any

import pytest

from .house import PlaceosHouse, kinds
from .variants import EVERY_RELEASE, WITH_CHECK_IN


@EVERY_RELEASE
@WITH_CHECK_IN
@pytest.mark.parametrize("how", ["action", "button", "panel"])
async def test_check_in(house: PlaceosHouse, how: str) -> None:
    """Wherever somebody does it: the room is in use within a second."""
    event = house.meet("Stand-up", 0)
    await house.sync("Fjord")
    await house.clock.move_to(house.at(2))
    assert house.facts() == ("pending", "on", "off")
    with house.recording() as changes:
        if how == "action":
            assert await house.do("check_in") == {"booking_id": event.id}
        elif how == "button":
            await house.press("Fjord", "check_in")
        else:
            house.room().check_in()
        took = await house.clock.until(
            lambda: house.facts() == ("busy", "on", "on"), within=1
        )
        assert took.total_seconds() < 1
        await house.clock.pass_by(minutes=2)
        assert house.facts() == ("busy", "on", "on")
    assert kinds(changes) == ["checked_in"]
    assert house.shown("Fjord", "current_booking").attributes["checked_in"] is True


@WITH_CHECK_IN
async def test_check_in_names_its_booking(house: PlaceosHouse) -> None:
    """The function knows only one: what waits. Another one cannot be meant."""
    house.meet("Running", 0)
    later = house.meet("Later", 60)
    await house.sync("Fjord")
    told = await house.refused("check_in", booking_id=later.id)
    assert told["key"] == "not_supported"
    assert house.executed("checkin") == []


@WITH_CHECK_IN
async def test_nothing_to_check_in_to(house: PlaceosHouse) -> None:
    """No meeting waits and none runs."""
    house.meet("Later", 60)
    await house.sync("Fjord")
    assert (await house.refused("check_in"))["key"] == "no_meeting"


@WITH_CHECK_IN
@pytest.mark.parametrize(
    "arm",
    [
        pytest.param(lambda f: f.drop(), id="dropped"),
        pytest.param(lambda f: f.apply_then_drop(), id="answer lost"),
        pytest.param(lambda f: f.no_answer(), id="never answered"),
        pytest.param(lambda f: f.no_answer(applied=False), id="ignored"),
        pytest.param(lambda f: f.not_applied(), id="a lie"),
    ],
)
async def test_check_in_whatever_breaks(house: PlaceosHouse, arm: Any) -> None:
    """It is told once, and nothing that was not meant is checked in to."""
    house.meet("Stand-up", 0)
    house.meet("Next", 30)
    await house.sync("Fjord")
    await house.clock.move_to(house.at(26))
    arm(house.placeos.faults.when(cmd="exec", name="checkin"))
    with house.recording() as changes:
        await house.do("check_in")
        await house.clock.pass_by(seconds=5)
    assert kinds(changes) == ["checked_in"]
    stand_up = house.room().events[0]
    assert house.room().driver.last_booking_started == stand_up.start


@EVERY_RELEASE
@WITH_CHECK_IN
async def test_whoever_books_on_the_spot_is_there(house: PlaceosHouse) -> None:
    """Nobody has to check in to that."""
    await house.do("book", title="Here")
    assert house.facts() == ("busy", "on", "on")
    await house.clock.pass_by(minutes=20)
    assert house.facts() == ("busy", "on", "on")
    assert house.executed("checkin") == []

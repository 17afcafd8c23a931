"""PlaceOS never gives a room back by itself: the options do, when the time to check in is over."""

import pytest

from .house import PANEL, PlaceosHouse, kinds

pytestmark = pytest.mark.parametrize("settings", [PANEL])


async def test_a_room_to_which_nobody_comes(closed_house: PlaceosHouse) -> None:
    """Its meeting is declined."""
    house = closed_house
    await house.open(no_show="release")
    house.meet("Stand-up", 10, 60)
    await house.sync("Fjord")
    with house.recording() as changes:
        await house.clock.move_to(house.at(14.9))
        assert house.facts() == ("pending", "on", "off")
        await house.clock.move_to(house.at(15.2))
        assert house.facts() == ("free", "off", "off")
        await house.clock.move_to(house.at(69))
    assert kinds(changes) == ["started", "ended", "no_show"]


async def test_a_room_to_which_somebody_comes(closed_house: PlaceosHouse) -> None:
    """At its panel: the server is the authority."""
    house = closed_house
    await house.open(no_show="release")
    house.meet("Stand-up", 10, 60)
    await house.sync("Fjord")
    await house.clock.move_to(house.at(11))
    house.room().check_in()
    await house.clock.move_to(house.at(69))
    assert house.facts() == ("busy", "on", "on")

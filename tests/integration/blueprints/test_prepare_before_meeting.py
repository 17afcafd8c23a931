"""Rooms are prepared before meetings, and not for those that do not take place."""

from collections.abc import Sequence
from typing import Any

import pytest

from homeassistant.core import Event, HomeAssistant, callback
from tests.integration.house import House

from .conftest import Automate

HEATED, COOLED = "heated", "cooled"


class Heating:
    """What the heating was told, and when: in minutes after the house was built."""

    def __init__(self, house: House) -> None:
        """Listen from now on."""
        self._house = house
        self.told: list[tuple[int, str, str]] = []
        house.hass.bus.async_listen("heating", self._hear)

    @callback
    def _hear(self, event: Event) -> None:
        minutes = (self._house.clock.now - self._house.at(0)).total_seconds() / 60
        self.told.append((round(minutes), event.data["what"], event.data["where"]))


@pytest.fixture
def heating(house: House) -> Heating:
    """The heating of the house, cold."""
    return Heating(house)


def _tell(what: str, where: str) -> list[dict[str, Any]]:
    return [{"event": "heating", "event_data": {"what": what, "where": where}}]


async def prepare(
    house: House,
    automate: Automate,
    rooms: Sequence[str] = ("Fjord",),
    where: str = "{{ room }}",
    **chosen: object,
) -> None:
    """Heat these rooms twenty minutes before each meeting."""
    await automate(
        "prepare_before_meeting",
        rooms={"entity_id": [house.entity_id(room, "bookings") for room in rooms]},
        prepare=_tell(HEATED, where),
        undo=_tell(COOLED, where),
        **chosen,
    )


async def test_heated_before_a_meeting_and_cooled_after_it(
    house: House, automate: Automate, heating: Heating
) -> None:
    """Each room for itself."""
    await prepare(house, automate, ("Fjord", "Birch"))
    house.book_at_device("Fjord", "Review", 30, 30)
    house.book_at_device("Birch", "Retro", 45, 30)
    house.book_at_device("Aurora", "Not meant", 30, 30)
    await house.clock.move_to(house.at(90))
    assert heating.told == [
        (10, HEATED, "calendar.fjord"),
        (25, HEATED, "calendar.birch"),
        (60, COOLED, "calendar.fjord"),
        (75, COOLED, "calendar.birch"),
    ]


async def test_the_area_of_the_room_is_known(
    house: House, automate: Automate, heating: Heating
) -> None:
    """Which is what a thermostat is aimed at, once for all rooms."""
    area = house.area("North", "Fjord")
    await prepare(house, automate, where="{{ area }}")
    house.book_at_device("Fjord", "Review", 30, 30)
    await house.clock.move_to(house.at(11))
    assert heating.told == [(10, HEATED, area)]


@pytest.mark.parametrize("lead", ["00:10:00", {"minutes": 10}])
async def test_how_long_before_is_chosen(
    house: House, automate: Automate, heating: Heating, lead: object
) -> None:
    """As text in YAML, or as the dialog writes it."""
    await prepare(house, automate, lead=lead)
    gone = house.book_at_device("Fjord", "Review", 30, 30)
    await house.clock.move_to(house.at(21))
    house.workspace("Fjord").delete_locally(gone)
    await house.clock.move_to(house.at(25))
    assert heating.told == [
        (20, HEATED, "calendar.fjord"),
        (21, COOLED, "calendar.fjord"),
    ]


async def test_cancelled_in_time_nothing_is_done(
    house: House, automate: Automate, heating: Heating
) -> None:
    """Neither heated nor cooled: others may have set the heating meanwhile."""
    await prepare(house, automate)
    gone = house.book_at_device("Fjord", "Review", 30, 30)
    moved = house.book_at_device("Fjord", "Retro", 120, 30)
    await house.clock.move_to(house.at(5))
    house.workspace("Fjord").delete_locally(gone)
    house.workspace("Fjord").edit_locally(moved, start=house.at(240))
    await house.clock.move_to(house.at(60))
    assert heating.told == []


async def test_moved_away_is_undone_and_done_again(
    house: House, automate: Automate, heating: Heating
) -> None:
    """When the time has come."""
    await prepare(house, automate)
    booking = house.book_at_device("Fjord", "Review", 30, 30)
    await house.clock.move_to(house.at(15))
    house.workspace("Fjord").edit_locally(booking, start=house.at(90))
    await house.clock.move_to(house.at(71))
    assert heating.told == [
        (10, HEATED, "calendar.fjord"),
        (15, COOLED, "calendar.fjord"),
        (70, HEATED, "calendar.fjord"),
    ]


async def test_moved_a_little_stays_prepared(
    house: House, automate: Automate, heating: Heating
) -> None:
    """It still begins soon; who heats twice has heated."""
    await prepare(house, automate)
    booking = house.book_at_device("Fjord", "Review", 30, 30)
    await house.clock.move_to(house.at(15))
    house.workspace("Fjord").edit_locally(booking, start=house.at(34))
    await house.clock.move_to(house.at(33))
    assert heating.told == [
        (10, HEATED, "calendar.fjord"),
        (15, HEATED, "calendar.fjord"),
    ]


async def test_nothing_is_undone_while_others_need_it(
    house: House, automate: Automate, heating: Heating
) -> None:
    """A meeting that runs, and one that begins soon; after the last it is."""
    await prepare(house, automate)
    house.book_at_device("Fjord", "First", 30, 30)
    gone = house.book_at_device("Fjord", "Second", 60, 10)
    house.book_at_device("Fjord", "Third", 75, 30)
    await house.clock.move_to(house.at(50))
    house.workspace("Fjord").delete_locally(gone)
    await house.clock.move_to(house.at(120))
    assert [(when, what) for when, what, _ in heating.told] == [
        (10, HEATED),
        (40, HEATED),
        (55, HEATED),
        (105, COOLED),
    ]


async def test_after_meetings_it_may_be_left_to_others(
    house: House, automate: Automate, heating: Heating
) -> None:
    """Only what was prepared for nothing is undone."""
    await prepare(house, automate, undo_at_end=False)
    house.book_at_device("Fjord", "Review", 30, 30)
    await house.clock.move_to(house.at(90))
    assert heating.told == [(10, HEATED, "calendar.fjord")]


async def test_what_was_cancelled_during_an_outage_is_undone_afterwards(
    hass: HomeAssistant, house: House, automate: Automate, heating: Heating
) -> None:
    """The automation remembers nothing, so there is nothing to forget."""
    await prepare(house, automate)
    booking = house.book_at_device("Fjord", "Review", 30, 30)
    await house.clock.move_to(house.at(12))
    house.sim.faults.events().always().drop()
    house.sim.faults.messages("status").always().drop()
    house.workspace("Fjord").delete_locally(booking)
    await house.clock.move_to(house.at(14))
    assert [what for _, what, _ in heating.told] == [HEATED]
    await house.sync("Fjord")
    await house.clock.settle()
    assert [what for _, what, _ in heating.told] == [HEATED, COOLED]

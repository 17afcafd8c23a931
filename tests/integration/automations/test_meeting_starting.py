"""A meeting is announced once, some time before its start, wherever that moves to."""

from datetime import timedelta
from typing import Any

import pytest
import voluptuous as vol

from custom_components.room_bookings.automations import announced
from custom_components.room_bookings.const import DOMAIN
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
from tests.integration.house import House
from tests.integration.virtual_time import VirtualTime

from .ears import Ears

_MOMENT = timedelta(seconds=2)


async def _listen(house: House, ears: Ears, minutes: int = 10, *rooms: str) -> None:
    calendars = [house.entity_id(room, "bookings") for room in rooms or ("Fjord",)]
    await ears.listen(
        "meeting_starting",
        entity_id=calendars,
        options={"offset": {"minutes": minutes}},
    )


def _minutes(house: House, ears: Ears) -> list[tuple[str, float]]:
    """What was announced, and how many minutes after the house was built."""
    return [
        (heard.title, round((heard.at - house.at(0)).total_seconds() / 60, 1))
        for heard in ears.heard
    ]


def _late(ears: Ears) -> list[bool]:
    return [bool(heard.booking and heard.booking["late"]) for heard in ears.heard]


async def test_a_meeting_is_announced_once_before_its_start(
    house: House, clock: VirtualTime, ears: Ears
) -> None:
    """With the booking, the calendar and the offset; on the second."""
    await _listen(house, ears)
    booking = house.book_at_device("Fjord", "Review", 30, 30)
    house.book_at_device("Birch", "Not meant", 30, 30)
    await clock.pass_by(hours=2)
    (heard,) = ears.heard
    assert timedelta(0) <= heard.at - (booking.start - timedelta(minutes=10)) < _MOMENT
    assert heard.entity_id == "calendar.fjord"
    assert heard.variables["offset"] == timedelta(minutes=10)
    (listed,) = await house.bookings("Fjord", start=house.at(0), end=house.at(120))
    assert heard.booking == {**listed, "origin": "elsewhere", "late": False}


async def test_it_moves_with_its_booking(
    house: House, clock: VirtualTime, ears: Ears
) -> None:
    """Later and earlier, before it was announced."""
    await _listen(house, ears)
    later = house.book_at_device("Fjord", "Later", 30, 20)
    earlier = house.book_at_device("Fjord", "Earlier", 180, 20)
    await clock.pass_by(minutes=5)
    house.workspace("Fjord").edit_locally(later, start=house.at(60))
    house.workspace("Fjord").edit_locally(earlier, start=house.at(100))
    await clock.pass_by(hours=4)
    assert _minutes(house, ears) == [("Later", 50), ("Earlier", 90)]


async def test_it_is_cancelled_with_its_booking(
    house: House, clock: VirtualTime, ears: Ears
) -> None:
    """Nobody heats for a meeting that is not."""
    await _listen(house, ears)
    booking = house.book_at_device("Fjord", "Cancelled", 30, 20)
    await clock.pass_by(minutes=19)
    house.workspace("Fjord").delete_locally(booking)
    await clock.pass_by(hours=1)
    assert ears.heard == []


async def test_a_meeting_that_is_booked_or_moved_late_is_announced_at_once(
    house: House, clock: VirtualTime, ears: Ears
) -> None:
    """As long as it has not begun; that is not late, for nobody could know before."""
    await _listen(house, ears, 10, "Fjord", "Birch", "Aurora")
    moved = house.book_at_device("Birch", "Moved", 60, 10)
    await clock.pass_by(minutes=1)
    house.book_at_device("Fjord", "Booked", 6, 10)
    house.book_at_device("Aurora", "Walk-up", 1, 10)
    house.workspace("Birch").edit_locally(moved, start=house.at(8))
    await clock.pass_by(hours=2)
    assert sorted(_minutes(house, ears)) == [("Booked", 1), ("Moved", 1)]
    assert _late(ears) == [False, False]


async def test_what_was_announced_is_announced_again_only_for_a_later_start(
    house: House, clock: VirtualTime, ears: Ears
) -> None:
    """Moved within its last minutes, or out of them and back, it was announced already."""
    await _listen(house, ears)
    move = house.workspace("Fjord").edit_locally
    booking = house.book_at_device("Fjord", "Restless", 30, 10)
    await clock.move_to(house.at(22))
    booking = move(booking, start=house.at(28))
    await clock.pass_by(minutes=1)
    booking = move(booking, start=house.at(90))
    await clock.pass_by(minutes=1)
    booking = move(booking, start=house.at(30))
    await clock.pass_by(minutes=1)
    assert _minutes(house, ears) == [("Restless", 20)]
    move(booking, start=house.at(60))
    await clock.pass_by(hours=2)
    assert _minutes(house, ears) == [("Restless", 20), ("Restless", 50)]


async def test_meetings_of_several_rooms_come_in_their_order(
    house: House, clock: VirtualTime, ears: Ears
) -> None:
    """One trigger, several rooms, several meetings in each."""
    await _listen(house, ears, 5, "Fjord", "Birch")
    for room, title, start in (
        ("Fjord", "A", 10),
        ("Birch", "B", 20),
        ("Fjord", "C", 30),
        ("Birch", "D", 40),
    ):
        house.book_at_device(room, title, start, 8)
    await clock.pass_by(hours=1)
    assert _minutes(house, ears) == [("A", 5), ("B", 15), ("C", 25), ("D", 35)]


async def test_a_reload_neither_repeats_nor_forgets(
    house: House, clock: VirtualTime, ears: Ears
) -> None:
    """What came due meanwhile is announced late; what has begun meanwhile is not."""
    await _listen(house, ears, 10, "Fjord", "Birch", "Aurora")
    house.book_at_device("Fjord", "Announced", 15, 20)
    house.book_at_device("Birch", "Missed", 25, 20)
    house.book_at_device("Aurora", "Begun", 18, 20)
    house.book_at_device("Aurora", "To come", 60, 20)
    await clock.move_to(house.at(7))
    await house.stop()
    await clock.move_to(house.at(19))
    await house.start()
    await clock.pass_by(hours=1)
    assert _minutes(house, ears) == [("Announced", 5), ("Missed", 19), ("To come", 50)]
    assert _late(ears) == [False, True, False]


async def _restart(
    house: House, ears: Ears, hass_storage: dict[str, Any], minutes: int
) -> None:
    """Home Assistant ends and starts; what is not on disk is gone."""
    hass = house.hass
    await house.stop()
    ears.close()
    await house.clock.pass_by(minutes=minutes)
    hass.data.pop(announced._ANNOUNCED, None)
    hass.set_state(CoreState.starting)
    await house.start()
    await _listen(house, ears, 10, *house.rooms)
    heard = len(ears.heard)
    await house.clock.pass_by(seconds=30)
    assert len(ears.heard) == heard
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await house.clock.settle()


async def test_a_restart_neither_repeats_nor_forgets(
    house: House, hass_storage: dict[str, Any], clock: VirtualTime, ears: Ears
) -> None:
    """Everything is told when automations listen, and what was told is on disk."""
    await _listen(house, ears, 10, "Fjord", "Birch", "Aurora")
    house.book_at_device("Fjord", "Announced", 15, 20)
    house.book_at_device("Birch", "Missed", 25, 20)
    house.book_at_device("Aurora", "Begun", 18, 20)
    await clock.move_to(house.at(7))
    await _restart(house, ears, hass_storage, 12)
    await clock.pass_by(hours=1)
    assert _minutes(house, ears) == [("Announced", 5), ("Missed", 19.5)]
    assert _late(ears) == [False, True]
    stored = hass_storage[f"{DOMAIN}.announced"]["data"]["announced"]
    assert [item["calendar"] for item in stored] == [
        f"{house.workspace('Birch').id}_bookings"
    ]
    assert "Missed" not in str(stored)


async def test_news_of_a_restart_reaches_automations(
    hass: HomeAssistant, house: House, clock: VirtualTime, ears: Ears
) -> None:
    """They listen from the end of the start on, and what happened meanwhile waits for them."""
    house.book_at_device("Fjord", "Over", 1, 10)
    house.book_at_device("Birch", "Begun", 8, 30)
    await clock.move_to(house.at(5))
    await house.stop()
    await clock.move_to(house.at(14))
    hass.set_state(CoreState.starting)
    await house.start()
    calendars = [house.entity_id(room, "bookings") for room in ("Fjord", "Birch")]
    events = ("meeting_started", "meeting_ended", "became_busy", "became_free")
    await ears.listen(*events, entity_id=calendars)
    await clock.pass_by(seconds=10)
    assert ears.heard == []
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await clock.settle()
    assert sorted(ears.told()) == [
        ("became_busy", "Begun"),
        ("became_free", "Over"),
        ("meeting_ended", "Over"),
        ("meeting_started", "Begun"),
    ]
    assert _late(ears) == [True] * 4


async def test_making_an_automation_announces_nothing_that_was_due(
    house: House, clock: VirtualTime, ears: Ears
) -> None:
    """Saving it anew in the last minutes before a meeting does not run it."""
    house.book_at_device("Fjord", "Soon", 15, 10)
    house.book_at_device("Fjord", "Later", 30, 10)
    await clock.move_to(house.at(7))
    await _listen(house, ears)
    await clock.pass_by(minutes=1)
    ears.close()
    await _listen(house, ears)
    await clock.pass_by(hours=1)
    assert _minutes(house, ears) == [("Later", 20)]


async def test_who_stops_listening_hears_no_more(
    house: House, clock: VirtualTime, ears: Ears
) -> None:
    """No timer is left."""
    await _listen(house, ears)
    house.book_at_device("Fjord", "Review", 30, 10)
    await clock.pass_by(minutes=1)
    ears.close()
    await clock.pass_by(hours=1)
    assert ears.heard == []


@pytest.mark.parametrize(
    "offset", [{"minutes": 0}, {"days": 31}, "soon", {"minutes": -5}]
)
async def test_an_offset_has_to_be_before_the_start_and_within_what_is_known(
    house: House, ears: Ears, offset: Any
) -> None:
    """For the start itself there is `meeting_started`."""
    with pytest.raises(vol.Invalid):
        await ears.listen(
            "meeting_starting",
            entity_id=["calendar.fjord"],
            options={"offset": offset},
        )

"""Screens know since when what they show is only followed from what was known."""

from datetime import datetime, timedelta
from typing import Final

import pytest

from homeassistant.core import CoreState, HomeAssistant
from tests.integration.house import House
from tests.integration.virtual_time import VirtualTime

from .screen import Screen

ROOMS: Final = ["calendar.aurora", "calendar.birch", "calendar.fjord"]
FJORD: Final = "calendar.fjord"


@pytest.fixture
async def watching(house: House, screen: Screen) -> Screen:
    """A screen that was told of all rooms: all they show is fresh."""
    await screen.subscribe(ROOMS)
    await house.clock.settle()
    assert stale(screen) == [dict.fromkeys(ROOMS)]
    return screen


def stale(screen: Screen) -> list[dict[str, datetime | None]]:
    """Since when which rooms are stale, by what was told since somebody asked last."""
    return [
        {
            entity_id: datetime.fromisoformat(since) if since is not None else None
            for entity_id, facts in rooms.items()
            for since in [facts["stale_since"]]
        }
        for rooms in screen.told()
    ]


def last_told(screen: Screen) -> dict[str, datetime | None]:
    """Since when rooms are stale in the end, by what was told since somebody asked last."""
    return {room: since for event in stale(screen) for room, since in event.items()}


async def lose_connection(house: House) -> None:
    """The cloud goes down, and is missed."""
    await house.sim.down()
    await house.clock.until(lambda: not house.hub.connected, 120)


async def test_a_lost_connection_is_told_at_once(
    house: House, watching: Screen, clock: VirtualTime
) -> None:
    """For all rooms in one event, once, whatever comes of it; and its end when all is listed."""
    await lose_connection(house)
    assert stale(watching) == [dict.fromkeys(ROOMS, clock.now)]
    await clock.pass_by(minutes=10)
    assert house.state("Fjord", "availability") == "unavailable"
    assert stale(watching) == []

    await house.sim.up()
    await clock.until(lambda: house.state("Fjord", "availability") == "free", 120)
    await clock.pass_by(seconds=5)
    assert last_told(watching) == dict.fromkeys(ROOMS)


async def test_what_came_back_is_stale_until_it_is_listed(
    house: House, watching: Screen, clock: VirtualTime
) -> None:
    """A connection alone tells nothing of what happened while there was none."""
    await lose_connection(house)
    watching.told()
    house.sim.faults.when(command="Bookings.List").always().latency(7)
    await house.sim.up()
    await clock.until(lambda: house.hub.connected, 120)
    assert stale(watching) == []
    await clock.pass_by(seconds=30)
    assert last_told(watching) == dict.fromkeys(ROOMS)


async def test_listings_that_fail_are_told(
    house: House, watching: Screen, clock: VirtualTime
) -> None:
    """Of that room alone, since the first that failed."""
    house.sim.faults.when(command="Bookings.List").times(3).status(500)
    began = clock.now
    house.phone("Fjord").report("Bookings.SyncRequired", {}, clock.now)
    await clock.pass_by(seconds=2)
    [told] = stale(watching)
    assert told.keys() == {FJORD}
    assert told[FJORD] is not None
    assert timedelta(0) <= told[FJORD] - began <= timedelta(seconds=2)
    await clock.pass_by(minutes=2)
    assert stale(watching) == [{FJORD: None}]


async def test_what_is_stale_already_does_not_get_younger(
    house: House, watching: Screen, clock: VirtualTime
) -> None:
    """By a connection that is lost on top of it."""
    house.sim.faults.when(
        command="Bookings.List", device=house.phone("Fjord")
    ).always().status(500)
    house.phone("Fjord").report("Bookings.SyncRequired", {}, clock.now)
    await clock.pass_by(seconds=30)
    assert [told.keys() for told in stale(watching)] == [{FJORD}]
    await lose_connection(house)
    assert [told.keys() for told in stale(watching)] == [{*ROOMS} - {FJORD}]


async def test_a_device_out_of_reach_is_told(
    house: House, watching: Screen, clock: VirtualTime
) -> None:
    """From when it was noticed, until it answers again."""
    house.phone("Fjord").online = False
    await clock.pass_by(hours=1, minutes=10)
    assert house.state("Fjord", "availability") == "unavailable"
    [told] = stale(watching)
    assert told.keys() == {FJORD}
    assert told[FJORD] is not None
    house.phone("Fjord").online = True
    await clock.pass_by(hours=1, minutes=10)
    assert house.state("Fjord", "availability") == "free"
    assert stale(watching) == [{FJORD: None}]


async def test_no_entity_blinks_for_it(
    house: House, watching: Screen, clock: VirtualTime
) -> None:
    """States stay as they are, so there is nothing to record."""
    house.book_at_device("Fjord", "Standup", 0, 30)
    await clock.pass_by(minutes=1)
    with house.recording() as changes:
        await lose_connection(house)
        await house.sim.up()
        await clock.until(lambda: house.hub.connected, 120)
        await clock.pass_by(seconds=20)
    assert len(stale(watching)) >= 2
    assert changes.events == []


async def test_screens_are_told_while_home_assistant_starts(
    hass: HomeAssistant, house: House, watching: Screen, clock: VirtualTime
) -> None:
    """Automations wait for the end of the start; who looks at a room does not."""
    hass.set_state(CoreState.starting)
    await house.set_options(default_duration=45)
    assert not house.hub.telling
    watching.told()
    await lose_connection(house)
    assert stale(watching) == [dict.fromkeys(ROOMS, clock.now)]

"""How long it takes from a push of PlaceOS to the states in Home Assistant, in real time."""

import asyncio
from random import Random
from statistics import quantiles
from time import perf_counter

from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from tests.simulators.placeos import PlaceosSimulator, Room

from .conftest import add_placeos
from .house import BUSY

ROOMS = 60
CHANGES = 300
BURST = 30
LIMIT = 1.0


async def test_a_push_shows_within_a_second(
    hass: HomeAssistant, sim: PlaceosSimulator
) -> None:
    """One at a time and in bursts, server and Home Assistant on one event loop."""
    for number in range(ROOMS):
        sim.add_room(f"Room {number}", settings=BUSY)
    await add_placeos(hass, sim)
    registry = er.async_get(hass)
    rooms = {
        registry.async_get_entity_id(
            "sensor", "room_bookings", f"{room.id}_availability"
        ): room
        for room in sim.rooms
    }
    began: dict[str, float] = {}
    waits: list[float] = []
    all_shown = asyncio.Event()

    @callback
    def shown(event: Event[EventStateChangedData]) -> None:
        room = rooms.get(event.data["entity_id"])
        new = event.data["new_state"]
        if room is None or new is None:
            return
        if new.state == room.status["status"] and room.id in began:
            waits.append(perf_counter() - began.pop(room.id))
        if not began:
            all_shown.set()

    def change(room: Room) -> None:
        began[room.id] = perf_counter()
        if room.current is None:
            room.book_now(30)
        else:
            room.end()
            room.driver.poll_events()

    hass.bus.async_listen("state_changed", shown)
    random = Random(0)
    while len(waits) < CHANGES:
        all_shown.clear()
        for room in random.sample(sim.rooms, random.choice((1, BURST))):
            change(room)
        async with asyncio.timeout(10):
            await all_shown.wait()
    assert quantiles(waits, n=100)[98] < LIMIT

"""Rooms that come and go while Home Assistant runs."""

from custom_components.room_bookings.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .house import House
from .virtual_time import VirtualTime


async def test_a_new_room_appears_when_its_device_speaks(
    hass: HomeAssistant, house: House, clock: VirtualTime
) -> None:
    """Without a restart, and its bookings are no news."""
    await clock.pass_by(minutes=2)
    workspace = house.sim.add_workspace("Garden")
    house.sim.add_device(workspace)
    with house.recording() as changes:
        house.book_at_device("Garden", "Picnic", 3, 30)
        await clock.pass_by(seconds=5)
    assert house.titles("Garden")[1] == "Picnic"
    assert changes.told("Garden") == []
    assert await house.call("book", "Garden", title="Ours", start=house.at(120))


async def test_a_second_new_room_soon_after_the_first_appears_too(
    house: House, clock: VirtualTime
) -> None:
    """Hints are followed once a minute, and none is forgotten."""
    await clock.pass_by(minutes=2)
    for name in ("Garden", "Roof"):
        house.sim.add_device(house.sim.add_workspace(name))
        house.book_at_device(name, "Picnic", 30, 30)
        await clock.pass_by(seconds=10)
    await clock.until(lambda: _knows(house, "Roof"), 60)
    assert _knows(house, "Garden")


def _knows(house: House, room: str) -> bool:
    registry = er.async_get(house.hass)
    unique_id = f"{house.workspace(room).id}_bookings"
    return registry.async_get_entity_id("calendar", DOMAIN, unique_id) is not None


async def test_a_silent_new_room_appears_within_the_hour(
    house: House, clock: VirtualTime
) -> None:
    """Once an hour all rooms are listed."""
    house.sim.add_device(house.sim.add_workspace("Garden"))
    await clock.pass_by(hours=1, minutes=1)
    assert house.state("Garden", "availability") == "free"


async def test_a_room_that_is_gone_goes(
    hass: HomeAssistant, house: House, clock: VirtualTime
) -> None:
    """With its device and its entities; the others stay."""
    house.book_at_device("Fjord", "Standup", 30, 300)
    await clock.pass_by(minutes=2)
    workspace = house.workspace("Fjord")
    entity_id = house.entity_id("Fjord", "bookings")
    house.sim.remove_workspace(workspace)
    await clock.pass_by(hours=1, minutes=1)
    assert hass.states.get(entity_id) is None
    assert (
        dr.async_get(hass).async_get_device_by_identifier(
            (DOMAIN, workspace.id), house.entry.entry_id
        )
        is None
    )
    assert house.state("Aurora", "availability") == "free"
    assert workspace.id not in house.storage[house.store_key]["data"]["rooms"]


async def test_a_list_of_rooms_that_fails_removes_none(
    house: House, clock: VirtualTime
) -> None:
    """Nothing is not the same as no answer; it is asked again soon."""
    house.sim.faults.when(path="/v1/devices").times(2).status(500)
    house.sim.faults.when(path="/v1/workspaces").times(1).garbage()
    await clock.pass_by(hours=1, minutes=1)
    assert house.state("Fjord", "availability") == "free"
    before = house.sim.requests.number_of(path="/v1/workspaces")
    await clock.pass_by(minutes=20)
    assert house.sim.requests.number_of(path="/v1/workspaces") > before


async def test_a_room_that_was_left_out_stays_out(
    hass: HomeAssistant, closed_house: House, clock: VirtualTime
) -> None:
    """Whatever its devices say."""
    house = closed_house
    await house.open(rooms=["Aurora", "Birch"])
    house.book_at_device("Fjord", "Standup", 0, 30)
    await clock.pass_by(hours=1, minutes=1)
    assert not _knows(house, "Fjord")
    assert house.requests("Bookings.List", "Fjord") == 0
    assert house.state("Aurora", "availability") == "free"


async def test_an_organisation_without_rooms(house: House, clock: VirtualTime) -> None:
    """All are gone while Home Assistant was down; one comes later."""
    await house.stop()
    for workspace in tuple(house.sim.workspaces):
        house.sim.remove_workspace(workspace)
    await house.start()
    assert (
        dr.async_entries_for_config_entry(
            dr.async_get(house.hass), house.entry.entry_id
        )
        == []
    )
    await clock.pass_by(minutes=1)
    await house.stop()
    await house.start()
    house.sim.add_device(house.sim.add_workspace("Garden"))
    await clock.pass_by(hours=1, minutes=1)
    assert house.state("Garden", "availability") == "free"


async def test_a_room_that_goes_while_somebody_books_it(
    house: House, clock: VirtualTime
) -> None:
    """Whoever waits hears that it cannot be reached any more."""
    await clock.pass_by(minutes=2)
    workspace = house.workspace("Fjord")
    house.sim.faults.when(command="Bookings.Book").latency(8)
    call = house.calling("book", "Fjord")
    await clock.pass_by(seconds=1)
    house.sim.remove_workspace(workspace)
    house.sim.add_device(house.sim.add_workspace("Garden"))
    house.book_at_device("Garden", "Picnic", 30, 30)
    await clock.pass_by(minutes=2)
    assert _knows(house, "Garden")
    error = call.exception()
    assert isinstance(error, HomeAssistantError)


async def test_messages_of_unknown_rooms_and_kinds_change_nothing(
    house: House, clock: VirtualTime
) -> None:
    """Whatever comes out of the queue."""
    await clock.pass_by(minutes=2)
    with house.recording() as changes:
        for message in (
            {"type": "poetry"},
            {"type": "status", "deviceId": "nobody", "changes": {"updated": {"a": 1}}},
            {"type": "events", "deviceId": "nobody", "events": [{"key": "x"}]},
            "nonsense",
            None,
        ):
            house.sim.push_message(message)
        await clock.pass_by(seconds=5)
    assert changes.events == []

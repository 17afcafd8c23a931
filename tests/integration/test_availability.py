"""When the cloud or a device is out of reach (DESIGN sections 3 and 8)."""

from datetime import timedelta
import logging

import pytest

from custom_components.room_bookings.const import DOMAIN
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from .house import House
from .test_entities import KEYS
from .virtual_time import VirtualTime

GRACE = timedelta(minutes=5)
SHOWN = [key for key in KEYS if key != "last_sync"]


def _unavailable(house: House, room: str) -> set[str]:
    return {key for key in SHOWN if house.state(room, key) == "unavailable"}


async def _lose(house: House, clock: VirtualTime) -> None:
    """Lose the connection, and notice it."""
    await house.sim.down()
    await clock.until(lambda: not house.hub.connected, 30)


async def _regain(house: House, clock: VirtualTime) -> None:
    """Be back, and notice it."""
    await house.sim.up()
    await clock.until(lambda: house.hub.connected, 60)
    await clock.pass_by(seconds=5)


async def test_known_bookings_are_followed_for_five_minutes(
    house: House, clock: VirtualTime
) -> None:
    """Then nothing is shown any more, in any room."""
    house.book_at_device("Fjord", "Standup", 2, 30)
    await clock.pass_by(minutes=1)
    await _lose(house, clock)
    lost_at = clock.now
    with house.recording() as changes:
        await clock.move_to(house.at(3))
        assert house.titles("Fjord")[0] == "Standup"
        assert changes.kinds("Fjord") == [("started", "Standup")]
        assert not changes.told("Fjord")[0].late
        await clock.move_to(lost_at + GRACE - timedelta(seconds=1))
        assert [_unavailable(house, room) for room in house.rooms] == [set()] * 3
        await clock.pass_by(seconds=2)
    assert [_unavailable(house, room) for room in house.rooms] == [set(SHOWN)] * 3


async def test_a_short_loss_is_not_seen(house: House, clock: VirtualTime) -> None:
    """Nothing flickers, and what happened meanwhile is told late."""
    house.book_at_device("Fjord", "Standup", -5, 30)
    kept = house.book_at_device("Fjord", "Kept", 120, 30)
    gone = house.book_at_device("Fjord", "Gone", 180, 30)
    await clock.pass_by(minutes=1)
    with house.recording() as changes:
        await _lose(house, clock)
        house.book_at_device("Fjord", "New", 240, 30)
        house.workspace("Fjord").edit_locally(kept, title="Kept, renamed")
        house.workspace("Fjord").delete_locally(gone)
        house.sim.queue.clear()
        await clock.pass_by(minutes=2)
        await _regain(house, clock)
    assert changes.moments("Fjord", "availability") == []
    assert sorted((t.kind, t.title, t.late) for t in changes.told("Fjord")) == [
        ("cancelled", "Gone", True),
        ("changed", "Kept, renamed", True),
        ("created", "New", True),
    ]


async def test_what_started_and_ended_unheard_is_told_late(
    house: House, clock: VirtualTime
) -> None:
    """A walk-up meeting that came and went during the loss, and one that still runs."""
    await clock.pass_by(minutes=1)
    await _lose(house, clock)
    house.book_at_device("Fjord", "Came and went", 2, 3)
    house.book_at_device("Aurora", "Runs", 2, 60)
    house.sim.queue.clear()
    await clock.move_to(house.at(10))
    with house.recording() as changes:
        await _regain(house, clock)
    assert [(t.kind, t.late) for t in changes.told("Fjord")] == [
        ("created", True),
        ("started", True),
        ("ended", True),
    ]
    assert [(t.kind, t.late) for t in changes.told("Aurora")] == [
        ("created", True),
        ("started", True),
    ]
    assert house.titles("Aurora")[0] == "Runs"


async def test_back_after_long(house: House, clock: VirtualTime) -> None:
    """The truth is shown again; what is recent is told late, what is old not at all."""
    house.book_at_device("Fjord", "Long ago", 20, 60)
    house.book_at_device("Aurora", "A while ago", 35, 60)
    house.book_at_device("Birch", "Came and went", 35, 5)
    await clock.pass_by(minutes=1)
    await _lose(house, clock)
    with house.recording() as changes:
        await clock.move_to(house.at(45))
        assert _unavailable(house, "Fjord") == set(SHOWN)
        await _regain(house, clock)
    assert _unavailable(house, "Fjord") == set()
    assert house.titles("Fjord")[0] == "Long ago"
    assert changes.told("Fjord") == []
    assert [(t.kind, t.late) for t in changes.told("Aurora")] == [("started", True)]
    assert [(t.kind, t.late) for t in changes.told("Birch")] == [
        ("started", True),
        ("ended", True),
    ]


async def test_what_was_called_off_while_nobody_listened_did_not_start(
    house: House, clock: VirtualTime
) -> None:
    """A meeting that was cancelled or moved before its start, during a long loss."""
    gone = house.book_at_device("Fjord", "Gone", 20, 60)
    moved = house.book_at_device("Aurora", "Moved", 20, 30)
    await clock.pass_by(minutes=1)
    await _lose(house, clock)
    await clock.move_to(house.at(10))
    house.workspace("Fjord").delete_locally(gone)
    house.workspace("Aurora").edit_locally(moved, start=house.at(90))
    house.sim.queue.clear()
    with house.recording() as changes:
        await clock.move_to(house.at(25))
        await _regain(house, clock)
    assert changes.kinds("Fjord") == [("cancelled", "Gone")]
    assert changes.kinds("Aurora") == [("changed", "Moved")]


async def test_the_loss_is_logged_once_and_the_return_too(
    house: House, clock: VirtualTime, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever fails in between."""
    caplog.set_level(logging.INFO)
    caplog.clear()
    await _lose(house, clock)
    await clock.pass_by(minutes=30)
    await _regain(house, clock)
    await clock.pass_by(minutes=5)
    logged = [
        (record.levelname, record.getMessage())
        for record in caplog.records
        if record.name.startswith("custom_components.room_bookings")
    ]
    assert [level for level, _ in logged] == ["WARNING", "INFO"]
    assert "connection lost" in logged[0][1]
    assert "connection is back" in logged[1][1]


async def test_while_nothing_answers_nobody_asks_in_vain(
    house: House, clock: VirtualTime
) -> None:
    """Rooms are not listed while the cloud is out of reach; the queue is, with patience."""
    await house.sim.down(refuse=True)
    await clock.pass_by(minutes=10)
    await house.sim.up()
    await clock.until(lambda: house.hub.connected, 60)
    await clock.pass_by(seconds=10)
    for room in house.rooms:
        assert house.state(room, "availability") == "free"


async def test_a_device_that_is_offline_takes_its_room_alone(
    house: House, clock: VirtualTime
) -> None:
    """Noticed with the hourly list of rooms; five minutes later the room is unavailable."""
    house.phone("Fjord").online = False
    await clock.pass_by(hours=1)
    began = await clock.until(lambda: _unavailable(house, "Fjord") == set(SHOWN), 600)
    assert began <= GRACE
    assert _unavailable(house, "Aurora") == set()
    assert _unavailable(house, "Birch") == set()
    house.phone("Fjord").online = True
    await clock.until(lambda: _unavailable(house, "Fjord") == set(), 2)
    assert house.state("Fjord", "availability") == "free"


async def test_a_device_whose_list_fails_takes_its_room_alone(
    house: House, clock: VirtualTime
) -> None:
    """It is tried again and again, less and less often, and comes back by itself."""
    failing = (
        house.sim.faults.when(
            command="Bookings.List", workspace=house.workspace("Fjord")
        )
        .always()
        .status(500)
    )
    with pytest.raises(HomeAssistantError) as error:
        await house.sync("Fjord")
    assert error.value.translation_key == "unreachable"
    failed_at = clock.now
    await clock.move_to(failed_at + GRACE - timedelta(seconds=1))
    assert _unavailable(house, "Fjord") == set()
    assert 4 <= failing.hits <= 12
    await clock.pass_by(seconds=2)
    assert _unavailable(house, "Fjord") == set(SHOWN)
    assert _unavailable(house, "Aurora") == set()
    before = failing.hits
    await clock.pass_by(hours=2)
    assert 3 <= failing.hits - before <= 12
    failing.remove()
    await clock.until(lambda: _unavailable(house, "Fjord") == set(), 3600)


async def test_of_two_devices_one_may_be_offline(
    house: House, clock: VirtualTime
) -> None:
    """The other one answers for the room."""
    first, second = house.workspace("Birch").devices
    for device in (first, second):
        device.online = False
        booking = house.book_at_device(
            "Birch", "Standup", (clock.now - house.at(0)).total_seconds() / 60, 30
        )
        await clock.until(lambda: house.titles("Birch")[0] == "Standup", 5)
        await house.call("delete", "Birch", booking_id=booking.meeting_id)
        device.online = True
        await clock.pass_by(minutes=1)
    assert house.truth("Birch") == []


async def test_actions_on_an_unavailable_room_say_so(
    house: House, clock: VirtualTime
) -> None:
    """Home Assistant would pass over it in silence."""
    await _lose(house, clock)
    await clock.pass_by(minutes=6)
    for action, data in (
        ("book", {}),
        ("end_meeting", {}),
        ("get_bookings", {}),
        ("delete", {"booking_id": "x"}),
    ):
        with pytest.raises(HomeAssistantError) as error:
            await house.call(action, "Fjord", **data)
        assert error.value.translation_key == "unreachable"
        assert (error.value.translation_placeholders or {})["room"] == "Fjord"


async def test_an_area_of_unavailable_rooms_says_so(
    hass: HomeAssistant, house: House, clock: VirtualTime
) -> None:
    """Of an area, rooms that are there are enough; without any, nothing would happen."""
    area = house.area("First floor", "Aurora", "Fjord")
    for room, left in (("Fjord", ["Aurora"]), ("Aurora", [])):
        house.sim.faults.when(
            command="Bookings.List", workspace=house.workspace(room)
        ).always().status(500)
        with pytest.raises(HomeAssistantError):
            await house.sync(room)
        await clock.pass_by(minutes=6)
        call = hass.services.async_call(
            DOMAIN, "book", {"area_id": area, "title": "Party"}, blocking=True
        )
        if left:
            await call
        else:
            with pytest.raises(HomeAssistantError) as error:
                await call
            assert error.value.translation_key == "unreachable"
    assert (house.truth("Aurora"), house.truth("Fjord")) == (["Party"], [])


async def test_one_unavailable_room_stops_the_whole_call(
    house: House, clock: VirtualTime
) -> None:
    """Named rooms are all meant: nothing is booked where one of them cannot be."""
    house.sim.faults.when(
        command="Bookings.List", workspace=house.workspace("Fjord")
    ).always().status(500)
    with pytest.raises(HomeAssistantError):
        await house.sync("Fjord")
    await clock.pass_by(minutes=6)
    with pytest.raises(HomeAssistantError) as error:
        await house.call("book", "Aurora", "Fjord")
    assert error.value.translation_key == "unreachable"
    assert house.truth("Aurora") == []


async def test_credentials_that_are_refused_are_asked_for(
    hass: HomeAssistant, house: House, clock: VirtualTime
) -> None:
    """Once, whatever fails because of it; the rooms become unavailable."""
    house.sim.revoke()
    await house.update_rooms()
    await clock.pass_by(minutes=1)
    flows = hass.config_entries.flow.async_progress()
    assert [flow["context"]["source"] for flow in flows] == ["reauth"]
    await clock.pass_by(minutes=5)
    assert _unavailable(house, "Fjord") == set(SHOWN)


async def test_credentials_that_are_refused_are_noticed_within_the_hour(
    hass: HomeAssistant, house: House, clock: VirtualTime
) -> None:
    """Also where it is the list of rooms that fails."""
    house.sim.faults.when(path="/v1/devices").times(2).status(401)
    await clock.pass_by(hours=1, minutes=1)
    flows = hass.config_entries.flow.async_progress()
    assert [flow["context"]["source"] for flow in flows] == ["reauth"]


async def test_removed_in_control_hub(
    hass: HomeAssistant, house: House, clock: VirtualTime
) -> None:
    """Only a person can put it back: an issue and a reauth say so."""
    house.sim.deprovision()
    await clock.pass_by(seconds=30)
    assert house.issues == ["integration_removed"]
    flows = hass.config_entries.flow.async_progress()
    assert [flow["context"]["source"] for flow in flows] == ["reauth"]


async def test_home_assistant_starts_without_a_connection(
    house: House, clock: VirtualTime
) -> None:
    """It tries again by itself."""
    await house.stop()
    await house.sim.down(refuse=True)
    assert not await house.hass.config_entries.async_setup(house.entry.entry_id)
    assert house.entry.state is ConfigEntryState.SETUP_RETRY
    await house.sim.up()
    await clock.until(lambda: house.entry.state is ConfigEntryState.LOADED, 60)
    assert house.state("Fjord", "availability") == "free"


async def test_unloaded_while_something_waits(house: House, clock: VirtualTime) -> None:
    """A listing under way, one that waits, and a booking that waits for its privacy."""
    house.sim.faults.when(command="Bookings.List").always().latency(5)
    first = house.doing(house.sync("Fjord"))
    await clock.pass_by(seconds=1)
    second = house.doing(house.sync("Fjord"))
    house.book_at_device("Fjord", "Standup", 30, 30)
    await clock.pass_by(seconds=0.3)
    await house.stop()
    await clock.pass_by(seconds=10)
    for call in (first, second):
        error = call.exception()
        assert isinstance(error, HomeAssistantError)
        assert error.translation_key == "unreachable"


async def test_home_assistant_stops(
    hass: HomeAssistant, house: House, clock: VirtualTime
) -> None:
    """What was told a moment ago is on disk."""
    house.book_at_device("Fjord", "Standup", 1, 30)
    await clock.move_to(house.at(1))
    await hass.async_stop(force=True)
    (running,) = house.storage[house.store_key]["data"]["rooms"][
        house.workspace("Fjord").id
    ]["running"]
    assert running["title"] == "Standup"


async def test_an_unavailable_room_tells_nothing_until_it_is_back(
    house: House, clock: VirtualTime
) -> None:
    """Its device's words still come, but nobody can say what they mean."""
    failing = house.sim.faults.when(
        command="Bookings.List", workspace=house.workspace("Fjord")
    )
    fault = failing.always().status(500)
    with pytest.raises(HomeAssistantError):
        await house.sync("Fjord")
    await clock.pass_by(minutes=6)
    with house.recording() as changes:
        house.book_at_device("Fjord", "Unheard", 6, 60)
        await clock.pass_by(minutes=2)
        assert _unavailable(house, "Fjord") == set(SHOWN)
        assert changes.of("Fjord", "booking") == []
        fault.remove()
        await clock.until(lambda: _unavailable(house, "Fjord") == set(), 600)
    assert [(t.kind, t.late) for t in changes.told("Fjord")] == [
        ("created", True),
        ("started", True),
    ]

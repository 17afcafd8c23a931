"""What devices say, and what becomes of it in Home Assistant (DESIGN sections 3 and 8)."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from custom_components.room_bookings.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from tests.simulators.xapi import execute

from .house import House
from .virtual_time import VirtualTime

_EVENTS = ("BookingCreated", "Start", "End", "Deleted", "SyncRequired")
_STATUS = ("Availability.Status", "Availability.TimeStamp", "Current.Id")
_PROMPT = timedelta(seconds=1)


def _silence(house: House, *names: str) -> None:
    house.sim.silent |= {f"Bookings.{name}" for name in names}


def _hold_back_the_list(house: House, room: str, seconds: float) -> None:
    """Let the next listing answer what is true now, but not before so many seconds."""
    device = house.phone(room)
    result = execute(house.sim.world, device, "Bookings.List", {})
    when = house.sim.faults.when(command="Bookings.List", device=device)
    when.latency(seconds)
    when.answer({"deviceId": device.id, "result": result})


# What people do at the devices


async def test_a_walk_up_booking_shows_within_a_second(
    house: House, clock: VirtualTime
) -> None:
    """Created and started, in this order, and the room is busy."""
    with house.recording() as changes:
        booking = house.book_at_device("Birch", "Standup", 0, 30, organizer="Ada")
        took = await clock.until(lambda: house.state("Birch", "booked") == "on")
        assert took <= _PROMPT
        await clock.pass_by(seconds=5)
    created, started = changes.told("Birch")
    assert (created.kind, started.kind) == ("created", "started")
    assert created.attributes["booking_id"] == booking.meeting_id
    assert created.attributes["organizer"] == "Ada"
    assert not created.ours
    assert not created.late
    assert house.titles("Birch")[0] == "Standup"


async def test_a_booking_deleted_at_the_device_is_cancelled(
    house: House, clock: VirtualTime
) -> None:
    """It had not begun."""
    booking = house.book_at_device("Fjord", "Review", 30, 30)
    await clock.pass_by(minutes=1)
    with house.recording() as changes:
        house.workspace("Fjord").delete_locally(booking)
        await clock.until(lambda: house.titles("Fjord")[1] == "unknown")
    assert changes.kinds("Fjord") == [("cancelled", "Review")]
    assert not changes.told("Fjord")[0].ours


async def test_a_running_meeting_deleted_at_the_device_has_ended(
    house: House, clock: VirtualTime
) -> None:
    """It took place, as far as it went."""
    booking = house.book_at_device("Fjord", "Review", 0, 30)
    await clock.pass_by(minutes=1)
    with house.recording() as changes:
        house.workspace("Fjord").delete_locally(booking)
        took = await clock.until(lambda: house.state("Fjord", "availability") == "free")
    assert took <= _PROMPT
    assert changes.kinds("Fjord") == [("ended", "Review")]


@pytest.mark.parametrize(
    ("edit", "attribute"),
    [
        ({"title": "Other words"}, "title"),
        ({"minutes": 45}, "end"),
        ({"private": True}, "title"),
    ],
)
async def test_an_edit_at_the_device_is_a_change(
    house: House, clock: VirtualTime, edit: dict[str, Any], attribute: str
) -> None:
    """A phone says no more than SyncRequired about it."""
    booking = house.book_at_device("Fjord", "Review", 30, 30)
    await clock.pass_by(minutes=1)
    before = house.shown("Fjord", "next_booking")
    with house.recording() as changes:
        house.workspace("Fjord").edit_locally(booking, **edit)
        took = await clock.until(lambda: house.shown("Fjord", "next_booking") != before)
    assert took <= _PROMPT
    (told,) = changes.told("Fjord")
    assert told.kind == "changed"
    meant = {
        "title": "Private" if "private" in edit else "Other words",
        "end": house.at(75).isoformat(),
    }
    assert told.attributes[attribute] == meant[attribute]


async def test_a_meeting_that_is_moved_away_has_ended_and_will_start(
    house: House, clock: VirtualTime
) -> None:
    """One booking, another time."""
    booking = house.book_at_device("Fjord", "Review", 0, 30)
    await clock.pass_by(minutes=10)
    with house.recording() as changes:
        house.workspace("Fjord").edit_locally(booking, start=house.at(40))
        await clock.pass_by(minutes=40)
    assert [kind for kind, _ in changes.kinds("Fjord")] == [
        "ended",
        "changed",
        "started",
    ]


# Events that come twice, out of order, or not at all


async def test_events_that_come_twice_are_told_once(
    house: House, clock: VirtualTime
) -> None:
    """And cost no more listings than those that come once."""
    house.sim.faults.events().always().duplicate(3)
    house.sim.faults.messages("status").always().duplicate(3)
    with house.recording() as changes:
        booking = house.book_at_device("Birch", "Standup", 1, 10)
        await clock.pass_by(minutes=5)
        house.workspace("Birch").delete_locally(booking)
        await clock.pass_by(minutes=1)
    assert changes.kinds("Birch") == [
        ("created", "Standup"),
        ("started", "Standup"),
        ("ended", "Standup"),
    ]
    assert changes.of("Birch", "availability") == ["free", "busy", "free"]


@pytest.mark.parametrize("titles", ["show", "hide_private", "hide_all"])
async def test_a_booking_that_is_gone_before_it_is_announced_is_never_shown(
    closed_house: House, clock: VirtualTime, titles: str
) -> None:
    """The event of its deletion overtakes the one of its making."""
    house = closed_house
    await house.open(titles=titles)
    created = house.sim.faults.events("Bookings.BookingCreated").delay(0.2)
    with house.recording() as changes:
        booking = house.book_at_device("Fjord", "Oops", 30, 30)
        house.workspace("Fjord").delete_locally(booking)
        await clock.pass_by(minutes=1)
    assert created.hits == 1
    assert changes.told("Fjord") == []
    assert changes.of("Fjord", "next_booking") == []


async def test_a_start_that_is_announced_before_the_booking(
    house: House, clock: VirtualTime
) -> None:
    """Whatever the order of the messages, the room's story is told in order."""
    house.sim.faults.events("Bookings.BookingCreated").delay(3)
    with house.recording() as changes:
        house.book_at_device("Fjord", "Standup", 0, 30)
        await clock.pass_by(minutes=1)
    assert changes.kinds("Fjord") == [("created", "Standup"), ("started", "Standup")]
    assert changes.of("Fjord", "availability") == ["busy"]


@pytest.mark.parametrize("lost", _EVENTS)
async def test_any_one_event_may_be_lost(
    house: House, clock: VirtualTime, lost: str
) -> None:
    """The device's own status, or another event, gives it away."""
    house.sim.faults.events(f"Bookings.{lost}").always().drop()
    with house.recording() as changes:
        later = house.book_at_device("Fjord", "Review", 20, 30)
        took = await clock.until(lambda: house.titles("Fjord")[1] == "Review")
        assert took <= _PROMPT
        house.book_at_device("Fjord", "Standup", 0, 10)
        took = await clock.until(lambda: house.titles("Fjord")[0] == "Standup")
        assert took <= _PROMPT
        await clock.pass_by(minutes=15)
        house.workspace("Fjord").delete_locally(later)
        took = await clock.until(lambda: house.titles("Fjord")[1] == "unknown")
        assert took <= _PROMPT
    kinds = ["created", "created", "started", "ended", "cancelled"]
    assert [kind for kind, _ in changes.kinds("Fjord")] == kinds


async def test_only_the_confirmed_subset_of_notifications_arrives(
    house: House, clock: VirtualTime
) -> None:
    """Cisco's own demo names Start, End, Deleted and the availability's status (facts 0.7)."""
    _silence(house, "BookingCreated", "SyncRequired", "Current.Id")
    _silence(house, "Availability.TimeStamp")
    house.book_at_device("Fjord", "Standup", 10, 30)
    await clock.move_to(house.at(10))
    assert await clock.until(lambda: house.titles("Fjord")[0] == "Standup") <= _PROMPT
    running = house.book_at_device("Aurora", "Walk-up", 10, 30)
    assert await clock.until(lambda: house.titles("Aurora")[0] == "Walk-up") <= _PROMPT
    house.workspace("Aurora").delete_locally(running)
    await clock.until(lambda: house.state("Aurora", "availability") == "free")


# The device's own word as a checksum


@pytest.mark.parametrize("heard", [_STATUS, ("Current.Id",), ("Availability.Status",)])
async def test_a_device_that_says_busy_is_believed(
    house: House, clock: VirtualTime, heard: tuple[str, ...]
) -> None:
    """Where all events are lost, its status contradicts what is known."""
    _silence(house, *_EVENTS, *(name for name in _STATUS if name not in heard))
    house.book_at_device("Fjord", "Standup", 0, 30)
    assert await clock.until(lambda: house.titles("Fjord")[0] == "Standup") <= _PROMPT


async def test_a_device_that_says_free_is_believed(
    house: House, clock: VirtualTime
) -> None:
    """The meeting that was known there is over."""
    booking = house.book_at_device("Fjord", "Standup", 0, 30)
    await clock.pass_by(minutes=5)
    _silence(house, *_EVENTS, "Current.Id")
    house.workspace("Fjord").delete_locally(booking)
    assert (
        await clock.until(lambda: house.state("Fjord", "availability") == "free")
        <= _PROMPT
    )


async def test_a_device_that_agrees_is_not_asked(
    house: House, clock: VirtualTime
) -> None:
    """The hourly full status of all devices costs no listing."""
    house.book_at_device("Fjord", "Standup", 0, 30)
    house.book_at_device("Birch", "Review", 20, 30)
    await clock.pass_by(minutes=5)
    before = house.requests("Bookings.List")
    house.sim.full_sync()
    await clock.pass_by(minutes=1)
    assert house.requests("Bookings.List") == before


async def test_a_device_may_speak_of_what_is_further_ahead_than_rooms_are_held(
    house: House, clock: VirtualTime
) -> None:
    """It is free until a day in two months: that agrees with a room that knows of nothing."""
    house.book_at_device("Fjord", "Offsite", 60 * 24 * 60, 60)
    await clock.pass_by(minutes=5)
    before = house.requests("Bookings.List", "Fjord")
    for _ in range(5):
        house.sim.full_sync()
        await clock.pass_by(seconds=30)
    assert house.requests("Bookings.List", "Fjord") == before


# Restarts of devices


@pytest.mark.parametrize("reuse_ids", [False, True])
async def test_a_device_that_restarts_changes_nothing(
    house: House, clock: VirtualTime, reuse_ids: bool
) -> None:
    """Its Ids are others than before, its bookings the same; it is listed anew."""
    first = house.book_at_device("Birch", "Standup", 0, 30)
    second = house.book_at_device("Birch", "Review", 60, 30)
    await clock.pass_by(minutes=5)
    lists = house.requests("Bookings.List", "Birch")
    with house.recording() as changes:
        for device in house.workspace("Birch").devices:
            device.reboot(reuse_ids=reuse_ids)
        await clock.pass_by(minutes=1)
        assert changes.told("Birch") == []
        assert changes.moments("Birch", "availability") == []
        assert lists < house.requests("Bookings.List", "Birch") <= lists + 2
        house.workspace("Birch").delete_locally(second)
        await clock.pass_by(seconds=1)
        house.workspace("Birch").delete_locally(first)
        await clock.pass_by(seconds=1)
    assert changes.kinds("Birch") == [("cancelled", "Review"), ("ended", "Standup")]


async def test_what_changed_during_a_restart_of_the_device_is_found(
    house: House, clock: VirtualTime
) -> None:
    """SyncRequired means: list, and compare."""
    phone = house.phone("Fjord")
    phone.online = False
    house.book_at_device("Fjord", "Made in the dark", 30, 30)
    phone.reboot()
    phone.online = True
    with house.recording() as changes:
        took = await clock.until(lambda: house.titles("Fjord")[1] == "Made in the dark")
    assert took <= _PROMPT
    assert changes.kinds("Fjord") == [("created", "Made in the dark")]


# Storms, and listings under way


@pytest.mark.parametrize("spread", [0.0, 0.05])
async def test_a_hundred_signals_cost_at_most_two_listings(
    house: House, clock: VirtualTime, spread: float
) -> None:
    """One that is under way, and one that waits; also where listing takes its time."""
    if spread:
        house.sim.faults.when(command="Bookings.List").always().latency(6)
    before = house.requests("Bookings.List", "Fjord")
    for _ in range(100):
        house.sync_required("Fjord")
        if spread:
            await clock.pass_by(seconds=spread)
    await clock.pass_by(seconds=30)
    assert 1 <= house.requests("Bookings.List", "Fjord") - before <= 2


async def test_a_storm_in_one_room_leaves_the_others_alone(
    house: House, clock: VirtualTime
) -> None:
    """They are neither listed nor written."""
    before = house.requests("Bookings.List", "Aurora")
    with house.recording() as changes:
        for _ in range(100):
            house.sync_required("Fjord")
        await clock.pass_by(seconds=30)
    assert house.requests("Bookings.List", "Aurora") == before
    assert {c["entity_id"].split(".")[1].split("_")[0] for c in changes.events} <= {
        "fjord"
    }


@pytest.mark.parametrize("titles", ["show", "hide_private"])
async def test_a_booking_made_during_a_listing_does_not_blink(
    closed_house: House, clock: VirtualTime, titles: str
) -> None:
    """The old answer does not know it, and does not undo it."""
    house = closed_house
    await house.open(titles=titles)
    _hold_back_the_list(house, "Fjord", 3)
    house.sync_required("Fjord")
    await clock.pass_by(seconds=1)
    with house.recording() as changes:
        house.book_at_device("Fjord", "Standup", 0, 30)
        took = await clock.until(lambda: house.state("Fjord", "booked") == "on")
        assert took <= _PROMPT
        await clock.pass_by(seconds=10)
    assert [state for _, state in changes.moments("Fjord", "booked")] == ["on"]
    assert [state for _, state in changes.moments("Fjord", "availability")] == ["busy"]
    assert [told.kind for told in changes.told("Fjord")] == ["created", "started"]
    assert house.titles("Fjord")[0] == "Standup"


async def test_a_booking_deleted_during_a_listing_does_not_come_back(
    house: House, clock: VirtualTime
) -> None:
    """The old answer still has it."""
    booking = house.book_at_device("Fjord", "Standup", 0, 30)
    await clock.pass_by(minutes=1)
    _hold_back_the_list(house, "Fjord", 3)
    house.sync_required("Fjord")
    await clock.pass_by(seconds=1)
    with house.recording() as changes:
        house.workspace("Fjord").delete_locally(booking)
        await clock.pass_by(seconds=10)
    assert [state for _, state in changes.moments("Fjord", "booked")] == ["off"]
    assert changes.kinds("Fjord") == [("ended", "Standup")]


async def test_a_listing_that_fails_is_tried_again(
    house: House, clock: VirtualTime
) -> None:
    """With patience; what is known stays."""
    house.book_at_device("Fjord", "Standup", 0, 30)
    await clock.pass_by(seconds=5)
    failing = house.sim.faults.when(command="Bookings.List").times(3).status(500)
    house.sync_required("Fjord")
    await clock.pass_by(seconds=1)
    assert failing.hits == 1
    assert house.titles("Fjord")[0] == "Standup"
    await clock.pass_by(minutes=2)
    assert failing.hits == 3
    assert house.titles("Fjord")[0] == "Standup"


async def test_a_title_waits_for_its_privacy_but_the_room_does_not(
    house: House, clock: VirtualTime
) -> None:
    """An event does not say whether a booking is private: until the list does, it reads Booked."""
    slow = house.sim.faults.when(command="Bookings.List").latency(4)
    with house.recording() as changes:
        house.book_at_device("Fjord", "Merger", 0, 30, private=True)
        took = await clock.until(lambda: house.state("Fjord", "booked") == "on")
        assert took <= _PROMPT
        assert house.titles("Fjord")[0] == "Booked"
        await clock.pass_by(seconds=10)
    assert slow.hits == 1
    assert house.titles("Fjord")[0] == "Private"
    assert [kind for kind, _ in changes.kinds("Fjord")] == ["created", "started"]
    assert "Merger" not in str(changes.events)


async def test_a_bad_record_costs_only_itself(house: House, clock: VirtualTime) -> None:
    """Whatever else the list holds is shown."""
    house.phone("Fjord").records += [
        {"Id": "x", "Time": {"StartTime": "yesterday"}},
        "nonsense",
        None,
    ]
    house.book_at_device("Fjord", "Standup", 30, 30)
    await clock.until(lambda: house.titles("Fjord")[1] == "Standup")


# Further ahead than rooms are held


@pytest.mark.parametrize("titles", ["show", "hide_private"])
async def test_a_booking_in_two_months_is_told_once_and_not_cancelled(
    closed_house: House, clock: VirtualTime, titles: str
) -> None:
    """Rooms are held thirty days ahead; what is further is told and let go."""
    house = closed_house
    await house.open(titles=titles)
    with house.recording() as changes:
        house.book_at_device("Fjord", "Offsite", 60 * 24 * 60, 60)
        await clock.pass_by(seconds=5)
        await house.sync("Fjord")
        await clock.pass_by(seconds=5)
    assert changes.kinds("Fjord") == [("created", "Offsite")]
    assert house.titles("Fjord") == ("unknown", "unknown")


# Rooms that come and go


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


# Politeness


async def test_a_quiet_hour(house: House, clock: VirtualTime) -> None:
    """A long poll, the list of rooms once, and at most two listings a room."""
    for room in house.rooms:
        house.book_at_device(room, "Standup", 30, 30)
    await clock.pass_by(minutes=5)
    house.sim.requests.clear()
    await clock.pass_by(hours=3)
    requests = list(house.sim.requests)
    paths = {request.command or request.path for request in requests}
    assert paths == {
        "Bookings.List",
        "/v1/devices",
        "/v1/workspaces",
        house.sim.app.poll_path,
    }
    for path in ("/v1/devices", "/v1/workspaces"):
        assert house.sim.requests.number_of(path=path) == 3
    assert house.sim.requests.number_of(path=house.sim.app.poll_path) <= 3 * 181
    assert house.sim.queue.most_pollers == 1
    for room in house.rooms:
        listed = _listed_at(house, room)
        assert 5 <= len(listed) <= 6
        for (one, _), (_, three) in pairwise(pairwise(listed)):
            assert three - one > timedelta(hours=1)


def _listed_at(house: House, room: str) -> list[datetime]:
    ids = [device.id for device in house.workspace(room).devices]
    return [
        request.time
        for request in house.sim.requests.of(command="Bookings.List")
        if request.device in ids
    ]

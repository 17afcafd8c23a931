"""Rooms are listed as often as they have to be, and what happens during a listing is not lost."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from tests.simulators.xapi import execute

from .house import PROMPT, House
from .virtual_time import VirtualTime


def _hold_back_the_list(house: House, room: str, seconds: float) -> None:
    """Let the next listing answer what is true now, but not before so many seconds."""
    device = house.phone(room)
    result = execute(house.sim.world, device, "Bookings.List", {})
    when = house.sim.faults.when(command="Bookings.List", device=device)
    when.latency(seconds)
    when.answer({"deviceId": device.id, "result": result})


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
        assert took <= PROMPT
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
        assert took <= PROMPT
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

"""What devices say, and what becomes of it in Home Assistant (DESIGN sections 3 and 8)."""

from typing import Any

import pytest

from .house import PROMPT, House
from .virtual_time import VirtualTime

_EVENTS = ("BookingCreated", "Start", "End", "Deleted", "SyncRequired")
_STATUS = ("Availability.Status", "Availability.TimeStamp", "Current.Id")


def _silence(house: House, *names: str) -> None:
    house.sim.silent |= {f"Bookings.{name}" for name in names}


# What people do at the devices


async def test_a_walk_up_booking_shows_within_a_second(
    house: House, clock: VirtualTime
) -> None:
    """Created and started, in this order, and the room is busy."""
    with house.recording() as changes:
        booking = house.book_at_device("Birch", "Standup", 0, 30, organizer="Ada")
        took = await clock.until(lambda: house.state("Birch", "booked") == "on")
        assert took <= PROMPT
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
    assert took <= PROMPT
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
    assert took <= PROMPT
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
        assert took <= PROMPT
        house.book_at_device("Fjord", "Standup", 0, 10)
        took = await clock.until(lambda: house.titles("Fjord")[0] == "Standup")
        assert took <= PROMPT
        await clock.pass_by(minutes=15)
        house.workspace("Fjord").delete_locally(later)
        took = await clock.until(lambda: house.titles("Fjord")[1] == "unknown")
        assert took <= PROMPT
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
    assert await clock.until(lambda: house.titles("Fjord")[0] == "Standup") <= PROMPT
    running = house.book_at_device("Aurora", "Walk-up", 10, 30)
    assert await clock.until(lambda: house.titles("Aurora")[0] == "Walk-up") <= PROMPT
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
    assert await clock.until(lambda: house.titles("Fjord")[0] == "Standup") <= PROMPT


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
        <= PROMPT
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
    assert took <= PROMPT
    assert changes.kinds("Fjord") == [("created", "Made in the dark")]


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

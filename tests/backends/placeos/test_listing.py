"""What is known of a room, and what is made of its events."""

import asyncio
from datetime import UTC, datetime, timedelta
from time import thread_time
from typing import Any, Literal

import pytest

from custom_components.room_bookings.backends.placeos import backend as module, channel
from custom_components.room_bookings.backends.signals import RoomStale
from custom_components.room_bookings.rooms.booking import BookingStatus, RoomId
from custom_components.room_bookings.rooms.errors import RoomError, UnreachableError
from tests.backends.listening import Ear
from tests.simulators.placeos import Room, Settings

from .conftest import BUSY, MINUTE, Rig, as_found, as_known

EPOCH = int(datetime(2026, 1, 1, 9, tzinfo=UTC).timestamp())


async def test_a_room_is_listed_as_it_is(rig: Rig, fjord: Room) -> None:
    """By what was pushed, without asking anybody."""
    events = [rig.meeting(fjord, f"Meeting {n}", 60 * n) for n in range(3)]
    backend = await rig.ready()
    frames = len(rig.sim.frames)
    found = await rig.listed(backend, fjord)
    assert [as_found(b) for b in found] == [as_known(e) for e in events]
    assert all(b.status is BookingStatus.CONFIRMED for b in found)
    assert len(rig.sim.frames) == frames


async def test_only_what_shares_the_window_is_listed(rig: Rig, fjord: Room) -> None:
    """Which is half-open."""
    rig.meeting(fjord, "over", -30)
    event = rig.meeting(fjord, "runs", 0)
    rig.meeting(fjord, "after", 30)
    backend = await rig.ready()
    now = rig.clock()
    (found,) = await backend.bookings(RoomId(fjord.id), now, now + 30 * MINUTE)
    assert found.id == event.id


@pytest.mark.parametrize("traits", [{"push": False}])
async def test_where_somebody_waits_the_calendar_is_asked(
    rig: Rig, fjord: Room
) -> None:
    """A driver without push knows of a booking minutes later."""
    backend = await rig.ready()
    rig.meeting(fjord, "theirs")
    assert await rig.listed(backend, fjord) == []
    assert await rig.listed(backend, fjord, expected=None) == []
    (found,) = await rig.listed(backend, fjord, urgent=True)
    assert found.title == "theirs"
    assert len(await rig.listed(backend, fjord)) == 1


@pytest.mark.parametrize("traits", [{"push": False}])
async def test_without_push_the_driver_polls(rig: Rig, fjord: Room) -> None:
    """And what it learns is pushed from there on."""
    backend = await rig.ready()
    async with Ear(backend.listen) as ear:
        await ear.until(RoomStale)
        rig.meeting(fjord, "theirs", 60)
        await rig.pass_by(minutes=5)
        await ear.until(RoomStale, 2)
        (found,) = await rig.listed(backend, fjord)
        assert found.title == "theirs"


async def test_an_unchanged_list_is_heard_all_the_same(rig: Rig, fjord: Room) -> None:
    """Of what did not change there is no word; it is asked for, and makes no news."""
    backend = await rig.ready()
    async with Ear(backend.listen) as ear:
        await rig.listed(backend, fjord, urgent=True)
        await rig.listed(backend, fjord, urgent=True)
        assert rig.asked("poll_events") == 2
        assert rig.asked("bookings", "bind") == 3
        assert len(ear.of(RoomStale)) <= 1
        event = rig.meeting(fjord, "theirs")
        await ear.until(RoomStale, 2)
        (found,) = await rig.listed(backend, fjord)
        assert found.id == event.id


async def test_what_lies_beyond_is_not_worth_a_poll(rig: Rig, fjord: Room) -> None:
    """The driver looks no further anyway."""
    backend = await rig.ready()
    now = rig.clock()
    later = now + timedelta(days=40)
    await backend.bookings(RoomId(fjord.id), later, later + 9 * MINUTE, urgent=True)
    assert rig.asked("poll_events") == 0


@pytest.mark.parametrize("answer_first", [True, False])
@pytest.mark.parametrize("values", ["raw", "encoded"])
async def test_values_come_as_they_like(
    rig: Rig, fjord: Room, values: Literal["raw", "encoded"], answer_first: bool
) -> None:
    """Raw or encoded, before their answer or after (facts B3)."""
    rig.sim.values, rig.sim.answer_first = values, answer_first
    event = rig.meeting(fjord, "theirs")
    backend = await rig.ready()
    (found,) = await rig.listed(backend, fjord, urgent=True)
    assert as_found(found) == as_known(event)


@pytest.mark.parametrize(
    "more",
    [
        {"status": "cancelled"},
        {"status": "Declined"},
        {"event_start": None},
        {"event_start": "soon"},
        {"event_start": -1},
        {"event_start": 2**40},
        {"event_start": True},
        {"event_end": EPOCH - 1},
        {"event_end": "never"},
        {"id": None},
        {"id": ""},
        {"id": 7},
    ],
)
async def test_a_record_that_is_none_costs_itself(
    rig: Rig, fjord: Room, more: dict[str, Any]
) -> None:
    """As one that does not take place."""
    event = rig.meeting(fjord, "good", 60)
    odd = {"id": "odd", "event_start": EPOCH, "event_end": EPOCH + 60} | more
    fjord.driver.records = [odd, None, 7]
    fjord.driver.poll_events()
    backend = await rig.ready()
    (found,) = await rig.listed(backend, fjord)
    assert found.id == event.id


async def test_days_are_events_like_others(rig: Rig, fjord: Room) -> None:
    """Also those without an end (facts A1.8)."""
    day = rig.clock().replace(hour=0)
    for ends in (True, False):
        fjord.book_day("A day", day, ends=ends)
    backend = await rig.ready()
    for found in await rig.listed(backend, fjord):
        assert (found.start, found.end) == (day, day + timedelta(days=1))


@pytest.mark.parametrize("status", ["tentative", "confirmed", "odd"])
async def test_a_tentative_meeting_holds_the_room(
    rig: Rig, fjord: Room, status: str
) -> None:
    """To the driver it does."""
    rig.meeting(fjord, "perhaps", more={"status": status})
    backend = await rig.ready()
    (found,) = await rig.listed(backend, fjord)
    assert found.holds


@pytest.mark.parametrize(
    ("more", "private"),
    [
        ({}, False),
        ({"private": True}, True),
        ({"private": "yes"}, True),
        ({"private": "false"}, False),
        ({"visibility": "private"}, True),
        ({"visibility": "Confidential"}, True),
        ({"visibility": "public"}, False),
    ],
)
async def test_privacy_is_told(
    rig: Rig, fjord: Room, more: dict[str, Any], private: bool
) -> None:
    """What cannot be read is private."""
    rig.meeting(fjord, "secret", more=more)
    backend = await rig.ready()
    (found,) = await rig.listed(backend, fjord)
    assert found.private is private


@pytest.mark.parametrize(
    ("attendees", "organizer"),
    [
        ([], "ada@example.com"),
        ([{"name": "Ada", "email": "ADA@example.com"}], "Ada"),
        ([{"name": "Bob", "email": "bob@example.com"}, 7, {}], "ada@example.com"),
        ([{"name": " ", "email": "ada@example.com"}], "ada@example.com"),
        ("none", "ada@example.com"),
    ],
)
async def test_the_host_organizes(
    rig: Rig, fjord: Room, attendees: Any, organizer: str
) -> None:
    """By name, where it is known."""
    more = {"host": "ada@example.com", "attendees": attendees}
    rig.meeting(fjord, "theirs", more=more)
    backend = await rig.ready()
    (found,) = await rig.listed(backend, fjord)
    assert found.organizer == organizer


async def test_events_of_one_id_are_told_apart(rig: Rig, fjord: Room) -> None:
    """Each is a booking."""
    for begin in (0, 60):
        rig.meeting(fjord, "again", begin, more={"id": "one"})
    backend = await rig.ready()
    ids = [b.id for b in await rig.listed(backend, fjord)]
    assert ids == [f"one {EPOCH}", f"one {EPOCH + 3600}"]


async def test_who_checked_in_is_known(rig: Rig) -> None:
    """By the start of the last booking that somebody checked in to (facts A1.5)."""
    room = rig.sim.add_room("Fjord")
    for begin in (-30, 0, 30):
        rig.meeting(room, "theirs", begin)
    backend = await rig.ready()
    assert [b.checked_in for b in await rig.listed(backend, room)] == [False] * 3
    async with Ear(backend.listen) as ear:
        await ear.until(RoomStale)
        room.check_in()
        await ear.until(RoomStale, 2)
        found = await rig.listed(backend, room)
    assert [b.checked_in for b in found] == [True, True, False]


async def test_where_nobody_checks_in_nothing_is_said_of_it(
    rig: Rig, fjord: Room
) -> None:
    """Whoever keeps check-ins elsewhere shall not be contradicted."""
    rig.meeting(fjord, "theirs")
    backend = await rig.ready()
    assert [b.checked_in for b in await rig.listed(backend, fjord)] == [None]


async def test_a_restart_calls_off_nothing(rig: Rig, fjord: Room) -> None:
    """Null is no list: the room is waited for."""
    event = rig.meeting(fjord, "theirs")
    backend = await rig.ready()
    async with Ear(backend.listen) as ear:
        await ear.until(RoomStale)
        fjord.driver.restart(3)
        await ear.until(RoomStale, 2)
        listing = asyncio.ensure_future(rig.listed(backend, fjord))
        await asyncio.sleep(0.05)
        assert not listing.done()
        await rig.pass_by(seconds=3)
        (found,) = await listing
        assert found.id == event.id
        await ear.until(RoomStale, 3)


async def test_a_module_that_stays_away_is_out_of_reach(
    rig: Rig, fjord: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That room alone, until it is back."""
    monkeypatch.setattr(module, "_BACK_WITHIN", 0.05)
    monkeypatch.setattr(channel, "_VALUE_TIMEOUT", 0.05)
    other = rig.sim.add_room("Delta", settings=BUSY)
    backend = await rig.ready()
    async with Ear(backend.listen) as ear:
        fjord.driver.stop()
        await ear.until(RoomStale(RoomId(fjord.id)), 2)
        for urgent in (False, True):
            with pytest.raises(UnreachableError):
                await rig.listed(backend, fjord, urgent=urgent)
        assert await rig.listed(backend, other, urgent=True) == []
        fjord.driver.start()
        await ear.until(RoomStale(RoomId(fjord.id)), 3)
        assert await rig.listed(backend, fjord) == []


async def test_a_room_that_could_not_be_bound_is_bound_when_it_is_listed(
    rig: Rig, fjord: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And followed from there on."""
    monkeypatch.setattr(channel, "_REQUEST_TIMEOUT", 0.1)
    rig.sim.faults.when(cmd="bind", name="bookings").no_answer(applied=False)
    backend = await rig.ready()
    event = rig.meeting(fjord, "theirs")
    (found,) = await rig.listed(backend, fjord)
    assert found.id == event.id
    (session,) = rig.sim.connections
    assert len(session.bindings) == 12


async def test_a_look_that_fails_half_way_is_made_good(
    rig: Rig, fjord: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was let go is bound again."""
    backend = await rig.ready()
    monkeypatch.setattr(channel, "_REQUEST_TIMEOUT", 0.1)
    rig.sim.faults.when(cmd="bind").no_answer(applied=False)
    with pytest.raises(UnreachableError):
        await rig.listed(backend, fjord, urgent=True)
    rig.meeting(fjord, "theirs")
    assert len(await rig.listed(backend, fjord)) == 1


@pytest.mark.parametrize(
    "message", ["module raised: Forbidden (PlaceCalendar::Exception)", ""]
)
async def test_a_calendar_that_cannot_be_read_is_an_error(
    rig: Rig, fjord: Room, message: str
) -> None:
    """Not a list of what was."""
    backend = await rig.ready()
    rig.sim.faults.when(name="poll_events").error(3, message)
    with pytest.raises(RoomError):
        await rig.listed(backend, fjord, urgent=True)


async def test_many_events_leave_the_loop_alone(rig: Rig, fjord: Room) -> None:
    """Megabytes of them too."""
    fjord.driver.records = [
        {
            "id": f"event-{n}",
            "event_start": EPOCH + n * 600,
            "event_end": EPOCH + n * 600 + 600,
            "body": "x" * 1000,
        }
        for n in range(4000)
    ]
    fjord.driver.poll_events()
    backend = await rig.ready()
    longest = 0.0
    async with Ear(backend.listen) as ear:
        await ear.until(RoomStale)
        listing = asyncio.ensure_future(rig.listed(backend, fjord))
        assert len(await listing) == 4000
        text = '{"id":1,"type":"notify","value":['
        text += ",".join(["1"] * 1_500_000) + "]}"
        rig.sim.send(text)
        done = asyncio.ensure_future(rig.listed(backend, fjord, urgent=True))
        while not done.done():
            # Of this thread alone: other processes have their turns too.
            began = thread_time()
            await asyncio.sleep(0)
            longest = max(longest, thread_time() - began)
    assert len(done.result()) == 4000
    assert longest < 0.2


async def test_rooms_of_settings_without_words(rig: Rig) -> None:
    """A module that says nothing of checking in has none, as far as anybody knows."""
    room = rig.sim.add_room("Fjord", settings=Settings())
    for name in ("pending_before", "pending_period"):
        room.driver.status.pop(name)
    backend = rig.backend()
    await backend.connect()
    (found,) = await backend.rooms()
    assert found.check_in is None

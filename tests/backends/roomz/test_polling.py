"""Each room is asked at its own edges, after verbs and else every five minutes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.room_bookings.backends.roomz.backend import RoomzBackend
from custom_components.room_bookings.backends.signals import (
    Connected,
    Disconnected,
    RoomStale,
    Synced,
)
from tests.backends.listening import Ear
from tests.simulators.roomz import SimRoom

from .conftest import MINUTE, Rig
from .listener import FJORD, listening

pytestmark = pytest.mark.usefixtures("quick")

# When rooms are asked


async def test_a_quiet_room_is_asked_every_five_minutes(
    rig: Rig, fjord: SimRoom
) -> None:
    """And not in between; a quiet hour is twelve requests."""
    async with listening(rig, fjord) as ear:
        assert await ear.pass_by(minutes=4, seconds=59) == 0
        assert await ear.pass_by(seconds=1) == 1
        asked = [await ear.pass_by(seconds=30) for _ in range(120)]
        assert sum(asked) == 12
        assert rig.asked("rooms") == 2
        assert len(ear.of(Synced)) == 13
        assert not ear.of(RoomStale, Connected, Disconnected)


async def test_a_room_is_asked_at_each_of_its_edges(rig: Rig, fjord: SimRoom) -> None:
    """When a meeting starts and when it ends, to the second."""
    rig.meeting(fjord, "soon", 2, 1)
    async with listening(rig, fjord) as ear:
        assert await ear.pass_by(minutes=1, seconds=59) == 0
        assert await ear.pass_by(seconds=1) == 1
        assert await ear.pass_by(seconds=59) == 0
        assert await ear.pass_by(seconds=1) == 1
        assert await ear.pass_by(minutes=4, seconds=59) == 0
        assert await ear.pass_by(seconds=1) == 1


async def test_each_room_has_its_own_edges(rig: Rig, fjord: SimRoom) -> None:
    """Nobody else is asked then."""
    birch = rig.sim.add_room("Birch", "22")
    rig.meeting(birch, "soon", 2, 60)
    async with listening(rig, fjord, birch) as ear:
        assert await ear.pass_by(minutes=2) == 1
        assert rig.sim.requests[-1].room == "22"
        assert not ear.of(Synced)[1:]
        assert await ear.pass_by(minutes=3) == 1
        assert rig.sim.requests[-1].room == "57"


async def test_an_edge_comes_by_itself(rig: Rig, fjord: SimRoom) -> None:
    """By the clock on the wall."""
    start = datetime.now(UTC) + timedelta(seconds=3)
    fjord.book("soon", start, start + MINUTE)
    rig.sim.clock = lambda: datetime.now(UTC)
    backend = RoomzBackend(rig.session, rig.address())
    rig.opened.append(backend)
    now = datetime.now(UTC)
    async with Ear(backend.listen) as ear:
        await backend.bookings(FJORD, now, now + MINUTE)
        await ear.until(Synced)
        assert rig.asked("meetings") == 2
        assert rig.sim.requests[-1].time >= fjord.sorted()[0].start


async def test_only_rooms_that_somebody_wants_are_asked(
    rig: Rig, fjord: SimRoom
) -> None:
    """A room that was left out costs nothing."""
    rig.sim.add_room("Left out", "22")
    async with listening(rig, fjord) as ear:
        assert await ear.pass_by(minutes=5) == 1
        assert rig.asked("meetings", room="22") == 0


async def test_a_room_that_is_gone_is_asked_no_more(rig: Rig, fjord: SimRoom) -> None:
    """Once the list of rooms says so."""
    async with listening(rig, fjord) as ear:
        rig.sim.remove_room(fjord)
        await ear.backend.rooms()
        assert await ear.pass_by(minutes=10) == 0


async def test_a_room_that_somebody_read_meanwhile_is_asked_later(
    rig: Rig, fjord: SimRoom
) -> None:
    """Five minutes after that."""
    async with listening(rig, fjord) as ear:
        assert await ear.pass_by(minutes=4) == 0
        await rig.listed(ear.backend, fjord, urgent=True)
        assert await ear.pass_by(minutes=4, seconds=59) == 0
        assert await ear.pass_by(seconds=1) == 1


async def test_many_rooms_are_asked_a_few_at_a_time(rig: Rig) -> None:
    """On the hour meetings start everywhere."""
    rooms = [rig.sim.add_room(f"Room {n}") for n in range(60)]
    for room in rooms:
        rig.meeting(room, "on the hour", 2)
    async with listening(rig, *rooms) as ear:
        rig.sim.faults.when().always().latency(0.01)
        rig.sim.counters.most_at_once = 0
        assert await ear.pass_by(minutes=2) == 60
        assert rig.sim.counters.most_at_once <= 4
        assert len(ear.of(Synced)) == 1
        assert await ear.pass_by(seconds=30) == 0


async def test_a_reading_that_overtakes_a_poll_keeps_the_room_polled(
    rig: Rig, fjord: SimRoom
) -> None:
    """However long the poll takes."""
    async with listening(rig, fjord) as ear:
        slow = rig.sim.faults.when(call="meetings").latency(0.3)
        rig.clock.pass_by(minutes=5)
        ear.backend._poller.wake()
        await slow.triggered()
        await rig.listed(ear.backend, fjord, urgent=True)
        rig.clock.pass_by(minutes=5)
        ear.backend._poller.wake()
        await ear.idle()
        assert not ear.backend._poller._polls
        assert await ear.pass_by(minutes=5) == 1


# What it tells


async def test_what_changed_makes_a_room_stale(rig: Rig, fjord: SimRoom) -> None:
    """A meeting that is new, moved, renamed, hidden or gone."""
    async with listening(rig, fjord) as ear:
        known = rig.meeting(fjord, "new", 600)
        changes: list[dict[str, Any]] = [
            {},
            {"end": known.end + MINUTE},
            {"subject": "renamed"},
            {"private": True},
            {"organizer_name": "Ada"},
            {"cancelled": True},
        ]
        for count, change in enumerate(changes, 1):
            known = fjord.change(known, **change)
            assert await ear.pass_by(minutes=5) == 1
            assert ear.of(RoomStale) == count * [RoomStale(FJORD)]
            # Whoever hears of it learns what was read, without asking again.
            found = await rig.listed(ear.backend, fjord)
            assert [b.title for b in found] == [m.subject for m in fjord.held()]
            assert rig.asked("meetings") == count + 1


async def test_what_does_not_matter_makes_no_room_stale(
    rig: Rig, fjord: SimRoom
) -> None:
    """Time that passes, an image, what is over or far away."""
    over = rig.meeting(fjord, "over", -120)
    rig.meeting(fjord, "running", -10, 12)
    later = rig.meeting(fjord, "later", 600)
    rig.meeting(fjord, "comes into sight", 31 * 1440 + 4)
    async with listening(rig, fjord) as ear:
        fjord.change(over, subject="renamed")
        assert await ear.pass_by(minutes=2) == 1
        fjord.change(later, image_url="https://someurl.example.com/x.jpg")
        rig.meeting(fjord, "far away", 40 * 1440)
        assert await ear.pass_by(minutes=5) == 1
        assert not ear.of(RoomStale)


async def test_what_somebody_else_learned_makes_a_room_stale(
    rig: Rig, fjord: SimRoom
) -> None:
    """A calendar that asked for next year has told nobody."""
    async with listening(rig, fjord) as ear:
        rig.meeting(fjord, "new", 60)
        await rig.listed(ear.backend, fjord, days=300, urgent=True)
        assert ear.of(RoomStale) == [RoomStale(FJORD)]


async def test_a_verb_is_told_at_once(rig: Rig, fjord: SimRoom) -> None:
    """Whoever waits for it looks then."""
    async with listening(rig, fjord) as ear:
        await ear.backend.book([FJORD], rig.wish(60))
        assert ear.of(RoomStale) == [RoomStale(FJORD)]
        assert await ear.pass_by(minutes=10) == 0
        await rig.listed(ear.backend, fjord)
        assert await ear.pass_by(minutes=5) == 1


async def test_all_is_in_step_when_every_room_was_asked(
    rig: Rig, fjord: SimRoom
) -> None:
    """And not before."""
    birch = rig.sim.add_room("Birch", "22")
    async with listening(rig, fjord) as ear:
        await ear.pass_by(minutes=5)
        await rig.listed(ear.backend, birch)
        rig.meeting(birch, "soon", 1, 1)
        await ear.pass_by(minutes=5)
        told = len(ear.of(Synced))
        for _ in range(4):
            # Only one of them has an edge.
            rig.meeting(birch, "soon", 1, 1)
            await rig.listed(ear.backend, birch, urgent=True)
            assert await ear.pass_by(minutes=1) == 1
        assert len(ear.of(Synced)) == told
        await ear.pass_by(minutes=1)
        assert len(ear.of(Synced)) == told + 1

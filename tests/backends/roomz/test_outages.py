"""What becomes of polling when something goes wrong."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from custom_components.room_bookings.backends.signals import (
    AuthLost,
    Connected,
    Disconnected,
    RoomsChanged,
    RoomStale,
    Synced,
)
from custom_components.room_bookings.rooms.errors import (
    BusyTryLaterError,
    NotFoundError,
    PermissionDeniedError,
    UnreachableError,
)
from tests.simulators.roomz import SimRoom

from .conftest import Rig
from .listener import FJORD, POLLING, listening

pytestmark = pytest.mark.usefixtures("quick")


@pytest.mark.parametrize(
    ("effect", "arguments"),
    [
        ("drop", {}),
        ("status", {"status": 500}),
        ("html", {}),
        ("wrapped", {}),
        ("redirect", {"location": "/"}),
        ("answer", {"body": "[{}]"}),
        ("truncated", {}),
    ],
)
async def test_a_system_that_does_not_answer_is_lost_and_found(
    rig: Rig, fjord: SimRoom, effect: str, arguments: dict[str, Any]
) -> None:
    """It says so once, tries again with patience, and nothing is known until it is read."""
    async with listening(rig, fjord) as ear:
        getattr(rig.sim.faults.when().always(), effect)(**arguments)
        rig.clock.pass_by(minutes=5)
        ear.backend._poller.wake()
        await ear.until(Disconnected)
        asked = rig.asked("rooms")
        async with asyncio.timeout(10):
            while rig.asked("rooms") < asked + 3:
                await asyncio.sleep(0.01)
        assert rig.asked("meetings") <= 3
        rig.meeting(fjord, "meanwhile", 60)
        rig.sim.faults.clear()
        await ear.until(Connected)
        assert len(ear.of(Disconnected, Connected)) == 2
        assert len(await rig.listed(ear.backend, fjord)) == 1
        assert await ear.pass_by(minutes=5) == 1


async def test_whoever_gets_no_answer_has_the_system_looked_at(
    rig: Rig, fjord: SimRoom
) -> None:
    """Listing rooms, meetings, or doing something."""
    async with listening(rig, fjord) as ear:
        for times, ask in enumerate(
            (
                lambda: rig.listed(ear.backend, fjord, urgent=True),
                ear.backend.rooms,
                lambda: ear.backend.book([FJORD], rig.wish()),
            ),
            1,
        ):
            await rig.sim.down(refuse=True)
            with pytest.raises(UnreachableError):
                await ask()
            await ear.until(Disconnected, times)
            await rig.sim.up()
            await ear.until(Connected, times)


async def test_one_bad_room_is_its_own_matter(rig: Rig, fjord: SimRoom) -> None:
    """It is told once, and left to whoever wants it; others are polled as ever."""
    birch = rig.sim.add_room("Birch", "22")
    async with listening(rig, fjord, birch) as ear:
        bad = rig.sim.faults.when(room="57").always().status(500)
        assert await ear.pass_by(minutes=5) == 2
        assert ear.of(RoomStale) == [RoomStale(FJORD)]
        with pytest.raises(UnreachableError):
            await rig.listed(ear.backend, fjord)
        assert await ear.pass_by(minutes=5) == 1
        assert await ear.pass_by(minutes=5) == 1
        assert len(ear.of(Synced)) >= 2
        assert ear.of(RoomStale) == [RoomStale(FJORD)]
        assert not ear.of(Disconnected)
        bad.remove()
        await rig.listed(ear.backend, fjord)
        assert await ear.pass_by(minutes=5) == 2


async def test_an_unknown_room_is_reason_to_list_the_rooms(
    rig: Rig, fjord: SimRoom
) -> None:
    """It may be gone."""
    async with listening(rig, fjord) as ear:
        rig.sim.remove_room(fjord)
        assert await ear.pass_by(minutes=5) == 1
        assert ear.of(RoomsChanged, RoomStale) == [RoomStale(FJORD), RoomsChanged()]
        with pytest.raises(NotFoundError):
            await rig.listed(ear.backend, fjord)
        assert await ear.pass_by(minutes=10) == 0


@pytest.mark.parametrize("how", ["listing", "booking"])
async def test_whoever_misses_a_room_has_the_rooms_listed(
    rig: Rig, fjord: SimRoom, how: str
) -> None:
    """Nobody waits for the next poll, which would not come any more."""
    async with listening(rig, fjord) as ear:
        rig.sim.remove_room(fjord)
        ask: dict[str, Callable[[], Awaitable[object]]] = {
            "listing": lambda: rig.listed(ear.backend, fjord, urgent=True),
            "booking": lambda: ear.backend.book([FJORD], rig.wish()),
        }
        with pytest.raises(NotFoundError):
            await ask[how]()
        assert RoomsChanged() in ear.of(RoomsChanged)


async def test_a_room_without_rights_is_told_to_whoever_wants_it(
    rig: Rig, fjord: SimRoom
) -> None:
    """The credentials as such are good."""
    async with listening(rig, fjord) as ear:
        rig.sim.faults.when(call="meetings").times(2).status(403)
        assert await ear.pass_by(minutes=5) == 1
        with pytest.raises(PermissionDeniedError):
            await rig.listed(ear.backend, fjord)
        assert not ear.of(AuthLost, Disconnected)


@pytest.mark.parametrize("by", ["poll", "listing", "verb"])
async def test_credentials_that_are_refused_end_it(
    rig: Rig, fjord: SimRoom, by: str
) -> None:
    """Whoever notices: a wrong password is not tried again and again."""
    async with listening(rig, fjord) as ear:
        rig.sim.password = "another"
        if by == "poll":
            rig.clock.pass_by(minutes=5)
            ear.backend._poller.wake()
        else:
            asking = {
                "listing": lambda: rig.listed(ear.backend, fjord, urgent=True),
                "verb": lambda: ear.backend.book([FJORD], rig.wish()),
            }
            with pytest.raises(PermissionDeniedError):
                await asking[by]()
        await ear.ended()
        assert ear.heard[-1] == AuthLost()
        assert len(ear.of(AuthLost)) == 1
        assert rig.sim.requests.number_of(status=401) == 2


async def test_a_system_that_wants_a_little_patience_is_not_lost(
    rig: Rig, fjord: SimRoom
) -> None:
    """It gets it; the room is read again by whoever wants it."""
    async with listening(rig, fjord) as ear:
        rig.sim.faults.when(call="meetings").status(503, retry_after=1)
        rig.clock.pass_by(minutes=5)
        ear.backend._poller.wake()
        await ear.until(RoomStale)
        assert not ear.of(Disconnected)
        refused, proof = rig.sim.requests[-2:]
        assert (refused.status, proof.call) == (503, "rooms")
        await rig.listed(ear.backend, fjord)
        assert await ear.pass_by(minutes=5) == 1


async def test_a_system_that_wants_much_patience_is_as_good_as_lost(
    rig: Rig, fjord: SimRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is asked before its time."""
    monkeypatch.setattr(f"{POLLING}._PATIENCE", 0.5)
    async with listening(rig, fjord) as ear:
        rig.sim.faults.when(call="meetings").status(429, retry_after=100)
        assert rig.sim.requests
        rig.clock.pass_by(minutes=5)
        ear.backend._poller.wake()
        await ear.until(Disconnected)
        asked = len(rig.sim.requests)
        with pytest.raises(BusyTryLaterError):
            await rig.listed(ear.backend, fjord, urgent=True)
        assert len(rig.sim.requests) == asked


async def test_what_is_heard_of_a_lost_system_keeps_nobody_in_step(
    rig: Rig, fjord: SimRoom
) -> None:
    """A poll that was under way when the connection was lost says nothing."""
    birch = rig.sim.add_room("Birch", "22")
    async with listening(rig, fjord, birch) as ear:
        rig.sim.faults.when(room="22").latency(0.3)
        rig.sim.faults.when(room="57").times(2).drop()
        rig.sim.faults.when(call="rooms").always().status(500)
        rig.clock.pass_by(minutes=5)
        ear.backend._poller.wake()
        await ear.until(Disconnected)
        async with asyncio.timeout(10):
            while ear.backend._poller._polls:
                await asyncio.sleep(0.01)
        assert not ear.of(Synced)


async def test_listening_ends_when_it_is_told_to(rig: Rig, fjord: SimRoom) -> None:
    """With whatever is under way; what is done after that is told to nobody."""
    async with listening(rig, fjord) as ear:
        held = rig.sim.faults.when(call="meetings").silence()
        rig.clock.pass_by(minutes=5)
        ear.backend._poller.wake()
        await held.triggered()
    assert not ear.backend._poller._polls
    await ear.backend.book([FJORD], rig.wish(60))
    assert not ear.of(RoomStale)

"""Whatever goes wrong, whoever follows the signals knows the truth in the end."""

import asyncio
from random import Random

import pytest

from custom_components.room_bookings.backends.backoff import Backoff
from custom_components.room_bookings.backends.roomz.backend import RoomzBackend
from custom_components.room_bookings.backends.signals import (
    AuthLost,
    Connected,
    RoomsChanged,
    RoomStale,
    Signal,
)
from custom_components.room_bookings.rooms.booking import Booking, RoomId
from custom_components.room_bookings.rooms.errors import RoomError
from tests.simulators.roomz import OccupiedError, SimRoom
from tests.simulators.roomz.times import DATE_FORMS

from .conftest import MINUTE, Rig, as_found, as_known

STEPS = 60


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Back off as ever, but for a thousandth of the time."""
    patient = Backoff.wait

    def wait(self: Backoff, error: RoomError | None = None) -> float:
        return patient(self, error) / 1000

    monkeypatch.setattr(Backoff, "wait", wait)


class Follower:
    """Does what a hub does: lists a room when it is stale, and again until it can."""

    def __init__(self, rig: Rig, backend: RoomzBackend) -> None:
        """Follow a backend."""
        self.rig = rig
        self.backend = backend
        self.known: dict[RoomId, list[Booking]] = {}
        self.heard: list[Signal] = []
        self._stale = {RoomId(room.id) for room in rig.sim.rooms}
        self._news = asyncio.Event()
        self._news.set()

    def hear(self, signal: Signal) -> None:
        """Take in a signal."""
        self.heard.append(signal)
        match signal:
            case RoomStale(room_id=room_id):
                self._stale.add(room_id)
            case Connected():
                self._stale = {RoomId(room.id) for room in self.rig.sim.rooms}
        self._news.set()

    async def follow(self) -> None:
        """List what is stale, for ever."""
        while True:
            await self._news.wait()
            self._news.clear()
            while self._stale:
                room_id = self._stale.pop()
                now = self.rig.clock()
                try:
                    found = await self.backend.bookings(
                        room_id, now - 60 * MINUTE, now + 30 * 1440 * MINUTE
                    )
                except RoomError:
                    self._stale.add(room_id)
                    await asyncio.sleep(0.005)
                else:
                    self.known[room_id] = list(found)


def goes_wrong(rig: Rig, random: Random) -> None:
    """Arm a fault."""
    fault = rig.sim.faults.when(
        call=random.choice([None, "rooms", "meetings", "book", "change"])
    ).times(random.randint(1, 3))
    random.choice(
        [
            lambda: fault.drop(),
            lambda: fault.drop_answer(),
            lambda: fault.truncated(),
            lambda: fault.garbage(),
            lambda: fault.html(),
            lambda: fault.empty(),
            lambda: fault.wrapped(),
            lambda: fault.nulls(),
            lambda: fault.extra(),
            lambda: fault.records([None, {}, {"meetingId": "x"}]),
            lambda: fault.dates(random.choice([*DATE_FORMS])),
            lambda: fault.redirect("/"),
            lambda: fault.latency(random.random() / 50),
            lambda: fault.not_applied(),
            lambda: fault.status(random.choice([403, 404, 409, 500, 502, 503])),
            lambda: fault.status(random.choice([429, 503]), retry_after=0),
        ]
    )()


async def happens(
    rig: Rig, backend: RoomzBackend, room: SimRoom, random: Random
) -> None:
    """Let somebody do something, here or elsewhere."""
    begin, minutes = random.randint(0, 600), random.randint(1, 90)
    held = [m for m in room.held() if m.end > rig.clock()]
    try:
        match random.randint(0, 5):
            case 0:
                rig.meeting(room, f"Meeting {begin}", begin, minutes)
            case 1 if held:
                meeting = random.choice(held)
                room.change(meeting, end=meeting.start + minutes * MINUTE)
            case 2 if held:
                room.change(random.choice(held), cancelled=True)
            case 3 if held:
                room.delete(random.choice(held))
            case 4:
                wish = rig.wish(begin, minutes, title=f"Ours {random.random()}")
                await backend.book([RoomId(room.id)], wish)
            case 5:
                known = await rig.listed(backend, room, urgent=True)
                running = [b for b in known if b.runs_at(rig.clock())]
                for booking in running[:1]:
                    await backend.end_meeting(RoomId(room.id), booking)
    except OccupiedError, RoomError:
        return


@pytest.mark.parametrize("seed", range(8))
async def test_in_the_end_the_truth_is_known(rig: Rig, seed: int) -> None:
    """After any faults and changes, within one round."""
    random = Random(seed)
    rooms = [rig.sim.add_room(f"Room {n}") for n in range(4)]
    backend = rig.backend()
    follower = Follower(rig, backend)
    tasks = [
        asyncio.ensure_future(backend.listen(follower.hear)),
        asyncio.ensure_future(follower.follow()),
    ]
    for _ in range(STEPS):
        if random.random() < 0.4:
            goes_wrong(rig, random)
        await happens(rig, backend, random.choice(rooms), random)
        rig.clock.pass_by(seconds=random.choice([1, 20, 60, 200]))
        backend._poller.wake()
        await asyncio.sleep(random.random() / 50)
    rig.sim.faults.clear()

    def truth() -> dict[str, list[object]]:
        return {
            room.id: [as_known(m) for m in room.held() if m.end > rig.clock()]
            for room in rooms
        }

    def known() -> dict[str, list[object]]:
        return {
            room_id: [as_found(b) for b in found if b.end > rig.clock()]
            for room_id, found in follower.known.items()
        }

    rig.clock.pass_by(minutes=5)
    backend._poller.wake()
    async with asyncio.timeout(20):
        while known() != truth():
            await asyncio.sleep(0.01)
    assert not rig.sim.check()
    assert not any(isinstance(signal, AuthLost) for signal in follower.heard)
    assert rig.sim.counters.most_at_once <= 4
    for task in tasks:
        assert not task.done()
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(s) for s in follower.heard} - {RoomsChanged}

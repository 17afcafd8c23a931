"""Each room is asked at its own edges, after verbs and else every five minutes."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.room_bookings.backends.backoff import Backoff
from custom_components.room_bookings.backends.roomz.backend import RoomzBackend
from custom_components.room_bookings.backends.signals import (
    AuthLost,
    Connected,
    Disconnected,
    RoomsChanged,
    RoomStale,
    Synced,
)
from custom_components.room_bookings.rooms.booking import RoomId
from custom_components.room_bookings.rooms.errors import (
    BusyTryLaterError,
    NotFoundError,
    PermissionDeniedError,
    RoomError,
    UnreachableError,
)
from tests.backends.listening import Ear
from tests.simulators.roomz import SimRoom

from .conftest import MINUTE, Rig

FJORD = RoomId("57")
POLLING = "custom_components.room_bookings.backends.roomz.polling"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Back off as ever, but for a hundredth of the time."""
    patient = Backoff.wait

    def wait(self: Backoff, error: RoomError | None = None) -> float:
        return patient(self, error) / 100

    monkeypatch.setattr(Backoff, "wait", wait)


class Listener(Ear):
    """Hears the backend, and lets time pass for it."""

    def __init__(self, rig: Rig, backend: RoomzBackend) -> None:
        """Listen to a backend that lives by the rig's clock."""
        super().__init__(backend.listen)
        self.rig = rig
        self.backend = backend

    async def idle(self) -> None:
        """Wait until nothing is asked any more."""
        poller = self.backend._poller
        async with asyncio.timeout(10):
            while True:
                for _ in range(3):
                    await asyncio.sleep(0)
                due = poller._readings.next_due()
                if not (
                    poller._polls
                    or poller._doubted
                    or poller._suspects
                    or self.rig.sim.counters.at_once
                    or (due is not None and due <= self.rig.clock())
                ):
                    return
                await asyncio.sleep(0.005)

    async def pass_by(self, **interval: float) -> int:
        """Let time pass; how often meetings were asked for in it."""
        before = self.rig.asked("meetings")
        self.rig.clock.pass_by(**interval)
        self.backend._poller.wake()
        await self.idle()
        return self.rig.asked("meetings") - before


@asynccontextmanager
async def listening(rig: Rig, *rooms: SimRoom) -> AsyncGenerator[Listener]:
    """A backend that listens, and has read these rooms."""
    backend = rig.backend()
    await backend.connect()
    await backend.rooms()
    async with Listener(rig, backend) as ear:
        for room in rooms:
            await rig.listed(backend, room, expected=None)
        await ear.idle()
        yield ear


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


# What goes wrong


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

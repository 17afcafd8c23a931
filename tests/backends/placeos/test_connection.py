"""The connection: kept alive, found dead, opened again, and nothing missed by it."""

import asyncio
import logging
from typing import Any

import pytest

from custom_components.room_bookings.backends.backoff import Backoff
from custom_components.room_bookings.backends.placeos import channel
from custom_components.room_bookings.backends.signals import (
    AuthLost,
    Connected,
    Disconnected,
    RoomReports,
    RoomStale,
)
from custom_components.room_bookings.rooms.booking import RoomId
from custom_components.room_bookings.rooms.errors import (
    AnswerLostError,
    BusyTryLaterError,
    RoomError,
    UnreachableError,
)
from custom_components.room_bookings.rooms.state import Availability
from tests.backends.listening import Ear
from tests.simulators.placeos import Room

from .conftest import BUSY, Rig

VARIABLES = 12


async def lose(rig: Rig, how: str) -> None:
    """Lose the connection in some way."""
    match how:
        case "cut":
            rig.sim.disconnect()
        case "closed":
            await rig.sim.close_connections()
        case "hangs":
            rig.sim.half_open()


@pytest.fixture
def watchful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ping often."""
    monkeypatch.setattr(channel, "_PING_EVERY", 0.1)


@pytest.mark.parametrize("how", ["cut", "closed", "hangs"])
async def test_what_happens_during_an_outage_is_known_afterwards(
    rig: Rig, fjord: Room, watchful: None, how: str
) -> None:
    """Everything is bound again; then everybody is told."""
    backend = await rig.ready()
    async with Ear(backend.listen) as ear:
        await ear.until(RoomReports)
        rig.sim.faults.handshakes().times(2).status(502)
        await lose(rig, how)
        await ear.until(Disconnected)
        event = rig.meeting(fjord, "theirs")
        await ear.until(Connected)
        (found,) = await rig.listed(backend, fjord)
        assert found.id == event.id
        await ear.until(RoomReports, 2)
        said = ear.of(RoomReports)[-1].reported
        assert said.availability is Availability.BUSY
        later = rig.meeting(fjord, "later", 60)
        await ear.until(RoomStale, 3)
        assert (await rig.listed(backend, fjord))[1].id == later.id
    kinds = [type(s) for s in ear.of(Connected, Disconnected)]
    assert kinds == [Disconnected, Connected]


async def test_a_frame_that_is_too_large_costs_the_connection_alone(
    rig: Rig, fjord: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And it comes back."""
    monkeypatch.setattr(channel, "_MAX_FRAME", 1_000)
    backend = await rig.ready()
    async with Ear(backend.listen) as ear:
        rig.sim.send("x" * 2_000)
        await ear.until(Connected)
        assert await rig.listed(backend, fjord) == []


async def test_five_megabytes_are_a_frame_like_others(rig: Rig, fjord: Room) -> None:
    """The connection stays."""
    backend = await rig.ready()
    rig.sim.faults.when(cmd="bind", name="bookings").huge()
    rig.meeting(fjord, "theirs")
    assert len(await rig.listed(backend, fjord, urgent=True)) == 1
    assert len(rig.sim.handshakes) == 1


async def test_a_quiet_connection_is_kept(
    rig: Rig, fjord: Room, watchful: None
) -> None:
    """By pings that are answered."""
    backend = await rig.ready()
    async with Ear(backend.listen) as ear:
        await rig.sim.wait_until(lambda: rig.asked("", "ping") >= 5)
        assert not ear.of(Disconnected)
        rig.sim.pongs = False
        await ear.until(Disconnected)


async def test_nothing_is_asked_of_a_lost_connection(rig: Rig, fjord: Room) -> None:
    """And what was known is no listing."""
    rig.meeting(fjord, "theirs")
    backend = await rig.ready()
    (booking,) = await rig.listed(backend, fjord)
    async with Ear(backend.listen) as ear:
        await rig.sim.down()
        await ear.until(Disconnected)
        room_id = RoomId(fjord.id)
        for asking in (
            rig.listed(backend, fjord),
            rig.listed(backend, fjord, urgent=True),
            backend.book([room_id], rig.wish(60, start=rig.clock())),
            backend.end_meeting(room_id, booking),
            backend.rooms(),
        ):
            with pytest.raises(UnreachableError) as lost:
                await asking
            assert not isinstance(lost.value, AnswerLostError)
        await rig.sim.up()
        await ear.until(Connected)
        assert await rig.listed(backend, fjord) == [booking]


@pytest.mark.parametrize("status", [401, 403])
async def test_a_key_that_is_refused_needs_a_person(
    rig: Rig, fjord: Room, status: int
) -> None:
    """Nobody calls again."""
    backend = await rig.ready()
    async with Ear(backend.listen) as ear:
        rig.sim.faults.handshakes().always().status(status)
        rig.sim.disconnect()
        await ear.ended()
        assert isinstance(ear.heard[-1], AuthLost)
    assert len(rig.sim.handshakes) == 2


async def test_another_host_is_no_matter_of_the_key(rig: Rig, fjord: Room) -> None:
    """Somebody works at the server (facts B1)."""
    backend = await rig.ready()
    async with Ear(backend.listen) as ear:
        words = {"error": "authority not found"}
        rig.sim.faults.handshakes().times(2).status(401, words)
        rig.sim.disconnect()
        await ear.until(Connected)
        assert not ear.of(AuthLost)


async def test_the_server_says_how_long_to_wait(
    rig: Rig, fjord: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And is obeyed."""
    waits: list[RoomError | None] = []

    def wait(self: Backoff, error: RoomError | None = None) -> float:
        waits.append(error)
        return 0.01

    monkeypatch.setattr(Backoff, "wait", wait)
    backend = await rig.ready()
    async with Ear(backend.listen) as ear:
        rig.sim.faults.handshakes().status(503, retry_after=30)
        rig.sim.disconnect()
        await ear.until(Connected)
    first, second = waits
    assert first is None
    assert isinstance(second, BusyTryLaterError)
    assert second.retry_after == 30


async def test_closing_is_no_loss(rig: Rig, fjord: Room) -> None:
    """And whoever listens hears no more."""
    backend = await rig.ready()
    async with Ear(backend.listen) as ear:
        await ear.until(RoomReports)
        await backend.close()
        await ear.ended()
        assert not ear.of(Disconnected)
    with pytest.raises(UnreachableError):
        await rig.listed(backend, fjord, urgent=True)
    await backend.close()


async def test_nothing_is_said_of_keys_and_meetings(
    rig: Rig, fjord: Room, caplog: pytest.LogCaptureFixture
) -> None:
    """At no log level."""
    caplog.set_level(logging.DEBUG)
    rig.meeting(fjord, "Secret plans")
    backend = await rig.ready()
    async with Ear(backend.listen) as ear:
        rig.sim.faults.handshakes().status(500)
        rig.sim.disconnect()
        await ear.until(Connected)
        await rig.listed(backend, fjord, urgent=True)
    assert rig.sim.api_key not in caplog.text
    assert "Secret plans" not in caplog.text


async def test_a_thousand_rooms_share_one_connection(rig: Rig) -> None:
    """Bound a few at a time, and a change costs as much as with one."""
    rooms = [rig.sim.add_room(f"Room {n}", settings=BUSY) for n in range(1000)]
    sim: Any = rig.sim
    most = 0
    receive = channel.ControlChannel._ask

    async def counted(self: Any, *args: Any, **more: Any) -> Any:
        nonlocal most
        most = max(most, len(self._questions._pending) + 1)
        return await receive(self, *args, **more)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(channel.ControlChannel, "_ask", counted)
        backend = await rig.ready()
    assert most <= 32
    (session,) = sim.connections
    assert len(session.bindings) == 1000 * VARIABLES
    async with Ear(backend.listen) as ear:
        await ear.until(RoomReports, 1000, seconds=30)
        ear.heard.clear()
        frames = len(rig.sim.frames)
        loop = asyncio.get_running_loop()
        began = loop.time()
        rig.meeting(rooms[500], "theirs")
        room_id = RoomId(rooms[500].id)
        await ear.until(RoomStale(room_id))
        await ear.until(RoomReports)
        assert loop.time() - began < 1
        assert len(await rig.listed(backend, rooms[500])) == 1
        assert len(rig.sim.frames) == frames
        assert {signal.room_id for signal in ear.heard} == {room_id}

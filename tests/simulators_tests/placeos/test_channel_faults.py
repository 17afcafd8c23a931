"""What can go wrong on the simulated control channel."""

import aiohttp
import pytest

from tests.simulators.placeos import GARBAGE, PlaceosSimulator, Room, Settings
from tests.simulators_tests.conftest import Clock

from .client import Client, ExecFailedError, channel
from .conftest import wait_for


async def test_no_answer_to_one_exec(
    sim: PlaceosSimulator, room: Room, client: Client
) -> None:
    """Done or not; the next one is answered."""
    for applied in (True, False):
        fault = sim.faults.when("exec", "book_now").no_answer(applied=applied)
        number = await client.send("exec", room, "book_now", args=[60])
        await client.flush()
        assert not [f for f in client.frames if f.get("id") == number]
        assert (fault.hits, len(room.events)) == (1, int(applied))
        for event in room.events:
            room.cancel(event)
    await client.call(room, "book_now", 60)
    assert sim.frames.number_of(cmd="exec", answered=False) == 2


async def test_apply_then_drop_and_drop(
    sim: PlaceosSimulator, room: Room, session: aiohttp.ClientSession
) -> None:
    """The socket is cut after, or before, the booking was made."""
    for arm, made in (("drop", 0), ("apply_then_drop", 1)):
        getattr(sim.faults.when("exec", "book_now"), arm)()
        async with channel(sim, session) as client:
            await client.send("exec", room, "book_now", args=[60])
            await client.ended()
        assert len(room.events) == made


async def test_ends(
    sim: PlaceosSimulator, room: Room, session: aiohttp.ClientSession
) -> None:
    """Closed with a code, cut in the middle of a frame, cut for all."""
    async with channel(sim, session) as client:
        sim.faults.when("bind").close(1012)
        await client.send("bind", room, "status")
        assert await client.ended() == 1012
    async with channel(sim, session) as client:
        sim.faults.notifications("bookings").cut_mid_frame()
        await client.send("bind", room, "bookings")
        await client.ended()
        assert client.values("bookings") == []
    async with channel(sim, session) as client:
        sim.disconnect()
        await client.ended()
    async with channel(sim, session) as client:
        await sim.close_connections(1001)
        assert await client.ended() == 1001
    await sim.wait_until(lambda: not sim.connections)


async def test_half_open(
    sim: PlaceosSimulator, room: Room, session: aiohttp.ClientSession
) -> None:
    """Nothing comes any more, no pong either, and the socket stays."""
    async with channel(sim, session) as client:
        await client.bind(room, "status")
        await client.flush()
        seen = len(client.frames)
        sim.half_open()
        room.book("Stand-up")
        await client.socket.send_str("ping")
        with pytest.raises(TimeoutError):
            await client.until(lambda _: len(client.frames) > seen, 0.1)
        assert not client.socket.closed
        async with channel(sim, session) as other:
            await other.bind(room, "status")
            await other.flush()
            assert other.values("status") == ["pending"]


async def test_faults_of_a_ping(
    sim: PlaceosSimulator, session: aiohttp.ClientSession
) -> None:
    """No pong to one, closed, cut, half-open from then on."""
    async with channel(sim, session) as client:
        sim.faults.when("ping").no_answer()
        await client.socket.send_str("ping")
        await client.socket.send_str("ping")
        await client.flush()
        assert client.frames == ["pong"]
        sim.faults.when("ping").close(1013)
        await client.socket.send_str("ping")
        assert await client.ended() == 1013
    async with channel(sim, session) as client:
        sim.faults.when("ping").drop()
        await client.socket.send_str("ping")
        await client.ended()
    async with channel(sim, session) as client:
        fault = sim.faults.when("ping").half_open()
        await client.socket.send_str("ping")
        await fault.triggered()
        assert sim.connections[-1].half_open


async def test_one_frame_makes_it_half_open(
    sim: PlaceosSimulator, room: Room, client: Client
) -> None:
    """It is done, and nothing comes any more."""
    fault = sim.faults.when("exec", "book_now").half_open()
    await client.send("exec", room, "book_now", args=[60])
    await fault.triggered()
    assert (len(room.events), client.frames) == (1, [])
    assert sim.connections[0].half_open


async def test_notifications_go_astray(
    sim: PlaceosSimulator, room: Room, client: Client, clock: Clock
) -> None:
    """Dropped, doubled, delayed, overtaken."""
    await client.bind(room, "status", "booked", "in_use")
    await client.flush()
    sim.faults.notifications("status").drop()
    room.book("Stand-up")
    await client.flush()
    assert (client.values("status"), client.values("booked")) == (
        ["free"],
        [False, True],
    )
    sim.faults.notifications("status").duplicate(3)
    room.check_in()
    await client.flush()
    assert client.values("status") == ["free", "busy", "busy", "busy"]
    sim.faults.notifications("status").delay(10)
    sim.faults.notifications("booked").reorder()
    client.frames.clear()
    room.end()
    await client.flush()
    assert [f["meta"]["name"] for f in client.frames] == [
        "in_use",
        "booked",
    ]
    await wait_for(sim, clock, seconds=10)
    await client.flush()
    assert client.values("status") == ["free"]
    sim.faults.notifications("status").disconnect()
    room.book("Review")
    await client.ended()


async def test_answers_go_astray(
    sim: PlaceosSimulator, room: Room, client: Client, clock: Clock
) -> None:
    """Doubled, late, overtaken, refused, pretended."""
    sim.faults.when("exec").duplicate()
    await client.call(room, "checkin")
    sim.faults.when("exec").answer_late(10)
    late = await client.send("exec", room, "checkin")
    sim.faults.when("exec").reorder()
    second = await client.send("exec", room, "checkin")
    third = await client.send("exec", room, "checkin")
    await client.flush()
    await wait_for(sim, clock, seconds=10)
    await client.flush()
    answers = [frame["id"] for frame in client.frames]
    assert answers == [1, 1, third, second, late]
    sim.faults.when("exec", "book_now").error()
    with pytest.raises(ExecFailedError, match="unable to book due to clash"):
        await client.call(room, "book_now", 60)
    sim.faults.when("exec", "checkin").frame({"id": 0, "type": "odd"})
    await client.send("exec", room, "checkin")
    await client.until(lambda frame: frame["id"] == 0)
    sim.faults.when("exec", "poll_events").error(7, "odd", None, applied=True)
    polls = room.driver.polls
    with pytest.raises(ExecFailedError, match="odd"):
        await client.call(room, "poll_events")
    assert room.driver.polls == polls + 1
    sim.faults.when("exec", "book_now").not_applied()
    assert await client.call(room, "book_now", 60) is None
    assert room.events == []


async def test_a_rival(sim: PlaceosSimulator, client: Client) -> None:
    """Somebody else is an instant faster; then the driver refuses (A2)."""
    basic = Settings(disable_end_meeting=True, pending_period=0)
    room = sim.add_room("Gimle", settings=basic)
    for offset, words in (
        (10, "unable to book due to clash"),
        (0, "the room is currently in use"),
    ):
        sim.faults.when("exec", "book_now").rival(minutes=5, offset_minutes=offset)
        with pytest.raises(ExecFailedError, match=words):
            await client.call(room, "book_now", 900)
    assert [event.title for event in room.events] == ["Somebody else"] * 2
    sim.check_invariants()


async def test_latency(sim: PlaceosSimulator, room: Room, client: Client) -> None:
    """What comes later is answered first."""
    sim.faults.when("exec", "checkin").latency(0.05)
    slow = await client.send("exec", room, "checkin")
    await client.call(room, "poll_events")
    assert slow not in [frame["id"] for frame in client.frames]
    await client.until(lambda frame: frame["id"] == slow)


@pytest.mark.parametrize("kind", GARBAGE)
async def test_garbage(
    sim: PlaceosSimulator, room: Room, client: Client, kind: str
) -> None:
    """For an answer and for a notification; the channel goes on."""
    sim.faults.when("bind", "status").garbage(kind, then_real=True)
    sim.faults.notifications("status").garbage(kind)
    await client.bind(room, "status")
    room.book("Stand-up")
    await client.flush()
    assert client.values("status")[-1] == "pending"


async def test_five_megabytes(
    sim: PlaceosSimulator, room: Room, client: Client
) -> None:
    """A true frame with very much in it."""
    sim.faults.notifications("status").huge()
    await client.bind(room, "status")
    frame = await client.until(lambda frame: frame.get("type") == "notify")
    assert (frame["value"], len(frame["padding"])) == ("free", 5_000_000)


async def test_a_module_restarts(
    sim: PlaceosSimulator, room: Room, client: Client, clock: Clock
) -> None:
    """Values vanish, execs fail, values return (by the exec's own fault, too)."""
    room.book("Stand-up")
    await client.bind(room, "status", "bookings")
    await client.flush()
    sim.faults.when("exec", "checkin").restart(3)
    with pytest.raises(ExecFailedError) as caught:
        await client.call(room, "checkin")
    assert caught.value.error_code == 7
    assert client.values("status") == ["pending", None]
    await wait_for(sim, clock, seconds=3)
    await client.flush()
    assert client.values("status") == ["pending", None, "pending"]
    assert [len(value or ()) for value in client.values("bookings")] == [1, 0, 1]

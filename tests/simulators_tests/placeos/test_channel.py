"""The simulated control channel against facts/placeos.md, B3."""

from datetime import timedelta
import json
from typing import Any

import aiohttp
import pytest

from tests.simulators.placeos import (
    Display,
    OccupiedError,
    Permission,
    PlaceosSimulator,
    Room,
)
from tests.simulators_tests.conftest import Clock

from .client import API, Client, channel
from .conftest import wait_for


async def test_bind_tells_the_value_and_each_change(room: Room, client: Client) -> None:
    """Frames as in B3, literally."""
    meta = {"sys": room.id, "mod": "Bookings", "index": 1, "name": "status"}
    await client.send("bind", room, "status", index=1)
    await client.flush()
    assert client.frames[:2] == [
        {"id": 1, "type": "success", "meta": meta},
        {"id": 1, "type": "notify", "value": "free", "meta": meta},
    ]
    room.book("Stand-up")
    room.check_in()
    await client.flush()
    assert client.values("status") == ["free", "pending", "busy"]


async def test_a_second_bind_is_silent(room: Room, client: Client) -> None:
    """Success, but no fresh value; after unbind there is one (B3)."""
    await client.bind(room, "status", "status")
    await client.flush()
    assert client.values("status") == ["free"]
    frame = await client.ask("unbind", room, "status")
    assert frame == {"id": frame["id"], "type": "success"}
    room.book("Stand-up")
    await client.flush()
    assert client.values("status") == ["free"]
    await client.bind(room, "status")
    await client.flush()
    assert client.values("status") == ["free", "pending"]


async def test_what_is_missing_binds_in_silence(
    sim: PlaceosSimulator, room: Room, client: Client
) -> None:
    """System, module, index or variable (B3); a module that comes later speaks."""
    for target, name, more in (
        ("sys-none", "status", {}),
        (room, "nothing", {}),
        (room, "status", {"index": 2}),
        (room, "power", {"mod": "Projector"}),
    ):
        frame = await client.ask("bind", target, name, **more)
        assert frame["type"] == "success"
    await client.flush()
    assert not [f for f in client.frames if isinstance(f, dict) and "value" in f]
    projector = Display("mod-p", "Projector")
    sim.add_module(room.system, projector)
    projector.publish("power", True)
    await client.flush()
    assert client.values("power") == [True]


async def test_protected_modules_need_support(
    sim: PlaceosSimulator, room: Room, client: Client
) -> None:
    """Error 2 (B3)."""
    frame = await client.ask("bind", room, "state", mod="_TRIGGER_")
    assert (frame["type"], frame["error_code"]) == ("error", 2)
    frame = await client.ask("exec", room, "raw", mod="Display", args=["x"])
    assert frame["error_code"] == 2
    sim.key.permission = Permission.SUPPORT
    assert await client.ask("exec", room, "raw", mod="Display", args=["x"]) == {
        "id": 3,
        "type": "success",
        "value": "x",
        "meta": {"sys": room.id, "mod": "Display", "index": 1, "name": "raw"},
        "code": 200,
    }


async def test_exec(room: Room, client: Client) -> None:
    """A value, null, or the driver's words with its code (B3)."""
    event = await client.call(room, "book_now", 1800, "Ad-hoc", None)
    assert (event["title"], event["event_end"] - event["event_start"]) == (
        "Ad-hoc",
        1800,
    )
    assert await client.call(room, "checkin") is None
    frame = await client.ask("exec", room, "book_now", args=[60])
    assert frame == {
        "id": 3,
        "type": "error",
        "error_code": 3,
        "msg": "module raised: the room is currently in use (Exception)",
        "code": 500,
    }


async def test_exec_on_what_is_missing(
    sim: PlaceosSimulator, room: Room, client: Client
) -> None:
    """Function 1, module, index and system 6 (or as the knob says)."""
    for target, name, more, code in (
        (room, "extend", {}, 1),
        (room, "checkin", {"index": 2}, 6),
        (room, "checkin", {"index": 0}, 6),
        (room, "checkin", {"mod": "Nothing"}, 6),
        ("sys-none", "checkin", {}, 6),
    ):
        frame = await client.ask("exec", target, name, **more)
        assert (frame["error_code"], "code" in frame) == (code, False)
    sim.unknown_system_code = 5
    assert (await client.ask("exec", "sys-none", "checkin"))["error_code"] == 5


@pytest.mark.parametrize(
    "change",
    [
        {"extra": 1},
        {"id": "7"},
        {"id": 1.5},
        {"id": True},
        {"id": 1 << 63},
        {"cmd": "listen"},
        {"cmd": None},
        {"sys": None},
        {"name": 3},
        {"index": "1"},
        {"args": {"period": 1}},
    ],
)
async def test_a_frame_that_is_not_strict_gets_no_answer(
    sim: PlaceosSimulator, room: Room, client: Client, change: dict[str, Any]
) -> None:
    """Not even an error (B3)."""
    good = {
        "id": 7,
        "cmd": "exec",
        "sys": room.id,
        "mod": "Bookings",
        "name": "checkin",
    }
    await client.socket.send_json({**good, **change})
    await client.flush()
    assert client.frames == []
    assert [entry.cmd for entry in sim.frames] == ["", "unbind"]


async def test_nonsense_gets_no_answer(client: Client) -> None:
    """Nor does what is not JSON, not an object, or binary."""
    for text in ("", "{", "[]", "null", "PING", "[" * 100_000):
        await client.socket.send_str(text)
    await client.socket.send_bytes(b"ping")
    await client.flush()
    assert client.frames == []


async def test_pongs(sim: PlaceosSimulator, client: Client, clock: Clock) -> None:
    """One for each ping, and one every 80 s of its own accord (B3)."""
    for seconds, pongs in ((0, 0), (79, 0), (1, 1), (79, 1), (1, 2)):
        await wait_for(sim, clock, seconds=seconds)
        await client.flush()
        assert client.frames == ["pong"] * pongs
    await client.socket.send_str("ping")
    await client.flush()
    assert client.frames == ["pong"] * 3
    sim.pongs = False
    await client.socket.send_str("ping")
    await wait_for(sim, clock, seconds=80)
    await client.flush()
    assert client.frames == ["pong"] * 3
    assert [e.answered for e in sim.frames.of(cmd="ping")] == [True, False]


async def test_values_as_strings_of_json(
    sim: PlaceosSimulator, room: Room, client: Client
) -> None:
    """As the docs have it, for everyone or by a fault (B3)."""
    sim.values = "encoded"
    sim.faults.notifications("bookings").raw()
    await client.bind(room, "status", "booked", "bookings", "current_booking")
    await client.flush()
    found = {
        name: client.values(name)[0]
        for name in ("status", "booked", "bookings", "current_booking")
    }
    assert found == {
        "status": '"free"',
        "booked": "false",
        "bookings": [],
        "current_booking": "null",
    }
    assert json.loads(await client.call(room, "book_now", 60))["host"]
    sim.values = "raw"
    sim.faults.notifications("booked").encoded()
    room.end()
    await client.flush()
    assert client.values("booked")[-1] == "false"


async def test_an_answer_may_come_after_its_notifications(
    sim: PlaceosSimulator, room: Room, client: Client
) -> None:
    """`answer_first` off (B3: notify may precede success)."""
    sim.answer_first = False
    await client.bind(room, "status")
    assert [frame["type"] for frame in client.frames] == ["notify", "success"]


async def test_debug(room: Room, client: Client) -> None:
    """Log lines of a module by its id, until ignore (B3)."""
    module = room.driver.id
    assert (await client.ask("debug", room, "x", mod=module))["type"] == "success"
    await client.call(room, "start_meeting", 1)
    await client.ask("ignore", room, "x", mod=module)
    await client.call(room, "start_meeting", 1)
    await client.flush()
    (line,) = [
        f for f in client.frames if isinstance(f, dict) and f.get("type") == "debug"
    ]
    assert (line["mod"], line["level"]) == (module, "Warn")


async def test_handshakes(
    sim: PlaceosSimulator, session: aiohttp.ClientSession
) -> None:
    """A key without control.write is 403, none is 401; the fixed device's query goes."""
    url = f"{sim.url}{API}/systems/control"
    for headers, scopes, status in (
        ({}, ["public"], 401),
        ({"X-API-Key": "a.b"}, ["public"], 401),
        ({"X-API-Key": sim.api_key}, ["systems.read", "control.read"], 403),
    ):
        sim.key.scopes = scopes
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await session.ws_connect(url, headers=headers)
        assert caught.value.status == status
    sim.key.scopes = ["control"]
    socket = await session.ws_connect(f"{url}?fixed_device=true&api-key={sim.api_key}")
    await socket.close()
    assert [entry.status for entry in sim.handshakes] == [401, 401, 403, 101]
    assert sim.requests == []


async def test_refused_upgrades(
    sim: PlaceosSimulator, session: aiohttp.ClientSession
) -> None:
    """401, 403, 502, 503, a cut, and silence."""
    for status in (401, 403, 502, 503):
        sim.faults.handshakes().status(status, retry_after=1)
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            async with channel(sim, session):
                pass
        assert caught.value.status == status
        assert caught.value.headers is not None
        assert caught.value.headers["Retry-After"] == "1"
    sim.faults.handshakes().times(2).drop()  # aiohttp itself tries a second time
    with pytest.raises(aiohttp.ClientError):
        async with channel(sim, session):
            pass
    assert sim.handshakes[-1].status == 0
    sim.faults.clear()
    async with channel(sim, session) as client:
        await client.flush()


async def test_a_revoked_key_ends_channels_only_where_told(
    sim: PlaceosSimulator, room: Room, session: aiohttp.ClientSession
) -> None:
    """And opens none any more."""
    async with channel(sim, session) as client:
        sim.revoke()
        await client.call(room, "checkin")
        with pytest.raises(aiohttp.WSServerHandshakeError):
            async with channel(sim, session):
                pass
        sim.revoke(cut=True)
        await client.ended()


async def test_people_elsewhere(room: Room, client: Client, clock: Clock) -> None:
    """Book, move, cancel; a slot that is taken is refused unless they insist."""
    await client.bind(room, "bookings")
    event = room.book("Stand-up", minutes=30)
    with pytest.raises(OccupiedError):
        room.book("Rival", clock() + timedelta(minutes=10))
    event = room.move(event, clock() + timedelta(hours=1))
    room.cancel(room.move(event, minutes=60, title="Stand-down"))
    await client.flush()
    assert [
        [
            (record["title"], record["event_end"] - record["event_start"])
            for record in each
        ]
        for each in client.values("bookings")
    ] == [
        [],
        [("Stand-up", 1800)],
        [("Stand-up", 1800)],
        [("Stand-down", 3600)],
        [],
    ]


async def test_the_invariant(sim: PlaceosSimulator, room: Room, clock: Clock) -> None:
    """Touching is no overlap; overlapping is said."""
    room.book("One", minutes=30)
    room.book("Two", clock() + timedelta(minutes=30))
    sim.check_invariants()
    room.book("Three", clock() + timedelta(minutes=10), 5, overlap=True)
    with pytest.raises(AssertionError, match="booked twice"):
        sim.check_invariants()
    assert [(a.title, b.title) for a, b in sim.overlaps()] == [("One", "Three")]


async def test_many_rooms(sim: PlaceosSimulator, client: Client) -> None:
    """A change reaches who is bound to that room, and the work does not grow."""
    rooms = [sim.add_room(f"Room {number}") for number in range(300)]
    for each in rooms:
        await client.send("bind", each, "status")
    await client.flush()
    client.frames.clear()
    rooms[7].book("Stand-up")
    await client.flush()
    assert [f["meta"]["sys"] for f in client.frames] == [rooms[7].id]


async def test_time_passes_by_itself(socket_enabled: None) -> None:
    """With `ticking`, a module that restarts comes back."""
    async with (
        PlaceosSimulator(ticking=True) as sim,
        aiohttp.ClientSession() as session,
        channel(sim, session) as client,
    ):
        room = sim.add_room("Fjord")
        await client.bind(room, "status")
        room.driver.restart(0.05)
        await client.until(lambda _: client.values("status") == ["free", None, "free"])

"""Finding the server, proving the key, and which systems are rooms."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from custom_components.room_bookings.backends.placeos import rest
from custom_components.room_bookings.backends.placeos.address import PlaceosAddress
from custom_components.room_bookings.rooms.errors import (
    AuthFailedError,
    BusyTryLaterError,
    PermissionDeniedError,
    RoomError,
    UnreachableError,
)
from custom_components.room_bookings.rooms.room import Verb
from custom_components.room_bookings.rooms.state import CheckInRules
from tests.backends.raw_server import raw_server
from tests.simulators.placeos import BODIES, PlaceosSimulator, Room, Settings

from .conftest import BUSY, Rig

MINUTE = timedelta(minutes=1)
A_YEAR = timedelta(days=366)


def test_an_address_shows_no_key() -> None:
    """Wherever it is printed."""
    address = PlaceosAddress(url="https://placeos.example.com/a/", api_key="id.secret")
    assert "secret" not in repr(address)
    assert str(address.authority()) == "https://placeos.example.com/a/auth/authority"
    assert address.channel() == (
        "wss://placeos.example.com/a/api/engine/v2/systems/control"
    )


@pytest.mark.parametrize("url", ["", "placeos.example.com", "ftp://a", "http://[", "https://u:p@a"])  # fmt: skip
async def test_what_is_no_address_is_out_of_reach(rig: Rig, url: str) -> None:
    """And nothing is sent."""
    with pytest.raises(UnreachableError):
        await rig.backend(url=url).connect()


async def test_connecting_proves_the_host_and_the_key(rig: Rig) -> None:
    """And tells which authority it is."""
    backend = rig.backend()
    await backend.connect()
    assert backend.authority == rig.sim.authority_id
    assert [h.status for h in rig.sim.handshakes] == [101]
    assert not rig.sim.requests[0].key


@pytest.mark.parametrize("traits", [{"tls": True}])
async def test_a_certificate_is_verified_unless_told_not_to(rig: Rig) -> None:
    """At both doors."""
    with pytest.raises(UnreachableError):
        await rig.backend().connect()
    assert not rig.sim.requests
    await rig.backend(verify_ssl=False).connect()


@pytest.mark.parametrize("traits", [{"domain": "placeos.example.com"}])
@pytest.mark.parametrize("checks", [True, False])
async def test_an_address_of_another_host_is_out_of_reach(
    rig: Rig, checks: bool
) -> None:
    """Whether the server says so or only names its own; the key is not shown."""
    rig.sim.checks_host = checks
    with pytest.raises(UnreachableError, match="authority"):
        await rig.backend().connect()
    assert all(not request.key for request in rig.sim.requests)


@pytest.mark.parametrize("key", ["", "nobody.knows", "ü.\n"])
async def test_a_wrong_key_is_refused(rig: Rig, key: str) -> None:
    """Whatever it is."""
    with pytest.raises(AuthFailedError):
        await rig.backend(api_key=key).connect()


@pytest.mark.parametrize(
    ("scopes", "missing"),
    [
        (["control"], "systems.read"),
        (["systems.write", "control"], "systems.read"),
        (["systems.read"], "control.read"),
        (["systems.read", "control.read"], "control.write"),
    ],
)
async def test_a_key_that_may_too_little_is_told_so(
    rig: Rig, scopes: list[str], missing: str
) -> None:
    """By the scope that it lacks."""
    rig.sim.key.scopes = scopes
    with pytest.raises(PermissionDeniedError) as denied:
        await rig.backend().connect()
    assert denied.value.missing == missing
    assert not isinstance(denied.value, AuthFailedError)


async def test_a_key_of_a_panel_is_enough(rig: Rig, fjord: Room) -> None:
    """Which has these scopes (facts B1)."""
    rig.sim.key.scopes = ["users.read", "systems.read", "control"]
    backend = await rig.ready()
    assert await rig.listed(backend, fjord) == []


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, AuthFailedError), (403, PermissionDeniedError), (503, BusyTryLaterError), (500, UnreachableError)],
)  # fmt: skip
async def test_a_refused_channel_is_typed(
    rig: Rig, status: int, error: type[RoomError]
) -> None:
    """Like everything else."""
    rig.sim.faults.handshakes().status(status, retry_after=7)
    with pytest.raises(error) as refused:
        await rig.backend().connect()
    if isinstance(refused.value, BusyTryLaterError):
        assert refused.value.retry_after == 7


async def test_only_systems_with_bookings_are_rooms(rig: Rig) -> None:
    """By their own names."""
    rig.sim.add_system("Lobby screens")
    room = rig.sim.add_room("F1", capacity=6, display_name="Fjord")
    backend = rig.backend()
    await backend.connect()
    (found,) = await backend.rooms()
    assert (found.id, found.name, found.capacity) == (room.id, "Fjord", 6)
    assert found.verbs == {Verb.BOOK, Verb.END_MEETING, Verb.CHECK_IN}


@pytest.mark.parametrize("elasticsearch", [False, True])
@pytest.mark.parametrize("number", [0, 3, 4, 7])
async def test_systems_come_in_pages(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, number: int, elasticsearch: bool
) -> None:
    """None is left out, also by servers whose Link skips one."""
    monkeypatch.setattr(rest, "_PAGE", 2)
    rig.sim.elasticsearch = elasticsearch
    rooms = [rig.sim.add_room(f"Room {n}", settings=BUSY) for n in range(number)]
    backend = rig.backend()
    await backend.connect()
    assert [r.id for r in await backend.rooms()] == [room.id for room in rooms]


async def test_modules_are_asked_for_once(rig: Rig, fjord: Room) -> None:
    """And again when a system has others."""
    path = f"/place/api/engine/v2/systems/{fjord.id}/types"
    backend = await rig.ready()
    await backend.rooms()
    assert rig.sim.requests.number_of(path=path) == 1
    fjord.system.modules.pop(0)
    await backend.rooms()
    assert rig.sim.requests.number_of(path=path) == 2


async def test_a_system_that_cannot_be_looked_into_costs_itself(rig: Rig) -> None:
    """And comes when it can."""
    rooms = [rig.sim.add_room(f"Room {n}", settings=BUSY) for n in range(3)]
    rig.sim.faults.http(f"*/{rooms[1].id}/types").status(500)
    backend = rig.backend()
    await backend.connect()
    assert [r.id for r in await backend.rooms()] == [rooms[0].id, rooms[2].id]
    assert len(await backend.rooms()) == 3


@pytest.mark.parametrize(
    ("status", "error"), [(401, AuthFailedError), (403, PermissionDeniedError), (429, BusyTryLaterError)]
)  # fmt: skip
async def test_what_is_wrong_with_all_systems_is_no_listing(
    rig: Rig, fjord: Room, status: int, error: type[RoomError]
) -> None:
    """Rooms go only when a full listing says so."""
    backend = rig.backend()
    await backend.connect()
    rig.sim.faults.http("*/types").status(status)
    with pytest.raises(error):
        await backend.rooms()


async def test_rooms_come_and_go(rig: Rig, fjord: Room) -> None:
    """And what is gone is bound no more."""
    backend = await rig.ready()
    other = rig.sim.add_room("Delta")
    assert [r.id for r in await backend.rooms()] == [fjord.id, other.id]
    rig.sim.remove(fjord)
    assert [r.id for r in await backend.rooms()] == [other.id]
    (session,) = rig.sim.connections
    assert {variable[0] for variable in session.bindings} == {other.id}
    with pytest.raises(RoomError):
        await rig.listed(backend, fjord)


@pytest.mark.parametrize("kind", sorted(BODIES))
async def test_any_answer_is_a_listing_or_an_error(
    rig: Rig, fjord: Room, kind: str
) -> None:
    """At every path that is asked."""
    for path in ("/auth/authority", "/inspect", "/systems", "/types"):
        fault = rig.sim.faults.http(f"*{path}").garbage(kind)
        backend = rig.backend()
        try:
            await backend.connect()
            await backend.rooms()
        except RoomError:
            pass
        assert fault.hits


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200", b"\xff\xfe\n\n", b"HTTP/1.1 101 x\r\n\r\n"])  # fmt: skip
async def test_a_server_that_speaks_no_http_is_out_of_reach(
    rig: Rig, answer: bytes, socket_enabled: None
) -> None:
    """As is one that hangs up."""
    async with raw_server(answer) as server:
        with pytest.raises(UnreachableError):
            await rig.backend(url=server.url).connect()


@pytest.mark.parametrize(
    ("settings", "rules"),
    [
        (
            Settings(),
            CheckInRules(before=5 * MINUTE, window=A_YEAR, gives_up=5 * MINUTE),
        ),
        (BUSY, None),
        (
            Settings(disable_end_meeting=True, pending_period=0, pending_before=3),
            CheckInRules(before=3 * MINUTE, window=0 * MINUTE),
        ),
        (
            Settings(disable_end_meeting=True, pending_period=7, pending_before=0),
            CheckInRules(before=0 * MINUTE, window=A_YEAR, gives_up=7 * MINUTE),
        ),
    ],
)
async def test_the_server_says_how_people_check_in(
    rig: Rig, settings: Settings, rules: CheckInRules | None
) -> None:
    """The driver never gives up a meeting by itself (facts A1.1, A1.2)."""
    rig.sim.add_room("Fjord", settings=settings)
    backend = rig.backend()
    await backend.connect()
    (room,) = await backend.rooms()
    assert room.check_in == rules
    assert (Verb.CHECK_IN in room.verbs) is (rules is not None)


async def test_a_module_that_does_not_run_holds_up_nobody(
    sim: PlaceosSimulator, rig: Rig, fjord: Room
) -> None:
    """It is a room of which nothing is known."""
    sim.add_room("Delta", settings=BUSY).driver.stop()
    async with asyncio.timeout(3):
        backend = await rig.ready()
    assert await rig.listed(backend, fjord) == []


async def test_a_refused_bind_costs_that_variable(
    rig: Rig, fjord: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not the room, let alone the others."""
    rig.sim.faults.when(cmd="bind", name="presence").always().error(2, "no")
    event = rig.meeting(fjord, "theirs")
    backend: Any = await rig.ready()
    (found,) = await rig.listed(backend, fjord)
    assert found.id == event.id

"""Requests: credentials, addresses, bytes that are no answer, and patience."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.room_bookings.backends.roomz.address import RoomzAddress
from custom_components.room_bookings.backends.roomz.backend import RoomzBackend
from custom_components.room_bookings.backends.roomz.client import MAX_BODY, RoomzClient
from custom_components.room_bookings.backends.roomz.turns import AT_ONCE, Turns
from custom_components.room_bookings.rooms.errors import (
    AuthFailedError,
    BusyTryLaterError,
    NotFoundError,
    PermissionDeniedError,
    RejectedError,
    RoomError,
    UnreachableError,
)
from tests.backends.raw_server import http, raw_server
from tests.simulators.roomz import SimRoom

from .conftest import Rig


async def test_the_right_user_gets_in(rig: Rig) -> None:
    """And nobody else; also with signs that are none of HTTP's."""
    rig.sim.username, rig.sim.password = "Jürg", "ä:ö ü\n☃"
    await rig.backend().connect()
    for changes in ({"username": "x"}, {"password": ""}, {"username": "a:b"}):
        with pytest.raises(AuthFailedError):
            await rig.backend(**changes).connect()
    assert "☃" not in repr(rig.address())


@pytest.mark.parametrize("end", ["", "/", "//", "/?x=1", "#y"])
async def test_an_address_may_end_in_any_way(rig: Rig, end: str) -> None:
    """Its path is kept, its query is not."""
    await rig.backend(url=rig.sim.url + end).connect()
    assert rig.sim.requests[-1].path == "/rooms"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "http://",
        "ftp://127.0.0.1/",
        "http://[",
        "http://127.0.0.1:99999",
        "http://rooms.invalid./",
        "http://127.0.0.1:1",
        "http://a..b/",
    ],
)
async def test_an_address_of_nobody_is_unreachable(rig: Rig, url: str) -> None:
    """For reading and for writing: nothing was done."""
    backend = rig.backend(url=url)
    with pytest.raises(UnreachableError) as caught:
        await backend.connect()
    assert type(caught.value) is UnreachableError


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, RejectedError),
        (401, AuthFailedError),
        (403, PermissionDeniedError),
        (404, NotFoundError),
        (429, BusyTryLaterError),
        (500, UnreachableError),
        (503, UnreachableError),
        (302, UnreachableError),
        (204, UnreachableError),
        (206, UnreachableError),
        (299, UnreachableError),
    ],
)
async def test_every_status_has_a_meaning(
    rig: Rig, backend: RoomzBackend, fjord: SimRoom, status: int, error: type[RoomError]
) -> None:
    """A list comes with 200 alone."""
    for call, ask in (("rooms", backend.rooms), ("meetings", rig.listed)):
        body = b"" if status == 204 else b"[]"
        rig.sim.faults.when(call=call).status(status, body=body)
        with pytest.raises(error) as caught:
            await (ask() if call == "rooms" else rig.listed(backend, fjord))
        assert type(caught.value) is error


@pytest.mark.parametrize(
    ("effect", "arguments"),
    [
        ("html", {}),
        ("empty", {}),
        ("garbage", {}),
        ("huge", {"size": MAX_BODY}),
        ("truncated", {}),
        ("wrapped", {}),
        ("typed", {"content_type": "text/plain"}),
        ("typed", {"content_type": "text/html"}),
        ("redirect", {"location": "https://elsewhere.example.com/"}),
        ("answer", {"body": "[" * 100_000}),
        ("answer", {"body": "[NaN]"}),
        ("answer", {"body": '["\\ud800"'}),
    ],
)
async def test_what_is_no_list_is_unreachable(
    rig: Rig,
    backend: RoomzBackend,
    fjord: SimRoom,
    effect: str,
    arguments: dict[str, Any],
) -> None:
    """And the next one is read as ever."""
    rig.meeting(fjord, "one")
    for call in ("rooms", "meetings"):
        getattr(rig.sim.faults.when(call=call), effect)(**arguments)
    with pytest.raises(UnreachableError):
        await backend.rooms()
    with pytest.raises(UnreachableError):
        await rig.listed(backend, fjord)
    assert len(await backend.rooms()) == 1
    assert len(await rig.listed(backend, fjord)) == 1


@pytest.mark.parametrize(
    "kind",
    [None, "application/json; charset=utf-8", "text/json", "APPLICATION/HAL+JSON"],
)
async def test_json_has_many_names(
    rig: Rig, backend: RoomzBackend, kind: str | None
) -> None:
    """Or none (assumption `json_types`)."""
    rig.sim.faults.when().typed(kind)
    assert len(await backend.rooms()) == 1


async def test_credentials_stay_with_their_server(rig: Rig, fjord: SimRoom) -> None:
    """A redirect is not followed."""
    async with raw_server(http(b"[]")) as other:
        rig.sim.faults.when(call="rooms").redirect(f"{other.url}/rooms")
        with pytest.raises(UnreachableError):
            await rig.backend().rooms()
        assert not other.requests


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.binary(max_size=200) | st.binary(max_size=100).map(http))
async def test_any_bytes_end_in_rooms_or_an_error(rig: Rig, answer: bytes) -> None:
    """HTTP or not."""
    async with raw_server(answer) as server:
        backend = rig.backend(url=server.url)
        try:
            assert await backend.rooms() == []
        except RoomError:
            return


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("7", 7.0),
        (" 7 ", 7.0),
        ("0", 0.0),
        ("9" * 19, 86_400.0),
        ("9" * 400, None),
        ("-1", None),
        ("soon", None),
        ("", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("Wed, 21 Oct 2015 07:28:00", None),
    ],
)
async def test_patience_is_in_seconds(
    rig: Rig, backend: RoomzBackend, said: str, meant: float | None
) -> None:
    """Or up to a date; never for more than a day."""
    rig.sim.faults.when().status(429, retry_after=said)
    with pytest.raises(BusyTryLaterError) as caught:
        await backend.rooms()
    assert caught.value.retry_after == meant


async def test_patience_may_end_at_a_date(rig: Rig, backend: RoomzBackend) -> None:
    """By this machine's clock."""
    date = format_datetime(datetime.now(UTC) + timedelta(minutes=2), usegmt=True)
    rig.sim.faults.when().status(503, retry_after=date)
    with pytest.raises(BusyTryLaterError) as caught:
        await backend.rooms()
    assert caught.value.retry_after is not None
    assert 110 < caught.value.retry_after <= 120


async def test_nothing_is_asked_while_the_system_wants_patience(
    rig: Rig, backend: RoomzBackend, fjord: SimRoom
) -> None:
    """Who would wait for long hears of it at once; a short pause is waited for."""
    rig.sim.faults.when(call="rooms").status(429, retry_after=1)
    with pytest.raises(BusyTryLaterError):
        await backend.rooms()
    began = asyncio.get_running_loop().time()
    await rig.listed(backend, fjord)
    assert asyncio.get_running_loop().time() - began > 0.9
    rig.sim.faults.when(call="rooms").status(503, retry_after=600)
    with pytest.raises(BusyTryLaterError):
        await backend.rooms()
    asked = len(rig.sim.requests)
    with pytest.raises(BusyTryLaterError) as caught:
        await rig.listed(backend, fjord, urgent=True)
    assert caught.value.retry_after is not None
    assert 590 < caught.value.retry_after <= 600
    assert len(rig.sim.requests) == asked


async def test_only_so_many_requests_run_at_once(rig: Rig) -> None:
    """However many rooms there are."""
    rooms = [rig.sim.add_room(f"Room {n}") for n in range(20)]
    rig.sim.faults.when().always().latency(0.05)
    backend = rig.backend()
    await asyncio.gather(*(rig.listed(backend, room) for room in rooms))
    assert rig.sim.counters.most_at_once == AT_ONCE - 1
    await asyncio.gather(*(rig.listed(backend, room, urgent=True) for room in rooms))
    assert rig.sim.counters.most_at_once == AT_ONCE


async def test_a_person_does_not_wait_for_rooms_that_hang(rig: Rig) -> None:
    """There is a place for who is urgent."""
    rooms = [rig.sim.add_room(f"Room {n}") for n in range(10)]
    rig.sim.faults.when(call="meetings").always().silence()
    backend = rig.backend()
    hanging = [asyncio.ensure_future(rig.listed(backend, room)) for room in rooms]
    async with asyncio.timeout(5):
        made = await backend.book([(await backend.rooms())[0].id], rig.wish())
    assert made is not None
    for task in hanging:
        task.cancel()
    await asyncio.gather(*hanging, return_exceptions=True)


async def test_after_closing_nothing_is_sent(rig: Rig, backend: RoomzBackend) -> None:
    """Who waits for a turn hears of it."""
    await backend.close()
    with pytest.raises(UnreachableError):
        await backend.rooms()
    assert not rig.sim.requests


# Turns


async def test_urgent_turns_come_first() -> None:
    """In order among themselves."""
    turns, order = Turns(at_once=1), []
    release = asyncio.Event()

    async def take(name: str, *, urgent: bool) -> None:
        async with turns.turn(urgent=urgent):
            order.append(name)
            await release.wait()

    tasks = [asyncio.ensure_future(take("first", urgent=True))]
    await asyncio.sleep(0)
    tasks += [
        asyncio.ensure_future(take(name, urgent=True)) for name in ("second", "third")
    ]
    await asyncio.sleep(0)
    release.set()
    await asyncio.gather(*tasks)
    assert order == ["first", "second", "third"]


async def test_a_turn_that_nobody_wants_any_more_is_given_to_the_next() -> None:
    """Also one that was given in the very moment."""
    turns = Turns(at_once=2)

    async def hold() -> None:
        async with turns.turn():
            await asyncio.Event().wait()

    holding, waiting, next_one = (asyncio.ensure_future(hold()) for _ in range(3))
    await asyncio.sleep(0)
    holding.cancel()
    await asyncio.gather(holding, return_exceptions=True)
    waiting.cancel()
    next_one.cancel()
    await asyncio.gather(waiting, next_one, return_exceptions=True)
    async with asyncio.timeout(1):
        async with turns.turn():
            pass


async def test_who_waits_for_a_turn_hears_of_a_long_pause_and_of_the_end() -> None:
    """At once."""
    turns = Turns(at_once=2)

    async def take() -> None:
        async with turns.turn():
            pass

    turns.pause(5)
    waiting = [asyncio.ensure_future(take()) for _ in range(2)]
    await asyncio.sleep(0)
    turns.pause(100)
    for error in await asyncio.gather(*waiting, return_exceptions=True):
        assert isinstance(error, BusyTryLaterError)
        assert error.retry_after == 100
    turns.close()
    turns = Turns(at_once=2)
    turns.pause(5)
    last = asyncio.ensure_future(take())
    await asyncio.sleep(0)
    turns.close()
    with pytest.raises(UnreachableError):
        await last


async def test_an_address_is_what_is_stored(rig: Rig) -> None:
    """Without its password in any repr."""
    address = RoomzAddress.of(
        {"url": "https://x.example.com", "username": "u", "password": "pw-secret"}
        | {"verify_ssl": False, "system": "roomz"}
    )
    assert not address.verify_ssl
    assert "pw-secret" not in repr(address)
    assert "pw-secret" not in repr(RoomzClient(rig.session, address))

"""The way to the cloud: what breaks there, and what comes back."""

import asyncio
from datetime import UTC, datetime
import gzip

import aiohttp
import pytest

from custom_components.room_bookings.backends.xapi.cloud import client as module
from custom_components.room_bookings.backends.xapi.cloud.client import (
    MAX_BODY,
    CloudClient,
)
from custom_components.room_bookings.rooms.errors import (
    AnswerLostError,
    UnreachableError,
)
from tests.backends.raw_server import http, raw_server
from tests.backends.xapi.conftest import Rig
from tests.simulators.xapi import Device

from .asking import book, list_bookings

# The way there


async def test_a_refused_connection_did_nothing(rig: Rig, phone: Device) -> None:
    """Neither reading nor writing."""
    client = rig.client()
    await list_bookings(client, phone)
    await rig.sim.down(refuse=True)
    for ask in (client.status(phone.id, "a"), book(client, phone)):
        with pytest.raises(UnreachableError) as unreachable:
            await ask
        assert type(unreachable.value) is UnreachableError
    await rig.sim.up()


async def test_a_connection_that_does_not_come_about_did_nothing(
    rig: Rig, phone: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Time ran out before anything was sent."""

    async def hang(*_: object, **__: object) -> None:
        await asyncio.sleep(5)

    client = rig.client()
    await list_bookings(client, phone)
    async with aiohttp.ClientSession() as session:
        monkeypatch.setattr(module, "_CONNECT_TIMEOUT", 0.05)
        monkeypatch.setattr(session.connector, "_resolve_host", hang)
        client._session = session
        with pytest.raises(UnreachableError) as unreachable:
            await book(client, phone)
    assert type(unreachable.value) is UnreachableError


@pytest.mark.parametrize("effect", ["drop", "drop_answer"])
async def test_a_cut_connection_leaves_open_whether_it_was_done(
    rig: Rig, client: CloudClient, phone: Device, effect: str
) -> None:
    """A command is not repeated by anybody on the way."""
    fault = getattr(rig.sim.faults.when(command="Bookings.Book"), effect)()
    with pytest.raises(AnswerLostError):
        await book(client, phone)
    assert fault.hits == 1
    assert rig.asked(command="Bookings.Book") == 1


async def test_a_cut_connection_while_reading_is_no_lost_answer(
    rig: Rig, client: CloudClient, phone: Device
) -> None:
    """Nothing was done; aiohttp asks again once by itself."""
    fault = rig.sim.faults.when(path="/v1/xapi/status").times(3).drop()
    with pytest.raises(UnreachableError) as unreachable:
        await client.status(phone.id, "Bookings.*")
    assert type(unreachable.value) is UnreachableError
    assert fault.hits == 2


async def test_a_poll_that_is_cut_off_is_not_repeated_in_silence(
    rig: Rig, client: CloudClient
) -> None:
    """What it was about to bring is lost, and whoever polls must know."""
    await client.enable_queue()
    rig.sim.push_message({"type": "lost"})
    fault = rig.sim.faults.poll().drop_answer()
    with pytest.raises(UnreachableError):
        await client.poll(f"{rig.sim.app_url}/queue")
    assert fault.hits == 1
    assert (await client.poll(f"{rig.sim.app_url}/queue"))["messages"] == []


async def test_a_poll_that_cannot_connect_is_unreachable(
    rig: Rig, client: CloudClient
) -> None:
    """As any other request."""
    await client.enable_queue()
    await rig.sim.down(refuse=True)
    with pytest.raises(UnreachableError, match="_CutOffError"):
        await client.poll(f"{rig.sim.app_url}/queue")
    with pytest.raises(UnreachableError, match="no connection"):
        await client.poll(f"{rig.sim.app_url}/queue")
    await rig.sim.up()


async def test_a_silent_server_is_given_up(
    rig: Rig, phone: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A half-open connection never says that it is one."""
    client = rig.client()
    await client.enable_queue()
    rig.sim.faults.when(path="/").always().latency(30)
    monkeypatch.setattr(module, "_POLL_TIMEOUT", 0.1)
    with pytest.raises(UnreachableError, match="TimeoutError"):
        await client.poll(f"{rig.sim.app_url}/queue")


async def test_a_redirect_is_not_followed(rig: Rig) -> None:
    """Whoever redirects is not the cloud; the token does not travel on."""
    async with raw_server() as elsewhere:
        answer = http(b"", 307, f"Location: {elsewhere.url}/stolen")
        async with raw_server(answer) as server:
            api_url = f"{server.url}/v1"
            client = rig.client(api_url=api_url, oauth_url=f"{api_url}/token")
            client._token = module._Token(
                value="secret",
                renew_at=datetime.max.replace(tzinfo=UTC),
                good_until=datetime.max.replace(tzinfo=UTC),
            )
            for ask in (client.status("d", "a"), book(client, "d")):
                with pytest.raises(UnreachableError, match="307"):
                    await ask
        assert not elsewhere.requests


# Bodies


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \n",
        b"<html>",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b'{"x": NaN}',
        pytest.param(b"[" * 100_000, id="abyss"),
        pytest.param(b'{"result": ' + b"[" * 2_000 + b"]" * 2_000 + b"}", id="deep"),
        b'{"result": 1e999}',
        b'{"items": {}}',
        b'"text"',
        b"null",
        b"5",
    ],
)
async def test_an_answer_that_is_none_is_not_taken_for_an_empty_one(
    rig: Rig, client: CloudClient, phone: Device, body: bytes
) -> None:
    """A room is not empty and an organisation has not lost its rooms because of it."""
    rig.sim.faults.when(path="/v1/xapi").always().answer(body)
    rig.sim.faults.when(path="/v1/devices").always().answer(body)
    with pytest.raises(AnswerLostError):
        await list_bookings(client, phone)
    with pytest.raises(UnreachableError):
        await client.items("devices")


@pytest.mark.parametrize("body", [b'{"deviceId": "x"}', b'{"result": null}'])
async def test_a_command_may_answer_nothing(
    rig: Rig, client: CloudClient, phone: Device, body: bytes
) -> None:
    """Many do (facts 6.1)."""
    rig.sim.faults.when(path="/v1/xapi").answer(body)
    assert await book(client, phone) is None


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{}", b'{"messages": 5}'])
async def test_a_poll_may_bring_nothing(
    rig: Rig, client: CloudClient, body: bytes
) -> None:
    """It is an object at least for whoever reads it."""
    await client.enable_queue()
    rig.sim.faults.poll().answer(body)
    assert isinstance(await client.poll(f"{rig.sim.app_url}/queue"), dict)


@pytest.mark.parametrize("status", [201, 202, 204])
async def test_other_ways_to_say_yes(
    rig: Rig, client: CloudClient, status: int
) -> None:
    """With a body or without."""
    body = b"" if status == 204 else b'{"queue": {}}'
    rig.sim.faults.when(method="PATCH").answer(body, status=status)
    assert isinstance(await client.enable_queue(), dict)


async def test_a_body_that_is_too_large_is_not_read_to_its_end(
    rig: Rig, client: CloudClient, phone: Device
) -> None:
    """However it is packed."""
    rig.sim.faults.when(path="/v1/xapi").times(4).huge(MAX_BODY)
    with pytest.raises(AnswerLostError):
        await list_bookings(client, phone)
    with pytest.raises(UnreachableError):
        await client.status(phone.id, "a")
    bomb = gzip.compress(b" " * (MAX_BODY * 4))
    async with raw_server(http(bomb, 200, "Content-Encoding: gzip")) as server:
        api_url = f"{server.url}/v1"
        client = rig.client(api_url=api_url, oauth_url=f"{api_url}/token")
        with pytest.raises(UnreachableError):
            await client.keys("")


async def test_a_large_body_is_read_as_a_small_one(
    rig: Rig, client: CloudClient, phone: Device
) -> None:
    """Only elsewhere."""
    padding = ["é" * 100] * 5_000
    rig.sim.faults.when(path="/v1/xapi").answer({"result": {"x": padding}})
    assert await list_bookings(client, phone) == {"x": padding}

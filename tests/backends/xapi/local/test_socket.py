"""Requests and answers over a device's socket, and whatever else comes through it."""

import asyncio
from contextlib import suppress
import json
import logging
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosedError
from websockets.frames import Frame as WebsocketFrame, Opcode

from custom_components.room_bookings.backends import parsing
from custom_components.room_bookings.backends.signals import Connected, Disconnected
from custom_components.room_bookings.backends.websocket import SILENT
from custom_components.room_bookings.backends.xapi.local import socket
from custom_components.room_bookings.backends.xapi.local.transport import LocalTransport
from custom_components.room_bookings.backends.xapi.transport import (
    DeviceEvent,
    DeviceId,
    DeviceStatus,
)
from custom_components.room_bookings.rooms.errors import (
    AnswerLostError,
    BusyTryLaterError,
    PermissionDeniedError,
    RejectedError,
    RoomError,
    UnreachableError,
)
from tests.backends.listening import Ear
from tests.simulators.roomos import GARBAGE

from .conftest import Near

DEVICE = DeviceId("any: there is only one")
NAME = ("Status", "UserInterface", "ContactInfo", "Name")


async def name(transport: LocalTransport) -> Any:
    """Ask for something small."""
    asked = ".".join(NAME[1:])
    return (await transport.status(DEVICE, asked)).get(asked)


async def listing(transport: LocalTransport) -> Any:
    """Ask for the bookings."""
    return await transport.command(DEVICE, "Bookings.List", {"Days": 1}, urgent=True)


# Answers


async def test_answers_find_their_questions_in_any_order(near: Near) -> None:
    """By their ids (facts 4.2)."""
    transport = await near.connected()
    near.sim.faults.when(method="xGet").reorder()
    first, second = await asyncio.gather(name(transport), listing(transport))
    assert first == "Fjord"
    assert second["ResultInfo"] == {"TotalRows": 0}


async def test_an_answer_that_comes_twice_counts_once(near: Near) -> None:
    """Nor does it answer the next question."""
    transport = await near.connected()
    near.sim.faults.when(method="xGet").duplicate(3)
    assert await name(transport) == "Fjord"
    assert (await listing(transport))["status"] == "OK"


async def test_every_question_has_its_time(
    near: Near, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes later is nobody's answer."""
    transport = await near.connected()
    monkeypatch.setattr(socket, "_REQUEST_TIMEOUT", 0.2)
    near.sim.faults.when(method="xGet").no_answer()
    with pytest.raises(AnswerLostError):
        await name(transport)
    near.sim.faults.when(method="xGet").answer_late(5)
    with pytest.raises(AnswerLostError):
        await name(transport)
    await near.pass_by(seconds=6)
    assert (await listing(transport))["status"] == "OK"
    assert len(near.sim.connections) == 1


async def test_an_id_may_come_back_as_text(near: Near) -> None:
    """It may be either on the wire."""
    transport = await near.connected()
    number = near.sim.requests[-1].id
    assert isinstance(number, int)
    answer = {"jsonrpc": "2.0", "id": str(number + 1), "result": "Birch"}
    near.sim.faults.when(method="xGet").frame(answer)
    assert await name(transport) == "Birch"


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (1, RejectedError),
        (-32601, RejectedError),
        (-32602, RejectedError),
        (-32603, RejectedError),
        ("1", RejectedError),
        (-31999, PermissionDeniedError),
        (-31998, BusyTryLaterError),
        (-31997, BusyTryLaterError),
    ],
)
async def test_errors_are_told_apart(
    near: Near, code: Any, error: type[RoomError]
) -> None:
    """By their code (facts 4.3)."""
    transport = await near.connected()
    near.sim.faults.when(command="Bookings.List").error(code, "No such thing")
    with pytest.raises(error) as raised:
        await listing(transport)
    assert type(raised.value) is error


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        ({"error": {"code": 1, "message": "Not found"}}, "Not found"),
        ({"error": {"code": 1, "message": "On\ntwo lines"}}, "On two lines"),
        ({"error": {"code": 1, "message": 7 * ["x"]}}, "the device refused"),
        ({"error": {"code": None}}, "the device refused"),
        ({"error": {"code": 1, "message": "x" * 1000}, "result": 1}, "x" * 300),
    ],
)
async def test_the_device_is_quoted(
    near: Near, frame: dict[str, Any], words: str
) -> None:
    """On one line, and not for ever."""
    transport = await near.connected()
    number = near.sim.requests[-1].id
    assert isinstance(number, int)
    near.sim.faults.when(command="Bookings.List").frame(frame | {"id": number + 1})
    with pytest.raises(RejectedError) as raised:
        await listing(transport)
    assert raised.value.words == words


@pytest.mark.parametrize(
    "frame", [{}, {"error": None}, {"error": {}}, {"error": "x"}, {"error": [1]}]
)
async def test_an_answer_that_says_nothing_is_lost(
    near: Near, frame: dict[str, Any]
) -> None:
    """It may have been done."""
    transport = await near.connected()
    number = near.sim.requests[-1].id
    assert isinstance(number, int)
    near.sim.faults.when(command="Bookings.List").frame(frame | {"id": number + 1})
    with pytest.raises(AnswerLostError):
        await listing(transport)


@pytest.mark.parametrize("result", [None, 1, "OK", [], [{"status": "OK"}], True])
async def test_what_is_no_result_of_a_command_is_no_answer(
    near: Near, result: Any
) -> None:
    """A room is not free because its list cannot be read."""
    transport = await near.connected()
    near.sim.faults.when(command="Bookings.List").answer(result)
    with pytest.raises(AnswerLostError):
        await listing(transport)


async def test_a_question_after_the_end_is_never_asked(near: Near) -> None:
    """Nobody wonders whether it was heard."""
    transport = near.transport()
    with pytest.raises(UnreachableError) as raised:
        await name(transport)
    assert not isinstance(raised.value, AnswerLostError)
    await transport.connect()
    near.sim.disconnect()
    reader = transport._reader
    assert reader is not None
    await reader
    with pytest.raises(UnreachableError) as raised:
        await name(transport)
    assert not isinstance(raised.value, AnswerLostError)
    await transport.close()
    await transport.close()


async def test_questions_under_way_hear_of_the_end(near: Near) -> None:
    """At once, whoever ends it."""
    transport = await near.connected()
    near.sim.faults.when(method="xGet").always().no_answer()
    for end in (near.sim.disconnect, None):
        question = asyncio.ensure_future(name(transport))
        asked = near.sim.requests.number_of(method="xGet") + 1
        await near.sim.wait_for_requests(asked, method="xGet")
        if end is not None:
            end()
        else:
            await transport.close()
        with pytest.raises(AnswerLostError):
            await asyncio.wait_for(question, 5)
        if end is not None:
            await transport.connect()


async def test_a_question_that_cannot_be_written_may_have_left(
    near: Near, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In part, or all of it."""
    transport = await near.connected()

    async def send(*_: object) -> None:
        raise ConnectionClosedError(None, None)

    monkeypatch.setattr(ClientConnection, "send", send)
    with pytest.raises(AnswerLostError):
        await name(transport)


async def test_any_text_can_be_sent(near: Near) -> None:
    """Also half a character: the device may refuse it, nothing else happens."""
    transport = await near.connected()
    for title in ("\ud800", "Zoë ☕", "\x00"):
        wish = {"Title": title, "StartTime": "2026-01-01T09:00:00Z", "Duration": 30}
        await transport.command(DEVICE, "Bookings.Book", wish, urgent=True)
        booking = near.sim.bookings[0]
        assert booking.title == title
        near.sim.delete_locally(booking)


# Frames


@pytest.mark.parametrize("kind", sorted(GARBAGE))
async def test_garbage_costs_one_frame(
    near: Near, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Instead of an event, a status, an answer; what comes after is heard."""
    monkeypatch.setattr(socket, "_REQUEST_TIMEOUT", 0.3)
    transport = await near.connected()
    async with Ear(transport.listen) as ear:
        near.sim.faults.events("Bookings.BookingCreated").garbage(kind)
        near.sim.faults.statuses("Bookings.Current").garbage(kind)
        near.sim.faults.when(command="Bookings.List").garbage(kind)
        near.sim.book_locally("A")
        with suppress(AnswerLostError, RejectedError):
            assert isinstance(await listing(transport), dict)
        assert (await listing(transport))["ResultInfo"] == {"TotalRows": 1}
        near.sim.delete_locally(near.sim.bookings[0])
        await ear.until(DeviceEvent(DeviceId(near.sim.host), "Bookings.Updated", {}))
        near.sim.set_people(3)
        count = {"RoomAnalytics.PeopleCount.Current": 3}
        await ear.until(DeviceStatus(DeviceId(near.sim.host), count))
        assert not ear.of(Connected, Disconnected)
    assert len(near.sim.connections) == 1


async def test_text_that_is_none_costs_one_frame(near: Near) -> None:
    """It is what a WebSocket library ends a connection for."""
    transport = await near.connected()
    async with Ear(transport.listen) as ear:
        frame = WebsocketFrame(Opcode.TEXT, b'{"method": "\xff\xfe"}')
        near.sim.connections[0].write(frame.serialize(mask=False))
        near.sim.set_people(3)
        await ear.until(
            DeviceStatus(
                DeviceId(near.sim.host), {"RoomAnalytics.PeopleCount.Current": 3}
            )
        )
        assert not ear.of(Disconnected)
    assert await name(transport) == "Fjord"


async def test_large_frames_are_read_aside(
    near: Near, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are as true as small ones, and in their turn."""
    aside: list[int] = []
    parsed_aside = parsing._parsed_aside

    def seen(body: bytes) -> Any:
        aside.append(len(body))
        return parsed_aside(body)

    monkeypatch.setattr(parsing, "_parsed_aside", seen)
    transport = await near.connected()
    near.sim.faults.when(command="Bookings.List").huge()
    near.sim.book_locally("A")
    assert len((await listing(transport))["Booking"]) == 1
    async with Ear(transport.listen) as ear:
        near.sim.faults.statuses().huge()
        near.sim.set_people(1)
        near.sim.set_people(2)
        key = "RoomAnalytics.PeopleCount.Current"
        await ear.until(DeviceStatus(DeviceId(near.sim.host), {key: 2}))
        counts = [
            s.updated[key] for s in ear.of(DeviceStatus) if s.updated.get(key, 0) != 0
        ]
        assert counts == [1, 2]
    assert len(aside) == 2
    assert len(near.sim.connections) == 1


async def test_a_frame_that_breaks_off_costs_the_connection(near: Near) -> None:
    """There is no other way; the next one is made."""
    transport = await near.connected()
    async with Ear(transport.listen) as ear:
        near.sim.faults.statuses().cut_mid_frame()
        near.sim.set_people(1)
        await ear.until(Connected)
    near.sim.faults.when(command="Bookings.List").cut_mid_frame()
    with pytest.raises(AnswerLostError):
        await listing(transport)


# Silence


async def test_a_socket_that_died_without_a_word_is_found(
    near: Near, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a ping that nobody answers, within 30 s."""
    assert socket._PING_EVERY + socket._PONG_WITHIN + socket._CLOSE_TIMEOUT < 30
    monkeypatch.setattr(socket, "_PING_EVERY", 0.1)
    monkeypatch.setattr(socket, "_PONG_WITHIN", 0.2)
    transport = await near.connected()
    async with Ear(transport.listen) as ear:
        near.sim.faults.when(method="xGet").half_open()
        question = asyncio.ensure_future(name(transport))
        await ear.until(Disconnected, seconds=3)
        with pytest.raises(AnswerLostError):
            await question
        await ear.until(Connected)
        assert await name(transport) == "Fjord"
        # One that lives answers its pings.
        await asyncio.sleep(0.5)
        assert len(ear.of(Disconnected)) == 1


# Secrets


async def test_no_secret_and_no_title_is_ever_said(
    near: Near, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In no log at any level, and in no error."""
    secrets = ("Geheim", "Besprechung", "R2VoZWlt", "Organisatorin")
    caplog.set_level(logging.DEBUG)
    for logger in ("websockets", "websockets.client", SILENT.name):
        caplog.set_level(logging.DEBUG, logger=logger)
    near.sim.password = "Geheim1"
    monkeypatch.setattr(socket, "_REQUEST_TIMEOUT", 0.2)
    errors: list[BaseException] = []
    near.sim.faults.handshakes().status(401)
    transport = near.transport(password="Geheim1")
    await transport.connect()
    wish = {"Title": "Besprechung", "OrganizerName": "Organisatorin"}
    async with Ear(transport.listen) as ear:
        near.sim.book_locally("Besprechung", organizer="Organisatorin")
        commands = near.sim.faults.when(command="Bookings.Book")
        commands.error(1, "Bad title: Besprechung by Organisatorin", {"x": "Geheim1"})
        near.sim.faults.when(command="Bookings.Book").no_answer()
        near.sim.faults.when(command="Bookings.Book").garbage("truncated")
        near.sim.faults.when(command="Bookings.Book").drop_answer()
        for _ in range(4):
            with pytest.raises(RoomError) as raised:
                await transport.command(DEVICE, "Bookings.Book", wish, urgent=True)
            errors.append(raised.value)
        await listing_anyhow(ear, transport)
    for status in (403, 401, 302):
        near.sim.faults.handshakes().times(2).status(status)
        with pytest.raises(RoomError) as raised:
            await near.transport(password="Geheim1").connect()
        errors.append(raised.value)
        near.sim.faults.clear()
    said = [caplog.text, *map(str, errors), *map(repr, errors)]
    for error in errors:
        said += [repr(error.__cause__), repr(error.args)]
    for secret in secrets:
        assert not [text for text in said if secret in text]
    assert "frames" not in caplog.text


async def listing_anyhow(ear: Ear, transport: LocalTransport) -> None:
    """Hear everything that is under way."""
    await ear.until(Connected)
    assert "Besprechung" in json.dumps(await listing(transport))

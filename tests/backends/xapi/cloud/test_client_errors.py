"""Refusals of the cloud: each status has its error."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.room_bookings.backends.xapi.cloud import client as module
from custom_components.room_bookings.backends.xapi.cloud.client import CloudClient
from custom_components.room_bookings.rooms.errors import (
    AnswerLostError,
    AuthFailedError,
    BusyTryLaterError,
    NotFoundError,
    PermissionDeniedError,
    RejectedError,
    RoomError,
    UnreachableError,
)
from tests.backends.xapi.conftest import Rig
from tests.simulators.xapi import Device

from .asking import book, list_bookings

EVERY_CODE = [
    (400, RejectedError, RejectedError),
    (401, AuthFailedError, AuthFailedError),
    (403, PermissionDeniedError, PermissionDeniedError),
    (404, NotFoundError, NotFoundError),
    (405, RejectedError, RejectedError),
    (409, RejectedError, RejectedError),
    (410, NotFoundError, NotFoundError),
    (415, RejectedError, RejectedError),
    (418, RejectedError, RejectedError),
    (423, BusyTryLaterError, BusyTryLaterError),
    (428, RejectedError, RejectedError),
    (429, BusyTryLaterError, BusyTryLaterError),
    (500, UnreachableError, AnswerLostError),
    (502, UnreachableError, AnswerLostError),
    (503, UnreachableError, AnswerLostError),
    (504, UnreachableError, AnswerLostError),
    (599, UnreachableError, AnswerLostError),
    (302, UnreachableError, UnreachableError),
    (304, UnreachableError, UnreachableError),
]


@pytest.mark.parametrize(("status", "reading", "writing"), EVERY_CODE)
async def test_every_status_has_its_error(
    rig: Rig,
    client: CloudClient,
    phone: Device,
    status: int,
    reading: type[RoomError],
    writing: type[RoomError],
) -> None:
    """After a command that the cloud may have passed on, nobody knows whether it was done."""
    rig.sim.faults.when(path="/v1/").always().status(status, "The cloud's words")
    rig.sim.faults._request_rules.reverse()
    client._token = module._Token(
        value="any",
        renew_at=datetime.max.replace(tzinfo=UTC),
        good_until=datetime.max.replace(tzinfo=UTC),
    )
    if status == 401:
        rig.sim.faults.clear()
        rig.sim.faults.when(path="/v1/xapi").always().status(status)
    for ask, expected in (
        (client.status(phone.id, "Bookings.*"), reading),
        (book(client, phone), writing),
    ):
        with pytest.raises(expected) as refused:
            await ask
        assert type(refused.value) is expected
        if type(refused.value) in (RejectedError, NotFoundError):
            assert str(refused.value) == "The cloud's words"


@pytest.mark.parametrize("status", [423, 429, 503])
@pytest.mark.parametrize(
    ("header", "low", "high"),
    [
        ("7", 7, 7),
        (" 7 ", 7, 7),
        ("0", 0, 0),
        ("-5", 0, 0),
        ("in five minutes", 200, 300),
        ("five minutes ago", 0, 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400, 86_400),
        ("999999999999", 86_400, 86_400),
    ],
)
async def test_the_patience_that_is_asked_for_is_told(
    rig: Rig, phone: Device, status: int, header: str, low: float, high: float
) -> None:
    """In seconds or as a date; a day at most."""
    away = {"in five minutes": 300, "five minutes ago": -300}.get(header)
    if away is not None:
        date = datetime.now(UTC) + timedelta(seconds=away)
        header = format_datetime(date, usegmt=True)
    client = rig.client()
    await list_bookings(client, phone)
    rig.sim.faults.when(path="/v1/").status(status, retry_after=header)
    with pytest.raises(BusyTryLaterError) as busy:
        await list_bookings(client, phone)
    assert busy.value.retry_after is not None
    assert low <= busy.value.retry_after <= high


@pytest.mark.parametrize(
    "header",
    [
        "soon",
        "",
        "1.5",
        "1e3",
        "Fri, 99 Foo 2026",
        pytest.param("9" * 400, id="many digits"),
        "Mon, 1 Jan 2024 1:1:1 -0000",
    ],
)
async def test_patience_that_is_no_time_is_none(
    rig: Rig, client: CloudClient, phone: Device, header: str
) -> None:
    """The request is still refused as busy."""
    rig.sim.faults.when(path="/v1/xapi").status(429, retry_after=header)
    with pytest.raises(BusyTryLaterError) as busy:
        await list_bookings(client, phone)
    assert busy.value.retry_after in (None, 0)


@settings(max_examples=300)
@given(header=st.text() | st.from_regex(r"\w\w\w, \d+ \w\w\w \d+ [\d:]+ .{0,6}"))
def test_any_header_is_a_patience_or_none(header: str) -> None:
    """Never more than a day."""
    wait = module._patience(header)
    assert wait is None or 0 <= wait <= 86_400


async def test_too_many_requests_hold_all_of_them_back(
    rig: Rig, client: CloudClient, phone: Device
) -> None:
    """For as long as the cloud says; it is counting requests, not rooms."""
    await list_bookings(client, phone)
    rig.sim.faults.when(path="/v1/xapi").status(429, retry_after=1)
    loop = asyncio.get_running_loop()
    began = loop.time()
    with pytest.raises(BusyTryLaterError):
        await list_bookings(client, phone)
    await list_bookings(client, phone)
    assert loop.time() - began >= 1


async def test_one_locked_device_holds_back_nobody_else(
    rig: Rig, client: CloudClient, phone: Device
) -> None:
    """Nor does one that is asleep."""
    for status in (423, 503):
        rig.sim.faults.when(path="/v1/xapi").status(status, retry_after=300)
        with pytest.raises(BusyTryLaterError):
            await list_bookings(client, phone)
        await asyncio.wait_for(list_bookings(client, phone), 9)


@pytest.mark.parametrize(
    ("call", "right"),
    [
        (lambda c: c.items("devices"), "spark-admin:devices_read"),
        (lambda c: c.items("workspaces"), "spark-admin:workspaces_read"),
        (lambda c: c.schema("d", "Bookings.*"), "spark:xapi_commands"),
        (lambda c: c.status("d", "Bookings.*"), "spark:xapi_statuses"),
        (lambda c: book(c, "d"), "spark:xapi_commands"),
        (lambda c: c.enable_queue(), "Simulated failure"),
    ],
)
async def test_a_missing_right_is_named(
    rig: Rig,
    client: CloudClient,
    call: Callable[[CloudClient], Awaitable[Any]],
    right: str,
) -> None:
    """The scope that the request needs; the cloud's words where it is not known."""
    rig.sim.faults.when(path="/xapi").always().status(403)
    rig.sim.faults.when(path="/v1/devices").always().status(403)
    rig.sim.faults.when(path="/v1/workspaces").always().status(403)
    rig.sim.faults.when(path="/v1/xapi").always().status(403)
    with pytest.raises(PermissionDeniedError) as denied:
        await call(client)
    assert denied.value.missing == right


async def test_a_command_that_is_not_granted_is_named(
    rig: Rig, client: CloudClient, phone: Device
) -> None:
    """If the cloud says that it is the command."""
    rig.sim.app.access.commands = ("Bookings.List",)
    with pytest.raises(PermissionDeniedError) as denied:
        await book(client, phone)
    assert denied.value.missing == "Bookings.Book"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"message": "Said so"}', "Said so"),
        (b'{"errors": [{"description": "Described"}]}', "Described"),
        (b'{"errors": {"description": "Described"}}', "Described"),
        (b'{"error": "x", "error_description": "As OAuth"}', "As OAuth"),
        (b'{"message": "One\\nline\\u0000only\\u202e"}', "One line only "),
        (b'{"message": {"a": 1}}', "HTTP 400"),
        (b'{"errors": []}', "HTTP 400"),
        (b"<html>", "HTTP 400"),
        (b"[]", "HTTP 400"),
        (b"", "HTTP 400"),
        pytest.param(
            b'{"message": "' + b"x" * 100_000 + b'"}', "HTTP 400", id="a book"
        ),
        pytest.param(b'{"message": "' + b"x" * 1_000 + b'"}', "x" * 300, id="a page"),
    ],
)
async def test_the_clouds_own_words_are_quoted(
    rig: Rig, client: CloudClient, phone: Device, body: bytes, words: str
) -> None:
    """On one line, and no more than people read."""
    rig.sim.faults.when(path="/v1/xapi").status(400, body=body)
    with pytest.raises(RejectedError) as rejected:
        await list_bookings(client, phone)
    assert rejected.value.words == words.strip()

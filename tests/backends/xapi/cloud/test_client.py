"""Requests to the cloud: tokens, pages, errors, and answers that are none."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
import gzip
import logging
from typing import Any

import aiohttp
from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.room_bookings.backends.xapi.cloud import client as module
from custom_components.room_bookings.backends.xapi.cloud.addresses import (
    UntrustedAddressError,
)
from custom_components.room_bookings.backends.xapi.cloud.client import (
    MAX_BODY,
    CloudClient,
    Credentials,
)
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
from tests.backends.raw_server import http, raw_server
from tests.backends.xapi.conftest import Rig
from tests.simulators.xapi import Device


@pytest.fixture
def phone(rig: Rig) -> Device:
    """A phone in the room Fjord."""
    return rig.sim.add_device(rig.sim.add_workspace("Fjord"))


async def list_bookings(client: CloudClient, device: Device | str) -> Any:
    """What Bookings List of a device answers."""
    device_id = device if isinstance(device, str) else device.id
    return await client.command(device_id, "Bookings.List", {}, urgent=True)


async def book(client: CloudClient, device: Device | str) -> Any:
    """Book now, for half an hour."""
    device_id = device if isinstance(device, str) else device.id
    return await client.command(
        device_id, "Bookings.Book", {"Title": "Secret meeting"}, urgent=True
    )


# Tokens


async def test_many_requests_share_one_token(
    rig: Rig, client: CloudClient, phone: Device
) -> None:
    """It is asked for once, whoever needs it first."""
    await asyncio.gather(*(list_bookings(client, phone) for _ in range(20)))
    assert rig.sim.tokens.granted == 1


async def test_a_refused_token_is_replaced_once_for_all(
    rig: Rig, client: CloudClient, phone: Device
) -> None:
    """The cloud may end it at any time."""
    await list_bookings(client, phone)
    rig.sim.expire_tokens()
    await asyncio.gather(*(list_bookings(client, phone) for _ in range(20)))
    assert rig.sim.tokens.granted == 2


async def test_a_token_that_is_refused_when_new_ends_it(
    rig: Rig, client: CloudClient, phone: Device
) -> None:
    """Two refusals are enough to know."""
    fault = rig.sim.faults.when(path="/v1/xapi").always().status(401)
    with pytest.raises(AuthFailedError):
        await list_bookings(client, phone)
    assert fault.hits == 2
    assert rig.sim.tokens.granted == 2


async def test_a_token_is_renewed_before_it_ends(
    rig: Rig, client: CloudClient, phone: Device
) -> None:
    """15 minutes before, so that no request is refused."""
    with freeze_time(datetime.now(UTC), ignore=["asyncio"]) as time:
        await list_bookings(client, phone)
        time.tick(timedelta(seconds=64_800) - timedelta(minutes=16))
        await list_bookings(client, phone)
        assert rig.sim.tokens.granted == 1
        time.tick(timedelta(minutes=2))
        await list_bookings(client, phone)
    assert rig.sim.tokens.granted == 2


async def test_a_short_token_is_used_for_half_its_life(
    rig: Rig, client: CloudClient, phone: Device
) -> None:
    """Else it would be renewed for every request."""
    rig.sim.tokens.lifetime = 600
    with freeze_time(datetime.now(UTC), ignore=["asyncio"]) as time:
        await list_bookings(client, phone)
        time.tick(timedelta(minutes=4, seconds=50))
        await list_bookings(client, phone)
        assert rig.sim.tokens.granted == 1
        time.tick(timedelta(seconds=20))
        await list_bookings(client, phone)
    assert rig.sim.tokens.granted == 2


async def test_a_token_is_used_to_its_end_if_there_is_no_other(
    rig: Rig, client: CloudClient, phone: Device
) -> None:
    """It is asked for again once a minute, not with every request."""
    with freeze_time(datetime.now(UTC), ignore=["asyncio"]) as time:
        await list_bookings(client, phone)
        time.tick(timedelta(seconds=64_800) - timedelta(minutes=10))
        fault = rig.sim.faults.token().always().status(503)
        for _ in range(5):
            await list_bookings(client, phone)
        assert fault.hits == 1
        time.tick(timedelta(minutes=2))
        await list_bookings(client, phone)
        assert fault.hits == 2
        time.tick(timedelta(minutes=10))
        with pytest.raises(UnreachableError):
            await list_bookings(client, phone)


async def test_credentials_that_are_refused_early_are_known_early(
    rig: Rig, client: CloudClient, phone: Device
) -> None:
    """There is no point in using up a token whose successor will not come."""
    with freeze_time(datetime.now(UTC), ignore=["asyncio"]) as time:
        await list_bookings(client, phone)
        time.tick(timedelta(seconds=64_800) - timedelta(minutes=10))
        rig.sim.tokens.replace_refresh_token()
        with pytest.raises(AuthFailedError):
            await list_bookings(client, phone)


@pytest.mark.parametrize(
    "wrong", [{"client_secret": "wrong"}, {"client_id": "wrong"}, {"refresh_token": ""}]
)
async def test_refused_credentials_are_asked_about_once(
    rig: Rig, phone: Device, wrong: dict[str, str]
) -> None:
    """However many requests wait for the token."""
    client = rig.client(**wrong)
    answers = await asyncio.gather(
        *(list_bookings(client, phone) for _ in range(20)), return_exceptions=True
    )
    assert {type(answer) for answer in answers} == {AuthFailedError}
    assert rig.asked("/v1/access_token") == 1
    assert rig.asked("/v1/xapi") == 0


async def test_who_asks_later_asks_again(rig: Rig, phone: Device) -> None:
    """What failed a minute ago may have been mended."""
    client = rig.client()
    rig.sim.faults.token().status(503)
    with pytest.raises(UnreachableError):
        await list_bookings(client, phone)
    assert await list_bookings(client, phone)


async def test_who_gives_up_leaves_the_token_to_the_others(
    rig: Rig, client: CloudClient, phone: Device
) -> None:
    """A cancelled request does not fail those that wait for it."""
    rig.sim.faults.token().latency(0.2)
    first = asyncio.create_task(list_bookings(client, phone))
    await asyncio.sleep(0.05)
    others = [asyncio.create_task(list_bookings(client, phone)) for _ in range(3)]
    await asyncio.sleep(0.05)
    first.cancel()
    await asyncio.gather(*others)


async def test_a_rotated_refresh_token_is_handed_on(rig: Rig, phone: Device) -> None:
    """Whoever keeps the credentials must know, or the next start fails."""
    rig.sim.tokens.rotating = True
    client = rig.client()
    await list_bookings(client, phone)
    assert [c.refresh_token for c in rig.replaced] == [rig.sim.tokens.refresh_token]
    rig.sim.expire_tokens()
    await list_bookings(client, phone)
    assert client.credentials == rig.replaced[1]
    assert client.credentials.refresh_token == rig.sim.tokens.refresh_token


async def test_credentials_replaced_meanwhile_are_tried_at_once(
    rig: Rig, phone: Device
) -> None:
    """The cloud may announce a new refresh token just while the old one is refused."""
    client = rig.client(refresh_token="old")
    rig.sim.faults.token().latency(0.2)
    listing = asyncio.create_task(list_bookings(client, phone))
    await asyncio.sleep(0.1)
    client.replace_credentials(refresh_token=rig.sim.tokens.refresh_token)
    assert await listing
    assert rig.asked("/v1/access_token") == 2


async def test_an_older_answer_does_not_undo_newer_credentials(
    rig: Rig, phone: Device
) -> None:
    """What the cloud announced counts more than what an old token was given."""
    rig.sim.tokens.rotating = True
    client = rig.client()
    rig.sim.faults.token().latency(0.2)
    listing = asyncio.create_task(list_bookings(client, phone))
    await asyncio.sleep(0.1)
    client.replace_credentials(refresh_token="announced")
    await listing
    assert client.credentials.refresh_token == "announced"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b"<html>",
        b'{"access_token": ""}',
        b'{"access_token": ["a"]}',
        b'{"access_token": "a\\nHost: evil"}',
        b'{"access_token": "a\\u0000"}',
    ],
)
async def test_a_token_answer_that_is_none_is_no_answer(
    rig: Rig, client: CloudClient, phone: Device, answer: bytes
) -> None:
    """And no reason to ask a person for other credentials."""
    rig.sim.faults.token().always().answer(answer)
    with pytest.raises(UnreachableError) as lost:
        await list_bookings(client, phone)
    assert not isinstance(lost.value, AnswerLostError)


@pytest.mark.parametrize(
    "expires", [None, "64800", 64800.5, -1, 0, "soon", 10**30, [], {}]
)
async def test_an_odd_lifetime_of_a_token_is_taken_for_the_usual_one(
    rig: Rig, phone: Device, expires: Any
) -> None:
    """The token itself is good."""
    client = rig.client()
    await list_bookings(client, phone)
    token = client._token
    assert token is not None
    rig.sim.faults.token().always().answer(
        {"access_token": token.value, "expires_in": expires}
    )
    client.replace_credentials()
    await list_bookings(client, phone)
    assert client._token is not None
    life = client._token.good_until - datetime.now(UTC)
    assert timedelta(hours=17) < life <= timedelta(hours=18)
    assert rig.asked("/v1/access_token") == 2


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, AuthFailedError),
        (401, AuthFailedError),
        (403, AuthFailedError),
        (302, UnreachableError),
        (404, UnreachableError),
        (410, UnreachableError),
        (429, BusyTryLaterError),
        (500, UnreachableError),
        (502, UnreachableError),
        (503, UnreachableError),
    ],
)
async def test_only_a_refusal_speaks_against_the_credentials(
    rig: Rig,
    client: CloudClient,
    phone: Device,
    status: int,
    expected: type[RoomError],
) -> None:
    """All else speaks against the way there."""
    rig.sim.faults.token().always().status(status)
    with pytest.raises(expected) as refused:
        await list_bookings(client, phone)
    assert type(refused.value) is expected


async def test_a_dropped_token_request_is_no_lost_answer(
    rig: Rig, client: CloudClient, phone: Device
) -> None:
    """No booking depends on it."""
    rig.sim.faults.token().drop_answer()
    with pytest.raises(UnreachableError) as lost:
        await book(client, phone)
    assert not isinstance(lost.value, AnswerLostError)


async def test_the_secret_goes_to_no_stranger(rig: Rig, phone: Device) -> None:
    """Wherever stored addresses come from."""
    for name in ("oauth_url", "app_url"):
        client = rig.client(**{name: "http://127.0.0.1:1/token"})
        with pytest.raises(UntrustedAddressError):
            await client.enable_queue()
    with pytest.raises(UntrustedAddressError):
        await rig.client().poll("https://evil.example.com/queue")


# Errors

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


# Pages


async def test_all_pages_are_read(rig: Rig, client: CloudClient) -> None:
    """By the cloud's own links."""
    rig.sim.page_size = 3
    for number in range(10):
        rig.sim.add_device(rig.sim.add_workspace(f"Room {number}"))
    assert len(await client.items("devices", max="999")) == 10
    assert rig.asked("/v1/devices") == 4


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("<https://evil.example.com/v1/devices>; rel=next", UntrustedAddressError),
        ("<//evil.example.com/>; rel=next", UntrustedAddressError),
        ("<http://127.0.0.1:1/v1/devices>; rel=next", UntrustedAddressError),
        ("<http://[::1/>; rel=next", UnreachableError),
        ("<https://webexapis.com:port/>; rel=next", UnreachableError),
    ],
)
async def test_a_next_page_elsewhere_is_not_fetched(
    rig: Rig, link: str, expected: type[RoomError]
) -> None:
    """The token does not go there, and half a listing is none."""
    async with raw_server(http(b'{"items": []}', 200, f"Link: {link}")) as server:
        client = _with_token(rig, server.url)
        with pytest.raises(expected):
            await client.items("devices")
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    "link", ["<>", "nonsense", "<x>", "<x>; rel=prev", ";;;,,,", "<x>; rel"]
)
async def test_other_links_are_no_next_page(rig: Rig, link: str) -> None:
    """The listing ends there."""
    async with raw_server(http(b'{"items": [1]}', 200, f"Link: {link}")) as server:
        assert await _with_token(rig, server.url).items("devices") == [{}]


async def test_endless_pages_come_to_an_end(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A listing that has none is none."""
    monkeypatch.setattr(module, "_MAX_PAGES", 7)
    link = "Link: </v1/devices?start=1>; rel=next"
    async with raw_server(http(b'{"items": [{}]}', 200, link)) as server:
        with pytest.raises(UnreachableError, match="7 pages"):
            await _with_token(rig, server.url).items("devices")
        assert len(server.requests) == 7


def _with_token(rig: Rig, url: str) -> CloudClient:
    """A client of another server, with a token already."""
    client = rig.client(api_url=f"{url}/v1", oauth_url=f"{url}/v1/token")
    client._token = module._Token(
        value="secret-token",
        renew_at=datetime.max.replace(tzinfo=UTC),
        good_until=datetime.max.replace(tzinfo=UTC),
    )
    return client


# What is asked


async def test_a_schema_is_the_part_about_the_device(rig: Rig, phone: Device) -> None:
    """Other parts and other kinds of answers are none."""
    client = rig.client()
    schema = await client.schema(phone.id, "Bookings.*")
    assert schema["deviceId"] == phone.id
    for odd in ([], [None, 5], {"deviceId": "other"}, [{"deviceId": "other"}], '"x"'):
        rig.sim.faults.when(path="/v1/xapi/schema").answer(odd)
        assert await client.schema(phone.id, "Bookings.*") == {}
    rig.sim.faults.when(path="/v1/xapi/schema").answer({"commands": {"a": 1}})
    assert await client.schema(phone.id, "Bookings.*") == {"commands": {"a": 1}}


async def test_a_status_is_read_by_all_its_names(rig: Rig, phone: Device) -> None:
    """And is empty where nothing matches."""
    client = rig.client()
    names = ("Bookings.Availability.Status", "Bookings.Current.Id")
    assert await client.status(phone.id, *names) == {
        "Bookings": {"Availability": {"Status": "Free"}, "Current": {"Id": ""}}
    }
    assert await client.status(phone.id, "Nothing.Like.It") == {}


async def test_a_closed_client_sends_nothing(
    rig: Rig, client: CloudClient, phone: Device
) -> None:
    """Whoever asks it hears that nothing was done."""
    await list_bookings(client, phone)
    client.close()
    before = rig.asked()
    with pytest.raises(UnreachableError) as closed:
        await book(client, phone)
    assert type(closed.value) is UnreachableError
    assert rig.asked() == before


async def test_a_client_keeps_to_five_requests_a_second(rig: Rig) -> None:
    """Unless it is told otherwise."""
    client = CloudClient(rig.session, rig.credentials())
    rig.opened.append(client)
    loop = asyncio.get_running_loop()
    await client.keys("")
    began = loop.time()
    await asyncio.gather(*(client.keys("") for _ in range(4)))
    assert loop.time() - began >= 0.75


# Anything


async def _all_calls(client: CloudClient) -> None:
    """Ask for everything that there is; only typed errors are let through."""
    for call in (
        client.enable_queue(),
        client.poll(f"{client.credentials.api_url}/queue"),
        client.command("d", "Bookings.Book", {}, urgent=True),
        client.status("d", "a"),
        client.schema("d", "a"),
        client.items("devices"),
        client.keys(""),
    ):
        try:
            await call
        except RoomError:
            continue


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    answer=st.one_of(
        st.binary(),
        st.builds(
            http, st.binary(), st.integers(min_value=100, max_value=999)
        ),
        st.builds(
            lambda body, status, header: http(body, status, header),
            st.binary() | st.sampled_from([b"{}", b'{"items": []}', b"[]"]),
            st.sampled_from([200, 201, 301, 400, 401, 403, 404, 423, 429, 503]),
            st.one_of(
                st.binary(max_size=40).map(lambda b: f"Retry-After: {b.decode('latin1')}"),
                st.binary(max_size=40).map(lambda b: f"Link: <{b.decode('latin1')}>; rel=next"),
                st.sampled_from(
                    [
                        "Content-Encoding: gzip",
                        "Content-Encoding: br",
                        "Transfer-Encoding: chunked",
                        "Content-Type: text/html; charset=nonsense",
                        "Set-Cookie: \x00=;;;",
                    ]
                ),
            ),
        ),
    )
)  # fmt: skip
async def test_any_bytes_from_the_network_are_a_value_or_a_typed_error(
    rig: Rig, answer: bytes
) -> None:
    """HTTP or not."""
    async with raw_server(answer) as server, aiohttp.ClientSession() as session:
        for token in (True, False):
            client = _with_token(rig, server.url)
            client._session = session
            if not token:
                client._token = None
            await asyncio.wait_for(_all_calls(client), 20)
            client.close()


# Secrets


async def test_no_secret_in_any_log_or_error(
    rig: Rig, phone: Device, caplog: pytest.LogCaptureFixture
) -> None:
    """At the most talkative level, whatever goes wrong."""
    caplog.set_level(logging.DEBUG)
    client = rig.client()
    await list_bookings(client, phone)
    said: list[str] = [repr(client.credentials), repr(client), str(vars(client))]
    faults = rig.sim.faults

    def loud() -> str:
        secrets = (rig.sim.client_secret, *rig.sim.tokens._access)
        return f"{'x' * 250} {rig.sim.tokens.refresh_token} {secrets}"

    arms: tuple[Callable[[], object], ...] = (
        lambda: faults.when(path="/v1/xapi").status(400, f"No Secret meeting {loud()}"),
        lambda: faults.when(path="/v1/xapi").status(400, loud()[230:]),
        lambda: faults.when(path="/v1/xapi").status(404, loud()[230:]),
        lambda: faults.when(path="/v1/xapi").status(500, loud()[230:]),
        lambda: faults.token().status(400, loud()[230:]),
        lambda: faults.token().status(500, loud()[230:]),
        lambda: faults.when(path="/v1/xapi").status(400),
        lambda: faults.when(path="/v1/xapi").status(401),
        lambda: faults.when(path="/v1/xapi").status(403),
        lambda: faults.when(path="/v1/xapi").drop(),
        lambda: faults.when(path="/v1/xapi").garbage(),
        lambda: faults.token().status(400),
        lambda: faults.token().garbage(),
        lambda: faults.token().drop(),
    )
    for arm in arms:
        arm()
        try:
            await book(client, phone)
        except RoomError as error:
            cause: BaseException | None = error
            while cause is not None:
                said += [str(cause), repr(cause)]
                cause = cause.__cause__
        said += [repr(client._token), repr(client.credentials)]
        rig.sim.expire_tokens()
    said += [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith("custom_components.room_bookings")
    ]
    assert await book(client, phone) == {}
    for secret in (
        rig.sim.client_id,
        rig.sim.client_secret,
        rig.sim.tokens.refresh_token,
        "Secret meeting",
        *rig.sim.tokens._access,
    ):
        for part in (secret, secret[:10], secret[-10:]):
            assert not [words for words in said if part in words]


def test_credentials_come_out_of_what_is_stored() -> None:
    """What else is stored there does not matter."""
    names = Credentials.__slots__
    stored = {name: f"the {name}" for name in names} | {"system": "webex"}
    credentials = Credentials.of(stored)
    assert [getattr(credentials, name) for name in names] == [f"the {n}" for n in names]

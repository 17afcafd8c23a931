"""Tokens: asked for as seldom as can be, and told to nobody else."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun import freeze_time
import pytest

from custom_components.room_bookings.backends.xapi.cloud.addresses import (
    UntrustedAddressError,
)
from custom_components.room_bookings.backends.xapi.cloud.client import CloudClient
from custom_components.room_bookings.rooms.errors import (
    AnswerLostError,
    AuthFailedError,
    BusyTryLaterError,
    RoomError,
    UnreachableError,
)
from tests.backends.xapi.conftest import Rig
from tests.simulators.xapi import Device

from .asking import book, list_bookings


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


@pytest.mark.parametrize(
    ("lifetime", "used_until", "renewed_at"),
    [(64_800, 64_800 - 16 * 60, 64_800 - 14 * 60), (600, 290, 310)],
    ids=["usual", "short"],
)
async def test_a_token_is_renewed_before_it_ends(
    rig: Rig,
    client: CloudClient,
    phone: Device,
    lifetime: int,
    used_until: int,
    renewed_at: int,
) -> None:
    """15 minutes before, so that no request is refused; a short one after half its life.

    Else that would be renewed for every request.
    """
    rig.sim.tokens.lifetime = lifetime
    with freeze_time(datetime.now(UTC), ignore=["asyncio"]) as time:
        await list_bookings(client, phone)
        time.tick(used_until)
        await list_bookings(client, phone)
        assert rig.sim.tokens.granted == 1
        time.tick(renewed_at - used_until)
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

"""Who gets in: whoever knows the password, and nobody else, however often he tries."""

import asyncio
from base64 import b64encode
from ipaddress import ip_address
import logging
from typing import Any

from aiohttp import encode_basic_auth
from aiohttp.test_utils import TestClient
import pytest

from custom_components.room_bookings.connector.access import (
    Access,
    Brakes,
    shown_credentials,
    source_of,
)
from homeassistant.components.http.ban import KEY_BAN_MANAGER
from homeassistant.config_entries import ConfigEntry
from tests.integration.house import House
from tests.integration.virtual_time import VirtualTime
from tests.simulators.roomz.strict_client import StrictClient

from .conftest import AUTHORIZATION, PASSWORD, URL, USERNAME


def knocking(web: TestClient[Any, Any], **headers: str) -> asyncio.Task[int]:
    """Ask for the rooms; the status."""

    async def ask() -> int:
        async with web.get(f"{URL}/rooms", headers=headers) as answer:
            await answer.read()
            return answer.status

    return asyncio.get_running_loop().create_task(ask())


def guess(password: str, username: str = USERNAME) -> dict[str, str]:
    """What somebody sends who tries a password."""
    return {"Authorization": encode_basic_auth(username, password)}


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic",
        "Basic ",
        "Basic =",
        "Basic Og==",
        "Basic ZGlzcGxheQ==",
        "Basic ZGlzcGxheTo=",
        "Basic \u00e4",
        "Bearer x",
        "Digest username=display",
        "nonsense",
        encode_basic_auth(USERNAME, PASSWORD)[:-4],
        encode_basic_auth(USERNAME, PASSWORD.upper()),
        encode_basic_auth(USERNAME.upper(), PASSWORD),
        encode_basic_auth(PASSWORD.replace(":", ""), USERNAME),
    ],
)
async def test_strangers_stay_outside(
    connector: ConfigEntry[Any], web: TestClient[Any, Any], authorization: str
) -> None:
    """They hear how to authenticate, and nothing else; not even which paths there are."""
    for method, path in (
        ("GET", "/rooms"),
        ("PUT", "/rooms/x/meetings/y"),
        ("GET", ""),
    ):
        answer = await web.request(
            method, f"{URL}{path}", headers={"Authorization": authorization}
        )
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"] == (
            'Basic realm="ROOMZ", charset="UTF-8"'
        )
        assert await answer.json() == {"status": 401}


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
async def test_the_scheme_is_written_in_any_way(
    connector: ConfigEntry[Any], web: TestClient[Any, Any], scheme: str
) -> None:
    """RFC 7235: its name does not depend on case."""
    token = b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
    assert await knocking(web, Authorization=f"{scheme} {token}") == 200


def test_credentials_come_once() -> None:
    """Two headers are none; a password may hold colons."""
    header = encode_basic_auth("a", "b:c")
    assert shown_credentials([header, header]) is None
    shown = shown_credentials([header])
    assert shown is not None
    assert (shown.username, shown.password) == (b"a", b"b:c")


def test_both_have_to_be_right() -> None:
    """Nothing is kept of them but digests, which differ from one start to the next."""
    access = Access("ä", "b")
    for username, password, right in (
        ("ä", "b", True),
        ("ä", "B", False),
        ("Ä", "b", False),
        ("b", "ä", False),
    ):
        shown = shown_credentials([encode_basic_auth(username, password)])
        assert shown is not None
        assert access.admits(shown) is right
    assert vars(access)["_password"] != vars(Access("ä", "b"))["_password"]
    assert b"b" not in (vars(access)["_password"], vars(access)["_username"])


async def test_guessing_is_slowed_down(
    connector: ConfigEntry[Any], web: TestClient[Any, Any], clock: VirtualTime
) -> None:
    """The first ones are a person who types; from then on each takes longer."""
    began = clock.now
    for number in range(5):
        assert await knocking(web, **guess(str(number))) == 401
    assert (clock.now - began).total_seconds() < 0.1
    for number in range(100):
        assert await knocking(web, **guess(str(number))) == 401
    assert (clock.now - began).total_seconds() == pytest.approx(500, rel=0.05)
    began = clock.now
    for number in range(10):
        assert await knocking(web, **guess(str(number))) == 401
    assert (clock.now - began).total_seconds() == pytest.approx(100, rel=0.05)


async def test_guessing_at_the_same_time_gains_nothing(
    connector: ConfigEntry[Any], web: TestClient[Any, Any], clock: VirtualTime
) -> None:
    """Turns are given one after another, few ahead; all others are not looked at."""
    for number in range(15):
        await knocking(web, **guess(str(number)))
    began = clock.now
    many = [knocking(web, **guess(str(number))) for number in range(50)]
    many.append(knocking(web, **AUTHORIZATION))
    statuses = await asyncio.gather(*many)
    assert set(statuses) == {401}
    assert 3 < (clock.now - began).total_seconds() < 9


async def test_who_hangs_up_has_spent_his_turn(
    connector: ConfigEntry[Any], web: TestClient[Any, Any], clock: VirtualTime
) -> None:
    """The right password waits no longer than a few turns, whatever others do."""
    for number in range(15):
        await knocking(web, **guess(str(number)))
    for number in range(50):
        impatient = knocking(web, **guess(str(number)))
        await clock.settle()
        impatient.cancel()
    await clock.pass_by(seconds=10)
    began = clock.now
    assert await knocking(web, **AUTHORIZATION) == 200
    assert (clock.now - began).total_seconds() < 1


async def test_the_right_password_ends_it(
    connector: ConfigEntry[Any], web: TestClient[Any, Any], clock: VirtualTime
) -> None:
    """A portal whose password was corrected is served at once from then on."""
    for number in range(12):
        await knocking(web, **guess(str(number)))
    assert await knocking(web, **AUTHORIZATION) == 200
    began = clock.now
    for _ in range(20):
        assert await knocking(web, **AUTHORIZATION) == 200
    assert (clock.now - began).total_seconds() < 0.1


async def test_asking_whether_one_has_to_is_no_guess(
    connector: ConfigEntry[Any], web: TestClient[Any, Any], clock: VirtualTime
) -> None:
    """Many clients send no password before they are asked for it."""
    began = clock.now
    for _ in range(30):
        assert await knocking(web) == 401
        assert await knocking(web, **AUTHORIZATION) == 200
    assert (clock.now - began).total_seconds() < 0.1


async def test_elsewhere_nobody_notices(clock: VirtualTime) -> None:
    """Brakes are for one source; an hour later it is forgotten."""
    brakes = Brakes()
    for _ in range(200):
        brakes.wrong("192.0.2.1")
    began = clock.now
    assert await brakes.turn("192.0.2.2")
    assert clock.now == began
    assert await brakes.turn("192.0.2.1")
    assert (clock.now - began).total_seconds() == pytest.approx(10, rel=0.01)
    await clock.pass_by(hours=1)
    began = clock.now
    assert await brakes.turn("192.0.2.1")
    assert (clock.now - began).total_seconds() < 0.01
    assert brakes.wrong("192.0.2.1")


async def test_memory_is_bounded() -> None:
    """However many sources guess, the last ones are remembered."""
    brakes = Brakes()
    for number in range(5000):
        brakes.wrong(source_of(f"10.0.{number // 250}.{number % 250}"))
    assert len(vars(brakes)["_sources"]) == 1024
    assert not brakes.wrong(source_of("10.0.19.249"))
    assert brakes.wrong(source_of("10.0.0.0"))


@pytest.mark.parametrize(
    ("remote", "source"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:1", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix", ""),
        (None, ""),
    ],
)
def test_whom_a_request_comes_from(remote: str | None, source: str) -> None:
    """Who has one address of an IPv6 network has them all."""
    assert source_of(remote) == source


async def test_a_banned_address_stays_outside(
    house: House, connector: ConfigEntry[Any], web: TestClient[Any, Any]
) -> None:
    """Home Assistant's own list of banned addresses holds here too."""
    bans = house.hass.http.app[KEY_BAN_MANAGER]
    bans.ip_bans_lookup = {ip_address("127.0.0.1"): None}
    assert await knocking(web, **AUTHORIZATION) == 403


# What is left of it


async def test_removing_the_entry_removes_the_endpoint(
    house: House, display: StrictClient, connector: ConfigEntry[Any]
) -> None:
    """At once, for everybody; and nothing of it stays in memory."""
    assert (await display.rooms()).status == 200
    await house.hass.config_entries.async_remove(connector.entry_id)
    for path in ("/rooms", "", "/rooms/x/meetings"):
        answer = await display.session.get(
            f"{display.url}{path}", headers=AUTHORIZATION
        )
        assert answer.status == 404
        assert "WWW-Authenticate" not in answer.headers


async def test_unloading_and_loading(
    house: House, web: TestClient[Any, Any], connector: ConfigEntry[Any]
) -> None:
    """Only a loaded entry serves."""
    entries = house.hass.config_entries
    assert await entries.async_unload(connector.entry_id)
    assert await knocking(web, **AUTHORIZATION) == 404
    assert await entries.async_setup(connector.entry_id)
    assert await knocking(web, **AUTHORIZATION) == 200


async def test_who_waits_while_it_is_removed_finds_nothing(
    house: House,
    web: TestClient[Any, Any],
    connector: ConfigEntry[Any],
    clock: VirtualTime,
) -> None:
    """A turn that comes too late is no turn, even with the right password."""
    for number in range(15):
        await knocking(web, **guess(str(number)))
    waiting = knocking(web, **AUTHORIZATION)
    await clock.settle()
    await house.hass.config_entries.async_remove(connector.entry_id)
    assert await waiting == 404


async def test_nothing_secret_is_logged(
    house: House,
    display: StrictClient,
    web: TestClient[Any, Any],
    connector: ConfigEntry[Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """At no level: no password, right or wrong, no header, no title; but who guessed."""
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        caplog.set_level(logging.WARNING, "aiohttp.access")
        await knocking(web, **guess("hunter2"))
        await knocking(web, **guess("hunter3"))
        room_id = house.workspace("Studio").id
        begin, end = house.at(60), house.at(90)
        booked = await display.book(room_id, begin, end, "Merger with Initech")
        assert booked.value is not None
        await display.change(room_id, booked.value.meeting_id, begin, house.at(75))
        await display.meetings(room_id)
        await house.hass.config_entries.async_reload(connector.entry_id)
    display.check()
    ours = [r for r in caplog.records if r.name.startswith("custom_components")]
    warned = [r.getMessage() for r in ours if r.levelno >= logging.WARNING]
    assert warned == ["ROOMZ connector: wrong user name or password from 127.0.0.1"]
    for secret in ("hunter", PASSWORD, "Initech", AUTHORIZATION["Authorization"][6:]):
        assert secret not in "\n".join(record.getMessage() for record in ours)
    assert PASSWORD not in caplog.text

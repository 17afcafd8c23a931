"""Requests to the cloud: pages, what is asked, and answers that are none."""

import asyncio
from collections.abc import Callable
import logging

import aiohttp
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.room_bookings.backends.xapi.cloud import client as module
from custom_components.room_bookings.backends.xapi.cloud.addresses import (
    UntrustedAddressError,
)
from custom_components.room_bookings.backends.xapi.cloud.client import (
    CloudClient,
    Credentials,
)
from custom_components.room_bookings.rooms.errors import RoomError, UnreachableError
from tests.backends.raw_server import http, raw_server
from tests.backends.xapi.conftest import Rig
from tests.simulators.xapi import Device

from .asking import book, list_bookings, with_token

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
        client = with_token(rig, server.url)
        with pytest.raises(expected):
            await client.items("devices")
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    "link", ["<>", "nonsense", "<x>", "<x>; rel=prev", ";;;,,,", "<x>; rel"]
)
async def test_other_links_are_no_next_page(rig: Rig, link: str) -> None:
    """The listing ends there."""
    async with raw_server(http(b'{"items": [1]}', 200, f"Link: {link}")) as server:
        assert await with_token(rig, server.url).items("devices") == [{}]


async def test_endless_pages_come_to_an_end(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A listing that has none is none."""
    monkeypatch.setattr(module, "_MAX_PAGES", 7)
    link = "Link: </v1/devices?start=1>; rel=next"
    async with raw_server(http(b'{"items": [{}]}', 200, link)) as server:
        with pytest.raises(UnreachableError, match="7 pages"):
            await with_token(rig, server.url).items("devices")
        assert len(server.requests) == 7


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
            client = with_token(rig, server.url)
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

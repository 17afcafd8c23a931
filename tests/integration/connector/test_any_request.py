"""The only door that other machines may open: whatever they send, the contract's answers.

Hypothesis chooses what is sent, through sockets of its own thread, in real time; Home
Assistant goes on with its own work meanwhile.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import json
import logging
import socket
import time
from typing import Any, BinaryIO

from aiohttp import encode_basic_auth
from aiohttp.http_exceptions import BadHttpMessage
from aiohttp.web import RequestPayloadError
from hypothesis import given, settings, strategies as st
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.room_bookings.connector import access, view
from homeassistant.core import HomeAssistant
from tests.integration.conftest import add_webex
from tests.simulators.roomz.strict_client import StrictClient
from tests.simulators.webex import WebexSimulator

from .conftest import AUTHORIZATION, PASSWORD, URL, USERNAME, add_connector

pytestmark = pytest.mark.usefixtures("patient_cloud")

# Whoever opens the door hears one of these, and never a word about what is behind it.
ANSWERS = {200, 201, 400, 401, 404, 409}
_EXAMPLES = 150
# An event loop that is busy for so long would be noticed by people, in seconds.
_STALL = 0.5
# What aiohttp itself says of bytes that break its protocol, also after an answer.
_NO_HTTP = (BadHttpMessage, RequestPayloadError)
_PROBE = 0.005

_RIGHT = AUTHORIZATION["Authorization"].encode()
_ANYTHING = st.binary(max_size=40)
_PRINTABLE = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40)


@dataclass(frozen=True, slots=True)
class Door:
    """Home Assistant from outside: where it listens, and the rooms behind."""

    hass: HomeAssistant
    host: str
    port: int
    rooms: list[str]
    display: StrictClient

    def send(self, request: bytes, *, hang_up: bool = False) -> tuple[int, bytes]:
        """Send bytes, and no more where it hangs up; the status and the body of the answer.

        The status is 0 where there is no answer.
        """
        # A server may answer and hang up before it has read everything.
        with (
            socket.create_connection((self.host, self.port), timeout=10) as connection,
            suppress(ConnectionError),
        ):
            connection.sendall(request)
            if hang_up:
                connection.shutdown(socket.SHUT_WR)
            with connection.makefile("rb") as answer:
                return _answer(answer, request.startswith(b"HEAD"))
        return 0, b""

    async def attacked(self, attack: Callable[[], None]) -> float:
        """Run an attack in a thread; the most work, in seconds of CPU, that the loop did at once."""
        attacking = asyncio.get_running_loop().run_in_executor(None, attack)
        longest = 0.0
        while not attacking.done():
            # Not by the clock: on a machine that others use, that tells about them.
            began = time.thread_time()
            await asyncio.sleep(_PROBE)
            longest = max(longest, time.thread_time() - began)
        await attacking
        return longest


def _answer(stream: BinaryIO, head_only: bool) -> tuple[int, bytes]:
    """One answer, as far as its length says."""
    while (line := stream.readline()).startswith(b"HTTP/1.1 100 "):
        stream.readline()
    status = int(line[9:12] or 0)
    length = 0
    while (header := stream.readline().strip()) != b"":
        name, _, value = header.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return status, b"" if head_only else stream.read(length)


@pytest.fixture
async def door(
    hass: HomeAssistant,
    cloud: WebexSimulator,
    hass_client_no_auth: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncGenerator[Door]:
    """Three rooms with phones and one where bookings can be changed, behind the door."""
    monkeypatch.setattr(access, "_PAUSE", 0)
    monkeypatch.setattr(view, "_SLOWEST_BODY", 0.05)
    cloud.add_device(cloud.add_workspace("Studio"), profile="roomos-26.4")
    entry = await add_webex(hass, cloud)
    await add_connector(hass)
    web = await hass_client_no_auth()
    assert web.port is not None
    display = StrictClient(web.session, str(web.make_url(URL)), USERNAME, PASSWORD)
    rooms = [workspace.id for workspace in cloud.workspaces]
    yield Door(hass, web.host, web.port, rooms, display)
    await hass.config_entries.async_unload(entry.entry_id)


def request_of(
    method: bytes, target: bytes, headers: list[tuple[bytes, bytes]], body: bytes
) -> bytes:
    """The bytes of a request; its length is told unless the headers tell another."""
    if not {b"Content-Length", b"Transfer-Encoding"} & {name for name, _ in headers}:
        headers = [*headers, (b"Content-Length", str(len(body)).encode())]
    lines = [
        method + b" " + target + b" HTTP/1.1",
        b"Host: home.example.com",
        *(name + b": " + value for name, value in headers),
        b"",
        body,
    ]
    return b"\r\n".join(lines)


_METHODS = st.sampled_from([b"GET", b"POST", b"PUT", b"DELETE", b"HEAD", b"OPTIONS"])
_HEADER_VALUES = st.one_of(
    _PRINTABLE.map(str.encode),
    st.binary(max_size=20).map(
        lambda raw: raw.translate(None, bytes(range(32)) + b"\x7f")
    ),
)
_AUTHORIZATIONS = st.one_of(
    st.just(_RIGHT),
    _HEADER_VALUES,
    st.builds(
        lambda scheme, token: scheme + b" " + token,
        st.sampled_from([b"Basic", b"basic", b"Bearer", b"Digest", b""]),
        _PRINTABLE.map(str.encode),
    ),
    st.text(max_size=10).map(
        lambda password: encode_basic_auth(USERNAME, password).encode()
    ),
)
_HEADERS = st.one_of(
    st.tuples(st.just(b"Authorization"), _AUTHORIZATIONS),
    st.tuples(
        st.sampled_from(
            [
                b"Accept",
                b"Accept-Encoding",
                b"Content-Type",
                b"Cookie",
                b"Expect",
                b"If-None-Match",
                b"Origin",
                b"Range",
                b"X-Forwarded-For",
                b"X-Forwarded-Proto",
                b"X-Http-Method-Override",
            ]
        ),
        _HEADER_VALUES,
    ),
    st.sampled_from(
        [
            (b"Content-Encoding", b"gzip"),
            (b"Content-Encoding", b"deflate"),
            (b"Transfer-Encoding", b"chunked"),
            (b"Content-Length", b"5"),
            (b"Content-Length", b"999999999"),
            (b"Content-Length", b"-1"),
            (b"Expect", b"100-continue"),
            (b"Upgrade", b"websocket"),
        ]
    ),
)


def _quoted(raw: bytes) -> bytes:
    """Bytes as they may stand in a request line."""
    return b"".join(
        bytes([byte]) if 33 <= byte < 127 else b"%%%02X" % byte for byte in raw
    )


_PARTS = st.one_of(
    st.sampled_from([b"rooms", b"meetings", b"{room}", b"x", b"", b".", b"..", b"~"]),
    _ANYTHING.map(_quoted),
    _PRINTABLE.map(str.encode),
)
_TARGETS = st.one_of(
    st.sampled_from([b"/rooms", b"/rooms/{room}/meetings"]),
    st.lists(_PARTS, max_size=5).map(lambda parts: b"/" + b"/".join(parts)),
)
_QUERIES = st.one_of(
    st.just(b""),
    st.lists(
        st.builds(
            lambda name, value: name + b"=" + value,
            st.one_of(
                st.sampled_from([b"from", b"to", b"organizerId"]),
                _ANYTHING.map(_quoted),
            ),
            st.one_of(
                st.datetimes().map(lambda when: when.isoformat()[:19].encode() + b"Z"),
                _ANYTHING.map(_quoted),
                _PRINTABLE.map(str.encode),
            ),
        ),
        max_size=3,
    ).map(lambda pairs: b"?" + b"&".join(pairs)),
)


async def test_any_request(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    """Any method, path, query, header and body, with and without the password."""

    @settings(max_examples=_EXAMPLES, deadline=None, database=None)
    @given(
        method=_METHODS,
        path=_TARGETS,
        query=_QUERIES,
        headers=st.lists(_HEADERS, max_size=4),
        knows=st.booleans(),
        body=st.one_of(_ANYTHING, st.just(b"x" * 20_000)),
    )
    def attack(
        method: bytes,
        path: bytes,
        query: bytes,
        headers: list[tuple[bytes, bytes]],
        knows: bool,
        body: bytes,
    ) -> None:
        target = path.replace(b"{room}", door.rooms[0].encode())
        if knows:
            headers = [(b"Authorization", _RIGHT), *headers]
        request = request_of(method, URL.encode() + target + query, headers, body)
        status, _ = door.send(request)
        assert status in ANSWERS, (status, request)

    with caplog.at_level(logging.DEBUG):
        stall = await door.attacked(attack)
    assert stall < _STALL
    assert (await door.display.rooms()).status == 200
    door.display.check()
    _check_log(caplog)


async def test_any_bytes(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    """Not even a request: it ends, and Home Assistant goes on."""

    @settings(max_examples=_EXAMPLES, deadline=None, database=None)
    @given(
        start=st.sampled_from([b"", b"GET " + URL.encode(), b"PUT " + URL.encode()]),
        rest=st.lists(st.one_of(_ANYTHING, st.just(b"\r\n"), st.just(b" HTTP/1.1"))),
    )
    def attack(start: bytes, rest: list[bytes]) -> None:
        # Two empty lines end whatever it may be.
        request = start + b"".join(rest) + b"\r\nx\r\n\r\n\r\n\r\n"
        status, _ = door.send(request, hang_up=True)
        assert status in ANSWERS | {0}

    with caplog.at_level(logging.DEBUG):
        stall = await door.attacked(attack)
    assert stall < _STALL
    assert (await door.display.rooms()).status == 200
    _check_log(caplog)


_JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=True),
        st.text(max_size=20),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.text(max_size=10), inner, max_size=3),
    ),
    max_leaves=5,
)


@st.composite
def _wishes(draw: Callable[..., Any]) -> dict[str, Any]:
    """A body that is nearly right: some fields are missing, some are something else."""
    now = datetime.now(UTC).replace(second=0)
    start = now + timedelta(minutes=draw(st.integers(-5, 600)))
    end = start + timedelta(minutes=draw(st.integers(-1, 60)))
    body = {
        "startDateUTC": start.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "endDateUTC": end.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "subject": draw(st.text(max_size=40)),
        "more": draw(_JSON),
    }
    optional = {"organizerId": "Ada", "isCancelled": False}
    body |= {name: value for name, value in optional.items() if draw(st.booleans())}
    for name in draw(st.lists(st.sampled_from(sorted(body)), max_size=1)):
        body[name] = draw(_JSON)
    for name in draw(st.lists(st.sampled_from(sorted(body)), max_size=1)):
        del body[name]
    return body


async def test_any_wish(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    """A display gone mad, which knows the password: what it is told stays the contract's."""
    known = ["x"]

    @settings(max_examples=_EXAMPLES, deadline=None, database=None)
    @given(
        room=st.integers(0, 4),
        meeting=st.one_of(st.none(), st.integers(0, 30)),
        wish=st.one_of(_wishes(), _wishes(), _JSON),
    )
    def attack(room: int, meeting: int | None, wish: Any) -> None:
        room_id = (*door.rooms, "nowhere")[room]
        target, method = f"{URL}/rooms/{room_id}/meetings", b"POST"
        if meeting is not None:
            target, method = f"{target}/{known[-1 - meeting % len(known)]}", b"PUT"
        body = json.dumps(wish).encode()
        headers = [(b"Authorization", _RIGHT)]
        status, answer = door.send(request_of(method, target.encode(), headers, body))
        assert status in ANSWERS, (status, wish)
        told = json.loads(answer)
        assert None not in told.values()
        if status in (200, 201):
            known.append(told["meetingId"])
        else:
            assert told == {"status": status}

    with caplog.at_level(logging.DEBUG):
        stall = await door.attacked(attack)
    assert stall < _STALL
    assert len(known) > 1
    for room_id in door.rooms:
        assert (await door.display.meetings(room_id)).status == 200
    door.display.check()
    _check_log(caplog)


def _check_log(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing went wrong by its own account, and nothing secret is in there."""
    errors = [
        record
        for record in caplog.records
        if record.levelno >= logging.ERROR
        # What is no HTTP, or claims to come from a proxy, is turned away before it gets here.
        and record.name != "homeassistant.components.http.forwarded"
        and not (record.exc_info and isinstance(record.exc_info[1], _NO_HTTP))
    ]
    assert errors == []
    assert PASSWORD not in caplog.text
    assert _RIGHT.decode()[6:] not in caplog.text

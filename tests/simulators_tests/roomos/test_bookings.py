"""The simulated RoomOS device against facts/cisco-xapi.md, literally."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
import hashlib
import json
import ssl
import subprocess
import sys
import time
from typing import Any, Self

import aiohttp
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidMessage, InvalidStatus
from websockets.typing import Subprotocol

from tests.simulators.roomos import (
    GARBAGE,
    VARIANTS,
    Certificate,
    RoomosSimulator,
    SimBooking,
)
from tests.simulators_tests.conftest import Clock

BOOKINGS = ["Event", "Bookings"]
PASSWORD = "secret"


class RpcError(Exception):
    """An error object."""

    def __init__(self, error: dict[str, Any]) -> None:
        """Raise it."""
        super().__init__(error)
        self.code: int = error["code"]
        self.message: str = error["message"]
        self.data: Any = error.get("data")


def basic(username: str = "admin", password: str = PASSWORD) -> dict[str, str]:
    """The Basic header."""
    encoded = base64.b64encode(f"{username}:{password}".encode()).decode()
    return {"Authorization": f"Basic {encoded}"}


def subprotocol(username: str = "admin", password: str = PASSWORD) -> Subprotocol:
    """The authentication subprotocol of facts 4.1."""
    encoded = base64.urlsafe_b64encode(f"{username}:{password}".encode()).decode()
    return Subprotocol(f"auth-{encoded.rstrip('=')}")


def trusting() -> ssl.SSLContext:
    """A client that accepts any certificate."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def open_socket(sim: RoomosSimulator, **options: Any) -> connect:
    """A connection to the simulator, with Basic authentication unless told."""
    options.setdefault("additional_headers", basic())
    options.setdefault("ssl", trusting() if sim.fingerprint else None)
    return connect(
        sim.url,
        ping_interval=None,
        max_size=None,
        close_timeout=0.2,
        proxy=None,
        **options,
    )


class Client:
    """A client of the JSON-RPC in its simplest form."""

    def __init__(self, socket: ClientConnection) -> None:
        """Speak on a socket."""
        self.socket = socket
        self.frames: list[Any] = []
        """Everything received that is no answer, in order; bytes and non-JSON too."""
        self.order: list[Any] = []
        """The ids of answers and the frames that are none, in order."""
        self._count = 100
        self._answers: dict[Any, asyncio.Future[Any]] = {}
        self._reader = asyncio.get_running_loop().create_task(self._read())

    async def __aenter__(self) -> Self:
        """Use it."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the socket."""
        await self.socket.close()
        await self._reader

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            async for raw in self.socket:
                self._receive(raw)

    def _receive(self, raw: str | bytes) -> None:
        try:
            frame = json.loads(raw)
        except ValueError, RecursionError:
            frame = raw
        future = self._answers.get(frame.get("id")) if isinstance(frame, dict) else None
        if future is None or "method" in frame:
            self.frames.append(frame)
            self.order.append(frame)
        else:
            self.order.append(frame["id"])
            if not future.done():
                future.set_result(frame)

    async def send(self, method: str, params: Any = None, id_: Any = None) -> Any:
        """Send a request; a future of the frame that answers it."""
        if id_ is None:
            self._count += 1
            id_ = self._count
        body = {"jsonrpc": "2.0", "id": id_, "method": method}
        if params is not None:
            body["params"] = params
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._answers[id_] = future
        await self.socket.send(json.dumps(body))
        return future

    async def call(self, method: str, params: Any = None, id_: Any = None) -> Any:
        """The result of a request; raises `RpcError`."""
        future = await self.send(method, params, id_)
        async with asyncio.timeout(5):
            frame = await future
        assert frame["jsonrpc"] == "2.0"
        if "error" in frame:
            assert "result" not in frame
            raise RpcError(frame["error"])
        return frame["result"]

    async def get(self, *path: str | int) -> Any:
        """The value at a path."""
        return await self.call("xGet", {"Path": list(path)})

    async def command(self, name: str, **arguments: Any) -> Any:
        """The result of a Bookings command."""
        return await self.call(f"xCommand/Bookings/{name}", arguments)

    async def subscribe(self, *query: str | int, **more: Any) -> int:
        """The Id of a subscription."""
        result = await self.call("xFeedback/Subscribe", {"Query": list(query), **more})
        assert set(result) == {"Id"}
        number: int = result["Id"]
        return number

    async def refused(self, method: str, params: Any = None) -> RpcError:
        """The error that a request is answered with."""
        with pytest.raises(RpcError) as caught:
            await self.call(method, params)
        return caught.value

    async def notifications(self) -> list[Any]:
        """The params of what was notified since the last time."""
        await self.get("Status", "SystemUnit", "Uptime")
        frames, self.frames = self.frames, []
        assert all(f["method"] == "xFeedback/Event" for f in frames)
        assert all("id" not in f for f in frames)
        return [f["params"] for f in frames]

    async def events(self) -> list[tuple[str, Any]]:
        """The (name, value) of the Bookings events since the last time."""
        return [
            item
            for params in await self.notifications()
            if "Event" in params
            for item in params["Event"]["Bookings"].items()
        ]

    async def event_names(self) -> list[str]:
        """The names of the Bookings events since the last time."""
        return [name for name, _ in await self.events()]

    async def listed(self, **arguments: Any) -> list[dict[str, Any]]:
        """The records of Bookings List."""
        found: list[dict[str, Any]] = (await self.command("List", **arguments)).get(
            "Booking", []
        )
        return found


async def client_of(sim: RoomosSimulator, **options: Any) -> Client:
    """A client that is connected."""
    return Client(await open_socket(sim, **options))


@pytest.fixture
async def device(clock: Clock, socket_enabled: None) -> AsyncIterator[RoomosSimulator]:
    """A device of the newest release."""
    async with RoomosSimulator(clock=clock) as simulator:
        yield simulator


@pytest.fixture
async def client(device: RoomosSimulator) -> AsyncIterator[Client]:
    """A client of it."""
    async with await client_of(device) as connected:
        yield connected


@pytest.fixture
async def listener(client: Client) -> Client:
    """A client that subscribed to the Bookings events."""
    await client.subscribe(*BOOKINGS)
    return client


async def refusal(sim: RoomosSimulator, **options: Any) -> int:
    """The HTTP status that a handshake meets."""
    with pytest.raises(InvalidStatus) as caught:
        await open_socket(sim, **options)
    return caught.value.response.status_code


# Certificate (4.1, 9.1)


async def test_the_fingerprint_is_that_of_the_certificate_shown(
    device: RoomosSimulator,
) -> None:
    """SHA-256 of the DER certificate; whoever trusts it can verify it."""
    context = ssl.create_default_context(cadata=device.certificate.pem.decode())
    async with open_socket(device, ssl=context) as socket:
        shown = socket.transport.get_extra_info("ssl_object").getpeercert(True)
    assert hashlib.sha256(shown).hexdigest() == device.fingerprint


async def test_another_certificate_is_shown_from_the_next_connection_on(
    device: RoomosSimulator, client: Client
) -> None:
    """Whoever verifies the old one never sends the password."""
    old = device.fingerprint
    context = ssl.create_default_context(cadata=device.certificate.pem.decode())
    knocks = len(device.handshakes)
    assert device.renew_certificate() == device.fingerprint != old
    assert await client.get("Status", "SystemUnit", "State", "System") == "Initialized"
    with pytest.raises(ssl.SSLCertVerificationError):
        await open_socket(device, ssl=context)
    assert len(device.handshakes) == knocks
    async with open_socket(device) as socket:
        shown = socket.transport.get_extra_info("ssl_object").getpeercert(True)
    assert hashlib.sha256(shown).hexdigest() == device.fingerprint


async def test_many_simulators_are_cheap(socket_enabled: None) -> None:
    """200 of them start within seconds, with one certificate if that is wished."""
    certificate = Certificate.make()
    started = time.monotonic()
    sims = [RoomosSimulator(certificate=certificate) for _ in range(200)]
    for sim in sims:
        await sim.start()
    clients = [await client_of(sim) for sim in sims[:20]]
    assert time.monotonic() - started < 5
    assert len({sim.host for sim in sims}) == len({sim.serial for sim in sims}) == 200
    assert {sim.fingerprint for sim in sims} == {certificate.fingerprint}
    for each in clients:
        await each.__aexit__()
    for sim in sims:
        await sim.stop()


# Handshake (4.1)


async def test_both_authentications(device: RoomosSimulator) -> None:
    """Basic, and a subprotocol that is echoed."""
    async with open_socket(device) as socket:
        assert socket.subprotocol is None
    offered = subprotocol()
    async with open_socket(
        device, additional_headers={}, subprotocols=[offered]
    ) as socket:
        assert socket.subprotocol == offered
    assert [
        (h.path, h.authentication, h.username, h.status) for h in device.handshakes
    ] == [("/ws", "basic", "admin", 101), ("/ws", "subprotocol", "admin", 101)]


async def test_a_password_with_any_characters(
    clock: Clock, socket_enabled: None
) -> None:
    """base64url: `-` and `_` for `+` and `/`, no padding."""
    password = "?>~ÿ?>~:é"
    async with RoomosSimulator(clock=clock, password=password) as sim:
        offered = subprotocol(password=password)
        assert "_" in offered
        async with open_socket(sim, additional_headers={}, subprotocols=[offered]):
            pass
        standard = base64.b64encode(f"admin:{password}".encode()).decode()
        padded = base64.urlsafe_b64encode(f"admin:{password}".encode()).decode()
        assert padded.endswith("=")
        for wrong in (standard, standard.rstrip("="), padded, ""):
            headers = {"Sec-WebSocket-Protocol": f"auth-{wrong}"}
            assert await refusal(sim, additional_headers=headers) == 403


@pytest.mark.parametrize(
    "options",
    [
        {"additional_headers": {}},
        {"additional_headers": basic(password="wrong")},
        {"additional_headers": basic(username="nobody")},
        {"additional_headers": {"Authorization": "Basic ####"}},
        {"additional_headers": {"Authorization": "Bearer token"}},
        {"additional_headers": {}, "subprotocols": [subprotocol(password="wrong")]},
        {"subprotocols": [subprotocol(password="wrong")]},
        {"additional_headers": {}, "subprotocols": [subprotocol(), "json"]},
    ],
)
async def test_bad_credentials_are_403(
    device: RoomosSimulator, options: dict[str, Any]
) -> None:
    """403 = bad credentials (4.1)."""
    assert await refusal(device, **options) == 403
    assert device.handshakes[-1].status == 403


async def test_the_other_refusals(device: RoomosSimulator, clock: Clock) -> None:
    """502 rebooting, 503 rate limit, 404 otherwise (4.1)."""
    with pytest.raises(InvalidStatus) as caught:
        await connect(
            f"wss://{device.host}/other",
            ssl=trusting(),
            additional_headers=basic(),
            proxy=None,
        )
    assert caught.value.response.status_code == 404
    device.configuration["NetworkServices.Websocket"] = "Off"
    assert await refusal(device) == 404
    device.configuration["NetworkServices.Websocket"] = "FollowHTTPService"
    device.handshake_limit = (2, 60)
    for _ in range(2):
        async with open_socket(device):
            pass
    assert await refusal(device) == 503
    clock.pass_by(seconds=60)
    device.reboot(seconds=10)
    assert await refusal(device) == 502
    clock.pass_by(seconds=10)
    async with open_socket(device):
        pass
    device.configuration["NetworkServices.HTTP.Mode"] = "Off"
    with pytest.raises((InvalidMessage, OSError)):
        await open_socket(device)


async def test_plain_ws_needs_http(clock: Clock, socket_enabled: None) -> None:
    """401 over ws:// = HTTP not enabled (4.1)."""
    async with RoomosSimulator(clock=clock, tls=False) as sim:
        assert (sim.url, sim.fingerprint) == (f"ws://{sim.host}/ws", "")
        async with open_socket(sim):
            pass
        sim.configuration["NetworkServices.HTTP.Mode"] = "HTTPS"
        assert await refusal(sim) == 401


async def test_handshakes_fail_on_demand(device: RoomosSimulator) -> None:
    """With a status, with a cut, late, or never."""
    device.faults.handshakes().status(503)
    assert await refusal(device) == 503
    device.faults.handshakes().drop()
    with pytest.raises((InvalidMessage, OSError)):
        await open_socket(device)
    device.faults.handshakes().latency(0.05)
    started = time.monotonic()
    async with open_socket(device):
        assert time.monotonic() - started >= 0.05
    fault = device.faults.handshakes().no_answer()
    with pytest.raises(TimeoutError):
        await open_socket(device, open_timeout=0.1)
    assert fault.hits == 1
    assert [h.status for h in device.handshakes] == [503, 0, 101, 0]


# Requests (4.2)


async def test_xget_is_relative(
    device: RoomosSimulator, client: Client, clock: Clock
) -> None:
    """A leaf, a branch, an item of an array."""
    clock.pass_by(seconds=62974)
    assert await client.get("Status", "SystemUnit", "Uptime") == 62974
    assert await client.get("Status", "Bookings") == {
        "Availability": {"Status": "Free", "TimeStamp": ""},
        "Current": {"Id": ""},
    }
    assert await client.get("Status", "Bookings", "Current", "Id") == ""
    assert await client.get("Status", "Network", 1, "Ethernet", "MacAddress") == (
        device.device.mac
    )
    assert await client.get("Status", "Network") == [
        {"id": 1, "Ethernet": {"MacAddress": device.device.mac}}
    ]
    system = await client.get("Status", "SystemUnit")
    assert system["Hardware"]["Module"]["SerialNumber"] == device.serial
    assert system["Software"]["DisplayName"] == "RoomOS 26.4.1.1"
    assert await client.get("Status", "UserInterface", "ContactInfo", "Name") == "Fjord"
    assert await client.get("Configuration", "SystemUnit", "Name") == "Fjord"
    for path in (["Status", "Nothing"], ["Status", "Network", 2], ["Status", "*"]):
        error = await client.refused("xGet", {"Path": path})
        assert (error.code, error.message) == (1, "No match on address expression")


async def test_xquery_is_rooted(device: RoomosSimulator, client: Client) -> None:
    """`["**"]` alone is invalid."""
    query = ["Status", "**", "DisplayName"]
    assert await client.call("xQuery", {"Query": query}) == {
        "Status": {"SystemUnit": {"Software": {"DisplayName": "RoomOS 26.4.1.1"}}}
    }
    assert await client.call(
        "xQuery", {"Query": ["Status", "*", "Availability", "Status"]}
    ) == {"Status": {"Bookings": {"Availability": {"Status": "Free"}}}}
    assert await client.call("xQuery", {"Query": ["Status", "Nothing"]}) == {}
    assert (await client.refused("xQuery", {"Query": ["**"]})).code == -32602


async def test_xset(device: RoomosSimulator, client: Client) -> None:
    """`"result": true`; only what exists, and only to what it can be."""
    params = {"Path": ["Configuration", "SystemUnit", "Name"], "Value": "my-device"}
    assert await client.call("xSet", params) is True
    assert device.configuration["SystemUnit.Name"] == "my-device"
    window = ["Configuration", "Bookings", "CheckIn", "WindowDuration"]
    assert await client.get(*window) == 10
    await client.subscribe("Configuration", "Bookings")
    assert await client.call("xSet", {"Path": window, "Value": 30}) is True
    assert await client.call("xSet", {"Path": window, "Value": "60"}) is True
    assert await client.get(*window) == 60
    assert await client.notifications() == [
        {"Id": 1, "Configuration": {"Bookings": {"CheckIn": {"WindowDuration": w}}}}
        for w in (30, 60)
    ]
    for value in (7, "many", True, None, [10]):
        error = await client.refused("xSet", {"Path": window, "Value": value})
        assert error.code == -32602
    nothing = {"Path": ["Configuration", "Nothing"], "Value": 1}
    assert (await client.refused("xSet", nothing)).code == 1
    status = {"Path": ["Status", "SystemUnit", "Uptime"], "Value": 1}
    assert (await client.refused("xSet", status)).code == -32602


async def test_ids_are_integers_or_strings(
    device: RoomosSimulator, client: Client
) -> None:
    """The answer carries the same id, of the same type."""
    path = {"Path": ["Status", "SystemUnit", "Uptime"]}
    for id_ in (0, 7, "7", "a b"):
        await client.call("xGet", path, id_)
    assert [entry.id for entry in device.requests] == [0, 7, "7", "a b"]
    assert all(entry.answered and entry.error is None for entry in device.requests)


@pytest.mark.parametrize(
    ("frame", "code", "id_"),
    [
        ("{", -32700, None),
        ("", -32700, None),
        (b"\xff\xfe", -32700, None),
        ("[" * 100_000, -32700, None),
        ("[]", -32600, None),
        ("42", -32600, None),
        ('{"jsonrpc": "2.0", "method": "xGet"}', -32600, None),
        ('{"id": 5, "method": "xGet"}', -32600, 5),
        ('{"jsonrpc": "2.0", "id": true, "method": "xGet"}', -32600, None),
        ('{"jsonrpc": "2.0", "id": "x", "method": 5}', -32600, "x"),
        ('{"jsonrpc": "2.0", "id": 5, "method": "xGet", "params": []}', -32602, 5),
        ('{"jsonrpc": "2.0", "id": 5, "method": "xGet", "params": {}}', -32602, 5),
        ('{"jsonrpc": "2.0", "id": 5, "method": "xOdd"}', -32601, 5),
    ],
)
async def test_what_is_no_request(
    device: RoomosSimulator, frame: str | bytes, code: int, id_: Any
) -> None:
    """4.3: -32700 parse, -32600 invalid request, -32601 method, -32602 params."""
    async with open_socket(device) as socket:
        await socket.send(frame)
        answer = json.loads(await socket.recv())
    assert (answer["jsonrpc"], answer["id"]) == ("2.0", id_)
    assert answer["error"]["code"] == code
    (entry,) = device.requests
    assert entry.error == code


async def test_commands(device: RoomosSimulator, client: Client) -> None:
    """Without data `{"status": "OK"}`; an empty List has no Booking key (1.4, 4.2)."""
    assert await client.command("List", Days=7, DayOffset=0) == {
        "LastUpdated": "2026-01-01T09:00:00Z",
        "ResultInfo": {"TotalRows": 0},
        "status": "OK",
    }
    assert await client.command("Book", BookingRequestUUID="u", Title="T") == {
        "status": "OK"
    }
    (record,) = await client.listed()
    assert (record["id"], record["Id"], record["MeetingId"]) == (1, "webex-1", "u")
    assert record["Spark"]["Alert"] == "True"
    got = await client.command("Get", Id="webex-1")
    assert got["status"] == "OK"
    assert "id" not in got["Booking"]
    assert got["Booking"]["Time"]["SecondsUntilEnd"] == 1800
    error = await client.refused("xCommand/Bookings/Get", {"Id": "nothing"})
    assert (error.code, error.message) == (1, "Not found")
    unknown = await client.refused("xCommand/Bookings/Schedule")
    assert unknown.code == -32601
    wrong = await client.refused("xCommand/Bookings/Book", {"Duration": "30"})
    assert wrong.code == -32602
    (entry,) = device.requests.of(command="bookings.book", method="xCommand/")[:1]
    assert entry.params == {"BookingRequestUUID": "u", "Title": "T"}
    put = await client.refused("xCommand/Bookings/Put", {"body": '{"Bookings": []}'})
    assert put.code == 1


async def test_results_as_other_producers_shape_them(
    device: RoomosSimulator, client: Client
) -> None:
    """Fractions of a second, digits for integers, one item for a list (1.4)."""
    device.book_locally("T")
    seen = {}
    for name, variant in VARIANTS.items():
        device.result_filter = variant
        seen[name] = await client.command("List")
    assert seen["fractions"]["Booking"][0]["Time"]["StartTime"] == (
        "2026-01-01T09:00:00.123456789Z"
    )
    assert seen["digits"]["Booking"][0]["Time"]["StartTimeBuffer"] == "300"
    assert seen["digits"]["ResultInfo"] == {"TotalRows": "1"}
    assert seen["single"]["Booking"]["Title"] == "T"
    assert "status" not in seen["bare"]
    assert "id" not in seen["bare"]["Booking"][0]


async def test_roles(device: RoomosSimulator) -> None:
    """Admin and User may; others get -31999 (9.2)."""
    device.add_user("user", "p", "User")
    device.add_user("integrator", "p", "Integrator", "RoomControl")
    async with await client_of(device, additional_headers=basic("user", "p")) as user:
        await user.command("Book", Title="T")
        await user.subscribe(*BOOKINGS)
        assert (await user.refused("xCommand/Bookings/Put")).code == -31999
        name = {"Path": ["Configuration", "SystemUnit", "Name"], "Value": "x"}
        assert (await user.refused("xSet", name)).code == -31999
    headers = basic("integrator", "p")
    async with await client_of(device, additional_headers=headers) as other:
        for method, params in (
            ("xCommand/Bookings/List", {}),
            ("xCommand/Bookings/Book", {"Title": "T"}),
            ("xGet", {"Path": ["Status", "Bookings", "Current", "Id"]}),
            ("xFeedback/Subscribe", {"Query": BOOKINGS}),
            ("xCommand/SystemUnit/Boot", {}),
        ):
            error = await other.refused(method, params)
            assert (error.code, error.message) == (-31999, "Permission denied")
        assert await other.get("Status", "SystemUnit", "Uptime") == 0
        assert "Bookings" not in await other.get("Status")
        await other.subscribe("Event")
        device.book_locally("Unheard", device.clock() + timedelta(hours=2))
        assert await other.notifications() == []


async def test_a_changed_password_counts_at_the_next_handshake(
    device: RoomosSimulator, client: Client
) -> None:
    """The connection that is open stays."""
    device.password = "other"
    assert await refusal(device) == 403
    await client.get("Status", "SystemUnit", "Uptime")


# Feedback (2, 4.2, 4.4)


async def test_the_frames_of_feedback(
    device: RoomosSimulator, client: Client, clock: Clock
) -> None:
    """xFeedback/Event with the Id and the tree; no id of its own."""
    assert await client.subscribe(*BOOKINGS) == 1
    booking = device.book_locally("T", minutes=30, organizer="Ada")
    requested, created, updated, started = await client.notifications()
    assert created == {
        "Id": 1,
        "Event": {
            "Bookings": {
                "BookingCreated": {
                    "id": 1,
                    "BookingRequestUUID": booking.uuid,
                    "Duration": 30,
                    "Id": "webex-1",
                    "MeetingId": booking.uuid,
                    "OrganizerEmail": "",
                    "OrganizerId": "",
                    "OrganizerName": "Ada",
                    "StartTime": "2026-01-01T09:00:00Z",
                    "Title": "T",
                }
            }
        },
    }
    assert set(requested["Event"]["Bookings"]) == {"BookingRequested"}
    assert updated == {"Id": 1, "Event": {"Bookings": {"Updated": {}}}}
    device.event_ids = False
    device.childless_value = ""
    clock.pass_by(minutes=30)
    await device.tick()
    device.delete_locally(booking)
    ended, deleted, updated = await client.notifications()
    assert ended["Event"]["Bookings"]["End"] == {
        "EndTime": "2026-01-01T09:30:00Z",
        "Id": "webex-1",
        "MeetingId": booking.uuid,
        "ScheduledDuration": 30,
        "StartTime": "2026-01-01T09:00:00Z",
    }
    assert deleted["Event"]["Bookings"]["Deleted"]["MinutesFreed"] == 0
    assert updated["Event"]["Bookings"] == {"Updated": ""}
    assert started["Event"]["Bookings"]["Start"]["MeetingId"] == booking.uuid


async def test_status_notifications_hold_what_changed(
    device: RoomosSimulator, client: Client, clock: Clock
) -> None:
    """3: Free, FreeUntil, BookedUntil; Current Id is the booking's Id."""
    await client.subscribe("Status", "Bookings")
    device.book_locally("T", clock() + timedelta(hours=1), 30)
    clock.pass_by(hours=1)
    await device.tick()
    clock.pass_by(minutes=30)
    await device.tick()
    changes = [n["Status"]["Bookings"] for n in await client.notifications()]
    assert changes == [
        {"Availability": {"Status": "FreeUntil", "TimeStamp": "2026-01-01T10:00:00Z"}},
        {
            "Availability": {
                "Status": "BookedUntil",
                "TimeStamp": "2026-01-01T10:30:00Z",
            },
            "Current": {"Id": "webex-1"},
        },
        {"Availability": {"Status": "Free", "TimeStamp": ""}, "Current": {"Id": ""}},
    ]


async def test_the_current_value_is_notified_on_demand(
    device: RoomosSimulator, client: Client
) -> None:
    """The full matching subtree, after the answer or before it."""
    number = await client.subscribe("Status", "Bookings", NotifyCurrentValue=True)
    tree = {
        "Bookings": {
            "Availability": {"Status": "Free", "TimeStamp": ""},
            "Current": {"Id": ""},
        }
    }
    assert await client.notifications() == [{"Id": number, "Status": tree}]
    assert isinstance(client.order[0], int)
    device.answer_first = False
    client.order.clear()
    await client.subscribe("Status", "RoomAnalytics", NotifyCurrentValue=True)
    assert "method" in client.order[0]
    client.frames.clear()
    await client.subscribe(*BOOKINGS, NotifyCurrentValue=True)
    assert await client.notifications() == []


async def test_overlapping_subscriptions_deliver_duplicates(
    device: RoomosSimulator, listener: Client
) -> None:
    """One per Id (4.4); a narrow query gets its part."""
    assert await listener.subscribe("Event") == 2
    assert await listener.subscribe(*BOOKINGS, "Start", "Id") == 3
    assert await listener.subscribe(*BOOKINGS, "Ended") == 4
    device.book_locally("T")
    starts = [
        n for n in await listener.notifications() if "Start" in n["Event"]["Bookings"]
    ]
    assert [n["Id"] for n in starts] == [1, 2, 3]
    assert starts[0]["Event"] == starts[1]["Event"]
    assert starts[2]["Event"]["Bookings"] == {"Start": {"id": 1, "Id": "webex-1"}}


async def test_unsubscribing(device: RoomosSimulator, listener: Client) -> None:
    """The error of an unknown Id is the guide's own."""
    assert await listener.call("xFeedback/Unsubscribe", {"Id": 1}) is True
    device.book_locally("T")
    assert await listener.notifications() == []
    error = await listener.refused("xFeedback/Unsubscribe", {"Id": 4})
    assert (error.code, error.message, error.data) == (
        -32602,
        "Unknown subscription Id",
        {"Id": 4},
    )
    assert await listener.subscribe(*BOOKINGS) == 2


async def test_subscriptions_are_limited_and_die_with_their_connection(
    device: RoomosSimulator, listener: Client
) -> None:
    """-31998: global subscriber count exceeded (4.3)."""
    device.subscription_limit = 2
    async with await client_of(device) as other:
        await other.subscribe(*BOOKINGS)
        error = await other.refused("xFeedback/Subscribe", {"Query": BOOKINGS})
        assert error.code == -31998
        assert len(device.connections) == 2
    await device.wait_until(lambda: len(device.connections) == 1)
    async with await client_of(device) as again:
        device.book_locally("T")
        assert await again.notifications() == []
        assert await again.subscribe(*BOOKINGS) == 1
    for query in (["**"], ["Command"], [], "Event/Bookings", [True]):
        error = await listener.refused("xFeedback/Subscribe", {"Query": query})
        assert error.code == -32602


async def test_presence(clock: Clock, socket_enabled: None) -> None:
    """RoomAnalytics, where the device has it."""
    async with (
        RoomosSimulator(clock=clock, capacity=8) as sim,
        await client_of(sim) as client,
    ):
        assert await client.get("Status", "RoomAnalytics") == {
            "PeopleCount": {"Capacity": 8, "Current": 0},
            "PeoplePresence": "No",
        }
        await client.subscribe("Status", "RoomAnalytics")
        sim.set_people(3)
        sim.set_people(3)
        sim.set_people(None)
        values = [n["Status"]["RoomAnalytics"] for n in await client.notifications()]
        assert values == [
            {"PeopleCount": {"Current": 3}},
            {"PeoplePresence": "Yes"},
            {"PeopleCount": {"Current": -1}},
            {"PeoplePresence": "Unknown"},
        ]
    async with (
        RoomosSimulator(clock=clock, people=False) as sim,
        await client_of(sim) as client,
    ):
        path = {"Path": ["Status", "RoomAnalytics", "PeopleCount", "Current"]}
        assert (await client.refused("xGet", path)).code == 1


async def test_a_removed_array_item_leaves_a_ghost(
    device: RoomosSimulator, client: Client
) -> None:
    """`{"id": "115", "ghost": "True"}` (4.2)."""
    await client.subscribe("Status", "Network")
    device.remove_status("Network.1")
    ((notification),) = await client.notifications()
    assert notification["Status"] == {"Network": [{"id": "1", "ghost": "True"}]}
    assert (await client.refused("xGet", {"Path": ["Status", "Network"]})).code == 1


# Bookings (1, 2)


async def test_book_reports_and_answers(
    device: RoomosSimulator, listener: Client
) -> None:
    """Local calendars: BookingRequested and BookingCreated at once (2)."""
    await listener.command(
        "Book",
        BookingRequestUUID="u",
        StartTime="2026-01-01T10:00:00Z",
        Duration=45,
        Title="T",
        OrganizerName="Ada",
    )
    assert await listener.event_names() == [
        "BookingRequested",
        "BookingCreated",
        "Updated",
    ]
    assert isinstance(listener.order[1], int)
    (booking,) = device.bookings
    assert (booking.uuid, booking.minutes, booking.organizer) == ("u", 45, "Ada")
    device.answer_first = False
    listener.order.clear()
    await listener.command("Book", Title="Now", Duration=15)
    assert "method" in listener.order[0]


@pytest.mark.parametrize("kind", ["same", "other", "none"])
async def test_meeting_ids(
    device: RoomosSimulator, listener: Client, kind: str
) -> None:
    """Equal to the UUID (local), different (hybrid), or empty (on premises)."""
    device.meeting_ids = kind
    await listener.command("Book", BookingRequestUUID="u", Title="T")
    created = dict(await listener.events())["BookingCreated"]
    assert created["BookingRequestUUID"] == "u"
    meeting_id = created["MeetingId"]
    assert {"same": meeting_id == "u", "none": meeting_id == ""}.get(
        kind, meeting_id not in ("u", "")
    )
    (record,) = await listener.listed()
    assert record["MeetingId"] == meeting_id
    assert "BookingRequestUUID" not in record
    wrong = await listener.refused("xCommand/Bookings/Delete", {"MeetingId": "x"})
    assert wrong.code == 1
    with pytest.raises(RpcError):
        await listener.command("Delete", BookingRequestUUID="u")
    if meeting_id:
        await listener.command("Delete", MeetingId=meeting_id)
    else:
        await listener.command("Delete", Id=record["Id"])
    assert device.bookings == ()


async def test_ad_hoc_booking_can_be_off_or_limited(
    device: RoomosSimulator, client: Client
) -> None:
    """Book needs AdhocBooking Enabled (1.6)."""
    device.configuration["Bookings.AdhocBooking.Enabled"] = "False"
    error = await client.refused("xCommand/Bookings/Book", {"Title": "T"})
    assert (error.code, error.message) == (1, "Ad hoc booking is not enabled")
    device.configuration["Bookings.AdhocBooking.Enabled"] = "True"
    device.configuration["Bookings.AdhocBooking.MaxDuration"] = 1
    long = {"Title": "T", "Duration": 61}
    assert (await client.refused("xCommand/Bookings/Book", long)).code == 1
    await client.command("Book", Title="T", Duration=60)


async def test_a_taken_slot(device: RoomosSimulator, listener: Client) -> None:
    """Unknown (1.5): an error, an overlap, or nothing but SyncRequired."""
    device.book_locally("First")
    await listener.notifications()
    error = await listener.refused("xCommand/Bookings/Book", {"Title": "T"})
    assert error.code == 1
    device.conflict = "implicit"
    assert await listener.command("Book", Title="T") == {"status": "OK"}
    assert await listener.event_names() == ["SyncRequired"]
    device.conflict = "overlap"
    await listener.command("Book", Title="T")
    assert len(device.bookings) == 2


async def test_edit_extend_check_in_and_check_out(
    device: RoomosSimulator, listener: Client, clock: Clock
) -> None:
    """BookingMoved, ExtensionRequested, CheckedIn, Deleted ManualCheckOut."""
    device.configuration["Bookings.CheckIn.Enabled"] = "True"
    booking = device.book_locally("T", minutes=60)
    await listener.notifications()
    by_id = {"Id": "webex-1"}
    await listener.command("Edit", **by_id, Duration=30, Title="Shorter")
    moved = dict(await listener.events())["BookingMoved"]
    assert (moved["Duration"], moved["MeetingId"]) == (30, booking.meeting_id)
    await listener.command("Extend", **by_id, Duration=15)
    assert await listener.event_names() == [
        "ExtensionRequested",
        "BookingMoved",
        "Updated",
    ]
    await listener.command("CheckIn", **by_id, TrackingData="x")
    checked = dict(await listener.events())["CheckedIn"]
    assert checked["MinuteOffset"] == 0
    clock.pass_by(minutes=20)
    await device.tick()
    assert await listener.events() == []
    await listener.command("CheckOut", **by_id)
    deleted = dict(await listener.events())["Deleted"]
    assert (deleted["Cause"], deleted["MinutesFreed"]) == ("ManualCheckOut", 25)
    assert [change.what for change in device.history] == [
        "created",
        "changed",
        "changed",
        "checked_in",
        "deleted",
    ]


async def test_who_does_not_check_in_loses_the_room(
    device: RoomosSimulator, listener: Client, clock: Clock
) -> None:
    """Deleted with the cause NoShow when the window closes (1.6, 2)."""
    booking = device.book_locally("T")
    refused = await listener.refused("xCommand/Bookings/CheckIn", {"Id": "webex-1"})
    assert refused.code == 1
    device.configuration["Bookings.CheckIn.WindowDuration"] = 5
    device.configuration["Bookings.CheckIn.Enabled"] = "True"
    clock.pass_by(minutes=4, seconds=59)
    await device.tick()
    assert device.bookings == (booking,)
    await listener.notifications()
    clock.pass_by(seconds=1)
    await device.tick()
    deleted = dict(await listener.events())["Deleted"]
    assert (deleted["Cause"], deleted["TimeStamp"]) == (
        "NoShow",
        "2026-01-01T09:05:00Z",
    )
    attended = device.check_in_locally(device.book_locally("Attended"))
    device.book_locally("All day", clock() + timedelta(hours=1), 8 * 60)
    clock.pass_by(hours=2)
    await device.tick()
    assert [b.title for b in device.bookings] == ["Attended", "All day"]
    assert attended.checked_in


# Releases (1.3)


def names(sim: RoomosSimulator, kind: str) -> set[str]:
    """The Bookings commands or events of a release."""
    found = sim.profile.commands if kind == "commands" else sim.profile.events
    return {n.removeprefix("Bookings.") for n in found if n.startswith("Bookings.")}


async def test_what_each_release_has(clock: Clock) -> None:
    """The schema history of 1.3, and what Teams mode lacks (1.1)."""
    sims = {
        name: RoomosSimulator(clock, name)
        for name in ("roomos-11.14", "roomos-11.24", "roomos-26.4", "mtr")
    }
    old, middle, new, teams = (names(sim, "commands") for sim in sims.values())
    assert old == middle == new - {"CheckIn", "CheckOut"}
    assert {"Edit", "Extend", "Delete", "Respond", "Clear"} <= old
    assert new - teams == {"CheckOut", "Clear", "Extend", "NotificationSnooze", "Put"}
    old, middle, new, teams = (names(sim, "events") for sim in sims.values())
    assert middle - old == {
        "BookingCreated",
        "BookingFailed",
        "BookingMoved",
        "CheckedIn",
        "EditRequested",
        "ExtensionFailed",
        "SyncRequired",
    }
    assert new - middle == {"EditFailed"}
    assert {"Updated", "Start", "End", "Deleted", "BookingRequested"} <= old
    assert new == teams
    settings = [
        {s for s in sim.configuration if s.startswith("Bookings.")}
        for sim in sims.values()
    ]
    assert settings[0] == set()
    assert "Bookings.AdhocBooking.Enabled" in settings[1]
    assert settings[2] == settings[3] > settings[1]


async def test_11_14_books_without_being_told(
    clock: Clock, socket_enabled: None
) -> None:
    """No BookingCreated, no SyncRequired, narrow Book, End with Id alone (1.3)."""
    async with (
        RoomosSimulator(clock, "roomos-11.14") as sim,
        await client_of(sim) as client,
    ):
        await client.subscribe(*BOOKINGS)
        wide = await client.refused("xCommand/Bookings/Book", {"OrganizerName": "Ada"})
        assert wide.code == -32602
        await client.command("Book", BookingRequestUUID="u", Title="T", Duration=15)
        assert await client.event_names() == ["BookingRequested", "Updated", "Start"]
        setting = ["Configuration", "Bookings", "AdhocBooking", "Enabled"]
        assert (await client.refused("xGet", {"Path": setting})).code == 1
        clock.pass_by(minutes=15)
        await sim.tick()
        assert await client.events() == [("End", {"id": 1, "Id": "webex-1"})]
        unknown = await client.refused("xCommand/Bookings/CheckOut", {"Id": "webex-1"})
        assert unknown.code == -32601
        sim.reboot()
        clock.pass_by(minutes=1)
        async with await client_of(sim) as again:
            await again.subscribe(*BOOKINGS)
            await sim.tick()
            assert await again.events() == []


async def test_teams_mode_lacks_commands(clock: Clock, socket_enabled: None) -> None:
    """They are not there (1.1); Availability and Current still are (9.9)."""
    async with RoomosSimulator(clock, "mtr") as sim, await client_of(sim) as client:
        for name in ("CheckOut", "Clear", "Extend", "NotificationSnooze", "Put"):
            assert (await client.refused(f"xCommand/Bookings/{name}")).code == -32601
        await client.command("Book", Title="T")
        status = await client.get("Status", "Bookings", "Availability", "Status")
        assert status == "BookedUntil"
        await client.command("Edit", Id="webex-1", Duration=5)


# Restarts (4.1, 9.4, 9.7)


@pytest.mark.parametrize("meeting_ids", ["keep", "empty"])
@pytest.mark.parametrize("reuse_ids", [False, True])
async def test_a_restart_changes_the_ids(
    device: RoomosSimulator,
    listener: Client,
    clock: Clock,
    meeting_ids: Any,
    reuse_ids: bool,
) -> None:
    """502, then -31997, then SyncRequired; MeetingIds stay or become empty."""
    bookings = [
        device.book_locally(title, clock() + timedelta(hours=hour))
        for hour, title in enumerate(("A", "B", "C"))
    ]
    device.reboot(
        seconds=20,
        not_ready=5,
        sync=2,
        meeting_ids=meeting_ids,
        reuse_ids=reuse_ids,
        start_again=True,
    )
    await listener.socket.wait_closed()
    assert listener.socket.close_code == 1006
    assert await refusal(device) == 502
    clock.pass_by(seconds=20)
    async with await client_of(device) as again:
        for method in ("xGet", "xFeedback/Subscribe", "xCommand/Bookings/List"):
            error = await again.refused(method, {"Path": ["Status"]})
            assert (error.code, error.message) == (-31997, "System not ready")
        clock.pass_by(seconds=5)
        assert await again.get("Status", "SystemUnit", "Uptime") == 5
        await again.subscribe(*BOOKINGS)
        records = await again.listed()
        expected = ["webex-3", "webex-2", "webex-1"]
        if not reuse_ids:
            expected = ["webex-4", "webex-5", "webex-6"]
        assert [record["Id"] for record in records] == expected
        kept = [b.meeting_id if meeting_ids == "keep" else "" for b in bookings]
        assert [record["MeetingId"] for record in records] == kept
        clock.pass_by(seconds=2)
        await device.tick()
        assert await again.event_names() == ["SyncRequired", "Start"]
        assert {b.title for b in device.bookings} == {"A", "B", "C"}


async def test_boot_is_a_command(device: RoomosSimulator, client: Client) -> None:
    """It answers, then the connection ends (6.3)."""
    result = await client.call("xCommand/SystemUnit/Boot", {"Action": "Restart"})
    assert result["Description"] == "Restarting"
    await client.socket.wait_closed()
    assert await refusal(device) == 502


# Faults


async def test_a_request_is_dropped_before_or_after_it_is_done(
    device: RoomosSimulator,
) -> None:
    """Cut, and the truth tells which."""
    device.faults.when(command="Bookings.Book").drop()
    for done in (0, 1):
        async with await client_of(device) as client:
            await client.send("xCommand/Bookings/Book", {"Title": "T"})
            await client.socket.wait_closed()
            assert client.socket.close_code == 1006
        assert len(device.bookings) == done
        device.faults.when(command="bookings.*").drop_answer()
    assert [entry.answered for entry in device.requests] == [False, False]


async def test_events_can_precede_a_lost_answer(device: RoomosSimulator) -> None:
    """With `answer_first` off the client hears of its booking, then nothing."""
    device.answer_first = False
    async with await client_of(device) as client:
        await client.subscribe(*BOOKINGS)
        device.faults.when(command="Bookings.Book").drop_answer()
        await client.send("xCommand/Bookings/Book", {"Title": "T"})
        await client.socket.wait_closed()
        heard = [set(f["params"]["Event"]["Bookings"]) for f in client.frames]
        assert {"BookingCreated"} in heard


async def test_a_frame_is_cut_in_the_middle(device: RoomosSimulator) -> None:
    """Answers and notifications alike."""
    device.faults.when(command="Bookings.Book").cut_mid_frame()
    async with await client_of(device) as client:
        await client.send("xCommand/Bookings/Book", {"Title": "T"})
        await client.socket.wait_closed()
        assert (client.socket.close_code, client.frames) == (1006, [])
    assert len(device.bookings) == 1
    device.faults.events("Bookings.Deleted").cut_mid_frame()
    async with await client_of(device) as client:
        await client.subscribe(*BOOKINGS)
        device.delete_locally(device.bookings[0])
        await client.socket.wait_closed()
        assert client.frames == []


async def test_answers_never_come_come_late_twice_or_out_of_order(
    device: RoomosSimulator, client: Client, clock: Clock
) -> None:
    """And the connection lives on."""
    device.faults.when(command="Bookings.List").no_answer()
    device.faults.when(command="Bookings.Book").no_answer(applied=True)
    lost = [await client.send("xCommand/Bookings/List") for _ in range(1)]
    lost.append(await client.send("xCommand/Bookings/Book", {"Title": "T"}))
    await client.get("Status", "SystemUnit", "Uptime")
    assert len(device.bookings) == 1
    assert not any(future.done() for future in lost)
    assert [entry.answered for entry in device.requests] == [False, False, True]

    device.faults.when(command="Bookings.List").answer_late(3)
    late = await client.send("xCommand/Bookings/List")
    await client.get("Status", "SystemUnit", "Uptime")
    assert not late.done()
    clock.pass_by(seconds=3)
    await device.tick()
    assert "result" in await late

    device.faults.when(command="Bookings.List").reorder()
    first = await client.send("xCommand/Bookings/List", id_="first")
    await client.call("xCommand/Bookings/List", id_="second")
    await first
    assert client.order[-2:] == ["second", "first"]

    device.faults.when(command="Bookings.List").latency(0.05)
    slow = await client.send("xCommand/Bookings/List", id_="slow")
    await client.call("xCommand/Bookings/List", id_="quick")
    await slow
    assert client.order[-2:] == ["quick", "slow"]

    device.faults.when(command="Bookings.List").duplicate()
    await client.call("xCommand/Bookings/List", id_="twice")
    await client.get("Status", "SystemUnit", "Uptime")
    assert client.order.count("twice") == 2


async def test_a_half_open_connection_does_not_even_answer_pings(
    device: RoomosSimulator,
) -> None:
    """Nothing is read or written, and nothing is closed."""
    async with await client_of(device) as client:
        await (await client.socket.ping())
        await client.subscribe(*BOOKINGS)
        device.half_open()
        pong = await client.socket.ping()
        lost = await client.send("xCommand/Bookings/Book", {"Title": "Lost"})
        device.book_locally("Unheard")
        await asyncio.sleep(0.05)
        assert not pong.done()
        assert not lost.done()
        assert client.frames == []
        assert client.socket.close_code is None
        assert [b.title for b in device.bookings] == ["Unheard"]
        assert device.connections[0].half_open
    async with await client_of(device) as client:
        device.faults.when(command="Bookings.Delete").half_open(applied=True)
        await client.send("xCommand/Bookings/Delete", {"Id": "webex-1"})
        await device.wait_for_requests(command="Bookings.Delete")
        assert device.bookings == ()
        pong = await client.socket.ping()
        await asyncio.sleep(0.05)
        assert not pong.done()


async def test_the_socket_is_closed_with_a_code(device: RoomosSimulator) -> None:
    """By a request, or all at once."""
    device.faults.when(method="xGet").close(1011)
    async with await client_of(device) as client:
        await client.send("xGet", {"Path": ["Status"]})
        await client.socket.wait_closed()
        assert client.socket.close_code == 1011
    async with await client_of(device) as client:
        await device.close_connections(1001)
        await client.socket.wait_closed()
        assert client.socket.close_code == 1001
    async with await client_of(device) as client:
        device.faults.when(method="xGet").reboot()
        await client.send("xGet", {"Path": ["Status"]})
        await client.socket.wait_closed()
    assert await refusal(device) == 502


async def test_errors_and_odd_answers(device: RoomosSimulator, client: Client) -> None:
    """Instead of the real one, after the request was carried out or not."""
    book = "xCommand/Bookings/Book"
    device.faults.when(command="Bookings.Book").error(-32603, "Internal", {"a": 1})
    error = await client.refused(book, {"Title": "T"})
    assert (error.code, error.message, error.data) == (-32603, "Internal", {"a": 1})
    assert device.bookings == ()
    device.faults.when(command="Bookings.Book").error(-31997, applied=True)
    assert (await client.refused(book, {"Title": "T"})).code == -31997
    assert len(device.bookings) == 1
    device.faults.when(command="Bookings.List").answer([])
    assert await client.command("List") == []
    device.faults.when(command="Bookings.List").frame({"odd": 1})
    await client.send("xCommand/Bookings/List")
    device.faults.when(command="Bookings.List").frame(b"\x00")
    await client.send("xCommand/Bookings/List")
    await client.get("Status", "SystemUnit", "Uptime")
    assert client.frames == [{"odd": 1}, b"\x00"]
    device.result_filter = lambda name, result: {**result, "name": name}
    assert (await client.command("List"))["name"] == "Bookings.List"
    device.device.records = [{"Id": 5}]
    assert (await client.listed())[-1] == {"Id": 5}


async def test_commands_that_only_seem_to_work(
    device: RoomosSimulator, listener: Client, clock: Clock
) -> None:
    """The verbs that the Webex simulator has too."""
    device.faults.when(command="Bookings.Book").not_applied()
    assert await listener.command("Book", Title="T") == {"status": "OK"}
    assert device.bookings == ()
    device.faults.when(command="Bookings.Book").applied_late(5)
    await listener.command("Book", Title="T", Duration=15)
    assert device.bookings == ()
    clock.pass_by(seconds=5)
    await device.tick()
    assert len(device.bookings) == 1
    await listener.notifications()
    device.faults.when(command="Bookings.Book").booking_fails("KmsError")
    await listener.command(
        "Book", BookingRequestUUID="u", StartTime="2026-01-01T12:00:00Z"
    )
    assert await listener.events() == [
        (
            "BookingRequested",
            {
                "id": 1,
                "BookingRequestUUID": "u",
                "Duration": 30,
                "StartTime": "2026-01-01T12:00:00Z",
                "Title": "",
            },
        ),
        (
            "BookingFailed",
            {"id": 1, "BookingRequestUUID": "u", "FailureCause": "KmsError"},
        ),
    ]
    device.faults.when(command="Bookings.Book").rival()
    start = {"StartTime": "2026-01-01T15:00:00Z"}
    assert (await listener.refused("xCommand/Bookings/Book", start)).code == 1
    assert device.bookings[-1].title == "Somebody else"


async def test_notifications_go_astray(
    device: RoomosSimulator, listener: Client, clock: Clock
) -> None:
    """Lost, twice, late, out of order, or the end of the connection."""

    def book(title: str, hour: int) -> SimBooking:
        return device.book_locally(title, clock() + timedelta(hours=hour))

    created = "Bookings.BookingCreated"
    dropped = device.faults.events(created).drop()
    device.faults.events("Bookings.BookingRequested").always().drop()
    updated = device.faults.events("Bookings.Updated").always().drop()
    book("A", 1)
    assert await listener.events() == []
    assert dropped.hits == updated.hits == 1
    device.faults.events(created).duplicate(3)
    book("B", 2)
    assert await listener.event_names() == ["BookingCreated"] * 3
    device.faults.events(created).delay(10)
    book("C", 3)
    assert await listener.events() == []
    clock.pass_by(seconds=10)
    await device.tick()
    assert await listener.event_names() == ["BookingCreated"]
    device.faults.events(created).reorder()
    device.delete_locally(book("D", 4))
    assert await listener.event_names() == ["Deleted", "BookingCreated"]
    await listener.subscribe("Status", "Bookings", "Availability")
    device.faults.statuses("Bookings.Availability.Status").drop()
    device.faults.messages(lambda n: "Status" in n["params"]).drop()
    device.book_locally("Now", minutes=15)
    await listener.notifications()
    device.faults.events("Bookings.Deleted").disconnect()
    device.delete_locally(device.bookings[-1])
    await listener.socket.wait_closed()


@pytest.mark.parametrize("kind", sorted(GARBAGE))
async def test_garbage(device: RoomosSimulator, client: Client, kind: str) -> None:
    """Instead of an answer, and before a notification; the connection lives on."""
    device.faults.when(command="Bookings.List").garbage(kind)
    future = await client.send("xCommand/Bookings/List")
    await client.get("Status", "SystemUnit", "Uptime")
    assert len(client.frames) + future.done() == 1
    client.frames.clear()
    await client.subscribe(*BOOKINGS)
    device.faults.events("Bookings.BookingCreated").garbage(kind, then_real=True)
    device.book_locally("T", device.clock() + timedelta(hours=1))
    await client.get("Status", "SystemUnit", "Uptime")
    assert len(client.frames) == 4
    await client.command("List")


async def test_huge_frames_are_still_true(
    device: RoomosSimulator, listener: Client
) -> None:
    """5 MB more in an answer and in a notification."""
    device.faults.when(command="Bookings.List").huge()
    result = await listener.command("List")
    assert len(result.pop("Padding")) == 5_000_000
    assert result["ResultInfo"] == {"TotalRows": 0}
    device.faults.events("Bookings.BookingCreated").huge(6_000_000)
    device.book_locally("T")
    (created,) = [n for n in await listener.notifications() if "Padding" in n]
    assert created["Event"]["Bookings"]["BookingCreated"]["Title"] == "T"
    device.send("anything")
    device.send(b"bytes")
    await listener.get("Status", "SystemUnit", "Uptime")
    assert listener.frames == ["anything", b"bytes"]


async def test_faults_are_counted_and_disarmed(
    device: RoomosSimulator, client: Client
) -> None:
    """Once, so often, always; the first one armed happens."""
    fault = device.faults.when(method="xGet").times(2).error(1, "twice")
    second = device.faults.when(method="xGet").always().error(1, "always")
    path = {"Path": ["Status", "SystemUnit", "Uptime"]}
    words = [(await client.refused("xGet", path)).message for _ in range(4)]
    assert words == ["twice", "twice", "always", "always"]
    assert (fault.hits, second.hits) == (2, 2)
    await fault.triggered()
    assert len(device.faults.describe()) == 1
    second.remove()
    await client.call("xGet", path)
    device.faults.when(predicate=lambda r: r.params.get("Path") is None).always().drop()
    device.faults.clear()
    assert (await client.refused("xGet", {})).code == -32602


async def test_outages(device: RoomosSimulator) -> None:
    """Cut and accepted, or nothing listens; and back on the same port."""
    host = device.host
    for refuse in (False, True):
        async with await client_of(device) as client:
            await device.down(refuse=refuse)
            await client.socket.wait_closed()
            with pytest.raises((InvalidMessage, OSError)):
                await open_socket(device)
        await device.up()
        assert device.host == host
        async with open_socket(device):
            pass
    await device.down(0.05)
    await asyncio.sleep(0.1)
    async with open_socket(device):
        pass


async def test_it_stops_while_clients_hang(clock: Clock, socket_enabled: None) -> None:
    """Half-open ones, slow ones, and handshakes that were never answered."""
    sim = RoomosSimulator(clock=clock)
    await sim.start()
    client = await client_of(sim)
    sim.faults.handshakes().no_answer()
    knocking = asyncio.ensure_future(open_socket(sim).__aenter__())
    await sim.wait_until(lambda: len(sim.handshakes) == 2)
    sim.half_open()
    started = time.monotonic()
    await sim.stop()
    assert time.monotonic() - started < 1
    with pytest.raises((InvalidMessage, InvalidStatus, OSError)):
        await knocking
    await client.__aexit__()


async def test_time_passes_by_itself_if_wished(socket_enabled: None) -> None:
    """A booking ends on the real clock."""
    async with (
        RoomosSimulator(ticking=True) as sim,
        await client_of(sim) as client,
    ):
        await client.subscribe(*BOOKINGS, "End")
        now = sim.clock()
        sim.book_locally("T", now - timedelta(minutes=1, seconds=-1), 1)
        async with asyncio.timeout(5):
            while not client.frames:
                await asyncio.sleep(0.05)


async def test_waiting_for_a_client(device: RoomosSimulator) -> None:
    """Tests need no sleep to know that a client is there."""
    waiting = asyncio.ensure_future(device.wait_for_subscriptions(2))
    async with await client_of(device) as client:
        await device.wait_for_connections()
        await client.subscribe(*BOOKINGS)
        await asyncio.sleep(0)
        assert not waiting.done()
        await client.subscribe("Status", "Bookings")
        async with asyncio.timeout(1):
            await waiting
        await device.wait_for_requests(2, method="xFeedback/Subscribe")


# Alone


@pytest.fixture
def alone() -> Any:
    """The simulator as a process; what it printed."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.simulators.roomos",
            "--profile",
            "roomos-11.24",
            "--seed-bookings",
            "2",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    printed = dict(process.stdout.readline().strip().split(": ", 1) for _ in range(6))
    yield printed
    process.terminate()
    assert process.wait(timeout=10) == 0
    process.stdout.close()


async def test_alone_with_its_control_api(
    alone: dict[str, str], socket_enabled: None
) -> None:
    """Everything a demo does from another process."""
    assert list(alone) == [
        "host",
        "username",
        "password",
        "fingerprint",
        "serial",
        "control",
    ]

    async with (
        aiohttp.ClientSession() as session,
        connect(
            f"wss://{alone['host']}/ws",
            ssl=trusting(),
            additional_headers=basic(),
            proxy=None,
        ) as socket,
    ):

        async def control(
            method: str, path: str, body: Any = None, status: int = 200
        ) -> Any:
            async with session.request(
                method, f"{alone['control']}{path}", json=body
            ) as answer:
                assert answer.status == status
                return await answer.json()

        client = Client(socket)
        await client.subscribe(*BOOKINGS)
        assert (await control("GET", "/subscribed?timeout=5"))["subscriptions"] == 1
        await control("GET", "/subscribed?number=9&timeout=0.05", status=504)
        summary = await control("GET", "")
        assert summary["host"] == alone["host"]
        assert summary["profile"] == "roomos-11.24"
        assert summary["connections"][0]["subscriptions"] == {"1": "Event/Bookings"}
        room = f"/workspaces/{summary['workspaces'][0]}"
        box = f"/devices/{alone['serial']}"
        assert len((await control("GET", room))["bookings"]) == 2
        booked = await control(
            "POST", f"{room}/book", {"title": "T", "start": 600, "minutes": 15}
        )
        taken = {"title": "U", "start": 600}
        assert "error" in await control("POST", f"{room}/book", taken, status=409)
        await control("POST", f"{room}/edit", {"booking": booked["uuid"], "title": "V"})
        await control("POST", f"{room}/check_in", {"booking": "V"})
        await control("POST", f"{room}/delete", {"booking": "V", "cause": "NoShow"})
        history = (await control("GET", f"{room}/history"))["history"]
        assert [h["what"] for h in history[2:]] == [
            "created",
            "changed",
            "checked_in",
            "deleted",
        ]
        assert await client.event_names() == [
            "BookingRequested",
            "BookingCreated",
            "Updated",
            "BookingMoved",
            "Updated",
            "CheckedIn",
            "Deleted",
            "Updated",
        ]
        await control(
            "POST", f"{box}/configuration", {"Bookings.AdhocBooking.Enabled": "False"}
        )
        await control("POST", f"{box}/configuration", {"Odd": 1}, status=404)
        await control(
            "POST", f"{box}/configuration", {"SystemUnit.Name": 1}, status=400
        )
        assert (await client.refused("xCommand/Bookings/Book")).code == 1
        await control("POST", f"{box}/people", {"people": 4})
        await control("POST", f"{box}/status", {"SystemUnit.State.System": "Odd"})
        assert await client.get("Status", "SystemUnit", "State", "System") == "Odd"
        await control("POST", f"{box}/records", {"records": [{"Id": 1}]})
        for fault in (
            {"match": {"command": "Bookings.List"}, "effect": "error", "times": None},
            {"match": {"event": ""}, "effect": "garbage", "with": {"kind": "deep"}},
            {"match": {"status": "Bookings"}, "effect": "drop"},
            {"match": {"message": True}, "effect": "disconnect"},
            {"match": {"handshake": True}, "effect": "status", "with": {"status": 503}},
        ):
            await control("POST", "/faults", fault)
        assert len((await control("GET", "/faults"))["faults"]) == 5
        assert (await client.refused("xCommand/Bookings/List")).code == 1
        await control("DELETE", "/faults")
        await control("POST", "/faults", {"effect": "odd"}, status=400)
        await control(
            "POST", "/knobs", {"handshake_limit": [9, 60], "meeting_ids": "other"}
        )
        await control("POST", "/knobs", {"odd": 1}, status=400)
        await control("POST", "/frames", {"frame": {"hello": 1}})
        fingerprint = (await control("POST", "/certificate"))["fingerprint"]
        assert fingerprint != alone["fingerprint"]
        await control("POST", "/password", {"password": "other"})
        await control("POST", "/role", {"roles": ["Audit"]})
        requests = (await control("GET", "/requests"))["requests"]
        assert requests[-1]["command"] == "Bookings.List"
        assert requests[-1]["error"] == 1
        (handshake,) = (await control("GET", "/handshakes"))["handshakes"]
        assert handshake["authentication"] == "basic"
        await control("DELETE", "/requests")
        await control("POST", "/half_open")
        await control("POST", "/down", {})
        await control("POST", "/up")
        await control("POST", "/disconnect", {"code": 1001})
        await control("POST", f"{box}/reboot", {"seconds": 1, "meeting_ids": "empty"})
        await control("POST", "/devices/other/reboot", status=404)
        assert not (await control("GET", ""))["ready"]

"""Requests to the simulated device, literally (facts/cisco-xapi.md 4.2)."""

from datetime import timedelta
import json
from typing import Any

import pytest

from tests.simulators.roomos import VARIANTS, RoomosSimulator
from tests.simulators_tests.conftest import Clock

from .client import BOOKINGS, Client, basic, client_of, open_socket, refusal


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

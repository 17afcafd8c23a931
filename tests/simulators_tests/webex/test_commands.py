"""Commands, status and schema of the simulated cloud, literally (facts/cisco-xapi.md 6.1, 6.2)."""

from typing import Any

import pytest

from tests.simulators.webex import WebexSimulator
from tests.simulators.xapi import Device

from .client import Client


async def test_a_command_answers_device_arguments_and_result(
    integration: Client, phone: Device
) -> None:
    """The name's case does not matter; Book has no id (0.4)."""
    arguments = {"Title": "T", "Duration": 30, "StartTime": "2026-01-01T10:00:00Z"}
    answer = await integration.command(phone, "bookings.BOOK", arguments)
    assert answer.status == 200
    assert answer.body == {
        "deviceId": phone.id,
        "arguments": arguments,
        "result": {},
    }


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"deviceId": "x"},
        {"arguments": {}},
        {"deviceId": 1, "arguments": {}},
        {"deviceId": "x", "arguments": []},
        [],
    ],
)
async def test_device_and_arguments_are_required(
    integration: Client, body: Any
) -> None:
    """OAS marks both as required (6.1)."""
    assert (
        await integration.post("/v1/xapi/command/Bookings.List", body)
    ).status == 400


async def test_refused_commands(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """404 unknown, 403 not allowed, 503 not connected."""

    async def status(device: Device, name: str = "Bookings.List") -> int:
        return (await integration.command(device, name)).status

    assert await status(phone, "Bookings.Edit") == 404
    unknown = await integration.post(
        "/v1/xapi/command/Bookings.List", {"deviceId": "nobody", "arguments": {}}
    )
    assert unknown.status == 404
    assert set(unknown.body) == {"message", "errors", "trackingId"}
    assert unknown.headers["TrackingID"]
    assert await status(sim.add_personal_device()) == 403
    assert await status(sim.add_device(phone.workspace, xapi=False)) == 403
    assert await status(phone, "SystemUnit.Boot") == 403
    phone.online = False
    assert await status(phone) == 503
    phone.deep_sleep = True
    assert phone.connection_status == "offline_deep_sleep"
    sim.offline_status = 410
    assert await status(phone) == 410
    phone.online = True
    assert await status(phone) == 200


@pytest.mark.parametrize(
    ("scope", "path"),
    [
        ("spark-admin:devices_read", "/v1/devices"),
        ("spark-admin:workspaces_read", "/v1/workspaces"),
        ("spark:xapi_statuses", "/v1/xapi/status?deviceId={}&name=Bookings.*"),
        ("spark:xapi_commands", "/v1/xapi/schema?deviceId={}&command=Bookings.*"),
    ],
)
async def test_a_missing_scope_is_403(
    sim: WebexSimulator, integration: Client, phone: Device, scope: str, path: str
) -> None:
    """Each endpoint has its scope (8)."""
    assert (await integration.get(path.format(phone.id))).status == 200
    sim.app.scopes = tuple(one for one in sim.app.scopes if one != scope)
    assert (await integration.get(path.format(phone.id))).status == 403
    if scope == "spark:xapi_commands":
        assert (await integration.command(phone, "Bookings.List")).status == 403


async def test_status_is_a_tree_of_what_was_asked(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """Repeated and joined names; `{}` for the unknown; at most ten (6.2)."""
    phone.workspace.book_locally("Now", sim.clock(), 30)

    async def result(query: str) -> Any:
        answer = await integration.get(f"/v1/xapi/status?deviceId={phone.id}&{query}")
        assert answer.status == 200
        assert answer.body["deviceId"] == phone.id
        return answer.body["result"]

    status, current = "Bookings.Availability.Status", "Bookings.Current.Id"
    expected = {
        "Bookings": {
            "Availability": {"Status": "BookedUntil"},
            "Current": {"Id": "webex-1"},
        }
    }
    assert await result(f"name={status}&name={current}") == expected
    assert await result(f"name={status},{current}") == expected
    assert await result("name=Bookings.Availability") == {
        "Bookings": {
            "Availability": {
                "Status": "BookedUntil",
                "TimeStamp": "2026-01-01T09:30:00Z",
            }
        }
    }
    assert await result("name=Audio.Volume") == {}
    names = "&".join(f"name=Bookings.N{n}" for n in range(11))
    many = await integration.get(f"/v1/xapi/status?deviceId={phone.id}&{names}")
    assert many.status == 400
    unknown = await integration.get(f"/v1/xapi/status?deviceId=nobody&name={status}")
    assert unknown.status == 404


async def test_status_is_cached_while_a_device_is_offline(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """XStatus comes from a cloud cache (6.1)."""
    phone.online = False
    phone.workspace.book_locally("Unheard", sim.clock(), 30)
    path = f"/v1/xapi/status?deviceId={phone.id}&name=Bookings.Availability.Status"
    cached = {"Bookings": {"Availability": {"Status": "Free"}}}
    assert (await integration.get(path)).body["result"] == cached
    phone.online = True
    now = {"Bookings": {"Availability": {"Status": "BookedUntil"}}}
    assert (await integration.get(path)).body["result"] == now


async def test_the_schema_tells_what_a_phone_can_do(
    integration: Client, phone: Device
) -> None:
    """The shapes of 6.2, the three commands and two statuses of 1.2."""
    answer = await integration.get(
        f"/v1/xapi/schema?deviceId={phone.id}&command=Bookings.*&status=Bookings.*"
    )
    (described,) = answer.body
    assert described["deviceId"] == phone.id
    assert set(described["commands"]) == {
        "Bookings.Book",
        "Bookings.Delete",
        "Bookings.List",
    }
    assert described["commands"]["Bookings.Delete"]["arguments"]["MeetingId"] == {
        "required": False,
        "schema": {"type": "string", "maxLength": 128},
    }
    assert described["commands"]["Bookings.Book"]["resultSchema"] == {
        "type": ["object", "null"]
    }
    assert described["status"]["Bookings.Availability.Status"] == {
        "schema": {"enum": ["Free", "FreeUntil", "BookedUntil"], "type": "string"}
    }
    assert set(described["status"]) == {
        "Bookings.Availability.Status",
        "Bookings.Availability.TimeStamp",
        "Bookings.Current.Id",
    }


async def test_the_schema_of_several_releases(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """At most five devices; CheckOut is newer than 11.24 (1.3)."""
    old = sim.add_device(phone.workspace, "roomos-11.24", product="Cisco Room Bar")
    new = sim.add_device(phone.workspace, "roomos-26.4", product="Cisco Room Bar")
    answer = await integration.get(
        f"/v1/xapi/schema?deviceId={old.id}&deviceId={new.id}&command=Bookings.*"
    )
    first, second = answer.body
    assert "Bookings.CheckOut" not in first["commands"]
    assert "Bookings.CheckOut" in second["commands"]
    assert "status" not in first
    assert "bodySchema" in second["commands"]["Bookings.Put"]
    six = "&".join(f"deviceId={old.id}" for _ in range(6))
    refused = await integration.get(f"/v1/xapi/schema?{six}&command=Bookings.*")
    assert refused.status == 400

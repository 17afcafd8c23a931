"""The simulated Webex cloud against facts/cisco-xapi.md, literally."""

import asyncio
from datetime import UTC, datetime, timedelta
import json
import re
import subprocess
import sys
from typing import Any

import aiohttp
from freezegun import freeze_time
import jwt
import pytest

from tests.simulators.webex import Access, WebexSimulator
from tests.simulators.webex.identity import SigningKey
from tests.simulators.xapi import Device

from .conftest import Client, Clock

MILLISECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


# Activation code (7.2)


async def test_an_activation_code_has_the_claims_of_the_captured_one(
    sim: WebexSimulator, client: Client
) -> None:
    """Header, claims and key are those of facts 7.2."""
    code = sim.activation_code()
    keys = (await client.get("/jwks", headers={})).body["keys"]
    assert set(keys[0]) == {"kty", "use", "crv", "kid", "x", "y", "alg"}
    assert (keys[0]["kty"], keys[0]["crv"], keys[0]["alg"]) == ("EC", "P-256", "ES256")
    header = jwt.get_unverified_header(code)
    assert header == {"kid": keys[0]["kid"], "typ": "JWT", "alg": "ES256"}
    claims = jwt.decode(
        code, jwt.PyJWK(keys[0]), algorithms=["ES256"], options={"verify_iat": False}
    )
    assert set(claims) == {
        "sub",
        "oauthUrl",
        "orgName",
        "appUrl",
        "manifestUrl",
        "appId",
        "expiryTime",
        "action",
        "webexapisBaseUrl",
        "scopes",
        "region",
        "iat",
        "jti",
        "refreshToken",
        "xapiAccess",
    }
    assert claims["action"] == "provision"
    assert claims["sub"].startswith("Y2lzY29zcGFyazovL3VybjpURUFNOnVz")
    assert claims["oauthUrl"] == f"{sim.base_url}/v1/access_token"
    assert claims["webexapisBaseUrl"] == f"{sim.base_url}/v1"
    assert re.fullmatch(
        re.escape(f"{sim.base_url}/xapi/api/organizations/")
        + f"[0-9a-f-]{{36}}/apps/{claims['appId']}",
        claims["appUrl"],
    )
    assert claims["manifestUrl"].startswith(f"{sim.base_url}/")
    assert claims["expiryTime"] == "2026-01-02T09:00:00.349444270Z"
    assert claims["iat"] == int(sim.clock().timestamp())
    assert set(json.loads(claims["xapiAccess"])) == {"commands", "statuses", "events"}
    assert "spark:xapi_commands" in claims["scopes"].split(",")


async def test_each_activation_code_has_its_own_jti_and_can_be_bent(
    sim: WebexSimulator, client: Client
) -> None:
    """Claims, lifetime and key are the test's to choose."""

    def claims(code: str) -> dict[str, Any]:
        decoded: dict[str, Any] = jwt.decode(code, options={"verify_signature": False})
        return decoded

    first, second = (claims(sim.activation_code()) for _ in range(2))
    assert first["jti"] != second["jti"]
    bent = claims(
        sim.activation_code(
            lifetime=timedelta(hours=-1),
            without=("jti",),
            appUrl="https://evil.example.com/",
        )
    )
    assert "jti" not in bent
    assert bent["appUrl"] == "https://evil.example.com/"
    assert bent["expiryTime"].startswith("2026-01-01T08:00:00")
    forged = sim.activation_code(key=SigningKey(sim.key.kid))
    jwk = (await client.get("/jwks")).body["keys"][0]
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(
            forged, jwt.PyJWK(jwk), algorithms=["ES256"], options={"verify_iat": False}
        )


# Tokens (7.3)


@pytest.mark.parametrize("form", [False, True])
async def test_a_token_lives_for_18_hours(
    sim: WebexSimulator, client: Client, clock: Clock, form: bool
) -> None:
    """JSON and form bodies are both accepted."""
    fields = {
        "grant_type": "refresh_token",
        "client_id": sim.client_id,
        "client_secret": sim.client_secret,
        "refresh_token": sim.tokens.refresh_token,
    }
    answer = await client.request(
        "POST", "/v1/access_token", **({"data": fields} if form else {"json": fields})
    )
    assert answer.status == 200
    assert answer.body["expires_in"] == 64_800
    assert answer.body["refresh_token"] == fields["refresh_token"]
    client.headers = {"Authorization": f"Bearer {answer.body['access_token']}"}
    clock.pass_by(seconds=64_799)
    assert (await client.get("/v1/devices")).status == 200
    clock.pass_by(seconds=1)
    assert (await client.get("/v1/devices")).status == 401


async def test_a_rotating_refresh_token_is_good_once(
    sim: WebexSimulator, client: Client
) -> None:
    """The answer carries the next one."""
    sim.tokens.rotating = True
    old = sim.tokens.refresh_token
    answer = await client.authorize()
    assert answer.body["refresh_token"] != old
    refused = await client.post(
        "/v1/access_token",
        {
            "grant_type": "refresh_token",
            "client_id": sim.client_id,
            "client_secret": sim.client_secret,
            "refresh_token": old,
        },
    )
    assert refused.status == 400


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"client_secret": "guess"}, 401),
        ({"client_id": "guess"}, 401),
        ({"refresh_token": "guess"}, 400),
        ({"grant_type": "password"}, 400),
    ],
)
async def test_wrong_credentials_are_refused_with_webex_error_body(
    sim: WebexSimulator, client: Client, wrong: dict[str, str], status: int
) -> None:
    """`{"message", "errors": [{"description"}], "trackingId"}` (6.4)."""
    fields = {
        "grant_type": "refresh_token",
        "client_id": sim.client_id,
        "client_secret": sim.client_secret,
        "refresh_token": sim.tokens.refresh_token,
    }
    answer = await client.post("/v1/access_token", fields | wrong)
    assert answer.status == status
    assert set(answer.body) == {"message", "errors", "trackingId"}
    assert answer.body["errors"][0]["description"] == answer.body["message"]
    assert answer.body["trackingId"].startswith("ROUTER_")


async def test_without_a_token_everything_is_401(
    sim: WebexSimulator, client: Client, phone: Device
) -> None:
    """Bearer check."""
    for path in (
        "/v1/devices",
        "/v1/workspaces",
        f"/v1/xapi/status?deviceId={phone.id}&name=Bookings.*",
        sim.app.path,
        f"{sim.app.path}/queue",
    ):
        answer = await client.get(path)
        assert answer.status == 401
        assert (
            answer.headers["TrackingID"] == answer.body["trackingId"]
            or (answer.headers["TrackingID"])
        )
    assert (await client.command(phone, "Bookings.List")).status == 401


async def test_expired_and_revoked_tokens(
    sim: WebexSimulator, integration: Client
) -> None:
    """Expiry leaves the refresh token good, revocation does not."""
    sim.expire_tokens()
    assert (await integration.get("/v1/devices")).status == 401
    fields = {
        "grant_type": "refresh_token",
        "client_id": sim.client_id,
        "client_secret": sim.client_secret,
        "refresh_token": integration.claims["refreshToken"],
    }
    assert (await integration.post("/v1/access_token", fields)).status == 200
    sim.revoke()
    assert (await integration.post("/v1/access_token", fields)).status == 400
    assert (await integration.authorize()).status == 200


# Provisioning (7.4)


async def test_provisioning_completes_with_a_queue(
    sim: WebexSimulator, client: Client
) -> None:
    """The resource of facts 7.4."""
    answer = await client.provision()
    assert answer.status == 200
    assert {
        "id",
        "manifestVersion",
        "provisioningState",
        "operationalState",
        "queue",
        "xapiAccessKeys",
        "scopes",
        "roles",
        "createdAt",
        "updatedAt",
        "actionsUrl",
        "publicLocationIds",
        "features",
        "availability",
        "customer",
    } == set(answer.body)
    assert answer.body["provisioningState"] == "completed"
    assert answer.body["queue"] == {
        "state": "enabled",
        "pollUrl": f"{client.claims['appUrl']}/queue",
    }
    assert set(answer.body["xapiAccessKeys"]) == {"commands", "statuses", "events"}
    again = await client.get(client.claims["appUrl"])
    assert again.body == answer.body


async def test_a_removed_integration_is_404_until_it_is_installed_again(
    sim: WebexSimulator, integration: Client
) -> None:
    """DELETE appUrl deactivates it."""
    app_url = integration.claims["appUrl"]
    assert (await integration.request("DELETE", app_url)).status == 204
    assert (await integration.get(app_url)).status == 404
    assert (await integration.get(integration.poll_url)).status == 404
    assert (await integration.provision()).status == 200


# Queue (7.5, 7.6)


async def test_an_empty_poll_is_held_and_then_answers_no_messages(
    integration: Client,
) -> None:
    """`{"messages": []}`."""
    answer = await integration.get(integration.poll_url)
    assert (answer.status, answer.body) == (200, {"messages": []})


async def test_a_held_poll_gets_the_event_when_it_happens(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """The envelope and the event of facts 7.6 and 2."""
    sim.hold = 20
    poll = asyncio.create_task(integration.get(integration.poll_url))
    await sim.wait_for_poll()
    booking = phone.workspace.book_locally(
        "Retro", sim.clock() + timedelta(hours=1), 30, organizer="Ada"
    )
    messages = (await poll).body["messages"]
    event, status = messages
    assert list(event) == [
        "type",
        "deviceId",
        "workspaceId",
        "orgId",
        "appId",
        "timestamp",
        "events",
    ]
    assert event["deviceId"] == phone.id
    assert event["workspaceId"] == phone.workspace.id
    assert MILLISECONDS.fullmatch(event["timestamp"])
    assert event["events"] == [
        {
            "key": "Bookings.BookingCreated",
            "value": {
                "BookingRequestUUID": booking.uuid,
                "Duration": 30,
                "Id": phone.id_of(booking),
                "MeetingId": booking.uuid,
                "OrganizerEmail": "",
                "OrganizerId": "",
                "OrganizerName": "Ada",
                "StartTime": "2026-01-01T10:00:00Z",
                "Title": "Retro",
            },
            "timestamp": event["timestamp"],
        }
    ]
    assert status["type"] == "status"
    assert status["changes"] == {
        "updated": {
            "Bookings.Availability.Status": "FreeUntil",
            "Bookings.Availability.TimeStamp": "2026-01-01T10:00:00Z",
        },
        "removed": [],
    }
    assert status["isFullSync"] is False


async def test_what_was_handed_out_is_gone(
    sim: WebexSimulator, integration: Client
) -> None:
    """At most once."""
    sim.push_message({"type": "unheard-of", "n": 1})
    sim.push_message({"type": "unheard-of", "n": 2})
    answer = await integration.get(integration.poll_url)
    assert [message["n"] for message in answer.body["messages"]] == [1, 2]
    assert (await integration.get(integration.poll_url)).body == {"messages": []}


async def test_two_pollers_steal_from_each_other(
    sim: WebexSimulator, integration: Client
) -> None:
    """Single consumer: the one that waited longest gets the message."""
    sim.hold = 20
    first = asyncio.create_task(integration.get(integration.poll_url))
    await sim.wait_for_poll()
    second = asyncio.create_task(integration.get(integration.poll_url))
    while sim.queue.waiting < 2:
        await asyncio.sleep(0)
    assert sim.queue.most_pollers == 2
    sim.push_message({"type": "one"})
    assert (await first).body["messages"] == [{"type": "one"}]
    sim.push_message({"type": "two"})
    assert (await second).body["messages"] == [{"type": "two"}]


async def test_a_poll_whose_client_went_away_takes_nothing(
    sim: WebexSimulator, integration: Client
) -> None:
    """The message is there for the next poll."""
    sim.hold = 20
    poll = asyncio.create_task(integration.get(integration.poll_url))
    await sim.wait_for_poll()
    poll.cancel()
    while sim.queue.waiting:
        await asyncio.sleep(0)
    sim.push_message({"type": "kept"})
    assert await integration.messages() == [{"type": "kept"}]


async def test_a_poll_with_an_expired_token_is_401(
    sim: WebexSimulator, integration: Client
) -> None:
    """7.5: 401 → refresh."""
    sim.expire_tokens()
    assert (await integration.get(integration.poll_url)).status == 401


async def test_deprovisioning_is_announced_and_then_404(
    sim: WebexSimulator, integration: Client
) -> None:
    """The action is a signed JWT (7.6)."""
    sim.deprovision()
    (message,) = await integration.messages()
    assert set(message) == {"type", "jwt"}
    assert message["type"] == "action"
    claims = jwt.decode(
        message["jwt"],
        jwt.PyJWK(sim.key.jwk()),
        algorithms=["ES256"],
        options={"verify_iat": False},
    )
    assert claims["action"] == "deprovision"
    assert (await integration.get(integration.poll_url)).status == 404
    assert (await integration.get(integration.claims["appUrl"])).status == 404


async def test_deprovisioning_ends_a_held_poll(
    sim: WebexSimulator, integration: Client
) -> None:
    """Without an announcement the next poll finds out."""
    sim.hold = 20
    poll = asyncio.create_task(integration.get(integration.poll_url))
    await sim.wait_for_poll()
    sim.deprovision(announce=False)
    assert (await poll).body == {"messages": []}
    assert (await integration.get(integration.poll_url)).status == 404


async def test_an_update_brings_a_refresh_token_and_an_address(
    sim: WebexSimulator, integration: Client
) -> None:
    """Region migration (7.2, 7.3)."""
    moved = f"{sim.base_url}/xapi/api/organizations/elsewhere/apps/{sim.app.app_id}"
    sim.update(refresh_token="next", app_url=moved, retire=True)
    (message,) = await integration.messages()
    claims = jwt.decode(message["jwt"], options={"verify_signature": False})
    assert claims["action"] == "update"
    assert (claims["refreshToken"], claims["appUrl"]) == ("next", moved)
    assert sim.tokens.refresh_token == "next"
    assert (await integration.get(integration.claims["appUrl"])).status == 404
    assert (await integration.get(integration.poll_url)).status == 404
    answer = await integration.get(moved)
    assert answer.body["queue"]["pollUrl"] == f"{moved}/queue"
    assert (await integration.get(f"{moved}/queue")).status == 200


async def test_a_changed_poll_url_is_told_in_the_answer(
    sim: WebexSimulator, integration: Client
) -> None:
    """`{"messages": [], "queue": {"pollUrl"}}` (7.5)."""
    url = sim.move_queue()
    answer = await integration.get(integration.poll_url)
    assert answer.body == {"messages": [], "queue": {"pollUrl": url}}
    assert (await integration.get(url)).body == {"messages": []}


async def test_health_check_and_approved_update(
    sim: WebexSimulator, integration: Client
) -> None:
    """The other messages of 7.6."""
    sim.health_check()
    sim.update_approved()
    check, approved = await integration.messages()
    assert set(check) == {"type", "orgId", "appId", "timestamp"}
    assert check["type"] == "healthCheck"
    claims = jwt.decode(approved["jwt"], options={"verify_signature": False})
    assert claims["action"] == "updateApproved"
    assert claims["manifestVersion"] == 2
    assert isinstance(claims["xapiAccess"], str)


async def test_a_full_sync_comes_every_hour(
    sim: WebexSimulator, integration: Client, phone: Device, clock: Clock
) -> None:
    """All leaves, isFullSync true, also when nothing changed (7.6)."""
    clock.pass_by(minutes=59)
    await sim.tick()
    assert await integration.messages() == []
    clock.pass_by(minutes=1)
    await sim.tick()
    (message,) = await integration.messages()
    assert message["isFullSync"] is True
    assert message["changes"] == {
        "updated": {
            "Bookings.Availability.Status": "Free",
            "Bookings.Availability.TimeStamp": "",
            "Bookings.Current.Id": "",
        },
        "removed": [],
    }


async def test_only_what_the_manifest_and_webex_notify_is_queued(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """Notifications are a subset (0.7)."""
    sim.app.access = Access(
        statuses=("Bookings.Availability.Status",), events=("Bookings.*",)
    )
    sim.silent = {"Bookings.BookingCreated"}
    phone.workspace.book_locally("Now", sim.clock(), 30)
    event, status = await integration.messages()
    assert event["events"][0]["key"] == "Bookings.Start"
    assert status["changes"]["updated"] == {
        "Bookings.Availability.Status": "BookedUntil"
    }


async def test_queue_variants(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """Merged events, childless values and removed keys are knobs."""
    sim.queue.merge_events = True
    sim.childless_value = [None]
    sim.empty_is_removed = True
    booking = phone.workspace.book_locally("Now", sim.clock(), 30)
    await integration.messages()
    phone.workspace.delete_locally(booking)
    phone.report("Bookings.SyncRequired", {}, sim.clock())
    phone.report("Bookings.SyncRequired", {}, sim.clock())
    deleted, status, syncs = await integration.messages()
    assert deleted["type"] == "events"
    assert status["changes"]["removed"] == ["Bookings.Current.Id"]
    assert [event["value"] for event in syncs["events"]] == [[None], [None]]


# Devices and workspaces (6.3)


async def test_devices_come_in_pages_with_a_link_to_the_next(
    sim: WebexSimulator, integration: Client
) -> None:
    """RFC 5988 Link, rel="next"."""
    sim.page_size = 2
    room = sim.add_workspace("Fjord")
    expected = [sim.add_device(room, name=f"Phone {n}").id for n in range(5)]
    url: str | None = "/v1/devices"
    found: list[str] = []
    pages = 0
    while url is not None:
        answer = await integration.get(url)
        found += [item["id"] for item in answer.body["items"]]
        pages += 1
        link = answer.headers.get("Link")
        url = None
        if link:
            match = re.fullmatch(r'<(http://[^>]+)>; rel="next"', link)
            assert match
            url = match[1]
    assert (found, pages) == (expected, 3)
    one = await integration.get("/v1/devices?max=1")
    assert len(one.body["items"]) == 1


async def test_a_device_looks_like_the_documented_one(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """The keys of 6.3."""
    (item,) = (await integration.get("/v1/devices")).body["items"]
    assert {
        "id",
        "callingDeviceId",
        "webexDeviceId",
        "displayName",
        "placeId",
        "workspaceId",
        "orgId",
        "capabilities",
        "permissions",
        "connectionStatus",
        "product",
        "type",
        "tags",
        "ip",
        "activeInterface",
        "mac",
        "primarySipUrl",
        "sipUrls",
        "serial",
        "software",
        "upgradeChannel",
        "created",
        "locationId",
        "errorCodes",
        "firstSeen",
        "lastSeen",
        "managedBy",
        "devicePlatform",
        "plannedMaintenance",
    } == set(item)
    assert item["workspaceId"] == phone.workspace.id
    assert item["capabilities"] == ["xapi"]
    assert item["connectionStatus"] == "connected"
    assert (item["product"], item["type"]) == ("Cisco 9871", "phone")


async def test_devices_can_be_filtered(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """Query parameters of 6.3."""
    bare = sim.add_device(sim.add_workspace("Birch"), xapi=False)
    person = sim.add_personal_device()
    bare.online = False

    async def ids(query: str) -> list[str]:
        answer = await integration.get(f"/v1/devices?{query}")
        return [item["id"] for item in answer.body["items"]]

    assert await ids("capability=xapi") == [phone.id, person.id]
    assert await ids(f"workspaceId={phone.workspace.id}") == [phone.id]
    assert await ids("connectionStatus=disconnected") == [bare.id]
    assert await ids(f"personId={person.person_id}") == [person.id]
    (item,) = (await integration.get(f"/v1/devices?personId={person.person_id}")).body[
        "items"
    ]
    assert "workspaceId" not in item


async def test_a_workspace_looks_like_the_documented_one(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """The keys of 6.3; a personal device has no workspace."""
    sim.add_personal_device()
    sim.add_workspace("Aurora", calendar="microsoft")
    fjord, aurora = (await integration.get("/v1/workspaces")).body["items"]
    assert fjord["displayName"] == "Fjord"
    assert fjord["capacity"] == 4
    assert fjord["calendar"] == {"type": "none"}
    assert fjord["supportedDevices"] == "phones"
    assert "capacity" not in aurora
    assert aurora["calendar"]["type"] == "microsoft"
    (only,) = (await integration.get("/v1/workspaces?calendar=none")).body["items"]
    assert only["id"] == phone.workspace.id
    sim.remove_workspace(phone.workspace)
    assert len((await integration.get("/v1/workspaces")).body["items"]) == 1
    assert phone.id not in str((await integration.get("/v1/devices")).body)


# Commands, status, schema (6.1, 6.2)


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


# Requests and faults


async def test_the_log_counts_requests(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """Time, method, path, command, device, arguments and status."""
    await integration.command(phone, "Bookings.List", {"Days": 7})
    await integration.command(phone, "Bookings.Edit")
    first, second = sim.requests.of(device=phone.id)
    assert (first.method, first.path) == ("POST", "/v1/xapi/command/Bookings.List")
    assert (first.command, first.arguments, first.status) == (
        "Bookings.List",
        {"Days": 7},
        200,
    )
    assert first.time == sim.clock()
    assert second.status == 404
    assert sim.requests.number_of(path="/v1/access_token") == 1


async def test_status_faults_hit_what_they_match_so_often_as_told(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """429 and 423 carry Retry-After (6.4)."""
    fault = sim.faults.when(command="bookings.book").times(2).status(429, retry_after=7)
    assert (await integration.command(phone, "Bookings.List")).status == 200
    for _ in range(2):
        answer = await integration.command(phone, "Bookings.Book", {"Title": "T"})
        assert answer.status == 429
        assert answer.headers["Retry-After"] == "7"
        assert set(answer.body) == {"message", "errors", "trackingId"}
    assert fault.hits == 2
    await fault.triggered()
    assert phone.workspace.bookings == []
    answer = await integration.command(phone, "Bookings.Book", {"Title": "T"})
    assert answer.status == 200


async def test_faults_can_be_removed(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """`always` needs an end."""
    fault = sim.faults.when(path="/v1/devices").always().status(502)
    assert (await integration.get("/v1/devices")).status == 502
    assert (await integration.get("/v1/devices?max=1")).status == 502
    fault.remove()
    assert (await integration.get("/v1/devices")).status == 200
    sim.faults.when(workspace=phone.workspace).always().status(500)
    sim.faults.events().drop()
    assert len(sim.faults.describe()) == 2
    sim.faults.clear()
    assert (await integration.command(phone, "Bookings.List")).status == 200


async def test_a_dropped_connection_before_and_after(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """Lost before handling leaves no trace; a lost answer does."""
    sim.faults.when(command="Bookings.Book").drop()
    with pytest.raises(aiohttp.ClientConnectionError):
        await integration.command(phone, "Bookings.Book", {"Title": "Lost"})
    assert phone.workspace.bookings == []
    sim.faults.when(command="Bookings.Book").drop_answer()
    with pytest.raises(aiohttp.ClientConnectionError):
        await integration.command(phone, "Bookings.Book", {"Title": "Made"})
    assert [booking.title for booking in phone.workspace.bookings] == ["Made"]
    assert [entry.status for entry in sim.requests.of(command="Bookings.Book")] == [
        0,
        0,
    ]


@pytest.mark.parametrize("applied", [False, True])
async def test_answers_that_are_not_json(
    sim: WebexSimulator, integration: Client, phone: Device, applied: bool
) -> None:
    """Empty, garbage, HTML and huge bodies, instead of the deed or after it."""
    url = f"{sim.api_url}/xapi/command/Bookings.Book"
    body = {"deviceId": phone.id, "arguments": {"Title": "T"}}
    match = sim.faults.when(command="Bookings.Book")
    seen = []
    for arm in (match.empty, match.garbage, match.html, match.huge):
        arm(applied=applied)
        async with integration.session.post(
            url, json=body, headers=integration.headers
        ) as response:
            assert response.status == 200
            seen.append(await response.read())
    assert seen[0] == b""
    with pytest.raises(UnicodeDecodeError):
        seen[1].decode()
    assert seen[2].startswith(b"<!doctype")
    assert len(seen[3]) > 20_000_000
    assert len(phone.workspace.bookings) == int(applied)


async def test_latency(sim: WebexSimulator, integration: Client) -> None:
    """The answer comes, later."""
    loop = asyncio.get_running_loop()
    sim.faults.when(path="/v1/devices").latency(0.05)
    before = loop.time()
    assert (await integration.get("/v1/devices")).status == 200
    assert loop.time() - before >= 0.05


async def test_a_predicate_sees_the_request(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """Any condition on the logged request."""
    sim.faults.when(
        predicate=lambda request: (request.arguments or {}).get("Days") == 3
    ).always().status(504)
    assert (
        await integration.command(phone, "Bookings.List", {"Days": 2})
    ).status == 200
    assert (
        await integration.command(phone, "Bookings.List", {"Days": 3})
    ).status == 504


async def test_a_book_that_is_accepted_and_never_applied(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """Success of the call is no booking (0.5)."""
    sim.faults.when(command="Bookings.Book").not_applied()
    answer = await integration.command(phone, "Bookings.Book", {"Title": "T"})
    assert (answer.status, answer.body["result"]) == (200, {})
    assert phone.workspace.bookings == []
    assert await integration.messages() == []
    sim.faults.when(command="Bookings.Book").not_applied(sync_required=True)
    await integration.command(phone, "Bookings.Book", {"Title": "T"})
    assert await integration.event_names() == ["SyncRequired"]


async def test_a_book_that_is_applied_late(
    sim: WebexSimulator, integration: Client, phone: Device, clock: Clock
) -> None:
    """It happens on the simulator's clock."""
    sim.faults.when(command="Bookings.Book").applied_late(10)
    arguments = {"Title": "T", "StartTime": "2026-01-01T10:00:00Z"}
    assert (await integration.command(phone, "Bookings.Book", arguments)).status == 200
    clock.pass_by(seconds=9)
    await sim.tick()
    assert phone.workspace.bookings == []
    clock.pass_by(seconds=1)
    await sim.tick()
    assert await integration.event_names() == ["BookingCreated"]


async def test_a_rival_is_an_instant_faster(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """The rival's booking exists, ours does not, and nothing says so but SyncRequired."""
    sim.faults.when(command="Bookings.Book").rival("Rival", 15)
    arguments = {"Title": "Mine", "StartTime": "2026-01-01T10:00:00Z"}
    assert (await integration.command(phone, "Bookings.Book", arguments)).status == 200
    assert [booking.title for booking in phone.workspace.bookings] == ["Rival"]
    assert await integration.event_names() == ["BookingCreated", "SyncRequired"]


async def test_message_faults(
    sim: WebexSimulator, integration: Client, phone: Device, clock: Clock
) -> None:
    """Events are dropped, doubled, delayed and reordered by name."""
    room = phone.workspace
    sim.silent = {
        "Bookings.Availability.Status",
        "Bookings.Availability.TimeStamp",
        "Bookings.Current.Id",
    }
    created = "Bookings.BookingCreated"

    def book() -> None:
        room.delete_locally(room.book_locally("T", sim.clock(), 5))

    sim.faults.events(created).drop()
    book()
    assert await integration.event_names() == ["Start", "Deleted"]
    sim.faults.events("Bookings.Start", device=phone).duplicate(3)
    book()
    assert (await integration.event_names()).count("Start") == 3
    sim.faults.events(created, workspace=room).reorder()
    book()
    assert await integration.event_names() == ["Start", "BookingCreated", "Deleted"]
    sim.faults.events(created).delay(5)
    book()
    assert await integration.event_names() == ["Start", "Deleted"]
    clock.pass_by(seconds=5)
    await sim.tick()
    assert await integration.event_names() == ["BookingCreated"]
    sim.faults.messages("status").drop()
    sim.silent = set()
    book()
    assert [message["type"] for message in await integration.messages()] == [
        "events",
        "events",
        "events",
        "status",
    ]


async def test_poll_faults(sim: WebexSimulator, integration: Client) -> None:
    """Polls fail like any request; with the answer lost, the messages are lost."""
    for status in (401, 404, 500):
        sim.faults.poll().status(status)
        assert (await integration.get(integration.poll_url)).status == status
    sim.faults.poll().no_messages()
    sim.push_message({"type": "one"})
    assert (await integration.get(integration.poll_url)).body == {"messages": []}
    assert await integration.messages() == [{"type": "one"}]
    sim.push_message({"type": "two"})
    sim.faults.poll().empty(applied=True)
    async with integration.session.get(
        integration.poll_url, headers=integration.headers
    ) as response:
        assert await response.read() == b""
    assert len(sim.queue) == 0


async def test_a_poll_can_be_cut(sim: WebexSimulator, integration: Client) -> None:
    """The client comes back (aiohttp repeats a GET by itself) and finds its messages."""
    sim.hold = 20
    poll = asyncio.create_task(integration.get(integration.poll_url))
    await sim.wait_for_poll()
    sim.cut_poll()
    sim.push_message({"type": "kept"})
    assert (await poll).body["messages"] == [{"type": "kept"}]
    polls = sim.requests.of(path=sim.app.poll_path)
    assert [entry.status for entry in polls] == [0, 200]
    poll = asyncio.create_task(integration.get(integration.poll_url))
    await sim.wait_for_poll()
    sim.faults.poll().drop()
    sim.cut_poll()
    with pytest.raises(aiohttp.ClientConnectionError):
        await poll
    sim.push_message({"type": "lost"})
    sim.cut_poll(lose=True)
    assert await integration.messages() == []


@pytest.mark.parametrize("refuse", [False, True])
async def test_the_whole_cloud_goes_down_and_comes_back(
    sim: WebexSimulator, integration: Client, refuse: bool
) -> None:
    """Held polls are cut, new connections fail, then all is as before."""
    sim.hold = 20
    async with aiohttp.ClientSession() as session:
        poll = asyncio.create_task(
            session.get(integration.poll_url, headers=integration.headers)
        )
        await sim.wait_for_poll()
        await sim.down(refuse=refuse)
        with pytest.raises(aiohttp.ClientConnectionError):
            await poll
    with pytest.raises(aiohttp.ClientConnectionError):
        await integration.get("/v1/devices")
    await sim.up()
    assert (await integration.get("/v1/devices")).status == 200


async def test_the_cloud_comes_back_by_itself(
    sim: WebexSimulator, integration: Client
) -> None:
    """An outage of some seconds."""
    await sim.down(0.02, refuse=True)
    while sim.closed:
        with pytest.raises(aiohttp.ClientConnectionError):
            await integration.get("/v1/devices")
        await asyncio.sleep(0.03)
    assert (await integration.get("/v1/devices")).status == 200


async def test_bad_records_and_bad_results(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """List can show anything."""
    phone.records = [{"Id": 7}, "nonsense", None]
    assert await integration.bookings(phone) == phone.records
    sim.result_filter = lambda device, name, result: [name, result["ResultInfo"]]
    answer = await integration.command(phone, "Bookings.List")
    assert answer.body["result"] == ["Bookings.List", {"TotalRows": 3}]


async def test_stopping_with_a_held_poll_leaves_nothing_behind(
    clock: Clock, socket_enabled: None
) -> None:
    """Also under frozen time, where no timeout would ever end it."""
    with freeze_time("2026-01-01T09:00:00+00:00"):
        async with aiohttp.ClientSession() as session:
            async with WebexSimulator() as sim:
                client = Client(sim, session)
                await client.provision()
                poll = asyncio.create_task(client.get(client.poll_url))
                await sim.wait_for_poll()
            assert (await poll).body == {"messages": []}


async def test_ticking_by_itself(socket_enabled: None) -> None:
    """With `ticking`, timers fire without `tick`."""
    async with WebexSimulator(ticking=True) as sim, aiohttp.ClientSession() as session:
        client = Client(sim, session)
        await client.provision()
        sim.add_device(sim.add_workspace("Fjord"))
        sim.faults.messages("status").delay(0.01)
        sim.workspaces[0].book_locally("T", datetime.now(UTC), 30)
        first = await client.messages()
        second = (await client.get(client.poll_url)).body["messages"]
        assert [m["type"] for m in first + second] == ["events", "events", "status"]


# Control API


async def test_control_as_a_person_at_a_device(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """Book, edit, delete and look at the truth."""
    summary = (await integration.get("/_control")).body
    assert summary["api_url"] == sim.api_url
    assert summary["client_secret"] == sim.client_secret
    room = "/_control/workspaces/Fjord"
    booked = await integration.post(
        f"{room}/book", {"title": "Retro", "minutes": 15, "private": True}
    )
    assert booked.body["state"] == "running"
    clash = await integration.post(f"{room}/book", {"title": "Clash"})
    assert clash.status == 409
    assert "taken" in clash.body["error"]
    await integration.post(f"{room}/book", {"title": "Later", "start": 60})
    await integration.post(
        f"{room}/book", {"title": "Fixed", "start": "2026-01-01T13:00:00+01:00"}
    )
    edited = await integration.post(
        f"{room}/edit", {"booking": "Later", "title": "Much later", "start": 90}
    )
    assert edited.body["start"] == "2026-01-01T10:30:00Z"
    truth = (await integration.get(room)).body
    assert [booking["title"] for booking in truth["bookings"]] == [
        "Retro",
        "Much later",
        "Fixed",
    ]
    assert truth["current"]["private"] is True
    (device,) = truth["devices"]
    assert device["status"]["Bookings.Availability.Status"] == "BookedUntil"
    assert device["ids"][booked.body["uuid"]] == "webex-1"
    for wanted in ("current", "next", "Fixed"):
        await integration.post(f"{room}/delete", {"booking": wanted})
    assert phone.workspace.bookings == []
    history = (await integration.get(f"{room}/history")).body["history"]
    assert [line["what"] for line in history].count("deleted") == 3
    for path, body in (
        ("/_control/workspaces/Nowhere/book", {"title": "T"}),
        (f"{room}/delete", {"booking": "current"}),
        ("/_control/devices/nobody/reboot", {}),
    ):
        assert (await integration.post(path, body)).status == 404
    assert (await integration.post(f"{room}/book", {})).status == 400


async def test_control_of_devices_and_rooms(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """Reboot, offline, sleep; rooms come and go."""
    await integration.post("/_control/devices/Fjord/reboot")
    assert await integration.event_names() == ["SyncRequired", "BootEvent"]
    for verb, status in (
        ("offline", "disconnected"),
        ("deep_sleep", "offline_deep_sleep"),
        ("online", "connected"),
    ):
        await integration.post(f"/_control/devices/{phone.serial}/{verb}")
        assert phone.connection_status == status
    made = await integration.post(
        "/_control/workspaces",
        {"name": "Birch", "capacity": 8, "devices": ["phoneos-3.6", "roomos-26.4"]},
    )
    assert [device["name"] for device in made.body["devices"]] == ["Birch", "Birch 2"]
    assert len((await integration.get("/_control/workspaces")).body["workspaces"]) == 2
    await integration.request("DELETE", "/_control/workspaces/Birch")
    assert [workspace.name for workspace in sim.workspaces] == ["Fjord"]
    odd = [{"Id": 1}]
    await integration.post("/_control/devices/Fjord/records", {"records": odd})
    assert await integration.bookings(phone) == odd


async def test_control_of_faults_and_outages(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """The fluent API as JSON."""
    armed = await integration.post(
        "/_control/faults",
        {
            "match": {"command": "Bookings.List", "device": "Fjord"},
            "times": None,
            "effect": "status",
            "with": {"status": 429, "retry_after": 3},
        },
    )
    assert len(armed.body["faults"]) == 1
    assert (await integration.command(phone, "Bookings.List")).status == 429
    await integration.request("DELETE", "/_control/faults")
    assert (await integration.get("/_control/faults")).body == {"faults": []}
    await integration.post(
        "/_control/faults",
        {"match": {"event": "Bookings.Start", "workspace": "Fjord"}, "effect": "drop"},
    )
    await integration.post(
        "/_control/faults", {"match": {"message": "status"}, "effect": "drop"}
    )
    phone.workspace.book_locally("T", sim.clock(), 5)
    assert [m["type"] for m in await integration.messages()] == ["events"]
    bad = await integration.post("/_control/faults", {"effect": "explode"})
    assert bad.status == 400
    await integration.post("/_control/down")
    with pytest.raises(aiohttp.ClientConnectionError):
        await integration.get("/v1/devices")
    assert (await integration.post("/_control/down", {"refuse": True})).status == 400
    await integration.post("/_control/up")
    assert (await integration.get("/v1/devices")).status == 200


async def test_control_of_the_integration(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """Codes, tokens, messages and the request log."""
    code = (await integration.get("/_control/activation_code?lifetime=-60")).body
    claims = jwt.decode(code["activation_code"], options={"verify_signature": False})
    assert claims["expiryTime"].startswith("2026-01-01T08:59:00")
    await integration.post("/_control/messages", {"type": "odd"})
    await integration.post("/_control/full_sync", {"device": "Fjord"})
    await integration.post("/_control/health_check")
    await integration.post("/_control/update", {"refresh_token": "next"})
    moved = (await integration.post("/_control/move_queue")).body["poll_url"]
    kinds = [message["type"] for message in await integration.messages()]
    assert kinds == ["odd", "status", "healthCheck", "action"]
    sim.hold = 20
    poll = asyncio.create_task(integration.get(moved))
    waiting = await integration.get("/_control/poll?timeout=5")
    assert waiting.body == {"waiting_polls": 1}
    await integration.post("/_control/deprovision", {"announce": False})
    await poll
    assert (await integration.get("/_control/poll?timeout=0.01")).status == 504
    log = (await integration.get("/_control/requests")).body["requests"]
    assert {
        "time",
        "method",
        "path",
        "command",
        "device",
        "arguments",
        "status",
    } <= set(log[0])
    await integration.post("/_control/expire_tokens")
    await integration.request("DELETE", "/_control/requests")
    assert (await integration.get("/v1/devices")).status == 401
    assert len(sim.requests) == 1
    await integration.post("/_control/revoke")
    assert sim.tokens.refresh_token != "next"


async def test_alone_it_prints_what_a_user_needs(socket_enabled: None) -> None:
    """`python -m tests.simulators.webex`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.simulators.webex",
        "--rooms",
        "4",
        "--seed-bookings",
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        printed = {}
        for _ in range(5):
            line = (await process.stdout.readline()).decode()
            key, _, value = line.strip().partition(": ")
            printed[key] = value
        assert list(printed) == [
            "api_url",
            "client_id",
            "client_secret",
            "activation_code",
            "control",
        ]
        base = printed["api_url"].removesuffix("/v1")
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{base}/_control/workspaces") as response,
        ):
            rooms = (await response.json())["workspaces"]
        assert [(room["name"], len(room["devices"])) for room in rooms] == [
            ("Fjord", 1),
            ("Birch", 2),
            ("Aurora", 1),
            ("Room 4", 1),
        ]
        assert all(len(room["bookings"]) == 4 for room in rooms)
    finally:
        process.terminate()
        assert await process.wait() == 0

"""Devices and workspaces of the simulated cloud, literally (facts/cisco-xapi.md 6.3)."""

import re

from tests.simulators.webex import WebexSimulator
from tests.simulators.xapi import Device

from .client import Client


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

"""Devices and workspaces as the cloud lists them, page by page (facts 6.3)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from multidict import MultiMapping

from tests.simulators.xapi import Device, Workspace

from .application import milliseconds
from .errors import ApiError

_PAGING = ("max", "start")


def device_json(device: Device, org_id: str, now: datetime) -> dict[str, Any]:
    """An item of `/v1/devices`."""
    item: dict[str, Any] = {
        "id": device.id,
        "callingDeviceId": f"calling-{device.serial}",
        "webexDeviceId": f"webex-{device.serial}",
        "displayName": device.name,
        "orgId": org_id,
        "capabilities": list(device.capabilities),
        "permissions": list(device.permissions),
        "connectionStatus": device.connection_status,
        "product": device.product,
        "type": device.profile.device_type,
        "tags": [],
        "ip": "100.110.120.130",
        "activeInterface": "wired",
        "mac": device.mac,
        "primarySipUrl": f"{device.serial.lower()}@rooms.example.com",
        "sipUrls": [f"{device.serial.lower()}@rooms.example.com"],
        "serial": device.serial,
        "software": device.profile.software,
        "upgradeChannel": "stable",
        "created": "2016-04-21T17:00:00.000Z",
        "locationId": "Y2lzY29zcGFyazovL3VzL0xPQ0FUSU9OLzE",
        "errorCodes": [],
        "firstSeen": "2021-02-24T09:08:38.822Z",
        "lastSeen": milliseconds(now if device.online else device.online_since),
        "managedBy": "CISCO",
        "devicePlatform": "cisco",
        "plannedMaintenance": "off",
    }
    if device.person_id is None:
        item["placeId"] = item["workspaceId"] = device.workspace.id
    else:
        item["personId"] = device.person_id
    return item


def workspace_json(workspace: Workspace, org_id: str) -> dict[str, Any]:
    """An item of `/v1/workspaces`."""
    phones = all(d.profile.device_type == "phone" for d in workspace.devices)
    local = workspace.calendar == "none"
    item: dict[str, Any] = {
        "id": workspace.id,
        "orgId": org_id,
        "locationId": "Y2lzY29zcGFyazovL3VzL0xPQ0FUSU9OLzE",
        "displayName": workspace.name,
        "type": "notSet",
        "sipAddress": f"{workspace.name.lower().replace(' ', '.')}@rooms.example.com",
        "created": "2016-04-21T17:00:00.000Z",
        "calling": {"type": "none"},
        "notes": "",
        "hotdeskingStatus": "off",
        "supportedDevices": "phones" if phones else "collaborationDevices",
        "calendar": {"type": "none"}
        if local
        else {"type": workspace.calendar, "emailAddress": "workspace@example.com"},
        "deviceHostedMeetings": {"enabled": False},
        "devicePlatform": "cisco",
        "health": {"level": "info", "issues": []},
        "capabilities": {
            "occupancyDetection": {"supported": False, "configured": False}
        },
    }
    if workspace.capacity is not None:
        item["capacity"] = workspace.capacity
    return item


def page_of(
    items: Sequence[dict[str, Any]],
    query: MultiMapping[str],
    url: str,
    page_size: int,
) -> web.Response:
    """The part of the items that the query asks for, with a Link to the next one.

    Any other parameter is a filter on the item's key of that name; `capability` and
    `permission` look into the lists, `calendar` at its type.
    """
    found = [item for item in items if _matches(item, query)]
    try:
        size = min(int(query.get("max", page_size)), page_size)
        start = int(query.get("start", 0))
    except ValueError:
        raise ApiError(400, "Invalid paging parameter") from None
    if size < 1 or start < 0:
        raise ApiError(400, "Invalid paging parameter")
    headers = {}
    if start + size < len(found):
        rest = {key: value for key, value in query.items() if key not in _PAGING}
        following = urlencode({**rest, "max": size, "start": start + size})
        headers["Link"] = f'<{url}?{following}>; rel="next"'
    return web.json_response({"items": found[start : start + size]}, headers=headers)


def _matches(item: dict[str, Any], query: MultiMapping[str]) -> bool:
    for key, value in query.items():
        match key:
            case "max" | "start" | "includeDevices" | "includeCapabilities":
                continue
            case "capability":
                fits = value in item["capabilities"]
            case "permission":
                fits = value in item["permissions"]
            case "calendar":
                fits = item["calendar"]["type"] == value
            case "tag":
                fits = value in item["tags"]
            case _:
                fits = str(item.get(key, "")) == value
        if not fits:
            return False
    return True

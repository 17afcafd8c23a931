"""The messages of the queue (facts 7.6)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tests.simulators.xapi import Device, DeviceEvent, StatusChange

from .application import IntegrationApp, milliseconds


def _envelope(
    kind: str, app: IntegrationApp, device: Device, at: datetime
) -> dict[str, Any]:
    return {
        "type": kind,
        "deviceId": device.id,
        "workspaceId": device.workspace.id,
        "orgId": app.org_id,
        "appId": app.app_id,
        "timestamp": milliseconds(at),
    }


def event_message(
    app: IntegrationApp, event: DeviceEvent, childless_value: Any
) -> dict[str, Any]:
    """An event of a device; without children its value is `childless_value`."""
    return {
        **_envelope("events", app, event.device, event.at),
        "events": [
            {
                "key": event.name,
                "value": dict(event.value) or childless_value,
                "timestamp": milliseconds(event.at),
            }
        ],
    }


def status_message(
    app: IntegrationApp,
    change: StatusChange,
    leaves: Mapping[str, Any],
    *,
    empty_is_removed: bool,
) -> dict[str, Any]:
    """Status leaves of a device, flattened and typed."""
    removed = [
        key
        for key, value in leaves.items()
        if empty_is_removed and key == "Bookings.Current.Id" and value == ""
    ]
    return {
        **_envelope("status", app, change.device, change.at),
        "changes": {
            "updated": {k: v for k, v in leaves.items() if k not in removed},
            "removed": removed,
        },
        "isFullSync": change.full,
    }


def health_check(app: IntegrationApp, at: datetime) -> dict[str, Any]:
    """A health check."""
    return {
        "type": "healthCheck",
        "orgId": app.org_id,
        "appId": app.app_id,
        "timestamp": milliseconds(at),
    }


def action_message(token: str) -> dict[str, Any]:
    """An action, as a signed JWT."""
    return {"type": "action", "jwt": token}

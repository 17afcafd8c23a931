"""The Workspace Integration as the cloud knows it (facts 7.2, 7.4)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.simulators.xapi import wire_time

from .errors import ApiError

SCOPES = (
    "spark-admin:devices_read",
    "spark:xapi_statuses",
    "spark-admin:workspaces_read",
    "spark:xapi_commands",
)
"""The scopes of the manifest in facts 7.1."""


def milliseconds(instant: datetime) -> str:
    """`2023-05-30T12:09:39.637Z` (facts 7.6)."""
    return f"{wire_time(instant)[:-1]}.{instant.microsecond // 1000:03d}Z"


@dataclass(slots=True)
class Access:
    """What the manifest allows: dotted names, the last part may be `*` (facts 7.1)."""

    commands: tuple[str, ...] = ("Bookings.*",)
    statuses: tuple[str, ...] = ("Bookings.*",)
    events: tuple[str, ...] = ("Bookings.*", "BootEvent")

    def as_json(self) -> dict[str, list[str]]:
        """Keys commands, statuses, events (facts 7.2)."""
        return {
            "commands": list(self.commands),
            "statuses": list(self.statuses),
            "events": list(self.events),
        }


def covers(patterns: Iterable[str], name: str) -> bool:
    """Whether a dotted name is one of the patterns, or below one, in any case."""
    parts = name.lower().split(".")
    for pattern in patterns:
        wanted = pattern.lower().split(".")
        if len(wanted) <= len(parts) and all(
            one in ("*", other) for one, other in zip(wanted, parts, strict=False)
        ):
            return True
    return False


@dataclass(slots=True)
class IntegrationApp:
    """One installed integration: its state and the paths it answers on."""

    app_id: str
    org_uuid: str
    org_id: str
    created: datetime
    scopes: tuple[str, ...] = SCOPES
    access: Access = field(default_factory=Access)
    provisioning_state: str = "pending"
    queue_state: str = "disabled"
    webhook: dict[str, Any] | None = None
    updated: datetime | None = None
    removed: bool = False
    paths: list[str] = field(default_factory=list)
    poll_paths: list[str] = field(default_factory=list)
    retired: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Answer on the address of facts 7.2."""
        if not self.paths:
            self.use_path(f"/xapi/api/organizations/{self.org_uuid}/apps/{self.app_id}")

    @property
    def path(self) -> str:
        """The path of appUrl."""
        return self.paths[-1]

    @property
    def poll_path(self) -> str:
        """The path of pollUrl."""
        return self.poll_paths[-1]

    def use_path(self, path: str, *, retire: bool = False) -> None:
        """Answer on another path too, or, with `retire`, on no other."""
        if retire:
            self.retired.update(self.paths, self.poll_paths)
        self.paths.append(path)
        self.use_poll_path(f"{path}/queue")

    def use_poll_path(self, path: str, *, retire: bool = False) -> None:
        """Poll on another path too, or, with `retire`, on no other."""
        if retire:
            self.retired.update(self.poll_paths)
        self.poll_paths.append(path)

    @property
    def listening(self) -> bool:
        """Whether messages go into the queue."""
        return (
            not self.removed
            and self.provisioning_state == "completed"
            and self.queue_state == "enabled"
        )

    def patch(self, body: Any, now: datetime) -> None:
        """Take what `PATCH appUrl` brings (facts 7.4); raises `ApiError`."""
        if not isinstance(body, dict):
            raise ApiError(400, "The body is not a JSON object")
        queue = body.get("queue", {})
        state = queue.get("state", self.queue_state)
        if state not in ("enabled", "disabled", "remove"):
            raise ApiError(400, "Invalid queue state")
        self.queue_state = state
        self.provisioning_state = body.get("provisioningState", self.provisioning_state)
        self.webhook = body.get("webhook", self.webhook)
        self.updated = now

    def as_json(self, base_url: str) -> dict[str, Any]:
        """The resource behind appUrl (facts 7.4)."""
        queue: dict[str, Any] = {"state": self.queue_state}
        if self.queue_state == "enabled":
            queue["pollUrl"] = f"{base_url}{self.poll_path}"
        resource: dict[str, Any] = {
            "id": self.app_id,
            "manifestVersion": 1,
            "provisioningState": self.provisioning_state,
            "operationalState": "operational",
            "queue": queue,
            "xapiAccessKeys": self.access.as_json(),
            "scopes": list(self.scopes),
            "roles": ["id_readonly_admin"],
            "createdAt": milliseconds(self.created),
            "updatedAt": milliseconds(self.updated or self.created),
            "actionsUrl": None,
            "publicLocationIds": [],
            "features": [],
            "availability": "org_private",
            "customer": {"id": self.org_id},
        }
        if self.webhook is not None:
            resource["webhook"] = self.webhook
        return resource

"""The simulator: a cloud, its workspaces and devices, and what a test may turn."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
import json
from random import Random
import secrets
from typing import Any, override
from uuid import UUID

from aiohttp import web

from tests.simulators.common.faults import Overtake
from tests.simulators.common.server import WebServer
from tests.simulators.common.ticking import keep_ticking
from tests.simulators.common.times import utc_now
from tests.simulators.xapi import (
    PROFILES,
    ConfigurationChange,
    Device,
    DeviceEvent,
    Profile,
    Report,
    Rules,
    StatusChange,
    Workspace,
    World,
    wire_time,
)

from . import messages
from .application import IntegrationApp, covers
from .errors import ApiError
from .faults import Faults
from .identity import SigningKey, hydra_id
from .message_queue import MessageQueue
from .request_log import RequestLog
from .routes import make_app
from .tokens import Tokens

CODE_LIFETIME = timedelta(hours=24)
"""How long an activation code is good (facts 7.2)."""


class WebexSimulator(WebServer):
    """A Webex cloud on 127.0.0.1 with one organisation and one Workspace Integration.

    Time comes from `clock`. Bookings start and end, delayed messages arrive and hourly
    full syncs happen when `tick` is called, or by themselves with `ticking`.
    """

    def __init__(
        self,
        clock: Callable[[], datetime] = utc_now,
        hold: float = 20.0,
        page_size: int = 100,
        *,
        region: str = "us-east-2_a",
        full_sync_every: timedelta | None = timedelta(hours=1),
        ticking: bool = False,
        seed: int = 0,
    ) -> None:
        """Make an empty organisation; nothing listens before `start`."""
        super().__init__()
        self.world = World(clock=clock, random=Random(seed))
        self.world.listeners.append(self._on_report)
        self.clock = clock
        self.region = region
        self.hold = hold
        """Seconds that a poll without messages is held (facts 7.5)."""
        self.page_size = page_size
        """The default and largest page of `/v1/devices` and `/v1/workspaces`."""
        self.offline_status = 503
        """The HTTP status of a command to a device that is not connected."""
        self.command_error_status = 400
        """The HTTP status of a command that the device refuses."""
        self.result_status = True
        """Whether the results of List and Get carry `status: "OK"`."""
        self.result_filter: Callable[[Device, str, dict[str, Any]], Any] | None = None
        """Rewrites the result of a command, to test odd ones: (device, name, result)."""
        self.childless_value: Any = {}
        """The value of an event without children: {}, None or [None] (facts 2)."""
        self.empty_is_removed = False
        """Whether an empty Current.Id is reported in `changes.removed`."""
        self.silent: set[str] = set()
        """Events and status leaves that are never notified (facts 0.7)."""
        self.faults = Faults()
        self.queue = MessageQueue()
        self.requests = RequestLog()
        self.workspaces: list[Workspace] = []
        self.devices: list[Device] = []
        self.open_requests: dict[int, web.Request] = {}

        self.key = SigningKey()
        org_uuid = self._uuid()
        self.client_id = f"C{secrets.token_hex(32)}"
        self.tokens = Tokens(clock, self.client_id)
        self.app = IntegrationApp(
            app_id=self._uuid(),
            org_uuid=org_uuid,
            org_id=hydra_id(region, "ORGANIZATION", org_uuid),
            created=clock(),
        )
        self._full_sync_every = full_sync_every
        if full_sync_every is not None:
            self.world.timers.at(clock() + full_sync_every, self._on_full_sync)
        self._devices: dict[str, Device] = {}
        self._overtaken: list[Any] = []
        self._ticking = ticking

    # Life

    @override
    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1; port 0 takes a free one."""
        await super().start(port)
        if self._ticking:
            self.in_background(keep_ticking(self.world.timers, self.clock))

    @override
    def _make_app(self) -> web.Application:
        return make_app(self)

    @override
    async def _close(self) -> None:
        self.queue.release_polls()
        held = set(self.open_requests)
        while held & set(self.open_requests):  # held polls are answered first
            await asyncio.sleep(0)
        await super()._close()

    @property
    def base_url(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return f"http://{self.host}"

    @property
    def api_url(self) -> str:
        """`http://127.0.0.1:PORT/v1`."""
        return f"{self.base_url}/v1"

    @property
    def app_url(self) -> str:
        """The appUrl of activation codes."""
        return f"{self.base_url}{self.app.path}"

    @property
    def client_secret(self) -> str:
        """What goes with `client_id`."""
        return self.tokens.client_secret

    # Time

    async def tick(self) -> int:
        """Let everything happen that is due by the clock; how many timers ran."""
        return self.world.timers.run_due(self.clock())

    # Rooms

    def add_workspace(
        self, name: str, capacity: int | None = None, calendar: str = "none"
    ) -> Workspace:
        """A room; `calendar` is none (its devices' own), google or microsoft."""
        workspace = self._new_workspace(name, capacity, calendar)
        self.workspaces.append(workspace)
        return workspace

    def remove_workspace(self, workspace: Workspace) -> None:
        """Take a room and its devices out of the organisation."""
        self.workspaces.remove(workspace)
        for device in tuple(workspace.devices):
            self.remove_device(device)

    def add_device(
        self,
        workspace: Workspace,
        profile: str | Profile = "phoneos-3.6",
        name: str | None = None,
        product: str = "Cisco 9871",
        *,
        xapi: bool = True,
    ) -> Device:
        """A device in a room; without `xapi` it lacks that capability."""
        number = len(self._devices) + 1
        if isinstance(profile, str):
            profile = PROFILES[profile]
        device = Device(
            self.world,
            workspace,
            profile,
            device_id=hydra_id(self.region, "DEVICE", self._uuid()),
            name=name or workspace.name,
            product=product,
            serial=f"FVH{number:08d}",
            mac=":".join(
                f"{0xAA0000000000 + number:012X}"[i : i + 2] for i in range(0, 12, 2)
            ),
        )
        if not xapi:
            device.capabilities = []
            device.permissions = []
        workspace.adopt(device)
        self.devices.append(device)
        self._devices[device.id] = device
        return device

    def add_personal_device(
        self, name: str = "Ada Lovelace", profile: str | Profile = "phoneos-3.6"
    ) -> Device:
        """A device in personal mode: it has a person and no workspace."""
        device = self.add_device(self._new_workspace(name, None, "none"), profile, name)
        device.person_id = hydra_id(self.region, "PEOPLE", self._uuid())
        return device

    def remove_device(self, device: Device) -> None:
        """Take a device out of its room."""
        device.workspace.devices.remove(device)
        self.devices.remove(device)
        del self._devices[device.id]

    def device_by_id(self, device_id: str) -> Device | None:
        """The device of that id."""
        return self._devices.get(device_id)

    def workspace_named(self, name_or_id: str) -> Workspace | None:
        """The room of that name or id."""
        return next(
            (w for w in self.workspaces if name_or_id in (w.id, w.name)),
            None,
        )

    @property
    def rules(self) -> Rules:
        """The inferred behaviours of the devices that a test can turn."""
        return self.world.rules

    def _new_workspace(
        self, name: str, capacity: int | None, calendar: str
    ) -> Workspace:
        return Workspace(
            self.world,
            workspace_id=hydra_id(self.region, "PLACE", self._uuid()),
            name=name,
            capacity=capacity,
            calendar=calendar,
        )

    def _uuid(self) -> str:
        return str(UUID(int=self.world.random.getrandbits(128), version=4))

    # The integration

    def activation_code(
        self,
        *,
        lifetime: timedelta = CODE_LIFETIME,
        key: SigningKey | None = None,
        without: tuple[str, ...] = (),
        **overrides: Any,
    ) -> str:
        """A signed activation code (facts 7.2), one more each time.

        Any claim can be overridden by its name; `without` leaves claims out, `key` signs
        with another key, `lifetime` may be negative. An integration that was removed is
        installed anew.
        """
        if self.app.removed:
            self._install_again()
        now = self.clock()
        claims: dict[str, Any] = {
            **self._common_claims(),
            "oauthUrl": f"{self.api_url}/access_token",
            "orgName": "Atlas Device Management test org",
            "appUrl": self.app_url,
            "manifestUrl": (
                f"{self.base_url}/xapi/api/organizations/{self.app.org_uuid}"
                f"/appManifests/{self.app.app_id}"
            ),
            "expiryTime": f"{wire_time(now + lifetime)[:-1]}.349444270Z",
            "action": "provision",
            "webexapisBaseUrl": self.api_url,
            "scopes": ",".join(self.app.scopes),
            "refreshToken": self.tokens.refresh_token,
            "xapiAccess": json.dumps(self.app.access.as_json()),
            **overrides,
        }
        for name in without:
            claims.pop(name, None)
        return (key or self.key).sign(claims)

    def action_jwt(self, action: str, **claims: Any) -> str:
        """A signed action for the queue (facts 7.2, 7.6)."""
        return self.key.sign({**self._common_claims(), "action": action, **claims})

    def _common_claims(self) -> dict[str, Any]:
        return {
            "sub": self.app.org_id,
            "appId": self.app.app_id,
            "region": self.region,
            "iat": int(self.clock().timestamp()),
            "jti": secrets.token_urlsafe(16),
        }

    def deprovision(self, *, announce: bool = True) -> None:
        """Remove the integration in Control Hub, with or without telling it."""
        if announce and self.app.listening:
            self.push_message(messages.action_message(self.action_jwt("deprovision")))
        self.remove_app()

    def remove_app(self) -> None:
        """Answer 404 from now on (facts 7.5); what is queued is still handed out."""
        self.app.removed = True
        self.app.provisioning_state = "removed"
        self.app.queue_state = "disabled"
        self.tokens.replace_refresh_token()
        if not len(self.queue):
            self.queue.release_polls()

    def _install_again(self) -> None:
        self.app.removed = False
        self.app.provisioning_state = "pending"
        self.queue.clear()

    def update(
        self,
        refresh_token: str | None = None,
        app_url: str | None = None,
        *,
        retire: bool = False,
    ) -> None:
        """Announce another refresh token or another appUrl (facts 7.2, 7.3).

        The old refresh token is refused at once. `app_url` is an address on this
        simulator; with `retire` the old address answers 404 once the message is fetched.
        """
        claims: dict[str, Any] = {}
        if refresh_token is not None:
            claims["refreshToken"] = self.tokens.replace_refresh_token(refresh_token)
        if app_url is not None:
            claims["appUrl"] = app_url
        self.push_message(messages.action_message(self.action_jwt("update", **claims)))
        if app_url is not None:
            self.app.use_path(app_url.removeprefix(self.base_url), retire=retire)

    def update_approved(self, manifest_version: int = 2) -> None:
        """Announce that an administrator approved another manifest (facts 7.2)."""
        self.push_message(
            messages.action_message(
                self.action_jwt(
                    "updateApproved",
                    manifestVersion=manifest_version,
                    scopes=",".join(self.app.scopes),
                    xapiAccess=json.dumps(self.app.access.as_json()),
                )
            )
        )

    def health_check(self) -> None:
        """Send a health check."""
        self.push_message(messages.health_check(self.app, self.clock()))

    def move_queue(self, *, retire: bool = False) -> str:
        """Give the queue another pollUrl, told in the next answer; its address."""
        path = f"{self.app.path}/queue-{len(self.app.poll_paths) + 1}"
        self.app.use_poll_path(path, retire=retire)
        return f"{self.base_url}{path}"

    def expire_tokens(self) -> None:
        """Let all access tokens expire now."""
        self.tokens.expire()

    def revoke(self) -> None:
        """End all tokens, the refresh token too; a new activation code has a new one."""
        self.tokens.expire()
        self.tokens.replace_refresh_token()

    def require_scope(self, *alternatives: str) -> None:
        """Raise `ApiError` 403 unless one of the scopes was granted."""
        if not set(alternatives) & set(self.app.scopes):
            raise ApiError(403, f"Missing scope: {alternatives[0]}")

    # The queue

    def push_message(self, message: Any) -> None:
        """Put any message into the queue, past all faults."""
        self.queue.post(message)

    def full_sync(self, device: Device | None = None) -> None:
        """Report the whole status of a device, or of all, now (isFullSync)."""
        now = self.clock()
        for each in self.devices if device is None else (device,):
            if each.online:
                each.report_full_status(now)

    async def wait_for_poll(self) -> None:
        """Return when the client has fetched everything and waits for more."""
        await self.queue.wait_for_poll()

    def cut_poll(self, *, lose: bool = False) -> None:
        """Cut the connections of held polls; with `lose` what is queued is lost too."""
        self._abort_requests(only_polls=True)
        self.queue.release_polls()
        if lose:
            self.queue.clear()

    def _on_full_sync(self, due: datetime) -> None:
        assert self._full_sync_every is not None
        self.world.timers.at(due + self._full_sync_every, self._on_full_sync)
        for device in self.devices:
            if device.online:
                device.report_full_status(due)

    def _on_report(self, report: Report) -> None:
        app = self.app
        device = report.device
        if (
            not app.listening
            or device.person_id is not None
            or "xapi" not in device.capabilities
        ):
            return
        match report:
            case ConfigurationChange():
                return
            case DeviceEvent(name=name):
                if not self._notified(app.access.events, name):
                    return
                message = messages.event_message(app, report, self.childless_value)
            case StatusChange():
                leaves = {
                    key: value
                    for key, value in report.leaves.items()
                    if self._notified(app.access.statuses, key)
                }
                if not leaves:
                    return
                message = messages.status_message(
                    app, report, leaves, empty_is_removed=self.empty_is_removed
                )
        self._deliver(message)

    def _notified(self, patterns: tuple[str, ...], name: str) -> bool:
        return name not in self.silent and covers(patterns, name)

    def _deliver(self, message: Mapping[str, Any]) -> None:
        delivery = self.faults.deliver(message)
        if isinstance(delivery, Overtake):
            self._overtaken.append(message)
            return
        for _ in range(delivery.copies):
            if delivery.seconds:
                self.world.timers.at(
                    self.clock() + timedelta(seconds=delivery.seconds),
                    lambda _: self.queue.post(message),
                )
            else:
                self.queue.post(message)
        overtaken, self._overtaken = self._overtaken, []
        for late in overtaken:
            self.queue.post(late)

    # Outages

    @override
    def disconnect(self) -> None:
        """Cut every connection without a word."""
        self._abort_requests()
        self.queue.release_polls()

    def _abort_requests(self, *, only_polls: bool = False) -> None:
        for request in tuple(self.open_requests.values()):
            if only_polls and request.path not in self.app.poll_paths:
                continue
            if request.transport is not None:
                request.transport.abort()

"""The control API of the simulator, for another process: see README.md.

It is no part of Webex: a person at a device, a look at the truth, and the faults.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, override

from aiohttp import web

from tests.simulators.common.control import (
    MESSAGE_EFFECTS,
    Body,
    RoomControl,
    add_route,
)
from tests.simulators.common.faults import Builder
from tests.simulators.common.trouble import TroubleControl, logged, wait_for
from tests.simulators.xapi import PROFILES, wire_time

if TYPE_CHECKING:
    from .simulator import WebexSimulator

_REQUEST_EFFECTS = frozenset(
    {
        "answer",
        "applied_late",
        "booking_fails",
        "drop",
        "drop_answer",
        "empty",
        "garbage",
        "html",
        "huge",
        "latency",
        "no_messages",
        "not_applied",
        "rival",
        "status",
    }
)


def add_routes(app: web.Application, sim: WebexSimulator) -> None:
    """Serve the control API under `/_control`."""
    control = _Control(sim)
    control.add_routes(app)
    control.add_trouble_routes(app)
    for route in (
        ("GET", "", control.summary),
        ("GET", "/activation_code", control.activation_code),
        ("POST", "/workspaces", control.add_workspace),
        ("DELETE", "/workspaces/{workspace}", control.remove_workspace),
        ("POST", "/devices/{device}/reboot", control.reboot),
        ("POST", "/devices/{device}/online", control.online),
        ("POST", "/devices/{device}/offline", control.offline),
        ("POST", "/devices/{device}/deep_sleep", control.deep_sleep),
        ("GET", "/requests", control.requests),
        ("DELETE", "/requests", control.clear_requests),
        ("POST", "/messages", control.push_message),
        ("POST", "/full_sync", control.full_sync),
        ("POST", "/health_check", control.health_check),
        ("POST", "/deprovision", control.deprovision),
        ("POST", "/update", control.update),
        ("POST", "/move_queue", control.move_queue),
        ("POST", "/expire_tokens", control.expire_tokens),
        ("POST", "/revoke", control.revoke),
        ("GET", "/poll", control.poll),
    ):
        add_route(app, *route)


class _Control(RoomControl, TroubleControl):
    outlives_the_wire = False

    def __init__(self, sim: WebexSimulator) -> None:
        RoomControl.__init__(self, sim)
        TroubleControl.__init__(self, sim)
        self._sim = sim

    # The truth

    async def summary(self, request: web.Request, body: Body) -> Any:
        sim = self._sim
        return {
            "base_url": sim.base_url,
            "api_url": sim.api_url,
            "client_id": sim.client_id,
            "client_secret": sim.client_secret,
            "time": wire_time(sim.clock()),
            "workspaces": [w.name for w in sim.workspaces],
            "profiles": sorted(PROFILES),
            "provisioning_state": sim.app.provisioning_state,
            "queue_state": sim.app.queue_state,
            "queued_messages": len(sim.queue),
            "waiting_polls": sim.queue.waiting,
        }

    async def activation_code(self, request: web.Request, body: Body) -> Any:
        seconds = float(request.query.get("lifetime", 24 * 3600))
        return {
            "activation_code": self._sim.activation_code(
                lifetime=timedelta(seconds=seconds)
            )
        }

    # A person

    async def add_workspace(self, request: web.Request, body: Body) -> Any:
        sim = self._sim
        workspace = sim.add_workspace(
            body["name"], body.get("capacity"), body.get("calendar", "none")
        )
        for number, profile in enumerate(body.get("devices", ["phoneos-3.6"]), 1):
            sim.add_device(
                workspace,
                profile,
                workspace.name if number == 1 else f"{workspace.name} {number}",
            )
        return self.describe(workspace)

    async def remove_workspace(self, request: web.Request, body: Body) -> Any:
        self._sim.remove_workspace(self.workspace(request.match_info["workspace"]))

    async def reboot(self, request: web.Request, body: Body) -> Any:
        self.device(request.match_info["device"]).reboot(
            reuse_ids=body.get("reuse_ids", False)
        )

    async def online(self, request: web.Request, body: Body) -> Any:
        self.device(request.match_info["device"]).online = True

    async def offline(self, request: web.Request, body: Body) -> Any:
        self.device(request.match_info["device"]).online = False

    async def deep_sleep(self, request: web.Request, body: Body) -> Any:
        self.device(request.match_info["device"]).deep_sleep = True

    # What goes wrong

    @override
    def when(self, match: dict[str, Any]) -> tuple[Builder[Any], frozenset[str]]:
        if "device" in match:
            match["device"] = self.device(match["device"])
        if "workspace" in match:
            match["workspace"] = self.workspace(match["workspace"])
        faults = self._sim.faults
        if "event" in match:
            return faults.events(match.pop("event") or None, **match), MESSAGE_EFFECTS
        if "message" in match:
            message = match.pop("message") or None
            return faults.messages(message, **match), MESSAGE_EFFECTS
        return faults.when(**match), _REQUEST_EFFECTS

    # The integration

    async def requests(self, request: web.Request, body: Body) -> Any:
        return {"requests": [logged(entry) for entry in self._sim.requests]}

    async def clear_requests(self, request: web.Request, body: Body) -> Any:
        self._sim.requests.clear()

    async def push_message(self, request: web.Request, body: Body) -> Any:
        self._sim.push_message(body)

    async def full_sync(self, request: web.Request, body: Body) -> Any:
        name = body.get("device")
        self._sim.full_sync(None if name is None else self.device(name))

    async def health_check(self, request: web.Request, body: Body) -> Any:
        self._sim.health_check()

    async def deprovision(self, request: web.Request, body: Body) -> Any:
        self._sim.deprovision(announce=body.get("announce", True))

    async def update(self, request: web.Request, body: Body) -> Any:
        self._sim.update(
            body.get("refresh_token"),
            body.get("app_url"),
            retire=body.get("retire", False),
        )

    async def move_queue(self, request: web.Request, body: Body) -> Any:
        return {"poll_url": self._sim.move_queue(retire=body.get("retire", False))}

    async def expire_tokens(self, request: web.Request, body: Body) -> Any:
        self._sim.expire_tokens()

    async def revoke(self, request: web.Request, body: Body) -> Any:
        self._sim.revoke()

    async def poll(self, request: web.Request, body: Body) -> Any:
        """Wait until the client waits for messages, for so many seconds."""
        await wait_for(
            request, self._sim.wait_for_poll(), "No client waits for messages"
        )
        return {"waiting_polls": self._sim.queue.waiting}

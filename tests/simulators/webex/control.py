"""The control API of the simulator, for another process: see README.md.

It is no part of Webex: a person at a device, a look at the truth, and the faults.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime, timedelta
import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.simulators.xapi import (
    PROFILES,
    Device,
    OccupiedError,
    SimBooking,
    Workspace,
    wire_time,
)

if TYPE_CHECKING:
    from .faults import MessageFaults, RequestFaults
    from .simulator import WebexSimulator

type Body = dict[str, Any]

PREFIX = "/_control"

_REQUEST_EFFECTS = frozenset(
    {
        "answer",
        "applied_late",
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
_MESSAGE_EFFECTS = frozenset({"drop", "duplicate", "delay", "reorder"})


class ControlError(Exception):
    """A control request that makes no sense."""

    def __init__(self, status: int, message: str) -> None:
        """Answer with that status."""
        super().__init__(message)
        self.status = status


def add_routes(app: web.Application, sim: WebexSimulator) -> None:
    """Serve the control API under `/_control`."""
    control = _Control(sim)

    def add(
        method: str,
        path: str,
        handler: Callable[[web.Request, Body], Awaitable[Any]],
    ) -> None:
        async def handle(request: web.Request) -> web.Response:
            try:
                body = await _body(request)
                answer = await handler(request, body)
            except ControlError as error:
                return web.json_response({"error": str(error)}, status=error.status)
            except (KeyError, TypeError, ValueError) as error:
                return web.json_response({"error": repr(error)}, status=400)
            return web.json_response({} if answer is None else answer)

        app.router.add_route(method, f"{PREFIX}{path}", handle)

    for route in (
        ("GET", "", control.summary),
        ("GET", "/activation_code", control.activation_code),
        ("GET", "/workspaces", control.workspaces),
        ("POST", "/workspaces", control.add_workspace),
        ("GET", "/workspaces/{workspace}", control.workspace),
        ("DELETE", "/workspaces/{workspace}", control.remove_workspace),
        ("POST", "/workspaces/{workspace}/book", control.book),
        ("POST", "/workspaces/{workspace}/edit", control.edit),
        ("POST", "/workspaces/{workspace}/delete", control.delete),
        ("GET", "/workspaces/{workspace}/history", control.history),
        ("POST", "/devices/{device}/reboot", control.reboot),
        ("POST", "/devices/{device}/online", control.online),
        ("POST", "/devices/{device}/offline", control.offline),
        ("POST", "/devices/{device}/deep_sleep", control.deep_sleep),
        ("POST", "/devices/{device}/records", control.records),
        ("GET", "/faults", control.list_faults),
        ("POST", "/faults", control.add_fault),
        ("DELETE", "/faults", control.clear_faults),
        ("POST", "/down", control.down),
        ("POST", "/up", control.up),
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
        add(*route)


async def _body(request: web.Request) -> Body:
    raw = await request.read()
    if not raw:
        return {}
    body = json.loads(raw)
    if not isinstance(body, dict):
        raise ControlError(400, "The body is not a JSON object")
    return body


def _instant(value: Any, now: datetime) -> datetime:
    """Read ISO 8601 with a zone, or minutes from now as a number; nothing is now."""
    match value:
        case None:
            return now
        case int() | float():
            return now + timedelta(minutes=value)
        case str():
            instant = datetime.fromisoformat(value)
            if instant.tzinfo is None:
                raise ControlError(400, "An instant needs a time zone")
            return instant
    raise ControlError(400, "Not an instant")


class _Control:
    def __init__(self, sim: WebexSimulator) -> None:
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

    async def workspaces(self, request: web.Request, body: Body) -> Any:
        return {"workspaces": [self._describe(w) for w in self._sim.workspaces]}

    async def workspace(self, request: web.Request, body: Body) -> Any:
        return self._describe(self._workspace(request))

    async def history(self, request: web.Request, body: Body) -> Any:
        return {
            "history": [
                {
                    "at": change.at.isoformat(),
                    "what": change.what,
                    "booking": self._booking(change.booking),
                }
                for change in self._workspace(request).history
            ]
        }

    def _describe(self, workspace: Workspace) -> dict[str, Any]:
        now = self._sim.clock()
        workspace.catch_up(now)
        current = workspace.current_at(now)
        return {
            "id": workspace.id,
            "name": workspace.name,
            "capacity": workspace.capacity,
            "calendar": workspace.calendar,
            "current": current and self._booking(current),
            "bookings": [self._booking(b) for b in workspace.bookings],
            "devices": [
                {
                    "id": device.id,
                    "name": device.name,
                    "profile": device.profile.name,
                    "product": device.product,
                    "serial": device.serial,
                    "connection_status": device.connection_status,
                    "status": device.status,
                    "reported_status": device.reported_status,
                    "ids": {b.uuid: device.id_of(b) for b in workspace.bookings},
                }
                for device in workspace.devices
            ],
        }

    def _booking(self, booking: SimBooking) -> dict[str, Any]:
        now = self._sim.clock()
        state = (
            "running"
            if booking.runs_at(now)
            else "past"
            if booking.end <= now
            else "future"
        )
        return {
            **asdict(booking),
            "start": wire_time(booking.start),
            "end": wire_time(booking.end),
            "minutes": booking.minutes,
            "state": state,
        }

    def _workspace(self, request: web.Request) -> Workspace:
        name = request.match_info["workspace"]
        found = self._sim.workspace_named(name)
        if found is None:
            raise ControlError(404, f"No workspace {name}")
        return found

    def _device(self, request: web.Request) -> Device:
        return self._device_named(request.match_info["device"])

    def _device_named(self, name: str) -> Device:
        for device in self._sim.devices:
            if name in (device.id, device.serial, device.name):
                return device
        raise ControlError(404, f"No device {name}")

    def _find(self, workspace: Workspace, body: Body) -> SimBooking:
        """The booking that `booking` names: an id, a title, `current` or `next`."""
        wanted = body["booking"]
        now = self._sim.clock()
        workspace.catch_up(now)
        match wanted:
            case "current":
                found = workspace.current_at(now)
            case "next":
                found = workspace.next_after(now)
            case _:
                found = next(
                    (
                        b
                        for b in workspace.bookings
                        if wanted in (b.uuid, b.meeting_id, b.title)
                    ),
                    None,
                )
        if found is None:
            raise ControlError(404, f"No booking {wanted}")
        return found

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
        return self._describe(workspace)

    async def remove_workspace(self, request: web.Request, body: Body) -> Any:
        self._sim.remove_workspace(self._workspace(request))

    async def book(self, request: web.Request, body: Body) -> Any:
        try:
            booking = self._workspace(request).book_locally(
                body["title"],
                _instant(body.get("start"), self._sim.clock()),
                body.get("minutes", 30),
                body.get("organizer", ""),
                body.get("private", False),
                organizer_email=body.get("organizer_email", ""),
                overlap=body.get("overlap", False),
            )
        except OccupiedError as error:
            raise ControlError(409, str(error)) from None
        return self._booking(booking)

    async def edit(self, request: web.Request, body: Body) -> Any:
        workspace = self._workspace(request)
        start = body.get("start")
        booking = workspace.edit_locally(
            self._find(workspace, body),
            start=None if start is None else _instant(start, self._sim.clock()),
            minutes=body.get("minutes"),
            title=body.get("title"),
            private=body.get("private"),
        )
        return self._booking(booking)

    async def delete(self, request: web.Request, body: Body) -> Any:
        workspace = self._workspace(request)
        booking = self._find(workspace, body)
        workspace.delete_locally(booking, body.get("cause", "Deleted"))
        return self._booking(booking)

    async def reboot(self, request: web.Request, body: Body) -> Any:
        self._device(request).reboot(reuse_ids=body.get("reuse_ids", False))

    async def online(self, request: web.Request, body: Body) -> Any:
        self._device(request).online = True

    async def offline(self, request: web.Request, body: Body) -> Any:
        self._device(request).online = False

    async def deep_sleep(self, request: web.Request, body: Body) -> Any:
        self._device(request).deep_sleep = True

    async def records(self, request: web.Request, body: Body) -> Any:
        self._device(request).records = list(body["records"])

    # What goes wrong

    async def list_faults(self, request: web.Request, body: Body) -> Any:
        return {"faults": self._sim.faults.describe()}

    async def add_fault(self, request: web.Request, body: Body) -> Any:
        match = dict(body.get("match", {}))
        if "device" in match:
            match["device"] = self._device_named(match["device"])
        if "workspace" in match:
            workspace = self._sim.workspace_named(match["workspace"])
            if workspace is None:
                raise ControlError(404, f"No workspace {match['workspace']}")
            match["workspace"] = workspace
        faults = self._sim.faults
        builder: RequestFaults | MessageFaults
        if "event" in match:
            builder = faults.events(match.pop("event") or None, **match)
            allowed = _MESSAGE_EFFECTS
        elif "message" in match:
            builder = faults.messages(match.pop("message") or None, **match)
            allowed = _MESSAGE_EFFECTS
        else:
            builder = faults.when(**match)
            allowed = _REQUEST_EFFECTS
        times = body.get("times", 1)
        builder = builder.always() if times is None else builder.times(times)
        effect = body["effect"]
        if effect not in allowed:
            raise ControlError(400, f"effect is one of {sorted(allowed)}")
        getattr(builder, effect)(**body.get("with", {}))
        return {"faults": faults.describe()}

    async def clear_faults(self, request: web.Request, body: Body) -> Any:
        self._sim.faults.clear()

    async def down(self, request: web.Request, body: Body) -> Any:
        seconds = body.get("seconds")
        refuse = body.get("refuse", False)
        if refuse and seconds is None:
            raise ControlError(400, "refuse needs seconds: nothing would hear up")
        await self._sim.down(seconds, refuse=refuse)

    async def up(self, request: web.Request, body: Body) -> Any:
        await self._sim.up()

    # The integration

    async def requests(self, request: web.Request, body: Body) -> Any:
        return {
            "requests": [
                {**asdict(entry), "time": entry.time.isoformat()}
                for entry in self._sim.requests
            ]
        }

    async def clear_requests(self, request: web.Request, body: Body) -> Any:
        self._sim.requests.clear()

    async def push_message(self, request: web.Request, body: Body) -> Any:
        self._sim.push_message(body)

    async def full_sync(self, request: web.Request, body: Body) -> Any:
        name = body.get("device")
        self._sim.full_sync(None if name is None else self._device_named(name))

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
        seconds = float(request.query.get("timeout", 30))
        try:
            async with asyncio.timeout(seconds):
                await self._sim.wait_for_poll()
        except TimeoutError:
            raise ControlError(504, "No client waits for messages") from None
        return {"waiting_polls": self._sim.queue.waiting}


__all__ = ["PREFIX", "ControlError", "add_routes"]

"""What the control APIs have in common: a person at a device, and the truth.

The control API is no part of any wire. It serves JSON under `/_control`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime, timedelta
import json
from typing import Any, Protocol

from aiohttp import web

from tests.simulators.xapi import (
    Device,
    OccupiedError,
    SimBooking,
    Workspace,
    wire_time,
)

from .faults import Builder

type Body = dict[str, Any]
type Handler = Callable[[web.Request, Body], Awaitable[Any]]

PREFIX = "/_control"
MESSAGE_EFFECTS = frozenset({"drop", "duplicate", "delay", "reorder"})


class ControlError(Exception):
    """A control request that makes no sense."""

    def __init__(self, status: int, message: str) -> None:
        """Answer with that status."""
        super().__init__(message)
        self.status = status


class Simulation(Protocol):
    """A simulator with rooms in it."""

    clock: Callable[[], datetime]

    @property
    def workspaces(self) -> list[Workspace]:
        """Its rooms."""

    @property
    def devices(self) -> list[Device]:
        """The devices in them."""


def add_route(app: web.Application, method: str, path: str, handler: Handler) -> None:
    """Serve a handler of JSON objects under the prefix."""

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


async def _body(request: web.Request) -> Body:
    raw = await request.read()
    if not raw:
        return {}
    body = json.loads(raw)
    if not isinstance(body, dict):
        raise ControlError(400, "The body is not a JSON object")
    return body


def instant_of(value: Any, now: datetime) -> datetime:
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


def arm(builder: Builder[Any], body: Body, allowed: frozenset[str]) -> None:
    """Arm the fault that a body describes: `times`, `effect`, `with`."""
    times = body.get("times", 1)
    builder = builder.always() if times is None else builder.times(times)
    effect = body["effect"]
    if effect not in allowed:
        raise ControlError(400, f"effect is one of {sorted(allowed)}")
    getattr(builder, effect)(**body.get("with", {}))


class RoomControl:
    """Rooms, their bookings and whoever stands before them."""

    def __init__(self, simulation: Simulation) -> None:
        """Speak for a simulation."""
        self._simulation = simulation

    def add_routes(self, app: web.Application) -> None:
        """Serve what every simulator with rooms serves."""
        for method, path, handler in (
            ("GET", "/workspaces", self.list_workspaces),
            ("GET", "/workspaces/{workspace}", self.show_workspace),
            ("POST", "/workspaces/{workspace}/book", self.book),
            ("POST", "/workspaces/{workspace}/edit", self.edit),
            ("POST", "/workspaces/{workspace}/delete", self.delete),
            ("POST", "/workspaces/{workspace}/check_in", self.check_in),
            ("GET", "/workspaces/{workspace}/history", self.history),
            ("POST", "/devices/{device}/records", self.records),
            ("POST", "/devices/{device}/configuration", self.configure),
        ):
            add_route(app, method, path, handler)

    # The truth

    async def list_workspaces(self, request: web.Request, body: Body) -> Any:
        """All rooms."""
        return {"workspaces": [self.describe(w) for w in self._simulation.workspaces]}

    async def show_workspace(self, request: web.Request, body: Body) -> Any:
        """One room."""
        return self.describe(self.workspace(request.match_info["workspace"]))

    async def history(self, request: web.Request, body: Body) -> Any:
        """Everything that happened to a room's bookings."""
        return {
            "history": [
                {
                    "at": change.at.isoformat(),
                    "what": change.what,
                    "booking": self.booking(change.booking),
                }
                for change in self.workspace(request.match_info["workspace"]).history
            ]
        }

    def describe(self, workspace: Workspace) -> dict[str, Any]:
        """A room, its bookings and its devices."""
        now = self._simulation.clock()
        workspace.catch_up(now)
        current = workspace.current_at(now)
        return {
            "id": workspace.id,
            "name": workspace.name,
            "capacity": workspace.capacity,
            "calendar": workspace.calendar,
            "current": current and self.booking(current),
            "bookings": [self.booking(b) for b in workspace.bookings],
            "devices": [
                {
                    "id": device.id,
                    "name": device.name,
                    "profile": device.profile.name,
                    "product": device.product,
                    "serial": device.serial,
                    "connection_status": device.connection_status,
                    "status": device.status,
                    "configuration": device.configuration,
                    "reported_status": device.reported_status,
                    "ids": {b.uuid: device.id_of(b) for b in workspace.bookings},
                }
                for device in workspace.devices
            ],
        }

    def booking(self, booking: SimBooking) -> dict[str, Any]:
        """A booking and whether it is past, running or future."""
        now = self._simulation.clock()
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

    def workspace(self, name: str) -> Workspace:
        """The room of that name or id."""
        for workspace in self._simulation.workspaces:
            if name in (workspace.id, workspace.name):
                return workspace
        raise ControlError(404, f"No workspace {name}")

    def device(self, name: str) -> Device:
        """The device of that id, serial number or name."""
        for device in self._simulation.devices:
            if name in (device.id, device.serial, device.name):
                return device
        raise ControlError(404, f"No device {name}")

    def _find(self, workspace: Workspace, body: Body) -> SimBooking:
        """The booking that `booking` names: an id, a title, `current` or `next`."""
        wanted = body["booking"]
        now = self._simulation.clock()
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

    async def book(self, request: web.Request, body: Body) -> Any:
        """Book at a device."""
        try:
            booking = self.workspace(request.match_info["workspace"]).book_locally(
                body["title"],
                instant_of(body.get("start"), self._simulation.clock()),
                body.get("minutes", 30),
                body.get("organizer", ""),
                body.get("private", False),
                organizer_email=body.get("organizer_email", ""),
                overlap=body.get("overlap", False),
            )
        except OccupiedError as error:
            raise ControlError(409, str(error)) from None
        return self.booking(booking)

    async def edit(self, request: web.Request, body: Body) -> Any:
        """Change a booking at a device."""
        workspace = self.workspace(request.match_info["workspace"])
        start = body.get("start")
        booking = workspace.edit_locally(
            self._find(workspace, body),
            start=None
            if start is None
            else instant_of(start, self._simulation.clock()),
            minutes=body.get("minutes"),
            title=body.get("title"),
            private=body.get("private"),
        )
        return self.booking(booking)

    async def delete(self, request: web.Request, body: Body) -> Any:
        """Delete a booking at a device."""
        workspace = self.workspace(request.match_info["workspace"])
        booking = self._find(workspace, body)
        workspace.delete_locally(booking, body.get("cause", "Deleted"))
        return self.booking(booking)

    async def check_in(self, request: web.Request, body: Body) -> Any:
        """Check in at a device."""
        workspace = self.workspace(request.match_info["workspace"])
        return self.booking(workspace.check_in_locally(self._find(workspace, body)))

    # A device

    async def records(self, request: web.Request, body: Body) -> Any:
        """Let Bookings List show raw items after its own."""
        self.device(request.match_info["device"]).records = list(body["records"])

    async def configure(self, request: web.Request, body: Body) -> Any:
        """Set configuration leaves by name."""
        configuration = self.device(request.match_info["device"]).configuration
        for name, value in body.items():
            if name not in configuration:
                raise ControlError(404, f"No configuration {name}")
            configuration.set(name, value)
        return dict(configuration)

"""The control API of the simulator, for another process: see README.md.

It is no part of PlaceOS: people elsewhere, a look at the truth, and the faults.
"""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, override

from aiohttp import web

from tests.simulators.common.control import (
    MESSAGE_EFFECTS,
    Body,
    ControlError,
    add_route,
    instant_of,
)
from tests.simulators.common.faults import Builder
from tests.simulators.common.trouble import ChannelControl, logged, wait_for

from .keys import Permission
from .mailbox import OccupiedError, SimEvent
from .modules import ExecError
from .release import RELEASES
from .systems import Room

if TYPE_CHECKING:
    from .simulator import PlaceosSimulator

_ANY_FRAME = frozenset(
    {"cut_mid_frame", "encoded", "frame", "garbage", "half_open", "huge", "raw"}
)
_FRAME_EFFECTS = _ANY_FRAME | {
    "answer_late",
    "apply_then_drop",
    "close",
    "drop",
    "duplicate",
    "error",
    "latency",
    "no_answer",
    "not_applied",
    "reorder",
    "restart",
    "rival",
}
_NOTIFICATION_EFFECTS = _ANY_FRAME | MESSAGE_EFFECTS | {"disconnect"}
_HANDSHAKE_EFFECTS = frozenset({"drop", "latency", "no_answer", "status"})
_HTTP_EFFECTS = _HANDSHAKE_EFFECTS | {"garbage", "html", "huge"}

_KNOBS = frozenset(
    {
        "answer_first",
        "checks_host",
        "domain",
        "elasticsearch",
        "execute_needs_support",
        "key_domain",
        "pongs",
        "unknown_system_code",
        "values",
    }
)


def make_app(sim: PlaceosSimulator) -> web.Application:
    """The web application of the control API."""
    app = web.Application(client_max_size=64 * 1024 * 1024)
    control = _Control(sim)
    control.add_trouble_routes(app)
    for route in (
        ("GET", "", control.summary),
        ("GET", "/rooms", control.list_rooms),
        ("POST", "/rooms", control.add_room),
        ("GET", "/rooms/{room}", control.show_room),
        ("DELETE", "/rooms/{room}", control.remove_room),
        ("GET", "/rooms/{room}/history", control.history),
        ("POST", "/rooms/{room}/book", control.book),
        ("POST", "/rooms/{room}/move", control.move),
        ("POST", "/rooms/{room}/cancel", control.cancel),
        ("POST", "/rooms/{room}/check_in", control.check_in),
        ("POST", "/rooms/{room}/end", control.end),
        ("POST", "/rooms/{room}/book_now", control.book_now),
        ("POST", "/rooms/{room}/people", control.people),
        ("POST", "/rooms/{room}/settings", control.settings),
        ("POST", "/rooms/{room}/records", control.records),
        ("POST", "/rooms/{room}/poll", control.poll),
        ("POST", "/rooms/{room}/restart", control.restart),
        ("GET", "/invariants", control.invariants),
        ("POST", "/knobs", control.knobs),
        ("POST", "/key", control.key),
        ("GET", "/requests", control.requests),
        ("DELETE", "/requests", control.clear_requests),
        ("GET", "/frames", control.frames),
        ("GET", "/handshakes", control.handshakes),
        ("GET", "/bound", control.bound),
    ):
        add_route(app, *route)
    return app


class _Control(ChannelControl):
    def __init__(self, sim: PlaceosSimulator) -> None:
        super().__init__(sim)
        self._sim = sim

    async def summary(self, request: web.Request, body: Body) -> Any:
        sim = self._sim
        return {
            "url": sim.url,
            "host": sim.host,
            "api_key": sim.api_key,
            "fingerprint": sim.fingerprint,
            "domain": sim.domain,
            "authority_id": sim.authority_id,
            "release": sim.release.name,
            "releases": sorted(RELEASES),
            "time": sim.clock().isoformat(),
            "systems": [system.name for system in sim.systems],
            "rooms": [room.name for room in sim.rooms],
            "counters": {
                "requests": len(sim.requests),
                "frames": len(sim.frames),
                "handshakes": len(sim.handshakes),
                "polls": sum(room.driver.polls for room in sim.rooms),
                "overlaps": len(sim.overlaps()),
            },
            "connections": [
                {
                    "number": session.number,
                    "half_open": session.half_open,
                    "bindings": len(session.bindings),
                }
                for session in sim.connections
            ],
        }

    # The truth

    async def list_rooms(self, request: web.Request, body: Body) -> Any:
        return {"rooms": [self._describe(room) for room in self._sim.rooms]}

    async def show_room(self, request: web.Request, body: Body) -> Any:
        return self._describe(self._room(request))

    async def history(self, request: web.Request, body: Body) -> Any:
        return {
            "history": [
                {
                    "at": _stamp(change.at),
                    "what": change.what,
                    "notify": change.notify,
                    "comment": change.comment,
                    "booking": self._booking(change.event),
                }
                for change in self._room(request).mailbox.history
            ]
        }

    async def invariants(self, request: web.Request, body: Body) -> Any:
        return {
            "overlaps": [
                [self._booking(one), self._booking(other)]
                for one, other in self._sim.overlaps()
            ]
        }

    def _describe(self, room: Room) -> dict[str, Any]:
        current = room.current
        return {
            "id": room.id,
            "name": room.name,
            "capacity": room.system.capacity,
            "email": room.mailbox.email,
            "release": room.driver.release.name,
            "settings": asdict(room.driver.settings),
            "status": room.status,
            "polls": room.driver.polls,
            "current": current and self._booking(current),
            "bookings": [self._booking(event) for event in room.events],
        }

    def _booking(self, event: SimEvent) -> dict[str, Any]:
        now = self._sim.clock().timestamp()
        return {
            "id": event.id,
            "title": event.title,
            "start": _stamp(event.start),
            "end": _stamp(event.until),
            "host": event.host,
            "private": event.private,
            "all_day": event.all_day,
            "status": event.status,
            "state": "future"
            if event.start > now
            else "running"
            if event.until > now
            else "past",
        }

    def _room(self, request: web.Request) -> Room:
        wanted = request.match_info["room"]
        for room in self._sim.rooms:
            if wanted in (room.id, room.name):
                return room
        raise ControlError(404, f"No room {wanted}")

    def _event(self, room: Room, wanted: str) -> SimEvent:
        """The event that an id, a title, `current` or `next` names."""
        match wanted:
            case "current":
                found = room.current
            case "next":
                found = room.following
            case _:
                found = next(
                    (e for e in room.events if wanted in (e.id, e.title)), None
                )
        if found is None:
            raise ControlError(404, f"No booking {wanted}")
        return found

    # Rooms

    async def add_room(self, request: web.Request, body: Body) -> Any:
        return self._describe(self._sim.add_room(**body))

    async def remove_room(self, request: web.Request, body: Body) -> Any:
        self._sim.remove(self._room(request))

    async def settings(self, request: web.Request, body: Body) -> Any:
        room = self._room(request)
        self._sim.configure(room, **body)
        return asdict(room.driver.settings)

    async def records(self, request: web.Request, body: Body) -> Any:
        driver = self._room(request).driver
        driver.records = list(body["records"])
        driver.poll_events()

    async def poll(self, request: web.Request, body: Body) -> Any:
        self._room(request).driver.poll_events()

    async def restart(self, request: web.Request, body: Body) -> Any:
        self._room(request).driver.restart(**body)

    async def people(self, request: web.Request, body: Body) -> Any:
        self._room(request).sense(body["people"], stale=body.get("stale", False))

    # People elsewhere

    async def book(self, request: web.Request, body: Body) -> Any:
        start = instant_of(body.pop("start", None), self._sim.clock())
        try:
            event = self._room(request).book(start=start, **body)
        except OccupiedError as error:
            raise ControlError(409, str(error)) from None
        return self._booking(event)

    async def move(self, request: web.Request, body: Body) -> Any:
        room = self._room(request)
        event = self._event(room, body.pop("booking"))
        start = body.pop("start", None)
        if start is not None:
            start = instant_of(start, self._sim.clock())
        try:
            moved = room.move(event, start, **body)
        except OccupiedError as error:
            raise ControlError(409, str(error)) from None
        return self._booking(moved)

    async def cancel(self, request: web.Request, body: Body) -> Any:
        room = self._room(request)
        return self._booking(room.cancel(self._event(room, body["booking"])))

    # People at the panel

    async def check_in(self, request: web.Request, body: Body) -> Any:
        self._room(request).check_in()

    async def end(self, request: web.Request, body: Body) -> Any:
        try:
            self._room(request).end()
        except LookupError as error:
            raise ControlError(409, str(error)) from None

    async def book_now(self, request: web.Request, body: Body) -> Any:
        try:
            return self._room(request).book_now(**body)
        except ExecError as error:
            raise ControlError(409, str(error)) from None

    # What goes wrong

    @override
    def when(self, match: dict[str, Any]) -> tuple[Builder[Any], frozenset[str]]:
        faults = self._sim.faults
        if "notification" in match:
            variable = match.pop("notification")
            return faults.notifications(variable, **match), _NOTIFICATION_EFFECTS
        if "path" in match:
            return faults.http(**match), _HTTP_EFFECTS
        if match.pop("handshake", False):
            return faults.handshakes(**match), _HANDSHAKE_EFFECTS
        return faults.when(**match), _FRAME_EFFECTS

    async def knobs(self, request: web.Request, body: Body) -> Any:
        for name, value in body.items():
            if name not in _KNOBS:
                raise ControlError(400, f"No knob {name}")
            setattr(self._sim, name, value)

    async def key(self, request: web.Request, body: Body) -> Any:
        key = self._sim.key
        if "permission" in body:
            key.permission = Permission[body["permission"].upper()]
        key.scopes = body.get("scopes", key.scopes)
        if "revoked" in body:
            key.revoked = body["revoked"]
        if "expires" in body:
            key.expires = instant_of(body["expires"], self._sim.clock())
        if body.get("cut"):
            self._sim.disconnect()
        return {"permission": key.permission.name.lower(), "scopes": key.scopes}

    # The client

    async def requests(self, request: web.Request, body: Body) -> Any:
        return {"requests": [logged(entry) for entry in self._sim.requests]}

    async def frames(self, request: web.Request, body: Body) -> Any:
        return {"frames": [logged(entry) for entry in self._sim.frames]}

    async def handshakes(self, request: web.Request, body: Body) -> Any:
        return {"handshakes": [logged(entry) for entry in self._sim.handshakes]}

    async def clear_requests(self, request: web.Request, body: Body) -> Any:
        self._sim.requests.clear()
        self._sim.frames.clear()
        self._sim.handshakes.clear()

    async def bound(self, request: web.Request, body: Body) -> Any:
        """Wait until there are so many bindings, for so many seconds."""
        number = int(request.query.get("number", 1))
        await wait_for(
            request, self._sim.wait_for_bindings(number), "Not so many bindings"
        )
        return {"bindings": sum(len(s.bindings) for s in self._sim.connections)}


def _stamp(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

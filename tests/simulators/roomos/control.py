"""The control API of the simulator, for another process: see README.md.

It is no part of the device: a person at it, a look at the truth, and the faults.
"""

from typing import TYPE_CHECKING, Any, override

from aiohttp import web

from tests.simulators.common.control import (
    MESSAGE_EFFECTS,
    Body,
    ControlError,
    RoomControl,
    add_route,
)
from tests.simulators.common.faults import Builder
from tests.simulators.common.trouble import ChannelControl, logged, wait_for
from tests.simulators.xapi import PROFILES, wire_time

from .results import VARIANTS

if TYPE_CHECKING:
    from .simulator import RoomosSimulator

_FRAME_EFFECTS = frozenset({"cut_mid_frame", "frame", "garbage", "half_open", "huge"})
_NOTIFICATION_EFFECTS = MESSAGE_EFFECTS | _FRAME_EFFECTS | {"disconnect"}
_REQUEST_EFFECTS = _FRAME_EFFECTS | {
    "answer",
    "answer_late",
    "applied_late",
    "booking_fails",
    "close",
    "drop",
    "drop_answer",
    "duplicate",
    "error",
    "latency",
    "no_answer",
    "not_applied",
    "reboot",
    "reorder",
    "rival",
}
_HANDSHAKE_EFFECTS = frozenset({"drop", "latency", "no_answer", "status"})


def make_app(sim: RoomosSimulator) -> web.Application:
    """The web application of the control API."""
    app = web.Application(client_max_size=64 * 1024 * 1024)
    control = _Control(sim)
    control.add_routes(app)
    control.add_trouble_routes(app)
    for route in (
        ("GET", "", control.summary),
        ("POST", "/devices/{device}/reboot", control.reboot),
        ("POST", "/devices/{device}/people", control.people),
        ("POST", "/devices/{device}/status", control.status),
        ("POST", "/certificate", control.certificate),
        ("POST", "/password", control.password),
        ("POST", "/role", control.role),
        ("POST", "/knobs", control.knobs),
        ("GET", "/requests", control.requests),
        ("DELETE", "/requests", control.clear_requests),
        ("GET", "/handshakes", control.handshakes),
        ("GET", "/subscribed", control.subscribed),
    ):
        add_route(app, *route)
    return app


class _Control(RoomControl, ChannelControl):
    def __init__(self, sim: RoomosSimulator) -> None:
        RoomControl.__init__(self, sim)
        ChannelControl.__init__(self, sim)
        self._sim = sim

    async def summary(self, request: web.Request, body: Body) -> Any:
        sim = self._sim
        return {
            "host": sim.host,
            "url": sim.url,
            "username": sim.username,
            "password": sim.password,
            "fingerprint": sim.fingerprint,
            "serial": sim.serial,
            "name": sim.name,
            "profile": sim.profile.name,
            "profiles": sorted(PROFILES),
            "time": wire_time(sim.clock()),
            "ready": sim.ready,
            "workspaces": [w.name for w in sim.workspaces],
            "connections": [
                {
                    "number": session.number,
                    "user": session.user.name,
                    "half_open": session.half_open,
                    "subscriptions": {
                        str(number): "/".join(str(part) for part in query)
                        for number, query in session.subscriptions.items()
                    },
                }
                for session in sim.connections
            ],
        }

    # The device

    async def reboot(self, request: web.Request, body: Body) -> Any:
        self.device(request.match_info["device"])
        self._sim.reboot(**body)

    async def people(self, request: web.Request, body: Body) -> Any:
        self._sim.set_people(body["people"])

    async def status(self, request: web.Request, body: Body) -> Any:
        for name, value in body.items():
            self._sim.set_status(name, value)

    async def certificate(self, request: web.Request, body: Body) -> Any:
        return {"fingerprint": self._sim.renew_certificate()}

    async def password(self, request: web.Request, body: Body) -> Any:
        self._sim.password = body["password"]

    async def role(self, request: web.Request, body: Body) -> Any:
        self._sim.add_user(self._sim.username, self._sim.password, *body["roles"])

    async def knobs(self, request: web.Request, body: Body) -> Any:
        sim = self._sim
        for name, value in body.items():
            match name:
                case "results":
                    sim.result_filter = None if value is None else VARIANTS[value]
                case "handshake_limit":
                    sim.handshake_limit = None if value is None else tuple(value)
                case (
                    "answer_first"
                    | "childless_value"
                    | "conflict"
                    | "event_ids"
                    | "meeting_ids"
                    | "subscription_limit"
                ):
                    setattr(sim, name, value)
                case _:
                    raise ControlError(400, f"No knob {name}")

    # What goes wrong

    @override
    def when(self, match: dict[str, Any]) -> tuple[Builder[Any], frozenset[str]]:
        faults = self._sim.faults
        if "event" in match:
            name = match.pop("event") or None
            return faults.events(name, **match), _NOTIFICATION_EFFECTS
        if "status" in match:
            name = match.pop("status") or None
            return faults.statuses(name, **match), _NOTIFICATION_EFFECTS
        if match.pop("message", False):
            return faults.messages(**match), _NOTIFICATION_EFFECTS
        if match.pop("handshake", False):
            return faults.handshakes(**match), _HANDSHAKE_EFFECTS
        return faults.when(**match), _REQUEST_EFFECTS

    # The client

    async def requests(self, request: web.Request, body: Body) -> Any:
        return {
            "requests": [
                logged(entry, command=entry.command) for entry in self._sim.requests
            ]
        }

    async def clear_requests(self, request: web.Request, body: Body) -> Any:
        self._sim.requests.clear()
        self._sim.handshakes.clear()

    async def handshakes(self, request: web.Request, body: Body) -> Any:
        return {"handshakes": [logged(entry) for entry in self._sim.handshakes]}

    async def subscribed(self, request: web.Request, body: Body) -> Any:
        """Wait until there are so many subscriptions, for so many seconds."""
        number = int(request.query.get("number", 1))
        await wait_for(
            request,
            self._sim.wait_for_subscriptions(number),
            "Not so many subscriptions",
        )
        return {
            "subscriptions": sum(len(s.subscriptions) for s in self._sim.connections)
        }

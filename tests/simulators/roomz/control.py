"""The control API of the simulator, for another process: see README.md.

It is no part of the contract: somebody else at the booking system, a look at the truth,
and the faults.
"""

from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, override

from aiohttp import web

from tests.simulators.common.control import Body, ControlError, add_route, instant_of
from tests.simulators.common.faults import Builder
from tests.simulators.common.trouble import TroubleControl, logged

from .contract import described
from .room import OccupiedError, SimMeeting, SimRoom
from .times import wire_time

if TYPE_CHECKING:
    from .simulator import RoomzSimulator

_EFFECTS = frozenset(
    {
        "answer",
        "dates",
        "drop",
        "drop_answer",
        "empty",
        "extra",
        "garbage",
        "html",
        "huge",
        "latency",
        "not_applied",
        "nulls",
        "records",
        "redirect",
        "rival",
        "silence",
        "stalled",
        "status",
        "truncated",
        "typed",
        "without",
        "wrapped",
    }
)


def add_routes(app: web.Application, sim: RoomzSimulator) -> None:
    """Serve the control API under `/_control`."""
    control = _Control(sim)
    control.add_trouble_routes(app)
    for route in (
        ("GET", "", control.summary),
        ("POST", "/credentials", control.credentials),
        ("POST", "/rules", control.rules),
        ("GET", "/rooms", control.list_rooms),
        ("POST", "/rooms", control.add_room),
        ("GET", "/rooms/{room}", control.show_room),
        ("DELETE", "/rooms/{room}", control.remove_room),
        ("POST", "/rooms/{room}/rename", control.rename_room),
        ("POST", "/rooms/{room}/book", control.book),
        ("POST", "/rooms/{room}/edit", control.edit),
        ("POST", "/rooms/{room}/cancel", control.cancel),
        ("POST", "/rooms/{room}/delete", control.delete),
        ("GET", "/rooms/{room}/history", control.history),
        ("GET", "/check", control.check),
        ("GET", "/counters", control.counters),
        ("GET", "/requests", control.requests),
        ("DELETE", "/requests", control.clear_requests),
    ):
        add_route(app, *route)


class _Control(TroubleControl):
    outlives_the_wire = False

    def __init__(self, sim: RoomzSimulator) -> None:
        super().__init__(sim)
        self._sim = sim

    # The truth

    async def summary(self, request: web.Request, body: Body) -> Any:
        sim = self._sim
        return {
            "url": sim.url,
            "username": sim.username,
            "password": sim.password,
            "time": wire_time(sim.clock()),
            "rooms": [room.name for room in sim.rooms],
            "organizers": sim.organizers,
            "rules": asdict(sim.rules),
        }

    async def credentials(self, request: web.Request, body: Body) -> Any:
        self._sim.username = body.get("username", self._sim.username)
        self._sim.password = body.get("password", self._sim.password)

    async def rules(self, request: web.Request, body: Body) -> Any:
        known = {field.name for field in fields(self._sim.rules)}
        for name, value in body.items():
            if name not in known:
                raise ControlError(404, f"No rule {name}")
            setattr(self._sim.rules, name, value)
        return asdict(self._sim.rules)

    async def list_rooms(self, request: web.Request, body: Body) -> Any:
        return {"rooms": [self._described(room) for room in self._sim.rooms]}

    async def show_room(self, request: web.Request, body: Body) -> Any:
        return self._described(self._room(request))

    async def history(self, request: web.Request, body: Body) -> Any:
        room = self._room(request)
        return {
            "history": [
                {
                    "at": change.at.isoformat(),
                    "what": change.what,
                    "api": change.api,
                    "meeting": described(room, change.meeting),
                }
                for change in room.history
            ]
        }

    async def check(self, request: web.Request, body: Body) -> Any:
        return {"violations": self._sim.check()}

    async def counters(self, request: web.Request, body: Body) -> Any:
        counters = self._sim.counters
        return {
            "calls": dict(counters.calls),
            "most_at_once": counters.most_at_once,
            "connections": len(counters.connections),
        }

    def _described(self, room: SimRoom) -> dict[str, Any]:
        current = room.current()
        return {
            "id": room.id,
            "name": room.name,
            "current": current and described(room, current),
            "meetings": [described(room, meeting) for meeting in room.sorted()],
        }

    def _room(self, request: web.Request) -> SimRoom:
        name = request.match_info["room"]
        if (room := self._sim.room_named(name)) is None:
            raise ControlError(404, f"No room {name}")
        return room

    def _find(self, room: SimRoom, body: Body) -> SimMeeting:
        """The meeting that `meeting` names: an id, a subject, `current` or `next`."""
        match body["meeting"]:
            case "current":
                found = room.current()
            case "next":
                found = room.following()
            case name:
                found = next(
                    (m for m in room.sorted() if name in (m.meeting_id, m.subject)),
                    None,
                )
        if found is None:
            raise ControlError(404, f"No meeting {body['meeting']}")
        return found

    # Somebody else

    async def add_room(self, request: web.Request, body: Body) -> Any:
        return self._described(self._sim.add_room(body["name"], body.get("id")))

    async def remove_room(self, request: web.Request, body: Body) -> Any:
        self._sim.remove_room(self._room(request))

    async def rename_room(self, request: web.Request, body: Body) -> Any:
        self._room(request).name = body["name"]

    async def book(self, request: web.Request, body: Body) -> Any:
        room = self._room(request)
        start = instant_of(body.get("start"), self._sim.clock())
        try:
            meeting = room.book(
                body["subject"],
                start,
                start + timedelta(minutes=body.get("minutes", 30)),
                overlap=body.get("overlap", False),
                organizer_id=body.get("organizer_id", ""),
                organizer_name=body.get("organizer", ""),
                private=body.get("private", False),
                image_url=body.get("image_url", ""),
            )
        except OccupiedError as error:
            raise ControlError(409, str(error)) from None
        return described(room, meeting)

    async def edit(self, request: web.Request, body: Body) -> Any:
        room = self._room(request)
        meeting = self._find(room, body)
        start: datetime = meeting.start
        if "start" in body:
            start = instant_of(body["start"], self._sim.clock())
        minutes = (meeting.end - meeting.start) / timedelta(minutes=1)
        changes: dict[str, Any] = {
            "start": start,
            "end": start + timedelta(minutes=body.get("minutes", minutes)),
        }
        changes |= {name: body[name] for name in ("subject", "private") if name in body}
        try:
            changed = room.change(
                meeting, overlap=body.get("overlap", False), **changes
            )
        except OccupiedError as error:
            raise ControlError(409, str(error)) from None
        return described(room, changed)

    async def cancel(self, request: web.Request, body: Body) -> Any:
        room = self._room(request)
        return described(room, room.change(self._find(room, body), cancelled=True))

    async def delete(self, request: web.Request, body: Body) -> Any:
        room = self._room(request)
        room.delete(self._find(room, body))

    # What goes wrong

    @override
    def when(self, match: dict[str, Any]) -> tuple[Builder[Any], frozenset[str]]:
        return self._sim.faults.when(**match), _EFFECTS

    @override
    async def add_fault(self, request: web.Request, body: Body) -> Any:
        if "fields" not in (given := dict(body.get("with", {}))):
            return await super().add_fault(request, body)
        # What a verb takes one by one comes as a list.
        faults = self._sim.faults
        builder = faults.when(**body.get("match", {})).times(body.get("times") or 1)
        if body.get("times", 1) is None:
            builder.always()
        if body["effect"] not in ("nulls", "without"):
            raise ControlError(400, "fields are for nulls and without")
        getattr(builder, body["effect"])(*given["fields"])
        return {"faults": faults.describe()}

    @override
    async def down(self, request: web.Request, body: Body) -> Any:
        if request.transport is not None:
            # Whoever asks for it gets an answer.
            self._sim.connections.discard(request.transport)
        await super().down(request, body)

    async def requests(self, request: web.Request, body: Body) -> Any:
        return {
            "requests": [logged(entry, call=entry.call) for entry in self._sim.requests]
        }

    async def clear_requests(self, request: web.Request, body: Body) -> Any:
        self._sim.requests.clear()

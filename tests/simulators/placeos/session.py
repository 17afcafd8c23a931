"""One client on the control channel: its bindings, its frames, what reaches it."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
import json
from typing import TYPE_CHECKING, Any, override

from aiohttp import web

from tests.simulators.common.channel import Break, ChannelSession, Close
from tests.simulators.common.faults import NotApplied, Rival, Silence

from .faults import Encode, Refuse, Restart
from .frames import (
    Frame,
    FrameRequest,
    encoded,
    failure,
    notification,
    parse,
    success,
    wire,
)
from .keys import ApiKey
from .mailbox import OccupiedError
from .modules import ACCESS_DENIED, MODULE_NOT_FOUND, ExecError, Module
from .request_log import LoggedFrame

if TYPE_CHECKING:
    from .simulator import PlaceosSimulator

type Variable = tuple[str, str, int, str]

PONG_EVERY = timedelta(seconds=80)
"""How often the server says "pong" of its own accord (facts B3)."""


class Session(ChannelSession):
    """A client that is connected."""

    def __init__(
        self,
        sim: PlaceosSimulator,
        number: int,
        key: ApiKey,
        socket: web.WebSocketResponse,
        transport: asyncio.Transport,
    ) -> None:
        """Begin without bindings."""
        super().__init__(sim, lambda: sim.clock(), sim.timers)
        self._sim = sim
        self._socket = socket
        self._transport = transport
        self.number = number
        self.key = key
        self.bindings: dict[Variable, int] = {}
        """The ids of the binds by system, module, index and name."""
        self.debugs: dict[str, FrameRequest] = {}
        """The debug requests by module id."""
        self._pong_at(sim.clock())

    # Ends

    @override
    def cut(self) -> None:
        """End the connection without a word."""
        self.ended = True
        self._transport.abort()

    @override
    def freeze(self) -> None:
        """Neither read nor write any more, without closing (no pong either)."""
        self.half_open = True
        if not self._transport.is_closing():
            self._transport.pause_reading()

    @override
    async def close(self, code: int = 1001) -> None:
        """Close it as WebSocket has it; ends once the client agreed."""
        self.ended = True
        await self._socket.close(code=code)

    @override
    def send(self, frame: Frame) -> None:
        """Send characters or bytes as they are, and what waited to be overtaken."""
        self.write(wire(frame))
        overtaken, self._overtaken = self._overtaken, []
        for late in overtaken:
            self.write(wire(late))

    @override
    def write(self, raw: bytes) -> None:
        """Put bytes on the wire that need not be a frame."""
        if not (self.half_open or self.ended or self._transport.is_closing()):
            self._transport.write(raw)

    def _pong_at(self, at: datetime) -> None:
        def pong(due: datetime) -> None:
            if not self.ended:
                if self._sim.pongs:
                    self.send("pong")
                self._pong_at(due)

        self._sim.timers.at(at + PONG_EVERY, pong)

    # What a client asks

    def receive(self, raw: Frame) -> None:
        """Handle a frame, now or later."""
        if self.half_open or self.ended:
            return
        entry = LoggedFrame(self._sim.clock(), self.number)
        self._sim.frames.append(entry)
        if raw == "ping":
            entry.cmd = "ping"
        request = parse(raw)
        if request is not None:
            entry.cmd, entry.id = request.cmd, request.id
            entry.sys, entry.mod, entry.index, entry.name = request.variable
            entry.args = request.args
        if not entry.cmd:
            return  # dropped without a word (facts B3)
        latency, effect = self._sim.faults.strike_frame(entry)
        if latency:
            self._sim.in_background(self._handle_later(latency, entry, request, effect))
        else:
            self._handle(entry, request, effect)

    async def _handle_later(
        self,
        seconds: float,
        entry: LoggedFrame,
        request: FrameRequest | None,
        effect: Any,
    ) -> None:
        await asyncio.sleep(seconds)
        if not self.ended and not self.half_open:
            self._handle(entry, request, effect)

    def _handle(
        self, entry: LoggedFrame, request: FrameRequest | None, effect: Any
    ) -> None:
        if request is None:
            self._pong(entry, effect)
            return
        frame = failure(request.id, 3, "no answer")
        with self._sim.holding_notifications() as held:
            match effect:
                case NotApplied():
                    frame = success(request.id, value=None, meta=request.meta, code=200)
                case Refuse(applied=applied):
                    if applied:
                        self._apply(request, None)
                    frame = failure(
                        request.id, effect.error_code, effect.message, effect.code
                    )
                case _ if getattr(effect, "applied", True):
                    frame = self._apply(request, effect)
        if self._sim.answer_first:
            self._answer(entry, frame, effect)
        for session, told in held:
            session.deliver_notification(told)
        if not self._sim.answer_first:
            self._answer(entry, frame, effect)

    def _pong(self, entry: LoggedFrame, effect: Any) -> None:
        if not self._sim.pongs or isinstance(effect, Silence):
            return
        match effect:
            case Break(how="half_open"):
                self.freeze()
            case Break():
                self.cut()
            case Close(code=code):
                self.close_soon(code)
            case _:
                entry.answered = True
                self.send("pong")

    def _answer(
        self, entry: LoggedFrame, frame: Mapping[str, Any], effect: Any
    ) -> None:
        entry.error = frame.get("error_code")
        self._deliver(frame, effect)
        entry.answered = not (
            self.ended or self.half_open or isinstance(effect, Silence | Close)
        )

    # What it does

    def _apply(self, request: FrameRequest, effect: Any) -> dict[str, Any]:
        self._before(request, effect)
        match request.cmd:
            case "bind":
                return self._bind(request)
            case "unbind":
                self.bindings.pop(request.variable, None)
                self._sim.unbind(self, request.variable)
                return success(request.id)
            case "debug":
                self.debugs[request.mod] = request
                return success(request.id)
            case "ignore":
                self.debugs.pop(request.mod, None)
                return success(request.id)
        return self._exec(request)

    def _before(self, request: FrameRequest, effect: Any) -> None:
        """Let happen what a fault wants to happen the instant before."""
        room = self._sim.find_room(request.sys)
        if room is None:
            return
        match effect:
            case Rival(title=title, minutes=minutes, offset_minutes=offset):
                with suppress(OccupiedError):
                    room.book(
                        title, self._sim.clock() + timedelta(minutes=offset), minutes
                    )
            case Restart(seconds=seconds):
                room.driver.restart(seconds)

    def _bind(self, request: FrameRequest) -> dict[str, Any]:
        if request.mod.startswith("_") and not self.key.support:
            return failure(
                request.id, ACCESS_DENIED, "attempted to access protected module"
            )
        if request.variable not in self.bindings:
            self.bindings[request.variable] = request.id
            self._sim.bind(self, request.variable)
            module = self._sim.find_module(*request.variable[:3])
            if module is not None and request.name in module.status:
                self.notify(request.variable, module.status[request.name])
        return success(request.id, meta=request.meta)

    def _exec(self, request: FrameRequest) -> dict[str, Any]:
        module = self._sim.find_module(*request.variable[:3])
        if module is None:
            return failure(
                request.id, self._missing(request.sys), "could not find module"
            )
        try:
            value = module.execute(
                request.name, list(request.args), support=self.key.support
            )
        except ExecError as error:
            return failure(request.id, error.error_code, str(error), error.code)
        return success(request.id, value=value, meta=request.meta, code=200)

    def _missing(self, system_id: str) -> int:
        if self._sim.find_system(system_id) is None:
            return self._sim.unknown_system_code
        return MODULE_NOT_FOUND

    # What reaches the client

    def notify(self, variable: Variable, value: Any) -> None:
        """Tell it the value of a variable that it is bound to."""
        frame = notification(self.bindings[variable], value, variable)
        self._sim.outgoing(self, frame)

    def log(self, module: Module, level: str, message: str) -> None:
        """Tell it what a module logs, where it debugs that (facts B3)."""
        request = self.debugs.get(module.id)
        if request is not None:
            self.send(
                json.dumps(
                    {
                        "id": request.id,
                        "type": "debug",
                        "mod": module.id,
                        "level": level,
                        "msg": message,
                        "meta": request.meta,
                    }
                )
            )

    @override
    def deliver_notification(self, frame: Mapping[str, Any]) -> None:
        """Send a notification, unless a fault has other plans."""
        if not self.ended and not self.half_open:
            self._deliver(frame, self._sim.faults.strike_notification(frame))

    @override
    def _deliver(self, frame: Mapping[str, Any], effect: Any) -> None:
        how = effect.how if isinstance(effect, Encode) else self._sim.values
        super()._deliver(encoded(frame, how), effect)

    @override
    def _wire(self, text: str) -> bytes:
        return wire(text)

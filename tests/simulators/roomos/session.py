"""One connection: its subscriptions, its requests, and what reaches its client."""

import asyncio
from collections.abc import Mapping
import json
from typing import TYPE_CHECKING, Any, override

from websockets.asyncio.server import ServerConnection, broadcast
from websockets.frames import Frame as WebsocketFrame, Opcode

from tests.simulators.common.channel import ChannelSession
from tests.simulators.common.faults import Silence

from . import methods, rpc
from .document import Leaves, Path, covers, select, tree_of
from .faults import Padded, Reboot, Refuse
from .garbage import padded
from .request_log import LoggedRequest
from .users import User

if TYPE_CHECKING:
    from .simulator import RoomosSimulator


class Session(ChannelSession):
    """A client that is connected."""

    def __init__(
        self,
        sim: RoomosSimulator,
        number: int,
        user: User,
        connection: ServerConnection,
    ) -> None:
        """Begin without subscriptions."""
        super().__init__(sim, lambda: sim.clock(), sim.world.timers)
        self._sim = sim
        self._connection = connection
        self._count = 0
        self.number = number
        self.user = user
        self.subscriptions: dict[int, Path] = {}
        """The queries by their Id (facts 4.2)."""

    # Ends

    @override
    def cut(self) -> None:
        """End the connection without a word."""
        self.ended = True
        self._connection.transport.abort()

    @override
    def freeze(self) -> None:
        """Neither read nor write any more, without closing (no pong either)."""
        self.half_open = True
        self._connection.transport.pause_reading()

    @override
    async def close(self, code: int = 1001) -> None:
        """Close it as WebSocket has it; ends once the client agreed."""
        await self._connection.close(code)

    @override
    def close_soon(self, code: int) -> None:
        """Begin to close it and hear no more requests."""
        self.ended = True
        super().close_soon(code)

    @override
    def send(self, frame: rpc.Frame) -> None:
        """Send characters or bytes as they are, and what waited to be overtaken."""
        if self.half_open or self.ended:
            return
        broadcast((self._connection,), frame)
        overtaken, self._overtaken = self._overtaken, []
        for late in overtaken:
            broadcast((self._connection,), late)

    @override
    def write(self, raw: bytes) -> None:
        """Put bytes on the wire that need not be a frame."""
        if not self.half_open and not self.ended:
            self._connection.transport.write(raw)

    # Subscriptions

    def subscribe(self, query: Path) -> int:
        """Remember a query; its Id, from 1 on."""
        self._count += 1
        self.subscriptions[self._count] = query
        return self._count

    def notify(self, leaves: Leaves, extra: Leaves | None = None) -> None:
        """Tell every subscription of its part of the leaves.

        `extra` leaves go with any part of those, e.g. the `id` of an event.
        """
        for number, query in tuple(self.subscriptions.items()):
            part = select(self.visible(leaves), query)
            if part:
                self.notify_one(number, {**(extra or {}), **part})

    def notify_one(self, number: int, leaves: Leaves) -> None:
        """Tell one subscription of leaves."""
        frame = rpc.feedback_frame(number, tree_of(leaves))
        self._sim.outgoing(self, frame)

    def visible(self, leaves: Leaves) -> Leaves:
        """The leaves that the roles of the user may read."""
        if self.user.may_use_bookings:
            return leaves
        return {
            path: value
            for path, value in leaves.items()
            if not covers(("*", "Bookings"), path)
        }

    # Requests

    def receive(self, raw: rpc.Frame) -> None:
        """Handle a frame, now or later."""
        if self.half_open or self.ended:
            return
        entry = LoggedRequest(self._sim.clock(), self.number, None, "", {})
        self._sim.requests.append(entry)
        try:
            body = rpc.parse(raw)
        except rpc.RpcError as error:
            self._refuse(entry, None, error)
            return
        try:
            request = rpc.request_of(body)
        except rpc.RpcError as error:
            entry.id = rpc.id_of(body)
            self._refuse(entry, entry.id, error)
            return
        entry.id, entry.method, entry.params = (
            request.id,
            request.method,
            request.params,
        )
        latency, effect = self._sim.faults.strike_request(entry)
        if latency:
            self._sim.in_background(self._handle_later(latency, entry, request, effect))
        else:
            self._handle(entry, request, effect)

    async def _handle_later(
        self, seconds: float, entry: LoggedRequest, request: rpc.Request, effect: Any
    ) -> None:
        await asyncio.sleep(seconds)
        if not self.ended and not self.half_open:
            self._handle(entry, request, effect)

    def _handle(self, entry: LoggedRequest, request: rpc.Request, effect: Any) -> None:
        applied = getattr(effect, "applied", True)
        frame: dict[str, Any] = {"jsonrpc": "2.0", "id": request.id}
        with self._sim.holding_notifications() as held:
            if applied:
                try:
                    result = methods.call(self._sim, self, request, effect)
                except rpc.RpcError as error:
                    entry.error = error.code
                    frame = rpc.error_frame(request.id, error)
                else:
                    frame = rpc.result_frame(request.id, result)
        if self._sim.answer_first:
            self._answer(entry, frame, effect)
        for session, notification in held:
            session.deliver_notification(notification)
        if not self._sim.answer_first:
            self._answer(entry, frame, effect)

    def _answer(
        self, entry: LoggedRequest, frame: Mapping[str, Any], effect: Any
    ) -> None:
        if isinstance(effect, Refuse):
            error = rpc.RpcError(effect.code, effect.message, effect.data)
            entry.error = effect.code
            frame = rpc.error_frame(entry.id, error)
        self._deliver(frame, effect)
        entry.answered = not (
            self.ended or self.half_open or isinstance(effect, Silence)
        )
        for follow_up in self._sim.take_follow_ups():
            follow_up()

    def _refuse(
        self, entry: LoggedRequest, id_: rpc.Id | None, error: rpc.RpcError
    ) -> None:
        entry.error = error.code
        entry.answered = True
        self.send(json.dumps(rpc.error_frame(id_, error)))

    # What reaches the client

    @override
    def deliver_notification(self, frame: Mapping[str, Any]) -> None:
        """Send a notification, unless a fault has other plans."""
        if not self.ended and not self.half_open:
            self._deliver(frame, self._sim.faults.strike_message(frame))

    @override
    def _deliver(self, frame: Mapping[str, Any], effect: Any) -> None:
        match effect:
            case Padded(size=size):
                self.send(padded(frame, size))
            case Reboot():
                self._sim.reboot()
            case _:
                super()._deliver(frame, effect)

    @override
    def _wire(self, text: str) -> bytes:
        return WebsocketFrame(Opcode.TEXT, text.encode()).serialize(mask=False)

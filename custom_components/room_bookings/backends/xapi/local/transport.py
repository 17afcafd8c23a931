"""A RoomOS device by its own WebSocket: one room, commands and words over one connection."""

import asyncio
from collections.abc import Mapping, Sequence
import contextlib
from datetime import timedelta
from typing import Final

from ....rooms.booking import RoomId
from ....rooms.errors import (
    AnswerLostError,
    AuthFailedError,
    BusyTryLaterError,
    CertificateChangedError,
    PermissionDeniedError,
    RejectedError,
    RoomError,
    UnreachableError,
)
from ....rooms.room import Room
from ....rooms.state import CheckInRules
from ...backoff import Backoff
from ...signals import AuthLost, CertificateChanged, Connected, Disconnected
from ..transport import Device, DeviceId, EmitTransport, EquippedRoom, TransportSignal
from ..wire import (
    Json,
    JsonObject,
    as_bool,
    as_int,
    as_object,
    as_text,
    counted,
    sensed,
)
from .address import DeviceAddress
from .socket import DeviceSocket
from .versions import capabilities_of
from .words import device_signals

_EVENTS: Final = ("Event", "Bookings")
# Exactly what is used; the device warns of more (facts 4.4).
_STATUSES: Final = (("Status", "Bookings"), ("Status", "RoomAnalytics"))
_FEEDBACK: Final = "xFeedback/Event"
# The waits before a device is called again, in seconds, and how long a connection must have
# lasted for the first of them to be the shortest again.
_FIRST_WAIT: Final = 1.0
_LONGEST_WAIT: Final = 60.0
_LASTED: Final = 60.0
# Assumption `check_in_before`: a device lets people check in so long before the start.
_CHECK_IN_BEFORE: Final = timedelta(minutes=5)
_WINDOW: Final = 10


class LocalTransport:
    """A `Transport` to one device (facts 4)."""

    def __init__(self, address: DeviceAddress) -> None:
        """Say nothing yet."""
        self._address = address
        self._device_id = DeviceId(address.host)
        self._socket: DeviceSocket | None = None
        # Before everybody knows that it is another connection, nothing is asked on it: a
        # booking of before may go by another's Id.
        self._ready = False
        self._reader: asyncio.Task[None] | None = None
        self._emit: EmitTransport | None = None
        self._unheard: list[TransportSignal] = []
        # Whose words are heard; all, while that is not known.
        self._subscriptions: set[int | None] | None = None

    async def connect(self) -> None:
        """Log in and subscribe; what the device says from here on is kept for `listen`."""
        await self.close()
        self._unheard.clear()
        self._subscriptions = None
        self._socket = socket = await DeviceSocket.open(self._address, self._on_word)
        self._reader = asyncio.create_task(socket.run(), name="xapi socket")
        try:
            await self._subscribe(socket)
        except RoomError:
            await self.close()
            raise
        self._ready = True

    async def obstacle(self, device_id: DeviceId, command: str) -> str | None:
        """Booking and checking in at the device can be switched off (facts 1.6)."""
        group = {"book": "AdhocBooking", "checkin": "CheckIn"}.get(command)
        if group is None or await self._setting(group, "Enabled") is not False:
            return None
        return f"Bookings {group} Enabled = False"

    async def close(self) -> None:
        """Hang up."""
        self._ready = False
        socket, self._socket = self._socket, None
        reader, self._reader = self._reader, None
        if socket is not None:
            await socket.close()
        if reader is not None:
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)

    async def rooms(self) -> Sequence[EquippedRoom]:
        """The one room in which the device stands."""
        serial = await self._text(
            "Status", "SystemUnit", "Hardware", "Module", "SerialNumber"
        )
        software = await self._text("Status", "SystemUnit", "Software", "Version")
        product = await self._text("Status", "SystemUnit", "ProductId")
        name = (
            await self._text("Status", "UserInterface", "ContactInfo", "Name")
            or await self._text("Configuration", "SystemUnit", "Name")
            or product
            or self._address.name
        )
        if not serial:
            raise UnreachableError("the device tells no serial number")
        device = Device(id=self._device_id, capabilities=capabilities_of(software))
        analytics = ("Status", "RoomAnalytics")
        people = counted(await self._leaf(*analytics, "PeopleCount", "Current"))
        presence = sensed(await self._leaf(*analytics, "PeoplePresence"))
        mac = await self._leaf("Status", "Network", 1, "Ethernet", "MacAddress")
        room = Room(
            id=RoomId(serial),
            name=name,
            verbs=device.capabilities.verbs,
            manufacturer="Cisco",
            model=product or None,
            software=software or None,
            serial=serial,
            mac=as_text(mac) or None,
            check_in=await self._check_in(),
            counts_people=people is not None or presence is not None,
            certain=bool(software),
        )
        return [EquippedRoom(room=room, devices=(device,))]

    async def command(
        self,
        device_id: DeviceId,
        name: str,
        arguments: Mapping[str, Json],
        *,
        urgent: bool,
    ) -> Json:
        """Run a command on the device."""
        result = await self._ask(f"xCommand/{name.replace('.', '/')}", arguments)
        if not isinstance(result, dict):
            # An empty list is not the same as no answer.
            raise AnswerLostError("an answer to another question")
        return result

    async def status(self, device_id: DeviceId, *names: str) -> Mapping[str, Json]:
        """Read statuses of the device, by their names."""
        found: dict[str, Json] = {}
        for name in names:
            path: list[Json] = ["Status", *name.split(".")]
            with contextlib.suppress(RejectedError):
                found[name] = await self._ask("xGet", {"Path": path})
        return found

    async def listen(self, emit: EmitTransport) -> None:
        """Hand over what the device says; reconnect for ever, unless the account is refused."""
        backoff = Backoff(first=_FIRST_WAIT, most=_LONGEST_WAIT)
        loop = asyncio.get_running_loop()
        try:
            while (reader := self._reader) is not None:
                self._hand_over(emit)
                began = loop.time()
                await asyncio.wait([reader])
                if self._reader is not reader:
                    return
                self._emit = None
                emit(Disconnected("the device hung up"))
                if loop.time() - began >= _LASTED:
                    backoff.reset()
                await self._reconnect(backoff, emit)
                emit(Connected())
        except AuthFailedError:
            emit(AuthLost())
        finally:
            self._emit = None

    async def _reconnect(self, backoff: Backoff, emit: EmitTransport) -> None:
        problem: RoomError | None = None
        while True:
            await asyncio.sleep(backoff.wait(problem))
            try:
                await self.connect()
            except AuthFailedError:
                raise
            except RoomError as error:
                if isinstance(error, CertificateChangedError):
                    emit(CertificateChanged(error.fingerprint))
                problem = error
            else:
                return

    # The socket

    async def _ask(self, method: str, params: Mapping[str, Json]) -> Json:
        if self._socket is None or not self._ready:
            raise UnreachableError("not connected")
        return await self._socket.request(method, params)

    async def _leaf(self, *path: str | int) -> Json:
        """A leaf; None where the device has none, or does not show it to this user."""
        try:
            return await self._ask("xGet", {"Path": list(path)})
        except RejectedError, PermissionDeniedError:
            return None

    async def _text(self, *path: str) -> str:
        return as_text(await self._leaf(*path))

    async def _setting(self, *path: str) -> bool | None:
        return as_bool(await self._leaf("Configuration", "Bookings", *path))

    async def _check_in(self) -> CheckInRules | None:
        """How the device itself waits for people to check in (facts 1.6)."""
        if not await self._setting("CheckIn", "Enabled"):
            return None
        window = as_int(
            await self._leaf("Configuration", "Bookings", "CheckIn", "WindowDuration")
        )
        return CheckInRules(
            before=_CHECK_IN_BEFORE, window=timedelta(minutes=window or _WINDOW)
        )

    async def _subscribe(self, socket: DeviceSocket) -> None:
        async def subscribe(query: Sequence[str], *, current: bool) -> int | None:
            answer = await socket.request(
                "xFeedback/Subscribe",
                {"Query": list(query), "NotifyCurrentValue": current},
            )
            return as_int(as_object(answer).get("Id"))

        subscribed = {await subscribe(_EVENTS, current=False)}
        for query in _STATUSES:
            # Without a sensor there is no such status, and there may be too many who want to
            # know it; its bookings the device has all the same.
            with contextlib.suppress(RejectedError, BusyTryLaterError):
                subscribed.add(await subscribe(query, current=True))
        if None not in subscribed:
            self._subscriptions = subscribed

    def _on_word(self, method: str, params: JsonObject) -> None:
        number = as_int(params.get("Id"))
        ours = (
            self._subscriptions is None
            or number is None
            or number in self._subscriptions
        )
        if method != _FEEDBACK or not ours:
            return
        for signal in device_signals(self._device_id, params):
            if self._emit is not None:
                self._emit(signal)
            else:
                self._unheard.append(signal)

    def _hand_over(self, emit: EmitTransport) -> None:
        """Tell what nobody heard so far, and everything from here on at once."""
        unheard, self._unheard = self._unheard, []
        for signal in unheard:
            emit(signal)
        self._emit = emit

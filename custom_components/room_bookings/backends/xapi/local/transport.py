"""A RoomOS device by its own WebSocket: one room, commands and words over one connection."""

import asyncio
from collections.abc import Mapping, Sequence
import contextlib
from datetime import timedelta
from typing import Final

from ....rooms.booking import RoomId
from ....rooms.errors import (
    AuthFailedError,
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
from ..wire import Json, JsonObject, as_bool, as_int, as_object, as_text
from .address import DeviceAddress
from .socket import DeviceSocket
from .versions import capabilities_of
from .words import device_signals

_EVENTS: Final = ("Event", "Bookings")
# Exactly what is used; the device warns of more (facts 4.4).
_STATUSES: Final = (("Status", "Bookings"), ("Status", "RoomAnalytics"))
_FEEDBACK: Final = "xFeedback/Event"
_LONGEST_WAIT: Final = 60.0
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
        self._reader: asyncio.Task[None] | None = None
        self._emit: EmitTransport | None = None
        self._unheard: list[TransportSignal] = []
        self._subscriptions: set[int] | None = None

    async def connect(self) -> None:
        """Log in and subscribe; what the device says from here on is kept for `listen`."""
        await self._hang_up()
        socket = await DeviceSocket.open(self._address, self._on_word)
        self._socket = socket
        self._reader = asyncio.create_task(socket.run(), name="xapi socket")
        try:
            await self._subscribe()
        except RoomError:
            await self._hang_up()
            raise

    async def obstacle(self, device_id: DeviceId, command: str) -> str | None:
        """Booking at the device can be switched off (facts 1.6)."""
        if (
            command == "book"
            and await self._setting("AdhocBooking", "Enabled") is False
        ):
            return "Bookings AdhocBooking Enabled = False"
        return None

    async def close(self) -> None:
        """Hang up."""
        await self._hang_up()

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
        people = as_int(
            await self._leaf("Status", "RoomAnalytics", "PeopleCount", "Current")
        )
        presence = await self._text("Status", "RoomAnalytics", "PeoplePresence")
        room = Room(
            id=RoomId(serial),
            name=name,
            verbs=device.capabilities.verbs,
            manufacturer="Cisco",
            model=product or None,
            software=software or None,
            serial=serial,
            check_in=await self._check_in(),
            counts_people=(people or -1) >= 0 or people == 0 or bool(presence),
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
        return await self._ask(f"xCommand/{name.replace('.', '/')}", arguments)

    async def status(self, device_id: DeviceId, *names: str) -> Mapping[str, Json]:
        """Read statuses of the device, by their names."""
        found: dict[str, Json] = {}
        for name in names:
            path: list[Json] = ["Status", *name.split(".")]
            found[name] = await self._ask("xGet", {"Path": path})
        return found

    async def listen(self, emit: EmitTransport) -> None:
        """Hand over what the device says; reconnect for ever, unless the account is refused."""
        self._emit = emit
        for signal in self._unheard:
            emit(signal)
        self._unheard.clear()
        backoff = Backoff(most=_LONGEST_WAIT)
        try:
            while True:
                if self._reader is not None:
                    await self._reader
                    emit(Disconnected("the device hung up"))
                await self._reconnected(backoff)
                backoff.reset()
                emit(Connected())
        except AuthFailedError:
            emit(AuthLost())
        finally:
            self._emit = None

    async def _reconnected(self, backoff: Backoff) -> None:
        while True:
            problem: RoomError | None = None
            try:
                await self.connect()
            except AuthFailedError:
                raise
            except CertificateChangedError as error:
                self._tell(CertificateChanged(error.fingerprint))
                problem = error
            except RoomError as error:
                problem = error
            if problem is None:
                return
            await asyncio.sleep(backoff.wait(problem))

    # The socket

    async def _hang_up(self) -> None:
        if self._socket is not None:
            await self._socket.close()
            self._socket = None
        if self._reader is not None:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader
            self._reader = None

    async def _ask(self, method: str, params: Mapping[str, Json]) -> Json:
        if self._socket is None:
            raise UnreachableError("not connected")
        return await self._socket.request(method, params)

    async def _leaf(self, *path: str) -> Json:
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

    async def _subscribe(self) -> None:
        self._subscriptions = None
        subscribed = {await self._subscribed(_EVENTS, current=False)}
        for query in _STATUSES:
            try:
                subscribed.add(await self._subscribed(query, current=True))
            except RejectedError:
                # Without a sensor there is no such status; its bookings it has all the same.
                continue
        self._subscriptions = {number for number in subscribed if number is not None}

    async def _subscribed(self, query: Sequence[str], *, current: bool) -> int | None:
        answer = await self._ask(
            "xFeedback/Subscribe", {"Query": list(query), "NotifyCurrentValue": current}
        )
        return as_int(as_object(answer).get("Id"))

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
            self._tell(signal)

    def _tell(self, signal: TransportSignal) -> None:
        if self._emit is not None:
            self._emit(signal)
        else:
            self._unheard.append(signal)

"""The rooms of a backend, the devices in them, and which of them to ask."""

from collections.abc import Iterable, Mapping, Sequence

from ...rooms.booking import RoomId
from ...rooms.errors import NotFoundError, NotSupportedError, RejectedError, RoomError
from ...rooms.room import Room, Verb
from .names import Names
from .transport import Device, DeviceId, EquippedRoom, Transport
from .wire import Json, JsonObject, as_object, as_text, as_words, personal_texts


class Equipment:
    """Knows which device stands in which room, and sends commands to them."""

    def __init__(self, transport: Transport) -> None:
        """Know of no room yet."""
        self._transport = transport
        self._rooms: dict[RoomId, EquippedRoom] = {}
        self._room_of: dict[DeviceId, RoomId] = {}
        self._names: dict[RoomId, Names] = {}
        # Devices that did not answer last time; others are asked before them.
        self._silent: set[DeviceId] = set()

    async def refresh(self) -> list[Room]:
        """Find all rooms that have a device with bookings."""
        found = await self._transport.rooms()
        self._rooms = {equipped.room.id: equipped for equipped in found}
        self._room_of = {
            d.id: equipped.room.id for equipped in found for d in equipped.devices
        }
        self._names = {r: self._names.get(r) or Names() for r in self._rooms}
        return [equipped.room for equipped in found]

    def room_of(self, device_id: DeviceId) -> RoomId | None:
        """The room in which a device stands."""
        return self._room_of.get(device_id)

    def names(self, room_id: RoomId) -> Names:
        """What the bookings of a room are called; of no lasting use for an unknown room."""
        return self._names.get(room_id) or Names()

    def forget_own_ids(self) -> None:
        """A device may have given its Ids to other bookings while nobody listened (9.7)."""
        for names in self._names.values():
            names.own.clear()

    def devices(self, room_id: RoomId, command: str) -> list[Device]:
        """The room's devices that have the command, those first that will answer."""
        equipped = self._rooms.get(room_id)
        devices: Sequence[Device] = equipped.devices if equipped else ()
        able = [d for d in devices if command in d.capabilities.commands]
        return sorted(able, key=lambda d: (d.id in self._silent) + (not d.online))

    def writers(self, room_id: RoomId, command: str) -> list[Device]:
        """The room's devices that may be told to do it."""
        return [d for d in self.devices(room_id, command) if d.writable]

    def answered(self, device: Device, answered: bool) -> None:
        """Remember whether a device answered, for the next time."""
        if answered:
            self._silent.discard(device.id)
        else:
            self._silent.add(device.id)

    async def command(
        self,
        device: Device,
        name: str,
        arguments: Mapping[str, Json],
        urgent: bool = True,
    ) -> Json:
        """Run a command such as `Bookings.List`; its result. Raises RoomError."""
        result = await self._transport.command(
            device.id, name, arguments, urgent=urgent
        )
        answer = as_object(result)
        if as_text(answer.get("status")).lower() in ("error", "parametererror"):
            raise RejectedError(_reason(answer, arguments))
        return result

    async def first_that_can(
        self,
        room_id: RoomId,
        verb: Verb,
        tries: Iterable[tuple[Device, str, dict[str, Json]]],
    ) -> None:
        """Run the first of these commands that a device does not refuse.

        After a refusal in other words than "not found" the room's other devices, which
        keep the same calendar, are not asked. Raises the last refusal, NotSupportedError
        where there was nothing to try.
        """
        error: RoomError | None = None
        refused_by: Device | None = None
        for device, name, arguments in tries:
            if refused_by is not None and refused_by != device:
                if not isinstance(error, NotFoundError):
                    break
            try:
                await self.command(device, name, arguments)
            except RejectedError as refused:
                error, refused_by = refused, device
            else:
                return
        raise error or NotSupportedError(verb)


def _reason(answer: JsonObject, arguments: JsonObject) -> str:
    """The human words of a refused command; where they stand differs (facts 1.5)."""
    hidden = tuple(personal_texts(arguments))
    for key in ("Description", "Reason", "Error", "Type"):
        said = answer.get(key)
        words = as_words(as_object(said).get("Value"), hidden) or as_words(said, hidden)
        if words:
            return words
    return "the device refused"

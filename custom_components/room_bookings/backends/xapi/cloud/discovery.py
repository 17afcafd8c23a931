"""Which rooms an organisation has: its workspaces and the devices in them (facts 6.3)."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Final

from ....rooms.booking import RoomId
from ....rooms.errors import AuthFailedError, PermissionDeniedError, RoomError
from ....rooms.room import Room
from ..capabilities import Capabilities
from ..transport import Device, DeviceId, EquippedRoom
from ..wire import JsonObject, as_int, as_items, as_text
from .client import CloudClient

_OFFLINE: Final = (
    "disconnected",
    "offline_expired",
    "offline_deep_sleep",
    "activating",
)
_MAX_PER_PAGE: Final = "999"
_ASKED_PER_MODEL: Final = 3

# What decides the commands of a device.
_MODEL: Final = ("product", "software", "devicePlatform")

type Model = tuple[str, ...]


class Discovery:
    """Finds rooms; what a model can do is asked once and remembered."""

    def __init__(self, client: CloudClient) -> None:
        """Ask nothing yet."""
        self._client = client
        self._learnt: dict[Model, Capabilities] = {}

    async def rooms(self) -> list[EquippedRoom]:
        """All rooms that have a device with bookings, by name."""
        devices = await self._client.items("devices", max=_MAX_PER_PAGE)
        workspaces = await self._client.items("workspaces", max=_MAX_PER_PAGE)
        # A thousand rooms take 10 ms on a server: not on the event loop.
        models = await asyncio.to_thread(_models, devices)
        able: dict[Model, Capabilities] = {}
        denied: PermissionDeniedError | None = None
        for model, found in models.items():
            try:
                able[model] = await self._learn(model, found)
            except AuthFailedError:
                raise
            except PermissionDeniedError as error:
                denied, able[model] = error, Capabilities()
        if denied is not None and not self._learnt:
            # Not one device is out of bounds, but all of them.
            raise denied
        return await asyncio.to_thread(_rooms, workspaces, models, able)

    async def _learn(self, model: Model, found: Iterable[JsonObject]) -> Capabilities:
        if model not in self._learnt:
            learnt = await self._ask(found)
            if learnt is None:
                return Capabilities()
            self._learnt[model] = learnt
        return self._learnt[model]

    async def _ask(self, devices: Iterable[JsonObject]) -> Capabilities | None:
        """Ask one device of a model, an online one if there is any.

        A device that does not answer costs its model what it can do beyond the usual, and
        nobody else. Raises PermissionDeniedError if that is why none did.
        """
        denied: PermissionDeniedError | None = None
        for device in sorted(devices, key=lambda d: not _online(d))[:_ASKED_PER_MODEL]:
            device_id = as_text(device.get("id"))
            try:
                schema = await self._client.schema(device_id, "Bookings.*")
            except AuthFailedError:
                raise
            except PermissionDeniedError as error:
                denied = error
                continue
            except RoomError:
                continue
            if (learnt := Capabilities.of_schema(schema)) is not None:
                return learnt
        if denied is not None:
            raise denied
        return None


def _models(devices: Iterable[JsonObject]) -> Mapping[Model, list[JsonObject]]:
    """The devices that stand in rooms, by model; each once, whatever the pages say."""
    models: dict[Model, list[JsonObject]] = {}
    for device in {as_text(d.get("id")): d for d in devices if _shared(d)}.values():
        model = tuple(as_text(device.get(key)) for key in _MODEL)
        models.setdefault(model, []).append(device)
    return models


def _rooms(
    workspaces: Iterable[JsonObject],
    models: Mapping[Model, Iterable[JsonObject]],
    able: Mapping[Model, Capabilities],
) -> list[EquippedRoom]:
    by_id = {as_text(w.get("id")): w for w in workspaces}
    equipped: dict[str, list[tuple[Device, JsonObject]]] = {}
    for model, found in models.items():
        if able[model].lists:
            for device in found:
                workspace_id = as_text(device.get("workspaceId"))
                pair = (_device(device, able[model]), device)
                equipped.setdefault(workspace_id, []).append(pair)
    rooms = [
        _room(workspace_id, by_id.get(workspace_id, {}), found)
        for workspace_id, found in equipped.items()
    ]
    return sorted(rooms, key=lambda r: (r.room.name.casefold(), r.room.id))


def _device(device: JsonObject, capabilities: Capabilities) -> Device:
    return Device(
        id=DeviceId(as_text(device.get("id"))),
        capabilities=capabilities,
        online=_online(device),
        writable=_writable(device),
    )


def _room(
    workspace_id: str, workspace: JsonObject, equipment: list[tuple[Device, JsonObject]]
) -> EquippedRoom:
    equipment.sort(key=lambda pair: pair[0].id)
    devices = tuple(device for device, _ in equipment)
    found = [description for _, description in equipment]
    room = Room(
        id=RoomId(workspace_id),
        name=_name(workspace, found),
        verbs=frozenset(v for d in devices if d.writable for v in d.capabilities.verbs),
        manufacturer="Cisco",
        model=_all_of(found, "product"),
        software=_all_of(found, "software"),
        serial=_all_of(found, "serial") if len(found) == 1 else None,
        capacity=max(0, as_int(workspace.get("capacity")) or 0) or None,
        online=any(d.online for d in devices),
        certain=not any(d.capabilities.assumed for d in devices),
    )
    return EquippedRoom(room=room, devices=devices)


def _shared(device: JsonObject) -> bool:
    """Whether a device stands in a workspace and speaks xAPI; personal ones do not count."""
    capabilities = [as_text(c).lower() for c in as_items(device.get("capabilities"))]
    return (
        bool(as_text(device.get("id")))
        and bool(as_text(device.get("workspaceId")))
        and not as_text(device.get("personId"))
        and "xapi" in capabilities
    )


def _online(device: JsonObject) -> bool:
    """A device whose state is not known to be out of reach is taken to be there."""
    return as_text(device.get("connectionStatus")).lower() not in _OFFLINE


def _writable(device: JsonObject) -> bool:
    permissions = [as_text(p).lower() for p in as_items(device.get("permissions"))]
    return not permissions or any(p in ("xapi", "xapi:all") for p in permissions)


def _name(workspace: JsonObject, devices: list[JsonObject]) -> str:
    return (
        as_text(workspace.get("displayName"))
        or as_text(devices[0].get("displayName"))
        or as_text(devices[0].get("product"))
        or "Room"
    )


def _all_of(devices: Iterable[JsonObject], key: str) -> str | None:
    """The different values of a field, for a room with several devices."""
    return ", ".join(sorted({as_text(d.get(key)) for d in devices} - {""})) or None

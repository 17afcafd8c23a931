"""Which rooms an organisation has: its workspaces and the devices in them (facts 6.3)."""

from collections.abc import Iterable, Mapping
from typing import Final

from ....rooms.booking import RoomId
from ....rooms.errors import NotFoundError, RejectedError, UnreachableError
from ....rooms.room import Room
from ..capabilities import Capabilities
from ..transport import Device, DeviceId, EquippedRoom
from ..wire import JsonObject, as_int, as_items, as_text
from .client import CloudClient

_ONLINE: Final = ("connected", "connected_with_issues")
_MAX_PER_PAGE: Final = "999"
_ASKED_PER_MODEL: Final = 3

type Model = tuple[str, str]
"""What decides the commands of a device: its product and its software."""


class Discovery:
    """Finds rooms; what a model can do is asked once and remembered."""

    def __init__(self, client: CloudClient) -> None:
        """Ask nothing yet."""
        self._client = client
        self._learnt: dict[Model, Capabilities] = {}

    async def rooms(self) -> list[EquippedRoom]:
        """All rooms that have a device with bookings, by name."""
        devices = [
            d
            for d in await self._client.items("devices", max=_MAX_PER_PAGE)
            if _shared(d)
        ]
        workspaces = {
            as_text(w.get("id")): w
            for w in await self._client.items("workspaces", max=_MAX_PER_PAGE)
        }
        able = await self._learn(devices)
        by_workspace: dict[str, list[JsonObject]] = {}
        for device in devices:
            if able[_model(device)].lists:
                by_workspace.setdefault(as_text(device.get("workspaceId")), []).append(
                    device
                )
        rooms = [
            _room(workspace_id, workspaces.get(workspace_id, {}), found, able)
            for workspace_id, found in by_workspace.items()
        ]
        return sorted(rooms, key=lambda r: (r.room.name.casefold(), r.room.id))

    async def _learn(
        self, devices: Iterable[JsonObject]
    ) -> Mapping[Model, Capabilities]:
        by_model: dict[Model, list[JsonObject]] = {}
        for device in devices:
            by_model.setdefault(_model(device), []).append(device)
        for model, found in by_model.items():
            if (
                model not in self._learnt
                and (learnt := await self._ask(found)) is not None
            ):
                self._learnt[model] = learnt
        return {model: self._learnt.get(model) or Capabilities() for model in by_model}

    async def _ask(self, devices: Iterable[JsonObject]) -> Capabilities | None:
        """Ask one device of a model, an online one if there is any."""
        for device in sorted(devices, key=lambda d: not _online(d))[:_ASKED_PER_MODEL]:
            try:
                schema = await self._client.schema(
                    as_text(device.get("id")), "Bookings.*"
                )
            except NotFoundError, RejectedError, UnreachableError:
                continue
            if (learnt := Capabilities.of_schema(schema)) is not None:
                return learnt
        return None


def _room(
    workspace_id: str,
    workspace: JsonObject,
    found: list[JsonObject],
    able: Mapping[Model, Capabilities],
) -> EquippedRoom:
    devices = tuple(
        Device(
            id=DeviceId(as_text(device.get("id"))),
            capabilities=able[_model(device)],
            online=_online(device),
            writable=_writable(device),
        )
        for device in sorted(found, key=lambda d: as_text(d.get("id")))
    )
    room = Room(
        id=RoomId(workspace_id),
        name=_name(workspace, found),
        verbs=frozenset(v for d in devices if d.writable for v in d.capabilities.verbs),
        manufacturer="Cisco",
        model=_all_of(found, "product"),
        software=_all_of(found, "software"),
        serial=(as_text(found[0].get("serial")) or None) if len(found) == 1 else None,
        capacity=as_int(workspace.get("capacity")),
        online=any(d.online for d in devices),
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


def _model(device: JsonObject) -> Model:
    return as_text(device.get("product")), as_text(device.get("software"))


def _online(device: JsonObject) -> bool:
    """A device that does not tell its state is taken to be there."""
    status = as_text(device.get("connectionStatus")).lower()
    return not status or status in _ONLINE


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

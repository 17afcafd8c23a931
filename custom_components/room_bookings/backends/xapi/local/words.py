"""What a device says on its own: notifications turned into dotted paths (facts 4.2)."""

from collections.abc import Iterator, Mapping

from ..transport import DeviceEvent, DeviceId, DeviceStatus
from ..wire import Json, JsonObject, as_object

_DEEPEST = 12


def device_signals(
    device_id: DeviceId, params: JsonObject
) -> Iterator[DeviceEvent | DeviceStatus]:
    """The events and statuses of one notification; nothing for anything else."""
    for key, value in as_object(as_object(params.get("Event")).get("Bookings")).items():
        if key != "id":
            yield DeviceEvent(device_id, f"Bookings.{key}", value)
    updated = dict(leaves(as_object(params.get("Status"))))
    if updated:
        yield DeviceStatus(device_id, updated)


def leaves(
    tree: Mapping[str, Json], path: str = "", depth: int = 0
) -> Iterator[tuple[str, Json]]:
    """Every leaf of a tree with its dotted path; what is absurdly deep is left out."""
    for key, value in tree.items():
        if isinstance(value, dict):
            if depth < _DEEPEST:
                yield from leaves(value, f"{path}{key}.", depth + 1)
        elif not isinstance(value, list):
            yield f"{path}{key}", value

"""What comes out of the cloud's queue (facts 7.6)."""

from collections.abc import Iterator

from ..transport import DeviceEvent, DeviceId, DeviceStatus
from ..wire import JsonObject, as_items, as_object, as_text


def device_signals(message: JsonObject) -> Iterator[DeviceEvent | DeviceStatus]:
    """What a device says in one message; nothing for kinds that are not about a device."""
    device_id = DeviceId(as_text(message.get("deviceId")))
    if not device_id:
        return
    match as_text(message.get("type")):
        case "events":
            for event in map(as_object, as_items(message.get("events"))):
                yield DeviceEvent(
                    device_id, as_text(event.get("key")), event.get("value")
                )
        case "status":
            updated = as_object(as_object(message.get("changes")).get("updated"))
            if updated:
                yield DeviceStatus(device_id, updated)


def action_token(message: JsonObject) -> str | None:
    """The signed word of the cloud about the integration itself, if the message is one."""
    if as_text(message.get("type")) != "action":
        return None
    return as_text(message.get("jwt")) or None


def next_address(answer: JsonObject) -> str:
    """Where to poll from now on; empty for the same place (7.5)."""
    queue = as_object(answer.get("queue"))
    return as_text(queue.get("pollUrl")) or as_text(answer.get("pollUrl"))

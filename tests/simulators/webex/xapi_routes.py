"""`/v1/xapi/command`, `/v1/xapi/status` and `/v1/xapi/schema` (facts 6.1, 6.2)."""

import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.simulators.xapi import (
    CommandError,
    Device,
    InvalidArguments,
    UnknownCommand,
    execute_with,
)
from tests.simulators.xapi.schema import command_schemas, status_schemas

from .application import covers
from .errors import ApiError

if TYPE_CHECKING:
    from .simulator import WebexSimulator

MAX_STATUS_NAMES = 10
MAX_SCHEMA_DEVICES = 5


def command(sim: WebexSimulator, name: str, body: bytes, effect: Any) -> web.Response:
    """Run a command on a device; raises `ApiError`."""
    sim.require_scope("spark:xapi_commands")
    try:
        request = json.loads(body)
    except ValueError:
        raise ApiError(400, "The request body is not JSON") from None
    match request:
        case {"deviceId": str(device_id), "arguments": dict(arguments)}:
            pass
        case _:
            raise ApiError(400, "deviceId and arguments are required")
    device = _device(sim, device_id)
    if device.person_id is not None or "xapi" not in device.capabilities:
        raise ApiError(403, "The device does not allow xAPI access")
    if not covers(sim.app.access.commands, name):
        raise ApiError(403, f"No access to the command {name}")
    if not device.online:
        raise ApiError(sim.offline_status, "The device is not connected")
    try:
        result = execute_with(effect, sim.world, device, name, arguments)
    except UnknownCommand as error:
        raise ApiError(404, str(error)) from None
    except InvalidArguments as error:
        raise ApiError(400, str(error)) from None
    except CommandError as error:
        raise ApiError(sim.command_error_status, str(error)) from None
    if result and sim.result_status:
        result["status"] = "OK"
    if sim.result_filter is not None:
        result = sim.result_filter(device, name, result)
    return web.json_response(
        {"deviceId": device_id, "arguments": arguments, "result": result}
    )


def status(sim: WebexSimulator, device_id: str, names: list[str]) -> web.Response:
    """Status leaves as the cloud last saw them; raises `ApiError`."""
    sim.require_scope("spark:xapi_statuses")
    expressions = [name for joined in names for name in joined.split(",") if name]
    if not device_id or not expressions:
        raise ApiError(400, "deviceId and name are required")
    if len(expressions) > MAX_STATUS_NAMES:
        raise ApiError(400, f"At most {MAX_STATUS_NAMES} names are allowed")
    device = _device(sim, device_id)
    result: dict[str, Any] = {}
    if device.person_id is None and "xapi" in device.capabilities:
        for key, value in device.reported_status.items():
            if covers(sim.app.access.statuses, key) and covers(expressions, key):
                _put(result, key.split("."), value)
    return web.json_response({"deviceId": device_id, "result": result})


def _put(tree: dict[str, Any], path: list[str], value: Any) -> None:
    for part in path[:-1]:
        tree = tree.setdefault(part, {})
    tree[path[-1]] = value


def schema(
    sim: WebexSimulator,
    device_ids: list[str],
    commands: list[str],
    statuses: list[str],
) -> web.Response:
    """What devices can do; raises `ApiError`."""
    wanted = [one for joined in device_ids for one in joined.split(",") if one]
    if not wanted:
        raise ApiError(400, "deviceId is required")
    if len(wanted) > MAX_SCHEMA_DEVICES:
        raise ApiError(400, f"At most {MAX_SCHEMA_DEVICES} devices are allowed")
    if commands:
        sim.require_scope("spark:xapi_commands")
    if statuses:
        sim.require_scope("spark:xapi_statuses")
    answer = []
    for device_id in wanted:
        device = _device(sim, device_id)
        described: dict[str, Any] = {"deviceId": device_id}
        if statuses:
            described["status"] = {
                name: value
                for name, value in status_schemas().items()
                if covers(statuses, name)
            }
        if commands:
            described["commands"] = {
                name: value
                for name, value in command_schemas(device.profile).items()
                if covers(commands, name)
            }
        answer.append(described)
    return web.json_response(answer)


def _device(sim: WebexSimulator, device_id: str) -> Device:
    device = sim.device_by_id(device_id)
    if device is None:
        raise ApiError(404, "The device was not found")
    return device

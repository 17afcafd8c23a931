"""The methods of the device's JSON-RPC (facts 4.2)."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tests.simulators.xapi import (
    Arguments,
    CommandError,
    InvalidArguments,
    UnknownCommand,
    execute_with,
)

from . import rpc
from .document import Leaves, Path, select, tree_of, value_at

if TYPE_CHECKING:
    from .session import Session
    from .simulator import RoomosSimulator

_COMMAND = "xCommand/"
_ROOTS = ("Status", "Configuration")
_ADMIN_COMMANDS = frozenset({"Bookings.Put", "SystemUnit.Boot"})

type _Params = Mapping[str, Any]


def call(
    sim: RoomosSimulator, session: Session, request: rpc.Request, effect: Any
) -> Any:
    """The result of a request; raises `RpcError`."""
    if not sim.ready:
        raise rpc.RpcError(rpc.NOT_READY, "System not ready")
    if request.method.startswith(_COMMAND):
        name = request.method.removeprefix(_COMMAND).replace("/", ".")
        return _command(sim, session, name, request.params, effect)
    method = _METHODS.get(request.method)
    if method is None:
        raise rpc.RpcError(rpc.METHOD_NOT_FOUND, "Method not found")
    return method(sim, session, request.params)


def _command(
    sim: RoomosSimulator,
    session: Session,
    name: str,
    params: _Params,
    effect: Any,
) -> dict[str, Any]:
    arguments: Arguments = {k: v for k, v in params.items() if k != "body"}
    known = name == "SystemUnit.Boot" or name in sim.device.profile.commands
    if not known:
        raise rpc.RpcError(sim.codes.unknown_command, "Unknown command")
    user = session.user
    if (name.startswith("Bookings.") and not user.may_use_bookings) or (
        name in _ADMIN_COMMANDS and not user.is_admin
    ):
        raise _denied()
    if name == "SystemUnit.Boot":
        sim.follow_up(sim.reboot)
        return {"Action": "Restart", "Description": "Restarting", "status": "OK"}
    try:
        result = execute_with(effect, sim.world, sim.device, name, arguments)
    except UnknownCommand as error:
        raise rpc.RpcError(sim.codes.unknown_command, str(error)) from None
    except InvalidArguments as error:
        raise rpc.RpcError(sim.codes.invalid_arguments, str(error)) from None
    except CommandError as error:
        raise rpc.RpcError(rpc.COMMAND_ERROR, str(error)) from None
    result["status"] = "OK"
    if sim.result_filter is not None:
        filtered: dict[str, Any] = sim.result_filter(name, result)
        return filtered
    return result


def _get(sim: RoomosSimulator, session: Session, params: _Params) -> Any:
    path = _path(params, "Path")
    _check_readable(session, path)
    try:
        return value_at(session.visible(sim.document()), path)
    except KeyError:
        raise _no_match(sim) from None


def _set(sim: RoomosSimulator, session: Session, params: _Params) -> bool:
    path = _path(params, "Path")
    if "Value" not in params or path[0] != "Configuration":
        raise _invalid()
    name = ".".join(str(part) for part in path[1:])
    if name not in sim.configuration:
        raise _no_match(sim)
    if not session.user.is_admin:
        raise _denied()
    try:
        sim.configuration.set(name, params["Value"])
    except ValueError:
        raise _invalid() from None
    return True


def _query(sim: RoomosSimulator, session: Session, params: _Params) -> Any:
    query = _path(params, "Query")
    if query[0] not in _ROOTS:
        raise _invalid()
    _check_readable(session, query)
    return tree_of(select(session.visible(sim.document()), query))


def _subscribe(sim: RoomosSimulator, session: Session, params: _Params) -> Any:
    query = _path(params, "Query")
    current = params.get("NotifyCurrentValue", False)
    if query[0] not in (*_ROOTS, "Event") or not isinstance(current, bool):
        raise _invalid()
    _check_readable(session, query)
    limit = sim.subscription_limit
    if limit is not None and limit <= sum(
        len(s.subscriptions) for s in sim.connections
    ):
        raise rpc.RpcError(rpc.TOO_MANY_SUBSCRIBERS, "Global subscriber count exceeded")
    number = session.subscribe(query)
    if current:
        leaves: Leaves = select(session.visible(sim.document()), query)
        if leaves:
            session.notify_one(number, leaves)
    return {"Id": number}


def _unsubscribe(sim: RoomosSimulator, session: Session, params: _Params) -> bool:
    number = params.get("Id")
    if isinstance(number, bool) or not isinstance(number, int):
        raise _invalid()
    if session.subscriptions.pop(number, None) is None:
        raise rpc.RpcError(
            rpc.INVALID_PARAMS, "Unknown subscription Id", {"Id": number}
        )
    return True


_METHODS: Mapping[str, Callable[[RoomosSimulator, Session, _Params], Any]] = {
    "xGet": _get,
    "xSet": _set,
    "xQuery": _query,
    "xFeedback/Subscribe": _subscribe,
    "xFeedback/Unsubscribe": _unsubscribe,
}


def _path(params: _Params, key: str) -> Path:
    """A path of names and integers; raises `RpcError`."""
    parts = params.get(key)
    if (
        not isinstance(parts, list)
        or not parts
        or any(isinstance(p, bool) or not isinstance(p, str | int) for p in parts)
    ):
        raise _invalid()
    return tuple(parts)


def _check_readable(session: Session, path: Path) -> None:
    if path[1:2] == ("Bookings",) and not session.user.may_use_bookings:
        raise _denied()


def _invalid() -> rpc.RpcError:
    return rpc.RpcError(rpc.INVALID_PARAMS, "Invalid params")


def _denied() -> rpc.RpcError:
    return rpc.RpcError(rpc.PERMISSION_DENIED, "Permission denied")


def _no_match(sim: RoomosSimulator) -> rpc.RpcError:
    return rpc.RpcError(sim.codes.no_match, "No match on address expression")

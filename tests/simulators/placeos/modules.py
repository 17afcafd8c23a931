"""Modules: drivers that run in a system, with status variables and functions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, override

ACCESS_DENIED = 2
BAD_REQUEST = 1
REQUEST_FAILED = 3
MODULE_NOT_FOUND = 6
UNEXPECTED_FAILURE = 7

REQUIRED = object()
"""The default of a parameter that has none."""


class ExecError(Exception):
    """An exec that failed; `code` is the driver's own, where the driver failed."""

    def __init__(self, error_code: int, message: str, code: int | None = None) -> None:
        """Answer with it."""
        super().__init__(message)
        self.error_code = error_code
        self.code = code


def raised(message: str, kind: str = "Exception") -> ExecError:
    """What a client is told of an exception in a driver (facts B3, seed)."""
    return ExecError(REQUEST_FAILED, f"module raised: {message} ({kind})", 500)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a function."""

    name: str
    kind: type
    default: Any = REQUIRED
    nilable: bool = False

    def read(self, value: Any) -> Any:
        """Take an argument; raises `ExecError` where the driver cannot parse it."""
        if value is None and self.nilable:
            return None
        if type(value) is not self.kind:
            raise raised(
                f"Couldn't parse {self.name} as {self.kind.__name__}",
                "JSON::ParseException",
            )
        return value


@dataclass(frozen=True, slots=True)
class Function:
    """A function that an exec may call, with the name it has in its driver."""

    name: str
    call: Callable[..., Any]
    parameters: tuple[Parameter, ...] = ()
    support_only: bool = False

    def apply(self, arguments: list[Any]) -> Any:
        """Call it with positional arguments (facts A2, Args); raises `ExecError`."""
        if not self.parameters:
            return self.call()
        if len(arguments) > len(self.parameters):
            raise raised(
                f"wrong number of arguments for '{self.name}' "
                f"(given {len(arguments)}, expected {len(self.parameters)})",
                "ArgumentError",
            )
        values = [
            parameter.read(argument)
            for parameter, argument in zip(self.parameters, arguments, strict=False)
        ]
        for parameter in self.parameters[len(values) :]:
            if parameter.default is REQUIRED:
                raise raised(f"missing argument `{parameter.name}`", "ArgumentError")
            values.append(parameter.default)
        return self.call(*values)


class Module:
    """A module with variables that others may bind to."""

    def __init__(self, module_id: str, name: str, status: Mapping[str, Any]) -> None:
        """Run with these variables."""
        self.id = module_id
        self.name = name
        self.status: dict[str, Any] = dict(status)
        self.running = True
        self.listeners: list[Callable[[Module, str, Any], None]] = []
        """Told of each variable that changes, with its value."""
        self.loggers: list[Callable[[Module, str, str], None]] = []
        """Told of what it logs: level and message."""

    @property
    def functions(self) -> Mapping[str, Function]:
        """What it can be asked."""
        return {}

    def publish(self, name: str, value: Any) -> None:
        """Set a variable; who is bound to it hears of a change only."""
        if name in self.status and self.status[name] == value:
            return
        self.status[name] = value
        for listener in tuple(self.listeners):
            listener(self, name, value)

    def log(self, level: str, message: str) -> None:
        """Log something."""
        for logger in tuple(self.loggers):
            logger(self, level, message)

    def execute(self, name: str, arguments: list[Any], *, support: bool) -> Any:
        """Call a function; raises `ExecError` (facts B3, error_code)."""
        function = self.functions.get(name)
        if function is None:
            raise ExecError(BAD_REQUEST, f"could not find function {name}")
        if function.support_only and not support:
            raise ExecError(
                ACCESS_DENIED, f"attempted to access privileged function {name}"
            )
        if not self.running:
            raise ExecError(UNEXPECTED_FAILURE, "unexpected response code 404")
        return function.apply(arguments)


class Display(Module):
    """A module that has nothing to do with bookings."""

    def __init__(self, module_id: str, name: str = "Display") -> None:
        """Be switched off."""
        super().__init__(module_id, name, {"connected": True, "power": False})

    @property
    @override
    def functions(self) -> Mapping[str, Function]:
        """Power for everyone, a raw command for support."""
        return {
            function.name: function
            for function in (
                Function("power", self._power, (Parameter("state", bool),)),
                Function(
                    "raw", self._raw, (Parameter("command", str),), support_only=True
                ),
            )
        }

    def _power(self, state: bool) -> None:
        self.publish("power", state)

    def _raw(self, command: str) -> str:
        return command

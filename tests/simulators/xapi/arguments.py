"""The arguments of an xCommand: their schema and its check (facts 1.1, 6.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

type Arguments = Mapping[str, Any]


class CommandError(Exception):
    """A command that the device refused, in the device's words."""


class UnknownCommand(CommandError):
    """A command that the device does not have."""


class InvalidArguments(CommandError):
    """Arguments that do not fit the command's schema."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument: a string, an integer, or one of some choices."""

    name: str
    minimum: int = 0
    maximum: int = 128
    integer: bool = False
    choices: tuple[str, ...] = ()
    required: bool = False

    def json_schema(self) -> dict[str, Any]:
        """What `/v1/xapi/schema` says about it (facts 6.2)."""
        schema: dict[str, Any]
        if self.choices:
            schema = {"enum": list(self.choices), "type": "string"}
        elif self.integer:
            schema = {
                "type": "integer",
                "minimum": self.minimum,
                "maximum": self.maximum,
            }
        else:
            schema = {"type": "string", "maxLength": self.maximum}
        return {"required": self.required, "schema": schema}

    def check(self, value: Any) -> None:
        """Raise `InvalidArguments` unless the value fits."""
        if self.integer:
            fits = (
                isinstance(value, int)
                and not isinstance(value, bool)
                and self.minimum <= value <= self.maximum
            )
        elif self.choices:
            fits = value in self.choices
        else:
            fits = isinstance(value, str) and self.minimum <= len(value) <= self.maximum
        if not fits:
            raise InvalidArguments(f"Invalid value for argument: {self.name}")


def text(name: str, *, required: bool = False) -> Argument:
    """A string S0-128."""
    return Argument(name, required=required)


def identifier(name: str, *, required: bool = False) -> Argument:
    """A string S1-128."""
    return Argument(name, minimum=1, required=required)


def number(
    name: str, minimum: int, maximum: int, *, required: bool = False
) -> Argument:
    """An integer in an inclusive range."""
    return Argument(
        name, minimum=minimum, maximum=maximum, integer=True, required=required
    )


def choice(name: str, *choices: str, required: bool = False) -> Argument:
    """One of some words."""
    return Argument(name, choices=choices, required=required)


def check_arguments(schema: tuple[Argument, ...], arguments: Arguments) -> None:
    """Raise `InvalidArguments` unless the arguments fit the schema."""
    known = {argument.name: argument for argument in schema}
    for name, value in arguments.items():
        if name not in known:
            raise InvalidArguments(f"Unknown argument: {name}")
        known[name].check(value)
    for argument in schema:
        if argument.required and argument.name not in arguments:
            raise InvalidArguments(f"Missing required argument: {argument.name}")

"""What `/v1/xapi/schema` says of a release (facts 6.2)."""

from typing import Any

from .profiles import STATUS_SCHEMAS, Command, Profile


def command_schemas(profile: Profile) -> dict[str, Any]:
    """Every command of the release, by its name."""
    return {name: _command(command) for name, command in profile.commands.items()}


def status_schemas() -> dict[str, Any]:
    """Every status leaf, by its name."""
    return {name: {"schema": dict(schema)} for name, schema in STATUS_SCHEMAS.items()}


def _command(command: Command) -> dict[str, Any]:
    described: dict[str, Any] = {
        "arguments": {
            argument.name: argument.json_schema() for argument in command.arguments
        },
        "resultSchema": {"type": ["object", "null"]},
    }
    if command.has_body:
        described["bodySchema"] = {"type": ["object", "string"]}
    return described

"""What the `Bookings` commands of a device can do, learnt from its schema (facts 1.1, 6.2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self

from ...rooms.room import Verb
from .wire import JsonObject, as_object

# Assumption `phone_commands`: a device that tells no schema takes what a PhoneOS 3.6
# phone takes (1.2), with the arguments that RoomOS documents (1.1).
_ASSUMED: Final[Mapping[str, frozenset[str]]] = {
    "book": frozenset(
        {
            "bookingrequestuuid",
            "starttime",
            "duration",
            "title",
            "organizername",
            "organizeremail",
        }
    ),
    "delete": frozenset({"bookingrequestuuid", "meetingid", "id"}),
    "list": frozenset({"days", "dayoffset"}),
}
# Which commands can carry which verb. Ending a meeting on PhoneOS is deleting it (1.2).
_VERBS: Final[Mapping[Verb, frozenset[str]]] = {
    Verb.BOOK: frozenset({"book"}),
    Verb.DELETE: frozenset({"delete"}),
    Verb.END_MEETING: frozenset({"checkout", "edit", "delete"}),
    Verb.EXTEND: frozenset({"edit"}),
    Verb.RESCHEDULE: frozenset({"edit"}),
    Verb.CHECK_IN: frozenset({"checkin"}),
}


@dataclass(frozen=True, slots=True)
class Capabilities:
    """The commands of a device, in lower case (names are case-insensitive on the wire)."""

    commands: Mapping[str, frozenset[str]] = field(default_factory=lambda: _ASSUMED)

    @classmethod
    def of_schema(cls, schema: JsonObject) -> Self | None:
        """Read one device's part of a schema answer; None if it names no command at all."""
        commands: dict[str, frozenset[str]] = {}
        for name, description in as_object(schema.get("commands")).items():
            arguments = as_object(as_object(description).get("arguments"))
            command = name.lower().removeprefix("bookings.")
            commands[command] = frozenset(argument.lower() for argument in arguments)
        return cls(commands) if commands else None

    @property
    def assumed(self) -> bool:
        """Whether no schema was read."""
        return self.commands is _ASSUMED

    @property
    def lists(self) -> bool:
        """Whether the device has bookings at all."""
        return "list" in self.commands

    @property
    def verbs(self) -> frozenset[Verb]:
        """What can be done to the bookings of the device."""
        return frozenset(
            verb for verb, able in _VERBS.items() if able & self.commands.keys()
        )

    def takes(self, command: str, argument: str) -> bool:
        """Whether a command has this argument."""
        return argument.lower() in self.commands.get(command, frozenset())

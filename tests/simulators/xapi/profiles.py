"""What the `Bookings` of each software release can do (facts 1.1, 1.2, 1.3, 2, 3)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from .arguments import Argument, choice, identifier, number, text
from .settings import SETTINGS

PROTOCOLS = ("SIP", "H323", "ISDN", "IP", "Spark", "WebRTC", "None")
PLATFORMS = ("MicrosoftTeams", "GoogleMeet", "Zoom", "Webex", "Other", "None")

STATUS_SCHEMAS: Mapping[str, Mapping[str, Any]] = {
    "Bookings.Availability.Status": {
        "enum": ["Free", "FreeUntil", "BookedUntil"],
        "type": "string",
    },
    "Bookings.Availability.TimeStamp": {"type": "string"},
    "Bookings.Current.Id": {"type": "string"},
}
"""The status leaves of every profile (facts 3)."""


class Conflict(StrEnum):
    """What Book does with a slot that is taken (facts 1.5: a gap for RoomOS)."""

    IMPLICIT = "implicit"
    ERROR = "error"
    OVERLAP = "overlap"


@dataclass(frozen=True, slots=True)
class Command:
    """An xCommand: its arguments and whether it takes a body."""

    name: str
    arguments: tuple[Argument, ...] = ()
    has_body: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """One software release of one product family."""

    name: str
    software: str
    device_type: str
    commands: Mapping[str, Command]
    events: frozenset[str]
    conflict: Conflict
    settings: tuple[str, ...] = ()
    wide_end_event: bool = True

    def command(self, name: str) -> Command | None:
        """The command of that name, whatever its case (facts 6.1)."""
        lowered = name.lower()
        return next(
            (found for key, found in self.commands.items() if key.lower() == lowered),
            None,
        )

    def delete_by(self, *keys: str) -> Profile:
        """The same profile whose Delete takes only these identifiers."""
        delete = Command("Bookings.Delete", tuple(identifier(key) for key in keys))
        return replace(self, commands={**self.commands, delete.name: delete})

    def without(self, *names: str) -> Profile:
        """The same profile without these commands or events."""
        return replace(
            self,
            commands={k: v for k, v in self.commands.items() if k not in names},
            events=self.events - set(names),
        )


def _commands(*commands: Command) -> dict[str, Command]:
    return {command.name: command for command in commands}


def _events(names: str) -> frozenset[str]:
    return frozenset(f"Bookings.{name}" for name in names.split()) | {"BootEvent"}


_BY_ID = (identifier("Id"), identifier("MeetingId"))
_DURATION = number("Duration", 1, 1440)
_DETAILS = (
    choice("MeetingPlatform", *PLATFORMS),
    text("Number"),
    text("OrganizerEmail"),
    text("OrganizerId"),
    text("OrganizerName"),
    choice("Protocol", *PROTOCOLS),
)
_NARROW_BOOK = Command(
    "Bookings.Book",
    (
        identifier("BookingRequestUUID"),
        _DURATION,
        text("StartTime"),
        text("Title"),
    ),
)
_WIDE_BOOK = Command("Bookings.Book", (*_NARROW_BOOK.arguments, *_DETAILS))
_NARROW_LIST = Command(
    "Bookings.List",
    (
        number("DayOffset", 0, 365),
        number("Days", 1, 365),
        number("Limit", 1, 65534),
        number("Offset", 0, 65534),
    ),
)
_WIDE_LIST = Command(
    "Bookings.List",
    (
        choice("AccountType", "Shared", "Personal", "SharedAndPersonal"),
        *_NARROW_LIST.arguments,
        choice("ScheduleType", "Current", "Upcoming"),
    ),
)
_ROOMOS_COMMON = (
    Command("Bookings.Clear"),
    Command("Bookings.Delete", _BY_ID),
    Command(
        "Bookings.Edit",
        (*_BY_ID, _DURATION, text("StartTime"), text("Title"), *_DETAILS),
    ),
    Command("Bookings.Extend", (number("Duration", 1, 1440, required=True), *_BY_ID)),
    Command(
        "Bookings.NotificationSnooze", (*_BY_ID, number("SecondsToSnooze", 1, 3600))
    ),
    Command("Bookings.Put", has_body=True),
    Command(
        "Bookings.Respond",
        (
            identifier("MeetingId", required=True),
            choice("Type", "Accept", "Decline", required=True),
            Argument("Comment", minimum=1, maximum=2048),
        ),
    ),
)

PHONEOS_3_6 = Profile(
    name="phoneos-3.6",
    software="PhoneOS 3.6.1",
    device_type="phone",
    commands=_commands(_WIDE_BOOK, _WIDE_LIST),
    events=_events("BookingCreated Start End Deleted SyncRequired"),
    conflict=Conflict.IMPLICIT,
).delete_by("BookingRequestUUID", "MeetingId", "Id")
"""Three commands, five events (facts 1.2)."""

_SETTINGS_11_24 = (
    "Bookings.AdhocBooking.Enabled",
    "Bookings.AdhocBooking.BookAhead.Enabled",
    "Bookings.AdhocBooking.BookingTimeout",
    "Bookings.AdhocBooking.MaxDuration",
    "Bookings.CheckIn.AllowDecline",
    "Bookings.CheckIn.Enabled",
    "Bookings.CheckIn.WindowDuration",
)
"""What is there since 11.16, 11.17 and 11.23 (facts 1.3), or seems to be."""
_EVENTS_11_14 = (
    "BookingRequested Start End StartTimeBuffer EndTimeBuffer TimeRemaining Updated "
    "ExtensionRequested NotificationSnoozed Deleted"
)
_EVENTS_11_24 = (
    f"{_EVENTS_11_14} EditRequested CheckedIn BookingCreated BookingFailed "
    "ExtensionFailed BookingMoved SyncRequired"
)

ROOMOS_11_14 = Profile(
    name="roomos-11.14",
    software="RoomOS 11.14.2.3",
    device_type="roomdesk",
    commands=_commands(
        _NARROW_BOOK,
        _NARROW_LIST,
        Command("Bookings.Get", (identifier("Id", required=True),)),
        *_ROOMOS_COMMON,
    ),
    events=_events(_EVENTS_11_14),
    conflict=Conflict.ERROR,
    wide_end_event=False,
)
"""Before BookingCreated and SyncRequired; End carries only Id (facts 1.3)."""

ROOMOS_11_24 = Profile(
    name="roomos-11.24",
    software="RoomOS 11.24.1.8",
    device_type="roomdesk",
    commands=_commands(
        _WIDE_BOOK, _WIDE_LIST, Command("Bookings.Get", _BY_ID), *_ROOMOS_COMMON
    ),
    events=_events(_EVENTS_11_24),
    conflict=Conflict.ERROR,
    settings=_SETTINGS_11_24,
)
"""The first release with BookingMoved and SyncRequired (facts 1.3)."""

ROOMOS_26_4 = Profile(
    name="roomos-26.4",
    software="RoomOS 26.4.1.1",
    device_type="roomdesk",
    commands=_commands(
        *ROOMOS_11_24.commands.values(),
        Command("Bookings.CheckIn", (*_BY_ID, text("TrackingData"))),
        Command("Bookings.CheckOut", (*_BY_ID, text("TrackingData"))),
    ),
    events=_events(f"{_EVENTS_11_24} EditFailed"),
    conflict=Conflict.ERROR,
    settings=tuple(SETTINGS),
)
"""All of schema 26.4.1 (facts 1.1, 2)."""

MTR = replace(
    ROOMOS_26_4.without(
        "Bookings.CheckOut",
        "Bookings.Clear",
        "Bookings.Extend",
        "Bookings.NotificationSnooze",
        "Bookings.Put",
    ),
    name="mtr",
)
"""RoomOS 26.4 in Microsoft Teams mode: five commands are unavailable (facts 1.1)."""

PROFILES: Mapping[str, Profile] = {
    profile.name: profile
    for profile in (PHONEOS_3_6, ROOMOS_11_14, ROOMOS_11_24, ROOMOS_26_4, MTR)
}

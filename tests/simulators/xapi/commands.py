"""The `Bookings` xCommands of a device (facts 1.1, 1.2, 1.4)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tests.simulators.common.times import whole_second

from . import events
from .arguments import (
    Arguments,
    CommandError,
    InvalidArguments,
    UnknownCommand,
    check_arguments,
)
from .booking import Origin, SimBooking
from .device import Device
from .profiles import Command, Conflict
from .record import add_seconds, booking_record
from .times import parse_wire_time, wire_time
from .world import World

__all__ = [
    "Arguments",
    "CommandError",
    "InvalidArguments",
    "UnknownCommand",
    "check_command",
    "execute",
]

_DAY = timedelta(days=1)
_IDENTIFIERS = ("BookingRequestUUID", "MeetingId", "Id")
_FIELDS = {
    "Title": "title",
    "Number": "number",
    "Protocol": "protocol",
    "MeetingPlatform": "platform",
    "OrganizerEmail": "organizer_email",
    "OrganizerId": "organizer_id",
    "OrganizerName": "organizer",
}

type _Result = dict[str, Any]
type _Verb = Callable[[World, Device, Arguments, datetime], _Result]


def check_command(device: Device, name: str, arguments: Arguments) -> Command:
    """The command, if the device has it and the arguments fit its schema.

    Raises `UnknownCommand` or `InvalidArguments`.
    """
    command = device.profile.command(name)
    if command is None:
        raise UnknownCommand(f"Unknown command: {name}")
    check_arguments(command.arguments, arguments)
    start = arguments.get("StartTime")
    if start:
        try:
            parse_wire_time(start)
        except ValueError:
            raise InvalidArguments("Invalid value for argument: StartTime") from None
    return command


def execute(world: World, device: Device, name: str, arguments: Arguments) -> _Result:
    """Run a command on a device and return its result, without any `status` leaf.

    Raises `CommandError` (`UnknownCommand`, `InvalidArguments`) where it is refused.
    """
    command = check_command(device, name, arguments)
    now = world.clock()
    device.workspace.catch_up(now)
    return _VERBS[command.name](world, device, arguments, now)


def _start_of(arguments: Arguments, now: datetime) -> datetime:
    start = arguments.get("StartTime")
    return parse_wire_time(start) if start else whole_second(now)


def _details(arguments: Arguments) -> dict[str, Any]:
    return {
        field: arguments[name] for name, field in _FIELDS.items() if name in arguments
    }


def _find(device: Device, arguments: Arguments) -> SimBooking:
    for key in _IDENTIFIERS:
        if key in arguments:
            booking = device.find(key, arguments[key])
            if booking is None:
                raise CommandError("Not found")
            return booking
    raise InvalidArguments("Missing argument: Id or MeetingId")


def _book(world: World, device: Device, arguments: Arguments, now: datetime) -> _Result:
    workspace = device.workspace
    settings = device.configuration
    if settings.get("Bookings.AdhocBooking.Enabled") == "False":
        raise CommandError("Ad hoc booking is not enabled")
    minutes = arguments.get("Duration", 30)
    most = settings.get("Bookings.AdhocBooking.MaxDuration", 0)
    if most and minutes > most * 60:
        raise CommandError("The booking is too long")
    start = _start_of(arguments, now)
    end = start + timedelta(minutes=minutes)
    if end <= now:
        raise CommandError("The booking is in the past")
    uuid = arguments.get("BookingRequestUUID") or world.new_uuid()
    duplicate = workspace.by_uuid(uuid) is not None
    if duplicate or (
        workspace.occupied(start, end)
        and device.profile.conflict is not Conflict.OVERLAP
    ):
        if device.profile.conflict is Conflict.IMPLICIT:
            device.report("Bookings.SyncRequired", {}, now)
            return {}
        raise CommandError("The room is already booked at that time")
    details = {"title": "", **_details(arguments)}
    workspace.add(
        SimBooking(
            uuid=uuid,
            meeting_id=world.rules.meeting_id(uuid),
            start=start,
            end=end,
            origin=Origin.INTEGRATION,
            **details,
        )
    )
    return {}


def _delete(
    world: World, device: Device, arguments: Arguments, now: datetime
) -> _Result:
    device.workspace.remove(_find(device, arguments))
    return {}


def _list(world: World, device: Device, arguments: Arguments, now: datetime) -> _Result:
    bookings = device.workspace.bookings
    if "Days" in arguments or "DayOffset" in arguments:
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        first = midnight + arguments.get("DayOffset", 0) * _DAY
        last = first + arguments["Days"] * _DAY if "Days" in arguments else None
        bookings = [
            b for b in bookings if b.end > first and (last is None or b.start < last)
        ]
    schedule = arguments.get("ScheduleType")
    if schedule == "Current":
        bookings = [b for b in bookings if b.runs_at(now)]
    elif schedule == "Upcoming":
        bookings = [b for b in bookings if b.start > now]
    items: list[Any] = [
        {
            "id": index,
            **booking_record(
                booking,
                device.id_of(booking),
                with_uuid=world.rules.list_has_uuid,
            ),
        }
        for index, booking in enumerate(bookings, 1)
    ]
    items.extend(device.records)
    offset = arguments.get("Offset", 0)
    page = items[offset : offset + arguments.get("Limit", len(items))]
    result: _Result = {"Booking": page} if page else {}
    return result | {
        "LastUpdated": wire_time(now),
        "ResultInfo": {"TotalRows": len(items)},
    }


def _get(world: World, device: Device, arguments: Arguments, now: datetime) -> _Result:
    booking = _find(device, arguments)
    record = booking_record(
        booking, device.id_of(booking), with_uuid=world.rules.list_has_uuid
    )
    return {"Booking": add_seconds(record, booking, now)}


def _edit(world: World, device: Device, arguments: Arguments, now: datetime) -> _Result:
    booking = _find(device, arguments)
    start = _start_of(arguments, booking.start)
    minutes = arguments.get("Duration")
    length = (
        booking.end - booking.start if minutes is None else timedelta(minutes=minutes)
    )
    changed = replace(booking, start=start, end=start + length, **_details(arguments))
    _refuse_conflict(device, changed)
    device.workspace.change(changed)
    return {}


def _extend(
    world: World, device: Device, arguments: Arguments, now: datetime
) -> _Result:
    workspace = device.workspace
    if any(key in arguments for key in _IDENTIFIERS):
        booking = _find(device, arguments)
    elif (current := workspace.current_at(now)) is not None:
        booking = current
    else:
        raise CommandError("Not found")
    minutes = arguments["Duration"]
    changed = replace(booking, end=booking.end + timedelta(minutes=minutes))
    _refuse_conflict(device, changed)
    for each in workspace.devices:
        each.report(
            "Bookings.ExtensionRequested",
            events.extension_requested(changed, each.id_of(changed), minutes),
            now,
        )
    workspace.change(changed)
    return {}


def _refuse_conflict(device: Device, changed: SimBooking) -> None:
    if device.profile.conflict is not Conflict.OVERLAP and device.workspace.occupied(
        changed.start, changed.end, ignoring=changed.uuid
    ):
        raise CommandError("The room is already booked at that time")


def _check_in(
    world: World, device: Device, arguments: Arguments, now: datetime
) -> _Result:
    booking = _find(device, arguments)
    if device.configuration.get("Bookings.CheckIn.Enabled") != "True":
        raise CommandError("Check-in is not enabled")
    if booking.end <= now:
        raise CommandError("The booking has ended")
    device.workspace.check_in(booking)
    return {}


def _check_out(
    world: World, device: Device, arguments: Arguments, now: datetime
) -> _Result:
    device.workspace.remove(_find(device, arguments), "ManualCheckOut")
    return {}


def _clear(
    world: World, device: Device, arguments: Arguments, now: datetime
) -> _Result:
    device.workspace.clear()
    return {}


def _snooze(
    world: World, device: Device, arguments: Arguments, now: datetime
) -> _Result:
    booking = _find(device, arguments)
    device.report(
        "Bookings.NotificationSnoozed",
        events.started(booking, device.id_of(booking)),
        now,
    )
    return {}


def _respond(
    world: World, device: Device, arguments: Arguments, now: datetime
) -> _Result:
    booking = _find(device, arguments)
    if arguments["Type"] == "Decline":
        device.workspace.remove(booking)
    return {}


def _put(world: World, device: Device, arguments: Arguments, now: datetime) -> _Result:
    raise CommandError("Bookings Put is not licensed")


_VERBS: dict[str, _Verb] = {
    "Bookings.Book": _book,
    "Bookings.CheckIn": _check_in,
    "Bookings.CheckOut": _check_out,
    "Bookings.Clear": _clear,
    "Bookings.Delete": _delete,
    "Bookings.Edit": _edit,
    "Bookings.Extend": _extend,
    "Bookings.Get": _get,
    "Bookings.List": _list,
    "Bookings.NotificationSnooze": _snooze,
    "Bookings.Put": _put,
    "Bookings.Respond": _respond,
}

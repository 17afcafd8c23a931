"""Commands that go wrong behind an answer that looks right."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from tests.simulators.common.faults import AppliedLate, BookingFails, NotApplied, Rival
from tests.simulators.common.times import whole_second

from .arguments import Arguments, CommandError
from .commands import check_command, execute
from .device import Device
from .times import parse_wire_time, wire_time
from .workspace import OccupiedError
from .world import World


def execute_with(
    effect: Any, world: World, device: Device, name: str, arguments: Arguments
) -> dict[str, Any]:
    """Run a command under an effect of `common.faults`; any other effect changes nothing.

    Raises `CommandError` where it is refused.
    """
    match effect:
        case NotApplied(sync_required=sync_required):
            check_command(device, name, arguments)
            if sync_required:
                device.report("Bookings.SyncRequired", {}, world.clock())
            return {}
        case AppliedLate(seconds=seconds):
            check_command(device, name, arguments)
            world.timers.at(
                world.clock() + timedelta(seconds=seconds),
                lambda _: _execute_quietly(world, device, name, arguments),
            )
            return {}
        case BookingFails(cause=cause):
            check_command(device, name, arguments)
            _report_failure(world, device, arguments, cause)
            return {}
        case Rival(title=title, minutes=minutes, offset_minutes=offset):
            wanted = arguments.get("StartTime")
            start = parse_wire_time(wanted) if wanted else world.clock()
            with suppress(OccupiedError):
                device.workspace.book_locally(
                    title, start + timedelta(minutes=offset), minutes
                )
    return execute(world, device, name, arguments)


def _execute_quietly(
    world: World, device: Device, name: str, arguments: Arguments
) -> None:
    with suppress(CommandError):
        execute(world, device, name, arguments)


def _report_failure(
    world: World, device: Device, arguments: Arguments, cause: str
) -> None:
    now = world.clock()
    uuid = arguments.get("BookingRequestUUID") or world.new_uuid()
    device.report(
        "Bookings.BookingRequested",
        {
            "BookingRequestUUID": uuid,
            "Duration": arguments.get("Duration", 30),
            "StartTime": arguments.get("StartTime") or wire_time(whole_second(now)),
            "Title": arguments.get("Title", ""),
        },
        now,
    )
    device.report(
        "Bookings.BookingFailed",
        {"BookingRequestUUID": uuid, "FailureCause": cause},
        now,
    )

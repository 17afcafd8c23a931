"""The bookings side of a Cisco device: a calendar engine without a transport.

A `Workspace` is a room with one local calendar (the truth) and its devices; a
`Device` sees that calendar through its own booking ids, reports events and keeps
the `Bookings` status; `execute` runs an xCommand. What a device reports goes to
the `World` it lives in, and a transport (the Webex cloud, a local WebSocket)
carries it from there. Wire facts are quoted from `facts/cisco-xapi.md` by section.

Assumptions
-----------
Everything here that is inferred, not seen on a wire. The names in brackets are
the knobs (see `Rules` and `Profile`) that change it.

- MeetingId equals BookingRequestUUID on local calendars (0.3: confirmed for RoomOS
  local calendars, inferred for PhoneOS) [`Rules.meeting_id`].
- PhoneOS accepts RoomOS's arguments for Book and List (1.2 calls them unknown), and
  BookingRequestUUID, MeetingId or Id for Delete [`Profile.delete_by`].
- A PhoneOS List item looks like the RoomOS capture of 1.4, with no
  BookingRequestUUID [`Rules.list_has_uuid`], MeetingPlatform "None" where none was
  given, StartTimeBuffer 300, and `DialInfo.Calls` empty without a number.
- Book into an occupied slot: PhoneOS answers OK and the booked device alone reports
  SyncRequired (5 confirms "implicitly", not which devices report); RoomOS answers an
  error [`Profile.conflict`: implicit, error or overlap].
- Book with a BookingRequestUUID that is already in the calendar is a conflict.
- Book of a slot that ended before now is an error; one that began before now is not.
- An argument of the wrong JSON type, an unknown argument, a fraction in StartTime:
  errors ("strict" reading of the schema). An empty StartTime is an absent one.
- Delete, Edit, Extend, Get and the like of an unknown booking: error "Not found".
  More than one identifier given: the first of BookingRequestUUID, MeetingId, Id counts.
- Deleting a running booking reports Deleted but no End; MinutesFreed are the whole
  minutes that were left, EndTime is the scheduled one.
- Back-to-back: End of the first before Start of the second (2: undocumented). Of two
  that overlap, Availability and Current follow the one that started first.
- Availability.TimeStamp is the end of the current booking alone, also when the next
  one follows at once; it is "" when Free [`Rules.free_timestamp`]. Format UTC `…Z`.
- The status changes after the events of its instant are reported.
- A booking made at a PhoneOS device reports the same BookingCreated as one made by
  Book (1.2 knows no other event), with a BookingRequestUUID the device made up. What
  a person edits at a device without BookingMoved (PhoneOS, RoomOS before 11.24) is
  reported as SyncRequired where the device has it, else only as Updated.
- RoomOS reports BookingRequested and then BookingCreated on local calendars, and
  Updated after every change of the list.
- Reboot: the Ids go on counting (none is reused) [`Device.reboot(reuse_ids=True)`
  starts again at 1 in reversed order], SyncRequired comes first, then BootEvent.
- An offline device keeps its calendar and runs its timers, but reports nothing; back
  online it reports SyncRequired and its whole status.
- List: days are UTC days, a booking belongs to each day it touches; Limit or Offset
  alone do not narrow to today; TotalRows counts what matched before Limit and Offset;
  items are numbered from 1 over what matched (`id`).
- RoomOS Clear removes all bookings and reports SyncRequired and Updated, no Deleted.
  Put answers an error (1.1: commercial terms). Not reported: StartTimeBuffer,
  EndTimeBuffer, TimeRemaining, EditRequested, hot-desk causes.
- RoomOS with `CheckIn Enabled`: what is not checked in `WindowDuration` minutes after
  its start is deleted with the cause NoShow, unless it lasts `AutoCheckInDuration`
  hours. CheckIn is accepted at any time before the end, and refused where `CheckIn
  Enabled` is False; CheckOut deletes with ManualCheckOut, check-in enabled or not.
- `AdhocBooking MaxDuration` limits Book (0: no limit) and refuses a longer one;
  BookAhead and BookingTimeout change nothing. 11.14 books without any setting (1.3:
  AdhocBooking came with 11.17). That 11.24 has CheckIn Enabled, BookingTimeout and
  MaxDuration, and only 26.4 the other settings, is a guess: 1.3 does not say.
- Edit takes the wide arguments of 11.23 on 11.14 too (1.3 speaks of Book alone).
- Microsoft Teams mode is 26.4 without the commands it marks as unavailable (1.1).
"""

from tests.simulators.common.times import utc_now, whole_second

from .booking import Change, Origin, SimBooking
from .commands import Arguments, CommandError, InvalidArguments, UnknownCommand, execute
from .device import Device
from .mishaps import execute_with
from .profiles import (
    MTR,
    PHONEOS_3_6,
    PROFILES,
    ROOMOS_11_14,
    ROOMOS_11_24,
    ROOMOS_26_4,
    Argument,
    Command,
    Conflict,
    Profile,
)
from .settings import SETTINGS, Configuration, Setting
from .timers import Timers
from .times import wire_time
from .workspace import OccupiedError, Workspace
from .world import (
    MEETING_IDS,
    ConfigurationChange,
    DeviceEvent,
    Report,
    Rules,
    StatusChange,
    World,
)

__all__ = [
    "MEETING_IDS",
    "MTR",
    "PHONEOS_3_6",
    "PROFILES",
    "ROOMOS_11_14",
    "ROOMOS_11_24",
    "ROOMOS_26_4",
    "SETTINGS",
    "Argument",
    "Arguments",
    "Change",
    "Command",
    "CommandError",
    "Configuration",
    "ConfigurationChange",
    "Conflict",
    "Device",
    "DeviceEvent",
    "InvalidArguments",
    "OccupiedError",
    "Origin",
    "Profile",
    "Report",
    "Rules",
    "Setting",
    "SimBooking",
    "StatusChange",
    "Timers",
    "UnknownCommand",
    "Workspace",
    "World",
    "execute",
    "execute_with",
    "utc_now",
    "whole_second",
    "wire_time",
]

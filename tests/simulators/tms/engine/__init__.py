"""What a Cisco TMS does, without HTTP and XML.

`TmsServer(clock)` has the operations of the Booking and Remote Setup APIs as methods
that take a `Caller` and the objects of `model`. `server.local` does what people do in
TMS itself, `server.settings` is what an administrator sets, `server.check()` raises if
a system is held twice. Facts are those of `facts/cisco-tms.md` and of the reference of
API version 23 (REF23); where they leave room, this is what is assumed, with its knob.

assumptions
-----------
Lists and the log

- A list covers the whole UTC days of its start and its end, both ends inclusive
  [`day_granularity`]. No system ids means all systems, no times all times; an unknown
  id is SYSTEMNOTFOUND. Lists need no right to read, single reads do.
- Every occurrence has a transaction of its own. A changed series writes Deleted for
  the old ids, New for the new ones and Updated for what was detached.
- A filter by system finds a change if the system took part before or after it.
- A page that is cut has one more item, ListIncomplete with the last id and conference
  0 [`incomplete_replaces_last`: the last item itself changes its type].
- Any transaction id is a place in the log, one ahead of it too
  [`refuse_unknown_transactions`].

Saving

- None and `Default` keep what is stored, on a new conference what TMS has as default;
  a new conference without an external key gets "TMS" and a GUID, as the captured one
  has. "TMS" may be sent back unchanged.
- A key that is found goes before the ConferenceId, and its Version must match also
  where the id is -1 [`check_version_by_key`]. A deleted conference is not found by key.
- An owner id below 1 other than -1 counts as not given. Whoever owns or made a
  conference may change it; book on behalf of and site administration change all.
- Too long titles, reserved names and wrong billing codes are UNKNOWN; a deleted
  conference is MEETINGISDELETED; id 0 is MEETINGNOTFOUND; deleting what is over is
  CANNOTBOOKINTHEPAST. A start in the past with an end to come is booked.
- A conference that runs is always saved as if in Strict mode.
- A bridge is needed from three sites on, one port each, unless Reservation Only
  [`mcu_ports`]. External participants are numbered from 1.
- Who may not approve only requests: that holds no system and is not placed.
- A private conference shows PrivacyFlag instead of its title to all but its owner, who
  made it and site administrators [`mask_private_titles`]; saving that back renames
  nothing.

Series

- A series is known by the id of any occurrence; it is shown under that of the first
  that is not deleted (negative once deleted as a whole), with the times of the
  pattern's first one and the highest Version of all, which is the one to send back.
- Days of the week are those in UTC [`days_of_week_in_utc`]; clients below version 11
  have the server's rules. An occurrence is as long as the first. A skipped wall time
  is read with the offset before the change, one that comes twice is the first.
- The day of PatternEndDateUTC, on the wall, is part of the pattern. No end date is
  NEVER_ENDING_RECURRENCE_NOT_SUPPORTED. Interval 0 is 1, more than 99 is refused; a
  fifth weekday that a month lacks is left out; occurrences that overlap are refused.
- An occurrence stays between its neighbours, on a day of its own on the wall; saved on
  its own it is `modify`, whatever changed, and its pattern is not read.
- A series saved without its Exceptions loses them. DELETE and MODIFY must belong to
  the pattern, by moment or by UTC day, ADD is refused.
- A series saved without a pattern becomes one meeting with a new id, and a meeting
  saved with one becomes a series, with new ids too.
- What is detached gets a key of its own. Occurrences are left out where they would
  overlap what was detached, whatever its systems, or start in the past.

Sessions and licences

- A session's 47 + 17 minutes count from when its id was suggested; both parts work
  alike. It takes a licence from its first use until then. A made-up GUID is taken
  [`accept_foreign_sessions`], anything else is expired, as a captured "string" was.
- The session is looked at before the user's rights. Too many sessions are LICENSE.
- A system whose Allow Remote Bookings is off takes a licence when it is booked; where
  an edit finds none, the whole booking (or series) is deleted, then LICENSE. Not so
  within SaveConferences, which is undone as a whole.

Beside the API

- Purging a system takes it out of conferences that are not over.
- Rows have versions that grow by up to 40, transactions by up to 4.
"""

from .faults import CODES, TmsFault
from .model import (
    AbsoluteRule,
    AliasInfo,
    Caller,
    Conference,
    ExternalConference,
    Participant,
    RecordingDevice,
    RecurrenceException,
    RecurrencePattern,
    RelativeRule,
    TimeChange,
    TimeZoneInfo,
    TimeZoneRule,
    TmsSystem,
    TmsUser,
    Transaction,
    WebEx,
)
from .server import ADMINISTRATOR, DoubleBookingError, TmsServer
from .settings import Settings
from .times import format_utc, parse_utc

__all__ = [
    "ADMINISTRATOR",
    "CODES",
    "AbsoluteRule",
    "AliasInfo",
    "Caller",
    "Conference",
    "DoubleBookingError",
    "ExternalConference",
    "Participant",
    "RecordingDevice",
    "RecurrenceException",
    "RecurrencePattern",
    "RelativeRule",
    "Settings",
    "TimeChange",
    "TimeZoneInfo",
    "TimeZoneRule",
    "TmsFault",
    "TmsServer",
    "TmsSystem",
    "TmsUser",
    "Transaction",
    "WebEx",
    "format_utc",
    "parse_utc",
]

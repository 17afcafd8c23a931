"""A PlaceOS server as a client of its REST API and its control channel sees it.

A real HTTP server on 127.0.0.1 with systems, some of them rooms with a Bookings
module; each room has a mailbox, the truth behind its driver. Wire facts are quoted
from `facts/placeos.md` by section, "seed" is the driver's own document. See README.md
for its use alone and for the control API.

In tests:

    async with PlaceosSimulator(clock=...) as sim:
        room = sim.add_room("Sequoia", capacity=6)
        connect(sim.url, sim.api_key)
        room.book("Stand-up", minutes=15)

Under pytest-homeassistant-custom-component the test needs its `socket_enabled`
fixture. Time passes only when `await sim.tick()` is called, unless the simulator was
made with `ticking=True`.

Assumptions
-----------
Everything that is inferred, not read in a source, with its knob.

- The driver polls at once when it is loaded (the real one within a minute). Its random
  delays are off [`jitter`]. The time zone of its calendar is UTC [`Settings`]. The
  drivers of the simulator hear of changes in the mailbox [`push`, `push_delay`]; the
  real ones do so only where push notifications are set up, and else after
  `cache_polling_period`. D2 has no push: it polls `change_event_sync_delay` after the
  signal.
- A module that restarts: each variable becomes null, then is gone; until it is back an
  exec fails with 7 "unexpected response code 404" [`restart(nulls=False)` says
  nothing].
- A mailbox accepts overlapping events. An owner who has no mailbox gives the error of
  the seed's example 1 [`PlaceosSimulator.users`], where application_permissions is
  off. An event that is gone can be declined without an error.
- The words of exceptions: the class follows in parentheses (DERIVED from seed, example
  1): "module raised: unable to book due to clash (Exception)". Words for arguments
  that are missing or of another type are made up. `code` is absent where no driver
  answered.
- An exec on an unknown system or module is 6 "could not find module"
  [`unknown_system_code`]; bind to it succeeds and stays silent (B3).
- A frame that is not a request is dropped whatever is wrong with it, binary ones too.
  Commands are read in any case. Index defaults to 1. unbind of what was not bound
  succeeds.
- Success of a bind precedes its value [`answer_first`: also the other way].
- Revoking a key ends no channel [`revoke(cut=True)`]. The words for a missing and for an
  unknown key, and that a missing scope is 403 without a body, are made up. Bearer
  tokens are not simulated.
- Host: the port is not compared [`domain`, `checks_host`]. `/auth/authority` answers
  401 "authority not found" for another host.
- Content-Range ends where the page ends (B2 has a full page). Filters match as their
  names say; `q` looks at the name alone.
- `debug` succeeds for any module id; only warnings of the driver are sent.
- Not there: staff API, MQTT, sensors' own modules, and the functions locate_user,
  macs_assigned_to, check_ownership_of, device_locations, is_stale? and list_users,
  which no room needs.
"""

from tests.simulators.common.faults import Fault

from .engine import BookingsDriver
from .faults import Faults
from .garbage import BODIES, GARBAGE
from .keys import ApiKey, Permission
from .mailbox import Change, Mailbox, OccupiedError, SimEvent
from .modules import Display, ExecError, Module
from .release import RELEASES, Release
from .request_log import Handshake, Log, LoggedFrame, LoggedRequest
from .session import Session
from .settings import Settings
from .simulator import PlaceosSimulator
from .state import room_state
from .systems import Room, System

__all__ = [
    "BODIES",
    "GARBAGE",
    "RELEASES",
    "ApiKey",
    "BookingsDriver",
    "Change",
    "Display",
    "ExecError",
    "Fault",
    "Faults",
    "Handshake",
    "Log",
    "LoggedFrame",
    "LoggedRequest",
    "Mailbox",
    "Module",
    "OccupiedError",
    "Permission",
    "PlaceosSimulator",
    "Release",
    "Room",
    "Session",
    "Settings",
    "SimEvent",
    "System",
    "room_state",
]

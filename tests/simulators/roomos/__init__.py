"""A RoomOS device on the local network, as a client of its WebSocket sees it.

A real wss (or ws) server on 127.0.0.1 that speaks the JSON-RPC of facts section 4.
The calendar behind it is `tests.simulators.xapi` (which has its own list of
assumptions); this package is the wire around it. Wire facts are quoted from
`facts/cisco-xapi.md` by section. See README.md for its use alone and for the control
API.

In tests:

    async with RoomosSimulator(clock=..., profile="roomos-26.4") as sim:
        connect(sim.host, sim.username, sim.password, sim.fingerprint)
        sim.book_locally("Stand-up", minutes=15)

Under pytest-homeassistant-custom-component the test needs its `socket_enabled`
fixture. Time passes only when `await sim.tick()` is called, unless the simulator was
made with `ticking=True`. A simulator costs half a millisecond and some 50 kB, a TLS
connection some 300 kB at either end (asyncio's buffers): hundreds fit in one process.

Assumptions
-----------
Everything about the wire that is inferred, not seen, with its knob.

- Handshake, in this order: HTTP Mode Off or `down` cuts the connection; 502 while
  restarting; 503 above `handshake_limit`; 404 for another path or Websocket Off; 401
  over ws:// unless HTTP Mode is HTTP+HTTPS; 403 without valid credentials, also with
  none, with padding or `+` or `/` in the subprotocol, or with a second one. A
  subprotocol with credentials goes before a Basic header, and is echoed (4.1).
- A frame that is not a request is answered with id null (or its own id, where that is
  an int or a string): -32700, -32600. A batch is an invalid request. Binary frames are
  read as text frames are.
- Unknown command -32601, arguments against the schema -32602, no such path 1 [`codes`;
  jsxapi's own table calls the last INVALID_PATH, 3]. Names are case-sensitive. What
  the device refuses has code 1 and no `data`.
- xQuery without a match answers {}. xGet takes no wildcards. xSet is for Admin alone;
  integers may come as digits.
- Roles: Bookings are hidden from those who are neither Admin nor User, and asking for
  them by name is -31999; everything else can be read by every role. Put and SystemUnit
  Boot are for Admin (9.2).
- Subscribing to what does not exist is accepted and never reported. Ids count from 1
  per connection (11). No subscription limit [`subscription_limit`].
- An answer goes before the notifications that its request causes, the current value
  of NotifyCurrentValue too [`answer_first`].
- Events carry `id` 1 [`event_ids`]; an event without children is {} [`childless_value`].
- A status notification holds only the leaves that changed; an emptied Current.Id is "".
- Removed array items are reported as `{"id": "1", "ghost": "True"}` (4.2: id a string).
- Restart (`reboot`): how long which phase lasts is made up; all connections are cut;
  SyncRequired comes some time after the first request is accepted. BootEvent is not
  reported. `SystemUnit Boot` answers first and then restarts.
- Changing a password or the certificate ends no connection.
- PeopleCount is -1 and PeoplePresence Unknown where the camera cannot tell; the paths
  and words under RoomAnalytics other than PeopleCount.Current (7.6), and those of
  SystemUnit other than Uptime, Software.DisplayName and State, are from memory of the
  public schema.
- MaxDuration and BookingTimeout are below `Bookings AdhocBooking`, AllowDecline,
  AutoCheckInDuration and DeclinableBookingType below `Bookings CheckIn` (1.6 can be
  read either way).
- No message of a conflict is known (1.5): error 1 "The room is already booked at that
  time" [`conflict`: also overlap, or implicit as on PhoneOS].
"""

from tests.simulators.common.certificate import Certificate
from tests.simulators.xapi import Conflict, Device, OccupiedError, SimBooking, Workspace

from .faults import Fault, Faults
from .garbage import GARBAGE
from .request_log import Handshake, LoggedRequest, RequestLog
from .results import VARIANTS
from .session import Session
from .simulator import Codes, RoomosSimulator
from .users import User

__all__ = [
    "GARBAGE",
    "VARIANTS",
    "Certificate",
    "Codes",
    "Conflict",
    "Device",
    "Fault",
    "Faults",
    "Handshake",
    "LoggedRequest",
    "OccupiedError",
    "RequestLog",
    "RoomosSimulator",
    "Session",
    "SimBooking",
    "User",
    "Workspace",
]

"""A booking system that serves the ROOMZ connector contract, for ROOMZ's cloud to ask.

A real HTTP server on 127.0.0.1. Wire facts are quoted from `facts/roomz.md` by section.
See README.md for its use alone and for the control API; `strict_client` is the other
side, a display that complains about every deviation.

In tests:

    async with RoomzSimulator(clock=...) as sim:
        fjord = sim.add_room("Fjord")
        fjord.book("Stand-up", start, end)

Under pytest-homeassistant-custom-component the test needs its `socket_enabled` fixture.

Assumptions
-----------
Everything that the public texts of the contract do not say, with its knob (`sim.rules`).

- `from` and `to` are optional and mean shared time, half-open [`needs_window`,
  `by_start`: only meetings that start at or after `from`].
- `organizerId` is an optional filter of a listing; an unknown one is 404.
- A cancelled meeting is listed, with isCancelled, and takes no room [`lists_cancelled`];
  a PUT to it is 404.
- A POST needs startDateUTC and endDateUTC; without an organizerId the API's own user
  organises; an unknown one is 404. It answers 201 and the Meeting [`post_status`,
  `post_body`].
- A PUT leaves as it is what it does not name, and answers 200 and the Meeting
  [`put_needs_both`, `put_status`, `put_body`]; it may also change subject, organizerId
  and isCancelled [`put_takes_subject`].
- Malformed is 400 on POST too: no JSON object, a content type other than JSON, a null,
  a value of another type, a date in any other form, an end that is not after the start.
  Fields that nobody knows are ignored.
- Errors have the body `{"message": "…"}`, which the contract does not know; 404 for
  other paths, 405 for other methods.
- Ids are kept apart by the path, percent-encoded.
"""

from .contract import Rules
from .faults import Fault, Faults
from .request_log import LoggedRequest, RequestLog
from .room import OccupiedError, SimMeeting, SimRoom
from .simulator import RoomzSimulator

__all__ = [
    "Fault",
    "Faults",
    "LoggedRequest",
    "OccupiedError",
    "RequestLog",
    "RoomzSimulator",
    "Rules",
    "SimMeeting",
    "SimRoom",
]

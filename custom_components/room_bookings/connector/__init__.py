"""Serves rooms to ROOMZ displays, by the contract of the ROOMZ Connector API v1.0.

Whatever keeps a room's bookings, a display reads and books it here as it would at any other
server of that contract: `/rooms`, `/rooms/{roomId}/meetings` and
`/rooms/{roomId}/meetings/{meetingId}` below `/api/room_bookings/roomz`. This is the only door
that other machines may open, so it has one key of its own and says nothing that the contract
does not know. Where the contract is silent, these are the decisions:

unavailable   a room of which Home Assistant itself shows nothing any more (its system out of
              reach for longer than known bookings are followed, or not loaded) is answered
              with 503: an empty list would call it free, an old one would promise what nobody
              vouches for, and 404 would tell the portal to forget the room. A display goes on
              showing what it has. `/rooms` is the same list all the time.
unfulfilled   what the user cannot cure (unreachable, unconfirmed, busy, no licence, no right)
              is 503 too; a wish that the room's system cannot carry, or refuses, is 400.
other methods and other paths are 404, too large bodies 400: the contract knows neither 405
              nor 413.
release       `endDateUTC` up to a minute ahead, or past, on the running meeting ends it now,
              however the room's system does that. What cannot be shortened there is gone.
isCancelled   true deletes the meeting where the room can; cancelled ones are never listed, nor
              are tentative ones, which do not hold the room.
organizerId   is the organiser's name, as shown; a new one with an @ in it is an address.
creationDateUTC and isPrivate are `startDateUTC` and false where nobody keeps them.
"""

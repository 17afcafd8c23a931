"""PlaceOS: rooms kept by the Bookings module of a system.

`rest` asks for the authority, the key's rights and the systems, `systems` finds those that
are rooms. `channel` is one connection of the WebSocket, `line` keeps one open. `known` holds
what a module said and what follows from it, `verbs` acts with the care that the driver does
not take, `wishes` knows again what was booked; `backend` is the whole as a `Backend`. State
and actions go over the WebSocket alone, for the REST API gives them to support only. Facts:
placeos.md.

assumptions
-----------
What no public source shows. Each sits in one place, named there:

http_errors   410 means unknown, 429 and 503 busy, other codes from 500 on that nobody
              answered (`rest.PlaceosRest._refused`)
exec_errors   2 means that the key lacks control.write, 7 that it may have been carried out,
              any other code that it was refused; a clash is known by its words
              (`channel._refusal`)
key_scopes    a key whose inspection tells no scopes may have all
              (`rest.PlaceosRest.check_rights`)
privacy       an event without `private` and `visibility` is not private; a value that
              cannot be read is (`wire._is_private`)
same_id       events of one id at several times are several bookings
              (`known._named_apart`)
same_wish     a new event of the same title that begins and ends within a minute of what
              was asked is what was asked for (`wishes.Wish.asked_for`)
one_module    a room's Bookings module is the first of its system (`channel._MODULE`)
domain        the authority's `domain` is a host, perhaps with a port
              (`rest.PlaceosRest.authority`)
paging        where no header tells, a page that is full has a next (`rest._continues`)
polled        what `poll_events` found is what the variable says once it has answered
              (`verbs.Bookkeeper.look`)
never_came    a module that tells no last_booking_started has seen no check-in
              (`known._NEVER`)
alive         whatever is heard after a ping is a sign of life
              (`channel.ControlChannel._stay_alive`)
modules       a system whose modules are the same as before has a Bookings module if it had
              one (`systems.Systems._look_into`)
"""

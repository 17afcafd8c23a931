"""Cisco xAPI `Bookings`: rooms kept by PhoneOS and RoomOS devices.

`wire`, `events`, `names` and `verbs` are what all transports share, `backend` turns them into a
`Backend`; `cloud` reaches devices through Webex, `local` by their own socket. Facts:
cisco-xapi.md.

assumptions
-----------
What no public source shows. Each sits in one place, named there:

meeting_id       a booking's lasting name is its MeetingId; where that is empty, the
                 device's own Id (`wire.WireIds.booking_id`)
privacy          a record without `Privacy` is not private; any word but `Public` is
                 (`wire.listed_booking`)
request_id       a booking made here is found again by MeetingId or BookingRequestUUID
                 equal to the id that was sent, else by its time and title
                 (`rooms.ledger.Entry.asked_for`)
delete_argument  `Delete` takes BookingRequestUUID, MeetingId or Id: whichever its schema
                 names, tried in this order (`verbs._DELETE_NAMES`)
day_offset       `List` with DayOffset 0 may leave out a meeting that began yesterday; one
                 that is known to run is then looked up in the full list
                 (`backend.XapiBackend._listed`)
phone_commands   without a schema a device has Book, Delete and List
                 (`capabilities._ASSUMED`)
empty_list       a phone may answer no result, or an empty one, where it has no bookings;
                 an answer that is none at all is lost (`cloud.client.CloudClient.command`)
no_answer_error  a refused command may also answer 200 with `status` Error inside its
                 result (`equipment.Equipment.command`)
own_ids          a device's own Ids name other bookings after BootEvent, SyncRequired or a
                 lost connection (`equipment.Equipment.forget_own_ids`)
model            devices of one product, software and platform have the same commands
                 (`cloud.discovery._MODEL`)
poll_url         the queue is at appUrl + "/queue" where no answer names it
                 (`cloud.transport.CloudTransport.connect`)
poll_hold        a poll is held for about 20 s (`cloud.client._POLL_TIMEOUT`)
error_codes      404 and 410 mean unknown, 423 and 429 busy, 5xx after a command that it
                 may have been carried out; 429 is about all requests, 423 and 503 about
                 one device (`cloud.client.CloudClient._refused`)
gone             two 404 in a row mean that the integration was removed
                 (`cloud.transport._GONE_AFTER`)
moved            an order with another appUrl means that the queue is another too
                 (`cloud.transport.CloudTransport._update`)
edit_both        an Edit that moves a booking names its StartTime and its Duration
                 (`wire.edit_arguments`)
check_in_before  a device lets people check in from five minutes before the start
                 (`local.transport._CHECK_IN_BEFORE`)
people_count     a device that cannot count people says -1
                 (`wire.counted`)
versions         which arguments a RoomOS version takes, where the schemas of several
                 releases differ (`local.versions._SINCE`)
local_errors     -31999 means that the user has the wrong role, -31997 and -31998 that the
                 device is busy, any other code that it refused (`local.socket._refusal`)
"""

"""The ROOMZ connector contract: rooms kept by any system that serves it.

Here this integration stands where ROOMZ's cloud does: it is the client. `client` makes the
requests and knows what their answers mean, `wire` reads and writes what they carry,
`readings` remembers what was read and `polling` looks again when it is time; `backend` is
the whole as a `Backend`. Facts: roomz.md.

assumptions
-----------
What no public source shows. Each sits in one place, named there:

window       `from` and `to` may be about starts alone: a meeting that began a day ago is
             found either way (`readings._BEHIND`)
same_id      meetings of one id at several times are occurrences of a series; a PUT to that
             id could change all of them and is refused (`wire.named_apart`)
privacy      isPrivate that is missing or null is false (facts C2: unmanaged); any value
             that is not false is private (`wire._is_private`)
organizer    a POST without organizerId is taken: there is no list of organisers to choose
             from (`wire.booking_body`)
put_times    a PUT needs both times and carries nothing else (`wire.times_body`)
post_answer  a POST or PUT that answers no Meeting, or another, was taken all the same
             (`backend._as_wanted`)
error_codes  403 means that a right is missing, 410 unknown, 429 busy, as is 503 with
             Retry-After; 5xx after a POST or PUT that it may have been carried out
             (`client.RoomzClient._refused`)
json_types   an answer without a content type is JSON if it reads as such
             (`client._is_json`)
"""

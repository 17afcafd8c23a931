"""The Webex cloud as a Workspace Integration sees it, with devices behind it.

A real HTTP server on 127.0.0.1. The calendar of the devices is `tests.simulators.xapi`
(which has its own list of assumptions); this package is the cloud around it. Wire
facts are quoted from `facts/cisco-xapi.md` by section. See README.md for its use
alone and for the control API.

In tests:

    async with WebexSimulator(clock=...) as sim:
        fjord = sim.add_workspace("Fjord", capacity=4)
        phone = sim.add_device(fjord)
        code = sim.activation_code()

Under pytest-homeassistant-custom-component the test needs its `socket_enabled`
fixture. Time passes only when `await sim.tick()` is called, unless the simulator was
made with `ticking=True`.

Assumptions
-----------
Everything about the cloud that is inferred, not seen on a wire, with its knob.

- Queue: nothing is acknowledged, what was handed out is gone (7.5). Messages that
  nobody fetches are kept without limit. Two pollers share the messages, the one that
  has waited longest gets the next [`MessageQueue.most_pollers` counts them]. Polling a
  queue that was not enabled answers 404. A poll whose client has gone takes nothing.
- Queue: one event per message [`MessageQueue.merge_events` puts neighbours of one
  device into one message], at most 100 messages per poll [`MessageQueue.batch`].
- Queue: ids in messages are the ids of `/v1/devices` and `/v1/workspaces`, orgId the
  `sub` of the activation code. An event without children has the value `{}`
  [`WebexSimulator.childless_value`: also None or [None]].
- Queue: an empty Current.Id is an update to "" [`WebexSimulator.empty_is_removed`
  puts it into `changes.removed` instead].
- Every event and status of the manifest is notified [`WebexSimulator.silent` names
  those that are not, 0.7].
- isFullSync: one message per connected device and hour, counted from the start of the
  simulator, and when a device connects [`full_sync_every`].
- pollUrl is appUrl + "/queue" (7.4).
- Deprovisioning: the action message is still fetched from the queue, then appUrl and
  queue answer 404 and the refresh token is refused. A new activation code brings the
  integration back with the same appId.
- An update with another appUrl leaves the old one working [`update(retire=True)`].
- Refused token requests: 401 for the client's id or secret, 400 for the refresh token
  or the grant type, each with a Webex error body.
- Commands: unknown device and unknown command 404; arguments against the schema 400;
  refused by the device 400 with its words in `message` and `errors`
  [`command_error_status`]; a device offline or asleep 503 [`offline_status`];
  personal-mode devices, devices without the `xapi` capability and commands outside
  the manifest 403; `deviceId` or `arguments` missing 400.
- List and Get carry `status: "OK"` inside `result` (the capture of 1.4 has it), Book
  and Delete answer `result: {}` (0.4) [`result_status`].
- Status: served from what the device last reported (6.1), also while it is offline.
  A name that is a branch, or ends in `*`, matches everything below it. Personal-mode
  devices, and paths outside the manifest, give `{}`.
- Missing scope: 403. Missing or expired token: 401.
- `/v1/devices`: personal-mode devices have `personId` and no `workspaceId`. Items
  behave like 6.3 in every other respect; the default page is `page_size` and so is
  the largest `max`.
- Webhooks are accepted by PATCH but never called.
"""

from tests.simulators.xapi import Device, OccupiedError, SimBooking, Workspace

from .application import Access
from .faults import Fault, Faults
from .message_queue import MessageQueue
from .request_log import LoggedRequest, RequestLog
from .simulator import WebexSimulator

__all__ = [
    "Access",
    "Device",
    "Fault",
    "Faults",
    "LoggedRequest",
    "MessageQueue",
    "OccupiedError",
    "RequestLog",
    "SimBooking",
    "WebexSimulator",
    "Workspace",
]

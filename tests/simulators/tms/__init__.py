r"""A Cisco TMS server, as a client of its Booking API sees it.

A real http (or https) server on 127.0.0.1 with the two SOAP services of the Booking
API, behind Windows or Basic authentication. What TMS does with conferences is
`engine` (which has its own list of assumptions); this package is the wire around it.
Wire facts are quoted from `facts/cisco-tms.md` by section, REF23 is the reference in
`seeds/`. See README.md for its use alone and for the control API.

In tests:

    async with TmsSimulator(clock=...) as sim:
        room = sim.add_system("Fjord")
        connect(sim.url, sim.username, sim.password)
        sim.local.book([room.system_id], start, end, "Stand-up")
        assert sim.violations == []

Under pytest-homeassistant-custom-component the test needs its `socket_enabled`
fixture.

Assumptions
-----------
Everything about the wire that is inferred, not seen, with its knob.

- What a request may hold is in `schema/`: the nine required elements of Conference are
  WSDL12's, IsRecordingEnabled stands last, Legacy after ConferenceStatus, SystemId (not
  SystemID) after CurrentTransactionId; SaveConferences repeats `Conferences`.
  SaveConferenceRecInstanceWithMode and GetTimeZoneRulesById are shaped like their
  neighbours. What the schema refuses is recorded in `violations` and answered as ASP.NET
  answers XML that it cannot read; TMS itself would ignore it [`lenient`].
- A wrong SOAPAction and a ClientVersionIn above the server's are recorded in
  `violations` and do no harm otherwise: what is done is what the body says (1.2), as the
  server's own version.
- Operations that the server's version does not have yet: `operations.SINCE`.
- Which version brought which field of Conference, and which values older clients see as
  Default: `writing.SINCE` (known are ConferenceTimeZoneRules, EmailTo at the latest,
  ISDNBandwidth after 0).
- The SOAP 1.1 fault (1.6); TMS's own faults are Sender (Client) and have the address as
  actor; ASP.NET's have an empty detail and no actor.
- `VersionSoapHeader` comes before the echo of the request's header.
- A result that is an empty array is `<XResult />`, a delete's answer `<XResponse />`.
- SaveConferenceWithModeResult holds Conference and nothing else.
- ParticipantIds are separated by commas [`desk.participants_separator`].
- ConferenceInfoHtml is filled up to 24 KB where one conference is read [`desk.html_size`].
- Forbidden characters in texts leave as references such as `&#xB;` (4).
- A date in a string may have a T and fractions, and must end with Z.
- WebEx has the fields that the engine knows; the others are dropped.
- GET answers a page, with a query (`?wsdl`) 404: no description is served.
- Windows authentication: NTLMv2 by pyspnego, bare or in SPNEGO, no Kerberos. The user
  alone names an account as well as `DOMAIN\user`. A logon without channel binding passes
  unless `channel_binding`. Persistent-Auth is on every answer of an authenticated
  connection [`persistent_auth`]. Basic is checked with every request and counted as a
  logon each time.
- IIS's pages for 401, 403, 404 and 500 are worded from memory.
"""

from .auth import SCHEMES, Account
from .engine import (
    CODES,
    Conference,
    Participant,
    RecurrencePattern,
    Settings,
    TmsFault,
    TmsServer,
    TmsSystem,
    TmsUser,
)
from .faults import Fault, Faults
from .request_log import Challenge, LoggedRequest, RequestLog
from .simulator import TmsSimulator

__all__ = [
    "CODES",
    "SCHEMES",
    "Account",
    "Challenge",
    "Conference",
    "Fault",
    "Faults",
    "LoggedRequest",
    "Participant",
    "RecurrencePattern",
    "RequestLog",
    "Settings",
    "TmsFault",
    "TmsServer",
    "TmsSimulator",
    "TmsSystem",
    "TmsUser",
]

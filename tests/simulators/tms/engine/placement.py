"""Whether a conference finds its systems and a bridge."""

from collections.abc import Iterable
from datetime import datetime

from .faults import TmsFault
from .model import Conference
from .settings import Settings
from .state import Mark, Record, State

_SITES_WITHOUT_BRIDGE = 2


def ports_of(conference: Conference) -> int:
    """Return how many ports of a bridge a conference needs."""
    if conference.conference_type == "Reservation Only":
        return 0
    sites = sum(
        participant.participant_call_type != "TMS Master Participant"
        for participant in conference.participants or ()
    )
    return sites if sites > _SITES_WITHOUT_BRIDGE else 0


class Placement:
    """What is held by others, looked up once per operation."""

    def __init__(
        self, state: State, settings: Settings, ignoring: Iterable[int] = ()
    ) -> None:
        """Look at everything but some conferences."""
        ignored = set(ignoring)
        self._settings = settings
        self._held = [
            record
            for record in state.records.values()
            if record.holds_systems and record.id not in ignored
        ]

    def add(self, record: Record) -> None:
        """Count in a conference that was just booked."""
        if record.holds_systems:
            self._held.append(record)

    def place(
        self, conference: Conference, start: datetime, end: datetime, mode: str
    ) -> Mark:
        """Return Booked or what is wrong; refuse what is wrong in Strict mode."""
        flaw = self._flaw(conference, start, end)
        if flaw is None:
            return Mark.BOOKED
        if mode == "BestEffortForced":
            return flaw
        if flaw is Mark.DEFECTIVE_CONFLICT:
            raise TmsFault(
                "SYSTEM_ALREADY_BOOKED", "A system is already booked at that time."
            )
        raise TmsFault("NOT_ENOUGH_MCU_RESOURCES", "No bridge has enough ports.")

    def _flaw(
        self, conference: Conference, start: datetime, end: datetime
    ) -> Mark | None:
        systems = conference.system_ids
        meanwhile = [rec for rec in self._held if rec.overlaps(start, end)]
        if any(systems & rec.conference.system_ids for rec in meanwhile):
            return Mark.DEFECTIVE_CONFLICT
        ports, limit = ports_of(conference), self._settings.mcu_ports
        if not ports or limit is None:
            return None
        taken = sum(
            ports_of(rec.conference) for rec in meanwhile if rec.mark is Mark.BOOKED
        )
        return Mark.DEFECTIVE_ROUTING if taken + ports > limit else None

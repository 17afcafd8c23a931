"""A small TMS for the tests of its engine: three rooms, a service user, two others."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.simulators.tms.engine import (
    Caller,
    Conference,
    Participant,
    Settings,
    TmsFault,
    TmsServer,
)

# A Friday, an hour before noon in Berlin.
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@dataclass
class World:
    """The server, the time there and those who call."""

    now: datetime = NOW
    settings: Settings = field(
        default_factory=lambda: Settings(session_lifetime=timedelta(days=9999))
    )

    def __post_init__(self) -> None:
        """Fill the server."""
        self.tms = TmsServer(lambda: self.now, settings=self.settings)
        for system_id, name in ((4, "Oslo"), (5, "Bergen"), (6, "Tromso")):
            self.tms.local.add_system(system_id, name)
        self.tms.local.add_user(
            "EXAMPLE\\service", book_on_behalf_of=True, read_all=True
        )
        self.tms.local.add_user("EXAMPLE\\ada", email_address="ada@example.com")
        self.tms.local.add_user("EXAMPLE\\bob", email_address="bob@example.com")
        session = self.tms.sessions.suggest()
        self.service = Caller("EXAMPLE\\service", session)
        self.ada = Caller("example\\ada", session)
        self.bob = Caller("EXAMPLE\\bob", session)

    def at(self, minutes: float) -> datetime:
        """Return the time some minutes from where the test began."""
        return NOW + timedelta(minutes=minutes)

    def wanted(
        self, start: float = 60, end: float = 120, *rooms: int, **changes: Any
    ) -> Conference:
        """Return a conference to save, in minutes from where the test began."""
        return Conference(
            **{
                "title": "Stand-up",
                "start_time_utc": self.at(start),
                "end_time_utc": self.at(end),
                "participants": tuple(Participant(room) for room in rooms or (4,)),
                **changes,
            }
        )

    def save(
        self, start: float = 60, end: float = 120, *rooms: int, **changes: Any
    ) -> Conference:
        """Save a new conference as the service user."""
        return self.tms.save_conference(
            self.service, self.wanted(start, end, *rooms, **changes)
        )


def code_of(call: Any, *args: Any, **kwargs: Any) -> str:
    """Return the code with which a call is refused."""
    try:
        call(*args, **kwargs)
    except TmsFault as fault:
        return fault.code_name
    return "nothing"

"""A booking as the simulated calendar knows it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Origin(StrEnum):
    """Who made a booking."""

    DEVICE = "device"
    INTEGRATION = "integration"


@dataclass(frozen=True, slots=True, kw_only=True)
class SimBooking:
    """The truth about one booking; a change replaces it, the uuid stays."""

    uuid: str
    meeting_id: str
    title: str
    start: datetime
    end: datetime
    organizer: str = ""
    organizer_email: str = ""
    organizer_id: str = ""
    private: bool = False
    platform: str = "None"
    number: str = ""
    protocol: str = ""
    origin: Origin = Origin.DEVICE
    checked_in: bool = False

    @property
    def minutes(self) -> int:
        """The whole minutes it lasts (facts 2: Duration, ScheduledDuration)."""
        return (self.end - self.start) // timedelta(minutes=1)

    def runs_at(self, instant: datetime) -> bool:
        """Whether the instant lies in the half-open interval of the booking."""
        return self.start <= instant < self.end

    def overlaps(self, start: datetime, end: datetime) -> bool:
        """Whether any instant is common to both intervals."""
        return self.start < end and start < self.end


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a workspace's history."""

    at: datetime
    what: str
    booking: SimBooking

"""What people may choose for a room."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from .privacy import Titles
from .state import CheckInRules


class NoShow(StrEnum):
    """What becomes of a meeting to which nobody comes."""

    OFF = "off"
    DRY_RUN = "dry_run"
    RELEASE = "release"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomSettings:
    """The choices that count for one room.

    `check_in` is None where nobody has to check in; where the system keeps check-in
    itself, its own rules count instead. `presence` names the sensors that see people in
    the room. `exempt_long` leaves meetings alone that take more than two hours.
    """

    titles: Titles = Titles.HIDE_PRIVATE
    check_in: CheckInRules | None = None
    no_show: NoShow = NoShow.OFF
    exempt_long: bool = True
    presence: frozenset[str] = frozenset()
    default_duration: timedelta = timedelta(minutes=30)

    @property
    def attends(self) -> bool:
        """Whether somebody chose that it matters who comes."""
        return (
            self.check_in is not None
            or self.no_show is not NoShow.OFF
            or bool(self.presence)
        )

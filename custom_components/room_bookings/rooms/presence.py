"""Whether people are in a room, by sensors that may be silent, wrong or several."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Self

# A sensor that has said nothing for so long may be dead: it vouches for nobody's absence.
SILENT_AFTER: Final = timedelta(minutes=8)
# Who stays in the room for so long has come to its meeting, and does not just look in.
STAYED: Final = timedelta(minutes=2)


class Reading(StrEnum):
    """What a sensor says."""

    SOMEBODY = "somebody"
    NOBODY = "nobody"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """What one sensor says, and has said without a doubt between since `since` (UTC).

    `heard` is when it said so last; None for one whose silence means that nothing changed.
    """

    reading: Reading
    since: datetime
    heard: datetime | None

    def silent_at(self, now: datetime) -> bool:
        """Whether it may be dead."""
        return self.heard is not None and now - self.heard >= SILENT_AFTER


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """What all sensors of a room say.

    `seen_since` is since when at least one of them has seen somebody without a break,
    None while none does; `seen_until` is when the last of them stopped.
    """

    sensors: Mapping[str, Sensor] = field(default_factory=lambda: MappingProxyType({}))
    seen_since: datetime | None = None
    seen_until: datetime | None = None

    def told(
        self,
        name: str,
        reading: Reading,
        at: datetime,
        *,
        since: datetime | None = None,
        speaks_up: bool = True,
    ) -> Self:
        """What is known after a sensor has said something at `at` (UTC).

        `since` is since when it says so, where that is known from elsewhere. One that
        does not `speaks_up` from time to time is believed until it says otherwise.
        """
        before = self.sensors.get(name)
        doubtful = reading is Reading.NOBODY and before and before.silent_at(at)
        if before is not None and before.reading is reading and not doubtful:
            since = before.since
        sensor = Sensor(
            reading=reading, since=since or at, heard=at if speaks_up else None
        )
        known = replace(self, sensors=MappingProxyType({**self.sensors, name: sensor}))
        seeing = [
            s.since for s in known.sensors.values() if s.reading is Reading.SOMEBODY
        ]
        if seeing:
            return replace(known, seen_since=self.seen_since or min(seeing))
        if self.seen_since is not None:
            return replace(known, seen_since=None, seen_until=at)
        return known

    def seen_after(self, start: datetime) -> bool:
        """Whether anything has seen somebody at or after `start`."""
        return self.seen_since is not None or (
            self.seen_until is not None and self.seen_until >= start
        )

    def empty(self, start: datetime, now: datetime) -> bool:
        """Whether every sensor has vouched for an empty room, from `start` to `now`.

        Where there is no sensor at all, nothing speaks against it.
        """
        return all(
            sensor.reading is Reading.NOBODY
            and sensor.since <= start
            and not sensor.silent_at(now)
            for sensor in self.sensors.values()
        )

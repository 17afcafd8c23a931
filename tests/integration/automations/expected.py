"""What triggers have to say of one room, by the definition of each: an oracle.

It knows the room's calendar at each moment and whether Home Assistant listened, walks from
one moment at which anything can happen to the next, and shares no code with the integration.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

type Calendar = dict[str, tuple[datetime, datetime]]


@dataclass(slots=True)
class Expected:
    """See the module's docstring. Bookings go by their ids, turns of the room by nothing."""

    lead: timedelta
    now: datetime
    calendar: Calendar = field(default_factory=dict)
    said: list[tuple[str, str]] = field(default_factory=list)
    _running: Calendar = field(default_factory=dict)
    _announced: dict[str, datetime] = field(default_factory=dict)
    _busy: bool = False

    def pass_until(self, when: datetime) -> None:
        """Let time pass while Home Assistant listens."""
        moments = {
            moment
            for start, end in self.calendar.values()
            for moment in (start - self.lead, start, end)
            if self.now < moment <= when
        }
        for moment in sorted(moments):
            self.now = moment
            self._look()
        self.now = when

    def change(self, calendar: Calendar, when: datetime) -> None:
        """Somebody changes the calendar, and Home Assistant hears of it."""
        self.pass_until(when)
        before, self.calendar = self.calendar, calendar
        for id_, times in calendar.items():
            if id_ not in before:
                self.said.append(("booking_created", id_))
            elif before[id_] != times:
                self.said.append(("booking_changed", id_))
        for id_, (_, end) in before.items():
            if id_ not in calendar and id_ not in self._running and end > when:
                self.said.append(("booking_cancelled", id_))
        self._look()

    def away(self, calendar: Calendar, when: datetime) -> None:
        """Home Assistant did not listen from `now` to `when`, and finds this calendar."""
        since, self.now, self.calendar = self.now, when, calendar
        running = self._runs()
        began = {
            id_: times
            for id_, times in calendar.items()
            if id_ not in self._running and since < times[0] <= when
        }
        over = [
            (self._ended_at(id_), start, id_)
            for id_, (start, _) in self._running.items()
            if id_ not in running
        ]
        over += [
            (end, start, id_)
            for id_, (start, end) in began.items()
            if id_ not in running
        ]
        self.said += [("meeting_ended", id_) for *_, id_ in sorted(over)]
        self.said += [("meeting_started", id_) for id_ in _in_order(began)]
        self._running = running
        self._look()

    def _ended_at(self, id_: str) -> datetime:
        """When a meeting ended that ran before and does not now, as far as one can know."""
        start, end = self._running[id_]
        now_start, now_end = self.calendar.get(id_, (start, end))
        if end <= self.now and now_start == start and now_end <= self.now:
            return now_end
        return min(end, self.now)

    def _runs(self) -> Calendar:
        return {
            id_: (start, end)
            for id_, (start, end) in self.calendar.items()
            if start <= self.now < end
        }

    def _look(self) -> None:
        """Say what is true now and was not before."""
        running, before = self._runs(), self._running
        ended = {id_: before[id_] for id_ in before if id_ not in running}
        began = {id_: running[id_] for id_ in running if id_ not in before}
        self.said += [("meeting_ended", id_) for id_ in _in_order(ended)]
        self.said += [("meeting_started", id_) for id_ in _in_order(began)]
        self._running = running
        if self._busy != bool(running):
            self._busy = bool(running)
            self.said.append(("became_busy" if running else "became_free", ""))
        self._announce()

    def _announce(self) -> None:
        known = {i: at for i, at in self._announced.items() if i in self.calendar}
        for id_ in _in_order(self.calendar):
            start, _ = self.calendar[id_]
            due, said_at = start - self.lead, known.get(id_)
            if due <= self.now < start and (said_at is None or said_at < due):
                known[id_] = self.now
                self.said.append(("meeting_starting", id_))
        self._announced = known


def _in_order(calendar: Calendar) -> Iterable[str]:
    """By start, then id."""
    return sorted(calendar, key=lambda id_: (calendar[id_][0], id_))

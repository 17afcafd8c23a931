"""Announces the bookings of rooms some time before they begin: one timer for one trigger."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from homeassistant.core import CALLBACK_TYPE, CoreState, HomeAssistant, callback
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util

from ..rooms.booking import Booking, BookingId
from ..rooms.changes import LATE_AFTER
from ..rooms.lead import ahead
from ..rooms.timetable import Timetable
from ..rooms.view import Origin
from ..wakes import Wakes
from .announced import Announced, async_announced
from .targets import TargetedRooms


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """A booking that begins soon; `late` if nobody was there to say so in time."""

    entity_id: str
    booking: Booking
    origin: Origin
    late: bool


class LeadTime:
    """What one trigger has to announce.

    What was due already when somebody made the trigger is not announced. What came due while
    Home Assistant was down, or a room unknown, is, unless it has begun.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        target: ConfigType,
        lead: timedelta,
        announce: Callable[[Announcement], None],
    ) -> None:
        """Do nothing yet; `start` begins."""
        self._hass = hass
        self._lead = lead
        self._announce = announce
        self._rooms = TargetedRooms(hass, target, seen=self._look)
        self._made_at = dt_util.utcnow() if hass.state is CoreState.running else None
        self._announced: dict[str, dict[BookingId, datetime]] = {}
        self._present: set[str] = set()
        self._wakes = Wakes(hass, lambda calendar, _: self._look(calendar))
        self._store: Announced

    async def start(self) -> CALLBACK_TYPE:
        """Begin; returns how to stop."""
        self._store = await async_announced(self._hass)
        stop = await self._rooms.async_setup()

        @callback
        def stop_all() -> None:
            stop()
            self._wakes.clear()

        return stop_all

    @callback
    def _look(self, calendar: str) -> None:
        """Announce what is due in a room, and see when the next is."""
        room = self._rooms.live(calendar)
        if room is None or not room.hub.telling:
            self._present.discard(calendar)
            self._wakes.at(calendar, None)
            return
        now = dt_util.utcnow()
        timetable = room.coordinator.data.timetable
        was_away = calendar not in self._present
        self._present.add(calendar)
        known = self._announced.get(calendar)
        if known is None:
            known = self._announced_before(calendar, timetable, now)
        known = {b.id: known[b.id] for b in timetable if b.id in known}
        found = ahead(timetable, now, self._lead, known)
        self._announced[calendar] = known | {b.id: now for b in found.due}
        self._wakes.at(calendar, found.next_look)
        for booking in found.due:
            self._store.note(calendar, self._lead, booking, now)
            missed_by = now - (booking.start - self._lead)
            self._announce(
                Announcement(
                    entity_id=self._rooms.entity_id(calendar),
                    booking=booking,
                    origin=room.hub.origin(room.coordinator.room.id, booking),
                    late=was_away and missed_by > LATE_AFTER,
                )
            )

    def _announced_before(
        self, calendar: str, timetable: Timetable, now: datetime
    ) -> dict[BookingId, datetime]:
        """What of a room that is seen for the first time is not to be announced again."""
        if (made_at := self._made_at) is None:
            return self._store.known(calendar, self._lead)
        return {b.id: now for b in timetable if b.start - self._lead <= made_at}

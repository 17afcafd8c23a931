"""The calendar of a room."""

from datetime import date, datetime
from typing import Any, Final, override

from homeassistant.components.calendar import (
    DOMAIN as CALENDAR_DOMAIN,
    EVENT_DESCRIPTION,
    EVENT_END,
    EVENT_LOCATION,
    EVENT_RRULE,
    EVENT_START,
    EVENT_SUMMARY,
    CalendarEntity,
    CalendarEntityDescription,
    CalendarEntityFeature,
    CalendarEvent,
    CalendarEventStatus,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .coordinator import RoomCoordinator
from .entity import RoomEntities, RoomEntity
from .errors import translated
from .hub import Hub, RoomsConfigEntry
from .rooms.booking import Booking, BookingId
from .rooms.errors import NotSupportedError
from .rooms.room import Verb
from .rooms.series import Scope

PARALLEL_UPDATES = 0

_CALENDAR: Final = CalendarEntityDescription(key="bookings", translation_key="bookings")
_THIS_AND_FUTURE: Final = "THISANDFUTURE"
_FEATURES: Final = {
    Verb.BOOK: CalendarEntityFeature.CREATE_EVENT,
    Verb.DELETE: CalendarEntityFeature.DELETE_EVENT,
    Verb.RESCHEDULE: CalendarEntityFeature.UPDATE_EVENT,
}


async def async_setup_entry(
    hass: HomeAssistant,
    entry: RoomsConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add a calendar for each room."""
    RoomEntities(hass, CALENDAR_DOMAIN, (_CALENDAR,)).follow(
        entry, async_add_entities, RoomCalendar
    )


class RoomCalendar(RoomEntity, CalendarEntity):
    """The bookings of a room; the actions of this integration target it."""

    # The calendar is what a room is in Home Assistant: it bears the room's name.
    _attr_name = None

    def __init__(
        self,
        hub: Hub,
        coordinator: RoomCoordinator,
        description: CalendarEntityDescription,
    ) -> None:
        """Show a room as a calendar."""
        super().__init__(hub, coordinator, description)
        self._events: dict[Booking, CalendarEvent] = {}

    @property
    @override
    def supported_features(self) -> CalendarEntityFeature:
        """What can be done in the calendar dialog."""
        features = CalendarEntityFeature(0)
        for verb in self.view.room.verbs:
            features |= _FEATURES.get(verb, CalendarEntityFeature(0))
        return features

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """The current or next booking, as of now."""
        state = self.view.state_at(dt_util.utcnow())
        booking = state.current or state.next
        return self._as_event(booking) if booking is not None else None

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """The bookings that share any time with [start_date, end_date)."""
        with translated(self.view.room.name):
            found = await self.hub.bookings(
                self.coordinator, dt_util.as_utc(start_date), dt_util.as_utc(end_date)
            )
        return [self._as_event(booking) for booking in found]

    @override
    async def async_create_event(self, **kwargs: Any) -> None:
        """Book the room."""
        with translated(self.view.room.name):
            for field in (EVENT_DESCRIPTION, EVENT_LOCATION):
                if kwargs.get(field):
                    raise NotSupportedError(field)
            verbs, keeper = self.hub.verbs, self.coordinator.keeper
            start, end = _local(kwargs[EVENT_START]), _local(kwargs[EVENT_END])
            title = kwargs[EVENT_SUMMARY]
            if rule := kwargs.get(EVENT_RRULE):
                await verbs.book_series(
                    keeper, rule=rule, start=start, end=end, title=title
                )
            else:
                await verbs.book(
                    keeper, start=start, end=end, duration=end - start, title=title
                )

    @override
    async def async_delete_event(
        self,
        uid: str,
        recurrence_id: str | None = None,
        recurrence_range: str | None = None,
    ) -> None:
        """Delete a booking, or as much of its series as the dialog says."""
        with translated(self.view.room.name):
            await self.hub.verbs.delete(
                self.coordinator.keeper,
                BookingId(uid),
                _scope(recurrence_id, recurrence_range),
            )

    @override
    async def async_update_event(
        self,
        uid: str,
        event: dict[str, Any],
        recurrence_id: str | None = None,
        recurrence_range: str | None = None,
    ) -> None:
        """Change the times or title of a booking, or of as much of its series as meant."""
        with translated(self.view.room.name):
            for field in (EVENT_DESCRIPTION, EVENT_LOCATION, EVENT_RRULE):
                if event.get(field):
                    raise NotSupportedError(field)
            shown = await self.hub.booking(self.coordinator, BookingId(uid))
            title = event[EVENT_SUMMARY]
            await self.hub.verbs.reschedule(
                self.coordinator.keeper,
                BookingId(uid),
                start=_local(event[EVENT_START]),
                end=_local(event[EVENT_END]),
                # A masked title that comes back unchanged is not meant as the title.
                title=None if shown is not None and shown.title == title else title,
                scope=_scope(recurrence_id, recurrence_range),
            )

    def _as_event(self, booking: Booking) -> CalendarEvent:
        """Building an event validates it, which costs more than all the rest: once each."""
        if (event := self._events.get(booking)) is None:
            known = set(self.view.timetable)
            self._events = {b: e for b, e in self._events.items() if b in known}
            event = self._events[booking] = CalendarEvent(
                start=dt_util.as_local(booking.start),
                end=dt_util.as_local(booking.end),
                summary=booking.title,
                uid=booking.id,
                recurrence_id=booking.id if booking.series is not None else None,
                status=CalendarEventStatus(booking.status.value),
            )
        return event


def _scope(recurrence_id: str | None, recurrence_range: str | None) -> Scope:
    """How much of a series is meant; every booking has an id of its own here."""
    if recurrence_range == _THIS_AND_FUTURE:
        return Scope.FUTURE
    return Scope.ONE if recurrence_id else Scope.ALL


def _local(when: date | datetime) -> datetime:
    """A time as the dialog gives it, in the local zone: a day means its midnight."""
    if isinstance(when, datetime):
        return dt_util.as_local(when)
    return dt_util.start_of_local_day(when)

"""Looking for rooms in what the hubs know: no system is asked anything."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import async_get_platforms
from homeassistant.util import dt as dt_util

from .calendar import RoomCalendar
from .const import DEFAULT_DURATION, DOMAIN, HORIZON
from .rooms.booking import whole_second
from .rooms.errors import EndsBeforeStartError, InThePastError
from .rooms.finding import Candidate, Fit, fitting

# Whoever asks for now may have needed a while to ask.
_NOW_TOLERANCE: Final = timedelta(minutes=1)
_DEFAULT_DURATION: Final = timedelta(minutes=DEFAULT_DURATION)


def room_calendars(hass: HomeAssistant) -> dict[str, RoomCalendar]:
    """All rooms of all loaded entries, by entity id."""
    return {
        entity_id: entity
        for platform in async_get_platforms(hass, DOMAIN)
        for entity_id, entity in platform.entities.items()
        if isinstance(entity, RoomCalendar)
    }


def shown_name(calendar: RoomCalendar) -> str:
    """What people call the room: its name in Home Assistant."""
    state = calendar.hass.states.get(calendar.entity_id)
    return calendar.view.room.name if state is None else state.name


def free_rooms(
    calendars: Iterable[RoomCalendar],
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    duration: timedelta | None = None,
    capacity: int | None = None,
) -> list[Fit[RoomCalendar]]:
    """The rooms that are free then, the best fit first; times in UTC.

    Without a start it is from now on; with neither end nor duration for as long as a
    booking of the room's entry lasts by default. Raises EndsBeforeStartError,
    InThePastError, or ServiceValidationError for what rooms do not hold yet.
    """
    now = dt_util.utcnow()
    begin = whole_second(start or now)
    if begin < now - _NOW_TOLERANCE:
        raise InThePastError
    usual = _DEFAULT_DURATION if duration is None else duration
    _check(begin, begin + usual if end is None else end, now)
    return fitting(_candidates(calendars, now, begin, end, duration), capacity)


def _check(begin: datetime, end: datetime, now: datetime) -> None:
    if end <= begin:
        raise EndsBeforeStartError
    if end <= now:
        raise InThePastError
    if end > now + HORIZON:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="too_far_ahead",
            translation_placeholders={"days": str(HORIZON.days)},
        )


def _candidates(
    calendars: Iterable[RoomCalendar],
    now: datetime,
    begin: datetime,
    end: datetime | None,
    duration: timedelta | None,
) -> Iterator[Candidate[RoomCalendar]]:
    for calendar in calendars:
        view = calendar.view
        finish = end or begin + (
            calendar.coordinator.keeper.settings.default_duration
            if duration is None
            else duration
        )
        if not calendar.available or finish > calendar.coordinator.keeper.horizon:
            continue
        yield Candidate(
            ref=calendar,
            name=shown_name(calendar),
            capacity=view.room.capacity,
            timetable=view.timetable,
            rules=view.rules,
            availability=view.state_at(now).availability,
            now=now,
            start=begin,
            end=finish,
        )

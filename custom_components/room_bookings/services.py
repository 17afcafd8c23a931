"""The actions: what people and automations can do, for any room."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import voluptuous as vol

from homeassistant.components.calendar import DOMAIN as CALENDAR_DOMAIN
from homeassistant.const import (
    ATTR_AREA_ID,
    ATTR_ENTITY_ID,
    ATTR_FLOOR_ID,
    ATTR_LABEL_ID,
    ATTR_NAME,
)
from homeassistant.core import (
    EntityServiceResponse,
    HassJob,
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError, ServiceNotSupported
from homeassistant.helpers import (
    config_validation as cv,
    entity_registry as er,
    service,
    target,
)
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.typing import VolDictType
from homeassistant.util import dt as dt_util

from .calendar import RoomCalendar
from .const import DEFAULT_EXTENSION, DOMAIN, LOGGER
from .errors import translate, translated
from .rooms.booking import Booking, BookingId
from .rooms.errors import EndsBeforeStartError, UnreachableError
from .rooms.view import booking_data
from .search import free_rooms, room_calendars
from .voice import rooms_meant, status

SERVICE_BOOK: Final = "book"
SERVICE_CHECK_IN: Final = "check_in"
SERVICE_DELETE: Final = "delete"
SERVICE_END_MEETING: Final = "end_meeting"
SERVICE_EXTEND: Final = "extend"
SERVICE_FIND_ROOM: Final = "find_room"
SERVICE_GET_BOOKINGS: Final = "get_bookings"
SERVICE_RESCHEDULE: Final = "reschedule"
SERVICE_SYNC: Final = "sync"
SERVICE_WHICH_ROOM: Final = "which_room"

ATTR_ASSISTANT: Final = "assistant"
ATTR_BOOKING_ID: Final = "booking_id"
ATTR_CAPACITY: Final = "capacity"
ATTR_DURATION: Final = "duration"
ATTR_END: Final = "end"
ATTR_LIMIT: Final = "limit"
ATTR_ORGANIZER_EMAIL: Final = "organizer_email"
ATTR_ORGANIZER_NAME: Final = "organizer_name"
ATTR_PRIVATE: Final = "private"
ATTR_START: Final = "start"
ATTR_TITLE: Final = "title"

# What Home Assistant calls its own voice assistant where entities are exposed to it.
CONVERSATION_DOMAIN: Final = "conversation"

_DEFAULT_WINDOW: Final = timedelta(hours=24)

_WHEN: Final[VolDictType] = {
    vol.Optional(ATTR_START): cv.datetime,
    vol.Exclusive(ATTR_END, "length"): cv.datetime,
    vol.Exclusive(ATTR_DURATION, "length"): cv.positive_time_period,
}
# What only some systems can do with a booking; the others refuse it.
_EXTRAS: Final[VolDictType] = {
    vol.Optional("conference_type"): cv.string,
    vol.Optional("participants"): vol.All(cv.ensure_list, [dict]),
    vol.Optional("dial_string"): cv.string,
    vol.Optional("pin"): cv.string,
    vol.Optional("record"): cv.boolean,
    vol.Optional("send_confirmation"): cv.boolean,
}
_BOOK: Final[VolDictType] = {
    **_EXTRAS,
    **_WHEN,
    vol.Optional(ATTR_TITLE, default=""): cv.string,
    vol.Optional(ATTR_ORGANIZER_NAME, default=""): cv.string,
    vol.Optional(ATTR_ORGANIZER_EMAIL, default=""): cv.string,
    vol.Optional(ATTR_PRIVATE, default=False): cv.boolean,
}
_DELETE: Final[VolDictType] = {vol.Required(ATTR_BOOKING_ID): cv.string}
_CHECK_IN: Final[VolDictType] = {vol.Optional(ATTR_BOOKING_ID): cv.string}
_END: Final[VolDictType] = {
    vol.Optional("notify"): cv.boolean,
    vol.Optional("comment"): cv.string,
}
_EXTEND: Final[VolDictType] = {
    vol.Optional(ATTR_DURATION, default=DEFAULT_EXTENSION): cv.positive_time_period
}
_RESCHEDULE: Final[VolDictType] = {
    vol.Required(ATTR_BOOKING_ID): cv.string,
    vol.Optional(ATTR_START): cv.datetime,
    vol.Optional(ATTR_END): cv.datetime,
    vol.Optional(ATTR_TITLE): cv.string,
}
_PLACES: Final = (ATTR_AREA_ID, ATTR_FLOOR_ID, ATTR_LABEL_ID)
_FIND_ROOM: Final = vol.Schema(
    {
        **_WHEN,
        **{vol.Optional(key): vol.All(cv.ensure_list, [cv.string]) for key in _PLACES},
        vol.Optional(ATTR_CAPACITY): cv.positive_int,
        vol.Optional(ATTR_LIMIT): vol.All(vol.Coerce(int), vol.Range(min=1)),
    }
)
_WHICH_ROOM: Final = vol.Schema(
    {
        vol.Optional(ATTR_NAME): vol.Maybe(cv.string),
        vol.Optional(ATTR_AREA_ID): vol.Maybe(cv.string),
        vol.Optional(ATTR_ASSISTANT, default=CONVERSATION_DOMAIN): cv.string,
    }
)

type Action = Callable[
    [RoomCalendar, ServiceCall], Coroutine[Any, Any, dict[str, Any] | None]
]


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register every action; each targets the calendars of rooms."""
    _register_book(hass)
    _register(hass, SERVICE_CHECK_IN, _CHECK_IN, _check_in, SupportsResponse.OPTIONAL)
    _register(hass, SERVICE_DELETE, _DELETE, _delete, SupportsResponse.OPTIONAL)
    _register(hass, SERVICE_END_MEETING, _END, _end_meeting, SupportsResponse.OPTIONAL)
    _register(hass, SERVICE_EXTEND, _EXTEND, _extend, SupportsResponse.OPTIONAL)
    _register_query(hass, SERVICE_FIND_ROOM, _FIND_ROOM, _find_room)
    _register(hass, SERVICE_GET_BOOKINGS, _WHEN, _get_bookings, SupportsResponse.ONLY)
    _register(
        hass, SERVICE_RESCHEDULE, _RESCHEDULE, _reschedule, SupportsResponse.OPTIONAL
    )
    _register(hass, SERVICE_SYNC, {}, _sync, SupportsResponse.NONE)
    _register_query(hass, SERVICE_WHICH_ROOM, _WHICH_ROOM, _which_room)


def _register(
    hass: HomeAssistant,
    name: str,
    schema: VolDictType,
    action: Action,
    response: SupportsResponse,
) -> None:
    job = HassJob(action, f"{DOMAIN}.{name}")

    async def handle(call: ServiceCall) -> EntityServiceResponse | None:
        calendars = room_calendars(hass)
        _refuse_unavailable(calendars, call)
        return await service.entity_service_call(hass, calendars, job, call)

    hass.services.async_register(
        DOMAIN, name, handle, cv.make_entity_service_schema(schema), response
    )


def _register_book(hass: HomeAssistant) -> None:
    """Booking looks at all rooms of a call: some systems make one booking of them."""

    async def handle(call: ServiceCall) -> EntityServiceResponse | None:
        calendars = room_calendars(hass)
        _refuse_unavailable(calendars, call)
        return await service.batched_entity_service_call(
            hass, calendars, _book_all, call
        )

    hass.services.async_register(
        DOMAIN,
        SERVICE_BOOK,
        handle,
        cv.make_entity_service_schema(_BOOK),
        SupportsResponse.OPTIONAL,
    )


def _register_query(
    hass: HomeAssistant,
    name: str,
    schema: vol.Schema,
    query: Callable[[ServiceCall], dict[str, Any]],
) -> None:
    """Who looks for a room cannot name it: there is no target."""

    async def handle(call: ServiceCall) -> ServiceResponse:
        return query(call)

    hass.services.async_register(DOMAIN, name, handle, schema, SupportsResponse.ONLY)


def _refuse_unavailable(
    calendars: Mapping[str, RoomCalendar], call: ServiceCall
) -> None:
    """Home Assistant passes over what is not there; a verb that does nothing must say so."""
    selected = target.async_extract_referenced_entity_ids(
        call.hass, target.TargetSelection(call.data)
    )
    for entity_id in sorted(selected.referenced - calendars.keys()):
        raise _no_room(call, entity_id)
    named = [calendars[e] for e in selected.referenced]
    meant = named + [
        calendars[e] for e in selected.indirectly_referenced if e in calendars
    ]
    lost = [calendar for calendar in named if not calendar.available]
    if not lost and meant and not any(calendar.available for calendar in meant):
        lost = meant
    if lost:
        raise translate(UnreachableError(), lost[0].view.room.name)
    if not meant:
        for entity_id in sorted(selected.indirectly_referenced):
            if (room := _not_loaded(call.hass, entity_id)) is not None:
                raise translate(UnreachableError(), room)


def _no_room(call: ServiceCall, entity_id: str) -> HomeAssistantError:
    """Why a named target is no room: its entry is not loaded, or it is something else."""
    if (room := _not_loaded(call.hass, entity_id)) is not None:
        return translate(UnreachableError(), room)
    return ServiceNotSupported(call.domain, call.service, entity_id)


def _not_loaded(hass: HomeAssistant, entity_id: str) -> str | None:
    """The name of a room of which only the calendar's last state is there."""
    entry = er.async_get(hass).async_get(entity_id)
    state = hass.states.get(entity_id)
    if (
        entry is None
        or state is None
        or (entry.platform, entry.domain) != (DOMAIN, CALENDAR_DOMAIN)
    ):
        return None
    return state.name


def _utc(data: Mapping[str, Any], key: str) -> datetime | None:
    """A time of the call in UTC; without a zone it is Home Assistant's local time."""
    when: datetime | None = data.get(key)
    return dt_util.as_utc(when) if when is not None else None


async def _book_all(
    calendars: Sequence[Entity], call: ServiceCall
) -> EntityServiceResponse:
    """Book all rooms: together where their system makes one booking of them."""
    joined: dict[int, list[RoomCalendar]] = {}
    for calendar in calendars:
        assert isinstance(calendar, RoomCalendar)
        together = calendar.hub.backend.traits.joins_rooms
        key = id(calendar.hub if together else calendar)
        joined.setdefault(key, []).append(calendar)
        calendar.async_set_context(call.context)
    groups = list(joined.values())
    # All are waited for, also when one fails: what was booked is booked.
    results = await asyncio.gather(
        *(_book(group, call) for group in groups), return_exceptions=True
    )
    response: EntityServiceResponse = {}
    for group, result in zip(groups, results, strict=True):
        if isinstance(result, BaseException):
            raise result
        response |= {
            calendar.entity_id: _booked(calendar, result) for calendar in group
        }
    return response


async def _book(group: Sequence[RoomCalendar], call: ServiceCall) -> Booking:
    """Make one booking; answers when the system has confirmed it."""
    hub = group[0].hub
    usual = group[0].coordinator.keeper.settings.default_duration
    with translated(", ".join(calendar.view.room.name for calendar in group)):
        return await hub.verbs.book(
            *(calendar.coordinator.keeper for calendar in group),
            start=_utc(call.data, ATTR_START),
            end=_utc(call.data, ATTR_END),
            duration=call.data.get(ATTR_DURATION, usual),
            title=call.data[ATTR_TITLE],
            organizer_name=call.data[ATTR_ORGANIZER_NAME],
            organizer_email=call.data[ATTR_ORGANIZER_EMAIL],
            private=call.data[ATTR_PRIVATE],
            extras={str(k): call.data[str(k)] for k in _EXTRAS if k in call.data},
        )


def _booked(calendar: RoomCalendar, booking: Booking) -> dict[str, Any]:
    data = booking_data(calendar.coordinator.keeper.shown(booking))
    return {
        key: data[key] for key in (ATTR_BOOKING_ID, ATTR_TITLE, ATTR_START, ATTR_END)
    }


async def _delete(calendar: RoomCalendar, call: ServiceCall) -> dict[str, Any]:
    """Delete a booking; answers when the system no longer holds it."""
    with translated(calendar.view.room.name):
        booking = await calendar.hub.verbs.delete(
            calendar.coordinator.keeper, BookingId(call.data[ATTR_BOOKING_ID])
        )
    return {ATTR_BOOKING_ID: booking.id}


async def _end_meeting(calendar: RoomCalendar, call: ServiceCall) -> dict[str, Any]:
    """End the running meeting."""
    with translated(calendar.view.room.name):
        ended = await calendar.hub.verbs.end_meeting(
            calendar.coordinator.keeper,
            {str(key): call.data[str(key)] for key in _END if key in call.data},
        )
    booking, ended_at, method = ended
    return {
        ATTR_BOOKING_ID: booking.id,
        "ended_at": ended_at.isoformat(),
        "method": method.value,
    }


async def _extend(calendar: RoomCalendar, call: ServiceCall) -> dict[str, Any]:
    """Let the running meeting end later."""
    with translated(calendar.view.room.name):
        booking = await calendar.hub.verbs.extend(
            calendar.coordinator.keeper, call.data[ATTR_DURATION]
        )
    return {ATTR_BOOKING_ID: booking.id, ATTR_END: booking.end.isoformat()}


async def _reschedule(calendar: RoomCalendar, call: ServiceCall) -> dict[str, Any]:
    """Change a booking's times or title."""
    with translated(calendar.view.room.name):
        booking = await calendar.hub.verbs.reschedule(
            calendar.coordinator.keeper,
            BookingId(call.data[ATTR_BOOKING_ID]),
            start=_utc(call.data, ATTR_START),
            end=_utc(call.data, ATTR_END),
            title=call.data.get(ATTR_TITLE),
        )
    return dict(booking_data(calendar.coordinator.keeper.shown(booking)))


async def _check_in(calendar: RoomCalendar, call: ServiceCall) -> dict[str, Any]:
    """Say that somebody came."""
    booking_id = call.data.get(ATTR_BOOKING_ID)
    with translated(calendar.view.room.name):
        booking = await calendar.hub.verbs.check_in(
            calendar.coordinator.keeper, booking_id and BookingId(booking_id)
        )
    return {ATTR_BOOKING_ID: booking.id}


def _find_room(call: ServiceCall) -> dict[str, Any]:
    """The rooms that are free, the best fit first."""
    with translated(""):
        found = free_rooms(
            _in_places(room_calendars(call.hass), call),
            start=_utc(call.data, ATTR_START),
            end=_utc(call.data, ATTR_END),
            duration=call.data.get(ATTR_DURATION),
            capacity=call.data.get(ATTR_CAPACITY),
        )
    return {
        "rooms": [
            {
                ATTR_ENTITY_ID: fit.ref.entity_id,
                ATTR_NAME: fit.name,
                ATTR_CAPACITY: fit.capacity,
                "free_until": fit.free_until and fit.free_until.isoformat(),
            }
            for fit in found[: call.data.get(ATTR_LIMIT)]
        ]
    }


def _in_places(
    calendars: Mapping[str, RoomCalendar], call: ServiceCall
) -> list[RoomCalendar]:
    """The rooms in any of the areas, on any of the floors and with any of the labels."""
    meant = set(calendars)
    for key in _PLACES:
        if key in call.data:
            selected = target.async_extract_referenced_entity_ids(
                call.hass, target.TargetSelection({key: call.data[key]})
            )
            selected.log_missing(set(), LOGGER)
            meant &= selected.referenced | selected.indirectly_referenced
    return [calendars[entity_id] for entity_id in meant]


def _which_room(call: ServiceCall) -> dict[str, Any]:
    """The rooms that somebody may mean who speaks, and what they show."""
    meant = rooms_meant(
        call.hass,
        call.data[ATTR_ASSISTANT],
        name=call.data.get(ATTR_NAME),
        area=call.data.get(ATTR_AREA_ID),
    )
    return {"rooms": [status(calendar) for calendar in meant]}


async def _get_bookings(calendar: RoomCalendar, call: ServiceCall) -> dict[str, Any]:
    """The bookings in a window, by default of the next 24 hours."""
    start = _utc(call.data, ATTR_START) or dt_util.utcnow()
    end = _utc(call.data, ATTR_END) or start + call.data.get(
        ATTR_DURATION, _DEFAULT_WINDOW
    )
    with translated(calendar.view.room.name):
        if end <= start:
            raise EndsBeforeStartError
        found = await calendar.hub.bookings(calendar.coordinator, start, end)
    return {"bookings": [booking_data(booking) for booking in found]}


async def _sync(calendar: RoomCalendar, call: ServiceCall) -> None:
    """List the room anew."""
    with translated(calendar.view.room.name):
        await calendar.coordinator.keeper.listed()

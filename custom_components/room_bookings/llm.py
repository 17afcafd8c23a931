"""What a language model may ask of rooms and do to them, for those who speak to it."""

from abc import abstractmethod
from datetime import datetime, timedelta
from typing import Any, Final, override

import voluptuous as vol

from homeassistant.components.llm import LLMTools
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.llm import (
    LLM_API_ASSIST,
    LLMContext,
    Tool,
    ToolAnnotations,
    ToolInput,
    ToolResult,
    async_get_match_preferences,
)
from homeassistant.helpers.selector import DateTimeSelector
from homeassistant.util import dt as dt_util

from .calendar import RoomCalendar
from .const import DOMAIN
from .errors import translated
from .rooms.finding import Fit
from .rooms.privacy import BOOKED, PRIVATE
from .rooms.state import Availability, RoomState
from .search import free_rooms, shown_name
from .services import SERVICE_BOOK, SERVICE_END_MEETING
from .voice import exposed_rooms, rooms_meant

# A person who is told more names forgets the first.
_NAMES_SPOKEN: Final = 3
_A_WEEK: Final = timedelta(days=6)

_ROOM: Final = vol.Optional(
    "room",
    description="Name of the room; leave out for the room in which the speaker is",
)
_START: Final = vol.Optional(
    "start", description="Local time of the start; default now"
)
_MINUTES: Final = vol.Optional("minutes", description="How long, in minutes")
_COUNT: Final = vol.All(vol.Coerce(int), vol.Range(min=1))


class _UnclearError(Exception):
    """The speaker has to say more; the message is what to tell him."""


@callback
def async_get_tools(
    hass: HomeAssistant, llm_context: LLMContext, api_id: str
) -> LLMTools | None:
    """The tools, where a room is exposed to the assistant that asks."""
    if api_id != LLM_API_ASSIST or not exposed_rooms(hass, llm_context.assistant):
        return None
    return LLMTools(
        tools=[FindFreeRoomTool(), RoomStatusTool(), BookRoomTool(), EndMeetingTool()]
    )


class RoomTool(Tool):
    """A tool whose result bears an answer that a person would give."""

    integration = DOMAIN

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext
    ) -> ToolResult:
        """Do it; what goes wrong is told in the words that people get to read."""
        data = self.parameters(tool_input.tool_args)
        try:
            return ToolResult(data=await self._answer(hass, data, llm_context))
        except (HomeAssistantError, _UnclearError) as error:
            return ToolResult(data={"error": str(error)}, error=True)

    @abstractmethod
    async def _answer(
        self, hass: HomeAssistant, data: dict[str, Any], llm_context: LLMContext
    ) -> dict[str, Any]:
        """Do it; raises HomeAssistantError or _UnclearError."""


class FindFreeRoomTool(RoomTool):
    """Look for a room."""

    name = f"{DOMAIN}__find_free_room"
    title = "Find a free meeting room"
    description = (
        "Finds meeting rooms that are free, best fit first. "
        "Does not book: use the name of a room found to book it."
    )
    annotations = ToolAnnotations(
        read_only=True, destructive=False, idempotent=True, open_world=False
    )
    parameters = vol.Schema(
        {
            vol.Optional("people", description="How many have to fit in"): _COUNT,
            _START: DateTimeSelector(),
            _MINUTES: _COUNT,
            vol.Optional("area", description="Name of the area to look in"): cv.string,
        }
    )

    @override
    async def _answer(
        self, hass: HomeAssistant, data: dict[str, Any], llm_context: LLMContext
    ) -> dict[str, Any]:
        area = data.get("area")
        if not (rooms := rooms_meant(hass, llm_context.assistant, area=area)):
            raise _UnclearError(f"There is no room in {area}")
        with translated(""):
            found = free_rooms(
                rooms,
                start=_start(data),
                duration=_duration(data),
                capacity=data.get("people"),
            )
        return {
            "answer": _found(found, data.get("people")),
            "rooms": [
                {
                    "name": fit.name,
                    "capacity": fit.capacity,
                    "free_until": _local(fit.free_until),
                }
                for fit in found[:_NAMES_SPOKEN]
            ],
        }


class RoomStatusTool(RoomTool):
    """Look at a room."""

    name = f"{DOMAIN}__room_status"
    title = "Look at a meeting room"
    description = "Tells whether a meeting room is free now, and until when."
    annotations = ToolAnnotations(
        read_only=True, destructive=False, idempotent=True, open_world=False
    )
    parameters = vol.Schema({_ROOM: cv.string})

    @override
    async def _answer(
        self, hass: HomeAssistant, data: dict[str, Any], llm_context: LLMContext
    ) -> dict[str, Any]:
        calendar = _room(hass, data, llm_context)
        room = shown_name(calendar)
        if not calendar.available:
            raise _UnclearError(f"The booking system of {room} cannot be reached")
        state = calendar.view.state_at(dt_util.utcnow())
        return {
            "answer": _said(room, state),
            "room": room,
            "availability": state.availability.value,
            "until": _local(state.until),
            "next_start": _local(state.next.start if state.next else None),
        }


class BookRoomTool(RoomTool):
    """Book a room."""

    name = f"{DOMAIN}__book_room"
    title = "Book a meeting room"
    description = (
        "Books a meeting room. The booking is made only if the answer says so; "
        "if it says that it was not confirmed, do not try again."
    )
    annotations = ToolAnnotations(destructive=False)
    parameters = vol.Schema(
        {
            _ROOM: cv.string,
            _START: DateTimeSelector(),
            _MINUTES: _COUNT,
            vol.Optional("title", description="What the meeting is about"): cv.string,
        }
    )

    @override
    async def _answer(
        self, hass: HomeAssistant, data: dict[str, Any], llm_context: LLMContext
    ) -> dict[str, Any]:
        wish = {
            "start": _start(data),
            "duration": _duration(data),
            "title": data.get("title"),
        }
        calendar = _room(hass, data, llm_context)
        booked = await _act(hass, SERVICE_BOOK, calendar, llm_context, wish)
        start, end = (datetime.fromisoformat(booked[key]) for key in ("start", "end"))
        room = shown_name(calendar)
        return {
            "answer": f"{room} is booked from {_clock(start)} to {_clock(end)}.",
            "room": room,
            "start": _local(start),
            "end": _local(end),
        }


class EndMeetingTool(RoomTool):
    """End a meeting."""

    name = f"{DOMAIN}__end_meeting"
    title = "End the meeting in a meeting room"
    description = "Ends the meeting that runs in a meeting room, which is free then."
    annotations = ToolAnnotations()
    parameters = vol.Schema({_ROOM: cv.string})

    @override
    async def _answer(
        self, hass: HomeAssistant, data: dict[str, Any], llm_context: LLMContext
    ) -> dict[str, Any]:
        calendar = _room(hass, data, llm_context)
        await _act(hass, SERVICE_END_MEETING, calendar, llm_context, {})
        room = shown_name(calendar)
        return {"answer": f"The meeting in {room} has ended.", "room": room}


async def _act(
    hass: HomeAssistant,
    action: str,
    calendar: RoomCalendar,
    llm_context: LLMContext,
    wish: dict[str, Any],
) -> dict[str, Any]:
    """Call an action for the speaker; its answer for the room."""
    answer: Any = await hass.services.async_call(
        DOMAIN,
        action,
        {key: value for key, value in wish.items() if value is not None},
        target={"entity_id": calendar.entity_id},
        context=llm_context.context,
        blocking=True,
        return_response=True,
    )
    room_answer: dict[str, Any] = answer[calendar.entity_id]
    return room_answer


def _room(
    hass: HomeAssistant, data: dict[str, Any], llm_context: LLMContext
) -> RoomCalendar:
    """The one room that is meant; raises _UnclearError."""
    name = data.get("room")
    here = async_get_match_preferences(hass, llm_context).area_id
    meant = rooms_meant(hass, llm_context.assistant, name=name, area=here)
    if len(meant) == 1:
        return meant[0]
    known = sorted(map(shown_name, meant or exposed_rooms(hass, llm_context.assistant)))
    if name and not meant:
        raise _UnclearError(f"There is no room {name}. There is {_some(known)}")
    raise _UnclearError(f"Which room? There is {_some(known)}")


def _start(data: dict[str, Any]) -> datetime | None:
    """When it shall start, in UTC; without a zone it is Home Assistant's local time."""
    return dt_util.as_utc(cv.datetime(data["start"])) if "start" in data else None


def _duration(data: dict[str, Any]) -> timedelta | None:
    return timedelta(minutes=data["minutes"]) if "minutes" in data else None


# How people say it


def _found(found: list[Fit[RoomCalendar]], people: int | None) -> str:
    if not found:
        return (
            f"No room for {people} is free then." if people else "No room is free then."
        )
    best, *others = found
    answer = f"{best.name} is free{_until(best.free_until)}"
    if best.capacity is not None:
        answer += f" and has room for {best.capacity}"
    if others:
        answer += f". Also free: {_some([fit.name for fit in others])}"
    return f"{answer}."


def _said(room: str, state: RoomState) -> str:
    if state.availability is Availability.FREE:
        return f"{room} is free{_until(state.until)}."
    if state.availability is Availability.PENDING:
        return f"{room} is waiting for somebody to check in."
    title = state.current.title if state.current is not None else BOOKED
    told = "" if title in (BOOKED, PRIVATE) else f": {title}"
    return f"{room} is taken{_until(state.until)}{told}."


def _until(when: datetime | None) -> str:
    return "" if when is None else f" until {_clock(when)}"


def _some(names: list[str]) -> str:
    """As many names as one remembers."""
    spoken, more = names[:_NAMES_SPOKEN], len(names) - _NAMES_SPOKEN
    if more > 0:
        spoken = [*spoken, f"{more} more"]
    *first, last = spoken
    return f"{', '.join(first)} and {last}" if first else last


def _clock(when: datetime) -> str:
    """A time as people say it, in the local zone: with its day if that is not today."""
    local, today = dt_util.as_local(when), dt_util.now().date()
    ahead = local.date() - today
    if not ahead:
        return f"{local:%H:%M}"
    return f"{local:%A %H:%M}" if ahead <= _A_WEEK else f"{local:%-d %B %H:%M}"


def _local(when: datetime | None) -> str | None:
    return None if when is None else dt_util.as_local(when).isoformat()

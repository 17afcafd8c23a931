"""What Home Assistant's entities say about people in a room."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Final

from homeassistant.components.device_tracker import DOMAIN as DEVICE_TRACKER_DOMAIN
from homeassistant.components.person import DOMAIN as PERSON_DOMAIN
from homeassistant.const import (
    STATE_HOME,
    STATE_NOT_HOME,
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    EventStateReportedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers.event import (
    async_track_state_change_event,
    async_track_state_report_event,
)
from homeassistant.util import dt as dt_util

from .rooms.presence import Reading

_WORDS: Final = {
    STATE_ON: Reading.SOMEBODY,
    STATE_HOME: Reading.SOMEBODY,
    STATE_OFF: Reading.NOBODY,
    STATE_NOT_HOME: Reading.NOBODY,
    STATE_UNAVAILABLE: Reading.UNKNOWN,
    STATE_UNKNOWN: Reading.UNKNOWN,
}
# Who is in some zone is not here, whatever the zone is called.
_WHEREABOUTS: Final = (DEVICE_TRACKER_DOMAIN, PERSON_DOMAIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What an entity says at `at`, and has said since `since` (UTC)."""

    entity_id: str
    reading: Reading
    at: datetime
    since: datetime | None = None


def reading_of(state: State | None) -> Reading:
    """Whether an entity sees somebody: it is on or home, or counts more than none."""
    if state is None:
        return Reading.UNKNOWN
    if (known := _WORDS.get(state.state)) is not None:
        return known
    if state.domain in _WHEREABOUTS:
        return Reading.NOBODY
    try:
        count = float(state.state)
    except ValueError:
        return Reading.UNKNOWN
    if not isfinite(count):
        return Reading.UNKNOWN
    return Reading.SOMEBODY if count > 0 else Reading.NOBODY


@callback
def async_follow(
    hass: HomeAssistant, entity_ids: Collection[str], hear: Callable[[Heard], None]
) -> CALLBACK_TYPE:
    """Hand over what entities say now, and whenever they say something; returns how to stop."""

    @callback
    def changed(event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        at = state.last_updated if state is not None else dt_util.utcnow()
        hear(Heard(entity_id=event.data["entity_id"], reading=reading_of(state), at=at))

    @callback
    def reported(event: Event[EventStateReportedData]) -> None:
        reading = reading_of(event.data["new_state"])
        at = event.data["last_reported"]
        hear(Heard(entity_id=event.data["entity_id"], reading=reading, at=at))

    for entity_id in sorted(entity_ids):
        state = hass.states.get(entity_id)
        reading = reading_of(state)
        at = state.last_reported if state is not None else dt_util.utcnow()
        # Absence is vouched for by each word anew: of those before nothing is known.
        seen = state is not None and reading is Reading.SOMEBODY
        since = state.last_changed if state is not None and seen else None
        hear(Heard(entity_id=entity_id, reading=reading, at=at, since=since))
    stops = (
        async_track_state_change_event(hass, entity_ids, changed),
        async_track_state_report_event(hass, entity_ids, reported),
    )

    @callback
    def stop() -> None:
        for each in stops:
            each()

    return stop

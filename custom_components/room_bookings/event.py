"""What happens in a room, as it happens."""

from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.event import (
    DOMAIN as EVENT_DOMAIN,
    EventEntity,
    EventEntityDescription,
    EventExtraStoredData,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import RoomEntities, RoomEntity
from .hub import RoomsConfigEntry
from .rooms.changes import ChangeKind
from .rooms.privacy import BOOKED
from .rooms.view import News, booking_data

PARALLEL_UPDATES = 0

_EVENT: Final = EventEntityDescription(
    key="booking",
    translation_key="booking",
    event_types=[
        kind.value
        for kind in (
            ChangeKind.CREATED,
            ChangeKind.CHANGED,
            ChangeKind.CANCELLED,
            ChangeKind.STARTED,
            ChangeKind.ENDED,
            ChangeKind.CHECKED_IN,
            ChangeKind.NO_SHOW,
        )
    ],
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: RoomsConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the event entity of each room."""
    RoomEntities(hass, EVENT_DOMAIN, (_EVENT,)).follow(
        entry, async_add_entities, RoomEvent
    )


@dataclass
class _Told(EventExtraStoredData):
    """What was told last, and which titles were shown then."""

    titles: str


class RoomEvent(RoomEntity, EventEntity):
    """Fires once for everything that happens to a booking."""

    @property
    @override
    def extra_restore_state_data(self) -> EventExtraStoredData:
        """What was told last, as it is kept over a restart."""
        told = super().extra_restore_state_data
        return _Told(
            told.last_event_type,
            told.last_event_attributes,
            titles=self.coordinator.keeper.titles,
        )

    @override
    async def async_get_last_event_data(self) -> EventExtraStoredData | None:
        """What was told last; without its texts if other titles are shown now."""
        told = await super().async_get_last_event_data()
        stored = await self.async_get_last_extra_data()
        if told is None or stored is None or not told.last_event_attributes:
            return told
        if stored.as_dict().get("titles") != self.coordinator.keeper.titles:
            told.last_event_attributes |= {"title": BOOKED, "organizer": ""}
        return told

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the room's news."""
        await super().async_added_to_hass()
        self.async_on_remove(self.coordinator.listen_to_news(self._on_news))

    @callback
    def _on_news(self, news: News) -> None:
        change = news.change
        data = booking_data(change.booking)
        shown = ("booking_id", "title", "organizer", "start", "end")
        attributes = {key: data[key] for key in shown}
        attributes |= {"origin": news.origin, "late": change.late}
        if change.kind is ChangeKind.NO_SHOW:
            attributes["dry_run"] = change.dry_run
        self._trigger_event(change.kind, attributes)
        self.async_write_ha_state()

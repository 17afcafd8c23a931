"""One coordinator per room: the hub feeds it, entities read it.

A change in one room must not cost work in all others, so each room has its own
listeners. There is no polling interval; the hub says when something changed.
"""

from collections.abc import Callable
from typing import override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

from .const import DOMAIN, LOGGER
from .keeper import RoomKeeper
from .rooms.errors import RoomError
from .rooms.room import Room
from .rooms.state import Availability
from .rooms.turn import Turns
from .rooms.view import News, RoomView

type TakeNews = Callable[[News], None]


class RoomCoordinator(DataUpdateCoordinator[RoomView]):
    """One room, for its entities."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, keeper: RoomKeeper
    ) -> None:
        """Show what the keeper knows."""
        super().__init__(
            hass, LOGGER, config_entry=entry, name=f"{DOMAIN} {keeper.room.id}"
        )
        self.keeper = keeper
        self.data = keeper.view
        self.turns = Turns(keeper.memory, keeper.titles)
        self._news_listeners: set[TakeNews] = set()

    @property
    def room(self) -> Room:
        """The room as its system describes it."""
        return self.keeper.room

    @property
    def availability(self) -> Availability:
        """How available the room is by what was told last."""
        return self.turns.told or self.data.state.availability

    @callback
    def show(self, view: RoomView) -> bool:
        """Show a new view, if it is new; whether it was."""
        if new := view != self.data:
            self.async_set_updated_data(view)
        return new

    @callback
    def tell(self, news: News) -> None:
        """Tell what happened."""
        for listener in tuple(self._news_listeners):
            listener(news)

    @callback
    def listen_to_news(self, listener: TakeNews) -> CALLBACK_TYPE:
        """Hear of everything that happens in the room; returns how to stop."""
        self._news_listeners.add(listener)
        return lambda: self._news_listeners.discard(listener)

    @override
    async def _async_update_data(self) -> RoomView:
        """List the room anew because somebody asked; the view says how old it is if that fails."""
        try:
            await self.keeper.listed(urgent=False)
        except RoomError as error:
            LOGGER.debug("Room not listed on request: %s", type(error).__name__)
        return self.keeper.view

"""Buttons that do to a room what its system can do."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.button import (
    DOMAIN as BUTTON_DOMAIN,
    ButtonEntity,
    ButtonEntityDescription,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DEFAULT_EXTENSION
from .entity import RoomEntities, RoomEntity, as_far_as_known
from .errors import translated
from .hub import Hub, RoomsConfigEntry
from .keeper import RoomKeeper
from .rooms.room import Verb

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class RoomButtonDescription(ButtonEntityDescription):
    """What a button does, and what the room's system must be able to do for it."""

    verb: Verb
    press_fn: Callable[[Hub, RoomKeeper], Awaitable[object]]

    def serves(self, keeper: RoomKeeper) -> bool | None:
        """Whether it can do anything in a room; None where nobody knows."""
        return as_far_as_known(self.verb in keeper.view.verbs, keeper)


BUTTONS: Final = (
    RoomButtonDescription(
        key="book_now",
        translation_key="book_now",
        verb=Verb.BOOK,
        press_fn=lambda hub, keeper: hub.verbs.book(
            keeper, start=None, end=None, duration=keeper.settings.default_duration
        ),
    ),
    RoomButtonDescription(
        key="end_meeting",
        translation_key="end_meeting",
        verb=Verb.END_MEETING,
        press_fn=lambda hub, keeper: hub.verbs.end_meeting(keeper),
    ),
    RoomButtonDescription(
        key="extend",
        translation_key="extend",
        verb=Verb.EXTEND,
        press_fn=lambda hub, keeper: hub.verbs.extend(keeper, DEFAULT_EXTENSION),
    ),
    RoomButtonDescription(
        key="check_in",
        translation_key="check_in",
        verb=Verb.CHECK_IN,
        press_fn=lambda hub, keeper: hub.verbs.check_in(keeper),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: RoomsConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the buttons that can do something in each room, and forget those that could."""
    RoomEntities(hass, BUTTON_DOMAIN, BUTTONS, RoomButtonDescription.serves).follow(
        entry, async_add_entities, RoomButton
    )


class RoomButton(RoomEntity, ButtonEntity):
    """One thing to do to a room."""

    entity_description: RoomButtonDescription

    @override
    async def async_press(self) -> None:
        """Do it; returns when the system has confirmed it."""
        with translated(self.view.room.name):
            await self.entity_description.press_fn(self.hub, self.coordinator.keeper)

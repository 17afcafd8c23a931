"""The choices of an entry, and those that its rooms have for themselves."""

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from typing import Any, Final

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .const import (
    CONF_CHECK_IN,
    CONF_CHECK_IN_WINDOW,
    CONF_DEFAULT_DURATION,
    CONF_EXEMPT_LONG,
    CONF_NO_SHOW,
    CONF_PENDING_BEFORE,
    CONF_PRESENCE,
    CONF_ROOM,
    CONF_TITLES,
    DEFAULT_DURATION,
    SUBENTRY_ROOM,
)
from .rooms.booking import RoomId
from .rooms.privacy import Titles
from .rooms.settings import NoShow, RoomSettings
from .rooms.state import CheckInRules

DEFAULTS: Final[Mapping[str, Any]] = {
    CONF_TITLES: Titles.HIDE_PRIVATE.value,
    CONF_DEFAULT_DURATION: DEFAULT_DURATION,
    CONF_CHECK_IN: False,
    CONF_PENDING_BEFORE: 5,
    CONF_CHECK_IN_WINDOW: 10,
    CONF_NO_SHOW: NoShow.OFF.value,
    CONF_PRESENCE: [],
    CONF_EXEMPT_LONG: True,
}


def overrides(entry: ConfigEntry) -> dict[RoomId, Mapping[str, Any]]:
    """What was chosen for single rooms."""
    return {
        RoomId(subentry.data[CONF_ROOM]): subentry.data
        for subentry in entry.subentries.values()
        if subentry.subentry_type == SUBENTRY_ROOM
    }


@callback
def forget_overrides(
    hass: HomeAssistant, entry: ConfigEntry, known: Collection[RoomId]
) -> None:
    """Keep nothing of rooms that the system no longer has."""
    for subentry in tuple(entry.subentries.values()):
        gone = subentry.data.get(CONF_ROOM) not in known
        if subentry.subentry_type == SUBENTRY_ROOM and gone:
            hass.config_entries.async_remove_subentry(entry, subentry.subentry_id)


@callback
def reload_with_overrides(
    hass: HomeAssistant, entry: ConfigEntry, in_use: Callable[[], Collection[RoomId]]
) -> CALLBACK_TYPE:
    """Load the entry anew when other choices count for its rooms; returns how to stop."""
    before = overrides(entry)

    @callback
    def changed(change: ConfigEntryChange, changed_entry: ConfigEntry) -> None:
        if change is not ConfigEntryChange.UPDATED or changed_entry is not entry:
            return
        now = overrides(entry)
        if any(now.get(room_id) != before.get(room_id) for room_id in in_use()):
            hass.config_entries.async_schedule_reload(entry.entry_id)

    return async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, changed)


def settings_of(entry: ConfigEntry, room_id: RoomId) -> RoomSettings:
    """The choices that count for a room: its own, then those of the entry."""
    chosen = {**DEFAULTS, **entry.options, **overrides(entry).get(room_id, {})}
    rules = CheckInRules(
        before=timedelta(minutes=chosen[CONF_PENDING_BEFORE]),
        window=timedelta(minutes=chosen[CONF_CHECK_IN_WINDOW]),
    )
    return RoomSettings(
        titles=Titles(chosen[CONF_TITLES]),
        check_in=rules if chosen[CONF_CHECK_IN] else None,
        no_show=NoShow(chosen[CONF_NO_SHOW]),
        exempt_long=chosen[CONF_EXEMPT_LONG],
        presence=frozenset(chosen[CONF_PRESENCE]),
        default_duration=timedelta(minutes=chosen[CONF_DEFAULT_DURATION]),
    )

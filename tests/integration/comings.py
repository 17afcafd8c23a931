"""Which entities come and go, and whether any of the others notices."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from homeassistant.const import EVENT_STATE_CHANGED, STATE_UNAVAILABLE
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er


@dataclass(slots=True)
class Comings:
    """The ids of the entities that came, that went, and whose state did or was unavailable."""

    came: set[str] = field(default_factory=set)
    went: set[str] = field(default_factory=set)
    blinked: set[str] = field(default_factory=set)


@contextmanager
def comings(hass: HomeAssistant) -> Iterator[Comings]:
    """Record them."""
    seen = Comings()

    @callback
    def registered(event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        if event.data["action"] == "create":
            seen.came.add(event.data["entity_id"])
        elif event.data["action"] == "remove":
            seen.went.add(event.data["entity_id"])

    @callback
    def shown(event: Event[EventStateChangedData]) -> None:
        old, new = event.data["old_state"], event.data["new_state"]
        if old is None or new is None or new.state == STATE_UNAVAILABLE:
            seen.blinked.add(event.data["entity_id"])

    stops = (
        hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, registered),
        hass.bus.async_listen(EVENT_STATE_CHANGED, shown),
    )
    try:
        yield seen
    finally:
        for stop in stops:
            stop()

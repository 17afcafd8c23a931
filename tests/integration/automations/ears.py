"""Listens to triggers as an automation does, and asks conditions."""

from dataclasses import dataclass
from datetime import UTC, datetime
import logging
from typing import Any

from custom_components.room_bookings.const import DOMAIN
from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, callback
from homeassistant.helpers import condition, config_validation as cv
from homeassistant.helpers.trigger import (
    async_initialize_triggers,
    async_validate_trigger_config,
)

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Heard:
    """One time that a trigger fired."""

    trigger: str
    at: datetime
    entity_id: str
    booking: dict[str, Any] | None
    variables: dict[str, Any]

    @property
    def title(self) -> str:
        """The booking's title."""
        assert self.booking is not None
        return str(self.booking["title"])

    @property
    def booking_id(self) -> str:
        """The booking's id."""
        assert self.booking is not None
        return str(self.booking["booking_id"])


class Ears:
    """Everything that triggers have to say since they were armed, in order."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Listen to nothing yet."""
        self.hass = hass
        self.heard: list[Heard] = []
        self._stops: list[CALLBACK_TYPE] = []

    async def listen(
        self, *triggers: str, options: dict[str, Any] | None = None, **target: Any
    ) -> None:
        """Listen to triggers with this target."""
        for trigger in triggers:
            await self._arm(trigger, target, options)

    async def _arm(
        self, trigger: str, target: dict[str, Any], options: dict[str, Any] | None
    ) -> None:
        name = trigger if "." in trigger else f"{DOMAIN}.{trigger}"
        config: dict[str, Any] = {"trigger": name, "target": target}
        if options is not None:
            config["options"] = options

        @callback
        def hear(variables: dict[str, Any], context: Context | None = None) -> None:
            said = variables["trigger"]
            self.heard.append(
                Heard(
                    trigger,
                    datetime.now(UTC),
                    said.get("entity_id", ""),
                    said.get("booking"),
                    said,
                )
            )

        def log(level: int, message: str, **details: Any) -> None:
            assert level < logging.ERROR, message
            _LOGGER.log(level, message)

        stop = await async_initialize_triggers(
            self.hass,
            await async_validate_trigger_config(self.hass, cv.TRIGGER_SCHEMA([config])),
            hear,
            "test",
            "ears",
            log,
        )
        assert stop is not None
        self._stops.append(stop)

    def close(self) -> None:
        """Stop listening."""
        while self._stops:
            self._stops.pop()()

    def titles(self, trigger: str) -> list[str]:
        """The titles that a trigger told, in order."""
        return [heard.title for heard in self.heard if heard.trigger == trigger]

    def told(self) -> list[tuple[str, str]]:
        """Which trigger told of which title, in order."""
        return [(heard.trigger, heard.title) for heard in self.heard]


async def ask(
    hass: HomeAssistant,
    name: str,
    *,
    options: dict[str, Any] | None = None,
    **target: Any,
) -> bool:
    """What a condition says now."""
    config: dict[str, Any] = {"condition": f"{DOMAIN}.{name}", "target": target}
    if options is not None:
        config["options"] = options
    validated = await condition.async_validate_condition_config(
        hass, cv.CONDITION_SCHEMA(config)
    )
    checker = await condition.async_from_config(hass, validated)
    try:
        return bool(checker.async_check())
    finally:
        checker.async_unload()

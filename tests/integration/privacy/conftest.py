"""A Home Assistant that records, logs and tells all it can."""

import logging
from typing import Any

import pytest
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    RecorderInstanceContextManager,
    WebSocketGenerator,
)

from custom_components.room_bookings.const import DOMAIN
from homeassistant.components.recorder import Recorder
from homeassistant.const import EVENT_LOGGING_CHANGED, MATCH_ALL
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.setup import async_setup_component

from .reader import Reader
from .surfaces import as_text


@pytest.fixture
def mock_recorder_before_hass(
    async_test_recorder: RecorderInstanceContextManager,
) -> None:
    """The recorder has to be there before Home Assistant is."""


@pytest.fixture
def everything_logged(
    hass: HomeAssistant,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> pytest.LogCaptureFixture:
    """Every logger there is, at its most talkative."""
    for name in tuple(logging.root.manager.loggerDict):
        logger = logging.getLogger(name)
        monkeypatch.setattr(logger, "disabled", False)
        monkeypatch.setattr(logger, "propagate", True)
        caplog.set_level(logging.NOTSET + 1, logger=name)
    caplog.set_level(logging.NOTSET + 1)
    for handler in logging.root.handlers:
        if type(handler) is logging.StreamHandler:
            monkeypatch.setattr(handler, "level", logging.CRITICAL)
    # Home Assistant asks only now and then whether it may talk.
    hass.bus.async_fire(EVENT_LOGGING_CHANGED)
    return caplog


@pytest.fixture
async def reader(
    recorder_mock: Recorder,
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    told: list[str],
    everything_logged: pytest.LogCaptureFixture,
    hass_client: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
) -> Reader:
    """Somebody who reads all of it."""
    for component in ("api", "diagnostics", "websocket_api", DOMAIN):
        assert await async_setup_component(hass, component, {})
    return Reader(
        hass, hass_client, hass_ws_client, told, everything_logged, hass_storage
    )


@pytest.fixture
def told(hass: HomeAssistant) -> list[str]:
    """Everything that is told on Home Assistant's event bus."""
    events: list[str] = []

    @callback
    def tell(event: Event) -> None:
        events.append(as_text(event.as_dict()))

    hass.bus.async_listen(MATCH_ALL, tell)
    return events

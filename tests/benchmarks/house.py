"""A real Home Assistant in this process: its own event loop, core, registries and storage.

No test helpers, no mocks, no recorder: what is measured is the integration and what
Home Assistant does for its entities.
"""

import asyncio
from dataclasses import dataclass
from functools import partial
import gc
import logging
from pathlib import Path
from tempfile import TemporaryDirectory
import time
from typing import Any, Self
from unittest.mock import patch

from custom_components.room_bookings import sensor
from custom_components.room_bookings.backends.xapi.cloud import client
from custom_components.room_bookings.backends.xapi.cloud.limiter import (
    REQUESTS_PER_SECOND,
    RateLimiter,
)
from custom_components.room_bookings.const import DOMAIN
from custom_components.room_bookings.hub import Hub
from demo.process import free_port
from homeassistant import bootstrap, loader
from homeassistant.auth import auth_manager_from_config
from homeassistant.components.http.config import async_get_and_load_store
from homeassistant.config_entries import ConfigEntries, ConfigEntry
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component

_LIFTED = 10_000.0
_PATIENCE = 900.0
_PROBE = 0.005


@dataclass(frozen=True, slots=True)
class Shown:
    """An entity of a room showed another state, at `at` (monotonic)."""

    room: str
    key: str
    state: str
    at: float


@dataclass(frozen=True, slots=True)
class SetUp:
    """How long, in seconds, setting up took, and what memory in bytes it left in use."""

    loaded: float
    listed: float
    cpu: float
    memory: int
    entities: int


class House:
    """Home Assistant; `lifted` lifts the client's limit of requests while it sets up."""

    def __init__(self, lifted: bool = True) -> None:
        """Do nothing yet."""
        self._lifted = lifted
        self._limiters: list[RateLimiter] = []
        self._shown: list[Shown] = []
        self._keys: dict[str, tuple[str, str]] = {}
        self._cpu = self._at = 0.0

    async def __aenter__(self) -> Self:
        """Boot."""
        logging.basicConfig(level=logging.ERROR)
        self._folder = TemporaryDirectory(prefix="room-bookings-benchmark-")
        self.hass = hass = HomeAssistant(self._folder.name)
        loader.async_setup(hass)
        hass.config.skip_pip = True
        hass.config_entries = ConfigEntries(hass, {})
        await bootstrap.async_load_base_functionality(hass)
        await hass.config.async_update(time_zone="Europe/Oslo")
        hass.auth = await auth_manager_from_config(hass, [], [])
        assert await async_setup_component(hass, "homeassistant", {})
        http = {"server_host": "127.0.0.1", "server_port": free_port()}
        assert await async_setup_component(hass, "http", {"http": http})
        await (await async_get_and_load_store(hass)).async_promote_pending()
        await hass.async_start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self.hass.async_stop(force=True)
        self._folder.cleanup()

    # Setting up

    async def add(self, credentials: dict[str, Any], rooms: list[str]) -> SetUp:
        """Add the organisation through the flow; return when each room was listed."""
        await self._settle()
        memory = _private_memory()
        cpu, began = time.process_time(), time.monotonic()
        with (
            patch.object(client, "RateLimiter", self._limiter),
            # However few rooms there are, they have the entities of rooms that are many.
            patch.object(sensor, "_MANY_ROOMS", 0),
        ):
            flows = self.hass.config_entries.flow
            flow = await flows.async_init(DOMAIN, context={"source": "user"})
            answer = partial(flows.async_configure, flow["flow_id"])
            await answer({"next_step_id": "webex"})
            result = await answer(credentials)
            if result["type"] is FlowResultType.FORM:
                result = await answer({"rooms": rooms})
            assert result["type"] is FlowResultType.CREATE_ENTRY, result
            entry: ConfigEntry[Hub] = result["result"]
            loaded = time.monotonic()
            keepers = [c.keeper for c in entry.runtime_data.coordinators.values()]
            async with asyncio.timeout(_PATIENCE):
                while any(keeper.last_sync is None for keeper in keepers):
                    await asyncio.sleep(0.1)
        listed = time.monotonic()
        cpu = time.process_time() - cpu
        for limiter in self._limiters:
            limiter._rate = REQUESTS_PER_SECOND
        await self._settle()
        self.entry = entry
        return SetUp(
            loaded=loaded - began,
            listed=listed - began,
            cpu=cpu,
            memory=_private_memory() - memory,
            entities=len(self.hass.states.async_entity_ids()),
        )

    def _limiter(self) -> RateLimiter:
        limiter = RateLimiter(_LIFTED if self._lifted else REQUESTS_PER_SECOND)
        self._limiters.append(limiter)
        return limiter

    async def _settle(self) -> None:
        """Let what is delayed be written, and garbage go."""
        await self.hass.async_block_till_done()
        gc.collect()

    # Watching

    async def watch(self, *keys: str) -> None:
        """Note from now on when the rooms' entities of these keys change."""
        registry = er.async_get(self.hass)
        for entity in er.async_entries_for_config_entry(registry, self.entry.entry_id):
            for key in keys:
                if entity.unique_id.endswith(f"_{key}"):
                    room = entity.unique_id.removesuffix(f"_{key}")
                    self._keys[entity.entity_id] = (room, key)

        @callback
        def note(event: Event[EventStateChangedData]) -> None:
            changed, new = event.data["entity_id"], event.data["new_state"]
            if (known := self._keys.get(changed)) is not None and new is not None:
                self._shown.append(Shown(*known, new.state, time.monotonic()))

        self.hass.bus.async_listen(EVENT_STATE_CHANGED, note)

    async def start_clock(self) -> None:
        """Measure from here."""
        self._shown.clear()
        self._cpu, self._at = time.process_time(), time.monotonic()

    async def stop_clock(self) -> tuple[float, float, list[Shown]]:
        """CPU seconds, seconds, and what was shown since `start_clock`."""
        return (
            time.process_time() - self._cpu,
            time.monotonic() - self._at,
            list(self._shown),
        )

    async def longest_stall(self, seconds: float) -> float:
        """The longest time, in seconds, that the event loop was late during the next ones."""
        longest, until = 0.0, time.monotonic() + seconds
        while (asleep_at := time.monotonic()) < until:
            await asyncio.sleep(_PROBE)
            longest = max(longest, time.monotonic() - asleep_at - _PROBE)
        return longest


def _private_memory() -> int:
    """Bytes of memory that this process alone uses."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return sum(
        int(line.split()[1]) * 1024 for line in lines if line.startswith("Private_")
    )

"""A house with three rooms: Home Assistant, the cloud and their clock in one hand.

Home Assistant runs the real integration against the simulated cloud, in virtual time.
A `House` says what a test wants to know and do in the words of rooms and bookings.
"""

import asyncio
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Iterator,
    Sequence,
)
from contextlib import asynccontextmanager, contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.room_bookings.const import DOMAIN
from custom_components.room_bookings.hub import Hub
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_STATE_CHANGED, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import (
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)
from tests.simulators.webex import WebexSimulator
from tests.simulators.xapi import Device, SimBooking, Workspace

from .virtual_time import VirtualTime

# A quiet hour of a working day.
START = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
# How soon what a device says shows.
PROMPT = timedelta(seconds=1)
_NOT_TOLD = (STATE_UNAVAILABLE, STATE_UNKNOWN)
_LONG_AGO = ""
ROOMS = ("Aurora", "Birch", "Fjord")

type Add = Callable[
    [HomeAssistant, WebexSimulator, list[str]], Awaitable[MockConfigEntry]
]


@dataclass(frozen=True, slots=True)
class Told:
    """One event of a room's event entity."""

    kind: str
    title: str
    at: datetime
    late: bool
    ours: bool
    attributes: dict[str, Any] = field(repr=False, hash=False, compare=False)


class Changes:
    """All state changes since somebody began to record them."""

    def __init__(self, house: House) -> None:
        """Record nothing yet."""
        self._house = house
        self._told_before = dict(house.last_told)
        self.events: list[EventStateChangedData] = []

    def of(self, room: str, key: str) -> list[str]:
        """The states that an entity went through."""
        entity_id = self._house.entity_id(room, key)
        return [
            change["new_state"].state
            for change in self.events
            if change["entity_id"] == entity_id and change["new_state"] is not None
        ]

    def moments(self, room: str, key: str) -> list[tuple[datetime, str]]:
        """When an entity came into which state; changes of attributes alone left out."""
        entity_id = self._house.entity_id(room, key)
        return [
            (new.last_changed, new.state)
            for change in self.events
            if change["entity_id"] == entity_id
            and (new := change["new_state"]) is not None
            and ((old := change["old_state"]) is None or old.state != new.state)
        ]

    def told(self, room: str) -> list[Told]:
        """What the room's event entity told, in order."""
        entity_id = self._house.entity_id(room, "booking")
        told = []
        last = self._told_before.get(entity_id, _LONG_AGO)
        for change in self.events:
            new = change["new_state"]
            if change["entity_id"] != entity_id or new is None:
                continue
            if new.state in _NOT_TOLD or new.state <= last:
                continue  # the entity only came, went or came back
            last = new.state
            attributes = dict(new.attributes)
            told.append(
                Told(
                    kind=str(attributes["event_type"]),
                    title=attributes["title"],
                    at=new.last_changed,
                    late=attributes["late"],
                    ours=attributes["origin"] == "home_assistant",
                    attributes=attributes,
                )
            )
        return told

    def kinds(self, room: str) -> list[tuple[str, str]]:
        """The kind and the title of what was told."""
        return [(told.kind, told.title) for told in self.told(room)]


class House:
    """See the module's docstring."""

    def __init__(
        self,
        hass: HomeAssistant,
        storage: dict[str, Any],
        sim: WebexSimulator,
        clock: VirtualTime,
        add: Add,
    ) -> None:
        """Know three rooms; Home Assistant does not yet."""
        self._add = add
        self.hass = hass
        self.storage = storage
        self.sim = sim
        self.clock = clock
        self._calls: list[asyncio.Task[Any]] = []
        self._entry: MockConfigEntry | None = None
        self._disk: dict[str, Any] | None = None
        self.last_told: dict[str, str] = {}
        """When each event entity told something last."""

    # Life

    @classmethod
    @asynccontextmanager
    async def built(
        cls, hass: HomeAssistant, storage: dict[str, Any], clock: VirtualTime, add: Add
    ) -> AsyncIterator[Self]:
        """A house with Aurora, Birch (two devices) and Fjord; `add` adds its cloud."""
        async with WebexSimulator(ticking=True) as sim:
            for name in ROOMS:
                sim.add_device(sim.add_workspace(name, capacity=6))
            sim.add_device(
                next(w for w in sim.workspaces if w.name == "Birch"), name="Birch wall"
            )
            house = cls(hass, storage, sim, clock, add)
            stop = hass.bus.async_listen(EVENT_STATE_CHANGED, house.remember_told)
            yield house
            await house.close()
            stop()

    async def open(self, rooms: Sequence[str] = (), **options: Any) -> None:
        """Let somebody add the organisation, or only some of its rooms, to Home Assistant."""
        chosen = [self.workspace(room).id for room in rooms]
        self._entry = await self._add(self.hass, self.sim, chosen)
        if options:
            await self.set_options(**options)
        await self.clock.settle()

    @callback
    def remember_told(self, event: Event[EventStateChangedData]) -> None:
        """Note when an event entity told something."""
        new = event.data["new_state"]
        if new is not None and new.domain == "event" and new.state not in _NOT_TOLD:
            self.last_told[new.entity_id] = new.state

    async def set_options(self, **options: Any) -> None:
        """Choose options; the entry is loaded anew."""
        self.hass.config_entries.async_update_entry(self.entry, options=options)
        await self.hass.config_entries.async_reload(self.entry.entry_id)
        await self.clock.settle()

    async def close(self) -> None:
        """Stop; whatever is under way is given up."""
        await self._give_up_calls()
        if self._entry is not None and self._entry.state is ConfigEntryState.LOADED:
            await self.hass.config_entries.async_unload(self._entry.entry_id)

    async def stop(self) -> None:
        """Stop the entry as a shutdown does."""
        assert await self.hass.config_entries.async_unload(self.entry.entry_id)

    async def crash(self) -> None:
        """Let the process die: what is not on disk is gone, and nothing more is sent."""
        if self._disk is None:
            self.keep_disk_as_it_is()
        await self._give_up_calls()
        await self.stop()
        assert self._disk is not None
        self.storage[self.store_key], self._disk = self._disk, None

    def keep_disk_as_it_is(self) -> None:
        """What is on disk now is what is left after `crash`."""
        self._disk = deepcopy(self.storage.get(self.store_key, {}))

    async def start(self) -> None:
        """Start the entry again."""
        assert await self.hass.config_entries.async_setup(self.entry.entry_id)
        await self.clock.settle()

    async def _give_up_calls(self) -> None:
        calls, self._calls = self._calls, []
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)

    # Home Assistant

    @property
    def entry(self) -> MockConfigEntry:
        """The config entry."""
        assert self._entry is not None
        return self._entry

    @property
    def hub(self) -> Hub:
        """What runs behind the entry."""
        hub: Hub = self.entry.runtime_data
        return hub

    @property
    def store_key(self) -> str:
        """The name of the entry's file."""
        return f"{DOMAIN}.{self.entry.entry_id}"

    @property
    def ledger(self) -> list[dict[str, Any]]:
        """The ledger as it is on disk."""
        stored = self.storage.get(self.store_key, {})
        ledger: list[dict[str, Any]] = stored.get("data", {}).get("ledger", [])
        return ledger

    @property
    def issues(self) -> list[str]:
        """The kinds of repair issues that stand."""
        return [
            issue.translation_key or ""
            for (domain, _), issue in ir.async_get(self.hass).issues.items()
            if domain == DOMAIN and issue.active
        ]

    def forget_issues(self) -> None:
        """Let all repair issues go, as a restart does."""
        registry = ir.async_get(self.hass)
        for domain, issue_id in tuple(registry.issues):
            registry.async_delete(domain, issue_id)

    @contextmanager
    def when_told(self, room: str, react: Callable[[], None]) -> Iterator[None]:
        """Do something at the very moment in which the room's event entity tells something."""
        entity_id = self.entity_id(room, "booking")

        @callback
        def on_change(event: Event[EventStateChangedData]) -> None:
            if event.data["entity_id"] == entity_id:
                react()

        stop = self.hass.bus.async_listen(EVENT_STATE_CHANGED, on_change)
        try:
            yield
        finally:
            stop()

    def entity_id(self, room: str, key: str) -> str:
        """The entity of a room."""
        registry = er.async_get(self.hass)
        unique_id = f"{self.workspace(room).id}_{key}"
        return next(
            entry.entity_id
            for entry in registry.entities.values()
            if entry.unique_id == unique_id
        )

    def area(self, name: str, *rooms: str) -> str:
        """A new area with these rooms; its id."""
        area = ar.async_get(self.hass).async_create(name)
        for room in rooms:
            dr.async_get(self.hass).async_update_device(
                self.device(room).id, area_id=area.id
            )
        return area.id

    def device(self, room: str) -> dr.DeviceEntry:
        """The device of a room."""
        device = dr.async_get(self.hass).async_get_device_by_identifier(
            (DOMAIN, self.workspace(room).id), self.entry.entry_id
        )
        assert device is not None
        return device

    def shown(self, room: str, key: str) -> State:
        """What an entity shows."""
        state = self.hass.states.get(self.entity_id(room, key))
        assert state is not None
        return state

    def state(self, room: str, key: str) -> str:
        """The state of an entity."""
        return self.shown(room, key).state

    def titles(self, room: str) -> tuple[str, str]:
        """The current and the next booking."""
        return self.state(room, "current_booking"), self.state(room, "next_booking")

    async def call(self, action: str, *rooms: str, **data: Any) -> Any:
        """Call an action for rooms; the answer of the one room, or of all by entity id."""
        targets = [self.entity_id(room, "bookings") for room in rooms]
        answer = await self.hass.services.async_call(
            DOMAIN,
            action,
            {"entity_id": targets, **data},
            blocking=True,
            return_response=True,
        )
        assert answer is not None
        return answer[targets[0]] if len(targets) == 1 else answer

    def calling(self, action: str, *rooms: str, **data: Any) -> asyncio.Task[Any]:
        """Call an action without waiting for its answer."""
        return self.doing(self.call(action, *rooms, **data))

    def doing(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Do something without waiting for its end."""
        task = asyncio.get_running_loop().create_task(work)
        self._calls.append(task)
        return task

    async def sync(self, *rooms: str) -> None:
        """List rooms anew."""
        await self.hass.services.async_call(
            DOMAIN,
            "sync",
            {"entity_id": [self.entity_id(room, "bookings") for room in rooms]},
            blocking=True,
        )

    async def update(self, room: str) -> None:
        """Ask Home Assistant to update a room's entity."""
        await self.hass.services.async_call(
            "homeassistant",
            "update_entity",
            {"entity_id": [self.entity_id(room, "availability")]},
            blocking=True,
        )

    async def update_rooms(self) -> None:
        """Have all rooms listed anew, whatever comes of it."""
        for coordinator in self.hub.coordinators.values():
            await coordinator.async_refresh()

    async def press(self, room: str, button: str) -> None:
        """Press a button."""
        await self.hass.services.async_call(
            "button",
            "press",
            {"entity_id": self.entity_id(room, button)},
            blocking=True,
        )

    async def bookings(self, room: str, **window: Any) -> list[dict[str, Any]]:
        """The bookings of a room as `get_bookings` answers."""
        answer = await self.call("get_bookings", room, **window)
        found: list[dict[str, Any]] = answer["bookings"]
        return found

    @contextmanager
    def recording(self) -> Iterator[Changes]:
        """Record every state change."""
        changes = Changes(self)

        @callback
        def record(event: Event[EventStateChangedData]) -> None:
            changes.events.append(event.data)

        stop = self.hass.bus.async_listen(EVENT_STATE_CHANGED, record)
        try:
            yield changes
        finally:
            stop()

    # The rooms themselves

    def workspace(self, room: str) -> Workspace:
        """The room as the cloud knows it."""
        workspace = self.sim.workspace_named(room)
        assert workspace is not None
        return workspace

    def phone(self, room: str) -> Device:
        """The first device of a room."""
        return self.workspace(room).devices[0]

    def at(self, minutes: float) -> datetime:
        """So many minutes after the house was built."""
        return START + timedelta(minutes=minutes)

    def sync_required(self, room: str) -> None:
        """The device of a room says that something about its bookings is another."""
        self.phone(room).report("Bookings.SyncRequired", {}, self.clock.now)

    def book_at_device(
        self, room: str, title: str, start: float, minutes: int, **details: Any
    ) -> SimBooking:
        """A person books at the device, `start` minutes after the house was built."""
        return self.workspace(room).book_locally(
            title, self.at(start), minutes, **details
        )

    @property
    def rooms(self) -> list[str]:
        """The names of all rooms."""
        return [workspace.name for workspace in self.sim.workspaces]

    def truth(self, room: str) -> list[str]:
        """The titles of all bookings in the room, past ones too."""
        return [booking.title for booking in self.workspace(room).bookings]

    def requests(self, command: str, room: str | None = None) -> int:
        """How many commands were sent to the devices of a room, or of all."""
        ids = [
            device.id
            for device in (self.workspace(room).devices if room else self.sim.devices)
        ]
        return sum(
            entry.device in ids for entry in self.sim.requests.of(command=command)
        )

"""One hub per config entry: signals in, rooms kept, views and news out."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from itertools import batched
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from . import issues
from .attendance import Attendance
from .backends.backend import Backend
from .backends.backoff import Backoff
from .backends.signals import (
    AuthLost,
    CertificateChanged,
    Connected,
    Disconnected,
    Removed,
    RoomsChanged,
    Signal,
    Synced,
)
from .beyond import Beyond
from .const import DOMAIN, FURTHEST, LOGGER
from .coordinator import RoomCoordinator
from .keeper import RoomKeeper
from .live import LiveRooms
from .rooms.booking import Booking, BookingId, RoomId
from .rooms.changes import Change, ChangeKind, Memory
from .rooms.errors import AuthFailedError, RoomError
from .rooms.privacy import masked_timetable
from .rooms.room import Room
from .rooms.settings import RoomSettings
from .rooms.timetable import Timetable
from .rooms.turn import Turn
from .rooms.view import News, Origin
from .settings import forget_overrides
from .storage import HubStore
from .verbs import Verbs
from .wakes import Wakes
from .wishes import Wishes

# Hints that there may be new rooms are followed no more often than this, in seconds.
_DISCOVER_PAUSE: Final = 60.0
_DISCOVER_BACKOFF: Final = 3600.0
# Setting up waits so long for the first listings; slower rooms come up by themselves.
_SETUP_PATIENCE: Final = 10.0
# After so many rooms others have their turn on the event loop: about 10 ms.
_AT_ONCE: Final = 20

# What must not be told or asked again after a restart.
_KEPT_AT_ONCE: Final = (
    ChangeKind.STARTED,
    ChangeKind.ENDED,
    ChangeKind.CHECKED_IN,
    ChangeKind.NO_SHOW,
)

_DONE_BY_HAND: Final = (
    ChangeKind.CANCELLED,
    ChangeKind.CHANGED,
    ChangeKind.CHECKED_IN,
    ChangeKind.NO_SHOW,
)

type RoomsConfigEntry = ConfigEntry[Hub]
type AddRooms = Callable[[Sequence[RoomCoordinator]], None]


class Hub:
    """Everything that an entry knows and does."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: RoomsConfigEntry,
        backend: Backend,
        store: HubStore,
        *,
        settings: Callable[[RoomId], RoomSettings],
        left_out: frozenset[str] = frozenset(),
    ) -> None:
        """Do nothing yet; `start` connects."""
        self.backend = backend
        self.store = store
        self.coordinators: dict[RoomId, RoomCoordinator] = {}
        self.found: tuple[Room, ...] = ()
        self.wishes = Wishes(hass, entry, store)
        self.verbs = Verbs(backend, self.wishes)
        self._beyond = Beyond(backend)
        self._hass = hass
        self._entry = entry
        self._settings = settings
        self._attendances: dict[RoomId, Attendance] = {}
        self._left_out = left_out
        self._connected = False
        self._wakes = Wakes(hass, self._wake)
        self._add_rooms: list[AddRooms] = []
        self._listening: asyncio.Task[None] | None = None
        self._discovery: asyncio.Task[None] | None = None
        self._discover_again = False
        self._visiting: asyncio.Task[None] | None = None
        self._visits: deque[Callable[[RoomKeeper], None]] = deque()
        self._defects: dict[RoomId, dict[BookingId, Booking]] = {}
        self._untold: list[tuple[RoomCoordinator, News | Turn]] | None = []
        self._live = LiveRooms(hass, self)

    # Life

    async def start(self) -> None:
        """Connect, find the rooms, list them; raises RoomError if there is no connection."""
        await self.store.load()
        await self.backend.connect()
        rooms = await self.backend.rooms()
        self._connected = True
        self._adopt(rooms)
        self._listening = self.spawn(self._listen(), "listen")
        listings = [c.keeper.want_listing() for c in self.coordinators.values()]
        if listings:
            await asyncio.wait(listings, timeout=_SETUP_PATIENCE)
        self._entry.async_on_unload(
            async_track_time_interval(
                self._hass,
                self._on_discovery_due,
                self.backend.traits.rooms_every,
                cancel_on_shutdown=True,
            )
        )
        self._entry.async_on_unload(
            self._hass.bus.async_listen_once(
                EVENT_HOMEASSISTANT_FINAL_WRITE, self._on_final_write
            )
        )

    @callback
    def tell(self, _: HomeAssistant) -> None:
        """Tell what happened, now that there is somebody to listen.

        Automations listen from the end of Home Assistant's start on.
        """
        untold, self._untold = self._untold or [], None
        for coordinator in self.coordinators.values():
            self._live.seen(coordinator)
        for coordinator, told in untold:
            self._tell(coordinator, told)

    @property
    def telling(self) -> bool:
        """Whether what happens is told at once."""
        return self._untold is None

    async def stop(self) -> None:
        """Let go of everything; what was told is on disk afterwards."""
        await self.store.close()
        if self._listening is not None:
            # Before hanging up: nobody shall call that a lost connection, or call back.
            self._listening.cancel()
        self._wakes.clear()
        for room_id, coordinator in self.coordinators.items():
            coordinator.keeper.close()
            self._attendances[room_id].close()
            self._live.remove(coordinator)
            self._forget_defects(room_id)
        await self.backend.close()

    async def _on_final_write(self, _: Event) -> None:
        """Entries are not unloaded then: what has threads would keep Home Assistant waiting."""
        await self.stop()

    def spawn(self, work: Coroutine[None, None, None], name: str) -> asyncio.Task[None]:
        """Run something in the background for as long as the entry is loaded."""
        return self._entry.async_create_background_task(
            self._hass, work, f"{DOMAIN} {name}", eager_start=False
        )

    # Rooms

    @callback
    def for_each_room(self, add: AddRooms) -> CALLBACK_TYPE:
        """Hand over all rooms now, and whichever appears or changes; returns how to stop."""
        self._add_rooms.append(add)
        add(list(self.coordinators.values()))
        return lambda: self._add_rooms.remove(add)

    @callback
    def _on_discovery_due(self, _: datetime) -> None:
        self._discover_soon()

    def _discover_soon(self) -> None:
        self._discover_again = True
        if self._discovery is None:
            self._discovery = self.spawn(self._discover(), "discover")

    async def _discover(self) -> None:
        backoff = Backoff(first=_DISCOVER_PAUSE, most=_DISCOVER_BACKOFF)
        try:
            while self._discover_again:
                self._discover_again = False
                pause = _DISCOVER_PAUSE
                try:
                    self._adopt(await self.backend.rooms(), full=True)
                except AuthFailedError:
                    self.auth_lost()
                except RoomError as error:
                    LOGGER.debug("Rooms not listed: %s", type(error).__name__)
                    self._discover_again = True
                    pause = backoff.wait(error)
                await asyncio.sleep(pause)
        finally:
            self._discovery = None

    def _adopt(self, rooms: Sequence[Room], *, full: bool = False) -> None:
        """Keep exactly these rooms, but those that the user left out."""
        self.found = tuple(rooms)
        wanted = {room.id: room for room in rooms if room.id not in self._left_out}
        for room_id in self.coordinators.keys() - wanted.keys():
            self._drop(room_id)
        added: list[RoomCoordinator] = []
        changed: list[RoomCoordinator] = []
        for room_id, room in wanted.items():
            if (known := self.coordinators.get(room_id)) is not None:
                if known.room != room:
                    known.keeper.rename(room)
                    self._describe(room)
                    changed.append(known)
                continue
            keeper = RoomKeeper(
                self,
                self.backend,
                room,
                self._settings(room_id),
                *self.store.told(room_id),
                self.store.checked_in(room_id),
            )
            coordinator = RoomCoordinator(self._hass, self._entry, keeper)
            self.coordinators[room_id] = coordinator
            self._live.add(coordinator)
            attendance = Attendance(self, keeper, self.verbs)
            self._attendances[room_id] = attendance
            attendance.follow(self._hass)
            self._schedule(keeper)
            added.append(coordinator)
        if full:
            for coordinator in added:
                coordinator.keeper.want_listing()
        self._forget_devices()
        forget_overrides(self._hass, self._entry, {room.id for room in rooms})
        if different := changed + added:
            for add in self._add_rooms:
                add(different)

    def _drop(self, room_id: RoomId) -> None:
        coordinator = self.coordinators.pop(room_id)
        coordinator.keeper.close()
        self._attendances.pop(room_id).close()
        self._live.remove(coordinator)
        self._forget_defects(room_id)
        self._wakes.at(room_id, None)
        self.store.forget(room_id)
        self.store.save_soon()

    def public_id(self, room_id: RoomId) -> str:
        """What a room goes by in Home Assistant, where two servers may have the same ids."""
        if self.backend.traits.local_ids:
            return f"{self._entry.entry_id}_{room_id}"
        return room_id

    def unique_id(self, room_id: RoomId, key: str) -> str:
        """What an entity of a room goes by."""
        return f"{self.public_id(room_id)}_{key}"

    def _forget_devices(self) -> None:
        registry = dr.async_get(self._hass)
        kept = {(DOMAIN, self.public_id(room_id)) for room_id in self.coordinators}
        for device in dr.async_entries_for_config_entry(registry, self._entry.entry_id):
            if not device.identifiers & kept:
                registry.async_remove_device(device.id)

    def _describe(self, room: Room) -> None:
        registry = dr.async_get(self._hass)
        device = registry.async_get_device_by_identifier(
            (DOMAIN, self.public_id(room.id)), self._entry.entry_id
        )
        if device is not None:
            registry.async_update_device(
                device.id,
                name=room.name,
                model=room.model,
                sw_version=room.software,
                configuration_url=room.address,
            )

    async def bookings(
        self, coordinator: RoomCoordinator, start: datetime, end: datetime
    ) -> Sequence[Booking]:
        """The bookings of a room in [start, end) as people may see them; raises RoomError.

        What lies beyond what is held is asked of the system.
        """
        known = coordinator.data.timetable
        keeper = coordinator.keeper
        horizon = keeper.horizon
        if end <= horizon:
            return known.between(start, end)
        since = max(start, horizon)
        far = await self._beyond.bookings(keeper.room.id, since, end)
        beyond = (b for b in masked_timetable(far, keeper.titles) if b.start >= since)
        return Timetable.of((*beyond, *known)).between(start, end)

    async def booking(
        self, coordinator: RoomCoordinator, booking_id: BookingId
    ) -> Booking | None:
        """A booking that is not over as people may see it, however far ahead; raises RoomError."""
        known = coordinator.data.timetable.get(booking_id)
        if known is not None:
            return known
        now = dt_util.utcnow()
        found = await self.bookings(coordinator, now, now + FURTHEST)
        return next((b for b in found if b.id == booking_id), None)

    # Signals

    @property
    def connected(self) -> bool:
        """Whether the system is within reach as far as anyone knows."""
        return self._connected

    async def _listen(self) -> None:
        await self.backend.listen(self._hear)

    @callback
    def _hear(self, signal: Signal) -> None:
        match signal:
            case Connected():
                self._on_connected()
            case Disconnected(reason=reason):
                self._on_disconnected(reason)
            case AuthLost():
                self.auth_lost()
            case CertificateChanged(fingerprint=fingerprint):
                issues.report_certificate(self._hass, self._entry, fingerprint)
            case Removed():
                self._on_disconnected("removed")
                issues.report_removed(self._hass, self._entry)
                self._entry.async_start_reauth(self._hass)
            case RoomsChanged():
                self._discover_soon()
            case Synced():
                self._on_synced()
            case _:
                if (coordinator := self.coordinators.get(signal.room_id)) is not None:
                    self._beyond.forget(signal.room_id)
                    coordinator.keeper.hear(signal)

    def _on_connected(self) -> None:
        if not self._connected:
            LOGGER.info("%s: connection is back", self._entry.title)
            issues.clear_certificate(self._hass, self._entry)
        self._connected = True
        self._discover_soon()
        self._visit(RoomKeeper.regain)

    def _on_disconnected(self, reason: str) -> None:
        if self._connected:
            LOGGER.warning("%s: connection lost (%s)", self._entry.title, reason)
        self._connected = False
        now = dt_util.utcnow()
        for coordinator in self.coordinators.values():
            coordinator.keeper.lose(now)
        self._visit(RoomKeeper.show)

    def _on_synced(self) -> None:
        asked_at = dt_util.utcnow()
        self._visit(lambda keeper: keeper.sync(asked_at))

    def _visit(self, do: Callable[[RoomKeeper], None]) -> None:
        """Do that with every room, after all that was to be done before."""
        self._visits.append(do)
        if self._visiting is None:
            self._visiting = self.spawn(self._visit_all(), "visit")

    async def _visit_all(self) -> None:
        """A few rooms at a time, so that others have their turn on the event loop."""
        try:
            while self._visits:
                do = self._visits.popleft()
                everybody = tuple(self.coordinators.values())
                for rooms in batched(everybody, _AT_ONCE, strict=False):
                    for coordinator in rooms:
                        do(coordinator.keeper)
                    await asyncio.sleep(0)
        finally:
            self._visiting = None

    def auth_lost(self) -> None:
        """The credentials are no longer good: say so, and ask for others."""
        self._on_disconnected("credentials refused")
        self._entry.async_start_reauth(self._hass)

    # What keepers tell

    def reach(self, keeper: RoomKeeper) -> datetime | None:
        """Until when a listing has to look, because of a wish that is not settled."""
        ends = [wish.end for wish in self.store.ledger.unsettled(keeper.room.id)]
        return max(ends, default=None)

    def listed(self, keeper: RoomKeeper) -> None:
        """A listing came in: settle what nobody knew yet."""
        self._beyond.forget(keeper.room.id)
        self.wishes.settle(keeper)

    def failed(self, keeper: RoomKeeper, error: RoomError) -> None:
        """A listing did not come in."""
        LOGGER.debug("Room not listed: %s", type(error).__name__)
        if isinstance(error, AuthFailedError):
            self.auth_lost()

    def publish(self, keeper: RoomKeeper, changes: tuple[Change, ...]) -> None:
        """Show the room's new view, tell the changes, look again when the next is due."""
        coordinator = self.coordinators.get(keeper.room.id)
        if coordinator is None:
            return
        is_new = coordinator.show(keeper.view)
        self._report_defects(keeper)
        news = [
            News.of(change, self._origin(keeper, change), keeper.titles)
            for change in changes
        ]
        turn = coordinator.turns.turn(
            keeper.view, news, lambda booking: self.origin(keeper.room.id, booking)
        )
        told: list[News | Turn] = [*news, turn] if turn is not None else [*news]
        if is_new:
            self._live.seen(coordinator)
        if self._untold is not None:
            self._untold += [(coordinator, each) for each in told]
        else:
            for each in told:
                self._tell(coordinator, each)
        # What one verb did may be several changes, told together.
        keeper.touched -= {c.booking.id for c in changes if _by_hand(c)}
        self._remember(keeper)
        if any(change.kind in _KEPT_AT_ONCE for change in changes):
            self.store.save_soon()
        self.attend(keeper)

    def attend(self, keeper: RoomKeeper) -> None:
        """Look who came to the room's meetings, and again when the next thing is due."""
        attendance = self._attendances.get(keeper.room.id)
        if attendance is not None and not self.store.closed:
            attendance.look(dt_util.utcnow())
        self._schedule(keeper)

    def _tell(self, coordinator: RoomCoordinator, told: News | Turn) -> None:
        if isinstance(told, News):
            coordinator.tell(told)
        else:
            coordinator.turns.told = told.availability
        self._live.tell(coordinator, told)

    def _report_defects(self, keeper: RoomKeeper) -> None:
        """Have a person look at bookings with which the system itself is not content."""
        room = keeper.room
        now = dt_util.utcnow()
        found = {b.id: b for b in keeper.timetable if b.defect and b.end > now}
        known = self._defects.get(room.id, {})
        if found == known:
            return
        self._defects[room.id] = found
        for booking_id in known.keys() - found.keys():
            issues.clear_defective(self._hass, self._entry, room.id, booking_id)
        for booking_id, booking in found.items():
            if known.get(booking_id) != booking:
                issues.report_defective(self._hass, self._entry, room, booking)

    def _forget_defects(self, room_id: RoomId) -> None:
        for booking_id in self._defects.pop(room_id, {}):
            issues.clear_defective(self._hass, self._entry, room_id, booking_id)

    def _origin(self, keeper: RoomKeeper, change: Change) -> Origin:
        """Who made it happen; for what the clock does, who made the booking."""
        if not _by_hand(change):
            return self.origin(keeper.room.id, change.booking)
        ours = change.dry_run or change.booking.id in keeper.touched
        return Origin.HOME_ASSISTANT if ours else Origin.ELSEWHERE

    def origin(self, room_id: RoomId, booking: Booking) -> Origin:
        """Who made a booking."""
        ours = self.store.ledger.made(room_id, booking)
        return Origin.HOME_ASSISTANT if ours else Origin.ELSEWHERE

    def _remember(self, keeper: RoomKeeper) -> None:
        """Have the store keep what was told, with masked texts."""
        memory = Memory(
            running=tuple(keeper.shown(b) for b in keeper.memory.running),
            seen=keeper.memory.seen,
        )
        self.store.remember(keeper.room.id, memory, keeper.day, keeper.checked_in)

    # Time: one timer for the next moment at which any room has something to do

    def _schedule(self, keeper: RoomKeeper) -> None:
        if self.store.closed:
            return
        room_id = keeper.room.id
        wake = keeper.next_wake()
        attendance = self._attendances.get(room_id)
        if attendance and (looks := attendance.next_wake()) is not None:
            wake = min(wake, looks)
        self._wakes.at(room_id, wake)

    @callback
    def _wake(self, room_id: str, now: datetime) -> None:
        self.coordinators[RoomId(room_id)].keeper.tick(now)


def _by_hand(change: Change) -> bool:
    """Whether somebody did it, not the clock."""
    return change.kind in _DONE_BY_HAND or bool(change.freed)

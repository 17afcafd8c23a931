"""What survives a restart: wishes that are not settled, and what was told already."""

import asyncio
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .rooms.booking import Booking, BookingId, BookingStatus, RoomId
from .rooms.changes import Memory
from .rooms.day import Day
from .rooms.ledger import Entry, Ledger, Stage

_VERSION: Final = 1
# What was told is on disk after a second, and one more for each hundred rooms: the file
# grows with them, and so does the number of those that have something to tell.
_SAVE_DELAY: Final = 1.0
_SAVE_DELAY_PER_ROOM: Final = 0.01

type Data = dict[str, Any]


class HubStore:
    """The file of one config entry. Titles in it are masked as they are everywhere else."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Read nothing yet."""
        self._store: Store[Data] = Store(
            hass, _VERSION, f"{DOMAIN}.{entry_id}", private=True
        )
        self.ledger = Ledger()
        self.closed = False
        self._save_is_due = False
        # As the file has it: what one room was told must not cost writing down all others.
        self._rooms: Data = {}

    async def load(self) -> None:
        """Read the file; nothing there is an empty ledger."""
        data = await self._store.async_load() or {}
        self.ledger = Ledger(tuple(_entry(item) for item in data.get("ledger", ())))
        self._rooms = dict(data.get("rooms", {}))

    def told(self, room_id: RoomId) -> tuple[Memory, Day | None]:
        """What was told of a room in an earlier life, without its timetable."""
        item = self._rooms.get(room_id, {})
        return (
            _memory(item) if item else Memory(),
            _day(item["day"]) if "day" in item else None,
        )

    def checked_in(self, room_id: RoomId) -> frozenset[BookingId]:
        """The bookings of a room to which somebody came in an earlier life."""
        return frozenset(self._rooms.get(room_id, {}).get("checked_in", ()))

    def remember(
        self,
        room_id: RoomId,
        memory: Memory,
        day: Day,
        checked_in: frozenset[BookingId] = frozenset(),
    ) -> None:
        """Keep what was told of a room for the next time that something is written."""
        if memory.seen is not None:
            self._rooms[room_id] = {
                **_memory_data(memory),
                "day": _day_data(day),
                "checked_in": sorted(checked_in),
            }

    def forget(self, room_id: RoomId) -> None:
        """Keep nothing of a room that is gone."""
        self._rooms.pop(room_id, None)

    async def write_ledger(self, ledger: Ledger) -> None:
        """Change the ledger; returns when it is on disk."""
        self.ledger = ledger
        await self.save()

    def save_soon(self) -> None:
        """Write what was told within about a second, however much more there is to tell."""
        if not self.closed and not self._save_is_due:
            self._save_is_due = True
            delay = _SAVE_DELAY + _SAVE_DELAY_PER_ROOM * len(self._rooms)
            self._store.async_delay_save(self._data, delay)

    async def save(self) -> None:
        """Write everything now."""
        if not self.closed:
            await self._store.async_save(self._data())

    async def close(self) -> None:
        """Write everything, and nothing more: the file may have another owner, or none."""
        await self.save()
        self.closed = True

    async def remove(self) -> None:
        """Delete the file: the entry is gone."""
        await self._store.async_remove()

    def _data(self) -> Data:
        self._save_is_due = False
        return {
            "ledger": [_entry_data(e) for e in self.ledger.entries],
            "rooms": dict(self._rooms),
        }


class UsedCodes:
    """The activation codes that were used: each is good for one entry, once."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Read nothing yet."""
        self._store: Store[dict[str, list[str]]] = Store(
            hass, _VERSION, f"{DOMAIN}.used_codes"
        )
        self._lock = asyncio.Lock()

    @classmethod
    def of(cls, hass: HomeAssistant) -> UsedCodes:
        """The one list that all flows share, so that no two use the same code."""
        return hass.data.setdefault(_USED_CODES, cls(hass))

    async def contains(self, code_id: str) -> bool:
        """Whether this code was used before."""
        return code_id in (await self._load())

    async def use(self, code_id: str) -> bool:
        """Use a code up, and return when that is on disk; False if it was used before."""
        async with self._lock:
            used = await self._load()
            if code_id in used:
                return False
            await self._store.async_save({"codes": [*used, code_id]})
            return True

    async def _load(self) -> list[str]:
        return (await self._store.async_load() or {}).get("codes", [])


_USED_CODES: Final[HassKey[UsedCodes]] = HassKey(f"{DOMAIN}.used_codes")


def _entry_data(entry: Entry) -> Data:
    return {
        "request_id": entry.request_id,
        "room_id": entry.room_id,
        "start": entry.start.isoformat(),
        "end": entry.end.isoformat(),
        "title_digest": entry.title_digest,
        "stage": entry.stage,
        "booking_id": entry.booking_id,
        "others": list(entry.others),
        "last_end": entry.last_end and entry.last_end.isoformat(),
    }


def _entry(data: Data) -> Entry:
    return Entry(
        request_id=data["request_id"],
        room_id=RoomId(data["room_id"]),
        start=datetime.fromisoformat(data["start"]),
        end=datetime.fromisoformat(data["end"]),
        title_digest=data["title_digest"],
        stage=Stage(data["stage"]),
        booking_id=data["booking_id"] and BookingId(data["booking_id"]),
        others=tuple(RoomId(room_id) for room_id in data["others"]),
        last_end=data["last_end"] and datetime.fromisoformat(data["last_end"]),
    )


def _booking_data(booking: Booking) -> Data:
    return {
        "id": booking.id,
        "start": booking.start.isoformat(),
        "end": booking.end.isoformat(),
        "title": booking.title,
        "organizer": booking.organizer,
        "private": booking.private,
        "status": booking.status,
    }


def _booking(data: Data) -> Booking:
    return Booking(
        id=BookingId(data["id"]),
        start=datetime.fromisoformat(data["start"]),
        end=datetime.fromisoformat(data["end"]),
        title=data["title"],
        organizer=data["organizer"],
        private=data["private"],
        status=BookingStatus(data["status"]),
    )


def _memory_data(memory: Memory) -> Data:
    return {
        "seen": memory.seen and memory.seen.isoformat(),
        "running": [_booking_data(b) for b in memory.running],
    }


def _memory(data: Data) -> Memory:
    return Memory(
        seen=datetime.fromisoformat(data["seen"]),
        running=tuple(_booking(item) for item in data["running"]),
    )


def _day_data(day: Day) -> Data:
    return {
        "date": day.date.isoformat(),
        "held": [[start.isoformat(), end.isoformat()] for start, end in day.held],
        "released": day.released.total_seconds(),
        "no_shows": day.no_shows,
    }


def _day(data: Mapping[str, Any]) -> Day:
    return Day(
        date=date.fromisoformat(data["date"]),
        held=tuple(
            (datetime.fromisoformat(start), datetime.fromisoformat(end))
            for start, end in data["held"]
        ),
        released=timedelta(seconds=data["released"]),
        no_shows=data.get("no_shows", 0),
    )

"""A simulated PlaceOS server, and what people do at its panel and in their calendars."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self, override

from .server import Server
from .simulated import local_now, minutes_into_quarter

ROOM = "Orchard"
# Somebody comes to a meeting that waits, or walks in, and leaves again.
VISIT_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Event:
    """An event in the room's mailbox: the truth."""

    id: str
    title: str
    start: datetime
    end: datetime
    host: str
    running: bool

    @classmethod
    def from_control(cls, event: dict[str, Any]) -> Self:
        """Return the event of the control API's JSON."""
        return cls(
            id=event["id"],
            title=event["title"],
            start=datetime.fromisoformat(event["start"]),
            end=datetime.fromisoformat(event["end"]),
            host=event["host"],
            running=event["state"] == "running",
        )


class PlaceOS(Server):
    """A server with one room, in which people check in at the panel, and a lobby without bookings."""

    name = "placeos"
    matched = "name"
    arguments = (
        *("--control-port", "{port}"),
        *("--rooms", "0"),
        *("--prefix", "/place"),
    )

    @override
    async def _furnish(self) -> None:
        """Its sensor sees nobody."""
        await self.control("POST", "/rooms", {"name": ROOM, "capacity": 6})
        await self.control("POST", f"/rooms/{ROOM}/people", {"people": 0})

    @override
    def _match(self, what: str) -> dict[str, Any]:
        return {"cmd": "exec", **super()._match(what)}

    # What an administrator has

    @property
    def api_key(self) -> str:
        """The key of its panels."""
        return self._told("api_key")

    @property
    def domain(self) -> str:
        """The host that its authority answers for."""
        return self._told("domain")

    @override
    def credentials(self, **changes: Any) -> dict[str, Any]:
        """Return answers to the flow's first form."""
        return {
            "url": self.url,
            "api_key": self.api_key,
            "verify_ssl": True,
            **changes,
        }

    async def change_key(self, **changes: Any) -> None:
        """Change what the key may do."""
        await self.control("POST", "/key", changes)

    async def turn(self, **knobs: Any) -> None:
        """Change how the server behaves."""
        await self.control("POST", "/knobs", knobs)

    async def requests(self) -> list[dict[str, Any]]:
        """Return what was asked over HTTP since the logs were cleared."""
        log = await self.control("GET", "/requests")
        return list(log["requests"])

    async def executed(self, function: str = "") -> list[dict[str, Any]]:
        """Return which functions were called since the logs were cleared: all, or one."""
        frames = (await self.control("GET", "/frames"))["frames"]
        called = (frame for frame in frames if frame["cmd"] == "exec")
        return [frame for frame in called if function in ("", frame["name"])]

    async def connections(self) -> int:
        """Return how many clients are on the line."""
        return len((await self.control("GET", ""))["connections"])

    # What people do at the panel and in their calendars, and what they see there

    async def _at(self, what: str, **body: Any) -> dict[str, Any]:
        return await self.control("POST", f"/rooms/{self.room}/{what}", body)

    async def events(self, title: str | None = None) -> list[Event]:
        """Return what takes the room, by a title or all of it; past ones too."""
        answer = await self.control("GET", f"/rooms/{self.room}")
        found = map(Event.from_control, answer["bookings"])
        return [event for event in found if title in (None, event.title)]

    async def status(self) -> dict[str, Any]:
        """Return the variables of the room's module."""
        answer = await self.control("GET", f"/rooms/{self.room}")
        status: dict[str, Any] = answer["status"]
        return status

    async def declined(self) -> list[dict[str, Any]]:
        """Return what the room declined, oldest first, and who was told."""
        answer = await self.control("GET", f"/rooms/{self.room}/history")
        return [change for change in answer["history"] if change["what"] == "declined"]

    async def book(
        self, title: str, *, start: float | str = 0, minutes: float = 30, **more: Any
    ) -> str:
        """Book in a calendar; start is in minutes from now, or a time; the event's id."""
        event = await self._at(
            "book", title=title, start=start, minutes=minutes, **more
        )
        event_id: str = event["id"]
        return event_id

    async def move(self, event: str, **changes: Any) -> None:
        """Change an event, by its id or title."""
        await self._at("move", booking=event, **changes)

    async def cancel(self, event: str) -> None:
        """Cancel an event, by its id or title."""
        await self._at("cancel", booking=event)

    async def panel(self, what: str, **how: Any) -> None:
        """Press a button of the panel: `check_in`, `end` or `book_now`."""
        await self._at(what, **how)

    async def people(self, number: int | None) -> None:
        """Let the room's sensor see so many people."""
        await self._at("people", people=number)

    async def clear(self) -> None:
        """Cancel whatever has not ended."""
        now = await self.now()
        for event in await self.events():
            if event.end > now:
                await self.cancel(event.id)

    @override
    async def live(self) -> None:
        """Let people come to what waits for them, or walk in, and leave again."""
        while True:
            await asyncio.sleep(VISIT_SECONDS)
            now = local_now()
            events = [event for event in await self.events() if event.end > now]
            running = next((event for event in events if event.running), None)
            if (await self.status())["pending"]:
                await self.panel("check_in")
                await self.people(4)
            elif running and running.title == "Walk-in":
                await self.panel("end")
                await self.people(0)
            elif not running:
                starts = [(event.start - now).total_seconds() for event in events]
                if min(starts, default=3600) > 1800:
                    await self.panel("book_now", minutes=15, title="Walk-in")
                    await self.people(2)

    @override
    async def seed(self) -> None:
        """Book an ordinary day, by the quarter of an hour."""
        for title, quarters, length, host in (
            ("Harvest review", 1, 2, "grace@example.com"),
            ("Supplier call", 4, 3, "ada@example.com"),
            ("Apple tasting", 9, 2, "grace@example.com"),
        ):
            minutes = 15 * quarters - minutes_into_quarter()
            await self.book(title, start=minutes, minutes=15 * length, host=host)

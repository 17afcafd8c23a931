"""A simulator as a child process, and what people do at the devices that it simulates."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
import sys
from typing import Any, Self

import aiohttp

from demo.process import Process, free_port
from demo.waiting import until

START_SECONDS = 60
WALK_IN_SECONDS = 45


@dataclass(frozen=True, kw_only=True)
class Booking:
    """A booking as the devices have it: the truth."""

    uuid: str
    title: str
    start: datetime
    end: datetime
    organizer: str
    private: bool
    origin: str

    @classmethod
    def from_control(cls, booking: dict[str, Any]) -> Self:
        """Return the booking of the control API's JSON."""
        return cls(
            uuid=booking["uuid"],
            title=booking["title"],
            start=datetime.fromisoformat(booking["start"]),
            end=datetime.fromisoformat(booking["end"]),
            organizer=booking["organizer"],
            private=booking["private"],
            origin=booking["origin"],
        )


class Simulated:
    """One system, seen through its simulator's control API."""

    name: str

    def __init__(
        self, session: aiohttp.ClientSession, folder: Path, *arguments: str
    ) -> None:
        """Choose a port for the control API; nothing is started yet.

        Of the arguments `{port}` becomes the port.
        """
        self._session = session
        port = free_port()
        self._control = f"http://127.0.0.1:{port}/_control"
        self._process = Process(
            sys.executable,
            *("-m", f"tests.simulators.{self.name}"),
            *(argument.format(port=port) for argument in arguments),
            output=folder / f"{self.name}.log",
        )
        self._about: dict[str, Any] = {}

    async def start(self) -> None:
        """Start the simulator and wait until it answers."""
        await self._process.start()
        self._about = await until(
            f"the {self.name} simulator", self._ask, START_SECONDS
        )

    async def stop(self) -> None:
        """End the simulator."""
        await self._process.stop()

    async def _ask(self) -> dict[str, Any] | None:
        if not self._process.runs:
            raise RuntimeError(
                f"the {self.name} simulator ended:\n{self._process.tail(20)}"
            )
        try:
            return await self.control("GET", "")
        except aiohttp.ClientError:
            return None

    async def control(
        self, method: str, path: str, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the control API's answer."""
        async with self._session.request(
            method, f"{self._control}{path}", json=body
        ) as response:
            answer: dict[str, Any] = await response.json()
            if response.status >= 400:
                raise RuntimeError(f"{method} {path}: {answer}")
            return answer

    @property
    def rooms(self) -> list[str]:
        """The names of its rooms."""
        return list(self._about["workspaces"])

    # What people do at a device, and what they see there

    async def bookings(self, room: str) -> list[Booking]:
        """Return the room's bookings, past ones too."""
        answer = await self.control("GET", f"/workspaces/{room}")
        return [Booking.from_control(booking) for booking in answer["bookings"]]

    async def current(self, room: str) -> Booking | None:
        """Return the room's running booking."""
        answer = await self.control("GET", f"/workspaces/{room}")
        return answer["current"] and Booking.from_control(answer["current"])

    async def book(
        self,
        room: str,
        title: str,
        *,
        start: float = 0,
        minutes: float = 30,
        **more: Any,
    ) -> None:
        """Book at the device; start is in minutes from now."""
        body = {"title": title, "start": start, "minutes": minutes, **more}
        await self.control("POST", f"/workspaces/{room}/book", body)

    async def edit(self, room: str, booking: str, **changes: Any) -> None:
        """Change a booking at the device."""
        await self.control(
            "POST", f"/workspaces/{room}/edit", {"booking": booking, **changes}
        )

    async def delete(self, room: str, booking: str) -> None:
        """Delete a booking at the device."""
        await self.control("POST", f"/workspaces/{room}/delete", {"booking": booking})

    async def clear(self, room: str) -> None:
        """Delete at the device whatever has not ended."""
        now = datetime.fromisoformat((await self.control("GET", ""))["time"])
        for booking in await self.bookings(room):
            if booking.end > now:
                await self.delete(room, booking.uuid)

    async def live(self) -> None:
        """Let somebody walk in and book a free room now and then, and leave again."""
        while True:
            for room in self.rooms:
                await asyncio.sleep(WALK_IN_SECONDS)
                current = await self.current(room)
                if current and current.title == "Walk-in":
                    await self.delete(room, "current")
                elif not current:
                    await self._walk_in(room)

    async def _walk_in(self, room: str) -> None:
        upcoming = [b for b in await self.bookings(room) if b.start > _now()]
        free = min(
            ((b.start - _now()).total_seconds() / 60 for b in upcoming), default=60
        )
        if free >= 10:
            await self.book(room, "Walk-in", minutes=min(15, int(free)))


def minutes_into_quarter() -> float:
    """Return how many minutes of the quarter of an hour are over."""
    now = _now()
    return now.minute % 15 + now.second / 60 + now.microsecond / 60e6


def _now() -> datetime:
    return datetime.now().astimezone()

"""The simulated Webex cloud with PhoneOS rooms, and what people do at its devices."""

import asyncio
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import datetime
import json
from pathlib import Path
import sys
from typing import Any, Self

import aiohttp

from demo.client import Client
from demo.flows import Flow
from demo.homeassistant import DOMAIN
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


class Webex:
    """The simulator as a child process, seen through its control API."""

    name = "webex"

    def __init__(self, session: aiohttp.ClientSession, folder: Path) -> None:
        """Choose a port; nothing is started yet."""
        self._session = session
        port = free_port()
        self._control = f"http://127.0.0.1:{port}/_control"
        self._process = Process(
            sys.executable,
            *("-m", "tests.simulators.webex", "--port", str(port)),
            output=folder / "webex.log",
        )
        self._about: dict[str, Any] = {}

    async def start(self) -> None:
        """Start the simulator and wait until it answers."""
        await self._process.start()
        self._about = await until("the Webex simulator", self._ask, START_SECONDS)

    async def stop(self) -> None:
        """End the simulator."""
        await self._process.stop()

    async def _ask(self) -> dict[str, Any] | None:
        if not self._process.runs:
            raise RuntimeError(f"the Webex simulator ended:\n{self._process.tail(20)}")
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

    # What an administrator has

    @property
    def rooms(self) -> list[str]:
        """The names of its rooms."""
        return list(self._about["workspaces"])

    async def credentials(self, **changes: str) -> dict[str, Any]:
        """Return answers to the flow's first form, with a new activation code."""
        code = await self.control("GET", "/activation_code")
        return {
            "client_id": self._about["client_id"],
            "client_secret": self._about["client_secret"],
            "activation_code": code["activation_code"],
            "advanced": {"api_url": self._about["api_url"]},
            **changes,
        }

    def secrets(self, credentials: dict[str, Any]) -> set[str]:
        """Return what of the credentials must never be seen again."""
        code = credentials["activation_code"]
        payload = code.split(".")[1]
        claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return {credentials["client_secret"], code, claims["refreshToken"]}

    async def add_to(self, client: Client) -> str:
        """Add it to Home Assistant through the integration's config flow; the entry's id."""
        flow = await Flow.add(client, DOMAIN)
        await flow.choose("webex")
        await flow.submit(await self.credentials())
        await flow.submit({"rooms": await self.room_ids()})
        return flow.entry_id

    async def room_ids(self) -> list[str]:
        """Return the ids of all of its rooms."""
        answer = await self.control("GET", "/workspaces")
        return [workspace["id"] for workspace in answer["workspaces"]]

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

    async def seed(self) -> None:
        """Book an ordinary day, by the quarter of an hour."""
        first, second, third = self.rooms
        for room, title, quarters, length, more in (
            (first, "Stand-up", 0, 2, {"organizer": "Ada Lovelace"}),
            (first, "Design review", 4, 4, {"organizer": "Grace Hopper"}),
            (second, "Interview", 3, 3, {"private": True}),
            (second, "Roadmap", 8, 6, {"organizer": "Alan Turing"}),
            (third, "Customer call", -3, 5, {"organizer": "Katherine Johnson"}),
            (third, "Retrospective", 2, 4, {"organizer": "Hedy Lamarr"}),
        ):
            minutes = 15 * quarters - _minutes_into_quarter()
            await self.book(room, title, start=minutes, minutes=15 * length, **more)

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


def _minutes_into_quarter() -> float:
    now = _now()
    return now.minute % 15 + now.second / 60 + now.microsecond / 60e6


def _now() -> datetime:
    return datetime.now().astimezone()

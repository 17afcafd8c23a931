"""A simulated booking system that serves the ROOMZ contract, and what people do at it."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self, override

import aiohttp

from demo.client import Client
from demo.flows import Flow
from demo.homeassistant import DOMAIN

from .simulated import Simulated, local_now, minutes_into_quarter

ROOM = "Meadow"
# Home Assistant asks every five minutes: who comes shall be seen before they leave.
VISIT_SECONDS = 600


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """A meeting as the system has it: the truth."""

    id: str
    subject: str
    start: datetime
    end: datetime
    organizer: str
    private: bool
    ours: bool

    @classmethod
    def from_control(cls, meeting: dict[str, Any]) -> Self:
        """Return the meeting of the control API's JSON."""
        return cls(
            id=meeting["meetingId"],
            subject=meeting["subject"],
            start=datetime.fromisoformat(meeting["startDateUTC"]),
            end=datetime.fromisoformat(meeting["endDateUTC"]),
            organizer=meeting["organizerName"],
            private=meeting["isPrivate"],
            ours=meeting["api"],
        )


class Roomz(Simulated):
    """A server with one room."""

    name = "roomz"

    def __init__(self, session: aiohttp.ClientSession, folder: Path) -> None:
        """Choose a port; nothing is started yet."""
        super().__init__(
            session,
            folder,
            *("--port", "{port}"),
            *("--rooms", "0"),
            *("--prefix", "/connector/v1"),
        )

    @override
    async def start(self) -> None:
        """Start the simulator and add the room."""
        await super().start()
        await self.control("POST", "/rooms", {"name": ROOM})
        self._about = await self.control("GET", "")

    @property
    @override
    def rooms(self) -> list[str]:
        """The names of its rooms."""
        return list(self._about["rooms"])

    # What an administrator has

    @property
    def room(self) -> str:
        """The name of its room."""
        return self.rooms[0]

    @property
    def url(self) -> str:
        """Its address before `/rooms`."""
        url: str = self._about["url"]
        return url

    @property
    def username(self) -> str:
        """The connector's user."""
        username: str = self._about["username"]
        return username

    @property
    def password(self) -> str:
        """That user's password, before anybody changed it."""
        password: str = self._about["password"]
        return password

    def credentials(self, **changes: Any) -> dict[str, Any]:
        """Return answers to the flow's first form."""
        return {
            "url": self.url,
            "username": self.username,
            "password": self.password,
            "verify_ssl": True,
            **changes,
        }

    @override
    async def add_to(self, client: Client) -> str:
        """Add it to Home Assistant through the integration's config flow; the entry's id."""
        flow = await Flow.add(client, DOMAIN)
        await flow.choose(self.name)
        await flow.submit(self.credentials())
        return flow.entry_id

    async def asked(self, call: str = "") -> list[dict[str, Any]]:
        """Return what was asked since the log was cleared: all calls, or those of one kind."""
        log = await self.control("GET", "/requests")
        return [r for r in log["requests"] if call in ("", r["call"])]

    async def forget_requests(self) -> None:
        """Clear the log of what was asked."""
        await self.control("DELETE", "/requests")

    async def fault(
        self, call: str, effect: str, times: int = 1, **parameters: Any
    ) -> None:
        """Let something go wrong."""
        await self.control(
            "POST",
            "/faults",
            {
                "match": {"call": call},
                "times": times,
                "effect": effect,
                "with": parameters,
            },
        )

    # What people do at the system, and what they see there

    async def meetings(self, subject: str | None = None) -> list[Meeting]:
        """Return what takes the room, by a subject or all of it; past ones too."""
        answer = await self.control("GET", f"/rooms/{self.room}")
        return [
            Meeting.from_control(meeting)
            for meeting in answer["meetings"]
            if not meeting["isCancelled"] and subject in (None, meeting["subject"])
        ]

    async def book(
        self, subject: str, *, start: float = 0, minutes: float = 30, **more: Any
    ) -> str:
        """Book the room; start is in minutes from now; the meeting's id."""
        body = {"subject": subject, "start": start, "minutes": minutes, **more}
        made = await self.control("POST", f"/rooms/{self.room}/book", body)
        meeting_id: str = made["meetingId"]
        return meeting_id

    async def edit(self, meeting: str, **changes: Any) -> None:
        """Change a meeting, by its id or subject."""
        await self.control(
            "POST", f"/rooms/{self.room}/edit", {"meeting": meeting, **changes}
        )

    async def cancel(self, meeting: str) -> None:
        """Cancel a meeting, by its id or subject."""
        await self.control("POST", f"/rooms/{self.room}/cancel", {"meeting": meeting})

    async def clear(self) -> None:
        """Cancel whatever has not ended."""
        now = datetime.fromisoformat((await self.control("GET", ""))["time"])
        for meeting in await self.meetings():
            if meeting.end > now:
                await self.cancel(meeting.id)

    @override
    async def live(self) -> None:
        """Let somebody take a free quarter of an hour, and leave ten minutes later."""
        while True:
            visit = await self._visit()
            await asyncio.sleep(VISIT_SECONDS)
            if visit:
                await self.cancel(visit)

    async def _visit(self) -> str | None:
        now = local_now()
        for meeting in await self.meetings():
            if meeting.end > now and (meeting.start - now).total_seconds() < 1800:
                return None
        return await self.book("Visitors", start=10, minutes=15)

    @override
    async def seed(self) -> None:
        """Book an ordinary day, by the quarter of an hour."""
        for subject, quarters, length, organizer in (
            ("Daily", -1, 2, "Hedy Lamarr"),
            ("Garden party planning", 2, 3, "Rosalind Franklin"),
            ("One to one", 8, 2, "Emmy Noether"),
        ):
            minutes = 15 * quarters - minutes_into_quarter()
            await self.book(
                subject, start=minutes, minutes=15 * length, organizer=organizer
            )

"""A simulated booking system that serves the ROOMZ contract, and what people do at it."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self, override

from .server import AccountServer
from .simulated import local_now, minutes_into_quarter

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


class Roomz(AccountServer):
    """A server with one room."""

    name = "roomz"
    matched = "call"
    arguments = (
        *("--port", "{port}"),
        *("--rooms", "0"),
        *("--prefix", "/connector/v1"),
    )

    @override
    async def _furnish(self) -> None:
        await self.control("POST", "/rooms", {"name": ROOM})

    # What an administrator has

    async def asked(self, call: str = "") -> list[dict[str, Any]]:
        """Return what was asked since the log was cleared: all calls, or those of one kind."""
        log = await self.control("GET", "/requests")
        return [r for r in log["requests"] if call in ("", r["call"])]

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
        now = await self.now()
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

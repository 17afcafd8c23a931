"""What displays read, and who reads nothing."""

from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from demo.check import expect, expect_that, step
from demo.checks.scene import SOON, in_minutes, prompt
from demo.connector import Meeting
from demo.waiting import until

from .corridor import Corridor


class Reading:
    """A display shows what the rooms' systems hold."""

    def __init__(self, corridor: Corridor) -> None:
        """Look a day ahead."""
        self.corridor = corridor
        self.start, self.end = in_minutes(-60), in_minutes(24 * 60)

    @step("somebody books at the panel: a display reads it within a second")
    async def pushed(self) -> str:
        """It asks and asks, as displays do."""
        corridor, room, asked = self.corridor, self.corridor.pushed, monotonic()
        await corridor.roomos.book(room, "Walk-up", minutes=20, organizer="Ada")

        async def probe() -> Meeting | None:
            meetings = await corridor.listed(room, self.start, self.end)
            return next((m for m in meetings if m.subject == "Walk-up"), None)

        meeting = await until("the display lists it", probe, SOON)
        took = monotonic() - asked
        expect("the organiser", meeting.organizer_name, "Ada")
        expect_that("it is public", not meeting.private)
        return prompt(took)

    @step("a display is told the same as Home Assistant's own users, of both rooms")
    async def same(self) -> str:
        """Titles, organisers and times."""
        corridor = self.corridor
        await corridor.reaches(corridor.asked, "sensor", "next_booking", "Budget")
        counts = []
        for room in corridor.room_ids:
            answer = await corridor.act(
                room,
                "get_bookings",
                start=self.start.isoformat(),
                end=self.end.isoformat(),
            )
            meetings = await corridor.listed(room, self.start, self.end)
            # What was ended in its first second is no meeting to a display.
            shown = [each for each in map(_shown, answer["bookings"]) if each[3]]
            expect(f"meetings of {room}", [_told(m) for m in meetings], shown)
            expect_that(f"there are meetings of {room}", meetings)
            counts.append(f"{len(meetings)} of {room}")
        return ", ".join(counts)

    @step("a private meeting is masked")
    async def private(self) -> None:
        """Title and organiser; no trace of them is found in the end."""
        corridor, room = self.corridor, self.corridor.pushed
        title, organizer = "Takeover of the rival", "Katherine Secretive"
        corridor.masked |= {title, organizer}
        await corridor.roomos.book(
            room, title, start=30, minutes=20, organizer=organizer, private=True
        )
        await corridor.reaches(room, "sensor", "next_booking", "Private")
        meetings = await corridor.listed(room, self.start, self.end)
        corridor.hides("the display", f"{meetings}")
        masked = [(m.subject, m.organizer_name) for m in meetings if m.private]
        expect("the private ones", masked, [("Private", "Private")])

    @step("a wrong password is 401")
    async def wrong_password(self) -> None:
        """Also where there is nothing to find."""
        connector = self.corridor.connector
        for path in ("/rooms", self._meetings(), "/rooms/no-such-room/meetings"):
            status = await connector.status(path, password="wrong")
            expect(f"the status of {path}", status, 401)

    @step("an unknown room is 404, and so is one that was left out")
    async def unknown_room(self) -> None:
        """Though it has a calendar."""
        corridor = self.corridor
        entities = await corridor.home.client.call("config/entity_registry/list")
        calendar = corridor.rooms[corridor.left_out].calendar
        (found,) = [e["unique_id"] for e in entities if e["entity_id"] == calendar]
        for room_id in ("no-such-room", found.removesuffix("_bookings")):
            status = await corridor.connector.status(f"/rooms/{room_id}/meetings")
            expect(f"the status of {room_id}", status, 404)

    @step("a bad date is 400")
    async def bad_date(self) -> None:
        """Only one way of writing is right."""
        for date in ("yesterday", "2026-02-30T10:00:00Z", self.start.isoformat()):
            status = await self.corridor.connector.status(
                self._meetings(), [("from", date)]
            )
            expect(f"the status from {date}", status, 400)

    def _meetings(self) -> str:
        return f"/rooms/{self.corridor.room_ids[self.corridor.pushed]}/meetings"


type _Known = tuple[str, str, datetime, timedelta]


def _shown(booking: dict[str, Any]) -> _Known:
    """What an action answers."""
    start, end = (datetime.fromisoformat(booking[key]) for key in ("start", "end"))
    return booking["title"], booking["organizer"] or "", start, end - start


def _told(meeting: Meeting) -> _Known:
    """What a display is told."""
    length = meeting.end - meeting.start
    return meeting.subject, meeting.organizer_name, meeting.start, length

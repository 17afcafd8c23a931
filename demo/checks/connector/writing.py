"""What displays book, change and release, proved at the rooms' own systems."""

from datetime import UTC, datetime, timedelta

from demo.check import expect, expect_that, present, step
from demo.checks.scene import in_minutes
from demo.systems.tms import Conference
from demo.systems.xapi import Booking

from .corridor import Corridor

HALF_HOUR = timedelta(minutes=30)


class Writing:
    """Somebody stands before a display."""

    def __init__(self, corridor: Corridor) -> None:
        """Work in the hours after those that were read."""
        self.corridor = corridor
        self.display = corridor.connector.display()
        self.start = in_minutes(120)
        self.end = self.start + HALF_HOUR
        self.horizon = self.start + timedelta(hours=6)

    async def _at_device(self, title: str) -> Booking | None:
        bookings = await self.corridor.roomos.bookings(self.corridor.pushed)
        return next((b for b in bookings if b.title == title), None)

    async def _at_server(self, title: str) -> Conference:
        conference = await self.corridor.tms.conference(title)
        return present(f"{title} at TMS", conference)

    @step("book: the device has it when the display hears so")
    async def book(self) -> None:
        """And Home Assistant calls it its own doing."""
        corridor, room = self.corridor, self.corridor.pushed
        mark = await corridor.mark()
        answer = await self.display.book(
            corridor.room_ids[room], self.start, self.end, "Sketching"
        )
        self.display.check()
        expect("the status", answer.status, 201)
        truth = present("Sketching at the device", await self._at_device("Sketching"))
        expect("its times", (truth.start, truth.end), (self.start, self.end))
        event = await corridor.event(room, mark, "created")
        expect("the event's origin", event["origin"], "home_assistant")

    @step("the same time again is 409, and books nothing")
    async def conflict(self) -> None:
        """Also where it only overlaps."""
        room = self.corridor.pushed
        before = await self.corridor.roomos.bookings(room)
        for delay in (timedelta(), HALF_HOUR / 2, -HALF_HOUR / 2):
            answer = await self.display.book(
                self.corridor.room_ids[room],
                self.start + delay,
                self.end + delay,
                "Too late",
            )
            expect(f"the status {delay} after it", answer.status, 409)
        self.display.check()
        expect("bookings", await self.corridor.roomos.bookings(room), before)

    @step("right after it is 201, and extending into that is 409")
    async def neighbour(self) -> None:
        """Meetings back to back do not clash."""
        corridor, room = self.corridor, self.corridor.pushed
        room_id, end = corridor.room_ids[room], self.end + HALF_HOUR
        answer = await self.display.book(room_id, self.end, end, "Neighbour")
        expect("the status", answer.status, 201)
        first = await corridor.found(room, "Sketching", self.start, self.horizon)
        longer = await self.display.change(room_id, first.meeting_id, self.start, end)
        self.display.check()
        expect("the status of extending", longer.status, 409)
        truth = present("Sketching at the device", await self._at_device("Sketching"))
        expect("its end at the device", truth.end, self.end)

    @step("an earlier end releases the rest, at the device and at TMS")
    async def shorten(self) -> None:
        """Before either has begun."""
        corridor = self.corridor
        shorter = self.start + HALF_HOUR / 2
        asked = corridor.room_ids[corridor.asked]
        booked = await self.display.book(asked, self.start, self.end, "Drafting")
        expect("the status at TMS", booked.status, 201)
        conference = await self._at_server("Drafting")
        expect("its rooms at TMS", conference.rooms, (corridor.asked,))
        for room, subject in (
            (corridor.pushed, "Sketching"),
            (corridor.asked, "Drafting"),
        ):
            meeting = await corridor.found(room, subject, self.start, self.horizon)
            answer = await self.display.change(
                corridor.room_ids[room], meeting.meeting_id, self.start, shorter
            )
            expect(f"the status of {room}", answer.status, 200)
        self.display.check()
        truth = present("Sketching at the device", await self._at_device("Sketching"))
        expect("its end at the device", truth.end, shorter)
        expect("its end at TMS", (await self._at_server("Drafting")).end, shorter)

    @step("release a meeting that runs: the device checks out, the room is free")
    async def release(self) -> None:
        """Nothing else is ended."""
        corridor, room = self.corridor, self.corridor.pushed
        now = datetime.now(UTC).replace(microsecond=0)
        meeting = await corridor.found(
            room, "Walk-up", in_minutes(-60), in_minutes(120)
        )
        expect_that("it runs", meeting.start <= now < meeting.end)
        others = await self._others("Walk-up")
        answer = await self.display.change(
            corridor.room_ids[room],
            meeting.meeting_id,
            meeting.start,
            max(now, meeting.start + timedelta(seconds=1)),
        )
        self.display.check()
        expect("the status", answer.status, 200)
        expect("Walk-up at the device", await self._at_device("Walk-up"), None)
        expect("the others there", await self._others("Walk-up"), others)
        await corridor.reaches(room, "sensor", "availability", "free")

    async def _others(self, title: str) -> list[Booking]:
        bookings = await self.corridor.roomos.bookings(self.corridor.pushed)
        return [booking for booking in bookings if booking.title != title]

    @step("a strict display finds nothing to complain about in the device's room")
    async def audit_pushed(self) -> str:
        """It checks everything that the contract promises, wrong passwords too."""
        return await self._audit(self.corridor.pushed)

    @step("nor in the server's")
    async def audit_asked(self) -> str:
        """Though another system keeps its meetings."""
        return await self._audit(self.corridor.asked)

    async def _audit(self, room: str) -> str:
        corridor = self.corridor
        display = corridor.connector.display()
        await display.audit(corridor.room_ids[room], self.horizon)
        expect("complaints", display.complaints, [])
        later = [
            (m.start, m.end, m.subject)
            for m in await corridor.listed(
                room, self.horizon, self.horizon + 6 * HALF_HOUR
            )
        ]
        if room == corridor.pushed:
            device = await corridor.roomos.bookings(room)
            held = [(b.start, b.end, b.title) for b in device]
        else:
            server = await corridor.tms.conferences()
            held = [(c.start, c.end, c.title) for c in server]
        held = sorted(each for each in held if each[0] >= self.horizon)
        expect("what its system holds", held, later)
        return f"{len(later)} meetings are left of it, there as here"

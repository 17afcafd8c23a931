"""What other people do at the system, and how Home Assistant hears of it.

Nothing is pushed. It asks at every start and end that it knows, and else every five
minutes, which is too long to wait for here: the action `sync` asks at once.
"""

from demo.check import expect, step
from demo.checks.part import Part
from demo.checks.scene import in_minutes
from demo.systems.roomz import Roomz

SHORT_SECONDS = 10


class Others(Part[Roomz]):
    """Somebody works with the system itself."""

    @step("somebody books: it shows after a sync, which costs one request")
    async def booked(self) -> None:
        """Reported as done elsewhere."""
        await self.system.clear()
        await self.scene.sync(self.room)
        await self.scene.reaches(self.room, "sensor", "next_booking", "unknown")
        mark = await self.scene.mark()
        await self.system.book("Elsewhere", start=60, organizer="Grace Hopper")
        await self.system.forget_requests()
        await self.scene.sync(self.room)
        shown = await self.scene.reaches(
            self.room, "sensor", "next_booking", "Elsewhere"
        )
        expect("the organiser", shown.attributes["organizer"], "Grace Hopper")
        event = await self.scene.event(self.room, mark, "created")
        expect("the event's origin", event["origin"], "elsewhere")
        asked = [request["call"] for request in await self.system.asked()]
        expect("what was asked", asked, ["meetings"])

    @step("somebody moves and renames it")
    async def moved(self) -> None:
        """One event, with the new time."""
        start, mark = in_minutes(90), await self.scene.mark()
        await self.system.edit("Elsewhere", start=start.isoformat(), subject="Moved")
        await self.scene.sync(self.room)
        await self.scene.reaches(self.room, "sensor", "next_booking", "Moved")
        event = await self.scene.event(self.room, mark, "changed")
        expect("the event's start", event["start"], start.isoformat())
        expect("the event's origin", event["origin"], "elsewhere")

    @step("somebody cancels it: what isCancelled says is gone")
    async def cancelled(self) -> None:
        """Though it is still listed."""
        mark = await self.scene.mark()
        await self.system.cancel("Moved")
        await self.scene.sync(self.room)
        await self.scene.event(self.room, mark, "cancelled")
        await self.scene.reaches(self.room, "sensor", "next_booking", "unknown")

    @step("a private meeting is masked")
    async def private(self) -> None:
        """Title and organiser; no trace of them is found in the end."""
        title, organizer = "Salaries of the board", "Katherine Johnson"
        self.scene.masked |= {title, organizer}
        await self.system.book(title, start=30, organizer=organizer, private=True)
        await self.scene.sync(self.room)
        await self.scene.next_is_private(self.room)

    @step("at the end of a known meeting the system is asked by itself")
    async def edge(self) -> str:
        """What somebody booked meanwhile shows then."""
        await self.system.clear()
        await self.system.book("Short", minutes=SHORT_SECONDS / 60)
        await self.scene.sync(self.room)
        await self.scene.reaches(self.room, "sensor", "current_booking", "Short")
        mark = await self.scene.mark()
        await self.system.forget_requests()
        await self.system.book("Right after", start=20)
        await self.scene.reaches(
            self.room, "sensor", "next_booking", "Right after", SHORT_SECONDS + 5
        )
        await self.scene.event(self.room, mark, "ended")
        asked = [request["call"] for request in await self.system.asked()]
        expect("what was asked", set(asked), {"meetings"})
        return f"asked: {', '.join(asked)}"

"""What other people do at the system, and how Home Assistant hears of it.

Nothing is pushed. It asks at every start and end that it knows, and else every five
minutes, which is too long to wait for here: the action `sync` asks at once.
"""

from demo.check import expect, step
from demo.checks.scene import Scene, in_minutes
from demo.systems.roomz import Roomz

SHORT_SECONDS = 10


class Others:
    """Somebody works with the system itself."""

    def __init__(self, scene: Scene, roomz: Roomz) -> None:
        """Work with the room."""
        self.scene = scene
        self.roomz = roomz
        self.room = roomz.room

    async def _sync(self) -> None:
        await self.scene.home.client.action(
            "room_bookings.sync", entity_id=self.scene.rooms[self.room].calendar
        )

    @step("somebody books: it shows after a sync, which costs one request")
    async def booked(self) -> None:
        """Reported as done elsewhere."""
        await self.roomz.clear()
        await self._sync()
        await self.scene.reaches(self.room, "sensor", "next_booking", "unknown")
        mark = await self.scene.mark()
        await self.roomz.book("Elsewhere", start=60, organizer="Grace Hopper")
        await self.roomz.forget_requests()
        await self._sync()
        shown = await self.scene.reaches(
            self.room, "sensor", "next_booking", "Elsewhere"
        )
        expect("the organiser", shown.attributes["organizer"], "Grace Hopper")
        event = await self.scene.event(self.room, mark, "created")
        expect("the event's origin", event["origin"], "elsewhere")
        asked = [request["call"] for request in await self.roomz.asked()]
        expect("what was asked", asked, ["meetings"])

    @step("somebody moves and renames it")
    async def moved(self) -> None:
        """One event, with the new time."""
        start, mark = in_minutes(90), await self.scene.mark()
        await self.roomz.edit("Elsewhere", start=start.isoformat(), subject="Moved")
        await self._sync()
        await self.scene.reaches(self.room, "sensor", "next_booking", "Moved")
        event = await self.scene.event(self.room, mark, "changed")
        expect("the event's start", event["start"], start.isoformat())
        expect("the event's origin", event["origin"], "elsewhere")

    @step("somebody cancels it: what isCancelled says is gone")
    async def cancelled(self) -> None:
        """Though it is still listed."""
        mark = await self.scene.mark()
        await self.roomz.cancel("Moved")
        await self._sync()
        await self.scene.event(self.room, mark, "cancelled")
        await self.scene.reaches(self.room, "sensor", "next_booking", "unknown")

    @step("a private meeting is masked")
    async def private(self) -> None:
        """Title and organiser; no trace of them is found in the end."""
        title, organizer = "Salaries of the board", "Katherine Johnson"
        self.scene.masked |= {title, organizer}
        await self.roomz.book(title, start=30, organizer=organizer, private=True)
        await self._sync()
        shown = await self.scene.reaches(self.room, "sensor", "next_booking", "Private")
        self.scene.hides("the sensor", f"{shown.attributes}")
        answer = await self.scene.act(self.room, "get_bookings")
        self.scene.hides("get_bookings", f"{answer}")
        events = await self.scene.calendar_events(self.room)
        self.scene.hides("the calendar", f"{events}")

    @step("at the end of a known meeting the system is asked by itself")
    async def edge(self) -> str:
        """What somebody booked meanwhile shows then."""
        await self.roomz.clear()
        await self.roomz.book("Short", minutes=SHORT_SECONDS / 60)
        await self._sync()
        await self.scene.reaches(self.room, "sensor", "current_booking", "Short")
        mark = await self.scene.mark()
        await self.roomz.forget_requests()
        await self.roomz.book("Right after", start=20)
        await self.scene.reaches(
            self.room, "sensor", "next_booking", "Right after", SHORT_SECONDS + 5
        )
        await self.scene.event(self.room, mark, "ended")
        asked = [request["call"] for request in await self.roomz.asked()]
        expect("what was asked", set(asked), {"meetings"})
        return f"asked: {', '.join(asked)}"

"""What people do in their calendars and at the panel: all of it is pushed."""

import asyncio
from time import monotonic

from demo.check import expect, step
from demo.checks.part import Part
from demo.checks.scene import in_minutes, prompt
from demo.systems.placeos import PlaceOS

RESTART_SECONDS = 2


class Others(Part[PlaceOS]):
    """Somebody works with the room itself."""

    @step("somebody books: it shows by itself")
    async def booked(self) -> str:
        """Reported as done elsewhere."""
        await self.system.clear()
        await self.scene.reaches(self.room, "sensor", "next_booking", "unknown")
        mark, began = await self.scene.mark(), monotonic()
        await self.system.book("Elsewhere", start=60, host="grace@example.com")
        shown = await self.scene.reaches(
            self.room, "sensor", "next_booking", "Elsewhere"
        )
        expect("the organiser", shown.attributes["organizer"], "grace@example.com")
        event = await self.scene.event(self.room, mark, "created")
        expect("the event's origin", event["origin"], "elsewhere")
        return f"after {prompt(shown.at - began)}"

    @step("somebody moves and renames it")
    async def moved(self) -> str:
        """One event, with the new time."""
        start, mark, began = in_minutes(90), await self.scene.mark(), monotonic()
        await self.system.move("Elsewhere", start=start.isoformat(), title="Moved")
        shown = await self.scene.reaches(self.room, "sensor", "next_booking", "Moved")
        event = await self.scene.event(self.room, mark, "changed")
        expect("the event's start", event["start"], start.isoformat())
        return f"after {prompt(shown.at - began)}"

    @step("somebody cancels it")
    async def cancelled(self) -> str:
        """It has not begun."""
        mark, began = await self.scene.mark(), monotonic()
        await self.system.cancel("Moved")
        shown = await self.scene.reaches(self.room, "sensor", "next_booking", "unknown")
        await self.scene.event(self.room, mark, "cancelled")
        return f"after {prompt(shown.at - began)}"

    @step("a private meeting is masked")
    async def private(self) -> None:
        """Title and organiser; no trace of them is found in the end."""
        title, host = "Salaries of the board", "katherine@example.com"
        self.scene.masked |= {title, host}
        await self.system.book(title, start=30, host=host, private=True)
        await self.scene.next_is_private(self.room)

    @step("somebody books at the panel, and ends there")
    async def panel(self) -> str:
        """Both show at once."""
        began = monotonic()
        await self.system.panel("book_now", minutes=15, title="Walk-in")
        busy = await self.scene.reaches(self.room, "sensor", "availability", "busy")
        await self.scene.reaches(self.room, "sensor", "current_booking", "Walk-in")
        ended = monotonic()
        await self.system.panel("end")
        free = await self.scene.reaches(self.room, "sensor", "availability", "free")
        await self.scene.reaches(self.room, "sensor", "current_booking", "unknown")
        return f"busy after {prompt(busy.at - began)}, free after {prompt(free.at - ended)}"

    @step("somebody checks in at the panel")
    async def check_in(self) -> str:
        """From pending to in use."""
        await self.system.clear()
        await self.system.book("Waits", start=4)
        await self.scene.reaches(self.room, "sensor", "availability", "pending")
        mark, began = await self.scene.mark(), monotonic()
        await self.system.panel("check_in")
        on = await self.scene.reaches(self.room, "binary_sensor", "in_use", "on")
        await self.scene.reaches(self.room, "sensor", "availability", "busy")
        await self.scene.event(self.room, mark, "checked_in")
        return f"after {prompt(on.at - began)}"

    @step("people come and go: the room's sensor counts them")
    async def people(self) -> str:
        """What it cannot tell is unknown."""
        began = monotonic()
        await self.system.people(3)
        three = await self.scene.reaches(self.room, "sensor", "people_count", "3")
        await self.scene.reaches(self.room, "binary_sensor", "people_present", "on")
        await self.system.people(None)
        await self.scene.reaches(self.room, "sensor", "people_count", "unknown")
        return f"after {prompt(three.at - began)}"

    @step("the room's module restarts: nothing blinks, and nothing is told")
    async def restart(self) -> None:
        """All its variables are null meanwhile."""
        before, mark = await self.scene.snapshot(), self.scene.home.states.mark()
        await self.system.control(
            "POST", f"/rooms/{self.room}/restart", {"seconds": RESTART_SECONDS}
        )
        await asyncio.sleep(RESTART_SECONDS + 1)
        await self.scene.comes_back(before, 5)
        for key in ("availability", "current_booking", "next_booking"):
            entity_id = self.scene.rooms[self.room].entity("sensor", key)
            states = {
                state.state
                for state in self.scene.home.states.changes_since(mark, entity_id)
            }
            expect(f"{entity_id} meanwhile", states - {before[entity_id][0]}, set())
        expect("what was told", self.scene.events(self.room, mark), [])

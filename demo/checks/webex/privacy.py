"""A private meeting's title is seen nowhere."""

from demo.check import expect, step
from demo.checks.part import Part
from demo.checks.scene import Scene
from demo.systems.webex import Webex

TITLE = "Zebra merger talks"
ORGANIZER = "Zelda Secretive"


class Privacy(Part[Webex]):
    """Somebody books privately at the phone."""

    def __init__(self, scene: Scene, system: Webex) -> None:
        """Use the second room; what is private must stay unseen to the end."""
        super().__init__(scene, system)
        self.room = system.rooms[1]

    @step("a private booking is shown as private")
    async def masked(self) -> None:
        """Busy, but neither what nor who; it stays for the later steps."""
        self.scene.masked |= {TITLE, ORGANIZER}
        mark = await self.scene.mark()
        await self.system.book(
            self.room, TITLE, minutes=120, organizer=ORGANIZER, private=True
        )
        state = await self.scene.reaches(
            self.room, "sensor", "current_booking", "Private"
        )
        expect("private", state.attributes["private"], True)
        expect("organizer", state.attributes["organizer"], "Private")
        event = await self.scene.event(self.room, mark, "started")
        expect("the event's title", event["title"], "Private")

    @step("it is masked in responses and in the calendar")
    async def responses(self) -> None:
        """Actions and the calendar read the same masked state."""
        answer = await self.scene.act(self.room, "get_bookings")
        expect("the title", [b["title"] for b in answer["bookings"]], ["Private"])
        self.scene.hides("get_bookings", str(answer))
        events = await self.scene.calendar_events(self.room)
        expect("the summary", [event["summary"] for event in events], ["Private"])
        self.scene.hides("the calendar", str(events))

    @step("it never was on the event bus, not for a moment")
    async def events(self) -> str:
        """Every state, attribute, event and action call that there ever was."""
        seen = self.scene.home.events
        for event in seen:
            self.scene.hides("the event bus", event)
        return f"{len(seen)} events looked through"

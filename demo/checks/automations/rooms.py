"""The rooms of the walk, one of which is booked by somebody who does not come."""

from demo.check import expect, step
from demo.checks.scene import Scene
from demo.flows import Flow
from demo.systems.webex import Webex

# The shortest time that people can be given to check in.
WINDOW_MINUTES = 1
NOBODY = "Nobody comes"
# So long ago that the walk need not wait for the whole window, and is not too late either.
BEGAN_MINUTES = -0.5


class Rooms:
    """A person adds the organisation, and wants rooms back to which nobody comes."""

    def __init__(self, scene: Scene, webex: Webex) -> None:
        """Begin without an entry."""
        self.scene = scene
        self.webex = webex
        self.room = webex.rooms[0]

    @step("the rooms are there, and nothing is booked", needed=True)
    async def add(self) -> str:
        """As somebody has them who begins with automations."""
        for room in self.webex.rooms:
            await self.webex.clear(room)
        self.scene.entry_id = await self.webex.add_to(self.scene.home.client)
        await self.scene.find_rooms()
        await self.scene.ready()
        return ", ".join(self.scene.rooms)

    @step("people have a minute to check in, then the room is given back", needed=True)
    async def choose(self) -> None:
        """A meeting has just begun, and the room waits; whoever books later on is there."""
        await self.webex.book(self.room, NOBODY, start=BEGAN_MINUTES)
        await self.scene.reaches(self.room, "sensor", "current_booking", NOBODY)
        mark = await self.scene.mark()
        flow = await Flow.options(self.scene.home.client, self.scene.entry_id)
        await flow.submit(
            {
                "check_in": True,
                "pending_before": 0,
                "check_in_window": WINDOW_MINUTES,
                "no_show": "release",
            }
        )
        expect("the options", flow.type, "create_entry")
        await self.scene.reloaded(mark)
        await self.scene.find_rooms()
        await self.scene.reaches(self.room, "sensor", "availability", "pending")

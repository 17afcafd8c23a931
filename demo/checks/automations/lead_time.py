"""Something is done some time before a meeting, and undone when it is cancelled."""

from typing import Any

from demo.check import expect, expect_that, step
from demo.checks.scene import Scene
from demo.systems.webex import Webex

from .household import Household

LEAD_MINUTES = 5
# The trigger is there a moment before it is due.
MARGIN_MINUTES = 0.1
SECONDS = 12
HEATING = "demo_heating"


class LeadTime:
    """Somebody wants the room warm before each meeting."""

    def __init__(self, scene: Scene, webex: Webex, household: Household) -> None:
        """Use the second room."""
        self.scene = scene
        self.webex = webex
        self.household = household
        self.room = webex.rooms[1]

    async def _heated(self, *wanted: str) -> None:
        room = self.scene.rooms[self.room].calendar

        def told() -> list[str]:
            return [event["what"] for event in self.household.told(HEATING)]

        await self.scene.home.states.until(
            f"the heating was told {wanted}", lambda: told() == list(wanted), SECONDS
        )
        rooms = {event["where"] for event in self.household.told(HEATING)}
        expect("the room", rooms, {room})

    @step("a blueprint that heats five minutes before each meeting", needed=True)
    async def automate(self) -> None:
        """Home Assistant takes it, and waits."""
        await self.household.automate(
            "prepare_before_meeting",
            rooms={"entity_id": self.scene.rooms[self.room].calendar},
            lead={"minutes": LEAD_MINUTES},
            prepare=_tell("heat"),
            undo=_tell("cool"),
        )

    @step("it heats when a meeting begins in five minutes")
    async def heat(self) -> None:
        """Not when it is booked: when there are five minutes left."""
        start = LEAD_MINUTES + MARGIN_MINUTES
        await self.webex.book(self.room, "Review", start=start)
        await self.scene.reaches(self.room, "sensor", "next_booking", "Review")
        expect_that("nothing is done yet", not self.household.told(HEATING))
        await self._heated("heat")

    @step("the meeting is cancelled at the device: the heat goes")
    async def cool(self) -> None:
        """Nothing else is booked there."""
        await self.webex.delete(self.room, "Review")
        await self._heated("heat", "cool")


def _tell(what: str) -> list[dict[str, Any]]:
    return [{"event": HEATING, "event_data": {"what": what, "where": "{{ room }}"}}]

"""Nobody came: the room is given back, and everything that the walk made goes."""

from demo.check import expect, expect_that, step
from demo.checks.scene import Scene
from demo.homeassistant import DOMAIN
from demo.systems.webex import Webex

from .household import Household
from .rooms import NOBODY, WINDOW_MINUTES

# Home Assistant lists the room once more before it gives it back.
SECONDS = 60 * WINDOW_MINUTES + 15


class Attending:
    """Home Assistant looks after a meeting to which nobody comes."""

    def __init__(self, scene: Scene, webex: Webex, household: Household) -> None:
        """Look at the first room, where nobody has checked in."""
        self.scene = scene
        self.webex = webex
        self.household = household
        self.room = webex.rooms[0]

    @step("nobody came: the room frees itself")
    async def no_show(self) -> str:
        """Where the booking is gone at the device, and it is told why."""
        await self.scene.reaches(
            self.room, "sensor", "availability", "free", seconds=SECONDS
        )
        titles = [b.title for b in await self.webex.bookings(self.room)]
        expect_that("it is gone at the device", NOBODY not in titles, titles)
        event = await self.scene.event(self.room, 0, "no_show")
        expect("the event's booking", event["title"], NOBODY)
        expect("the event's origin", event["origin"], "home_assistant")
        expect("a dry run", event["dry_run"], False)
        await self.scene.reaches(self.room, "sensor", "no_shows_today", "1")
        minutes = self.scene.state(self.room, "sensor", "released_today").state
        expect_that("time was gained", float(minutes) > 0, minutes)
        return f"{float(minutes):.0f} minutes gained"

    @step("automations and entry are removed, and nothing was complained about")
    async def remove(self) -> None:
        """At debug level and all."""
        await self.household.forget()
        await self.scene.home.client.request(
            "DELETE", f"/api/config/config_entries/entry/{self.scene.entry_id}"
        )
        await self.scene.find_rooms()
        expect("devices left", list(self.scene.rooms), [])
        ours = [
            line
            for line in self.scene.home.log.splitlines()
            if " ERROR " in line and ("automation" in line or f"{DOMAIN}." in line)
        ]
        expect("errors", [line for line in ours if "service call" not in line], [])

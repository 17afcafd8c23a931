"""What happens when the cloud, a phone or Home Assistant goes away and comes back."""

import asyncio
from time import monotonic

from demo.check import expect, expect_refusal, expect_that, step
from demo.checks.device import empty
from demo.checks.entry import reload
from demo.checks.part import WORLDS_FAULT, Part
from demo.checks.scene import BACK_SECONDS, NO_STATE, Scene, Snapshot, prompt
from demo.systems.webex import Webex

AWAY_SECONDS = 4


class Outages(Part[Webex]):
    """Everything breaks once."""

    def __init__(self, scene: Scene, system: Webex) -> None:
        """Use the first room for changes; the second has a private meeting under way."""
        super().__init__(scene, system)
        self.room, self.twin, self.busy = system.rooms

    @step("what changed while the cloud was away is reported late")
    async def cloud_away(self) -> str:
        """A booking made meanwhile at the phone; entities never became unavailable."""
        await empty(self)
        mark = await self.scene.mark()
        await self.system.control("POST", "/down")
        try:
            await self.system.book(self.room, "Meanwhile", minutes=60)
            await asyncio.sleep(AWAY_SECONDS)
            still = self.scene.state(self.room, "calendar", "bookings").state
            expect("the calendar meanwhile", still, "off")
        finally:
            await self.system.control("POST", "/up")
        return await self.scene.told_late(self.room, mark, "cloud")

    @step("after that, pushes arrive at once again")
    async def push_again(self) -> str:
        """The queue is polled as before."""
        started = monotonic()
        await self.system.delete(self.room, "Meanwhile")
        off = await self.scene.reaches(self.room, "calendar", "bookings", "off", 10)
        return f"after {prompt(off.at - started)}"

    @step("an access token that expired is renewed")
    async def token(self) -> None:
        """Nobody notices."""
        await empty(self)
        await self.system.control("POST", "/expire_tokens")
        await self.system.book(self.room, "New token", start=30)
        await self.scene.reaches(
            self.room, "sensor", "next_booking", "New token", BACK_SECONDS
        )

    @step("a queue that moves is followed")
    async def moved(self) -> None:
        """The cloud tells where to poll from now on."""
        await empty(self)
        await self.system.control("POST", "/move_queue", {"retire": True})
        await self.system.book(self.room, "New queue", start=30)
        await self.scene.reaches(
            self.room, "sensor", "next_booking", "New queue", BACK_SECONDS
        )

    @step("a phone that restarts keeps its bookings known")
    async def reboot(self) -> None:
        """Its ids change, its bookings do not."""
        await empty(self)
        await self.system.book(self.room, "Before", start=30)
        await self.scene.reaches(self.room, "sensor", "next_booking", "Before")
        mark = await self.scene.mark()
        await self.system.control("POST", f"/devices/{self.room}/reboot")
        await self.system.book(self.room, "After", start=10, minutes=10)
        await self.scene.reaches(self.room, "sensor", "next_booking", "After")
        await self.scene.home.states.quiet()
        types = [e["event_type"] for e in self.scene.events(self.room, mark)]
        expect("the events", types, ["created"])

    @step("Home Assistant restarts: the same states, and no events")
    async def restart(self) -> str:
        """Its first listing is a baseline."""
        before, mark, started = (
            await self.scene.snapshot(),
            await self.scene.mark(),
            monotonic(),
        )
        await self.scene.home.restart()
        await self.scene.find_rooms()
        await self.scene.ready()
        await self.scene.comes_back(before)
        self._no_new_events(mark, before)
        return f"after {monotonic() - started:.1f} s"

    @step("what was booked while Home Assistant was off is shown, and not reported")
    async def while_off(self) -> None:
        """Deleted and made at the phone meanwhile."""
        await empty(self)
        await self.system.book(self.room, "Before", start=60)
        await self.scene.reaches(self.room, "sensor", "next_booking", "Before")
        await self.scene.home.stop()
        try:
            await self.system.delete(self.room, "Before")
            await self.system.book(self.room, "Afterwards", start=30)
        finally:
            mark = await self.scene.mark()
            await self.scene.home.restart()
        await self.scene.find_rooms()
        await self.scene.ready()
        await self.scene.reaches(self.room, "sensor", "next_booking", "Afterwards")
        reported = {
            (event["event_type"], event["title"])
            for event in self.scene.events(self.room, mark)
        }
        last = {("created", "Before")}
        expect_that("nothing was reported", reported <= last, reported)

    @step("reload: the same states, and no events")
    async def reload(self) -> None:
        """As an administrator does."""
        before, mark = await self.scene.snapshot(), await self.scene.mark()
        await reload(self.scene)
        await self.scene.ready()
        await self.scene.comes_back(before)
        self._no_new_events(mark, before)

    @step("a phone that is offline says so, and comes back")
    async def offline(self) -> None:
        """What it cannot do is not promised."""
        await empty(self)
        await self.system.control("POST", f"/devices/{self.room}/offline")
        try:
            await expect_refusal(
                "sync",
                self.scene.sync(self.room),
                code=WORLDS_FAULT,
                key="unreachable",
            )
        finally:
            await self.system.control("POST", f"/devices/{self.room}/online")
        await self.system.book(self.room, "Back", minutes=15)
        await self.scene.reaches(self.room, "calendar", "bookings", "on", BACK_SECONDS)

    def _no_new_events(self, mark: int, before: Snapshot) -> None:
        """Restored event entities repeat their last event, with its old time."""
        for room in self.scene.rooms.values():
            entity_id = room.entity("event", "booking")
            said = {
                state.state
                for state in self.scene.home.states.changes_since(mark, entity_id)
            }
            expect(
                f"what {entity_id} reported",
                said - {*NO_STATE, before[entity_id][0]},
                set(),
            )

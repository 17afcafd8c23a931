"""What happens when the line breaks, the server goes away, or the key is revoked."""

import asyncio
from time import monotonic

from demo.check import expect, step
from demo.checks.entry import confirm_reauth, reauth_flow, reload_quietly
from demo.checks.part import WORLDS_FAULT, Part
from demo.checks.scene import BACK_SECONDS
from demo.systems.placeos import PlaceOS


class Outages(Part[PlaceOS]):
    """Everything breaks once."""

    async def _told_late(self, title: str) -> float:
        """Let somebody book while nobody listens; when that shows."""
        mark = await self.scene.mark()
        await self.system.book(title, start=60 + 30 * len(title), minutes=15)
        event = await self.scene.event(self.room, mark, "created", BACK_SECONDS)
        expect("the event's title", event["title"], title)
        expect("the event's lateness", event["late"], True)
        return monotonic()

    @step("the line is cut: what happened meanwhile is reported late")
    async def cut(self) -> str:
        """It is opened anew by itself."""
        await self.system.clear()
        await self.scene.reaches(self.room, "sensor", "next_booking", "unknown")
        began = monotonic()
        await self.system.control("POST", "/disconnect")
        return f"after {await self._told_late('Cut') - began:.1f} s"

    @step("the line dies without a word: pings find out")
    async def half_open(self) -> str:
        """Within half a minute."""
        began = monotonic()
        await self.system.control("POST", "/half_open")
        return f"after {await self._told_late('Hung') - began:.1f} s"

    @step("the server is down: a verb says so, and the entities keep what is known")
    async def down(self) -> None:
        """For five minutes."""
        before = await self.scene.snapshot()
        await self.system.control("POST", "/down", {"refuse": True})
        await self.refusal("unreachable", "book", code=WORLDS_FAULT, title="No")
        await self.scene.comes_back(before, 2)

    @step("it is back: what happened meanwhile is reported late, by itself")
    async def back(self) -> str:
        """Nobody has to ask for it."""
        try:
            mark = await self.scene.mark()
            await self.system.book("Meanwhile", start=0, minutes=30)
        finally:
            await self.system.control("POST", "/up")
        told = await self.scene.told_late(self.room, mark, "server")
        says = (await self.system.status())["status"]
        await self.scene.reaches(self.room, "sensor", "availability", says)
        expect("bookings that were refused", await self.system.events("No"), [])
        return told

    reload = reload_quietly

    @step("the key is revoked: Home Assistant asks for another one")
    async def revoked(self) -> str:
        """Nobody knocks with the old one any more; reauth puts it right."""
        await self.system.forget_requests()
        await self.system.change_key(revoked=True, cut=True)
        flow = await reauth_flow(self.scene)
        await asyncio.sleep(3)
        handshakes = await self.system.control("GET", "/handshakes")
        refused = len(handshakes["handshakes"])
        expect("who knocked with the old key", refused, 1)
        await flow.submit({"api_key": self.system.api_key})
        expect("the error", flow.errors, {"base": "invalid_auth"})
        await self.system.change_key(revoked=False)
        await confirm_reauth(self.scene, flow, {"api_key": self.system.api_key})
        await self.scene.reaches(self.room, "sensor", "current_booking", "Meanwhile")
        return f"{refused} refused handshake"

"""What happens when the system goes away and comes back, or no longer takes the password."""

from demo.check import expect, expect_refusal, step
from demo.checks.entry import confirm_reauth, reauth_flow, reload_quietly
from demo.checks.part import WORLDS_FAULT, Part
from demo.checks.scene import in_minutes
from demo.systems.roomz import Roomz

CHANGED = "second-of-roomz"


class Outages(Part[Roomz]):
    """Everything breaks once."""

    @step("the system is down: a verb says so, and the entities keep what is known")
    async def down(self) -> None:
        """For five minutes."""
        await self.system.clear()
        await self.scene.sync(self.room)
        await self.scene.act(
            self.room, "book", title="Kept", start=in_minutes(60).isoformat()
        )
        before = await self.scene.snapshot()
        await self.system.control("POST", "/down")
        await expect_refusal(
            "sync", self.scene.sync(self.room), code=WORLDS_FAULT, key="unreachable"
        )
        when = in_minutes(200).isoformat()
        await self.refusal(
            "unreachable", "book", code=WORLDS_FAULT, title="No", start=when
        )
        await self.scene.comes_back(before, 2)

    @step("it is back: what happened meanwhile is reported late, by itself")
    async def back(self) -> str:
        """Nobody has to ask for it."""
        mark = await self.scene.mark()
        try:
            await self.system.book("Meanwhile", start=0, minutes=30)
        finally:
            await self.system.control("POST", "/up")
        told = await self.scene.told_late(self.room, mark, "system")
        expect("bookings that were refused", await self.system.meetings("No"), [])
        return told

    reload = reload_quietly

    @step("another password: Home Assistant asks for it")
    async def password(self) -> str:
        """Nothing more is tried until somebody answers; reauth puts it right."""
        self.scene.secrets.add(CHANGED)
        await self.system.forget_requests()
        await self.system.control("POST", "/credentials", {"password": CHANGED})
        await expect_refusal("sync", self.scene.sync(self.room), code=WORLDS_FAULT)
        flow = await reauth_flow(self.scene)
        failed = len(await self.system.asked())
        await confirm_reauth(
            self.scene, flow, {"username": self.system.username, "password": CHANGED}
        )
        await self.scene.sync(self.room)
        await self.scene.reaches(self.room, "sensor", "next_booking", "Kept")
        return f"{failed} refused requests"

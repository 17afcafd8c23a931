"""What happens when TMS goes away and comes back, or no longer takes the password."""

from datetime import UTC, datetime

from demo.check import expect, expect_refusal, step
from demo.checks.entry import confirm_reauth, reauth_flow, reload_quietly
from demo.checks.part import WORLDS_FAULT, Part
from demo.checks.scene import Scene, in_minutes
from demo.systems.tms import Tms

CHANGED = "second-of-tms"


class Outages(Part[Tms]):
    """Everything breaks once."""

    def __init__(self, scene: Scene, system: Tms) -> None:
        """Use the first room, which is empty."""
        super().__init__(scene, system)
        self.room, self.other = system.rooms

    @step("the server is down: a verb says so, and the entities keep what is known")
    async def down(self) -> None:
        """For five minutes."""
        await self.scene.act(self.room, "book", title="Kept", start=_iso(60))
        before = await self.scene.snapshot()
        await self.system.control("POST", "/down", {"refuse": True})
        # First the room about which no verb has told a moment ago.
        for room in (self.other, self.room):
            await expect_refusal(
                f"sync {room}",
                self.scene.sync(room),
                code=WORLDS_FAULT,
                key="unreachable",
            )
        when = _iso(200)
        await self.refusal(
            "unreachable", "book", code=WORLDS_FAULT, title="No", start=when
        )
        await self.scene.comes_back(before, 2)

    @step("it is back: what happened meanwhile is reported late, by itself")
    async def back(self) -> str:
        """Nobody has to ask for it."""
        mark = await self.scene.mark()
        now = datetime.now(UTC).replace(microsecond=0)
        try:
            await self.system.book(self.room, title="Meanwhile", start=now)
        finally:
            await self.system.control("POST", "/up")
        told = await self.scene.told_late(self.room, mark, "server")
        expect("bookings that were refused", await self.system.conferences("No"), [])
        return told

    reload = reload_quietly

    @step("another password: one failed logon, and Home Assistant asks for it")
    async def password(self) -> str:
        """Nothing more is tried until somebody answers; reauth puts it right."""
        failed = await self.system.failed_logons()
        await self.system.control("POST", "/password", {"password": CHANGED})
        self.scene.secrets.add(CHANGED)
        await self.system.control("POST", "/log_off")
        for room in (self.other, self.room):
            await expect_refusal(
                f"sync {room}", self.scene.sync(room), code=WORLDS_FAULT
            )
        flow = await reauth_flow(self.scene)
        failures = await self.system.failed_logons() - failed
        expect("failed logons at the server", failures, 1)
        await confirm_reauth(
            self.scene, flow, {"username": self.system.username, "password": CHANGED}
        )
        await self.scene.sync(self.room)
        await self.scene.reaches(self.room, "sensor", "next_booking", "Kept")
        return f"{failures} failed logon"


def _iso(minutes: int) -> str:
    return in_minutes(minutes).isoformat()

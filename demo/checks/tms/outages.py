"""What happens when TMS goes away and comes back, or no longer takes the password."""

from datetime import UTC, datetime
from time import monotonic

from demo.check import expect, expect_refusal, step
from demo.checks.scene import Scene, in_minutes
from demo.flows import Flow
from demo.homeassistant import DOMAIN
from demo.systems.tms import Tms
from demo.waiting import until

WORLDS_FAULT = "home_assistant_error"
BACK_SECONDS = 60.0
CHANGED = "second-of-tms"


class Outages:
    """Everything breaks once."""

    def __init__(self, scene: Scene, tms: Tms) -> None:
        """Use the first room, which is empty."""
        self.scene = scene
        self.tms = tms
        self.room, self.other = tms.rooms

    async def _sync(self, room: str) -> None:
        await self.scene.home.client.action(
            "room_bookings.sync", entity_id=self.scene.rooms[room].calendar
        )

    @step("the server is down: a verb says so, and the entities keep what is known")
    async def down(self) -> None:
        """For five minutes."""
        await self.scene.act(self.room, "book", title="Kept", start=_iso(60))
        before = await self.scene.snapshot()
        await self.tms.control("POST", "/down", {"refuse": True})
        # First the room about which no verb has told a moment ago.
        for room in (self.other, self.room):
            await expect_refusal(
                f"sync {room}", self._sync(room), code=WORLDS_FAULT, key="unreachable"
            )
        await expect_refusal(
            "book",
            self.scene.act(self.room, "book", title="No", start=_iso(200)),
            code=WORLDS_FAULT,
            key="unreachable",
        )
        await self.scene.comes_back(before, 2)

    @step("it is back: what happened meanwhile is reported late, by itself")
    async def back(self) -> str:
        """Nobody has to ask for it."""
        mark = await self.scene.mark()
        now = datetime.now(UTC).replace(microsecond=0)
        try:
            await self.tms.book(self.room, title="Meanwhile", start=now)
        finally:
            await self.tms.control("POST", "/up")
        up = monotonic()
        on = await self.scene.reaches(
            self.room, "calendar", "bookings", "on", BACK_SECONDS
        )
        event = await self.scene.event(self.room, mark, "started")
        expect("the event's lateness", event["late"], True)
        expect("bookings that were refused", await self.tms.conferences("No"), [])
        return f"{on.at - up:.1f} s after the server was back"

    @step("reload: the same states, and no events")
    async def reload(self) -> None:
        """The first listing is a baseline."""
        before, mark = await self.scene.snapshot(), self.scene.home.states.mark()
        await self.scene.home.client.request(
            "POST", f"/api/config/config_entries/entry/{self.scene.entry_id}/reload"
        )
        await self.scene.reloaded(mark)
        await self.scene.comes_back(before)

    @step("another password: one failed logon, and Home Assistant asks for it")
    async def password(self) -> str:
        """Nothing more is tried until somebody answers; reauth puts it right."""
        client = self.scene.home.client
        failed = await self.tms.failed_logons()
        await self.tms.control("POST", "/password", {"password": CHANGED})
        self.scene.secrets.add(CHANGED)
        await self.tms.control("POST", "/log_off")
        for room in (self.other, self.room):
            await expect_refusal(f"sync {room}", self._sync(room), code=WORLDS_FAULT)

        async def asked() -> str | None:
            for flow in await client.call("config_entries/flow/progress"):
                if (flow["handler"], flow["context"]["source"]) == (DOMAIN, "reauth"):
                    flow_id: str = flow["flow_id"]
                    return flow_id
            return None

        flow = await Flow.resume(client, await until("a reauth flow", asked, 30))
        expect("the form", (flow.type, flow.step), ("form", "reauth_confirm"))
        failures = await self.tms.failed_logons() - failed
        expect("failed logons at the server", failures, 1)
        mark = self.scene.home.states.mark()
        await flow.submit({"username": self.tms.username, "password": CHANGED})
        expect("the flow", (flow.type, flow.reason), ("abort", "reauth_successful"))
        await self.scene.reloaded(mark)
        await self._sync(self.room)
        await self.scene.reaches(self.room, "sensor", "next_booking", "Kept")
        return f"{failures} failed logon"


def _iso(minutes: int) -> str:
    return in_minutes(minutes).isoformat()

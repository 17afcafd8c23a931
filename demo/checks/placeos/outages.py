"""What happens when the line breaks, the server goes away, or the key is revoked."""

import asyncio
from time import monotonic

from demo.check import expect, expect_refusal, step
from demo.checks.scene import Scene
from demo.flows import Flow
from demo.homeassistant import DOMAIN
from demo.systems.placeos import PlaceOS
from demo.waiting import until

WORLDS_FAULT = "home_assistant_error"
BACK_SECONDS = 60.0


class Outages:
    """Everything breaks once."""

    def __init__(self, scene: Scene, placeos: PlaceOS) -> None:
        """Work with the room."""
        self.scene = scene
        self.placeos = placeos
        self.room = placeos.room

    async def _told_late(self, title: str) -> float:
        """Let somebody book while nobody listens; when that shows."""
        mark = await self.scene.mark()
        await self.placeos.book(title, start=60 + 30 * len(title), minutes=15)
        event = await self.scene.event(self.room, mark, "created", BACK_SECONDS)
        expect("the event's title", event["title"], title)
        expect("the event's lateness", event["late"], True)
        return monotonic()

    @step("the line is cut: what happened meanwhile is reported late")
    async def cut(self) -> str:
        """It is opened anew by itself."""
        await self.placeos.clear()
        await self.scene.reaches(self.room, "sensor", "next_booking", "unknown")
        began = monotonic()
        await self.placeos.control("POST", "/disconnect")
        return f"after {await self._told_late('Cut') - began:.1f} s"

    @step("the line dies without a word: pings find out")
    async def half_open(self) -> str:
        """Within half a minute."""
        began = monotonic()
        await self.placeos.control("POST", "/half_open")
        return f"after {await self._told_late('Hung') - began:.1f} s"

    @step("the server is down: a verb says so, and the entities keep what is known")
    async def down(self) -> None:
        """For five minutes."""
        before = await self.scene.snapshot()
        await self.placeos.control("POST", "/down", {"refuse": True})
        await expect_refusal(
            "book",
            self.scene.act(self.room, "book", title="No"),
            code=WORLDS_FAULT,
            key="unreachable",
        )
        await self.scene.comes_back(before, 2)

    @step("it is back: what happened meanwhile is reported late, by itself")
    async def back(self) -> str:
        """Nobody has to ask for it."""
        try:
            mark = await self.scene.mark()
            await self.placeos.book("Meanwhile", start=0, minutes=30)
        finally:
            await self.placeos.control("POST", "/up")
        up = monotonic()
        on = await self.scene.reaches(
            self.room, "calendar", "bookings", "on", BACK_SECONDS
        )
        event = await self.scene.event(self.room, mark, "started")
        expect("the event's lateness", event["late"], True)
        says = (await self.placeos.status())["status"]
        await self.scene.reaches(self.room, "sensor", "availability", says)
        expect("bookings that were refused", await self.placeos.events("No"), [])
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

    @step("the key is revoked: Home Assistant asks for another one")
    async def revoked(self) -> str:
        """Nobody knocks with the old one any more; reauth puts it right."""
        client = self.scene.home.client
        await self.placeos.forget_requests()
        await self.placeos.change_key(revoked=True, cut=True)

        async def asked() -> str | None:
            for flow in await client.call("config_entries/flow/progress"):
                if (flow["handler"], flow["context"]["source"]) == (DOMAIN, "reauth"):
                    flow_id: str = flow["flow_id"]
                    return flow_id
            return None

        flow = await Flow.resume(client, await until("a reauth flow", asked, 30))
        expect("the form", (flow.type, flow.step), ("form", "reauth_confirm"))
        await asyncio.sleep(3)
        handshakes = await self.placeos.control("GET", "/handshakes")
        refused = len(handshakes["handshakes"])
        expect("who knocked with the old key", refused, 1)
        await flow.submit({"api_key": self.placeos.api_key})
        expect("the error", flow.errors, {"base": "invalid_auth"})
        await self.placeos.change_key(revoked=False)
        mark = self.scene.home.states.mark()
        await flow.submit({"api_key": self.placeos.api_key})
        expect("the flow", (flow.type, flow.reason), ("abort", "reauth_successful"))
        await self.scene.reloaded(mark)
        await self.scene.reaches(self.room, "sensor", "current_booking", "Meanwhile")
        return f"{refused} refused handshake"

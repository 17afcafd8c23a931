"""What happens when the system goes away and comes back, or no longer takes the password."""

from time import monotonic

from demo.check import expect, expect_refusal, step
from demo.checks.scene import Scene, in_minutes
from demo.flows import Flow
from demo.homeassistant import DOMAIN
from demo.systems.roomz import Roomz
from demo.waiting import until

WORLDS_FAULT = "home_assistant_error"
BACK_SECONDS = 60.0
CHANGED = "second-of-roomz"


class Outages:
    """Everything breaks once."""

    def __init__(self, scene: Scene, roomz: Roomz) -> None:
        """Work with the room."""
        self.scene = scene
        self.roomz = roomz
        self.room = roomz.room

    async def _sync(self) -> None:
        await self.scene.home.client.action(
            "room_bookings.sync", entity_id=self.scene.rooms[self.room].calendar
        )

    @step("the system is down: a verb says so, and the entities keep what is known")
    async def down(self) -> None:
        """For five minutes."""
        await self.roomz.clear()
        await self._sync()
        await self.scene.act(
            self.room, "book", title="Kept", start=in_minutes(60).isoformat()
        )
        before = await self.scene.snapshot()
        await self.roomz.control("POST", "/down")
        await expect_refusal("sync", self._sync(), code=WORLDS_FAULT, key="unreachable")
        await expect_refusal(
            "book",
            self.scene.act(
                self.room, "book", title="No", start=in_minutes(200).isoformat()
            ),
            code=WORLDS_FAULT,
            key="unreachable",
        )
        await self.scene.comes_back(before, 2)

    @step("it is back: what happened meanwhile is reported late, by itself")
    async def back(self) -> str:
        """Nobody has to ask for it."""
        mark = await self.scene.mark()
        try:
            await self.roomz.book("Meanwhile", start=0, minutes=30)
        finally:
            await self.roomz.control("POST", "/up")
        up = monotonic()
        on = await self.scene.reaches(
            self.room, "calendar", "bookings", "on", BACK_SECONDS
        )
        event = await self.scene.event(self.room, mark, "started")
        expect("the event's lateness", event["late"], True)
        expect("bookings that were refused", await self.roomz.meetings("No"), [])
        return f"{on.at - up:.1f} s after the system was back"

    @step("reload: the same states, and no events")
    async def reload(self) -> None:
        """The first listing is a baseline."""
        before, mark = await self.scene.snapshot(), self.scene.home.states.mark()
        await self.scene.home.client.request(
            "POST", f"/api/config/config_entries/entry/{self.scene.entry_id}/reload"
        )
        await self.scene.reloaded(mark)
        await self.scene.comes_back(before)

    @step("another password: Home Assistant asks for it")
    async def password(self) -> str:
        """Nothing more is tried until somebody answers; reauth puts it right."""
        client = self.scene.home.client
        self.scene.secrets.add(CHANGED)
        await self.roomz.forget_requests()
        await self.roomz.control("POST", "/credentials", {"password": CHANGED})
        await expect_refusal("sync", self._sync(), code=WORLDS_FAULT)

        async def asked() -> str | None:
            for flow in await client.call("config_entries/flow/progress"):
                if (flow["handler"], flow["context"]["source"]) == (DOMAIN, "reauth"):
                    flow_id: str = flow["flow_id"]
                    return flow_id
            return None

        flow = await Flow.resume(client, await until("a reauth flow", asked, 30))
        expect("the form", (flow.type, flow.step), ("form", "reauth_confirm"))
        failed = len(await self.roomz.asked())
        mark = self.scene.home.states.mark()
        await flow.submit({"username": self.roomz.username, "password": CHANGED})
        expect("the flow", (flow.type, flow.reason), ("abort", "reauth_successful"))
        await self.scene.reloaded(mark)
        await self._sync()
        await self.scene.reaches(self.room, "sensor", "next_booking", "Kept")
        return f"{failed} refused requests"

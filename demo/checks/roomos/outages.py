"""What a RoomOS device can do by itself: restart, change its certificate or its password."""

import asyncio

from demo.check import expect, expect_that, step
from demo.checks.scene import Scene
from demo.flows import Flow
from demo.homeassistant import DOMAIN
from demo.systems.roomos import RoomOS

CERTIFICATE = "certificate_changed"


class Outages:
    """The device goes its own ways."""

    def __init__(self, scene: Scene, roomos: RoomOS) -> None:
        """Work with the room."""
        self.scene = scene
        self.roomos = roomos
        self.room = roomos.room

    @step("a restart of the device creates and cancels nothing")
    async def reboot(self) -> None:
        """Its own Ids are others afterwards."""
        await self.roomos.book(self.room, "Workshop", start=60)
        await self.scene.reaches(self.room, "sensor", "next_booking", "Workshop")
        mark = await self.scene.mark()
        await self.roomos.control(
            "POST", f"/devices/{self.room}/reboot", {"seconds": 1}
        )
        await asyncio.sleep(1)
        await self.roomos.control("GET", "/subscribed?number=3&timeout=30")
        await asyncio.sleep(2)
        expect("what was told", self.scene.events(self.room, mark), [])
        await self.roomos.edit(self.room, "Workshop", minutes=45)
        await self.scene.event(self.room, mark, "changed")

    @step("another certificate: nobody is told the password, a repair issue asks")
    async def certificate(self) -> str:
        """Its fix shows the new fingerprint and pins it."""
        before = await self.scene.issues()
        heard = await self.roomos.handshakes()
        await self.roomos.renew_certificate()
        issue = await self.scene.new_issue(before)
        expect_that("the issue", issue.startswith(CERTIFICATE), issue)
        expect("who showed a password", await self.roomos.handshakes(), heard)
        flow = await Flow.repair(self.scene.home.client, DOMAIN, issue)
        shown = flow.shown["description_placeholders"]["fingerprint"]
        expect("the fingerprint", shown, await self.roomos.fingerprint())
        mark = self.scene.home.states.mark()
        await flow.submit({})
        expect("the fix", flow.type, "create_entry")
        await self.scene.reloaded(mark)
        await self.scene.issue_gone(issue)
        await self.roomos.edit(self.room, "Workshop", title="After it")
        await self.scene.reaches(self.room, "sensor", "next_booking", "After it")
        return f"{shown[:17]}…"

    @step("another password: Home Assistant asks for it")
    async def password(self) -> None:
        """Reauth puts it right."""
        client = self.scene.home.client
        await self.roomos.control("POST", "/password", {"password": "changed-too"})
        self.scene.secrets.add("changed-too")
        await self.roomos.control("POST", "/disconnect")
        flow_id = await self._reauth()
        flow = await Flow.resume(client, flow_id)
        expect("the form", (flow.type, flow.step), ("form", "reauth_confirm"))
        mark = self.scene.home.states.mark()
        await flow.submit({"username": "admin", "password": "changed-too"})
        expect("the flow", (flow.type, flow.reason), ("abort", "reauth_successful"))
        await self.scene.reloaded(mark)

    async def _reauth(self) -> str:
        client = self.scene.home.client
        async with asyncio.timeout(30):
            while True:
                flows = await client.call("config_entries/flow/progress")
                for flow in flows:
                    if flow["context"]["source"] == "reauth":
                        flow_id: str = flow["flow_id"]
                        return flow_id
                await asyncio.sleep(0.1)

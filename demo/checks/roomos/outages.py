"""What a RoomOS device can do by itself: restart, change its certificate or its password."""

import asyncio

from demo.check import expect, expect_that, step
from demo.checks.entry import confirm_reauth, reauth_flow
from demo.checks.part import Part
from demo.flows import Flow
from demo.homeassistant import DOMAIN
from demo.systems.roomos import RoomOS

CERTIFICATE = "certificate_changed"


class Outages(Part[RoomOS]):
    """The device goes its own ways."""

    @step("a restart of the device creates and cancels nothing")
    async def reboot(self) -> None:
        """Its own Ids are others afterwards."""
        await self.system.book(self.room, "Workshop", start=60)
        await self.scene.reaches(self.room, "sensor", "next_booking", "Workshop")
        mark = await self.scene.mark()
        await self.system.control(
            "POST", f"/devices/{self.room}/reboot", {"seconds": 1}
        )
        await asyncio.sleep(1)
        await self.system.control("GET", "/subscribed?number=3&timeout=30")
        await asyncio.sleep(2)
        expect("what was told", self.scene.events(self.room, mark), [])
        await self.system.edit(self.room, "Workshop", minutes=45)
        await self.scene.event(self.room, mark, "changed")

    @step("another certificate: nobody is told the password, a repair issue asks")
    async def certificate(self) -> str:
        """Its fix shows the new fingerprint and pins it."""
        before = await self.scene.issues()
        heard = await self.system.handshakes()
        await self.system.renew_certificate()
        issue = await self.scene.new_issue(before)
        expect_that("the issue", issue.startswith(CERTIFICATE), issue)
        expect("who showed a password", await self.system.handshakes(), heard)
        flow = await Flow.repair(self.scene.home.client, DOMAIN, issue)
        shown = flow.shown["description_placeholders"]["fingerprint"]
        expect("the fingerprint", shown, await self.system.fingerprint())
        mark = self.scene.home.states.mark()
        await flow.submit({})
        expect("the fix", flow.type, "create_entry")
        await self.scene.reloaded(mark)
        await self.scene.issue_gone(issue)
        await self.system.edit(self.room, "Workshop", title="After it")
        await self.scene.reaches(self.room, "sensor", "next_booking", "After it")
        return f"{shown[:17]}…"

    @step("another password: Home Assistant asks for it")
    async def password(self) -> None:
        """Reauth puts it right."""
        await self.system.control("POST", "/password", {"password": "changed-too"})
        self.scene.secrets.add("changed-too")
        await self.system.control("POST", "/disconnect")
        flow = await reauth_flow(self.scene)
        answers = {"username": "admin", "password": "changed-too"}
        await confirm_reauth(self.scene, flow, answers)

"""The end: nothing of the server is left, and no password anywhere."""

import json

from demo.check import expect, expect_that, step
from demo.checks.scene import Scene
from demo.homeassistant import DOMAIN
from demo.systems.tms import Tms


class Removing:
    """A person looks for traces, and removes the server."""

    def __init__(self, scene: Scene, tms: Tms) -> None:
        """Begin with the entry that is there."""
        self.scene = scene
        self.tms = tms

    @step("TMS's schemas had nothing to object to, and calls came one at a time")
    async def correct(self) -> str:
        """The real server ignores what it does not know; the simulator counts it."""
        violations = (await self.tms.control("GET", "/violations"))["violations"]
        expect("violations", violations, [])
        about = await self.tms.control("GET", "")
        expect("calls at once", about["most_at_once"], 1)
        return f"{sum(about['counts'].values())} requests"

    @step("no repair issue is left")
    async def repairs(self) -> None:
        """Everything that broke is whole again."""
        expect("issues", await self.scene.issues(), [])

    @step("diagnostics and log hold no password and no title")
    async def secrets(self) -> None:
        """At debug level and all."""
        titles = {c.title for c in await self.tms.conferences()}
        expect_that("there are titles", titles)
        path = f"/api/diagnostics/config_entry/{self.scene.entry_id}"
        devices = [room.device_id for room in self.scene.rooms.values()]
        for each in (path, *(f"{path}/device/{device}" for device in devices)):
            answer = json.dumps(await self.scene.home.client.request("GET", each))
            self.scene.hides(each, answer)
            for title in titles:
                expect_that(f"{each} shows a title", f'"{title}"' not in answer)
        self.scene.hides("the log", self.scene.home.log)

    @step("remove the entry: its devices, entities and repair issues go")
    async def remove(self) -> None:
        """Nothing of it is left in Home Assistant, and nothing is asked any more."""
        client = self.scene.home.client
        await self.tms.forget_requests()
        await client.request(
            "DELETE", f"/api/config/config_entries/entry/{self.scene.entry_id}"
        )
        entities = await client.call("config/entity_registry/list")
        ours = [
            e["entity_id"]
            for e in entities
            if e["config_entry_id"] == self.scene.entry_id or e["platform"] == DOMAIN
        ]
        expect("entities left", ours, [])
        await self.scene.find_rooms()
        expect("devices left", list(self.scene.rooms), [])
        storage = self.scene.home.folder / ".storage"
        files = [f.name for f in storage.iterdir() if self.scene.entry_id in f.name]
        expect("files left", files, [])
        expect("what was asked", await self.tms.asked(), [])

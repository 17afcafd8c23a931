"""The end: nothing of the system is left, and no password and no private title anywhere."""

import json

from demo.check import expect, expect_that, step
from demo.checks.scene import Scene
from demo.homeassistant import DOMAIN
from demo.systems.roomz import Roomz


class Removing:
    """A person looks for traces, and removes the system."""

    def __init__(self, scene: Scene, roomz: Roomz) -> None:
        """Begin with the entry that is there."""
        self.scene = scene
        self.roomz = roomz

    @step("nothing overlaps, nothing was booked twice, and few were asked at once")
    async def correct(self) -> str:
        """As the system itself counts."""
        violations = (await self.roomz.control("GET", "/check"))["violations"]
        expect("violations", violations, [])
        counters = await self.roomz.control("GET", "/counters")
        expect_that("requests at once", counters["most_at_once"] <= 4)
        return f"{sum(counters['calls'].values())} requests"

    @step("no repair issue is left")
    async def repairs(self) -> None:
        """Everything that broke is whole again."""
        expect("issues", await self.scene.issues(), [])

    @step("diagnostics and log hold no password and no title")
    async def secrets(self) -> None:
        """At debug level and all."""
        titles = {m.subject for m in await self.roomz.meetings()}
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
        await self.roomz.forget_requests()
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
        expect("what was asked", await self.roomz.asked(), [])

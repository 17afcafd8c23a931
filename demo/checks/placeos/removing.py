"""The end: nothing of the server is left, and no key and no private title anywhere."""

import json

from demo.check import expect, expect_that, step
from demo.checks.scene import Scene
from demo.systems.placeos import PlaceOS


class Removing:
    """A person looks for traces, and removes the server."""

    def __init__(self, scene: Scene, placeos: PlaceOS) -> None:
        """Begin with the entry that is there."""
        self.scene = scene
        self.placeos = placeos

    @step("nothing overlaps: nothing was booked twice")
    async def correct(self) -> None:
        """Although the driver would do that."""
        invariants = await self.placeos.control("GET", "/invariants")
        expect("overlaps", invariants["overlaps"], [])

    @step("no repair issue is left")
    async def repairs(self) -> None:
        """Everything that broke is whole again."""
        expect("issues", await self.scene.issues(), [])

    @step("diagnostics and log hold no key and no title")
    async def secrets(self) -> None:
        """At debug level and all."""
        titles = {event.title for event in await self.placeos.events()}
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
        """Nothing of it is left in Home Assistant, and nobody is on the line any more."""
        client = self.scene.home.client
        await client.request(
            "DELETE", f"/api/config/config_entries/entry/{self.scene.entry_id}"
        )
        entities = await client.call("config/entity_registry/list")
        ours = [
            e["entity_id"]
            for e in entities
            if e["config_entry_id"] == self.scene.entry_id
        ]
        expect("entities left", ours, [])
        await self.scene.find_rooms()
        expect("devices left", list(self.scene.rooms), [])
        storage = self.scene.home.folder / ".storage"
        files = [f.name for f in storage.iterdir() if self.scene.entry_id in f.name]
        expect("files left", files, [])
        lines = (await self.placeos.control("GET", ""))["connections"]
        expect("lines", [line for line in lines if not line["half_open"]], [])

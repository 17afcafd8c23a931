"""The end: nothing of the device is left, and no password anywhere."""

import json

from demo.check import expect, step
from demo.checks.scene import SOON, Scene
from demo.homeassistant import DOMAIN
from demo.systems.roomos import RoomOS
from demo.waiting import until


class Removing:
    """A person removes the device."""

    def __init__(self, scene: Scene, roomos: RoomOS) -> None:
        """Begin with the entry that is there."""
        self.scene = scene
        self.roomos = roomos

    @step("diagnostics and log hold no password")
    async def secrets(self) -> None:
        """At debug level and all."""
        # `secret` is also a word; the other password is none.
        self.scene.secrets.discard("secret")
        path = f"/api/diagnostics/config_entry/{self.scene.entry_id}"
        answer = await self.scene.home.client.request("GET", path)
        self.scene.hides("diagnostics", json.dumps(answer))
        self.scene.hides("the log", self.scene.home.log)

    @step("remove the entry: its device and entities go, and it hangs up")
    async def remove(self) -> None:
        """Nothing of it is left in Home Assistant."""
        client = self.scene.home.client
        await client.request(
            "DELETE", f"/api/config/config_entries/entry/{self.scene.entry_id}"
        )
        entities = await client.call("config/entity_registry/list")
        expect("entities", [e for e in entities if e["platform"] == DOMAIN], [])
        await self.scene.find_rooms()
        expect("devices left", list(self.scene.rooms), [])

        async def hung_up() -> bool:
            return not (await self.roomos.control("GET", ""))["connections"]

        await until("nobody is connected", hung_up, SOON)

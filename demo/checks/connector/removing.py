"""The end: another password, and then no door at all."""

import json

from demo.check import expect, expect_that, step
from demo.checks.scene import NO_STATE
from demo.flows import Flow
from demo.homeassistant import DOMAIN

from .corridor import Corridor

CHANGED = "second-of-displays"


class Removing:
    """A person changes the password, looks for traces, and closes the door."""

    def __init__(self, corridor: Corridor) -> None:
        """Begin with the entries that are there."""
        self.corridor = corridor

    @step("another password and all rooms count at once")
    async def reconfigure(self) -> None:
        """The old one is worth nothing from then on."""
        corridor, connector = self.corridor, self.corridor.connector
        corridor.secrets.add(CHANGED)
        client = corridor.home.client
        flow = await Flow.reconfigure(client, DOMAIN, corridor.entry_id)
        shown = flow.filled_in("rooms")
        expect("the rooms shown", len(shown), len(corridor.room_ids))
        await flow.submit(connector.answers(password=CHANGED))
        expect("the flow", flow.reason, "reconfigure_successful")
        expect("the old password", await connector.status(), 401)
        display = connector.display(CHANGED)
        rooms = (await display.rooms()).value
        display.check()
        expect("the rooms", [r.name for r in rooms], sorted(corridor.rooms))

    @step("diagnostics and log hold no password and nothing private")
    async def secrets(self) -> None:
        """At debug level and all."""
        path = f"/api/diagnostics/config_entry/{self.corridor.entry_id}"
        answer = await self.corridor.home.client.request("GET", path)
        self.corridor.hides("diagnostics", json.dumps(answer))
        self.corridor.hides("the log", self.corridor.home.log)

    @step("remove the entry: displays find nothing at once, the rooms stay")
    async def remove(self) -> None:
        """The systems behind them are other entries."""
        corridor, connector = self.corridor, self.corridor.connector
        await self._remove(corridor.entry_id)
        for path in (
            "",
            "/rooms",
            *(f"/rooms/{i}" for i in corridor.room_ids.values()),
        ):
            for password in ("wrong", CHANGED):
                status = await connector.status(path, password=password)
                expect(f"the status of {path}", status, 404)
        for name in corridor.rooms:
            state = corridor.state(name, "calendar", "bookings").state
            expect_that(f"{name} stays", state not in NO_STATE, state)

    @step("remove the systems: nothing is left")
    async def systems(self) -> None:
        """No entity of the integration."""
        for entry_id in self.corridor.systems:
            await self._remove(entry_id)
        client = self.corridor.home.client
        entities = await client.call("config/entity_registry/list")
        expect("entities", [e for e in entities if e["platform"] == DOMAIN], [])

    async def _remove(self, entry_id: str) -> None:
        await self.corridor.home.client.request(
            "DELETE", f"/api/config/config_entries/entry/{entry_id}"
        )

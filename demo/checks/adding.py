"""What the parts share in which a person adds a system."""

from typing import Any

from demo.check import expect, expect_that
from demo.flows import Flow
from demo.homeassistant import DOMAIN
from demo.rooms import Room
from demo.systems.simulated import Simulated

from .part import Part
from .scene import Scene


class AddingSystem[SystemT: Simulated](Part[SystemT]):
    """A person adds a system, with mistakes."""

    def __init__(self, scene: Scene, system: SystemT) -> None:
        """Begin without a flow."""
        super().__init__(scene, system)
        self.flow: Flow

    async def open_form(self, *fields: str) -> None:
        """Have the menu lead to the system's form, with the fields of the contract."""
        self.flow = await Flow.add(self.scene.home.client, DOMAIN)
        expect("the first step", (self.flow.type, self.flow.step), ("menu", "user"))
        offered = self.flow.shown["menu_options"]
        expect_that(f"{self.system.name} is offered", self.system.name in offered)
        await self.flow.choose(self.system.name)
        self.shows(self.system.name)
        for name in fields:
            self.flow.field(name)

    def shows(self, form: str) -> None:
        """Raise Mismatch unless the flow shows that form."""
        expect("the form", (self.flow.type, self.flow.step), ("form", form))

    def complains(self, error: str) -> None:
        """Raise Mismatch unless the system's form is shown again, with that error."""
        self.shows(self.system.name)
        expect("the error", self.flow.errors, {"base": error})

    async def created(self) -> None:
        """Find the rooms of the entry that the flow created, and wait until they are there."""
        self.scene.entry_id = self.flow.entry_id
        await self.scene.find_rooms()
        expect("the devices", sorted(self.scene.rooms), sorted(self.system.rooms))
        await self.scene.ready()

    async def entities_carry(self, room: Room, public_id: str) -> None:
        """Raise Mismatch unless the unique ids of the room's entities begin with that id."""
        client = self.scene.home.client
        entities = await client.call("config/entity_registry/list")
        ours = [e["unique_id"] for e in entities if e["device_id"] == room.device_id]
        expect_that("there are entities", ours)
        for unique_id in ours:
            expect_that("the unique id", unique_id.startswith(public_id), unique_id)

    async def is_known(self, *forms: dict[str, Any]) -> None:
        """Raise Mismatch unless another flow ends where the system is known."""
        client = self.scene.home.client
        flow = await Flow.through(client, DOMAIN, self.system.name, *forms)
        expect("the flow", (flow.type, flow.reason), ("abort", "already_configured"))

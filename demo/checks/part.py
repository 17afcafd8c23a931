"""What the parts of the walk through any system share."""

from collections.abc import Callable, Iterable
from typing import Any

from demo.check import Tally, expect_refusal
from demo.client import Refused
from demo.homeassistant import HomeAssistant
from demo.systems.simulated import Simulated

from .scene import Scene

USERS_FAULT = "service_validation_error"
WORLDS_FAULT = "home_assistant_error"


class Part[SystemT: Simulated]:
    """Steps that belong together, in Home Assistant and at one system."""

    def __init__(self, scene: Scene, system: SystemT) -> None:
        """Work with the system's first room, or its only one."""
        self.scene = scene
        self.system = system
        self.room = system.room

    async def refusal(
        self, key: str, verb: str, *, code: str = USERS_FAULT, **data: Any
    ) -> Refused:
        """Return how an action on the room was refused. Raises Mismatch if it was not."""
        return await expect_refusal(
            f"{verb} {data}",
            self.scene.act(self.room, verb, **data),
            code=code,
            key=key,
        )


async def walk_through[SystemT: Simulated](
    tally: Tally,
    home: HomeAssistant,
    system: SystemT,
    parts: Iterable[Callable[[Scene, SystemT], object]],
) -> None:
    """Walk through a system's parts; what a part needs and does not get ends everything."""
    scene = Scene(home)
    for part in parts:
        if not await tally.walk(system.name, part(scene, system)):
            return

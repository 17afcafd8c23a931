"""The walk through a PlaceOS server: every effect is proved at the simulator."""

from demo.check import Tally
from demo.checks.scene import Scene
from demo.homeassistant import HomeAssistant
from demo.systems.placeos import PlaceOS

from .adding import Adding
from .others import Others
from .outages import Outages
from .removing import Removing
from .verbs import Verbs

WALKS = (Adding, Verbs, Others, Outages, Removing)


async def walk(tally: Tally, home: HomeAssistant, placeos: PlaceOS) -> None:
    """Walk through all of it; what a walk needs and does not get ends everything."""
    scene = Scene(home)
    for part in WALKS:
        if not await tally.walk(placeos.name, part(scene, placeos)):
            return

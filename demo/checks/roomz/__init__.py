"""The walk through a system that serves the ROOMZ contract: every effect is proved at the simulator."""

from demo.check import Tally
from demo.checks.part import walk_through
from demo.homeassistant import HomeAssistant
from demo.systems.roomz import Roomz

from .adding import Adding
from .others import Others
from .outages import Outages
from .removing import Removing
from .verbs import Verbs

WALKS = (Adding, Verbs, Others, Outages, Removing)


async def walk(tally: Tally, home: HomeAssistant, roomz: Roomz) -> None:
    """Walk through all of it; what a walk needs and does not get ends everything."""
    await walk_through(tally, home, roomz, WALKS)

"""The walk through a RoomOS device on the local network: every effect is proved at the simulator."""

from demo.check import Tally
from demo.checks.part import walk_through
from demo.homeassistant import HomeAssistant
from demo.systems.roomos import RoomOS

from .adding import Adding
from .outages import Outages
from .removing import Removing
from .verbs import Verbs

WALKS = (Adding, Verbs, Outages, Removing)


async def walk(tally: Tally, home: HomeAssistant, roomos: RoomOS) -> None:
    """Walk through all of it; what a walk needs and does not get ends everything."""
    await walk_through(tally, home, roomos, WALKS)

"""The walk through what displays are served: every effect is proved at the rooms' own systems."""

from demo.check import Tally
from demo.connector import Connector
from demo.homeassistant import HomeAssistant
from demo.systems.roomos import RoomOS
from demo.systems.tms import Tms

from .adding import Adding
from .corridor import Corridor
from .reading import Reading
from .removing import Removing
from .writing import Writing

WALKS = (Adding, Reading, Writing, Removing)


async def walk(
    tally: Tally, home: HomeAssistant, connector: Connector, roomos: RoomOS, tms: Tms
) -> None:
    """Walk through all of it; what a walk needs and does not get ends everything."""
    corridor = Corridor(home, connector=connector, roomos=roomos, tms=tms)
    for part in WALKS:
        if not await tally.walk(connector.name, part(corridor)):
            return

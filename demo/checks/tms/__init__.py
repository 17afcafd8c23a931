"""The walk through a Cisco TMS: every effect is proved at the simulator."""

from demo.check import Tally
from demo.checks.part import walk_through
from demo.homeassistant import HomeAssistant
from demo.systems.tms import Tms

from .adding import Adding
from .others import Others
from .outages import Outages
from .removing import Removing
from .series import Series
from .verbs import Verbs

WALKS = (Adding, Verbs, Series, Others, Outages, Removing)


async def walk(tally: Tally, home: HomeAssistant, tms: Tms) -> None:
    """Walk through all of it; what a walk needs and does not get ends everything."""
    await walk_through(tally, home, tms, WALKS)

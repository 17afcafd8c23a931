"""The walk through PhoneOS rooms in the Webex cloud: every effect is proved at the simulator."""

from demo.check import Tally
from demo.checks.part import walk_through
from demo.homeassistant import HomeAssistant
from demo.systems.webex import Webex

from .adding import Adding
from .crashes import Crashes
from .devices import Devices
from .outages import Outages
from .privacy import Privacy
from .removing import Removing
from .settings import Settings
from .verbs import Verbs

WALKS = (Adding, Devices, Verbs, Privacy, Outages, Crashes, Settings, Removing)


async def walk(tally: Tally, home: HomeAssistant, webex: Webex) -> None:
    """Walk through all of it; what a walk needs and does not get ends everything."""
    await walk_through(tally, home, webex, WALKS)

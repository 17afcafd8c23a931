"""The walk through what people use rooms for: automations, voice, rooms that free themselves."""

from demo.check import Tally
from demo.checks.scene import Scene
from demo.homeassistant import HomeAssistant
from demo.systems.webex import Webex

from .attending import Attending
from .household import Household
from .lead_time import LeadTime
from .rooms import Rooms
from .voice import Voice

NAME = "automations"


async def walk(tally: Tally, home: HomeAssistant, webex: Webex) -> None:
    """Walk through all of it, while nobody comes to a meeting; what is needed ends everything."""
    scene = Scene(home)
    household = Household(home)
    rooms = Rooms(scene, webex)
    parts = (
        rooms,
        LeadTime(scene, webex, household),
        Voice(scene, webex, household),
        Attending(scene, webex, household),
    )
    for part in parts:
        if not await tally.walk(NAME, part):
            return

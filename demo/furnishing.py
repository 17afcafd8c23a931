"""An ordinary day in the demo's world: meetings in every system, rooms in Home Assistant, a dashboard."""

from . import dashboard
from .progress import tell
from .rooms import Room, rooms_of
from .world import World


async def furnish(world: World) -> dict[str, Room]:
    """Fill the systems with a day, add them to Home Assistant, lay out a dashboard; the rooms by name."""
    client = world.home.client
    rooms: dict[str, Room] = {}
    for system in world.systems:
        await system.seed()
        entry_id = await system.add_to(client)
        rooms |= await rooms_of(client, entry_id)
        tell(f"{system.name} is added, with {', '.join(system.rooms)}")
    await dashboard.make(client)
    await world.connector.add_to(client)
    tell("all of them are served to ROOMZ displays")
    return rooms

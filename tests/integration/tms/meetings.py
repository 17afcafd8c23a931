"""Planning, a meeting of half an hour, booked from here or by somebody else."""

from tests.simulators.tms.engine import Conference

from .house import TmsHouse


async def booked(house: TmsHouse, start: float = 60, *rooms: str) -> str:
    """The id of a booking of our own, Planning, of half an hour."""
    answer = await house.call(
        "book",
        *(rooms or ("Fjord",)),
        title="Planning",
        start=house.at(start),
        duration={"minutes": 30},
    )
    if rooms[1:]:
        answer = answer[house.entity_id(rooms[0], "bookings")]
    booking_id: str = answer["booking_id"]
    house.tms.clear_log()
    return booking_id


async def met(house: TmsHouse, start: float = 60, *rooms: str) -> Conference:
    """A meeting of somebody else, Planning, of half an hour, that is known here."""
    conference = house.meet("Planning", start, 30, *rooms)
    await house.sync()
    house.tms.clear_log()
    await house.clock.pass_by(seconds=3)
    return conference

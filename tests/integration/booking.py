"""Booking Planning at a server, in an hour, for half an hour: as the tests of booking do."""

from typing import Any

from .server_house import HALF_AN_HOUR, ServerHouse, refusal


async def book(house: ServerHouse, *rooms: str, **data: Any) -> Any:
    """Book Planning, in an hour, for half an hour; Fjord unless told."""
    wanted = {"title": "Planning", "start": house.at(60), "duration": HALF_AN_HOUR}
    return await house.call("book", *(rooms or ("Fjord",)), **(wanted | data))


async def not_booked(house: ServerHouse, *rooms: str, **data: Any) -> dict[str, str]:
    """How Planning is refused."""
    return await refusal(book(house, *rooms, **data))

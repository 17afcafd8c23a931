"""Booking Planning at a server, in an hour, for half an hour: as the tests of booking do."""

from datetime import timedelta
from typing import Any

import pytest

from .server_house import HALF_AN_HOUR, ServerHouse, refusal

# What servers ask for, in seconds, and whether it is waited for.
WAITS = pytest.mark.parametrize(("wait", "booked"), [(20, True), (60, False)])


async def book(house: ServerHouse, *rooms: str, **data: Any) -> Any:
    """Book Planning, in an hour, for half an hour; Fjord unless told."""
    wanted = {"title": "Planning", "start": house.at(60), "duration": HALF_AN_HOUR}
    return await house.call("book", *(rooms or ("Fjord",)), **(wanted | data))


async def not_booked(house: ServerHouse, *rooms: str, **data: Any) -> dict[str, str]:
    """How Planning is refused."""
    return await refusal(book(house, *rooms, **data))


async def assert_waits_as_told(house: ServerHouse, *, wait: int, booked: bool) -> None:
    """Book at a server that asks for so many seconds: half a minute is waited for, no more."""
    began = house.clock.now
    if booked:
        await book(house)
        assert house.clock.now - began >= timedelta(seconds=wait)
    else:
        told = await not_booked(house)
        assert (told["key"], told["seconds"]) == ("busy_try_later", f"{wait}")
        assert house.clock.now - began < timedelta(seconds=1)
        assert house.ledger == []

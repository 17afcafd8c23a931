"""Booking Planning in a room of TMS, as the tests of booking do."""

from typing import Any

from tests.integration.server_house import HALF_AN_HOUR, refusal
from tests.simulators.tms.faults import RequestFaults
from tests.simulators.tms.request_log import LoggedRequest

from .house import TmsHouse


def with_session(request: LoggedRequest) -> bool:
    """Whether a request is carried out, not sent back for want of a session."""
    return bool(request.session)


def saving(house: TmsHouse) -> RequestFaults:
    """What happens to the next booking that is carried out."""
    return house.tms.faults.when("SaveConferenceWithMode", predicate=with_session)


async def book(house: TmsHouse, *rooms: str, **data: Any) -> Any:
    """Book Planning, in an hour, for half an hour."""
    wanted = {"title": "Planning", "start": house.at(60), "duration": HALF_AN_HOUR}
    return await house.call("book", *(rooms or ("Fjord",)), **(wanted | data))


async def not_booked(house: TmsHouse, *rooms: str, **data: Any) -> dict[str, str]:
    """How Planning is refused."""
    return await refusal(book(house, *rooms, **data))
